/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a maximum; overflow is sticky and checked once at the end.
 */
#ifndef COMMON_BASE_BUF_H
#define COMMON_BASE_BUF_H

#include <stdarg.h>

#include "common/base/defs.h"

struct buf {
	char *data; /* always NUL-terminated once anything was added, else NULL */
	size_t len, cap, max;
	bool overflow; /* something did not fit into max; data holds what came before */
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);	 /* also for CLEANUP(buf_release) */
void buf_reset(struct buf *b);		 /* empties, keeps the memory, clears overflow */
void buf_cut(struct buf *b, size_t len); /* len <= b->len; clears overflow */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_drop_front(struct buf *b, size_t n); /* removes the first n bytes */
const char *buf_text(const struct buf *b);    /* never NULL */

#endif
