/* SPDX-License-Identifier: Apache-2.0 */
/* The TOML reader: values, tables, what it refuses and where, bounds. */
#include "test/tap.h"

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/mem.h"
#include "common/field/tomlr.h"

static struct node *parse_n(struct arena *a, const char *text, size_t n, struct err *e)
{
	char *copy = mem_alloc(
		n ? n : 1); /* without a NUL, so that reading over the end shows */

	memcpy(copy, text, n);
	arena_defer(a, mem_free, copy);
	return tomlr_parse(a, copy, n, NULL, e);
}

static struct node *parse(struct arena *a, const char *text, struct err *e)
{
	return parse_n(a, text, strlen(text), e);
}

#define TQ "\"\"\""

static const struct {
	const char *toml, *json;
} good[] = {
	{ "", "{}" },
	{ "\xef\xbb\xbf# only a comment", "{}" },
	{ "a=1\r\nb = 2 # x\n", "{\"a\":1,\"b\":2}" },
	{ "\"a b\" = 1\n'c' = 2\n\"\" = 3\n1234 = 4\na-b_C = 5",
	  "{\"a b\":1,\"c\":2,\"\":3,\"1234\":4,\"a-b_C\":5}" },
	{ "a.b.c = 1\na.b.d = 2\na . \"x.y\" = 3",
	  "{\"a\":{\"b\":{\"c\":1,\"d\":2},\"x.y\":3}}" },
	{ "3.14 = 1", "{\"3\":{\"14\":1}}" },
	/* strings */
	{ "a = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00e4\\U0001F512\"",
	  "{\"a\":\"\\b\\t\\n\\f\\r\\\"\\\\\xc3\xa4\xf0\x9f\x94\x92\"}" },
	{ "a = 'C:\\n\\x'", "{\"a\":\"C:\\\\n\\\\x\"}" },
	{ "a = " TQ "\nx\r\ny" TQ, "{\"a\":\"x\\ny\"}" },
	{ "a = " TQ "x \\\n \n\t y" TQ, "{\"a\":\"x y\"}" },
	{ "a = " TQ "\\\n  x" TQ, "{\"a\":\"x\"}" },
	{ "a = " TQ "a\"\"b\"\"" TQ, "{\"a\":\"a\\\"\\\"b\\\"\\\"\"}" },
	{ "a = '''\nit''s 'x''''", "{\"a\":\"it''s 'x'\"}" },
	{ "a = ''''''\nb = " TQ TQ, "{\"a\":\"\",\"b\":\"\"}" },
	{ "a = \"\\u0000\"", "{\"a\":\"\xef\xbf\xbd\"}" },
	/* numbers */
	{ "a = [+99, 42, 0, -17, -0, +0, 1_000, 5_349_221]",
	  "{\"a\":[99,42,0,-17,-0,0,1000,5349221]}" },
	{ "a = [0xDEADBEEF, 0xdead_beef, 0o755, 0b1101_0110, 0x0, 0x7fffffffffffffff]",
	  "{\"a\":[3735928559,3735928559,493,214,0,9223372036854775807]}" },
	{ "a = [9223372036854775807, -9223372036854775808]",
	  "{\"a\":[9223372036854775807,-9223372036854775808]}" },
	{ "a = [+1.0, 3.1415, -0.01, 5e+22, 1e06, -2E-2, 6.626e-34, 224_617.445_991]",
	  "{\"a\":[1.0,3.1415,-0.01,5e+22,1e06,-2E-2,6.626e-34,224617.445991]}" },
	{ "a = [inf, +inf, -inf, nan]", "{\"a\":[\"inf\",\"+inf\",\"-inf\",\"nan\"]}" },
	{ "a = [true, false]", "{\"a\":[true,false]}" },
	/* dates */
	{ "a = [1979-05-27T07:32:00Z, 1979-05-27 00:32:00.5-07:00, 1979-05-27T07:32:00, "
	  "2024-02-29, 07:32:00, 00:32:00.999999]",
	  "{\"a\":[\"1979-05-27T07:32:00Z\",\"1979-05-27 00:32:00.5-07:00\","
	  "\"1979-05-27T07:32:00\",\"2024-02-29\",\"07:32:00\",\"00:32:00.999999\"]}" },
	/* arrays and inline tables */
	{ "a = [ # x\n 1,\n\n 2, # y\n]\nb = []\nc = [[1], [\"x\", {}],]",
	  "{\"a\":[1,2],\"b\":[],\"c\":[[1],[\"x\",{}]]}" },
	{ "a = { x = 1, y.z = \"q\", 'w' = [1] }\nb = {}",
	  "{\"a\":{\"x\":1,\"y\":{\"z\":\"q\"},\"w\":[1]},\"b\":{}}" },
	/* tables */
	{ "[a]\nx=1\n[b.c]\ny=2\n[b]\nz=3",
	  "{\"a\":{\"x\":1},\"b\":{\"c\":{\"y\":2},\"z\":3}}" },
	{ "[ d . \"e f\" . 'g' ]", "{\"d\":{\"e f\":{\"g\":{}}}}" },
	{ "[x.y.z.w]\n[x]", "{\"x\":{\"y\":{\"z\":{\"w\":{}}}}}" },
	{ "[[p]]\nn=1\n[[p]]\n[p.q]\nm=2\n[[p.r]]\n[[p.r]]\nk=3",
	  "{\"p\":[{\"n\":1},{\"q\":{\"m\":2},\"r\":[{},{\"k\":3}]}]}" },
	{ "[fruit]\napple.color = 1\n[fruit.apple.texture]\nsmooth = true",
	  "{\"fruit\":{\"apple\":{\"color\":1,\"texture\":{\"smooth\":true}}}}" },
	{ "[mcp_servers.docs]\ncommand = \"npx\"\nargs = [\"-y\", \"x\"]\n"
	  "[mcp_servers.docs.env]\nA = \"1\"\n",
	  "{\"mcp_servers\":{\"docs\":{\"command\":\"npx\",\"args\":[\"-y\",\"x\"],"
	  "\"env\":{\"A\":\"1\"}}}}" },
};

