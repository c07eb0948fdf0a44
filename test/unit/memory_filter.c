/* SPDX-License-Identifier: Apache-2.0 */
/* Filter arguments: what reaches the store, and what is echoed. */
#include "memory-server/filter.h"

#include "common/field/bind.h"
#include "memory-server/metadata.h"
#include "test/tap.h"

static struct ctx c;
static struct err e;

struct got {
	bool ok;
	struct memory_filter f;
	const char *json;
};

static struct got make(const char *arguments)
{
	struct got g = { 0 };
	struct filter_args *in = arena_alloc(c.arena, sizeof(*in));
	const struct node *n =
		jsonr_parse(c.arena, arguments, strlen(arguments), 0, NULL, &e);

	e.msg[0] = '\0';
	g.ok = n && bind_object(c.arena, filter_args_fields, "argument", n, in, &e) &&
	       filter_make(&c, in, &g.f, &g.json, &e);
	return g;
}

static void refused(const char *arguments, const char *text)
{
	struct got g = make(arguments);

	if (!OK(!g.ok && e.code == ERR_ARG && strstr(e.msg, text), "%.60s", arguments))
		printf("#   %s\n", e.msg);
}

int main(void)
{
	struct got g;

	c.arena = arena_new();
	g = make("{}");
	OK(g.ok && !g.f.type && !g.f.source && !g.f.author && !g.f.since && !g.f.until &&
		   !g.f.tags_any.n && !g.f.tags_all.n && !g.f.tags_none.n && g.f.now.ms,
	   "nothing given, nothing filtered");
	IS_STR(g.json, "{}", "and nothing shown");
	g = make("{\"tags\":\" Alpha , beta\\t gamma,ALPHA,,\"}");
	IS_INT(g.f.tags_any.n, 2, "tags in one string");
	IS_STR(g.f.tags_any.v[1], "beta gamma", "normalised");
	IS_STR(g.json, "{\"tags\":[\"alpha\",\"beta gamma\"],\"tagMatch\":\"any\"}",
	       "shown as they ran");
	g = make("{\"tags\":[\"a,b\"],\"tagMatch\":\"all\"}");
	OK(g.f.tags_all.n == 1 && !g.f.tags_any.n && str_eq(g.f.tags_all.v[0], "a,b"),
	   "a comma inside a listed tag stays");
	g = make("{\"tags\":[\"x\"],\"tagMatch\":\"none\"}");
	OK(g.f.tags_none.n == 1 && !g.f.tags_any.n && !g.f.tags_all.n, "none");
	g = make("{\"type\":\"code\",\"source\":\"user-input\",\"author\":\"' OR ''='\","
		 "\"since\":\"2026-01-02T03:04:05+01:00\",\"until\":\"2026-02-01\"}");
	IS_STR(g.f.type, "code", "type");
	IS_STR(g.f.source, "user-input", "source");
	IS_STR(g.f.author, "' OR ''='", "author is only compared");
	IS_STR(g.f.since, "2026-01-02T02:04:05.000Z", "since in UTC");
	IS_STR(g.f.until, "2026-02-01T00:00:00.000Z", "a date is its midnight");
	refused("{\"tags\":[7]}", "\"tags");
	refused("{\"tags\":[\"a\\u0001b\"]}", "control");
	refused("{\"tags\":[\" \"]}", "\"tags\"");
	refused("{\"tagMatch\":\"some\"}", "any, all, none");
	refused("{\"type\":\"picture\"}", "image");
	refused("{\"since\":\"yesterday\"}", "\"since\"");
	refused("{\"since\":\"2026-02-01\",\"until\":\"2026-01-01\"}", "\"until\"");
	refused("{\"tag\":\"x\"}", "\"tags\"");
	refused("{\"tags\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\","
		"\"11\",\"12\",\"13\",\"14\",\"15\",\"16\",\"17\",\"18\",\"19\",\"20\","
		"\"21\"]}",
		"20");
	arena_free(c.arena);
	return tap_done();
}
