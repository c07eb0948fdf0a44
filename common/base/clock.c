/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, and times as text. */
#include "common/base/clock.h"

#include <stdatomic.h>
#include <time.h>

#include "common/base/str.h"

#define MS_PER_DAY INT64_C(86400000)
#define FIRST_MS   INT64_C(-62135596800000) /* 0001-01-01T00:00:00.000 */
#define LAST_MS	   INT64_C(253402300799999) /* 9999-12-31T23:59:59.999 */

/* Set once by clock_init, before there are threads; only tests make it other than false.
 */
static bool test_mode;
static _Atomic int64_t test_ms;

void clock_init(void)
{
	const char *text = getenv("KILOCODE_TEST_CLOCK");
	struct stamp start;

	test_mode = false;
	if (str_empty(text))
		return;
	if (!str_to_i64(text, &start.ms) && !stamp_parse(text, &start))
		return;
	atomic_store(&test_ms, start.ms);
	test_mode = true;
}

static int64_t read_clock(clockid_t id, int64_t per_second)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * per_second + t.tv_nsec / (1000000000 / per_second);
}

struct stamp clock_now(void)
{
	if (test_mode)
		return (struct stamp){ atomic_fetch_add(&test_ms, 1) };
	return (struct stamp){ read_clock(CLOCK_REALTIME, 1000) };
}

int64_t clock_mono(void)
{
	return read_clock(CLOCK_MONOTONIC, 1000);
}

int64_t clock_mono_us(void)
{
	return read_clock(CLOCK_MONOTONIC, 1000000);
}

int64_t clock_left(int64_t deadline)
{
	int64_t left;

	if (deadline == 0)
		return INT64_MAX;
	if (__builtin_sub_overflow(deadline, clock_mono(), &left))
		return deadline > 0 ? INT64_MAX : 0;
	return MAX(left, 0);
}

/* Days since 1970-01-01 of a date in the Gregorian calendar, counted in years that begin
 * in March so that the leap day comes last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468, era = z / 146097, d = z % 146097;
	int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365, m;

	d -= y * 365 + y / 4 - y / 100;
	m = (5 * d + 2) / 153;
	*day = (int)(d - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(era * 400 + y + (m >= 10));
}

static void digits(char *out, int n, int value)
{
	while (n-- > 0) {
		out[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

void stamp_iso(struct stamp s, char out[STAMP_LEN])
{
	int64_t ms = MIN(MAX(s.ms, FIRST_MS), LAST_MS);
	int64_t days = (ms - FIRST_MS) / MS_PER_DAY + FIRST_MS / MS_PER_DAY;
	int rest = (int)(ms - days * MS_PER_DAY), year, month, day;

	date_of(days, &year, &month, &day);
	memcpy(out, "0000-00-00T00:00:00.000Z", STAMP_LEN);
	digits(out, 4, year);
	digits(out + 5, 2, month);
	digits(out + 8, 2, day);
	digits(out + 11, 2, rest / 3600000);
	digits(out + 14, 2, rest / 60000 % 60);
	digits(out + 17, 2, rest / 1000 % 60);
	digits(out + 20, 3, rest % 1000);
}

/* Exactly n digits with a value between low and high. */
static bool number(const char **s, int n, int low, int high, int *ret)
{
	int value = 0;

	for (; n > 0; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		value = value * 10 + (**s - '0');
	}
	*ret = value;
	return value >= low && value <= high;
}

static bool literal(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool parse_date(const char **s, int64_t *ret_ms)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;
	bool leap;

	if (!number(s, 4, 1, 9999, &year) || !literal(s, '-') ||
	    !number(s, 2, 1, 12, &month) || !literal(s, '-') ||
	    !number(s, 2, 1, 31, &day))
		return false;
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (day > length[month - 1] + (leap && month == 2))
		return false;
	*ret_ms = days_of(year, month, day) * MS_PER_DAY;
	return true;
}

/* Second 60 is let in, as the standard does for leap seconds, and counts as the next one.
 */
static bool parse_time(const char **s, int64_t *ret_ms)
{
	int hour, minute, second, ms = 0, places = 0;

	if (!number(s, 2, 0, 23, &hour) || !literal(s, ':') ||
	    !number(s, 2, 0, 59, &minute) || !literal(s, ':') ||
	    !number(s, 2, 0, 60, &second))
		return false;
	if (literal(s, '.')) {
		for (; **s >= '0' && **s <= '9'; (*s)++)
			if (places++ < 3)
				ms = ms * 10 + (**s - '0');
		if (places < 1 || places > 9)
			return false;
		for (; places < 3; places++)
			ms *= 10;
	}
	*ret_ms = (hour * 60 + minute) * INT64_C(60000) + second * 1000 + ms;
	return true;
}

static bool parse_zone(const char **s, int64_t *ret_ms)
{
	int hour, minute, sign = **s == '-' ? -1 : 1;

	*ret_ms = 0;
	if (literal(s, 'Z') || **s == '\0')
		return true;
	if (!literal(s, '+') && !literal(s, '-'))
		return false;
	if (!number(s, 2, 0, 23, &hour) || !literal(s, ':') ||
	    !number(s, 2, 0, 59, &minute))
		return false;
	*ret_ms = sign * (hour * 60 + minute) * INT64_C(60000);
	return true;
}

bool stamp_parse(const char *s, struct stamp *ret)
{
	int64_t date, time = 0, zone = 0;

	if (!s || !parse_date(&s, &date))
		return false;
	if (*s != '\0') {
		if (!literal(&s, 'T') && !literal(&s, ' '))
			return false;
		if (!parse_time(&s, &time) || !parse_zone(&s, &zone) || *s != '\0')
			return false;
	}
	date += time - zone;
	if (date < FIRST_MS || date > LAST_MS)
		return false;
	ret->ms = date;
	return true;
}
