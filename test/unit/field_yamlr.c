/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML reader: types, places, aliases, limits. */
#include "test/tap.h"

#include "common/base/clock.h"
#include "common/base/mem.h"
#include "common/field/jsonw.h"
#include "common/field/yamlr.h"

static struct node *parse(struct arena *a, const char *text, struct err *e)
{
	size_t n = strlen(text);
	char *copy = mem_alloc(
		n ? n : 1); /* without a NUL, so that reading over the end shows */

	memcpy(copy, text, n);
	arena_defer(a, mem_free, copy);
	return yamlr_parse(a, copy, n, NULL, e);
}

static const char *as_json(struct arena *a, const char *text)
{
	struct err e = { 0 };
	const struct node *n = parse(a, text, &e);

	return n ? node_raw(a, n) : arena_strdup(a, e.msg);
}

static void test_values(struct arena *a)
{
	static const struct {
		const char *yaml, *json;
	} cases[] = {
		{ "", "[]" },
		{ "# only a comment\n", "[]" },
		{ "---\n", "[null]" },
		{ "a: 1\n", "[{\"a\":1}]" },
		{ "a: 1\n---\nb: 2\n...\n---\n- c\n", "[{\"a\":1},{\"b\":2},[\"c\"]]" },
		{ "[true, True, FALSE, null, ~, Null, , x]", NULL },
		{ "[true, True, FALSE, null, ~, Null, x]",
		  "[[true,true,false,null,null,null,\"x\"]]" },
		{ "[yes, no, on, off, y]", "[[\"yes\",\"no\",\"on\",\"off\",\"y\"]]" },
		{ "[0, -1, 1.5, 1e3, -2.5E-1]", "[[0,-1,1.5,1e3,-2.5E-1]]" },
		{ "[0644, 0x1f, 0o7, +1, .5, 1., .inf, .nan, 1_000, 12:30, 1e999]",
		  "[[\"0644\",\"0x1f\",\"0o7\",\"+1\",\".5\",\"1.\",\".inf\",\".nan\",\"1_000\","
		  "\"12:30\",\"1e999\"]]" },
		{ "['1', \"true\", 'null', '']", "[[\"1\",\"true\",\"null\",\"\"]]" },
		{ "a: |\n  x\n  y\nb: >\n  x\n  y\n",
		  "[{\"a\":\"x\\ny\\n\",\"b\":\"x y\\n\"}]" },
		{ "a:\nb: ''\n", "[{\"a\":null,\"b\":\"\"}]" },
		{ "{a: {b: [1, {c: d}]}, e: []}",
		  "[{\"a\":{\"b\":[1,{\"c\":\"d\"}]},\"e\":[]}]" },
		{ "1: x\ntrue: y\n~: z\n", "[{\"1\":\"x\",\"true\":\"y\",\"~\":\"z\"}]" },
		{ "[!!str 1, !!int \"2\", !!bool \"true\", !own 3, !!null \"\"]",
		  "[[\"1\",2,true,\"3\",null]]" },
		{ "\"a\\0b\"", "[\"a\xef\xbf\xbd"
			       "b\"]" },
		{ "\xef\xbb\xbf"
		  "a: \xc3\xa4",
		  "[{\"a\":\"\xc3\xa4\"}]" },
		{ "a: &x [1, 2]\nb: *x\nc: *x\n",
		  "[{\"a\":[1,2],\"b\":[1,2],\"c\":[1,2]}]" },
		{ "a: &x key\n*x : 1\n", "[{\"a\":\"key\",\"key\":1}]" },
		{ "&k a: 1\nb: *k\n", "[{\"a\":1,\"b\":\"a\"}]" },
		{ "a: &x 1\nb: &x 2\nc: *x\n", "[{\"a\":1,\"b\":2,\"c\":2}]" },
		{ "x: &d {a: 1}\ny:\n  <<: *d\n", "[{\"x\":{\"a\":1},\"y\":{\"a\":1}}]" },
		{ "x: &d {a: 1, b: 2}\ny: &e\n  <<: *d\n  b: 3\nz: {<<: *e, c: 4}\n",
		  "[{\"x\":{\"a\":1,\"b\":2},\"y\":{\"b\":3,\"a\":1},"
		  "\"z\":{\"c\":4,\"b\":3,\"a\":1}}]" },
		{ "a: {<<: [{x: 1}, {x: 2, y: 3}], <<: {y: 4, z: 5}}\nb: {<<: }\n",
		  "[{\"a\":{\"x\":1,\"y\":3,\"z\":5},\"b\":{}}]" },
		{ "a: 1\na: 2\n", "[{\"a\":1,\"a\":2}]" },
		{ "{\"a\":1,\"b\":[\"\\u00e4\"]}", "[{\"a\":1,\"b\":[\"\xc3\xa4\"]}]" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (cases[i].json)
			IS_STR(as_json(a, cases[i].yaml), cases[i].json, "values");
		else
			OK(strncmp(as_json(a, cases[i].yaml), "line ", 5) == 0,
			   "refused");
	}
}

static void test_refused(struct arena *a)
{
	static const struct {
		const char *yaml, *msg;
	} cases[] = {
		{ "a: [1, 2\n", "line 2, column 1: " },
		{ "a: b: c\n", "line 1, column 5: " },
		{ "a: 1\n b: 2\n", "line 2, column 3: " },
		{ "\tx: 1\n", "line 1, column 1: " },
		{ "a: 'x", "line 1, column 6: " },
		{ "a: *x\n", "line 1, column 4: alias without an anchor before it" },
		{ "a: &x 1\n---\nb: *x\n",
		  "line 3, column 4: alias without an anchor before it" },
		{ "a: &x [1, *x]\n", "line 1, column 11: alias within its own anchor" },
		{ "a: &x {b: *x}\n", "line 1, column 11: alias within its own anchor" },
		{ "? [a]\n: 1\n", "line 1, column 3: key that is not text or a number" },
		{ "{{a: 1}: 2}", "line 1, column 2: key that is not text or a number" },
		{ "a: {<<: text}\n", "line 1, column 13: \"<<\" with something" },
		{ "a: {<<: [{}, 1]}\n", "line 1, column 16: \"<<\" with something" },
		{ "a: &x [1]\n*x : 2\n",
		  "line 2, column 1: key that is not text or a number" },
		{ "\xc3\xa4: 1\nb: \xff\n", "line 2, column 4: " },
		{ "a\n\xc3\xa4: \x01\n", "line 2, column 4: " },
		{ "\"\\ud800\"", "line 1, column 4: " },
		{ "%YAML 9.9\n---\na", "line 1, column 1: " },
		{ "!x!y a", "line 1, column 1: " },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = { 0 };

		OK(!parse(a, cases[i].yaml, &e) && e.code == ERR_PARSE,
		   "refused: case %zu", i);
		OK(strncmp(e.msg, cases[i].msg, strlen(cases[i].msg)) == 0,
		   "says where: %s", e.msg);
	}
}

static void test_places(struct arena *a)
{
	struct err e = { 0 };
	const struct node *n =
		parse(a, "# head\n\xc3\xa4: 'q'\nlist:\n  - one\n  - {x: 2}\nz: 0\n", &e);
	const struct node *m;

	if (!OK(n && n->n == 1, "one document"))
		return;
	m = n->first->first;
	OK(m->quoted && m->key_line == 2 && m->key_col == 1 && m->line == 2 &&
		   m->col == 4,
	   "key and value");
	m = m->next;
	OK(!m->quoted && m->line == 4 && m->col == 3, "block sequence");
	OK(m->end_line == 5 && m->end_col == 11, "ends with its last child: %d:%d",
	   m->end_line, m->end_col);
	OK(m->first->next->line == 5 && m->first->next->col == 5, "flow mapping");
	OK(!m->raw && m->raw_len == 0, "there are no JSON bytes");
	n = parse(a, "a: 1\nb: 2\na: 3\n", &e);
	OK(!n->first->first->duplicate && n->first->first->next->next->duplicate,
	   "a duplicate key is marked");
	n = parse(a, "d: &d {a: 1}\no: {<<: *d, a: 2}\n", &e);
	m = n->first->first->next;
	OK(m->n == 1 && !m->first->duplicate && m->first->line == 2,
	   "a key that hides a merged one is no duplicate");
	n = parse(a, "d: &d {a: 1}\no: {<<: *d}\n", &e);
	m = n->first->first->next;
	OK(m->first->line == 1 && m->first->key_col == 8,
	   "a merged member has the place of its text");
	n = parse(a, "a: &x\n  b: 1\nc: *x\n", &e);
	m = n->first->first->next;
	OK(m->line == 3 && m->col == 4 && m->first->line == 2,
	   "an alias has a place of its own");
	n = parse(a,
		  "\xef\xbb\xbf\xf0\x9f\x94\x92: \"\xf0\x9f\x94\x92\"\n"
		  "\xe2\x82\xac: [\xf0\x9f\x94\x92, b]\n",
		  &e);
	m = n->first->first;
	OK(m->key_line == 1 && m->key_col == 1 && m->col == 5 && m->end_col == 9,
	   "columns count UTF-16 code units, a byte order mark has none: %d, %d to %d",
	   m->key_col, m->col, m->end_col);
	m = m->next->first;
	OK(m->col == 5 && m->next->col == 9, "each line for itself: %d and %d", m->col,
	   m->next->col);
	OK(!parse(a, "a: \xf0\x9f\x94\x92: c\n", &e) && strstr(e.msg, "column 6:"),
	   "the column of a fault counts them too: %s", e.msg);
	OK(!parse(a, "\xf0\x9f\x94\x92: \x01\n", &e) && strstr(e.msg, "column 5:"),
	   "and that of a byte that is no text: %s", e.msg);
}

/* Nine levels of ten aliases each would be a billion nodes. */
static void test_bomb(void)
{
	CLEANUP(buf_release) struct buf b;
	struct arena *a = arena_new();
	struct err e = { 0 };
	int64_t start = clock_mono();

	buf_init(&b, 1 << 20);
	buf_adds(&b, "a0: &a0 [lol]\n");
	for (int i = 1; i < 10; i++) {
		buf_addf(&b, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			buf_addf(&b, "%s*a%d", j ? ", " : "", i - 1);
		buf_adds(&b, "]\n");
	}
	OK(!yamlr_parse(a, b.data, b.len, NULL, &e), "a billion laughs are refused");
	OK(strstr(e.msg, "aliases that expand to more than 10000 nodes") != NULL,
	   "says so: %s", e.msg);
	OK(clock_mono() - start < 500, "quickly");
	OK(arena_used(a) < 1 << 20, "in little memory: %zu", arena_used(a));
	buf_reset(&b);
	buf_adds(&b, "a0: &a0 [[x]]\n");
	for (int i = 1; i < 40; i++)
		buf_addf(&b, "a%d: &a%d [[*a%d]]\n", i, i, i - 1);
	OK(!yamlr_parse(a, b.data, b.len, NULL, &e), "depth through aliases is refused");
	OK(strstr(e.msg, "nesting deeper than 64") != NULL, "says so: %s", e.msg);
	arena_free(a);
}

static void test_merge_limit(void)
{
	CLEANUP(buf_release) struct buf b;
	struct arena *a = arena_new();
	struct err e = { 0 };

	buf_init(&b, 1 << 20);
	buf_adds(&b, "d: &d {");
	for (int i = 0; i < 100; i++)
		buf_addf(&b, "%sk%d: 1", i ? ", " : "", i);
	buf_adds(&b, "}\no: &o {<<: {<<: {<<: *d}}}\nl:\n");
	for (int i = 0; i < 98; i++)
		buf_adds(&b, "- {<<: *d}\n");
	OK(!yamlr_parse(a, b.data, b.len, NULL, &e), "10,100 merged members are refused");
	OK(strstr(e.msg, "\"<<\" with too many members in all") != NULL, "says so: %s",
	   e.msg);
	arena_free(a);
}

static void test_limits(void)
{
	CLEANUP(buf_release) struct buf b;
	struct arena *a = arena_new();
	struct err e = { 0 };
	int64_t start;

	buf_init(&b, 1 << 22);
	for (int depth = 64; depth <= 65; depth++) {
		buf_reset(&b);
		for (int i = 0; i < depth; i++)
			buf_addc(&b, '[');
		for (int i = 0; i < depth; i++)
			buf_addc(&b, ']');
		OK((yamlr_parse(a, b.data, b.len, NULL, &e) != NULL) == (depth == 64),
		   "depth %d", depth);
	}
	OK(strstr(e.msg, "nesting deeper than 64") != NULL, "says so: %s", e.msg);
	buf_reset(&b);
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, '[');
	start = clock_mono();
	OK(!yamlr_parse(a, b.data, b.len, NULL, &e), "depth 100,000 is refused");
	OK(clock_mono() - start < 500, "quickly");
	buf_reset(&b);
	for (int i = 0; i < 4097; i++)
		buf_addf(&b, "k%d: 0\n", i);
	OK(!yamlr_parse(a, b.data, b.len, NULL, &e), "4097 keys are refused");
	OK(strstr(e.msg, "mapping with more than 4096 keys") != NULL, "says so: %s",
	   e.msg);
	buf_reset(&b);
	for (int i = 0; i < 1001; i++)
		buf_addf(&b, "- &a%d 0\n", i);
	OK(!yamlr_parse(a, b.data, b.len, NULL, &e), "1001 anchors are refused");
	OK(strstr(e.msg, "more than 1000 anchors") != NULL, "says so: %s", e.msg);
	buf_reset(&b);
	buf_adds(&b, "- &a [1, 2, 3]\n");
	for (int i = 0; i < 2600; i++)
		buf_adds(&b, "- *a\n");
	OK(!yamlr_parse(a, b.data, b.len, NULL, &e), "10,400 expanded nodes are refused");
	buf_reset(&b);
	buf_adds(&b, "- &a ");
	for (int i = 0; i < 300000; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, "\n- *a\n- *a\n- *a\n");
	OK(yamlr_parse(a, b.data, b.len, NULL, &e) != NULL, "900 kB by aliases");
	buf_adds(&b, "- *a\n");
	OK(!yamlr_parse(a, b.data, b.len, NULL, &e), "1.2 MB by aliases are refused");
	OK(strstr(e.msg, "more than 1 MiB of text") != NULL, "says so: %s", e.msg);
	buf_reset(&b);
	buf_adds(&b, "&a k: 1\n");
	for (int i = 0; i < 4000; i++)
		buf_adds(&b, "*a : 1\n");
	OK(yamlr_parse(a, b.data, b.len, NULL, &e) != NULL, "4000 keys by alias");
	arena_free(a);
}

int main(void)
{
	struct arena *a = arena_new();

	test_values(a);
	test_refused(a);
	test_places(a);
	test_bomb();
	test_merge_limit();
	test_limits();
	arena_free(a);
	return tap_done();
}
