/* SPDX-License-Identifier: Apache-2.0 */
/* memory://{memoryId}, memory://recent, memory://tags. */
#include "common/base/buf.h"
#include "common/base/str.h"
#include "memory-server/filter.h"
#include "memory-server/memory.h"
#include "memory-server/tools.h"

#define RECENT	   20
#define CANDIDATES 100
#define TEXT_MAX   (1024 * 1024)

static void put_json(struct ctx *c, struct buf *b, const char *uri,
		     struct jsonw *contents)
{
	resource_text(contents, uri, "application/json",
		      arena_strdup(c->arena, buf_text(b)));
	buf_release(b);
}

static bool read_memory(struct ctx *c, const char *uri, const char *const *vars,
			struct jsonw *contents, struct err *e)
{
	struct memory m;
	struct jsonw w;
	struct buf b;

	if (!memory_get(c, vars[0], &m, e))
		return false;
	buf_init(&b, TEXT_MAX * 2);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	fields_json(memory_fields, &m, &w);
	jsonw_end(&w);
	put_json(c, &b, uri, contents);
	return true;
}

static bool read_recent(struct ctx *c, const char *uri, const char *const *vars,
			struct jsonw *contents, struct err *e)
{
	const struct memory_filter f = { .now = clock_now(), .limit = RECENT };
	struct rows rows;
	struct jsonw w;
	struct buf b;

	(void)vars;
	if (!memory_list(c, &f, &rows, e))
		return false;
	filter_show(c, &rows, NULL, &f);
	buf_init(&b, TEXT_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	fields_json_array(memory_hit_fields, "memories", rows.at,
			  MIN(rows.n, (size_t)RECENT), sizeof(struct memory_hit), &w);
	jsonw_end(&w);
	put_json(c, &b, uri, contents);
	return true;
}

static bool tags_with(struct ctx *c, const char *prefix, struct rows *ret, struct err *e)
{
	const struct tag_filter f = { .prefix = str_empty(prefix) ? NULL : prefix,
				      .prefix_n = (int64_t)utf8_count(prefix),
				      .now = clock_now(),
				      .pos_count = -1,
				      .pos_tag = "",
				      .limit = CANDIDATES };

	return tag_list(c, &f, ret, e);
}

static bool read_tags(struct ctx *c, const char *uri, const char *const *vars,
		      struct jsonw *contents, struct err *e)
{
	struct rows rows;
	struct jsonw w;
	struct buf b;

	(void)vars;
	if (!tags_with(c, "", &rows, e))
		return false;
	buf_init(&b, TEXT_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	fields_json_array(tag_count_fields, "tags", rows.at,
			  MIN(rows.n, (size_t)CANDIDATES), sizeof(struct tag_count), &w);
	jsonw_end(&w);
	put_json(c, &b, uri, contents);
	return true;
}

/* Ids of recent memories that begin as typed so far. */
static bool complete_id(struct ctx *c, const char *arg, const char *text,
			const struct node *context, struct jsonw *values, int64_t *total,
			struct err *e)
{
	const struct memory_filter f = { .now = clock_now(), .limit = CANDIDATES };
	const struct memory_hit *h;
	struct rows rows;

	(void)arg;
	(void)context;
	(void)total;
	if (!memory_list(c, &f, &rows, e))
		return false;
	h = rows.at;
	for (size_t i = 0; i < MIN(rows.n, (size_t)CANDIDATES); i++) {
		if (str_starts(h[i].memory_id, text))
			jsonw_str(values, NULL, h[i].memory_id);
	}
	return true;
}

const struct resource resource_memory = {
	.uri = "memory://{memoryId}",
	.name = "memory",
	.title = "A memory",
	.doc = "One memory in full, with metadata.",
	.mime = "application/json",
	.is_template = true,
	.perm = PERM_READ,
	.read = read_memory,
	.complete = complete_id,
};

const struct resource resource_recent = {
	.uri = "memory://recent",
	.name = "recent",
	.title = "Recent memories",
	.doc = "The newest 20 memories, shortened.",
	.mime = "application/json",
	.perm = PERM_READ,
	.read = read_recent,
};

const struct resource resource_tags = {
	.uri = "memory://tags",
	.name = "tags",
	.title = "Tags",
	.doc = "The 100 most used tags with their counts.",
	.mime = "application/json",
	.perm = PERM_READ,
	.read = read_tags,
};
