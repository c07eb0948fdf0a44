/* SPDX-License-Identifier: Apache-2.0 */
/* Filter arguments that list_memories and search_memories share. */
#ifndef MEMORY_SERVER_FILTER_H
#define MEMORY_SERVER_FILTER_H

#include "memory-server/memory_store.h"

/* First member of the argument structs, so that FILTER_FIELDS serves all of them. */
struct filter_args {
	struct strs tags;
	enum tag_match tag_match;
	enum memory_type type;
	enum memory_source source;
	const char *author;
	struct stamp since, until;
};

#define FILTER_FIELDS                                                            \
	FIELD(struct filter_args, tags, .max = FILTER_TAGS, .item_max = TAG_MAX, \
	      .flags = FIELD_LENIENT, .doc = "With these tags."),                \
		FIELD(struct filter_args, tag_match, .names = tag_matches,       \
		      .def = "\"any\""),                                         \
		FIELD(struct filter_args, type, .names = memory_types),          \
		FIELD(struct filter_args, source, .names = memory_sources),      \
		FIELD(struct filter_args, author, .max = 200),                   \
		FIELD(struct filter_args, since, .doc = "From this time."),      \
		FIELD(struct filter_args, until, .doc = "Before this time.")

extern const struct field filter_args_fields[];

/* The predicate for the store, and the same as JSON text: what the reply and the search
 * history show as `filter`, and what binds a cursor. */
bool filter_make(struct ctx *c, const struct filter_args *in, struct memory_filter *ret,
		 const char **ret_json, struct err *e);

/* Fills the shown members of hits; question may be NULL. f: what they were found with. */
void filter_show(struct ctx *c, struct rows *hits, const char *question,
		 const struct memory_filter *f);

#endif
