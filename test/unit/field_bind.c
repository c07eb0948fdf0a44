/* SPDX-License-Identifier: Apache-2.0 */
/* JSON to structs and back, and the texts of what is refused. */
#include "test/tap.h"

#include "common/base/mem.h"
#include "common/field/bind.h"

enum level { LOW = 1, MEDIUM, HIGH };
static const char *const levels[] = { "", "low", "medium", "high", NULL };

struct step {
	const char *name;
	int64_t order_no;
};

static const struct field step_fields[] = {
	FIELD(struct step, name, .max = 5, .req = true),
	FIELD(struct step, order_no, .min = 1, .max = 9), FIELDS_END
};

struct thing {
	const char *project_name, *secret_part;
	unsigned level;
	bool active;
	int64_t limit;
	double share;
	struct opt_i64 maybe;
	struct opt_f64 maybe_share;
	struct opt_bool maybe_flag;
	struct stamp created_at;
	struct json meta, any;
	struct strs tags, levels;
	struct floats vector;
	struct items steps;
};

static const struct field fields[] = {
	FIELD(struct thing, project_name, .min = 2, .max = 4, .example = "abc"),
	FIELD(struct thing, secret_part, .flags = FIELD_HIDDEN),
	FIELD(struct thing, level, .names = levels, .def = "\"medium\""),
	FIELD(struct thing, active, .doc = NULL),
	FIELD(struct thing, limit, .min = 1, .max = 100, .def = "20", .example = "20"),
	FIELD(struct thing, share, .min = 0, .max = 1, .scale = 3),
	FIELD(struct thing, maybe, .doc = NULL),
	FIELD(struct thing, maybe_share, .scale = 2),
	FIELD(struct thing, maybe_flag, .json = "flag"),
	FIELD(struct thing, created_at, .doc = NULL),
	FIELD(struct thing, meta, .flags = FIELD_OBJECT),
	FIELD(struct thing, any, .doc = NULL),
	FIELD(struct thing, tags, .max = 3, .item_max = 4, .flags = FIELD_LENIENT),
	FIELD(struct thing, levels, .names = levels),
	FIELD(struct thing, vector, .min = 2, .max = 4),
	FIELD(struct thing, steps, .of = step_fields, .of_size = sizeof(struct step),
	      .max = 2),
	FIELDS_END
};

static bool bind(struct arena *a, const struct field *table, const char *json, void *obj,
		 struct err *e)
{
	const struct node *n = jsonr_parse(a, json, strlen(json), 0, NULL, e);

	err_clear(e);
	return n && bind_object(a, table, "argument", n, obj, e);
}

static const char *written(struct arena *a, const struct field *table, const void *obj)
{
	struct jsonw w;
	struct buf b;
	const char *text;

	buf_init(&b, 1 << 20);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	fields_json(table, obj, &w);
	jsonw_end(&w);
	text = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return text;
}

static void test_round_trip(struct arena *a)
{
	static const char full[] =
		"{\"projectName\":\"\xc3\xa4\xc3\xb6\xc3\xbc\xe2\x82\xac\",\"level\":\"high\","
		"\"active\":true,\"limit\":100,\"share\":0.125,\"maybe\":0,\"maybeShare\":1.5,"
		"\"flag\":false,\"createdAt\":\"2026-01-02T03:04:05.120Z\",\"meta\":{\"x\": 1e2},"
		"\"any\":[1, \"\\u0041\"],\"tags\":[\"a\",\"b,c\"],\"levels\":[\"low\"],"
		"\"vector\":[0.1,-2],\"steps\":[{\"name\":\"s\",\"orderNo\":3}]}";
	struct thing t = { 0 };
	struct err e = { 0 };

	if (!OK(bind(a, fields, full, &t, &e), "everything is bound: %s", e.msg))
		return;
	IS_INT(t.level, HIGH, "enum");
	IS_INT(t.steps.n, 1, "items");
	IS_INT(((struct step *)t.steps.v)->order_no, 3, "member of an item");
	IS_STR(written(a, fields, &t), full, "and written again");
}

