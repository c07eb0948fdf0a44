/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Schemas of field tables. */
#include "test/tap.h"

#include "common/field/bind.h"

static const char *const levels[] = { "", "low", "high", NULL };

struct part {
	const char *name;
};

static const struct field part_fields[] = {
	FIELD(struct part, name, .req = true, .max = 9), FIELDS_END
};

struct all {
	const char *s, *hidden;
	unsigned e;
	bool b;
	int64_t i;
	double f;
	struct opt_i64 oi;
	struct stamp t;
	struct json j, o;
	struct strs ss, wide, es;
	const char *near;
	struct floats fs;
	struct items is;
};

static const struct field all_fields[] = {
	FIELD(struct all, s, .min = 1, .max = 9, .req = true, .doc = "Text."),
	FIELD(struct all, hidden, .req = true, .flags = FIELD_HIDDEN),
	FIELD(struct all, e, .names = levels, .def = "\"low\"", .req = true),
	FIELD(struct all, b, .doc = NULL),
	FIELD(struct all, i, .min = 0, .max = 5, .example = "3"),
	FIELD(struct all, f, .example = "0.5"),
	FIELD(struct all, oi, .min = 1, .max = 2),
	FIELD(struct all, t, .example = "2026-01-02T03:04:05Z"),
	FIELD(struct all, j, .doc = NULL),
	FIELD(struct all, o, .flags = FIELD_OBJECT),
	FIELD(struct all, ss, .max = 3, .item_max = 7),
	FIELD(struct all, wide, .max = 100, .item_max = 100),
	FIELD(struct all, near, .max = 99),
	FIELD(struct all, es, .names = levels, .min = 1),
	FIELD(struct all, fs, .doc = NULL),
	FIELD(struct all, is, .of = part_fields, .of_size = sizeof(struct part), .max = 4,
	      .req = true),
	FIELDS_END
};

static const struct field none[] = { FIELDS_END };

static const char *schema(const struct field *fields, bool output)
{
	static struct buf b;
	struct jsonw w;

	buf_release(&b);
	buf_init(&b, 1 << 16);
	jsonw_init(&w, &b);
	fields_schema(fields, NULL, output, &w);
	return buf_text(&b);
}

#define TYPES                                                                \
	"{\"type\":\"object\"},{\"type\":\"string\"},{\"type\":\"number\"}," \
	"{\"type\":\"boolean\"}"
#define ANY \
	"{\"anyOf\":[" TYPES ",{\"type\":\"array\",\"items\":{\"anyOf\":[" TYPES "]}}]}"

int main(void)
{
	IS_STR(schema(all_fields, false),
	       "{\"type\":\"object\",\"properties\":{"
	       "\"s\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":9,"
	       "\"description\":\"Text.\"},"
	       "\"e\":{\"type\":\"string\",\"enum\":[\"low\",\"high\"],\"default\":\"low\"},"
	       "\"b\":{\"type\":\"boolean\"},"
	       "\"i\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":5,\"examples\":[3]},"
	       "\"f\":{\"type\":\"number\",\"examples\":[0.5]},"
	       "\"oi\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":2},"
	       "\"t\":{\"type\":\"string\",\"format\":\"date-time\","
	       "\"examples\":[\"2026-01-02T03:04:05Z\"]},"
	       "\"j\":" ANY ",\"o\":{\"type\":\"object\"},"
	       "\"ss\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"maxLength\":7},"
	       "\"maxItems\":3},"
	       "\"wide\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
	       "\"near\":{\"type\":\"string\",\"maxLength\":99},"
	       "\"es\":{\"type\":\"array\",\"items\":{\"type\":\"string\","
	       "\"enum\":[\"low\",\"high\"]},\"minItems\":1},"
	       "\"fs\":{\"type\":\"array\",\"items\":{\"type\":\"number\"}},"
	       "\"is\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":"
	       "{\"name\":{\"type\":\"string\",\"maxLength\":9}},\"required\":[\"name\"],"
	       "\"additionalProperties\":false},\"maxItems\":4}},"
	       "\"required\":[\"s\",\"is\"],\"additionalProperties\":false}",
	       "input schema");
	IS_STR(schema(all_fields, true),
	       "{\"type\":\"object\",\"properties\":{"
	       "\"s\":{\"type\":\"string\"},"
	       "\"e\":{\"type\":\"string\",\"enum\":[\"low\",\"high\"]},"
	       "\"b\":{\"type\":\"boolean\"},\"i\":{\"type\":\"integer\"},"
	       "\"f\":{\"type\":\"number\"},\"oi\":{\"type\":\"integer\"},"
	       "\"t\":{\"type\":\"string\"},"
	       "\"j\":{\"minLength\":0},\"o\":{\"type\":\"object\"},"
	       "\"ss\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
	       "\"wide\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
	       "\"near\":{\"type\":\"string\"},"
	       "\"es\":{\"type\":\"array\",\"items\":{\"type\":\"string\","
	       "\"enum\":[\"low\",\"high\"]}},"
	       "\"fs\":{\"type\":\"array\",\"items\":{\"type\":\"number\"}},"
	       "\"is\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}},"
	       "\"required\":[\"s\",\"e\",\"is\"]}",
	       "output schema");
	IS_STR(schema(none, false),
	       "{\"type\":\"object\",\"additionalProperties\":false}", "no arguments");
	IS_STR(schema(NULL, false),
	       "{\"type\":\"object\",\"additionalProperties\":false}", "no table");
	IS_STR(schema(none, true), "{\"type\":\"object\"}", "nothing returned");
	return tap_done();
}