static void test_good(struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err e = { 0 };
		const struct node *n = parse(a, good[i].toml, &e);

		IS_STR(n ? node_raw(a, n) : e.msg, good[i].json,
		       arena_printf(a, "case %zu", i));
	}
}

static const struct {
	const char *toml, *msg;
} bad[] = {
	{ "a", "line 1, column 2: unexpected end of text, expected '=' behind the key" },
	{ "= 1", "line 1, column 1: unexpected '=', expected a key" },
	{ "a = ", "line 1, column 5: unexpected end of text, expected a value" },
	{ "a =\n1", "line 1, column 4: unexpected byte 0x0a, expected a value" },
	{ "a = 1 b = 2",
	  "line 1, column 7: unexpected 'b', expected the end of the line" },
	{ "a.b. = 1", "line 1, column 6: unexpected '=', expected a key" },
	{ ".a = 1", "line 1, column 1: unexpected '.', expected a key" },
	{ "a b = 1", "line 1, column 3: unexpected 'b', expected '=' behind the key" },
	{ "\xc3\xa4 = 1", "line 1, column 1: unexpected byte 0xc3, expected a key" },
	{ TQ "a" TQ " = 1",
	  "line 1, column 3: unexpected '\"', expected '=' behind the key" },
	{ "a = \"x", "line 1, column 7: unexpected end of text, expected the end of the "
		     "string" },
	{ "a = \"x\ny\"", "line 1, column 7: the string is not closed on its line" },
	{ "a = 'x\n'", "line 1, column 7: the string is not closed on its line" },
	{ "a = " TQ "x\n",
	  "line 2, column 1: unexpected end of text, expected the end of the "
	  "string" },
	{ "a = \"\\x41\"", "line 1, column 6: bad escape, expected one of" },
	{ "a = \"\\ud800\"", "line 1, column 6: the escape names no character" },
	{ "a = \"\\U00110000\"", "line 1, column 6: the escape names no character" },
	{ "a = \"\\u12\"", "line 1, column 6: bad escape, expected four or eight" },
	{ "a = \"\x01\"", "line 1, column 6: raw control character in a string" },
	{ "a = \"\x7f\"", "line 1, column 6: raw control character in a string" },
	{ "a = 1 # \x01", "line 1, column 9: control character in a comment" },
	{ "a = 1\rb = 2", "line 1, column 6: unexpected byte 0x0d" },
	{ "\r", "line 1, column 1: carriage return without a line feed behind it" },
	{ "# \xf0\x9f\x94\x92 \xff", "line 1, column 6: invalid UTF-8" },
	{ "# \xf0\x9f\x94\x92\na = \"\xf0\x9f\x94\x92\" x",
	  "line 2, column 10: unexpected 'x', expected the end of the line" },
	{ "a = x", "line 1, column 5: not a value" },
	{ "a = True", "line 1, column 5: not a value" },
	{ "a = 01", "line 1, column 5: not a value" },
	{ "a = 1__0", "line 1, column 5: not a value" },
	{ "a = _1", "line 1, column 5: not a value" },
	{ "a = 1_", "line 1, column 5: not a value" },
	{ "a = 1.", "line 1, column 5: not a value" },
	{ "a = .5", "line 1, column 5: not a value" },
	{ "a = 1.e5", "line 1, column 5: not a value" },
	{ "a = 1_.5", "line 1, column 5: not a value" },
	{ "a = 1e", "line 1, column 5: not a value" },
	{ "a = 1e400", "line 1, column 5: not a value" },
	{ "a = 03.14", "line 1, column 5: not a value" },
	{ "a = --1", "line 1, column 5: not a value" },
	{ "a = +0x1", "line 1, column 5: not a value" },
	{ "a = 0x", "line 1, column 5: not a value" },
	{ "a = 0X1", "line 1, column 5: not a value" },
	{ "a = 0b2", "line 1, column 5: not a value" },
	{ "a = 0o8", "line 1, column 5: not a value" },
	{ "a = 0x_1", "line 1, column 5: not a value" },
	{ "a = 0x8000000000000000", "line 1, column 5: not a value" },
	{ "a = 9223372036854775808", "line 1, column 5: not a value" },
	{ "a = Inf", "line 1, column 5: not a value" },
	{ "a = 1979-13-01", "line 1, column 5: not a value" },
	{ "a = 2023-02-29", "line 1, column 5: not a value" },
	{ "a = 1979-05-27T25:00:00", "line 1, column 5: not a value" },
	{ "a = 1979-05-27T07:32", "line 1, column 5: not a value" },
	{ "a = 1979-05-27T07:32:00.", "line 1, column 5: not a value" },
	{ "a = 7:32:00", "line 1, column 5: not a value" },
	{ "a = [1 2]", "line 1, column 8: unexpected '2', expected ',' or ']'" },
	{ "a = [,1]", "line 1, column 6: unexpected ',', expected a value" },
	{ "a = [1", "line 1, column 7: unexpected end of text, expected ',' or ']'" },
	{ "a = {x=1,}", "line 1, column 10: unexpected '}', expected a key" },
	{ "a = {x=1\n}", "line 1, column 9: unexpected byte 0x0a, expected ',' or '}'" },
	{ "a = {x=1", "line 1, column 9: unexpected end of text, expected ',' or '}'" },
	{ "a = {x}", "line 1, column 7: unexpected '}', expected '=' behind the key" },
	{ "[a", "line 1, column 3: unexpected end of text, expected ']' behind" },
	{ "[]", "line 1, column 2: unexpected ']', expected a key" },
	{ "[a]]", "line 1, column 4: unexpected ']', expected the end of the line" },
	{ "[[a]", "line 1, column 5: unexpected end of text, expected ']]' behind" },
	{ "[ [a]]", "line 1, column 3: unexpected '[', expected a key" },
	{ "[a] b=1", "line 1, column 5: unexpected 'b', expected the end of the line" },
	{ "a=1\n[a.b]", "line 2, column 2: the key holds a value, not a table" },
	{ "a=1\na.b=2", "line 2, column 1: the key holds a value, not a table" },
	{ "a={x=1}\n[a.b]", "line 2, column 2: an inline table cannot be added to" },
	{ "a={x=1}\na.y=2", "line 2, column 1: an inline table cannot be added to" },
	{ "a={x={}, x.y=2}", "line 1, column 10: an inline table cannot be added to" },
	{ "a=[1]\n[[a]]", "line 2, column 3: the key is taken by something else" },
	{ "[a]\n[[a]]", "line 2, column 3: the key is taken by something else" },
	{ "[[a]]\n[a]", "line 2, column 2: the key is taken by [[tables]]" },
	{ "[a.b]\nx=1\n[a]\nb.y=2",
	  "line 4, column 1: a table with a header of its own is added to there only" },
	{ "[[a.b]]\n[a]\nb.y=2",
	  "line 3, column 1: a table with a header of its own is added to there only" },
};

