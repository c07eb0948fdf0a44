/* SPDX-License-Identifier: Apache-2.0 */
/* Byte ranges in, text and unified diff out. */
#include "compliance-server/fix_edit.h"

#include <string.h>

#include "common/base/str.h"

#define AROUND	   3 /* lines */
#define HIDDEN_MIN 4 /* bytes of a secret that are looked for in the new text */

bool edits_add(struct arena *a, struct edits *e, struct edit one)
{
	size_t i = e->n;

	for (size_t k = 0; k < e->n; k++) {
		const struct edit *o = &e->v[k];

		if (o->from == one.from && o->to == one.to && str_eq(o->text, one.text))
			return true;
		if (one.from < o->to && o->from < one.to)
			return false;
		if (one.from == one.to && one.from > o->from && one.from < o->to)
			return false;
	}
	if (e->n == e->cap) {
		struct edit *v = arena_array(a, 2 * e->n + 8, sizeof(*v));

		if (e->n > 0)
			memcpy(v, e->v, e->n * sizeof(*v));
		e->v = v;
		e->cap = 2 * e->n + 8;
	}
	for (; i > 0 && e->v[i - 1].from > one.from; i--)
		e->v[i] = e->v[i - 1];
	e->v[i] = one;
	e->n++;
	return true;
}

/* The part [from, to) of the old text with the edits in it; to may end inside none. */
static void add_part(struct buf *b, const char *text, size_t from, size_t to,
		     const struct edits *e)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct edit *x = &e->v[i];

		if (x->from < from || x->from > to || (x->from == to && x->to > x->from))
			continue;
		if (x->from == to && to > from && text[to - 1] == '\n')
			continue; /* belongs to the next line */
		buf_add(b, text + from, x->from - from);
		buf_adds(b, x->text);
		from = x->to;
	}
	if (to > from)
		buf_add(b, text + from, to - from);
}

char *edits_apply(struct arena *a, const char *text, size_t n, const struct edits *e,
		  size_t *ret_n)
{
	struct buf b CLEANUP(buf_release);
	size_t from = 0;

	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < e->n; i++) {
		buf_add(&b, text + from, e->v[i].from - from);
		buf_adds(&b, e->v[i].text);
		from = e->v[i].to;
	}
	buf_add(&b, text + from, n - from);
	*ret_n = b.len;
	return arena_strndup(a, buf_text(&b), b.len);
}

size_t text_offset(const char *text, size_t n, int line, int col)
{
	const char *p = text, *end = text + n;

	for (int i = 1; i < line && p < end; i++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		p = nl ? nl + 1 : end;
	}
	for (int i = 1; i < col && p < end && *p != '\n'; i++)
		i += utf8_next(&p) > 0xFFFF;
	return (size_t)(p - text);
}

struct patch {
	struct arena *a;
	const char *text;
	size_t n;
	const size_t *lines; /* where each line begins; [n_lines] is n */
	size_t n_lines;
	const struct edits *edits;
	const struct hidden *hidden;
	size_t n_hidden;
	bool masked;
	int moved; /* lines more in the new text so far */
};

static size_t line_at(const struct patch *p, size_t offset)
{
	size_t lo = 0, hi = p->n_lines;

	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (p->lines[mid] <= offset)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* Old line i without what must not be shown. */
static void put_old(struct patch *p, struct buf *b, char mark, size_t i)
{
	size_t from = p->lines[i], to = p->lines[i + 1];

	buf_addc(b, mark);
	for (size_t k = 0; k < p->n_hidden; k++) {
		const struct hidden *h = &p->hidden[k];

		if (h->from < from || h->from >= to)
			continue;
		buf_add(b, p->text + from, h->from - from);
		buf_adds(b, "…");
		from = MIN(h->to, to);
		p->masked = true;
	}
	buf_add(b, p->text + from, to - from);
	if (to == p->n && (to == 0 || p->text[to - 1] != '\n'))
		buf_adds(b, "\n\\ No newline at end of file\n");
}

/* What stays in the new text of a hidden range: the same words, somewhere else. */
static const char *without_hidden(struct patch *p, const char *text)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, SIZE_MAX);
	while (*text != '\0') {
		size_t skip = 0;

		for (size_t k = 0; k < p->n_hidden && skip == 0; k++) {
			size_t n = p->hidden[k].to - p->hidden[k].from;

			if (n >= HIDDEN_MIN &&
			    strncmp(text, p->text + p->hidden[k].from, n) == 0)
				skip = n;
		}
		if (skip == 0) {
			buf_addc(&b, *text++);
			continue;
		}
		buf_adds(&b, "…");
		p->masked = true;
		text += skip;
	}
	return arena_strdup(p->a, buf_text(&b));
}