static void test_defaults(struct arena *a)
{
	struct thing t = { 0 };
	struct err e = { 0 };

	OK(bind_object(a, fields, "argument", NULL, &t, &e),
	   "no object at all counts as {}");
	OK(t.level == MEDIUM && t.limit == 20, "defaults");
	IS_STR(written(a, fields, &t),
	       "{\"level\":\"medium\",\"active\":false,\"limit\":20,\"share\":0}",
	       "what is not set is left out");
	t = (struct thing){ .level = HIGH, .limit = 7, .project_name = "kept" };
	OK(bind(a, fields, "{\"active\":true,\"level\":null}", &t, &e),
	   "null counts as absent");
	OK(t.level == HIGH && t.limit == 7 && str_eq(t.project_name, "kept") && t.active,
	   "values that were there are kept");
	t = (struct thing){ .secret_part = "x" };
	OK(bind(a, fields, "{}", &t, &e) && !strstr(written(a, fields, &t), "secret"),
	   "hidden members are not written");
}

static void test_lenient(struct arena *a)
{
	struct thing t = { 0 };
	struct err e = { 0 };

	OK(bind(a, fields, "{\"tags\":\" a, b c ,,d\"}", &t, &e), "one string: %s",
	   e.msg);
	OK(t.tags.n == 3 && str_eq(t.tags.v[0], "a") && str_eq(t.tags.v[1], "b c") &&
		   str_eq(t.tags.v[2], "d"),
	   "is split at commas");
	OK(bind(a, fields, "{\"tags\":\"\"}", &t, &e) && t.tags.n == 0,
	   "nothing gives no element");
}

struct refusal {
	const char *json, *msg;
};

