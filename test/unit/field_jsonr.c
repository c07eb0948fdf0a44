/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON reader: what it accepts, what it refuses and where. */
#include "test/tap.h"

#include "common/base/clock.h"
#include "common/base/mem.h"
#include "common/field/jsonr.h"
#include "common/field/jsonw.h"

#define ALL_LOOSE (JSONR_COMMENTS | JSONR_TRAILING_COMMAS | JSONR_DUPLICATES | JSONR_BOM)

static struct node *parse(struct arena *a, const char *text, unsigned flags,
			  struct err *e)
{
	size_t n = strlen(text);
	char *copy = mem_alloc(
		n ? n : 1); /* without a NUL, so that reading over the end shows */
	struct node *ret;

	memcpy(copy, text, n);
	arena_defer(a, mem_free, copy);
	ret = jsonr_parse(a, copy, n, flags, NULL, e);
	return ret;
}

static const char *rewritten(struct arena *a, const struct node *n)
{
	struct jsonw w;
	struct buf b;
	const char *text;

	buf_init(&b, 1 << 20);
	jsonw_init(&w, &b);
	jsonw_node(&w, NULL, n);
	text = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return text;
}

static void test_accepted(struct arena *a)
{
	static const char *const texts[] = {
		"null",
		"true",
		"false",
		"0",
		"-0",
		"-1",
		"1.5",
		"1e5",
		"1E+5",
		"-1.25e-10",
		"\"\"",
		"\"a\"",
		"[]",
		"{}",
		"[[]]",
		"[{}]",
		"{\"a\":[]}",
		"[1,2,3]",
		"{\"a\":1,\"b\":{\"c\":[null,true,\"x\"]}}",
		"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"",
		"{\"\":0}",
		"[0,[1,[2,[3]]],{}]",
		"12345678901234567890123456789012",
		"1e-999",
		"\"a much longer string without anything special in it at all\"",
		"\"\x7f\"",
		"\"\xef\xbf\xbf\"",
		"\"\xf4\x8f\xbf\xbf\"",
		"\"\xed\x9f\xbf\"",
	};
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const struct node *n = parse(a, texts[i], 0, &e);

		if (OK(n != NULL, "accepted: %s", texts[i]))
			IS_STR(rewritten(a, n), texts[i], "written again unchanged");
	}
	OK(parse(a, " \t\r\n[ 1 , { \"a\" : 2 } ] \n", 0, &e) != NULL,
	   "blanks everywhere");
}

static void test_escapes(struct arena *a)
{
	const struct node *n;
	struct err e = { 0 };

	n = parse(a, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e4\\u20AC\\uD83D\\ude00\"",
		  0, &e);
	IS_STR(node_str(n), "\"\\/\b\f\n\r\tA\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
	       "all escapes");
	n = parse(a, "\"\\u2028\\uffff\\u007f\"", 0, &e);
	IS_STR(node_str(n), "\xe2\x80\xa8\xef\xbf\xbf\x7f",
	       "separators and non-characters");
	n = parse(a, "\"a\\u0000b\"", JSONR_NUL, &e);
	IS_STR(node_str(n),
	       "a\xef\xbf\xbd"
	       "b",
	       "U+0000 as U+FFFD when allowed");
	n = parse(a, "{\"k\\u0065y\":1}", 0, &e);
	IS_INT(node_get(n, "key") != NULL, 1, "escapes in keys");
}

struct refusal {
	const char *text, *msg;
};