static size_t put_new(struct buf *b, const char *text)
{
	size_t n = 0;

	for (const char *p = text; *p != '\0'; n++) {
		size_t k = strcspn(p, "\n");

		buf_addc(b, '+');
		buf_add(b, p, k);
		buf_addc(b, '\n');
		p += k;
		if (*p == '\n')
			p++;
		else
			buf_adds(b, "\\ No newline at end of file\n");
	}
	return n;
}

/* Lines [a, b) change; the hunk shows some around them. */
static void put_hunk(struct patch *p, struct buf *out, size_t a, size_t b)
{
	size_t first = a > AROUND ? a - AROUND : 0;
	size_t last = MIN(b + AROUND, p->n_lines), added;
	struct buf body CLEANUP(buf_release);
	struct buf now CLEANUP(buf_release);

	buf_init(&body, SIZE_MAX);
	buf_init(&now, SIZE_MAX);
	for (size_t i = first; i < a; i++)
		put_old(p, &body, ' ', i);
	for (size_t i = a; i < b; i++)
		put_old(p, &body, '-', i);
	add_part(&now, p->text, p->lines[a], p->lines[b], p->edits);
	added = put_new(&body, without_hidden(p, buf_text(&now)));
	for (size_t i = b; i < last; i++)
		put_old(p, &body, ' ', i);
	buf_addf(out, "@@ -%zu,%zu +%lld,%zu @@\n", first + 1, last - first,
		 (long long)first + 1 + p->moved, last - first - (b - a) + added);
	buf_add(out, body.data, body.len);
	p->moved += (int)added - (int)(b - a);
}

char *edits_patch(struct arena *a, const char *path, const char *text, size_t n,
		  const struct edits *e, const struct hidden *hidden, size_t n_hidden,
		  bool *ret_masked)
{
	struct patch p = { .a = a,
			   .text = text,
			   .n = n,
			   .edits = e,
			   .hidden = hidden,
			   .n_hidden = n_hidden };
	struct buf out CLEANUP(buf_release);
	size_t *lines, from = 0;

	for (size_t i = 0; i < n; i++)
		p.n_lines += text[i] == '\n' || i + 1 == n;
	lines = arena_array(a, p.n_lines + 2, sizeof(*lines));
	for (size_t i = 0, k = 1; i < n; i++)
		if (text[i] == '\n' || i + 1 == n)
			lines[k++] = i + 1;
	p.lines = lines;
	buf_init(&out, SIZE_MAX);
	buf_addf(&out, "--- a/%s\n+++ b/%s\n", path, path);
	for (size_t i = 0; i < e->n;) {
		size_t begin = line_at(&p, e->v[i].from);
		size_t end = line_at(&p, MAX(e->v[i].to, e->v[i].from + 1) - 1) + 1;

		/* edits near each other share a hunk and its lines */
		for (i++; i < e->n && line_at(&p, e->v[i].from) <= end + 2 * AROUND; i++)
			end = line_at(&p, MAX(e->v[i].to, e->v[i].from + 1) - 1) + 1;
		put_hunk(&p, &out, MAX(begin, from), end);
		from = end;
	}
	*ret_masked = p.masked;
	return arena_strdup(a, buf_text(&out));
}
