/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer: numbers, escapes, nesting. */
#include "test/tap.h"

#include <math.h>

#include "common/field/jsonr.h"
#include "common/field/jsonw.h"

static struct buf out;
static struct jsonw w;

static void start(void)
{
	buf_reset(&out);
	jsonw_init(&w, &out);
}

static void test_shape(void)
{
	start();
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "a", "x");
	jsonw_str(&w, "none", NULL);
	jsonw_arr(&w, "list");
	jsonw_i64(&w, NULL, 1);
	jsonw_bool(&w, NULL, true);
	jsonw_obj(&w, NULL);
	jsonw_end(&w);
	jsonw_arr(&w, NULL);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_stamp(&w, "never", (struct stamp){ 0 });
	jsonw_stamp(&w, "at", (struct stamp){ 120 });
	jsonw_raw(&w, "raw", "[1,\r\n 2]");
	jsonw_raw(&w, "noRaw", NULL);
	jsonw_rawn(&w, "part", "true,", 4);
	jsonw_strn(&w, "cut", "abc", 2);
	jsonw_end(&w);
	IS_STR(buf_text(&out),
	       "{\"a\":\"x\",\"list\":[1,true,{},[]],\"at\":\"1970-01-01T00:00:00.120Z\","
	       "\"raw\":[1,   2],\"part\":true,\"cut\":\"ab\"}",
	       "object with everything on one line");
}

static void test_strings(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "\"\"" },
		{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
		{ "\b\t\n\v\f\r\x01\x1f\x7f",
		  "\"\\b\\t\\n\\u000b\\f\\r\\u0001\\u001f\x7f\"" },
		{ "\xc3\xa4\xe2\x80\xa8\xf0\x9f\x98\x80",
		  "\"\xc3\xa4\xe2\x80\xa8\xf0\x9f\x98\x80\"" },
		{ "a\xff", "\"a\xef\xbf\xbd\"" },
		{ "\xc0\xaf"
		  "b",
		  "\"\xef\xbf\xbd\xef\xbf\xbd"
		  "b\"" },
		{ "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		start();
		jsonw_str(&w, NULL, cases[i].in);
		IS_STR(buf_text(&out), cases[i].want, "string");
	}
	start();
	jsonw_strn(&w, NULL, "a\0b", 3);
	IS_STR(buf_text(&out), "\"a\\u0000b\"", "NUL byte in a counted string");
}

static void test_numbers(void)
{
	static const struct {
		double v;
		int scale;
		const char *want;
	} cases[] = {
		{ 0, 0, "0" },
		{ -0.0, 0, "0" },
		{ 1, 0, "1" },
		{ -17, 2, "-17" },
		{ 0.1, 0, "0.1" },
		{ 0.30000000000000004, 0, "0.30000000000000004" },
		{ 1.0 / 3, 0, "0.3333333333333333" },
		{ 92.727, 2, "92.73" },
		{ 92.5, 2, "92.5" },
		{ 99.999, 2, "100" },
		{ -0.001, 2, "0" },
		{ 1e22, 0, "1e+22" },
		{ 1.7976931348623157e308, 0, "1.7976931348623157e+308" },
		{ 5e-324, 0, "4.94065645841247e-324" },
		{ 9007199254740993.0, 0, "9007199254740992" },
		{ 1e300, 2, "1e+300" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		start();
		jsonw_f64(&w, NULL, cases[i].v, cases[i].scale);
		IS_STR(buf_text(&out), cases[i].want, "number");
	}
	start();
	jsonw_obj(&w, NULL);
	jsonw_f64(&w, "a", NAN, 0);
	jsonw_f64(&w, "b", INFINITY, 2);
	jsonw_i64(&w, "c", INT64_MIN);
	jsonw_end(&w);
	IS_STR(buf_text(&out), "{\"c\":-9223372036854775808}", "no NaN, no infinity");
}

static void test_round_trip(void)
{
	uint64_t bits = 88172645463325252u;
	bool all = true;

	for (int i = 0; i < 20000 && all; i++) {
		double v;

		bits ^= bits << 13;
		bits ^= bits >> 7;
		bits ^= bits << 17;
		memcpy(&v, &bits, sizeof(v));
		if (!isfinite(v))
			continue;
		start();
		jsonw_f64(&w, NULL, v, 0);
		all = !(strtod(buf_text(&out), NULL) < v) &&
		      !(strtod(buf_text(&out), NULL) > v);
	}
	OK(all, "20,000 doubles survive a round trip");
}

static void test_limits(void)
{
	CLEANUP(buf_release) struct buf small;

	start();
	for (int i = 0; i < 200; i++)
		jsonw_arr(&w, NULL);
	for (int i = 0; i < 201; i++)
		jsonw_end(&w);
	OK(out.overflow, "nesting beyond what the reader takes is an overflow");
	IS_INT(w.depth, 0, "and stays balanced");
	buf_init(&small, 10);
	jsonw_init(&w, &small);
	jsonw_str(&w, NULL, "far too long for it");
	OK(small.overflow && small.len <= 10, "overflow is noted");
}

int main(void)
{
	buf_init(&out, 1 << 20);
	test_shape();
	test_strings();
	test_numbers();
	test_round_trip();
	test_limits();
	buf_release(&out);
	return tap_done();
}
