/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of clocks, times as text and the stop of a call. */
#define _GNU_SOURCE /* setenv under strict C */
#include "common/base/clock.h"

#include "common/base/ctx.h"
#include "test/tap.h"

static void is_time(const char *text, const char *want)
{
	char got[STAMP_LEN] = "refused";
	struct stamp s;

	if (stamp_parse(text, &s))
		stamp_iso(s, got);
	IS_STR(got, want ? want : "refused", text);
}

static void test_good(void)
{
	is_time("2026-01-02T03:04:05.120Z", "2026-01-02T03:04:05.120Z");
	is_time("2026-01-02 03:04:05.12", "2026-01-02T03:04:05.120Z");
	is_time("2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z");
	is_time("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123Z");
	is_time("2026-01-02T00:30:00+01:00", "2026-01-01T23:30:00.000Z");
	is_time("2026-01-02T00:30:00-05:30", "2026-01-02T06:00:00.000Z");
	is_time("2026-01-02", "2026-01-02T00:00:00.000Z");
	is_time("2024-02-29", "2024-02-29T00:00:00.000Z");
	is_time("2000-02-29", "2000-02-29T00:00:00.000Z");
	is_time("0001-01-01", "0001-01-01T00:00:00.000Z");
	is_time("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z");
	is_time("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z");
	is_time("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z");
	is_time("2038-01-19T03:14:08Z", "2038-01-19T03:14:08.000Z");
}

static void test_bad(void)
{
	static const char *const bad[] = {
		"",
		"now",
		"2026",
		"2026-1-2",
		"2026-13-01",
		"2026-00-01",
		"2026-02-29",
		"1900-02-29",
		"2026-04-31",
		"2026-01-00",
		"0000-01-01",
		"10000-01-01",
		"-2026-01-01",
		"2026-01-02T",
		"2026-01-02T03:04",
		"2026-01-02T24:00:00Z",
		"2026-01-02T03:60:00",
		"2026-01-02T03:04:61Z",
		"2026-01-02T03:04:05.Z",
		"2026-01-02T03:04:05.1234567890Z",
		"2026-01-02T03:04:05+0100",
		"2026-01-02T03:04:05+24:00",
		"2026-01-02T03:04:05Z ",
		"2026-01-02T03:04:05ZZ",
		" 2026-01-02",
		"2026-01-02t03:04:05Z",
		"2026-01-02Z",
		"9999-12-31T23:59:59-00:01",
		"0001-01-01T00:00:00+00:01",
		"9999-12-31T23:59:60Z",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		is_time(bad[i], NULL);
	is_time(NULL, NULL);
}

static void test_every_day(void)
{
	struct stamp s, back;
	char text[STAMP_LEN];
	bool same = true;

	for (int64_t day = -719162; day <= 2932896; day += 13) {
		s.ms = day * 86400000 + 86399999;
		stamp_iso(s, text);
		same = same && stamp_parse(text, &back) && back.ms == s.ms;
	}
	OK(same, "days of ten thousand years come back");
}

static void test_clocks(void)
{
	int64_t mono = clock_mono(), now;

	setenv("KILOCODE_TEST_CLOCK", "2026-01-02T03:04:05Z", 1);
	clock_init();
	now = clock_now().ms;
	IS_INT(now, INT64_C(1767323045000), "the test clock starts where it is told");
	IS_INT(clock_now().ms, now + 1, "and advances by one");
	setenv("KILOCODE_TEST_CLOCK", "5000", 1);
	clock_init();
	IS_INT(clock_now().ms, 5000, "milliseconds");
	unsetenv("KILOCODE_TEST_CLOCK");
	clock_init();
	OK(clock_now().ms > INT64_C(1600000000000), "the real clock is back");
	OK(clock_mono() >= mono && clock_mono_us() >= mono * 1000, "monotonic clock");
	OK(clock_left(0) == INT64_MAX, "no deadline");
	IS_INT(clock_left(1), 0, "deadline long past");
	IS_INT(clock_left(INT64_MIN), 0, "deadline before all times");
	OK(clock_left(clock_mono() + 10000) > 9000, "deadline ahead");
}

static void test_stop(void)
{
	atomic_bool cancelled = false;
	struct ctx c = { 0 };
	struct err e = { 0 };

	OK(!ctx_stop(&c, &e) && e.code == ERR_NONE,
	   "nothing stops a call without limits");
	c.deadline = clock_mono() + 60000;
	c.cancelled = &cancelled;
	OK(!ctx_stop(&c, &e), "nor one within its limits");
	c.deadline = clock_mono() - 1;
	OK(ctx_stop(&c, &e) && e.code == ERR_TIMEOUT, "deadline");
	cancelled = true;
	OK(ctx_stop(&c, &e) && e.code == ERR_CANCELLED, "cancel comes first");
	ctx_progress(&c, 1, 2, "nobody listens");
}

int main(void)
{
	test_good();
	test_bad();
	test_every_day();
	test_clocks();
	test_stop();
	return tap_done();
}