static void test_refusals(struct arena *a)
{
	static const struct refusal cases[] = {
		{ "{\"limit\":0}",
		  "argument \"limit\": 0 is below the minimum; accepted is an "
		  "integer from 1 to 100, for example 20" },
		{ "{\"limit\":101}",
		  "argument \"limit\": 101 is above the maximum; accepted is "
		  "an integer from 1 to 100, for example 20" },
		{ "{\"limit\":5.0}",
		  "argument \"limit\": 5.0 is not an integer; accepted is an "
		  "integer from 1 to 100, for example 20" },
		{ "{\"limit\":1e1}",
		  "argument \"limit\": 1e1 is not an integer; accepted is an "
		  "integer from 1 to 100, for example 20" },
		{ "{\"limit\":\"5\"}",
		  "argument \"limit\": got a string; accepted is an integer "
		  "from 1 to 100, for example 20" },
		{ "{\"maybe\":9007199254740992}",
		  "argument \"maybe\": 9007199254740992 is beyond ±9007199254740991; accepted "
		  "is an integer" },
		{ "{\"maybe\":99999999999999999999}",
		  "argument \"maybe\": 99999999999999999999 is beyond ±9007199254740991; "
		  "accepted is an integer" },
		{ "{\"share\":1.01}",
		  "argument \"share\": 1.01 is above the maximum; accepted is "
		  "a number from 0 to 1" },
		{ "{\"share\":-0.5}",
		  "argument \"share\": -0.5 is below the minimum; accepted is "
		  "a number from 0 to 1" },
		{ "{\"maybeShare\":true}",
		  "argument \"maybeShare\": got a boolean; accepted is a number" },
		{ "{\"projectName\":\"a\"}",
		  "argument \"projectName\": length 1 is below the minimum; accepted is a string of 2 "
		  "to 4 characters, for example \"abc\"" },
		{ "{\"projectName\":\"abcde\"}",
		  "argument \"projectName\": length 5 is above the maximum; accepted is a string of 2 "
		  "to 4 characters, for example \"abc\"" },
		{ "{\"projectName\":5}",
		  "argument \"projectName\": got a number; accepted is a "
		  "string of 2 to 4 characters, for example \"abc\"" },
		{ "{\"level\":\"hihg\"}",
		  "argument \"level\": \"hihg\" is unknown, did you mean "
		  "\"high\"?; accepted is one of low, medium, high" },
		{ "{\"level\":\"zzzzzzz\"}",
		  "argument \"level\": \"zzzzzzz\" is unknown; "
		  "accepted is one of low, medium, high" },
		{ "{\"level\":\"\"}",
		  "argument \"level\": \"\" is unknown; accepted is one of "
		  "low, medium, high" },
		{ "{\"level\":2}",
		  "argument \"level\": got a number; accepted is one of low, medium, high" },
		{ "{\"active\":\"true\"}",
		  "argument \"active\": got a string; accepted is true or false" },
		{ "{\"active\":1}",
		  "argument \"active\": got a number; accepted is true or false" },
		{ "{\"createdAt\":\"yesterday\"}",
		  "argument \"createdAt\": \"yesterday\" is not a time; accepted is a date and "
		  "time such as 2026-01-02T03:04:05Z" },
		{ "{\"createdAt\":1767322800}",
		  "argument \"createdAt\": got a number; accepted is a date and time such as "
		  "2026-01-02T03:04:05Z" },
		{ "{\"meta\":[1]}",
		  "argument \"meta\": got an array; accepted is an object" },
		{ "{\"tags\":5}",
		  "argument \"tags\": got a number; accepted is an array of at most 3 elements of "
		  "strings, each of at most 4 characters" },
		{ "{\"tags\":[\"a\",5]}",
		  "argument \"tags[1]\": got a number; accepted is an array of at most 3 elements "
		  "of strings, each of at most 4 characters" },
		{ "{\"tags\":[\"a\",null]}",
		  "argument \"tags[1]\": got null; accepted is an array of at most 3 elements of "
		  "strings, each of at most 4 characters" },
		{ "{\"tags\":[\"abcde\"]}",
		  "argument \"tags[0]\": length 5 is above the maximum; accepted is an array of at "
		  "most 3 elements of strings, each of at most 4 characters" },
		{ "{\"tags\":\"a,b,c,d\"}",
		  "argument \"tags\": length 4 is above the maximum; accepted is an array of at most 3 "
		  "elements of strings, each of at most 4 characters" },
		{ "{\"levels\":\"low\"}",
		  "argument \"levels\": got a string; accepted is an "
		  "array, each one of low, medium, high" },
		{ "{\"levels\":[\"low\",\"hihg\"]}",
		  "argument \"levels[1]\": \"hihg\" is unknown, did you mean \"high\"?; accepted is "
		  "an array, each one of low, medium, high" },
		{ "{\"vector\":[1]}",
		  "argument \"vector\": length 1 is below the minimum; accepted is "
		  "an array of 2 to 4 elements of numbers" },
		{ "{\"vector\":[1,\"2\"]}",
		  "argument \"vector[1]\": got a string; accepted is "
		  "an array of 2 to 4 elements of numbers" },
		{ "{\"vector\":[1,1e39]}",
		  "argument \"vector[1]\": 1e39 is too large; accepted "
		  "is an array of 2 to 4 elements of numbers" },
		{ "{\"steps\":{}}",
		  "argument \"steps\": got an object; accepted is an array of "
		  "at most 2 elements of objects" },
		{ "{\"steps\":[5]}",
		  "argument \"steps[0]\": got a number; accepted is an array "
		  "of at most 2 elements of objects" },
		{ "{\"steps\":[{\"name\":\"a\"},{}]}",
		  "argument \"steps[1].name\" is missing; accepted is a string of at most 5 "
		  "characters" },
		{ "{\"steps\":[{\"name\":\"a\",\"orderNo\":10}]}",
		  "argument \"steps[0].orderNo\": 10 is above the maximum; accepted is an integer "
		  "from 1 to 9" },
		{ "{\"steps\":[{\"name\":\"a\",\"ordreNo\":1}]}",
		  "unknown argument \"steps[0].ordreNo\", did you mean \"orderNo\"?" },
		{ "{\"proejctName\":\"x\"}",
		  "unknown argument \"proejctName\", did you mean \"projectName\"?" },
		{ "{\"project_name\":\"x\"}",
		  "unknown argument \"project_name\", did you mean \"projectName\"?" },
		{ "{\"secretPart\":\"x\"}", NULL },
		{ "{\"Limit\":5}",
		  "unknown argument \"Limit\", did you mean \"limit\"?" },
		{ "[]", "arguments must be one object, got an array" },
		{ "\"x\"", "arguments must be one object, got a string" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct thing t = { 0 };
		struct err e = { 0 };

		OK(!bind(a, fields, cases[i].json, &t, &e) && e.code == ERR_ARG,
		   "refused: %s", cases[i].json);
		if (cases[i].msg)
			IS_STR(e.msg, cases[i].msg, "its text");
		else
			OK(strncmp(e.msg, "unknown argument \"secretPart\"", 29) == 0,
			   "%s", e.msg);
	}
}

static void test_unknown(struct arena *a)
{
	static const struct field none[] = { FIELDS_END };
	struct step s = { 0 };
	struct err e = { 0 };
	char *json;

	OK(!bind(a, step_fields, "{\"whatever\":1}", &s, &e), "an unknown name");
	IS_STR(e.msg, "unknown argument \"whatever\"; accepted are name, orderNo",
	       "lists all");
	OK(!bind(a, none, "{\"x\":1}", &s, &e), "a name where there are none");
	IS_STR(e.msg, "unknown argument \"x\"; none is accepted here", "its text");
	OK(!bind(a, step_fields, "{}", &s, &e), "a missing one");
	IS_STR(e.msg,
	       "argument \"name\" is missing; accepted is a string of at most 5 characters",
	       "its text");
	json = arena_alloc(a, 20000);
	memset(json, 'k', 19999);
	memcpy(json, "{\"\xe2\x80\xae\\u001b", 11);
	memcpy(json + 19995, "\":1}", 4);
	OK(!bind(a, step_fields, json, &s, &e), "a huge and evil name");
	OK(strlen(e.msg) < 200 && !strstr(e.msg, "\xe2\x80\xae") && !strchr(e.msg, 0x1b),
	   "is cut and printable: %s", e.msg);
}

static const struct field *named(const char *name)
{
	return field_find(fields, name, strlen(name));
}

static void test_text(struct arena *a)
{
	static const struct {
		const char *field, *text, *msg;
	} bad[] = {
		{ "limit", "abc",
		  "option \"limit\": \"abc\" is not a number; accepted is an "
		  "integer from 1 to 100, for example 20" },
		{ "limit", "1.5",
		  "option \"limit\": 1.5 is not an integer; accepted is an "
		  "integer from 1 to 100, for example 20" },
		{ "limit", "",
		  "option \"limit\": \"\" is not a number; accepted is an integer "
		  "from 1 to 100, for example 20" },
		{ "limit", "500",
		  "option \"limit\": 500 is above the maximum; accepted is an "
		  "integer from 1 to 100, for example 20" },
		{ "active", "maybe",
		  "option \"active\": \"maybe\" is neither; accepted is true or false" },
		{ "project_name", "a\xff",
		  "option \"projectName\": is not valid UTF-8; accepted "
		  "is a string of 2 to 4 characters, for example \"abc\"" },
		{ "meta", "{",
		  "option \"meta\": not readable, line 1, column 2: unexpected end "
		  "of text, expected a key in double quotes or '}'; accepted is an "
		  "object" },
		{ "vector", "1,2",
		  "option \"vector\": not readable, line 1, column 2: "
		  "unexpected ',', expected the end of the text; accepted is an "
		  "array of 2 to 4 elements of numbers" },
	};
	struct thing t = { 0 };
	struct err e = { 0 };

	OK(bind_text(a, named("limit"), "option", "5", &t, &e) && t.limit == 5,
	   "integer");
	OK(bind_text(a, named("share"), "option", "0.5", &t, &e) && t.share > 0.4,
	   "number");
	OK(bind_text(a, named("active"), "option", "yes", &t, &e) && t.active, "bool");
	OK(bind_text(a, named("level"), "option", "high", &t, &e) && t.level == HIGH,
	   "enum");
	OK(bind_text(a, named("created_at"), "option", "2026-01-02", &t, &e) &&
		   t.created_at.ms == INT64_C(1767312000000),
	   "date");
	OK(bind_text(a, named("levels"), "option", "low,high", &t, &e) && t.levels.n == 2,
	   "list with commas");
	OK(bind_text(a, named("levels"), "option", "[\"low\"]", &t, &e) &&
		   t.levels.n == 1,
	   "list as JSON");
	OK(bind_text(a, named("vector"), "option", "[1,2]", &t, &e) && t.vector.n == 2,
	   "floats");
	OK(bind_text(a, named("meta"), "option", "{\"a\":\n1}", &t, &e), "object");
	IS_STR(t.meta.text, "{\"a\":1}", "on one line");
	OK(bind_text(a, named("project_name"), "option", "12", &t, &e), "text of digits");
	IS_STR(t.project_name, "12", "stays text");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		OK(!bind_text(a, named(bad[i].field), "option", bad[i].text, &t, &e) &&
			   e.code == ERR_ARG,
		   "refused: %s", bad[i].field);
		IS_STR(e.msg, bad[i].msg, "its text");
	}
}

