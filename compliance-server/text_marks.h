/* SPDX-License-Identifier: Apache-2.0 */
/* What is told from marks rather than from words: role markers, tags, comments, paths,
 * addresses, names of tools. Private to the text rules. */
#ifndef COMPLIANCE_TEXT_MARKS_H
#define COMPLIANCE_TEXT_MARKS_H

#include "compliance-server/text_phrase.h"

struct look {
	const struct live *live;
	const struct names *own; /* tools and parameters of the server */
};

/* Names in lower case in a hash table. */
struct names;
struct names *names_new(struct arena *a, size_t max);
void names_add(struct names *n, const char *name);
bool names_have(const struct names *n, const char *name, size_t len);

void mark_roles(const struct look *l, const struct text *t, struct found *best);
void mark_tags(const struct look *l, const struct text *t, struct found *best);
void mark_comments(const struct look *l, const struct text *t, struct found *best);
void mark_files(const struct look *l, const struct text *t, struct found *best);
void mark_addresses(const struct look *l, const struct text *t, struct found *best);
void mark_foreign(const struct look *l, const struct text *t, struct found *best);

#endif