static void test_bad(struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		const struct node *n = parse(a, bad[i].toml, &e);

		OK(!n && e.code == ERR_PARSE &&
			   strncmp(e.msg, bad[i].msg, strlen(bad[i].msg)) == 0,
		   "refused, case %zu: %s", i, n ? node_raw(a, n) : e.msg);
	}
}

static void test_places(struct arena *a)
{
	struct err e = { 0 };
	const struct node *n = parse(a,
				     "x = 1\n[mcp_servers.\"\xf0\x9f\x94\x92\".env]\n"
				     "\"\xf0\x9f\x94\x92\" = \"a\"\nB = [1,\n  'y']\n",
				     &e);
	const struct node *m;

	if (!OK(n != NULL, "read: %s", e.msg))
		return;
	m = node_get(n, "mcp_servers");
	OK(m->key_line == 2 && m->key_col == 2, "a table passed by has the place of its "
						"part of the header");
	m = m->first;
	OK(m->key_line == 2 && m->key_col == 14, "the next part");
	m = m->first;
	OK(m->key_col == 19 && m->line == 2 && m->col == 19, "columns are UTF-16 units");
	OK(m->end_line == 5 && m->end_col == 7, "a table ends with its last value: %d:%d",
	   m->end_line, m->end_col);
	m = m->first;
	OK(m->key_line == 3 && m->key_col == 1 && m->col == 8 && m->end_col == 11,
	   "key and value");
	OK(m->quoted && !m->next->first->quoted, "what stood in quotes is known");
	m = m->next;
	OK(m->first->next->line == 5 && m->first->next->col == 3, "element of an array");
	OK(!m->raw && !n->raw, "there are no JSON bytes");
}