static void test_refused(struct arena *a)
{
	static const struct refusal cases[] = {
		{ "", "line 1, column 1: unexpected end of text, expected a value" },
		{ "  \n ", "line 2, column 2: unexpected end of text, expected a value" },
		{ "{} x",
		  "line 1, column 4: unexpected 'x', expected the end of the text" },
		{ "[1]]",
		  "line 1, column 4: unexpected ']', expected the end of the text" },
		{ "[1,]",
		  "line 1, column 4: unexpected ']', expected a value behind the comma" },
		{ "{\"a\":1,}",
		  "line 1, column 8: unexpected '}', expected a key behind the comma" },
		{ "[,1]", "line 1, column 2: unexpected ',', expected a value" },
		{ "[1 2]", "line 1, column 4: unexpected '2', expected ',' or ']'" },
		{ "[1", "line 1, column 3: unexpected end of text, expected ',' or ']'" },
		{ "[", "line 1, column 2: unexpected end of text, expected a value" },
		{ "[1}", "line 1, column 3: unexpected '}', expected ',' or ']'" },
		{ "{\"a\"}",
		  "line 1, column 5: unexpected '}', expected ':' behind the key" },
		{ "{\"a\" 1}",
		  "line 1, column 6: unexpected '1', expected ':' behind the key" },
		{ "{\"a\":}", "line 1, column 6: unexpected '}', expected a value" },
		{ "{\"a\":1 \"b\":2}",
		  "line 1, column 8: unexpected '\"', expected ',' or '}'" },
		{ "{a:1}",
		  "line 1, column 2: unexpected 'a', expected a key in double quotes or '}'" },
		{ "{'a':1}",
		  "line 1, column 2: unexpected ''', expected a key in double quotes or '}'" },
		{ "{1:1}",
		  "line 1, column 2: unexpected '1', expected a key in double quotes or '}'" },
		{ "{\"a\":1,b:2}",
		  "line 1, column 8: unexpected 'b', expected a key in double quotes" },
		{ "{",
		  "line 1, column 2: unexpected end of text, expected a key in double "
		  "quotes or '}'" },
		{ "nul", "line 1, column 1: unexpected 'n', expected a value" },
		{ "True", "line 1, column 1: unexpected 'T', expected a value" },
		{ "truex",
		  "line 1, column 5: unexpected 'x', expected the end of the text" },
		{ "NaN", "line 1, column 1: unexpected 'N', expected a value" },
		{ "-Infinity", "line 1, column 2: unexpected 'I', expected a digit" },
		{ "undefined", "line 1, column 1: unexpected 'u', expected a value" },
		{ "01",
		  "line 1, column 2: digit behind a leading zero, expected a decimal "
		  "number" },
		{ "-01",
		  "line 1, column 3: digit behind a leading zero, expected a decimal "
		  "number" },
		{ "+1", "line 1, column 1: unexpected '+', expected a value" },
		{ ".5", "line 1, column 1: unexpected '.', expected a value" },
		{ "-", "line 1, column 2: unexpected end of text, expected a digit" },
		{ "1.",
		  "line 1, column 3: unexpected end of text, expected a digit behind the "
		  "decimal point" },
		{ "1.e5", "line 1, column 3: unexpected 'e', expected a digit behind the "
			  "decimal point" },
		{ "1e",
		  "line 1, column 3: unexpected end of text, expected a digit of the "
		  "exponent" },
		{ "1e+",
		  "line 1, column 4: unexpected end of text, expected a digit of the "
		  "exponent" },
		{ "0x10",
		  "line 1, column 2: unexpected 'x', expected the end of the text" },
		{ "1e400", "line 1, column 1: number too large" },
		{ "-1e400", "line 1, column 1: number too large" },
		{ "[123456789012345678901234567890123]",
		  "line 1, column 2: number with more than 32 characters" },
		{ "\"a",
		  "line 1, column 3: unexpected end of text, expected the end of the "
		  "string, '\"'" },
		{ "\"",
		  "line 1, column 2: unexpected end of text, expected the end of the "
		  "string, '\"'" },
		{ "\"\\",
		  "line 1, column 3: unexpected end of text, expected the rest of the "
		  "string" },
		{ "\"a\tb\"",
		  "line 1, column 3: raw control character in a string, expected "
		  "an escape such as \\n or \\t" },
		{ "\"a\nb\"",
		  "line 1, column 3: raw control character in a string, expected "
		  "an escape such as \\n or \\t" },
		{ "\"\\x\"",
		  "line 1, column 2: bad escape, expected one of \\\" \\\\ \\/ \\b "
		  "\\f \\n \\r \\t \\u" },
		{ "\"\\u12\"",
		  "line 1, column 2: bad escape, expected \\u and four hexadecimal "
		  "digits" },
		{ "\"\\u12g4\"", "line 1, column 2: bad escape, expected \\u and four "
				 "hexadecimal digits" },
		{ "\"\\u0000\"", "line 1, column 2: \\u0000 is not allowed in text" },
		{ "{\"\\u0000\":1}", "line 1, column 3: \\u0000 is not allowed in text" },
		{ "\"\\ud800\"",
		  "line 1, column 2: lone high surrogate, expected a pair such as "
		  "\\ud83d\\ude00" },
		{ "\"\\ud800\\ud800\"",
		  "line 1, column 2: lone high surrogate, expected a pair "
		  "such as \\ud83d\\ude00" },
		{ "\"\\ud800x\"",
		  "line 1, column 2: lone high surrogate, expected a pair such "
		  "as \\ud83d\\ude00" },
		{ "\"\\udc00\"",
		  "line 1, column 2: lone low surrogate, expected a pair such as "
		  "\\ud83d\\ude00" },
		{ "\"\x80\"", "line 1, column 2: invalid UTF-8" },
		{ "\"\xc0\xaf\"", "line 1, column 2: invalid UTF-8" },
		{ "\"\xc1\x81\"", "line 1, column 2: invalid UTF-8" },
		{ "\"\xe0\x80\x80\"", "line 1, column 2: invalid UTF-8" },
		{ "\"\xed\xa0\x80\"", "line 1, column 2: invalid UTF-8" },
		{ "\"\xf0\x80\x80\x80\"", "line 1, column 2: invalid UTF-8" },
		{ "\"\xf4\x90\x80\x80\"", "line 1, column 2: invalid UTF-8" },
		{ "\"\xf5\x80\x80\x80\"", "line 1, column 2: invalid UTF-8" },
		{ "\"\xe2\x82\"", "line 1, column 2: invalid UTF-8" },
		{ "\"\xe2\x82", "line 1, column 2: invalid UTF-8" },
		{ "\"\xff\"", "line 1, column 2: invalid UTF-8" },
		{ "\xef\xbb\xbf{}",
		  "line 1, column 1: unexpected byte 0xef, expected a value" },
		{ "[\xc2\xa0]",
		  "line 1, column 2: unexpected byte 0xc2, expected a value" },
		{ "[1\f]",
		  "line 1, column 3: unexpected byte 0x0c, expected ',' or ']'" },
		{ "// x\n1", "line 1, column 1: comments are not allowed here" },
		{ "[1 /* x */]", "line 1, column 4: comments are not allowed here" },
		{ "# x\n1", "line 1, column 1: unexpected '#', expected a value" },
		{ "{\"a\":1,\n \"b\":2,\n \"a\":3}",
		  "line 3, column 2: duplicate key in an object, expected each key once" },
		{ "{\"a\":1,\"\\u0061\":3}",
		  "line 1, column 8: duplicate key in an object, expected each key once" },
		{ "[\"\xc3\xa4\xe2\x82\xac\", x]",
		  "line 1, column 8: unexpected 'x', expected a value" },
		{ "{\r\n\"a\": tru\r\n}",
		  "line 2, column 6: unexpected 't', expected a value" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = { 0 };

		OK(!parse(a, cases[i].text, 0, &e) && e.code == ERR_PARSE,
		   "refused: case %zu", i);
		IS_STR(e.msg, cases[i].msg, "its text");
	}
}

static void test_nul_byte(struct arena *a)
{
	struct err e = { 0 };

	OK(!jsonr_parse(a, "[1]\0", 4, 0, NULL, &e), "NUL byte behind the value");
	IS_STR(e.msg,
	       "line 1, column 4: unexpected byte 0x00, expected the end of the text",
	       "its text");
	OK(!jsonr_parse(a, "\"a\0b\"", 5, JSONR_NUL, NULL, &e), "NUL byte in a string");
	OK(!jsonr_parse(a, "\"\\\0\"", 4, JSONR_NUL, NULL, &e), "NUL byte as an escape");
}

static void test_loose(struct arena *a)
{
	static const char text[] =
		"\xef\xbb\xbf// head\n{ /* \xc3\xa4 */ \"a\": [1, 2,], // x\n"
		"\t\"b\": 1, \"a\": 2, /**/ }\n// end";
	const struct node *n, *m;
	struct err e = { 0 };

	n = parse(a, text, ALL_LOOSE, &e);
	if (!OK(n != NULL, "comments, trailing commas, duplicates and a BOM"))
		return;
	m = n->first;
	IS_INT(n->line, 2, "line behind a comment");
	IS_INT(m->key_col, 11, "column behind a comment");
	IS_INT(m->col, 16, "column of the value");
	OK(!m->duplicate && !m->next->duplicate && m->next->next->duplicate,
	   "only the later key "
	   "is marked");
	OK(n->loose && m->loose && !m->next->loose, "what is not plain JSON is marked");
	IS_STR(node_raw(a, m), "[1,2]", "its JSON text has no comma too many");
	IS_STR(node_raw(a, n), "{\"a\":[1,2],\"b\":1,\"a\":2}",
	       "its JSON text has no comments");
	IS_STR(node_get(n, "a")->text, "2", "the last of duplicates is found");
	n = parse(
		a,
		"{/*\xf0\x9f\x94\x92\xe2\x82\xac*/\"\xf0\x9f\x94\x92\":\"\xf0\x9f\x94\x92\"}",
		ALL_LOOSE, &e);
	IS_INT(n->first->key_col, 9, "columns count UTF-16 code units: the key");
	IS_INT(n->first->col, 14, "and the value");
	IS_INT(n->first->end_col, 18, "and its end");
	OK(!parse(a, "\"\xf0\x9f\x94\x92\x01\"", 0, &e),
	   "a control character is refused");
	IS_STR(e.msg,
	       "line 1, column 4: raw control character in a string, expected an escape "
	       "such as \\n or \\t",
	       "the column of a fault counts them too");
	OK(!parse(a, "[1,,]", ALL_LOOSE, &e), "two commas are refused");
	OK(!parse(a, "[,]", ALL_LOOSE, &e), "a comma alone is refused");
	OK(!parse(a, "{,}", ALL_LOOSE, &e), "a comma alone is refused in an object");
	OK(!parse(a, "1 /* x", ALL_LOOSE, &e), "an open comment is refused");
	IS_STR(e.msg, "line 1, column 3: comment is not closed, expected */", "its text");
	OK(!parse(a, "1 /* \xff */", ALL_LOOSE, &e), "bad UTF-8 in a comment is refused");
	OK(!parse(a, "1 /", ALL_LOOSE, &e), "a slash alone is refused");
	OK(!parse(a, "/*/ 1", ALL_LOOSE, &e), "a comment is not closed by its own star");
	OK(!parse(a, "\xef\xbb\xbf\xef\xbb\xbf{}", ALL_LOOSE, &e),
	   "two BOMs are refused");
	OK(parse(a, "1 // x", ALL_LOOSE, &e) != NULL,
	   "a comment at the end without a newline");
}

static void test_places(struct arena *a)
{
	static const char text[] =
		"{\n  \"\xe2\x82\xac\": [ true,\n\"x\" ],\n  \"n\": -1.50e2\n}";
	struct pos pos = { 0 };
	struct err e = { 0 };
	const struct node *n = parse(a, text, 0, &e), *m;

	if (!OK(n != NULL, "parsed"))
		return;
	m = n->first;
	IS_STR(m->key, "\xe2\x82\xac", "key");
	OK(m->key_line == 2 && m->key_col == 3, "place of the key");
	OK(m->line == 2 && m->col == 8, "place of the array");
	OK(m->end_line == 3 && m->end_col == 6, "place behind the array");
	IS_INT(m->n, 2, "children");
	OK(m->first->next->line == 3 && m->first->next->col == 1, "place of an element");
	m = m->next;
	IS_STR(m->text, "-1.50e2", "token of a number");
	IS_INT(m->raw_len, 7, "bytes of a number");
	OK(m->end_line == 4 && m->end_col == 15, "place behind a number");
	IS_STR(node_raw(a, n), "{\"\xe2\x82\xac\":[true,\"x\"],\"n\":-1.50e2}",
	       "several lines become one");
	n = parse(a, "{\"a\": [1,  {}] }", 0, &e);
	IS_STR(node_raw(a, node_get(n, "a")), "[1,  {}]", "bytes are kept on one line");
	OK(!jsonr_parse(a, "[\n x", 4, 0, &pos, &e) && pos.line == 2 && pos.col == 2,
	   "place of an error");
}

static void test_nodes(struct arena *a)
{
	struct err e = { 0 };
	const struct node *n =
		parse(a,
		      "{\"params\":{\"_meta\":{\"k\":\"v\"}},\"i\":9007199254740991,"
		      "\"j\":9007199254740992,\"k\":-9007199254740991,\"f\":1.0,"
		      "\"s\":\"1\",\"z\":-0}",
		      0, &e);
	int64_t v = 7;

	IS_STR(node_str(node_path(n, "params", "_meta", "k", NULL)), "v", "path");
	OK(!node_path(n, "params", "x", "k", NULL), "path with a hole");
	OK(!node_path(NULL, "params", NULL), "path from NULL");
	OK(!node_get(n->first->first->first, "k"), "a member of a string");
	OK(!node_str(n) && !node_str(NULL), "no text in an object, in NULL");
	OK(node_i64(node_get(n, "i"), &v) && v == INT64_C(9007199254740991), "2^53 - 1");
	OK(node_i64(node_get(n, "k"), &v) && v == -INT64_C(9007199254740991),
	   "-(2^53 - 1)");
	OK(node_i64(node_get(n, "z"), &v) && v == 0, "-0");
	v = 7;
	OK(!node_i64(node_get(n, "j"), &v) && v == 7, "2^53 is refused");
	OK(!node_i64(node_get(n, "f"), &v) && v == 7, "1.0 is no integer");
	OK(!node_i64(node_get(n, "s"), &v) && !node_i64(NULL, &v), "text is no integer");
	IS_STR(node_kind_name(NODE_ARRAY), "an array", "name of a kind");
}

static char *repeat(struct buf *b, const char *text, size_t n)
{
	buf_reset(b);
	for (size_t i = 0; i < n; i++)
		buf_adds(b, text);
	return b->data;
}

static void test_depth(void)
{
	static const char *const parts[] = { "[", "{\"a\":", "[{\"a\":", "[0," };
	CLEANUP(buf_release) struct buf b;

	buf_init(&b, 1 << 24);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct arena *a = arena_new();
		struct err e = { 0 };
		int64_t start;

		repeat(&b, parts[i], 100000);
		start = clock_mono();
		OK(!jsonr_parse(a, b.data, b.len, 0, NULL, &e), "depth of 100,000: %s",
		   parts[i]);
		OK(clock_mono() - start < 100, "refused in under 100 ms");
		OK(strstr(e.msg, "nesting deeper than 128") != NULL, "says so: %s",
		   e.msg);
		arena_free(a);
	}
	for (size_t depth = 128; depth <= 129; depth++) {
		struct arena *a = arena_new();
		struct err e = { 0 };
		const struct node *n;

		repeat(&b, "[", depth);
		for (size_t i = 0; i < depth; i++)
			buf_addc(&b, ']');
		n = jsonr_parse(a, b.data, b.len, 0, NULL, &e);
		OK((n != NULL) == (depth == 128), "depth of %zu", depth);
		if (n)
			IS_STR(rewritten(a, n), b.data, "written again");
		arena_free(a);
	}
}

