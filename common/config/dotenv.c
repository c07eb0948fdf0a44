/* SPDX-License-Identifier: Apache-2.0 */
/* .env files: the regular expression of dotenv 17.4.2 as a matcher without backtracking.
 *
 *   ^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)
 *   (\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$
 *
 * \s crosses lines. A lazy \s*? or \s+? never has to grow, because the last alternative
 * or none at all always leads to a match; so only the closing quote needs to be searched.
 */
#include "common/config/dotenv.h"

#include <stdarg.h>

#include "common/base/str.h"

struct text {
	const char *p;
	size_t n;
};

struct parser {
	struct arena *a;
	struct text t;
	struct dotenv *out;
	size_t entries_cap, warnings_cap;
	/* line and column of `counted`: positions are asked for in order, counted once */
	size_t counted;
	int line, col;
};

/* What was matched, as offsets into the text. */
struct match {
	size_t name, name_end, sign; /* sign: of the "=" or ":" */
	size_t value, value_end;     /* untrimmed */
	bool quoted;		     /* the value is one whole quoted text */
	size_t end;
};

/* Length of the white space of \s at i, 0 when there is none. */
static size_t space_at(struct text t, size_t i)
{
	const unsigned char *s = (const unsigned char *)t.p + i;
	size_t left = t.n - i;

	if (left == 0)
		return 0;
	if (s[0] == ' ' || (s[0] >= '\t' && s[0] <= '\r'))
		return 1;
	if (left >= 2 && s[0] == 0xc2 && s[1] == 0xa0)
		return 2;
	if (left < 3)
		return 0;
	uint32_t cp = (uint32_t)(s[0] & 0x0f) << 12 | (uint32_t)(s[1] & 0x3f) << 6 |
		      (s[2] & 0x3f);
	if ((s[0] & 0xf0) != 0xe0)
		return 0;
	if (cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 ||
	    cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000 || cp == 0xfeff)
		return 3;
	return 0;
}

/* Length of the line terminator of ^, $ and . at i, 0 when there is none. */
static size_t terminator_at(struct text t, size_t i)
{
	if (i >= t.n)
		return 0;
	if (t.p[i] == '\n' || t.p[i] == '\r')
		return 1;
	if (t.n - i >= 3 && memcmp(t.p + i, "\xe2\x80", 2) == 0 &&
	    (t.p[i + 2] == '\xa8' || t.p[i + 2] == '\xa9'))
		return 3;
	return 0;
}

static bool at_end(struct text t, size_t i)
{
	return i == t.n || terminator_at(t, i) > 0;
}

static bool at_start(struct text t, size_t i)
{
	return i == 0 || t.p[i - 1] == '\n' || t.p[i - 1] == '\r' ||
	       (i >= 3 && terminator_at(t, i - 3) == 3);
}

static size_t skip_space(struct text t, size_t i)
{
	size_t len;

	while ((len = space_at(t, i)) > 0)
		i += len;
	return i;
}

