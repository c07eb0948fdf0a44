/* SPDX-License-Identifier: Apache-2.0 */
/* The words of TOML: blanks, comments, strings. Numbers and dates are toml_word.c. The
 * text is valid UTF-8. */
#include "common/field/toml_scan.h"

#include "common/base/str.h"

static bool at(const struct scan *s, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(s->end - s->p) >= n && memcmp(s->p, text, n) == 0;
}

/* Over one code point that is no line end. */
static void step(struct scan *s)
{
	int units = utf8_columns(*s->p++);
	size_t n = 1;

	while (s->p < s->end && utf8_columns(*s->p) == 0) {
		s->p++;
		n++;
	}
	s->continued += n - (size_t)units;
}

static bool is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

void toml_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
}

bool toml_at_line_end(const struct scan *s)
{
	return s->p >= s->end || *s->p == '\n' || at(s, "\r\n");
}

bool toml_line_end(struct scan *s)
{
	if (s->p < s->end && *s->p == '\r' && !at(s, "\r\n"))
		return scan_fail(s, "carriage return without a line feed behind it");
	if (s->p >= s->end || !toml_at_line_end(s))
		return true;
	s->p += *s->p == '\r' ? 2 : 1;
	s->line++;
	s->line_start = s->p;
	s->continued = 0;
	return true;
}

bool toml_comment(struct scan *s)
{
	if (s->p >= s->end || *s->p != '#')
		return true;
	while (!toml_at_line_end(s)) {
		if (is_control(*s->p))
			return scan_fail(s, "control character in a comment");
		step(s);
	}
	return true;
}

bool toml_gap(struct scan *s)
{
	const char *from;

	do {
		from = s->p;
		toml_blanks(s);
		if (!toml_comment(s) || !toml_line_end(s))
			return false;
	} while (s->p > from);
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \uXXXX or \UXXXXXXXX behind the backslash. */
static bool unicode(struct scan *s, char **out)
{
	size_t digits = s->p[1] == 'u' ? 4 : 8;
	uint32_t cp = 0;

	if ((size_t)(s->end - s->p) < digits + 2)
		return scan_fail(s,
				 "bad escape, expected four or eight hexadecimal digits");
	for (size_t i = 0; i < digits; i++) {
		int d = hex_digit(s->p[2 + i]);

		if (d < 0)
			return scan_fail(s,
					 "bad escape, expected four or eight hexadecimal "
					 "digits");
		cp = cp << 4 | (uint32_t)d;
	}
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return scan_fail(s, "the escape names no character");
	*out += utf8_encode(cp == 0 ? 0xfffd : cp, *out);
	s->p += digits + 2;
	return true;
}

/* A backslash at the end of a line takes all blanks behind it away. */
static bool joins_lines(struct scan *s, bool *ret)
{
	struct scan ahead = *s;

	ahead.p++;
	toml_blanks(&ahead);
	*ret = ahead.p < ahead.end && toml_at_line_end(&ahead);
	if (!*ret)
		return true;
	s->p = ahead.p;
	while (s->p < s->end &&
	       (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n')) {
		toml_blanks(s);
		if (!toml_line_end(s))
			return false;
	}
	return true;
}

static bool escape(struct scan *s, bool lines, char **out)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	const char *hit;
	bool joined = false;

	if (lines && !joins_lines(s, &joined))
		return false;
	if (joined)
		return true;
	if (s->end - s->p < 2)
		return scan_unexpected(s, "the rest of the string");
	if (s->p[1] == 'u' || s->p[1] == 'U')
		return unicode(s, out);
	hit = s->p[1] != '\0' ? strchr(from, s->p[1]) : NULL;
	if (!hit)
		return scan_fail(s,
				 "bad escape, expected one of \\b \\t \\n \\f \\r \\\" "
				 "\\\\ \\u \\U");
	*(*out)++ = to[hit - from];
	s->p += 2;
	return true;
}

/* Where the string ends at the latest, so that there is room for its text. */
static size_t room(const struct scan *s, bool lines)
{
	const char quote = *s->p;
	const char *p = s->p + (lines ? 3 : 1);

	for (; p < s->end; p++) {
		if (*p == '\\' && quote == '"' && s->end - p > 1)
			p++;
		else if (lines ? s->end - p >= 3 && p[0] == quote && p[1] == quote &&
					 p[2] == quote
			       : *p == quote || *p == '\n')
			break;
	}
	return MIN((size_t)(s->end - s->p), (size_t)(p - s->p) + 5);
}

/* The closing quotes; up to two more before them are text. */
static bool closed(struct scan *s, char quote, bool lines, char **out)
{
	size_t n = 0;

	while (n < 5 && s->p + n < s->end && s->p[n] == quote)
		n++;
	if (!lines || n >= 3) {
		for (size_t i = 3; lines && i < n; i++)
			*(*out)++ = quote;
		s->p += lines ? n : 1;
		return true;
	}
	for (size_t i = 0; i < n; i++)
		*(*out)++ = quote;
	s->p += n;
	return false;
}

static bool body(struct scan *s, char quote, bool lines, char *out)
{
	const char *from;

	while (s->p < s->end) {
		if (*s->p == quote) {
			if (closed(s, quote, lines, &out)) {
				*out = '\0';
				return true;
			}
		} else if (*s->p == '\\' && quote == '"') {
			if (!escape(s, lines, &out))
				return false;
		} else if (toml_at_line_end(s)) {
			if (!lines)
				return scan_fail(s,
						 "the string is not closed on its line");
			*out++ = '\n';
			if (!toml_line_end(s))
				return false;
		} else if (is_control(*s->p)) {
			return scan_fail(s, "raw control character in a string");
		} else {
			from = s->p;
			step(s);
			memcpy(out, from, (size_t)(s->p - from));
			out += s->p - from;
		}
	}
	return scan_unexpected(s, "the end of the string");
}

bool toml_string(struct scan *s, bool may_span_lines, const char **ret)
{
	const char quote = *s->p;
	bool lines = may_span_lines && (at(s, "\"\"\"") || at(s, "'''"));
	char *out = arena_alloc(s->arena, room(s, lines) + 1);

	s->p += lines ? 3 : 1;
	*ret = out;
	if (lines && toml_at_line_end(s) && !toml_line_end(s))
		return false;
	return body(s, quote, lines, out);
}

bool toml_bare_key(struct scan *s, const char **ret)
{
	const char *from = s->p;

	while (s->p < s->end &&
	       ((*s->p >= '0' && *s->p <= '9') || *s->p == '-' || *s->p == '_' ||
		((*s->p | 0x20) >= 'a' && (*s->p | 0x20) <= 'z')))
		s->p++;
	if (s->p == from)
		return scan_unexpected(s, "a key");
	*ret = arena_strndup(s->arena, from, (size_t)(s->p - from));
	return true;
}
