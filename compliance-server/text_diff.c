/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two texts, for a person. */
#include "compliance-server/text_diff.h"

#include <string.h>

#include "common/base/mem.h"
#include "common/base/str.h"
#include "compliance-server/predicate.h"

#define CELLS_MAX                                                             \
	((size_t)250000) /* of a comparison; longer middles are all different \
			  */
#define CONTEXT	 2	 /* unchanged lines around changed ones */
#define MARK_MIN 12	 /* bytes of a line whose words are worth marking */
#define RUN_MAX	 60	 /* bytes of unchanged words shown in full */
#define RUN_EDGE 24	 /* what is shown of longer ones at each end */

/* A text in pieces, and which of them the other text has too. */
struct pieces {
	struct span *v;
	bool *kept;
	size_t n;
};

static void release(struct pieces *p)
{
	mem_free(p->v);
	mem_free(p->kept);
}

static bool same(struct span x, struct span y)
{
	return x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
}

/* ---- pieces ---- */

static void make_room(struct pieces *p, size_t max)
{
	*p = (struct pieces){ mem_array(max + 1, sizeof(*p->v)),
			      mem_array(max + 1, sizeof(*p->kept)), 0 };
}

static void split_lines(struct pieces *p, const char *text)
{
	size_t lines = 1;

	for (const char *s = text; s && *s; s++)
		lines += *s == '\n';
	make_room(p, lines);
	while (text) {
		size_t n = strcspn(text, "\n");

		p->v[p->n++] = (struct span){ text, n };
		text = text[n] ? text + n + 1 : NULL;
	}
}

/* Words, runs of blanks, and every other sign by itself. */
static size_t word_length(const char *s, size_t left)
{
	const char *set = *s == ' ' ? " " : NULL;
	size_t n = 0;

	if (!set && !is_alpha(*s) && !is_digit(*s) && !((unsigned char)*s & 0x80))
		return 1;
	while (n < left &&
	       (set ? s[n] == ' '
		    : is_alpha(s[n]) || is_digit(s[n]) || ((unsigned char)s[n] & 0x80)))
		n++;
	return n;
}

static void split_words(struct pieces *p, struct span line)
{
	make_room(p, line.n);
	for (size_t at = 0; at < line.n;) {
		size_t n = word_length(line.p + at, line.n - at);

		p->v[p->n++] = (struct span){ line.p + at, n };
		at += n;
	}
}

/* ---- the longest common sequence ---- */

static void mark_common(struct pieces *x, size_t x0, size_t n, struct pieces *y,
			size_t y0, size_t m)
{
	uint16_t *len;
	size_t i = 0, k = 0;

	if (n == 0 || m == 0 || n * m > CELLS_MAX)
		return;
	len = mem_array((n + 1) * (m + 1), sizeof(*len));
	for (size_t r = n; r-- > 0;) {
		for (size_t c = m; c-- > 0;) {
			uint16_t *at = &len[r * (m + 1) + c];
			uint16_t down = at[m + 1], right = at[1];

			*at = same(x->v[x0 + r], y->v[y0 + c]) ? (uint16_t)(at[m + 2] + 1)
							       : MAX(down, right);
		}
	}
	while (i < n && k < m) {
		const uint16_t *at = &len[i * (m + 1) + k];

		if (same(x->v[x0 + i], y->v[y0 + k]))
			x->kept[x0 + i++] = y->kept[y0 + k++] = true;
		else if (at[m + 1] >= at[1])
			i++;
		else
			k++;
	}
	mem_free(len);
}

static void compare(struct pieces *x, struct pieces *y)
{
	size_t head = 0, tail = 0, shorter = MIN(x->n, y->n);

	while (head < shorter && same(x->v[head], y->v[head])) {
		x->kept[head] = y->kept[head] = true;
		head++;
	}
	while (tail < shorter - head &&
	       same(x->v[x->n - 1 - tail], y->v[y->n - 1 - tail])) {
		x->kept[x->n - 1 - tail] = y->kept[y->n - 1 - tail] = true;
		tail++;
	}
	mark_common(x, head, x->n - head - tail, y, head, y->n - head - tail);
}

/* ---- showing ---- */