static size_t next_line(struct text t, size_t i)
{
	while (i < t.n && terminator_at(t, i) == 0)
		i++;
	return i < t.n ? i + terminator_at(t, i) : i;
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

/* \s*(?:#.*)?$ from i: the end of the match, or SIZE_MAX. */
static size_t tail(struct text t, size_t i)
{
	size_t last = SIZE_MAX;

	for (size_t len; (len = space_at(t, i)) > 0; i += len)
		if (terminator_at(t, i) > 0)
			last = i;
	if (i == t.n)
		return i;
	if (t.p[i] != '#')
		return last;
	while (!at_end(t, i))
		i++;
	return i;
}

/* Quoted text from the quote at i to the closing quote after which the line ends; the
 * longest run first, as the greedy star does, so a quote behind a backslash closes only
 * when nothing later does. Sets m->value_end and m->end. */
static bool match_quoted(struct text t, size_t i, struct match *m)
{
	char quote = t.p[i];
	size_t j = i + 1;

	while (j < t.n && (t.p[j] != quote || t.p[j - 1] == '\\'))
		j++;
	for (; j > i; j--) {
		if (j >= t.n || t.p[j] != quote)
			continue;
		size_t end = tail(t, j + 1);
		if (end == SIZE_MAX)
			continue;
		m->value_end = j + 1;
		m->end = end;
		return true;
	}
	return false;
}

static void match_value(struct text t, size_t i, struct match *m)
{
	size_t first = skip_space(t, i);

	m->value = i;
	m->quoted = false;
	if (first < t.n &&
	    (t.p[first] == '\'' || t.p[first] == '"' || t.p[first] == '`') &&
	    match_quoted(t, first, m)) {
		m->quoted = true;
		return;
	}
	while (i < t.n && t.p[i] != '#' && t.p[i] != '\n')
		i++;
	m->value_end = i;
	m->end = tail(t, i);
}

/* ([\w.-]+)(?:\s*=\s*?|:\s+?) and what follows. */
static bool match_name(struct text t, size_t i, struct match *m)
{
	size_t end = i, op, blank;

	while (end < t.n && name_char(t.p[end]))
		end++;
	if (end == i)
		return false;
	m->name = i;
	m->name_end = end;
	op = skip_space(t, end);
	m->sign = op;
	if (op < t.n && t.p[op] == '=') {
		match_value(t, op + 1, m);
		return true;
	}
	if (end == t.n || t.p[end] != ':' || (blank = space_at(t, end + 1)) == 0)
		return false;
	m->sign = end;
	match_value(t, end + 1 + blank, m);
	return true;
}

/* i: the first character of a line that is no white space. */
static bool match_line(struct text t, size_t i, struct match *m)
{
	if (t.n - i > 6 && memcmp(t.p + i, "export", 6) == 0 && space_at(t, i + 6) > 0 &&
	    match_name(t, skip_space(t, i + 6), m))
		return true;
	return match_name(t, i, m);
}

/* Moves p->line and p->col to i. A byte order mark has no column. */
static int line_of(struct parser *p, size_t i)
{
	if (p->counted == 0 && i >= 3 && memcmp(p->t.p, "\xef\xbb\xbf", 3) == 0)
		p->counted = 3;
	for (; p->counted < i; p->counted++) {
		char c = p->t.p[p->counted];

		if (c == '\n') {
			p->line++;
			p->col = 1;
		} else {
			p->col += utf8_columns(c);
		}
	}
	return p->line;
}

/* Room for one more element in an arena array of n elements. */
static void *grown(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	void *more;

	if (n < *cap)
		return v;
	*cap = *cap ? *cap * 2 : 32;
	more = arena_array(a, *cap, size);
	if (n > 0)
		memcpy(more, v, n * size);
	return more;
}

static void PRINTF_LIKE(3, 4) warn(struct parser *p, int line, const char *fmt, ...)
{
	struct dotenv *d = p->out;
	va_list ap;

	d->warnings = grown(p->a, d->warnings, d->warnings_n, &p->warnings_cap,
			    sizeof(*d->warnings));
	d->warnings[d->warnings_n].line = line;
	va_start(ap, fmt);
	d->warnings[d->warnings_n++].text = arena_vprintf(p->a, fmt, ap);
	va_end(ap);
}

static struct text trimmed(struct text t, size_t from, size_t to)
{
	struct text part = { t.p, to };
	size_t start = skip_space(part, from);
	size_t end = start;

	for (size_t i = start, len; i < to;) {
		len = space_at(part, i);
		i += len ? len : 1;
		if (!len)
			end = i;
	}
	return (struct text){ t.p + start, end - start };
}

/* value.replace(/^(['"`])([\s\S]*)\1$/mg, '$2') into out; returns its length. */
static size_t strip_quotes(struct text v, char *out)
{
	size_t n = 0, i = 0;
	/* where a quote of each kind last stands before an end of line: no match behind
	 * it */
	size_t last[3] = { 0, 0, 0 };
	static const char quotes[] = "'\"`";

	for (size_t j = 1; j < v.n; j++) {
		const char *q = memchr(quotes, v.p[j], 3);

		if (q && at_end(v, j + 1))
			last[q - quotes] = j;
	}
	while (i < v.n) {
		const char *q = memchr(quotes, v.p[i], 3);

		if (q && at_start(v, i) && last[q - quotes] > i) {
			size_t close = last[q - quotes];

			memcpy(out + n, v.p + i + 1, close - i - 1);
			n += close - i - 1;
			i = close + 1;
		} else {
			out[n++] = v.p[i++];
		}
	}
	return n;
}

/* \n and \r of a double-quoted value, each kind in a pass of its own as dotenv does. */
static size_t expand(char *v, size_t n, char letter, char c)
{
	size_t k = 0;

	for (size_t i = 0; i < n; k++) {
		bool hit = v[i] == '\\' && i + 1 < n && v[i + 1] == letter;

		v[k] = hit ? c : v[i];
		i += hit ? 2 : 1;
	}
	return k;
}

static const char *value_text(struct parser *p, struct text v, int line)
{
	char *out = arena_alloc(p->a, v.n + 1);
	size_t n = strip_quotes(v, out);

	if (v.n > 0 && v.p[0] == '"') {
		n = expand(out, n, 'n', '\n');
		n = expand(out, n, 'r', '\r');
	}
	out[n] = '\0';
	if (memchr(out, '\0', n))
		warn(p, line, "the value ends at a NUL byte");
	return out;
}

/* Warns about values that are probably not what their writer meant. */
static void judge_value(struct parser *p, const struct match *m, struct text v,
			const struct dotenv_entry *e)
{
	const char *newline = memchr(v.p, '\n', v.n);

	if (v.n > 0 && m->quoted && (newline || e->value_line != e->line)) {
		int last = e->value_line;

		for (const char *c = newline; c && c < v.p + v.n; c++)
			last += *c == '\n';
		warn(p, e->line,
		     "the value of %s reaches to line %d: a quoted text may %s", e->name,
		     last, newline ? "swallow lines" : "begin on a later line");
	}
	if (v.n > 0 && !m->quoted && (v.p[0] == '\'' || v.p[0] == '"' || v.p[0] == '`')) {
		const char *close = memchr(v.p + 1, v.p[0], v.n - 1);

		if (!close)
			warn(p, e->line,
			     "the quote of %s is not closed and counts as part of "
			     "the value",
			     e->name);
		else
			warn(p, e->line,
			     "text after the closing quote of %s: the quotes count "
			     "as part of the value",
			     e->name);
	}
	if (e->cut)
		warn(p, e->line,
		     "the value of %s ends before the \"#\"; put the value in "
		     "quotes if it contains one",
		     e->name);
}

static void add_entry(struct parser *p, const struct match *m)
{
	struct dotenv *d = p->out;
	struct text v = trimmed(p->t, m->value, m->value_end);
	struct dotenv_entry *e;
	size_t at = (size_t)(v.p - p->t.p);

	d->v = grown(p->a, d->v, d->n, &p->entries_cap, sizeof(*d->v));
	e = &d->v[d->n++];
	e->name = arena_strndup(p->a, p->t.p + m->name, m->name_end - m->name);
	e->line = line_of(p, m->name);
	e->col = p->col;
	/* an empty value stands behind its sign, wherever the blanks lead */
	if (v.n == 0)
		at = m->value;
	e->value_line = line_of(p, at);
	e->value_col = p->col;
	e->value = value_text(p, v, e->line);
	e->quoted = m->quoted && v.n > 0;
	e->spaced = m->sign > m->name_end || (v.n > 0 && at > m->value);
	e->cut = !m->quoted && m->value_end < p->t.n && p->t.p[m->value_end] == '#' &&
		 space_at(p->t, m->value_end - 1) == 0;
	judge_value(p, m, v, e);
}

static void judge_ignored(struct parser *p, size_t i)
{
	struct text t = p->t;
	size_t end = i;

	if (i == t.n || t.p[i] == '#')
		return;
	while (!at_end(t, end))
		end++;
	if (memchr(t.p + i, '=', end - i))
		warn(p, line_of(p, i),
		     "the line is ignored: before the \"=\" stands no name of "
		     "letters, digits, \"_\", \".\" and \"-\"");
	else
		warn(p, line_of(p, i), "the line is ignored: it has no \"=\"");
}

/* Length of the broken sequence at s: all bytes that some continuation would make valid.
 * 0x80 continues any part of two or three bytes that can be continued at all. */
static size_t broken_length(const char *s, size_t n)
{
	for (size_t k = 3; k > 1; k--) {
		char whole[4] = "\x80\x80\x80\x80";

		if (k > n)
			continue;
		memcpy(whole, s, k);
		if (utf8_valid_prefix(whole, 4) == 4 ||
		    (k == 2 && utf8_valid_prefix(whole, 3) == 3))
			return k;
	}
	return 1;
}

/* Valid UTF-8 with "\n" as the only line break. Each maximal part of a broken sequence
 * becomes one U+FFFD, as decoders of the web do. */
static struct text normalized(struct arena *a, const char *s, size_t n)
{
	char *out = arena_array(a, n + 1, 3);
	size_t k = 0;

	for (size_t i = 0; i < n;) {
		size_t good = utf8_valid_prefix(s + i, n - i);

		for (size_t end = i + good; i < end; i++) {
			if (s[i] == '\r' && i + 1 < n && s[i + 1] == '\n')
				continue;
			out[k++] = s[i] == '\r' ? '\n' : s[i];
		}
		if (i == n)
			break;
		memcpy(out + k, "\xef\xbf\xbd", 3);
		k += 3;
		i += broken_length(s + i, n - i);
	}
	return (struct text){ out, k };
}

static int cr_line(const char *text, size_t n)
{
	const char *cr = n > 0 ? memchr(text, '\r', n) : NULL;
	int line = 1;

	for (const char *c = text; cr && c < cr; c++)
		line += *c == '\n';
	return cr ? line : 0;
}

void dotenv_parse(struct arena *a, const char *text, size_t n, struct dotenv *ret)
{
	struct dotenv d = { 0 };
	struct parser p = { .a = a, .out = &d, .line = 1, .col = 1 };
	size_t i = 0;

	d.cr_line = cr_line(text, n);
	p.t = normalized(a, text, n);
	while (i < p.t.n) {
		struct match m;

		if (!at_start(p.t, i)) {
			i = next_line(p.t, i);
			continue;
		}
		i = skip_space(p.t, i);
		if (i < p.t.n && match_line(p.t, i, &m)) {
			add_entry(&p, &m);
			i = m.end;
		} else {
			judge_ignored(&p, i);
			i = next_line(p.t, i);
		}
	}
	*ret = d;
}

const struct dotenv_entry *dotenv_get(const struct dotenv *d, const char *name)
{
	for (size_t i = d->n; i > 0; i--)
		if (str_eq(d->v[i - 1].name, name))
			return &d->v[i - 1];
	return NULL;
}