static void test_duplicates(struct arena *a)
{
	struct err e = { 0 };
	const struct node *n =
		parse(a, "a=1\nb=2\na=3\n[s.x]\nk=1\n[s.x]\nk=2\n[s.x.e]\nv=1", &e);
	const struct node *s;

	if (!OK(n != NULL, "duplicates do not hide the rest: %s", e.msg))
		return;
	OK(!n->first->duplicate && n->first->next->next->duplicate,
	   "the later key is marked");
	s = node_get(n, "s");
	IS_INT(s->n, 2, "a second header of a name is a second table");
	OK(!s->first->duplicate && s->first->next->duplicate, "and marked");
	IS_STR(node_raw(a, node_get(s, "x")), "{\"k\":2,\"e\":{\"v\":1}}",
	       "what follows belongs to the later one");
}

static void repeat(struct buf *b, const char *text, int n)
{
	for (int i = 0; i < n; i++)
		buf_adds(b, text);
}

static void test_bounds(void)
{
	CLEANUP(buf_release) struct buf b;
	struct arena *a = arena_new();
	struct err e = { 0 };
	int64_t began;

	buf_init(&b, 32u << 20);
	buf_adds(&b, "a=");
	repeat(&b, "[", 64);
	repeat(&b, "]", 64);
	OK(parse_n(a, b.data, b.len, &e) != NULL, "64 arrays in each other: %s", e.msg);
	b.len = 2;
	repeat(&b, "[", 65);
	OK(!parse_n(a, b.data, b.len, &e), "65 are too many");
	IS_STR(e.msg, "line 1, column 67: nesting deeper than 64", "its text");
	b.len = 0;
	repeat(&b, "a.", 63);
	buf_adds(&b, "a=1");
	OK(parse_n(a, b.data, b.len, &e) != NULL, "64 parts of a key: %s", e.msg);
	b.len = 0;
	repeat(&b, "a.", 64);
	buf_adds(&b, "a=1");
	OK(!parse_n(a, b.data, b.len, &e), "65 are too many");
	b.len = 0;
	buf_adds(&b, "[");
	repeat(&b, "a.", 40);
	buf_adds(&b, "a]\n");
	repeat(&b, "b.", 40);
	buf_adds(&b, "b=1");
	OK(!parse_n(a, b.data, b.len, &e), "header and key count together");
	b.len = 0;
	for (int i = 0; i < 4096; i++)
		buf_addf(&b, "k%d=1\n", i);
	OK(parse_n(a, b.data, b.len, &e) != NULL, "4096 keys: %s", e.msg);
	buf_adds(&b, "l=1\n");
	OK(!parse_n(a, b.data, b.len, &e), "4097 are too many");
	began = clock_mono();
	b.len = 0;
	for (int i = 0; i < 4000; i++)
		buf_addf(&b, "k%d.x=1\n", i);
	for (int i = 0; i < 60000; i++)
		buf_adds(&b, "[[k3999.y]]\n");
	OK(parse_n(a, b.data, b.len, &e) != NULL, "many tables: %s", e.msg);
	OK(clock_mono() - began < 20000, "in linear time");
	arena_free(a);
}

int main(void)
{
	struct arena *a = arena_new();

	test_good(a);
	test_bad(a);
	test_places(a);
	test_duplicates(a);
	test_bounds();
	arena_free(a);
	return tap_done();
}
