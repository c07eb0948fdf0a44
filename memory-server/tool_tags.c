/* SPDX-License-Identifier: Apache-2.0 */
/* list_tags: the tags in use, most used first. */
#include "common/base/str.h"
#include "common/rpc/page.h"
#include "memory-server/memory_store.h"
#include "memory-server/metadata.h"
#include "memory-server/tools.h"

struct in {
	const char *prefix, *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	struct items tags;
};

static const struct field in_fields[] = { FIELD(struct in, prefix, .max = TAG_MAX,
						.doc = "Only tags that begin so."),
					  PAGE_FIELDS(struct in), FIELDS_END };

static const struct field out_fields[] = { FIELD(struct out, tags, .of = tag_count_fields,
						 .of_size = sizeof(struct tag_count),
						 .req = true),
					   PAGE_OUT_FIELDS, FIELDS_END };

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct tag_count *t = row;

	return page_pos(c, t->count, t->tag);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	const char *given = in->prefix ? in->prefix : "", *pos;
	const struct strs one = { .v = &given, .n = 1 };
	struct tag_filter f = {
		.now = clock_now(), .limit = in->limit, .pos_count = -1, .pos_tag = ""
	};
	struct strs prefix;
	struct rows rows;

	if (!tags_normal(c, &one, &prefix, e) ||
	    !page_open(c, "list_tags", given, in->cursor, &pos, e) ||
	    !page_read_pos(c, pos, &f.pos_count, &f.pos_tag, e))
		return false;
	f.prefix = prefix.n ? prefix.v[0] : NULL;
	f.prefix_n = prefix.n ? (int64_t)utf8_count(f.prefix) : 0;
	if (!tag_list(c, &f, &rows, e))
		return false;
	return page_write(c,
			  &(struct page){ .list = "list_tags",
					  .filter = given,
					  .limit = in->limit,
					  .key = "tags",
					  .fields = tag_count_fields,
					  .size = sizeof(struct tag_count),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_list_tags = {
	.name = "list_tags",
	.title = "List tags",
	.doc = "Lists tags, most used first. Use it to choose existing tags before storing or filtering.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
