/* SPDX-License-Identifier: Apache-2.0 */
/* list_memories: newest first, filtered, in pages. */
#include "common/rpc/page.h"
#include "memory-server/filter.h"
#include "memory-server/tools.h"

struct in {
	struct filter_args f; /* first: FILTER_FIELDS counts on it */
	const char *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	struct items memories;
	int64_t total;
	struct json filter;
};

static const struct field in_fields[] = { FILTER_FIELDS, PAGE_FIELDS(struct in),
					  FIELDS_END };

static const struct field out_fields[] = {
	FIELD(struct out, total, .req = true, .doc = "Matching memories on all pages."),
	FIELD(struct out, filter, .req = true, .flags = FIELD_OBJECT,
	      .doc = "What was applied."),
	FIELD(struct out, memories, .of = memory_hit_fields,
	      .of_size = sizeof(struct memory_hit), .req = true),
	PAGE_OUT_FIELDS, FIELDS_END
};

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct memory_hit *h = row;

	return page_pos(c, h->created_at.ms, h->id);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct memory_filter f;
	const char *filter, *pos;
	struct rows rows;
	int64_t total;

	if (!filter_make(c, &in->f, &f, &filter, e) ||
	    !page_open(c, "list_memories", filter, in->cursor, &pos, e) ||
	    !page_read_pos(c, pos, &f.before.ms, &f.before_id, e))
		return false;
	f.limit = in->limit;
	if (!memory_list(c, &f, &rows, e) || !memory_count(c, &f, &total, e))
		return false;
	filter_show(c, &rows, NULL, &f);
	jsonw_i64(out, "total", total);
	jsonw_raw(out, "filter", filter);
	return page_write(c,
			  &(struct page){ .list = "list_memories",
					  .filter = filter,
					  .limit = in->limit,
					  .key = "memories",
					  .fields = memory_hit_fields,
					  .size = sizeof(struct memory_hit),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_list_memories = {
	.name = "list_memories",
	.title = "List memories",
	.doc = "Lists memories, newest first. Use it to look around; search_memories finds by words.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