static void make_object(struct buf *b, int keys, int last)
{
	buf_reset(b);
	for (int i = 0; i < keys; i++)
		buf_addf(b, "%c\"k%d\":0", i ? ',' : '{', i == keys - 1 ? last : i);
	buf_addc(b, '}');
}

static void test_many(void)
{
	CLEANUP(buf_release) struct buf b;
	struct arena *a = arena_new();
	const struct node *n;
	struct err e = { 0 };
	int64_t start;

	buf_init(&b, 1 << 24);
	make_object(&b, 4096, 4095);
	OK(jsonr_parse(a, b.data, b.len, 0, NULL, &e) != NULL, "4096 keys");
	make_object(&b, 4097, 4096);
	OK(!jsonr_parse(a, b.data, b.len, 0, NULL, &e), "4097 keys are refused");
	OK(strstr(e.msg, "object with more than 4096 keys") != NULL, "says so: %s",
	   e.msg);
	make_object(&b, 1000000, 0);
	start = clock_mono();
	OK(!jsonr_parse(a, b.data, b.len, JSONR_DUPLICATES, NULL, &e), "a million keys");
	OK(clock_mono() - start < 1000, "refused in under a second");
	make_object(&b, 4096, 17);
	OK(!jsonr_parse(a, b.data, b.len, 0, NULL, &e),
	   "the last of many keys is a duplicate");
	OK(strstr(e.msg, "duplicate key") != NULL, "says so: %s", e.msg);
	n = jsonr_parse(a, b.data, b.len, JSONR_DUPLICATES, NULL, &e);
	if (OK(n != NULL, "accepted when duplicates may be")) {
		int marked = 0;

		for (const struct node *m = n->first; m; m = m->next)
			marked += m->duplicate;
		IS_INT(marked, 1, "and one is marked");
	}
	repeat(&b, "[0,0,0", 1);
	for (int i = 3; i < 65536; i++)
		buf_adds(&b, ",0");
	buf_addc(&b, ']');
	OK(jsonr_parse(a, b.data, b.len, 0, NULL, &e) != NULL, "65,536 elements");
	b.data[b.len - 1] = ',';
	buf_adds(&b, "0]");
	OK(!jsonr_parse(a, b.data, b.len, 0, NULL, &e), "65,537 elements are refused");
	OK(strstr(e.msg, "array with more than 65536 elements") != NULL, "says so: %s",
	   e.msg);
	arena_free(a);
}

