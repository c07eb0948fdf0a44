/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of numbers, durations, sizes, names and nearest match. */
#include "common/base/str.h"

#include <math.h>

#include "common/base/arena.h"
#include "common/base/names.h"
#include "test/tap.h"

static void test_compare(void)
{
	OK(str_eq(NULL, NULL) && !str_eq(NULL, "") && str_eq("a", "a"), "str_eq");
	OK(str_ieq("AbC", "aBc") && !str_ieq("ab", "abc") && !str_ieq("abc", "ab") &&
		   !str_ieq("İ", "i"),
	   "str_ieq");
	OK(str_starts("abc", "ab") && !str_starts("a", "ab") && str_starts("a", ""),
	   "str_starts");
	OK(str_ends("abc", "bc") && !str_ends("c", "bc") && str_ends("c", ""),
	   "str_ends");
	OK(str_empty(NULL) && str_empty("") && !str_empty(" "), "str_empty");
}

static void test_numbers(void)
{
	static const char *const bad[] = { "",
					   " 1",
					   "1 ",
					   "+1",
					   "-",
					   "--1",
					   "0x10",
					   "1.0",
					   "1e3",
					   "9223372036854775808",
					   "-9223372036854775809",
					   "99999999999999999999999" };
	static const char *const bad_f64[] = { "",   "inf", "nan",   "0x1p3", ".5",
					       "1.", "1e",  "1e+",   " 1",    "1 ",
					       "+1", "1,5", "1e999", "-1e999" };
	int64_t n = 77;
	double d = 77;
	bool b;

	OK(str_to_i64("9223372036854775807", &n) && n == INT64_MAX, "largest");
	OK(str_to_i64("-9223372036854775808", &n) && n == INT64_MIN, "smallest");
	OK(str_to_i64("-0", &n) && n == 0, "minus nought");
	n = 77;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		OK(!str_to_i64(bad[i], &n) && n == 77, "not an integer: '%s'", bad[i]);
	OK(!str_to_i64(NULL, &n), "NULL is no integer");
	OK(str_to_f64("-12.5e-1", &d) && fabs(d + 1.25) < 1e-12,
	   "fraction with exponent");
	OK(str_to_f64("1e-999", &d) && fabs(d) < 1e-300, "too small is nought");
	for (size_t i = 0; i < ARRAY_LEN(bad_f64); i++)
		OK(!str_to_f64(bad_f64[i], &d), "not a number: '%s'", bad_f64[i]);
	OK(str_to_bool("YES", &b) && b && str_to_bool("off", &b) && !b &&
		   str_to_bool("1", &b) && b && str_to_bool("false", &b) && !b,
	   "booleans");
	OK(!str_to_bool("", &b) && !str_to_bool("2", &b) && !str_to_bool("y", &b) &&
		   !str_to_bool(NULL, &b),
	   "not booleans");
}

static void is_duration(const char *s, int64_t want)
{
	int64_t got = -1;

	if (!str_to_duration(s, &got))
		got = -1;
	IS_INT(got, want, s);
}

static void is_size(const char *s, int64_t want)
{
	int64_t got = -1;

	if (!str_to_size(s, &got))
		got = -1;
	IS_INT(got, want, s);
}

static void test_units(void)
{
	is_duration("30000", 30000);
	is_duration("0", 0);
	is_duration("250ms", 250);
	is_duration("24h", 86400000);
	is_duration("14d", 14 * INT64_C(86400000));
	is_duration("2w", 14 * INT64_C(86400000));
	is_duration("daily", 86400000);
	is_duration("monthly", 30 * INT64_C(86400000));
	is_duration("", -1);
	is_duration("h", -1);
	is_duration("-1h", -1);
	is_duration("1 h", -1);
	is_duration("1.5h", -1);
	is_duration("1M", -1);
	is_duration("1y", -1);
	is_duration("1hh", -1);
	is_duration("9223372036854775807s", -1);
	is_size("512", 512);
	is_size("10MB", 10 * 1048576);
	is_size("10mib", 10 * 1048576);
	is_size("1GiB", 1073741824);
	is_size("4kb", 4096);
	is_size("7B", 7);
	is_size("9223372036854775807", INT64_MAX);
	is_size("8589934592GiB", -1);
	is_size("10TB", -1);
	is_size("MB", -1);
	is_size("-1", -1);
	is_size("1e3", -1);
	is_size("", -1);
}

static void test_names(void)
{
	static const char *const levels[] = { "", "low", "medium", "high", NULL };
	struct arena *a = arena_new();

	IS_INT(names_find(levels, "high"), 3, "found");
	OK(names_find(levels, "") == 0 && names_find(levels, NULL) == 0 &&
		   names_find(levels, "High") == 0,
	   "not found");
	IS_STR(names_text(levels, 2), "medium", "text of a value");
	OK(str_eq(names_text(levels, 0), "") && str_eq(names_text(levels, 4), "") &&
		   str_eq(names_text(levels, -1), ""),
	   "values out of range");
	IS_INT(names_count(levels), 3, "count");
	IS_STR(names_list(a, levels), "low, medium, high", "list");
	arena_free(a);
}

static void test_nearest(void)
{
	static const char *const keys[] = { "database.url", "log.level", "log.file",
					    "workers" };
	char huge[5000];

	IS_STR(str_nearest("log.levle", keys, 4), "log.level", "letters swapped");
	IS_STR(str_nearest("worker", keys, 4), "workers", "letter missing");
	IS_STR(str_nearest("DATABASE.URL", keys, 4), "database.url", "case");
	OK(str_nearest("zzz", keys, 4) == NULL, "nothing near");
	OK(str_nearest("", keys, 4) == NULL && str_nearest(NULL, keys, 4) == NULL,
	   "nothing asked");
	OK(str_nearest("x", keys, 0) == NULL, "no candidates");
	memset(huge, 'w', sizeof(huge));
	huge[sizeof(huge) - 1] = '\0';
	OK(str_nearest(huge, keys, 4) == NULL, "a huge word is not compared");
}

int main(void)
{
	test_compare();
	test_numbers();
	test_units();
	test_names();
	test_nearest();
	return tap_done();
}
