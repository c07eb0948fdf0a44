/* SPDX-License-Identifier: Apache-2.0 */
/* The words of JSON: blanks, comments, strings, numbers, and where the reader stands. */
#include "common/field/scan.h"

#include <math.h>

#include "common/base/str.h"
#include "common/field/jsonr.h"

#define MAX_NUMBER 32

#define HIGH_BITS UINT64_C(0x8080808080808080)
#define LOW_BITS  UINT64_C(0x0101010101010101)

int scan_col(const struct scan *s)
{
	return (int)((size_t)(s->p - s->line_start) - s->continued) + 1;
}

bool scan_fail_at(struct scan *s, int line, int col, const char *what)
{
	if (s->pos)
		*s->pos = (struct pos){ line, col };
	return err_set(s->e, ERR_PARSE, "line %d, column %d: %s", line, col, what);
}

bool scan_fail(struct scan *s, const char *what)
{
	return scan_fail_at(s, s->line, scan_col(s), what);
}

bool scan_unexpected(struct scan *s, const char *expected)
{
	char text[120];
	unsigned char c;

	if (s->p >= s->end) {
		snprintf(text, sizeof(text), "unexpected end of text, expected %s",
			 expected);
		return scan_fail(s, text);
	}
	c = (unsigned char)*s->p;
	if (c > 0x20 && c < 0x7f)
		snprintf(text, sizeof(text), "unexpected '%c', expected %s", c, expected);
	else
		snprintf(text, sizeof(text), "unexpected byte 0x%02x, expected %s", c,
			 expected);
	return scan_fail(s, text);
}

/* Length of the UTF-8 sequence at p (first byte 0x80 or above), 0 when malformed. */
static size_t sequence(const char *text, const char *end)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t left = (size_t)(end - text);
	size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

	if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static bool skip_sequence(struct scan *s)
{
	size_t n = sequence(s->p, s->end);

	if (n == 0)
		return scan_fail(s, "invalid UTF-8");
	s->p += n;
	s->continued += n == 4 ? 2 : n - 1;
	return true;
}

static void new_line(struct scan *s)
{
	s->line++;
	s->line_start = ++s->p;
	s->continued = 0;
}

static bool skip_comment(struct scan *s)
{
	bool block = s->p[1] == '*';
	int line = s->line, col = scan_col(s);

	s->loose++;
	s->p += 2;
	while (s->p < s->end) {
		if (block && *s->p == '*' && s->end - s->p > 1 && s->p[1] == '/') {
			s->p += 2;
			return true;
		}
		if (*s->p == '\n') {
			if (!block)
				return true;
			new_line(s);
		} else if ((unsigned char)*s->p < 0x80) {
			s->p++;
		} else if (!skip_sequence(s)) {
			return false;
		}
	}
	return block ? scan_fail_at(s, line, col, "comment is not closed, expected */")
		     : true;
}

bool scan_blanks(struct scan *s)
{
	while (s->p < s->end) {
		if (*s->p == '\n') {
			new_line(s);
		} else if (*s->p == ' ' || *s->p == '\t' || *s->p == '\r') {
			s->p++;
		} else if (*s->p == '/' && s->end - s->p > 1 &&
			   (s->p[1] == '/' || s->p[1] == '*')) {
			if (!(s->flags & JSONR_COMMENTS))
				return scan_fail(s, "comments are not allowed here");
			if (!skip_comment(s))
				return false;
		} else {
			break;
		}
	}
	return true;
}

/* The first byte at or behind p that is a quote, a backslash, a control or not ASCII. */
static const char *plain_run(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t v, quote, slash;

		memcpy(&v, p, sizeof(v));
		quote = v ^ (LOW_BITS * '"');
		slash = v ^ (LOW_BITS * '\\');
		if (((v | (v - LOW_BITS * 0x20) | ((quote - LOW_BITS) & ~quote) |
		      ((slash - LOW_BITS) & ~slash)) &
		     HIGH_BITS) != 0)
			break;
		p += 8;
	}
	while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 &&
	       *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Four hexadecimal digits behind "\u" at p, or -1. */
static int32_t hex4(const char *p, const char *end)
{
	int32_t v = 0;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			v = v * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return v;
}

