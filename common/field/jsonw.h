/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming JSON writer into a buf: compact, one line, valid UTF-8, no nulls by itself.
 */
#ifndef COMMON_FIELD_JSONW_H
#define COMMON_FIELD_JSONW_H

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/defs.h"

struct jsonw {
	struct buf *b;
	int depth;
	bool comma; /* the next member needs a comma */
	char open[LIMIT_JSON_DEPTH + 8];
};

void jsonw_init(struct jsonw *w, struct buf *b);
/* key is NULL for array elements and the outermost value. Text that is not valid UTF-8 is
 * written with U+FFFD in place of the bad bytes; a NULL string writes nothing at all. */
void jsonw_obj(struct jsonw *w, const char *key);
void jsonw_arr(struct jsonw *w, const char *key);
void jsonw_end(struct jsonw *w); /* closes the innermost object or array */
void jsonw_str(struct jsonw *w, const char *key, const char *s);
void jsonw_strn(struct jsonw *w, const char *key, const char *s, size_t n);
void jsonw_i64(struct jsonw *w, const char *key, int64_t v);
void jsonw_f64(struct jsonw *w, const char *key, double v,
	       int scale); /* 0: shortest exact */
void jsonw_bool(struct jsonw *w, const char *key, bool v);
void jsonw_stamp(struct jsonw *w, const char *key,
		 struct stamp s); /* nothing when not set */
void jsonw_raw(struct jsonw *w, const char *key,
	       const char *json); /* trusted JSON; NULL: nothing */
void jsonw_rawn(struct jsonw *w, const char *key, const char *json, size_t n);

struct node;
/* Writes a parsed tree again (numbers by their token). */
void jsonw_node(struct jsonw *w, const char *key, const struct node *n);

#endif
