/* SPDX-License-Identifier: Apache-2.0 */
/* Data models of the memory server: the specification's Memory and SearchHistory. */
#ifndef MEMORY_SERVER_MODEL_H
#define MEMORY_SERVER_MODEL_H

#include "common/field/field.h"

#define CONTENT_MAX  (256 * 1024) /* bytes; code points are bounded by the same figure */
#define METADATA_MAX (64 * 1024)
#define TAGS_MAX     100
#define TAG_MAX	     100  /* code points */
#define TAGS_SHOWN   2048 /* bytes of tags in a row of a list */
#define FILTER_TAGS  20
#define QUERY_KEPT   600 /* code points of a query that search_history keeps */

enum memory_type { TYPE_TEXT = 1, TYPE_IMAGE, TYPE_DOCUMENT, TYPE_CODE, TYPE_OTHER };
enum memory_source {
	SOURCE_USER_INPUT = 1,
	SOURCE_SYSTEM,
	SOURCE_API,
	SOURCE_INTEGRATION
};
enum tag_match { TAGS_ANY = 1, TAGS_ALL, TAGS_NONE };
extern const char *const memory_types[];
extern const char *const memory_sources[];
extern const char *const tag_matches[];

struct memory {
	const char *id;	       /* UUID */
	const char *memory_id; /* public id */
	const char *content;
	struct json metadata; /* canonical: keys sorted by code point, no blanks */
	struct stamp created_at, updated_at, expires_at;
	bool is_consolidated;
	const char *consolidation_id; /* public id of the run */
};
extern const struct field memory_fields[];

/* A row of a list or a search: what is needed to choose, without the whole content. */
struct memory_hit {
	const char *id;
	const char *memory_id;
	const char *content; /* hidden; snippet is cut from it */
	struct json metadata;
	const char *snippet;
	const char *type, *source, *author;
	struct strs tags;
	struct stamp timestamp, created_at, updated_at;
	struct opt_f64 score;
	int64_t rank;	    /* hidden: place in the whole ranking, from 1 */
	struct stamp as_of; /* hidden: when the first page was made */
};
extern const struct field memory_hit_fields[];

struct search_history {
	const char *id;
	const char *query;
	struct json filters;
	int64_t results_count;
	int64_t execution_time; /* ms */
	struct stamp created_at;
};
extern const struct field search_history_fields[];

#endif
