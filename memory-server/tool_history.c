/* SPDX-License-Identifier: Apache-2.0 */
/* list_search_history: what was searched, when, and with how many results. */
#include <inttypes.h>

#include "common/rpc/page.h"
#include "memory-server/history_store.h"
#include "memory-server/metadata.h"
#include "memory-server/tools.h"
#include "memory-server/words.h"

struct in {
	const char *contains;
	struct stamp since, until;
	const char *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	struct items searches;
};

static const struct field in_fields[] = {
	FIELD(struct in, contains, .max = 200, .doc = "Part of the question."),
	COLUMN(struct in, since), COLUMN(struct in, until), PAGE_FIELDS(struct in),
	FIELDS_END
};

static const struct field out_fields[] = {
	FIELD(struct out, searches, .of = search_history_fields,
	      .of_size = sizeof(struct search_history), .req = true),
	PAGE_OUT_FIELDS, FIELDS_END
};

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct search_history *h = row;

	return page_pos(c, h->created_at.ms, h->id);
}

static const char *lower(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s);

	for (char *p = out; p && *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	}
	return out;
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	const char *filter =
		arena_printf(c->arena, "%" PRId64 " %" PRId64 " %s", in->since.ms,
			     in->until.ms, in->contains ? in->contains : "");
	struct history_filter f = { .contains = lower(c->arena, in->contains),
				    .since = in->since,
				    .until = in->until,
				    .limit = in->limit };
	struct search_history *h;
	const char *pos;
	struct rows rows;

	if (in->since.ms && in->until.ms && in->since.ms >= in->until.ms)
		return err_set(e, ERR_ARG,
			       "argument \"until\" is not after \"since\"; accepted is a"
			       " later time");
	if (!page_open(c, "list_search_history", filter, in->cursor, &pos, e) ||
	    !page_read_pos(c, pos, &f.before.ms, &f.before_id, e) ||
	    !history_list(c, &f, &rows, e))
		return false;
	h = rows.at;
	for (size_t i = 0; i < rows.n; i++) {
		if (h[i].filters.text && !metadata_canonical(c->arena, &h[i].filters, e))
			return false;
	}
	return page_write(c,
			  &(struct page){ .list = "list_search_history",
					  .filter = filter,
					  .limit = in->limit,
					  .key = "searches",
					  .fields = search_history_fields,
					  .size = sizeof(struct search_history),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_list_search_history = {
	.name = "list_search_history",
	.title = "List past searches",
	.doc = "Lists earlier searches, newest first. Use it to see what was looked for and not found.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
	.flags = TOOL_SYNC,
};
