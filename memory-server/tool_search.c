/* SPDX-License-Identifier: Apache-2.0 */
/* search_memories: best first by words, filtered, recorded in search_history. */
#include <inttypes.h>

#include "common/app/app.h"
#include "common/app/journal.h"
#include "common/base/id.h"
#include "common/base/str.h"
#include "common/rpc/page.h"
#include "memory-server/filter.h"
#include "memory-server/history_store.h"
#include "memory-server/tools.h"
#include "memory-server/words.h"

struct in {
	struct filter_args f; /* first: FILTER_FIELDS counts on it */
	const char *query, *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	struct json filter;
	struct items results;
};

static const struct field in_fields[] = {
	FIELD(struct in, query, .min = 1, .max = 4000, .req = true,
	      .hint = "list_memories lists without words",
	      .doc = "Words or a question; any word may match."),
	FILTER_FIELDS, FIELD(struct in, cursor, .max = 1024, .doc = "From nextCursor."),
	FIELD(struct in, limit, .min = 1, .max = 100, .def = "10"), FIELDS_END
};

static const struct field out_fields[] = {
	FIELD(struct out, filter, .req = true, .flags = FIELD_OBJECT,
	      .doc = "What was applied."),
	FIELD(struct out, results, .of = memory_hit_fields,
	      .of_size = sizeof(struct memory_hit), .req = true),
	PAGE_OUT_FIELDS, FIELDS_END
};

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct memory_hit *h = row;

	return arena_printf(c->arena, "%" PRId64 " %" PRId64, h->rank, h->as_of.ms);
}

static bool read_pos(struct ctx *c, const char *pos, struct memory_filter *f,
		     struct err *e)
{
	const char *as_of = NULL;

	if (!page_read_pos(c, pos, &f->offset, &as_of, e))
		return false;
	return !as_of || str_to_i64(as_of, &f->as_of.ms) ||
	       err_set(e, ERR_ARG, "argument \"cursor\" is not one of this list");
}

static void record(struct ctx *c, const struct in *in, const char *filter, size_t found,
		   int64_t began_us)
{
	char id[UUID_LEN];
	const char *cut = in->query;
	struct search_history h = { .filters.text = filter,
				    .results_count =
					    (int64_t)MIN(found, (size_t)in->limit),
				    .execution_time = (clock_mono_us() - began_us) / 1000,
				    .created_at = clock_now() };

	for (int i = 0; i < QUERY_KEPT && *cut; i++)
		utf8_next(&cut);
	h.query = arena_strndup(c->arena, in->query, (size_t)(cut - in->query));
	id_uuid(id);
	h.id = id;
	journal_add(c->env->journal, history_add, search_history_fields, &h);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	int64_t began = clock_mono_us();
	struct memory_filter f;
	const char *filter, *pos, *bound;
	struct rows rows = { NULL, 0 };

	if (!filter_make(c, &in->f, &f, &filter, e))
		return false;
	bound = arena_printf(c->arena, "%s %s", in->query, filter);
	if (!page_open(c, "search_memories", bound, in->cursor, &pos, e) ||
	    !read_pos(c, pos, &f, e))
		return false;
	f.limit = in->limit;
	f.query = words_query(c->arena, in->query, db_dialect(c->db));
	if (f.query && !memory_search(c, &f, &rows, e))
		return false;
	filter_show(c, &rows, in->query, &f);
	record(c, in, filter, rows.n, began);
	jsonw_raw(out, "filter", filter);
	return page_write(c,
			  &(struct page){ .list = "search_memories",
					  .filter = bound,
					  .limit = in->limit,
					  .key = "results",
					  .fields = memory_hit_fields,
					  .size = sizeof(struct memory_hit),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_search_memories = {
	.name = "search_memories",
	.title = "Search memories",
	.doc = "Finds memories by words, best first. Use it before answering what earlier sessions may have settled.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