static bool skip_unicode(struct scan *s)
{
	int32_t v = hex4(s->p, s->end), low;

	if (v < 0)
		return scan_fail(s,
				 "bad escape, expected \\u and four hexadecimal digits");
	if (v == 0 && !(s->flags & JSONR_NUL))
		return scan_fail(s, "\\u0000 is not allowed in text");
	if (v >= 0xdc00 && v <= 0xdfff)
		return scan_fail(
			s, "lone low surrogate, expected a pair such as \\ud83d\\ude00");
	if (v >= 0xd800 && v <= 0xdbff) {
		low = hex4(s->p + 6, s->end);
		if (low < 0xdc00 || low > 0xdfff)
			return scan_fail(s,
					 "lone high surrogate, expected a pair such as "
					 "\\ud83d\\ude00");
		s->p += 6;
	}
	s->p += 6;
	return true;
}

static bool skip_escape(struct scan *s)
{
	if (s->end - s->p < 2) {
		s->p = s->end;
		return scan_unexpected(s, "the rest of the string");
	}
	if (s->p[1] == 'u')
		return skip_unicode(s);
	if (s->p[1] == '\0' || !strchr("\"\\/bfnrt", s->p[1]))
		return scan_fail(
			s,
			"bad escape, expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
	s->p += 2;
	return true;
}

/* Checked already; the result is never longer than the input. */
static void unescape(char *out, const char *p, const char *end)
{
	while (p < end) {
		static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
		int32_t v, low;

		if (*p != '\\') {
			*out++ = *p++;
			continue;
		}
		if (p[1] != 'u') {
			*out++ = to[strchr(from, p[1]) - from];
			p += 2;
			continue;
		}
		v = hex4(p, end);
		p += 6;
		if (v >= 0xd800 && v <= 0xdbff) {
			low = hex4(p, end);
			v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
			p += 6;
		}
		out += utf8_encode(v == 0 ? 0xfffd : (uint32_t)v, out);
	}
	*out = '\0';
}

/* At the opening quote; afterwards behind the closing one. */
bool scan_string(struct scan *s, const char **ret)
{
	const char *start = ++s->p;
	bool escaped = false;
	char *text;

	for (;;) {
		s->p = plain_run(s->p, s->end);
		if (s->p >= s->end)
			return scan_unexpected(s, "the end of the string, '\"'");
		if (*s->p == '"')
			break;
		if (*s->p == '\\') {
			escaped = true;
			if (!skip_escape(s))
				return false;
		} else if ((unsigned char)*s->p < 0x20) {
			return scan_fail(
				s,
				"raw control character in a string, expected an escape "
				"such as \\n or \\t");
		} else if (!skip_sequence(s)) {
			return false;
		}
	}
	if (escaped) {
		text = arena_alloc(s->arena, (size_t)(s->p - start) + 1);
		unescape(text, start, s->p);
	} else {
		text = arena_strndup(s->arena, start, (size_t)(s->p - start));
	}
	*ret = text;
	s->p++;
	return true;
}

static size_t digits(struct scan *s)
{
	const char *start = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - start);
}

bool scan_number(struct scan *s, const char **ret)
{
	const char *start = s->p;
	int line = s->line, col = scan_col(s);
	bool exponent = false;

	if (*s->p == '-')
		s->p++;
	if (s->p < s->end && *s->p == '0') {
		s->p++;
		if (s->p < s->end && *s->p >= '0' && *s->p <= '9')
			return scan_fail(
				s,
				"digit behind a leading zero, expected a decimal number");
	} else if (digits(s) == 0) {
		return scan_unexpected(s, "a digit");
	}
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (digits(s) == 0)
			return scan_unexpected(s, "a digit behind the decimal point");
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		exponent = true;
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (digits(s) == 0)
			return scan_unexpected(s, "a digit of the exponent");
	}
	if (s->p - start > MAX_NUMBER)
		return scan_fail_at(s, line, col, "number with more than 32 characters");
	*ret = arena_strndup(s->arena, start, (size_t)(s->p - start));
	if (exponent && !isfinite(strtod(*ret, NULL)))
		return scan_fail_at(s, line, col, "number too large");
	return true;
}
