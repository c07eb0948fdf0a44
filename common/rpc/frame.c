/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to lines. */
#include "common/rpc/frame.h"

#include "common/base/mem.h"

enum { ROOM = 64 * 1024, KEEP = 1024 * 1024 };

void frame_init(struct frame *f, size_t max)
{
	*f = (struct frame){ .max = max, .first = true };
}

void frame_release(struct frame *f)
{
	mem_free(f->data);
	*f = (struct frame){ .max = f->max };
}

char *frame_space(struct frame *f, size_t *ret_n)
{
	size_t held = f->end - f->start;

	if (held == 0)
		f->start = f->end = 0;
	if (held == 0 && f->cap > KEEP) { /* one long line is no reason to stay big */
		mem_free(f->data);
		f->data = NULL;
		f->cap = 0;
	}
	if (f->start > 0 && f->cap - f->end < ROOM) {
		memmove(f->data, f->data + f->start, held);
		f->start = 0;
		f->end = held;
	}
	if (f->cap - f->end < ROOM) {
		f->cap = MAX(f->cap + f->cap / 2, held + ROOM);
		f->data = mem_grow(f->data, f->cap, 1);
	}
	*ret_n = MIN(f->cap - f->end, (size_t)ROOM);
	return f->data + f->end;
}

void frame_added(struct frame *f, size_t n)
{
	f->end += n;
}

static bool blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r')
			return false;
	return true;
}

/* The bytes up to the newline (or the end) are taken; false when there is none yet. */
static bool take(struct frame *f, bool last, const char **line, size_t *n)
{
	const char *from, *nl = NULL;
	size_t held = f->end - f->start;

	if (!f->data || held == 0)
		return false;
	from = f->data + f->start;
	if (held > f->seen)
		nl = memchr(from + f->seen, '\n', held - f->seen);
	if (!nl && !last) {
		f->seen = held;
		return false;
	}
	*line = from;
	*n = nl ? (size_t)(nl - from) : held;
	f->start += *n + (nl ? 1 : 0);
	f->seen = 0;
	return true;
}

enum frame_got frame_next(struct frame *f, bool last, const char **ret_line,
			  size_t *ret_n)
{
	const char *line = NULL;
	size_t n = 0;

	while (take(f, last, &line, &n)) {
		if (f->skipping) {
			f->skipping = false;
			continue;
		}
		if (f->first && n >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
			line += 3;
			n -= 3;
		}
		f->first = false;
		if (n > 0 && line[n - 1] == '\r')
			n--;
		if (n > f->max)
			return FRAME_TOO_LONG;
		if (blank(line, n))
			continue;
		*ret_line = line;
		*ret_n = n;
		return FRAME_LINE;
	}
	if (f->skipping ||
	    f->end - f->start > f->max + 4) { /* BOM and CR may be cut off */
		bool now = !f->skipping;

		f->skipping = true;
		f->first = false;
		f->start = f->end = f->seen = 0;
		return now ? FRAME_TOO_LONG : FRAME_NONE;
	}
	return FRAME_NONE;
}
