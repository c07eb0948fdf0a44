/* SPDX-License-Identifier: Apache-2.0 */
/* One configuration value: text to member, member to text, what is accepted. For config
 * only. */
#ifndef COMMON_CONFIG_VALUE_H
#define COMMON_CONFIG_VALUE_H

#include "common/config/config.h"

/* Checks text and puts it into *c; false when it is not accepted. Texts go to the arena.
 * home (may be NULL) stands for a leading ~. */
bool value_set(struct arena *a, const struct key *k, const char *text, const char *home,
	       struct config *c) MUST_CHECK;
/* "a whole number from 1 to 64", for errors and documents. */
const char *value_accepted(struct arena *a, const struct key *k);
/* The effective value as text, secrets masked; NULL when unset. */
const char *value_show(struct arena *a, const struct key *k, const struct config *c);
/* 5000 as "5s", 10485760 as "10MB": the largest unit that leaves a whole number. */
const char *value_duration(struct arena *a, int64_t ms);
const char *value_size(struct arena *a, int64_t bytes);
/* Text of a member of a text kind, NULL when unset. */
const char *value_text(const struct key *k, const struct config *c);

/* What a host should have replaced: the variable's name and the way to set it. */
struct unreplaced {
	const char *name;
	const char *way;
	bool whole; /* surely a placeholder; false: "$NAME", which may be meant as it is
		     */
};
bool value_unreplaced(struct arena *a, const char *text, struct unreplaced *ret);
/* "your-secret-key-here", "changeme" and the like. */
bool value_placeholder(const char *text);

#endif
