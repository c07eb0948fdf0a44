/* SPDX-License-Identifier: Apache-2.0 */
/* get_memory_stats: how much is remembered, and where. */
#include "memory-server/memory_store.h"
#include "memory-server/tools.h"

struct out {
	int64_t memories, expired, tags, searches, content_bytes;
	struct stamp oldest, newest;
	struct items by_type, by_source;
	const char *database;
};

static const struct field out_fields[] = {
	FIELD(struct out, memories, .req = true, .doc = "Memories that are shown."),
	FIELD(struct out, expired, .doc = "Past their expiresAt, hidden."),
	COLUMN(struct out, tags),
	FIELD(struct out, searches, .doc = "Rows of the search history."),
	FIELD(struct out, content_bytes, .json = "contentLength",
	      .doc = "Characters of all texts."),
	COLUMN(struct out, oldest),
	COLUMN(struct out, newest),
	FIELD(struct out, by_type, .of = name_count_fields,
	      .of_size = sizeof(struct name_count)),
	FIELD(struct out, by_source, .of = name_count_fields,
	      .of_size = sizeof(struct name_count)),
	FIELD(struct out, database, .req = true, .doc = "Where they are kept."),
	FIELDS_END
};

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	struct memory_totals t;
	struct rows types, sources;
	struct out o;

	(void)args;
	if (!memory_totals(c, &t, e) || !memory_counts(c, "type", &types, e) ||
	    !memory_counts(c, "source", &sources, e))
		return false;
	o = (struct out){ .memories = t.memories,
			  .expired = t.expired,
			  .tags = t.tags,
			  .searches = t.searches,
			  .content_bytes = t.content_bytes,
			  .oldest = t.oldest,
			  .newest = t.newest,
			  .by_type = { types.at, types.n },
			  .by_source = { sources.at, sources.n },
			  .database = db_where(c->db) };
	fields_json(out_fields, &o, out);
	return true;
}

const struct tool tool_get_memory_stats = {
	.name = "get_memory_stats",
	.title = "Memory statistics",
	.doc = "Counts what is kept. Use it to check that memory works, its size and its place.",
	.out = out_fields,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
	.flags = TOOL_SYNC,
};