static void test_required_list(struct arena *a)
{
	static const struct field table[] = {
		FIELD(struct thing, tags, .req = true),
		FIELD(struct thing, steps, .of = step_fields,
		      .of_size = sizeof(struct step), .req = true),
		FIELDS_END
	};
	struct thing t = { 0 };

	IS_STR(written(a, table, &t), "{\"tags\":[],\"steps\":[]}",
	       "required lists are written when they are empty");
}

static void test_names(void)
{
	static const struct field f = { .name = "a_b1_2c_d_", .kind = KIND_STR };
	char out[64];

	IS_STR(field_json_name(&f, out, sizeof(out)), "aB1_2cD_", "camel case");
	IS_STR(field_json_name(named("maybe_flag"), out, sizeof(out)), "flag",
	       "name of its own");
	IS_STR(field_json_name(&f, out, 4), "aB1", "cut to the room there is");
	OK(field_find(fields, "limit", 5) == named("limit") &&
		   !field_find(fields, "limits", 6) && !field_find(fields, "limit", 4),
	   "found by the whole name only");
}

/* The copy stays when the original and all that it points to changes. */
static void test_copy(struct arena *a)
{
	char name[] = "abc", meta[] = "{}", tag[] = "t", step[] = "go";
	const char *tags[] = { tag };
	float vector[] = { 1, 2 };
	struct step steps[] = { { .name = "no" }, { .name = step, .order_no = 7 } };
	struct thing in = { .project_name = name,
			    .level = HIGH,
			    .active = true,
			    .limit = 5,
			    .share = 0.5,
			    .maybe = { 3, true },
			    .created_at = { 9 },
			    .meta = { meta },
			    .tags = { tags, 1 },
			    .vector = { vector, 2 },
			    .steps = { steps, 2 } };
	const struct thing *out = fields_copy(a, fields, &in);
	const struct step *s = out->steps.v;

	name[0] = meta[0] = tag[0] = step[0] = 'X';
	tags[0] = NULL;
	vector[1] = 0;
	steps[1].order_no = 0;
	IS_STR(out->project_name, "abc", "a text");
	OK(!out->secret_part && !out->any.text && !out->levels.v, "what is not set");
	OK(out->level == HIGH && out->active && out->limit == 5 && out->share > 0.4 &&
		   out->maybe.set && out->maybe.v == 3 && out->created_at.ms == 9,
	   "plain members");
	IS_STR(out->meta.text, "{}", "JSON");
	OK(out->tags.n == 1 && str_eq(out->tags.v[0], "t"), "a list of texts");
	OK(out->vector.n == 2 && out->vector.v[1] > 1, "a list of numbers");
	OK(out->steps.n == 2 && str_eq(s[1].name, "go") && s[1].order_no == 7,
	   "a list of objects");
}

int main(void)
{
	struct arena *a = arena_new();

	test_round_trip(a);
	test_defaults(a);
	test_lenient(a);
	test_refusals(a);
	test_unknown(a);
	test_text(a);
	test_required_list(a);
	test_names();
	test_copy(a);
	arena_free(a);
	return tap_done();
}
