/* SPDX-License-Identifier: Apache-2.0 */
/* Signed cursors of list tools, and the room that is left in a result. */
#ifndef COMMON_RPC_PAGE_H
#define COMMON_RPC_PAGE_H

#include "common/base/ctx.h"
#include "common/field/bind.h"

/* Members of an argument struct that pages: `const char *cursor; int64_t limit;` */
#define PAGE_FIELDS(type)                                            \
	FIELD(type, cursor, .max = 1024, .doc = "From nextCursor."), \
		FIELD(type, limit, .min = 1, .max = 100, .def = "20")
/* Members of a result struct that pages: `const char *next_cursor; bool truncated;` are
 * written by page_write; this adds them to an output field table with a dummy struct. */
struct page_out {
	const char *next_cursor;
	struct opt_bool truncated;
};
#define PAGE_OUT_FIELDS                                                                  \
	FIELD(struct page_out, next_cursor, .doc = "Pass as cursor for the next page."), \
		FIELD(struct page_out, truncated,                                        \
		      .doc = "Cut short to keep the result small.")

/* Directory of the signing key file `cursor.key`, made on first use (0600). Copied. */
void page_init(const char *state_dir);

/* Decodes a cursor of `list` made for the same filter (any text that names the query,
 * such as the filter arguments). ret_pos is NULL for a NULL cursor. ERR_ARG when forged
 * or foreign. */
bool page_open(struct ctx *c, const char *list, const char *filter, const char *cursor,
	       const char **ret_pos, struct err *e);
const char *page_cursor(struct ctx *c, const char *list, const char *filter,
			const char *pos);

/* A position of a number and of what orders rows with the same number. */
const char *page_pos(struct ctx *c, int64_t n, const char *rest);
/* Takes one apart; all stays as it was for a NULL pos, the first page. ERR_ARG when it is
 * none. */
bool page_read_pos(struct ctx *c, const char *pos, int64_t *ret_n, const char **ret_rest,
		   struct err *e);

/* Writes rows as an array `key` into out: at most limit rows, fewer when the result would
 * get too big (the next page starts there), then nextCursor (made from pos_of(row) of the
 * last row written) when more rows exist. rows: up to limit + 1 structs. A single row
 * that is too big alone has its FIELD_CUT members cut, with truncated = true. */
struct page {
	const char *list, *filter;
	int64_t limit;
	const char *key;
	const struct field *fields;
	size_t size;
	const char *(*pos_of)(struct ctx *c, const void *row); /* text that orders rows */
};
bool page_write(struct ctx *c, const struct page *p, const void *rows, size_t n,
		struct jsonw *out, struct err *e);
/* Bytes of structuredContent that may still be added so that the whole result stays below
 * LIMIT_RESULT (the text block repeats it). */
size_t page_room(const struct jsonw *out);

/* Private to rpc: a signature over text with the same key, as base64url. */
char *page_sign(struct arena *a, const char *text, size_t n);
bool page_signed(struct arena *a, const char *text, size_t n, const char *mac);

#endif
