/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata: defaults, merging, tags, canonical JSON, hostile input. */
#include "memory-server/metadata.h"

#include "common/base/buf.h"
#include "test/tap.h"

static struct ctx c;
static struct err e;
static struct strs tags;

/* The metadata that comes of an object, or NULL; the clock stands nearly still. */
static const char *built(const char *given, const char *old)
{
	const struct metadata_in in = { .timestamp = { 1767323045000 } };
	struct json out = { NULL };

	e.msg[0] = '\0';
	return metadata_build(&c, &in, given, old, &out, &tags, &e) ? out.text : NULL;
}

#define HEAD "\"source\":\"api\",\"tags\":[],\"timestamp\":\"2026-01-02T03:04:05.000Z\","
#define TAIL "\"type\":\"text\"}"

static void fill(void)
{
	struct metadata_in in = { .type = TYPE_CODE, .author = "me" };
	struct json out;

	IS_STR(built(NULL, NULL), "{" HEAD TAIL, "what is missing is filled in");
	IS_STR(built("{}", NULL), "{" HEAD TAIL, "an empty object too");
	IS_STR(built("{\"zz\":1,\"aa\":{\"b\":[{\"y\":1,\"x\":2}],\"a\":null}, \"\\u00e9\":\"\\/\"}",
		     NULL),
	       "{\"aa\":{\"a\":null,\"b\":[{\"x\":2,\"y\":1}]}," HEAD
	       "\"type\":\"text\",\"zz\":1,\"\xc3\xa9\":\"/\"}",
	       "keys sorted at every level, shortest escapes");
	IS_STR(built("{\"type\":\"code\",\"source\":\"system\",\"author\":\"x\",\"own\":1}",
		     NULL),
	       "{\"author\":\"x\",\"own\":1,\"source\":\"system\",\"tags\":[],"
	       "\"timestamp\":\"2026-01-02T03:04:05.000Z\",\"type\":\"code\"}",
	       "given members count");
	OK(metadata_build(&c, &in, "{\"type\":\"image\",\"author\":\"you\"}", NULL, &out,
			  &tags, &e) &&
		   strstr(out.text, "\"type\":\"code\"") &&
		   strstr(out.text, "\"author\":\"me\""),
	   "arguments beside the object win");
	IS_STR(built("{\"own\":null,\"type\":null,\"tags\":null,\"author\":null}", NULL),
	       "{" HEAD TAIL, "null counts as absent");
}

static void merge(void)
{
	const char *old =
		built("{\"a\":1,\"b\":{\"x\":1},\"type\":\"code\",\"tags\":\"t\"}", NULL);
	const char *now = built("{\"b\":2,\"c\":3,\"a\":null}", old);

	IS_STR(now,
	       "{\"b\":2,\"c\":3,\"source\":\"api\",\"tags\":[\"t\"],"
	       "\"timestamp\":\"2026-01-02T03:04:05.000Z\",\"type\":\"code\"}",
	       "new members replace, null removes, the rest stays");
	IS_INT(tags.n, 1, "tags stay");
	OK(strstr(built("{\"tags\":[]}", old), "\"tags\":[]") && tags.n == 0,
	   "an empty list takes them away");
}

static void all_tags(void)
{
	built("{\"tags\":\" A ,b\\t\\n c,,a, B  C \"}", NULL);
	IS_INT(tags.n, 2, "a string of tags");
	IS_STR(tags.v[0], "a", "small letters, trimmed");
	IS_STR(tags.v[1], "b c", "one blank inside, no second of the same");
	built("{\"tags\":[\"x,y\",\"\\u00c4\",\"\",\"  \"]}", NULL);
	IS_INT(tags.n, 2, "a list of tags, empty ones dropped");
	IS_STR(tags.v[0], "x,y", "a comma stays inside a listed tag");
	IS_STR(tags.v[1], "\xc3\x84", "other letters as they are");
}

static void numbers(void)
{
	static const char *const pairs[][2] = {
		{ "1e2", "100" },	{ "1.50e1", "15.0" },
		{ "-0", "0" },		{ "-0.0", "0.0" },
		{ "1E-3", "0.001" },	{ "1.5e3", "1500" },
		{ "100e-2", "1.00" },	{ "0e5", "0" },
		{ "0.05e2", "5" },	{ "0.05e-1", "0.005" },
		{ "-12.5e+1", "-125" }, { "0.00e5", "0" },
		{ "0.000e1", "0.00" },	{ "0.5", "0.5" },
		{ "12345", "12345" },	{ "9007199254740993", "9007199254740993" },
		{ "0e-3", "0.000" },	{ "-1.25e0", "-1.25" },
		{ "10", "10" },		{ "0.05e1", "0.5" },
	};
	char given[80], want[300];

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		snprintf(given, sizeof(given), "{\"n\":%s}", pairs[i][0]);
		snprintf(want, sizeof(want), "{\"n\":%s," HEAD TAIL, pairs[i][1]);
		IS_STR(built(given, NULL), want, pairs[i][0]);
	}
}

