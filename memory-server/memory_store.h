/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of memories, memory_tags and their full-text index. */
#ifndef MEMORY_SERVER_MEMORY_STORE_H
#define MEMORY_SERVER_MEMORY_STORE_H

#include "common/db/db.h"
#include "memory-server/model.h"

/* What a list or search may return; unset members do not filter. Expired rows never pass.
 */
struct memory_filter {
	const char *type, *source, *author;
	struct strs tags_any, tags_all, tags_none; /* normalised */
	int64_t tags_all_n;
	const char *since, *until; /* metadata.timestamp as ISO text, half-open */
	struct stamp now;
	struct stamp before; /* list: page position, created_at and id of the last row */
	const char *before_id;
	const char *query; /* search: the dialect's query text */
	int64_t limit, offset;
	struct stamp as_of; /* search: only what was stored by then; 0: all */
};

struct tag_count {
	const char *tag;
	int64_t count;
};

struct tag_filter {
	const char *prefix; /* normalised; NULL: all */
	int64_t prefix_n;
	struct stamp now;
	int64_t pos_count; /* page position; -1: from the start */
	const char *pos_tag;
	int64_t limit;
};

struct name_count {
	const char *name;
	int64_t count;
};

struct memory_totals {
	int64_t memories, expired, tags, searches, content_bytes;
	struct stamp oldest, newest;
};

extern const struct stmt memory_stmts[]; /* closed by name NULL */
extern const struct field tag_count_fields[], name_count_fields[];

/* All of these belong inside db_tx or db_read of the caller. */
bool memory_insert(struct ctx *c, const struct memory *m, struct err *e);
bool memory_change(struct ctx *c, const struct memory *m, struct err *e);
bool memory_remove(struct ctx *c, const char *id, struct err *e); /* id: UUID */
/* ERR_NOT_FOUND (with the public id) when absent or expired. */
bool memory_by_id(struct ctx *c, const char *memory_id, struct memory *ret,
		  struct err *e);
bool memory_set_tags(struct ctx *c, const char *id, const struct strs *tags,
		     struct err *e);
/* words: tags and author, indexed with more weight than the content. */
bool memory_index(struct ctx *c, const char *id, const char *content, const char *words,
		  struct err *e);
bool memory_unindex(struct ctx *c, const char *id, struct err *e);

/* Rows of struct memory_hit, at most limit + 1. */
bool memory_list(struct ctx *c, const struct memory_filter *f, struct rows *ret,
		 struct err *e);
bool memory_search(struct ctx *c, const struct memory_filter *f, struct rows *ret,
		   struct err *e);
bool memory_count(struct ctx *c, const struct memory_filter *f, int64_t *ret,
		  struct err *e);
bool tag_list(struct ctx *c, const struct tag_filter *f, struct rows *ret, struct err *e);
bool memory_totals(struct ctx *c, struct memory_totals *ret, struct err *e);
/* Counts by metadata key `type` or `source`. Rows of struct name_count. */
bool memory_counts(struct ctx *c, const char *key, struct rows *ret, struct err *e);

#endif
