/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison of text, strict numbers, durations, sizes, nearest match. */
#include "common/base/str.h"

#include <math.h>

bool str_eq(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_ieq(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

bool str_starts(const char *s, const char *prefix)
{
	return s && prefix && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n, m;

	if (!s || !suffix)
		return false;
	n = strlen(s);
	m = strlen(suffix);
	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

bool str_empty(const char *s)
{
	return !s || *s == '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at *s as a number with the sign given; false without digits or out of range. */
static bool take_digits(const char **s, bool negative, int64_t *ret)
{
	int64_t value = 0;

	if (!is_digit(**s))
		return false;
	for (; is_digit(**s); (*s)++) {
		int digit = **s - '0';

		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

bool str_to_i64(const char *s, int64_t *ret)
{
	int64_t value;
	bool negative;

	if (!s)
		return false;
	negative = *s == '-';
	if (negative)
		s++;
	if (!take_digits(&s, negative, &value) || *s != '\0')
		return false;
	*ret = value;
	return true;
}

static const char *skip_digits(const char *s)
{
	while (is_digit(*s))
		s++;
	return s;
}

/* strtod alone would also take blanks, hexadecimal, "inf" and "nan". */
static bool is_decimal(const char *s)
{
	if (*s == '-')
		s++;
	if (!is_digit(*s))
		return false;
	s = skip_digits(s);
	if (*s == '.') {
		if (!is_digit(*++s))
			return false;
		s = skip_digits(s);
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		if (*s == '+' || *s == '-')
			s++;
		if (!is_digit(*s))
			return false;
		s = skip_digits(s);
	}
	return *s == '\0';
}

bool str_to_f64(const char *s, double *ret)
{
	double value;

	if (!s || !is_decimal(s))
		return false;
	value = strtod(s, NULL);
	if (!isfinite(value))
		return false;
	*ret = value;
	return true;
}

bool str_to_bool(const char *s, bool *ret)
{
	static const char *const words[] = { "false", "true", "0",   "1",
					     "no",    "yes",  "off", "on" };

	if (!s)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ieq(s, words[i])) {
			*ret = i % 2 == 1;
			return true;
		}
	}
	return false;
}

struct unit {
	const char *name;
	int64_t factor;
};

static bool take_unit(const char *name, const struct unit *units, size_t n,
		      int64_t *value)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(name, units[i].name))
			return !__builtin_mul_overflow(*value, units[i].factor, value);
	return false;
}

static bool to_scaled(const char *s, const struct unit *units, size_t n, int64_t *ret)
{
	int64_t value;

	if (!s || !take_digits(&s, false, &value) || !take_unit(s, units, n, &value))
		return false;
	*ret = value;
	return true;
}

#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)

bool str_to_duration(const char *s, int64_t *ret_ms)
{
	static const struct unit units[] = {
		{ "", 1 },     { "ms", 1 },  { "s", SECOND },  { "m", 60 * SECOND },
		{ "h", HOUR }, { "d", DAY }, { "w", 7 * DAY },
	};
	static const struct unit words[] = {
		{ "hourly", HOUR },
		{ "daily", DAY },
		{ "weekly", 7 * DAY },
		{ "monthly", 30 * DAY },
	};
	int64_t value = 1;

	/* "1M" might be meant as a month */
	for (const char *c = s; c && *c; c++)
		if (*c != lower(*c))
			return false;
	if (to_scaled(s, units, ARRAY_LEN(units), ret_ms))
		return true;
	if (!s || !take_unit(s, words, ARRAY_LEN(words), &value))
		return false;
	*ret_ms = value;
	return true;
}

#define KIB INT64_C(1024)

bool str_to_size(const char *s, int64_t *ret)
{
	static const struct unit units[] = {
		{ "", 1 },
		{ "b", 1 },
		{ "kb", KIB },
		{ "kib", KIB },
		{ "mb", KIB * KIB },
		{ "mib", KIB * KIB },
		{ "gb", KIB * KIB * KIB },
		{ "gib", KIB * KIB * KIB },
	};

	return to_scaled(s, units, ARRAY_LEN(units), ret);
}

#define NEAR_MAX 64 /* longer words are not compared: names in our tables are shorter */

/* Letters to insert, delete, replace or swap with their neighbour to make a into b. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][NEAR_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	memset(rows, 0, sizeof(rows));
	for (size_t j = 0; j <= m; j++)
		last[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);
			size_t best = last[j - 1] + !same;

			best = MIN(best, MIN(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				best = MIN(best, before[j - 2] + 1);
			now[j] = best;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[m];
}

const char *str_nearest(const char *s, const char *const *candidates, size_t n)
{
	size_t len = s ? strnlen(s, NEAR_MAX + 1) : 0, best;
	const char *found = NULL;

	if (len == 0 || len > NEAR_MAX)
		return NULL;
	best = MAX(len / 3, (size_t)1) + 1;
	for (size_t i = 0; i < n; i++) {
		size_t m = strnlen(candidates[i], NEAR_MAX + 1), d;

		if (m > NEAR_MAX)
			continue;
		d = distance(s, len, candidates[i], m);
		if (d < best && d < len) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}