static void refused(const char *given, const char *text, const char *what)
{
	bool no = !built(given, NULL);

	if (!OK(no && (e.code == ERR_ARG || e.code == ERR_PARSE) && strstr(e.msg, text),
		"refused: %s", what))
		printf("#   %s\n", e.msg);
}

/* each n times, # in it the number. */
static char *many(const char *first, const char *each, size_t n, const char *last)
{
	struct buf b;
	char *out;

	buf_init(&b, 64u << 20);
	buf_adds(&b, first);
	for (size_t i = 0; i < n; i++)
		for (const char *p = each; *p; p++) {
			if (*p == '#')
				buf_addf(&b, "%03zu", i);
			else
				buf_addc(&b, *p);
		}
	buf_adds(&b, last);
	out = arena_strdup(c.arena, buf_text(&b));
	buf_release(&b);
	return out;
}

static void hostile(void)
{
	refused("[]", "object", "a list");
	refused("{\"type\":\"picture\"}", "metadata.type", "an unknown type");
	refused("{\"source\":7}", "metadata.source", "a number as source");
	refused("{\"tags\":7}", "metadata.tags", "a number as tags");
	refused("{\"tags\":[\"a\",{}]}", "metadata.tags", "an object among tags");
	refused("{\"tags\":[\"a\\u0007\"]}", "control", "a control character in a tag");
	refused("{\"timestamp\":\"soon\"}", "metadata.timestamp", "a time that is none");
	refused("{\"timestamp\":1767323045}", "metadata.timestamp", "a number as time");
	refused("{\"author\":[]}", "metadata.author", "a list as author");
	refused("{\"n\":1e300}", "1e300", "a number of 301 digits");
	refused("{\"n\":[{\"m\":1e-300}]}", "1e-300", "a number of 300 decimals");
	refused("{\"n\":0e-999999999}", "0e-999999999", "a billion zeros");
	refused("{\"n\":NaN}", "", "NaN");
	refused("{\"a\":1,\"a\":2}", "a", "a key twice");
	refused("{\"a\":\"\\u0000\"}", "", "NUL");
	refused("{\"a\":\"\\ud800\"}", "", "half a surrogate");
	refused("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}",
		"deeper", "nine levels");
	OK(built("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}", NULL),
	   "seven are fine");
	refused(many("{\"tags\":[\"", "t#\",\"", 101, "\"]}"), "100", "101 tags");
	refused(many("{\"tags\":\"", "t#,", 101, "\"}"), "100", "101 tags in a string");
	refused(many("{\"tags\":[\"", "t#\",\"", 60000, "\"]}"), "100", "60,000 tags");
	OK(built(many("{\"tags\":[\"", "t\",\"", 60000, "\"]}"), NULL) && tags.n == 1,
	   "60,000 times one tag is one");
	refused(many("{\"tags\":[\"", "t", 101, "\"]}"), "characters",
		"a tag of 101 characters");
	refused(many("{\"author\":\"", "x", 201, "\"}"), "200", "a long author");
	refused(many("{\"x\":\"", "y", 70000, "\"}"), "65536", "70,000 bytes");
	refused(many("{\"x\":{", "\"k#\":1,", 5000, "\"\":1}}"), "", "5,001 keys");
}

static void shown(void)
{
	struct memory_hit h = { .created_at = { 1000 } };
	struct json big = { built(many("{\"tags\":[\"",
				       "#0123456789012345678901234567890"
				       "1234567890123456789\",\"",
				       100, "\"],\"own\":\"x\",\"author\":\"me\"}"),
				  NULL) };
	struct json foreign = { "{\"type\":7,\"tags\":\"x\",\"timestamp\":null}" };
	struct json spaced = { "{ \"b\" : 1e2,\n\"a\" : [ ] }" };

	h.metadata = big;
	metadata_show(c.arena, &h);
	OK(h.tags.n > 10 && h.tags.n < 100, "a row shows %zu of 100 long tags", h.tags.n);
	IS_STR(h.author, "me", "author");
	OK(strlen(metadata_brief(c.arena, &big, 1000)) < 1500 &&
		   strstr(metadata_brief(c.arena, &big, 1000), "\"author\":\"me\""),
	   "the short form is short");
	h = (struct memory_hit){ .metadata = foreign, .created_at = { 1000 } };
	metadata_show(c.arena, &h);
	OK(!h.type && !h.author && !h.tags.n && h.timestamp.ms == 1000,
	   "a foreign row does no harm");
	OK(metadata_canonical(c.arena, &spaced, &e), "canonical");
	IS_STR(spaced.text, "{\"a\":[],\"b\":100}", "of what a database gives back");
	IS_STR(metadata_str(c.arena, &big, "author"), "me", "one member");
	OK(!metadata_str(c.arena, &big, "none"), "none");
}

int main(void)
{
	c.arena = arena_new();
	fill();
	merge();
	all_tags();
	numbers();
	hostile();
	shown();
	arena_free(c.arena);
	return tap_done();
}
