/* SPDX-License-Identifier: Apache-2.0 */
/* A list of blocks, newest first; the oldest one survives a reset. */
#include "common/base/arena.h"

#include "common/base/mem.h"

#define BLOCK_FIRST 8192
#define BLOCK_MAX   (256 * 1024)

struct block {
	struct block *next; /* older */
	size_t size, used;
	max_align_t data[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *arg;
};

struct arena {
	struct block *blocks;
	struct deferred *deferred;
	size_t used;
};

static struct block *block_new(size_t size)
{
	struct block *b = mem_grow(NULL, 1, sizeof(*b) + size);

	*b = (struct block){ .size = size };
	return b;
}

struct arena *arena_new(void)
{
	return mem_alloc(sizeof(struct arena));
}

static void run_deferred(struct arena *a)
{
	while (a->deferred) {
		struct deferred *d = a->deferred;

		a->deferred = d->next;
		d->fn(d->arg);
	}
}

static void drop_blocks(struct arena *a, bool keep_one)
{
	while (a->blocks &&
	       !(keep_one && !a->blocks->next && a->blocks->size <= BLOCK_MAX)) {
		struct block *b = a->blocks;

		a->blocks = b->next;
		mem_free(b);
	}
	if (a->blocks)
		a->blocks->used = 0;
	a->used = 0;
}

void arena_reset(struct arena *a)
{
	run_deferred(a);
	drop_blocks(a, true);
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	run_deferred(a);
	drop_blocks(a, false);
	mem_free(a);
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

/* A block of its own for a big piece goes behind the current one, which still has room.
 */
static void *add_block(struct arena *a, size_t n)
{
	size_t size =
		a->blocks ? MIN(a->blocks->size * 2, (size_t)BLOCK_MAX) : BLOCK_FIRST;
	struct block *b = block_new(MAX(n, size)), *top = a->blocks;

	b->used = n;
	if (n > BLOCK_MAX / 4 && top) {
		b->next = top->next;
		top->next = b;
	} else {
		b->next = top;
		a->blocks = b;
	}
	return b->data;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	struct block *b = a->blocks;
	void *p;

	if (n > PTRDIFF_MAX / 2)
		return mem_array(n, SIZE_MAX); /* ends the program */
	n = n ? (n + align - 1) / align * align : align;
	if (b && b->size - b->used >= n) {
		p = (char *)b->data + b->used;
		b->used += n;
	} else {
		p = add_block(a, n);
	}
	a->used += n;
	return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	return arena_alloc(a, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy;

	if (!s)
		return NULL;
	n = strnlen(s, n);
	copy = arena_alloc(a, n + 1);
	memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return arena_alloc(a, 1);
	text = arena_alloc(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return text;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
	struct deferred *d = arena_alloc(a, sizeof(*d));

	*d = (struct deferred){ a->deferred, fn, arg };
	a->deferred = d;
}
