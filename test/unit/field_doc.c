/* SPDX-License-Identifier: Apache-2.0 */
/* Field tables as Markdown. */
#include "test/tap.h"

#include "common/field/doc.h"

static const char *const levels[] = { "", "low", "high", NULL };

struct part {
	const char *name;
	double share;
};

static const struct field part_fields[] = {
	FIELD(struct part, name, .req = true, .max = 9, .doc = "Name."),
	FIELD(struct part, share, .min = 0, .max = 1), FIELDS_END
};

struct thing {
	const char *hidden;
	unsigned how_bad;
	int64_t limit;
	struct stamp at;
	struct json any, object;
	struct strs tags, kinds;
	struct floats vector;
	struct opt_bool flag;
	struct items parts;
};

static const struct field fields[] = {
	FIELD(struct thing, hidden, .flags = FIELD_HIDDEN),
	FIELD(struct thing, how_bad, .names = levels, .doc = "a | b\nc"),
	FIELD(struct thing, limit, .min = 1, .max = 9, .def = "5"),
	FIELD(struct thing, at, .doc = "When."),
	FIELD(struct thing, any, .doc = NULL),
	FIELD(struct thing, object, .flags = FIELD_OBJECT),
	FIELD(struct thing, tags, .min = 1, .max = 3, .item_max = 7),
	FIELD(struct thing, kinds, .names = levels),
	FIELD(struct thing, vector, .min = 2),
	FIELD(struct thing, flag, .req = true),
	FIELD(struct thing, parts, .of = part_fields, .of_size = sizeof(struct part)),
	FIELDS_END
};

int main(void)
{
	CLEANUP(buf_release) struct buf b;

	buf_init(&b, 1 << 16);
	doc_fields(fields, &b);
	IS_STR(buf_text(&b),
	       "| Name | Type | Required or default | Range | Meaning |\n"
	       "|---|---|---|---|---|\n"
	       "| `howBad` | one of `low`, `high` |  |  | a \\| b c |\n"
	       "| `limit` | integer | `5` | 1 to 9 |  |\n"
	       "| `at` | date-time |  |  | When. |\n"
	       "| `any` | any value |  |  |  |\n"
	       "| `object` | object |  |  |  |\n"
	       "| `tags` | array of strings |  | 1 to 3 elements, each at most 7 characters |  |\n"
	       "| `kinds` | array of `low`, `high` |  |  |  |\n"
	       "| `vector` | array of numbers |  | at least 2 elements |  |\n"
	       "| `flag` | boolean | required |  |  |\n"
	       "| `parts` | array of objects |  |  |  |\n"
	       "| `parts[].name` | string | required | at most 9 characters | Name. |\n"
	       "| `parts[].share` | number |  | 0 to 1 |  |\n",
	       "table");
	return tap_done();
}
