/* SPDX-License-Identifier: Apache-2.0 */
/* Booleans, numbers, dates and times of TOML. */
#include <math.h>

#include "common/base/str.h"
#include "common/field/toml_scan.h"

#define MAX_WORD   64
#define MAX_NUMBER 32 /* as of JSON */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool word_char(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       (c != '\0' && strchr("+-_.:", c));
}

/* Digits of the base with single underscores between them, at *p; copied without. */
static bool digits(const char **p, int base, char **out)
{
	bool any = false;

	for (;; (*p)++) {
		char c = **p;
		int d = is_digit(c)				 ? c - '0'
			: (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
								 : base;

		if (c == '_' && any && (*p)[1] != '_') {
			any = false;
			continue;
		}
		if (d >= base)
			return any;
		*(*out)++ = c;
		any = true;
	}
}

/* 0x, 0o and 0b: as decimal text. */
static bool prefixed(struct arena *a, const char *word, const char **ret)
{
	int base = word[1] == 'x' ? 16 : word[1] == 'o' ? 8 : word[1] == 'b' ? 2 : 0;
	char text[MAX_WORD + 1], *out = text, *end;
	const char *p = word + 2;
	unsigned long long v;

	if (word[0] != '0' || base == 0 || !digits(&p, base, &out) || *p != '\0')
		return false;
	*out = '\0';
	out = text + strspn(text, "0");
	if (strlen(out) * (base == 16 ? 4 : base == 8 ? 3 : 1) > 66)
		return false;
	v = strtoull(text, &end, base);
	if (v > INT64_MAX || strlen(out) > 63)
		return false;
	*ret = arena_printf(a, "%llu", v);
	return true;
}

/* Decimal integers and floats as JSON writes them. */
static bool decimal(struct arena *a, const char *word, const char **ret)
{
	char text[MAX_WORD + 1], *out = text;
	const char *p = word;
	bool real = false;
	int64_t v;

	if (*p == '-')
		*out++ = '-';
	p += *p == '+' || *p == '-';
	if (p[0] == '0' && (is_digit(p[1]) || p[1] == '_'))
		return false;
	if (!digits(&p, 10, &out))
		return false;
	if (*p == '.') {
		*out++ = *p++;
		real = true;
		if (!digits(&p, 10, &out))
			return false;
	}
	if (*p == 'e' || *p == 'E') {
		*out++ = *p++;
		real = true;
		if (*p == '+' || *p == '-')
			*out++ = *p++;
		if (!digits(&p, 10, &out))
			return false;
	}
	*out = '\0';
	if (*p != '\0' || strlen(text) > MAX_NUMBER ||
	    (real ? !isfinite(strtod(text, NULL)) : !str_to_i64(text, &v)))
		return false;
	*ret = arena_strdup(a, text);
	return true;
}

/* n digits at p with a value in the range. */
static bool part(const char *p, size_t n, int low, int high, int *ret)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_digit(p[i]))
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*ret = v;
	return v >= low && v <= high;
}

static bool is_date(const char *p)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;

	if (!part(p, 4, 0, 9999, &year) || p[4] != '-' ||
	    !part(p + 5, 2, 1, 12, &month) || p[7] != '-' || !part(p + 8, 2, 1, 31, &day))
		return false;
	return day <= days[month - 1] ||
	       (month == 2 && day == 29 &&
		(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)));
}

/* The length of hh:mm:ss with a fraction, or 0. */
static size_t time_length(const char *p)
{
	size_t n = 8;
	int v;

	if (!part(p, 2, 0, 23, &v) || p[2] != ':' || !part(p + 3, 2, 0, 59, &v) ||
	    p[5] != ':' || !part(p + 6, 2, 0, 60, &v))
		return 0;
	if (p[n] != '.')
		return n;
	if (!is_digit(p[++n]))
		return 0;
	while (is_digit(p[n]))
		n++;
	return n;
}

static bool is_zone(const char *p)
{
	int v;

	if (str_eq(p, "Z") || str_eq(p, "z"))
		return true;
	return (*p == '+' || *p == '-') && part(p + 1, 2, 0, 23, &v) && p[3] == ':' &&
	       part(p + 4, 2, 0, 59, &v) && p[6] == '\0';
}

static bool is_moment(const char *p)
{
	size_t n = time_length(p);

	if (n > 0)
		return p[n] == '\0';
	if (!is_date(p))
		return false;
	if (p[10] == '\0')
		return true;
	if (p[10] != 'T' && p[10] != 't' && p[10] != ' ')
		return false;
	n = time_length(p + 11);
	return n > 0 && (p[11 + n] == '\0' || is_zone(p + 11 + n));
}

static bool is_odd_number(const char *p)
{
	p += *p == '+' || *p == '-';
	return str_eq(p, "inf") || str_eq(p, "nan");
}

/* Of a date and a time with a blank between them both. */
static size_t word_length(const struct scan *s)
{
	size_t n = 0, left = (size_t)(s->end - s->p);

	while (n < left && word_char(s->p[n]))
		n++;
	if (n == 10 && left > 13 && s->p[4] == '-' && s->p[10] == ' ' &&
	    is_digit(s->p[11]) && is_digit(s->p[12]) && s->p[13] == ':')
		for (n++; n < left && word_char(s->p[n]);)
			n++;
	return n;
}

bool toml_word(struct scan *s, struct node *n)
{
	char word[MAX_WORD + 16] = "";
	size_t len = word_length(s);

	if (len == 0)
		return scan_unexpected(s, "a value");
	if (len > MAX_WORD)
		return scan_fail(s, "a number or date with more than 64 characters");
	memcpy(word, s->p, len);
	if (str_eq(word, "true") || str_eq(word, "false")) {
		n->kind = NODE_BOOL;
		n->truth = word[0] == 't';
	} else if (prefixed(s->arena, word, &n->text) ||
		   decimal(s->arena, word, &n->text)) {
		n->kind = NODE_NUMBER;
	} else if (is_odd_number(word) || is_moment(word)) {
		n->kind = NODE_STRING;
		n->text = arena_strdup(s->arena, word);
	} else {
		return scan_fail(s,
				 "not a value, expected a quoted text, a number, a date, "
				 "true or false");
	}
	s->p += len;
	return true;
}
