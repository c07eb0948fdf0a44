/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON: key order, numbers, strings. */
#include "test/tap.h"

#include "common/base/digest.h"
#include "common/field/canon.h"

static struct arena *a;

static const char *canon(const char *text)
{
	struct err e = { 0 };
	const struct node *n =
		jsonr_parse(a, text, strlen(text), JSONR_DUPLICATES, NULL, &e);
	struct buf b;
	const char *out;

	if (!n)
		return e.msg[0] ? arena_strdup(a, e.msg) : "?";
	buf_init(&b, 1024 * 1024);
	canon_add(a, n, &b);
	out = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return out;
}

static void test_numbers(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "0", "0" },
		{ "-0", "0" },
		{ "-0.0", "0" },
		{ "1.0", "1" },
		{ "1e2", "100" },
		{ "-12.50", "-12.5" },
		{ "9007199254740991", "9007199254740991" },
		{ "9007199254740993", "9007199254740992" },
		{ "333333333.33333329", "333333333.3333333" },
		{ "1E30", "1e+30" },
		{ "1e21", "1e+21" },
		{ "123e18", "123000000000000000000" },
		{ "999999999999999900000", "999999999999999900000" },
		{ "4.50", "4.5" },
		{ "0.002", "0.002" },
		{ "0.000001", "0.000001" },
		{ "0.00000123", "0.00000123" },
		{ "0.0000001", "1e-7" },
		{ "1.5e-9", "1.5e-9" },
		{ "0.000000000000000000000000001", "1e-27" },
		{ "5e-324", "5e-324" },
		{ "1.7976931348623157e308", "1.7976931348623157e+308" },
		{ "2.2250738585072014e-308", "2.2250738585072014e-308" },
		{ "5.684341886080801486968994e-14", "5.684341886080802e-14" },
		{ "0.1", "0.1" },
		{ "0.30000000000000004", "0.30000000000000004" },
		{ "-1.7e-5", "-0.000017" },
		{ "1424953923781206.2", "1424953923781206.2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		IS_STR(canon(rows[i].in), rows[i].out, rows[i].in);
}

static void test_text(void)
{
	IS_STR(canon("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\""),
	       "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"", "escapes");
	IS_STR(canon("\"\\b\\t\\f\\r\\u000b\\u007f\\u2028\""),
	       "\"\\b\\t\\f\\r\\u000b\x7f\xe2\x80\xa8\"", "short escapes only where due");
	IS_STR(canon("\"A\\u030a\""), "\"A\xcc\x8a\"", "no normal form is made");
}

static void test_objects(void)
{
	IS_STR(canon("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,"
		     "\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}"),
	       "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"\xc3\xb6\":7,\"\xe2\x82\xac\":1,"
	       "\"\xf0\x9f\x98\x80\":5,\"\xef\xac\xb3\":3}",
	       "keys by UTF-16 units");
	IS_STR(canon("{\"b\":[ true , null, {} ],\"aa\":{\"z\":[],\"y\":\"\"},\"a\":false}"),
	       "{\"a\":false,\"aa\":{\"y\":\"\",\"z\":[]},\"b\":[true,null,{}]}",
	       "nested, a prefix first");
	IS_STR(canon("{\"a\":1,\"b\":2,\"a\":3}"), "{\"a\":3,\"b\":2}",
	       "the last of duplicates");
	IS_STR(canon("{\"\xc3\xa9\":1,\"\xc3\xa8\":2}"),
	       "{\"\xc3\xa8\":2,\"\xc3\xa9\":1}",
	       "keys that differ in the middle of a code point");
}

static void test_hash(void)
{
	const char *text = "{\"b\":1.0,\"a\":[]}", *same = "{\"a\":[],\"b\":1}";
	const struct node *n = jsonr_parse(a, text, strlen(text), 0, NULL, NULL);
	char got[65], want[65];

	canon_sha256(a, n, got);
	digest_sha256_hex(same, strlen(same), want);
	IS_STR(got, want, "the hash is that of the canonical bytes");
}

int main(void)
{
	a = arena_new();
	test_numbers();
	test_text();
	test_objects();
	test_hash();
	arena_free(a);
	return tap_done();
}
