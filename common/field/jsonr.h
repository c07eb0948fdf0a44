/* SPDX-License-Identifier: Apache-2.0 */
/* Strict JSON reader: RFC 8259 and the limits of defs.h, no recursion, every value knows
 * its bytes, line and column. Options let it read the hosts' commented files as well. */
#ifndef COMMON_FIELD_JSONR_H
#define COMMON_FIELD_JSONR_H

#include "common/base/arena.h"
#include "common/base/defs.h"
#include "common/base/err.h"

enum node_kind {
	NODE_NULL = 1,
	NODE_BOOL,
	NODE_NUMBER,
	NODE_STRING,
	NODE_ARRAY,
	NODE_OBJECT
};

struct node {
	enum node_kind kind;
	bool truth;	  /* NODE_BOOL */
	bool duplicate;	  /* an earlier member of the same object has this key */
	bool quoted;	  /* YAML: the scalar stood in quotes */
	bool loose;	  /* raw holds comments or trailing commas: not plain JSON */
	const char *key;  /* member name, decoded, or NULL */
	const char *text; /* string: decoded; number: its token; else NULL */
	const char *raw;  /* its bytes in the input, not NUL-terminated (YAML: NULL) */
	size_t raw_len;
	int line, col;		   /* of the value, from 1; col: UTF-16 code units */
	int key_line, key_col;	   /* of the key, 0 without */
	int end_line, end_col;	   /* just behind the value */
	struct node *first, *next; /* children in order; next sibling */
	size_t n;		   /* children */
};

enum jsonr_flag {
	JSONR_COMMENTS = 1 << 0, /* line and block comments */
	JSONR_TRAILING_COMMAS = 1 << 1,
	JSONR_DUPLICATES = 1 << 2, /* accepted and marked instead of refused */
	JSONR_BOM = 1 << 3,	   /* one leading byte order mark is skipped */
	JSONR_NUL = 1 << 4	   /* \u0000 in strings is accepted, decoded as U+FFFD */
};

struct pos {
	int line, col;
};

/* The tree lives in the arena; text must live as long (raw points into it). On failure
 * NULL, e = ERR_PARSE with "line L, column C: what, what was expected"; pos (may be NULL)
 * too. Refused besides syntax: bad UTF-8, depth over 128, > 4096 keys in an object, >
 * 65536 elements in an array, > 1,000,000 values in all, numbers over 32 characters or
 * not finite, lone surrogates, \u0000. The message may quote characters of the text,
 * never whole values. */
struct node *jsonr_parse(struct arena *a, const char *text, size_t n, unsigned flags,
			 struct pos *pos, struct err *e);

/* NULL-safe; the last one of duplicates, as the hosts read it. */
const struct node *node_get(const struct node *obj, const char *key);
/* Walks keys: node_path(n, "params", "_meta", NULL). */
const struct node *node_path(const struct node *n, ...) __attribute__((sentinel));
const char *node_str(const struct node *n);	   /* text of a string, else NULL */
bool node_i64(const struct node *n, int64_t *ret); /* an integer within ±(2^53-1) */
/* Its JSON text on one line, NUL-terminated: the bytes of the input where they are that.
 */
char *node_raw(struct arena *a, const struct node *n);
/* Sets .duplicate in the members of an object, in O(n log n). For readers. */
void node_mark_duplicates(struct arena *a, struct node *obj);
const char *node_kind_name(enum node_kind k); /* "a string", "an object" ... */

#endif