/* Not in utf8_hidden, but no better to see: blanks of other kinds, fillers, selectors. */
static bool looks_like_nothing(uint32_t cp)
{
	return cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
	       cp == 0x202f || cp == 0x205f || cp == 0x3000 || cp == 0x115f ||
	       cp == 0x1160 || cp == 0x3164 || cp == 0xffa0 || cp == 0x2800 ||
	       (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0100 && cp <= 0xe01ef);
}

static bool has_letter(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_alpha(s.p[i]))
			return true;
	return false;
}

/* In a word that changed, a letter of another alphabet among Latin ones is named: it may
 * look like the one it replaced. */
static void show(struct buf *b, struct span s, bool changed)
{
	bool name_foreign = changed && has_letter(s);
	const char *p = s.p, *end = s.p + s.n;

	while (p < end) {
		const char *start = p;
		uint32_t cp = utf8_next(&p);
		bool hidden = utf8_hidden(cp) || looks_like_nothing(cp);

		if (!hidden)
			buf_add(b, start, (size_t)(p - start));
		if (hidden || (name_foreign && cp >= 0x250))
			buf_addf(b, "<U+%04X>", (unsigned)cp);
	}
}

static size_t whole(const char *p, size_t n)
{
	while (n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* Unchanged words between changed ones: their ends are enough. */
static void show_run(struct buf *b, struct span s)
{
	size_t head, tail;

	if (s.n <= RUN_MAX) {
		show(b, s, false);
		return;
	}
	head = whole(s.p, RUN_EDGE);
	tail = whole(s.p, s.n - RUN_EDGE);
	show(b, (struct span){ s.p, head }, false);
	buf_adds(b, "…");
	show(b, (struct span){ s.p + tail, s.n - tail }, false);
}

static size_t run_from(const struct pieces *p, size_t i)
{
	size_t n = 1;

	while (i + n < p->n && p->kept[i + n] == p->kept[i])
		n++;
	return n;
}

static struct span joined(const struct pieces *p, size_t i, size_t n)
{
	const struct span *last = &p->v[i + n - 1];

	return (struct span){ p->v[i].p, (size_t)(last->p + last->n - p->v[i].p) };
}

static void show_words(struct buf *b, const struct pieces *p, const char *open,
		       const char *close)
{
	for (size_t i = 0, n; i < p->n; i += n) {
		n = run_from(p, i);
		if (p->kept[i]) {
			show_run(b, joined(p, i, n));
			continue;
		}
		buf_adds(b, open);
		for (size_t k = i; k < i + n; k++)
			show(b, p->v[k], true);
		buf_adds(b, close);
	}
}

/* Words are worth marking when most of the line is the same. */
static bool alike(const struct pieces *p)
{
	size_t common = 0, all = 0;

	for (size_t i = 0; i < p->n; i++) {
		all += p->v[i].n;
		common += p->kept[i] ? p->v[i].n : 0;
	}
	return 3 * common >= all;
}

struct view {
	struct buf *b;
	const char *indent;
	bool colour;
};

static void begin_line(const struct view *v, char mark)
{
	if (v->colour && mark != ' ')
		buf_adds(v->b, mark == '-' ? "\033[31m" : "\033[32m");
	buf_addf(v->b, "%s%c ", v->indent, mark);
}

static void end_line(const struct view *v, char mark)
{
	buf_adds(v->b, v->colour && mark != ' ' ? "\033[0m\n" : "\n");
}

static void put_line(const struct view *v, char mark, struct span s)
{
	begin_line(v, mark);
	show(v->b, s, mark != ' ');
	end_line(v, mark);
}

static void put_words(const struct view *v, char mark, const struct pieces *p)
{
	begin_line(v, mark);
	show_words(v->b, p, mark == '-' ? "[-" : "{+", mark == '-' ? "-]" : "+}");
	end_line(v, mark);
}

/* A line that became another one. */
static void put_change(const struct view *v, struct span was, struct span now)
{
	struct pieces x, y;

	split_words(&x, was);
	split_words(&y, now);
	compare(&x, &y);
	if (MAX(was.n, now.n) >= MARK_MIN && (alike(&x) || alike(&y))) {
		put_words(v, '-', &x);
		put_words(v, '+', &y);
	} else {
		put_line(v, '-', was);
		put_line(v, '+', now);
	}
	release(&x);
	release(&y);
}

/* Lines i to i + n of one text became k to k + m of the other. */
static void put_hunk(const struct view *v, const struct pieces *x, size_t i, size_t n,
		     const struct pieces *y, size_t k, size_t m)
{
	if (n == m) {
		for (size_t r = 0; r < n; r++)
			put_change(v, x->v[i + r], y->v[k + r]);
		return;
	}
	for (size_t r = 0; r < n; r++)
		put_line(v, '-', x->v[i + r]);
	for (size_t r = 0; r < m; r++)
		put_line(v, '+', y->v[k + r]);
}

static size_t gone_from(const struct pieces *p, size_t i)
{
	return i < p->n && !p->kept[i] ? run_from(p, i) : 0;
}

static void put_same(const struct view *v, const struct pieces *x, size_t i, size_t n,
		     bool first, bool last)
{
	size_t head = first ? 0 : MIN(n, (size_t)CONTEXT);
	size_t tail = last ? 0 : MIN(n - head, (size_t)CONTEXT);

	for (size_t r = 0; r < head; r++)
		put_line(v, ' ', x->v[i + r]);
	if (n > head + tail && !first && !last)
		buf_addf(v->b, "%s  …\n", v->indent);
	for (size_t r = n - tail; r < n; r++)
		put_line(v, ' ', x->v[i + r]);
}

static void put_all(const struct view *v, const struct pieces *x, const struct pieces *y)
{
	size_t i = 0, k = 0;

	while (i < x->n || k < y->n) {
		size_t n = gone_from(x, i), m = gone_from(y, k);

		if (n || m) {
			put_hunk(v, x, i, n, y, k, m);
			i += n;
			k += m;
			continue;
		}
		n = run_from(x, i);
		n = MIN(n, run_from(y, k));
		put_same(v, x, i, n, i == 0, i + n == x->n && k + n == y->n);
		i += n;
		k += n;
	}
}

void text_diff(struct buf *b, const char *indent, const char *was, const char *now,
	       bool colour)
{
	const struct view v = { b, indent, colour };
	struct pieces x, y;

	if (str_eq(was, now))
		return;
	split_lines(&x, was);
	split_lines(&y, now);
	compare(&x, &y);
	put_all(&v, &x, &y);
	release(&x);
	release(&y);
}

/* A changed stretch as "[-was-]{+now+}". */
static void put_marked(struct buf *b, const struct pieces *p, size_t i, size_t n,
		       const char *open, const char *close)
{
	if (n == 0)
		return;
	buf_adds(b, open);
	for (size_t r = i; r < i + n && !b->overflow; r++)
		show(b, p->v[r], true);
	buf_adds(b, close);
}

/* What begins a few words before the difference, and no more than can be shown. */
static struct span excerpt(const char *text, size_t from, size_t max)
{
	size_t left = strlen(text + from);

	return (struct span){ text + from, left > max ? whole(text + from, max) : left };
}

const char *text_diff_short(struct arena *a, const char *was, const char *now, size_t max)
{
	struct buf b CLEANUP(buf_release);
	struct pieces x, y;
	size_t i = 0, k = 0, from = 0;

	was = was ? was : "";
	now = now ? now : "";
	while (was[from] && was[from] == now[from])
		from++;
	from = from > RUN_EDGE ? whole(was, from - RUN_EDGE) : 0;
	while (from > 0 && word_length(was + from - 1, 2) > 1)
		from--;
	buf_init(&b, max);
	buf_adds(&b, from ? "…" : "");
	split_words(&x, excerpt(was, from, 2 * max));
	split_words(&y, excerpt(now, from, 2 * max));
	compare(&x, &y);
	while ((i < x.n || k < y.n) && !b.overflow) {
		size_t n = gone_from(&x, i), m = gone_from(&y, k);

		if (n == 0 && m == 0) {
			n = m = MIN(run_from(&x, i), run_from(&y, k));
			show_run(&b, joined(&x, i, n));
		} else {
			put_marked(&b, &x, i, n, "[-", "-]");
			put_marked(&b, &y, k, m, "{+", "+}");
		}
		i += n;
		k += m;
	}
	release(&x);
	release(&y);
	return arena_strndup(a, buf_text(&b), utf8_cut(buf_text(&b), b.len));
}

void text_shown(struct buf *b, const char *indent, const char *mark, const char *text)
{
	struct pieces p;

	split_lines(&p, text);
	for (size_t i = 0; i < p.n; i++) {
		buf_addf(b, "%s%s", indent, mark);
		show(b, p.v[i], false);
		buf_addc(b, '\n');
	}
	release(&p);
}
