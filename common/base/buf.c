/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a maximum. */
#include "common/base/buf.h"

#include "common/base/mem.h"

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = MIN(max, (size_t)PTRDIFF_MAX - 1) };
}

void buf_release(struct buf *b)
{
	size_t max = b->max;

	mem_free(b->data);
	*b = (struct buf){ .max = max };
}

void buf_cut(struct buf *b, size_t len)
{
	if (len <= b->len) {
		b->len = len;
		if (b->data)
			b->data[len] = '\0';
	}
	b->overflow = false;
}

void buf_reset(struct buf *b)
{
	buf_cut(b, 0);
}

/* Room for n more bytes and a NUL, or overflow. */
static bool reserve(struct buf *b, size_t n)
{
	size_t need;

	if (b->overflow || n > b->max - b->len) {
		b->overflow = true;
		return false;
	}
	need = b->len + n + 1;
	if (need > b->cap) {
		size_t cap = MAX(b->cap + b->cap / 2, (size_t)64);

		cap = MAX(MIN(cap, b->max + 1), need);
		b->data = mem_grow(b->data, cap, 1);
		b->cap = cap;
	}
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n > 0)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		b->overflow = true;
	else if (reserve(b, (size_t)n)) {
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
		b->len += (size_t)n;
	}
	va_end(ap);
}

void buf_drop_front(struct buf *b, size_t n)
{
	n = MIN(n, b->len);
	if (n == 0)
		return;
	memmove(b->data, b->data + n, b->len - n + 1);
	b->len -= n;
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}