static void test_bounded_memory(void)
{
	CLEANUP(buf_release) struct buf b;
	struct arena *a = arena_new();
	struct err e = { 0 };

	buf_init(&b, 1 << 24);
	buf_adds(&b, "[");
	for (int i = 0; i < 60; i++) {
		buf_adds(&b, "[0");
		for (int j = 1; j < 65536; j++)
			buf_adds(&b, ",0");
		buf_adds(&b, "],");
	}
	buf_adds(&b, "0]");
	OK(!jsonr_parse(a, b.data, b.len, 0, NULL, &e),
	   "four million values are refused");
	OK(strstr(e.msg, "more than 1000000 values") != NULL, "says so: %s", e.msg);
	OK(arena_used(a) < 160u << 20, "memory stayed bounded: %zu", arena_used(a));
	arena_free(a);
}

/* Every cut of a text that uses everything is refused, and nothing is read behind its
 * end. */
static void test_cut(struct arena *a)
{
	static const char text[] =
		"{\"a\":[1.5e-3,true,null,\"\\u00e4\\ud83d\\ude00\xe2\x82\xac\\n\"]"
		",\"b\":{}}";
	bool all = true;

	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		char *copy = mem_alloc(n + 1);
		struct err e = { 0 };

		memcpy(copy, text, n);
		copy[n] = '}'; /* behind the end */
		if (jsonr_parse(a, copy, n, 0, NULL, &e) || e.code != ERR_PARSE)
			all = false;
		mem_free(copy);
	}
	OK(all, "every cut is refused");
}

int main(void)
{
	struct arena *a = arena_new();

	test_accepted(a);
	test_escapes(a);
	test_refused(a);
	test_nul_byte(a);
	test_loose(a);
	test_places(a);
	test_nodes(a);
	test_cut(a);
	test_depth();
	test_many();
	test_bounded_memory();
	arena_free(a);
	return tap_done();
}
