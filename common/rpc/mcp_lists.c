/* SPDX-License-Identifier: Apache-2.0 */
/* The four lists, page by page; first pages are kept. */
#include "common/rpc/mcp.h"

#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/page.h"

static const struct {
	const char *method, *member;
	enum cache cache;
} lists[] = {
	[LIST_TOOLS] = { "tools/list", "tools", CACHE_STATIC },
	[LIST_PROMPTS] = { "prompts/list", "prompts", CACHE_STATIC },
	[LIST_RESOURCES] = { "resources/list", "resources", CACHE_ONCE },
	[LIST_TEMPLATES] = { "resources/templates/list", "resourceTemplates",
			     CACHE_STATIC },
};

/* Writes item i unless it belongs to the other list of resources (w NULL: writes
 * nothing); false behind the last. */
static bool item(const struct offer *o, int list, size_t i, enum rev rev, struct jsonw *w)
{
	if (list == LIST_TOOLS) {
		if (!o->tools || !o->tools[i])
			return false;
		if (w)
			tool_item(o->tools[i], rev, w);
	} else if (list == LIST_PROMPTS) {
		if (!o->prompts || !o->prompts[i])
			return false;
		if (w)
			prompt_item(o->prompts[i], rev, w);
	} else {
		if (!o->resources || !o->resources[i])
			return false;
		if (w && o->resources[i]->is_template == (list == LIST_TEMPLATES))
			resource_item(o->resources[i], rev, w);
	}
	return true;
}

static bool list_page(struct call *k, int list, size_t from, struct err *e)
{
	const struct offer *o = k->srv->opt.offer;
	size_t n = k->srv->opt.page_size > 0 ? (size_t)k->srv->opt.page_size : 100;
	struct jsonw w;
	size_t i;

	if (from > 0 && !item(o, list, from, k->rev, NULL))
		return err_set(e, ERR_PARAMS, "cursor is not one of this list");
	reply_open(k, &w);
	jsonw_arr(&w, lists[list].member);
	for (i = from; i < from + n && item(o, list, i, k->rev, &w); i++)
		;
	jsonw_end(&w);
	if (item(o, list, i, k->rev, NULL))
		jsonw_str(&w, "nextCursor",
			  page_cursor(&k->ctx, lists[list].method, o->version,
				      arena_printf(k->ctx.arena, "%zu", i)));
	reply_close(k, &w, lists[list].cache);
	return true;
}

/* First pages are serialized once per revision. */
static bool list_first(struct call *k, int list, struct err *e)
{
	struct buf *b = &k->srv->lists[k->rev][list];
	size_t head;

	if (b->len == 0) {
		if (!list_page(k, list, 0, e))
			return false;
		head = strlen("{\"jsonrpc\":\"2.0\",\"id\":,\"result\":") + strlen(k->id);
		buf_init(b, LIMIT_LINE_OUT);
		if (!k->line.overflow)
			buf_add(b, k->line.data + head, k->line.len - head - 1);
		return true;
	}
	reply_result(k, b->data, b->len);
	return true;
}

static bool list(struct call *k, int which, struct err *e)
{
	const struct node *cursor = node_get(k->params, "cursor");
	const char *pos = NULL;
	int64_t from;

	if (!cursor)
		return list_first(k, which, e);
	if (!node_str(cursor))
		return err_set(e, ERR_PARAMS, "cursor must be a string");
	if (!page_open(&k->ctx, lists[which].method, k->srv->opt.offer->version,
		       cursor->text, &pos, e))
		return err_set(e, ERR_PARAMS, "cursor is not one of this list");
	if (!str_to_i64(pos, &from) || from <= 0)
		return err_set(e, ERR_PARAMS, "cursor is not one of this list");
	return list_page(k, which, (size_t)from, e);
}

bool tools_list(struct call *k, struct err *e)
{
	return list(k, LIST_TOOLS, e);
}

bool prompts_list(struct call *k, struct err *e)
{
	return list(k, LIST_PROMPTS, e);
}

bool resources_list(struct call *k, struct err *e)
{
	return list(k, LIST_RESOURCES, e);
}

bool templates_list(struct call *k, struct err *e)
{
	return list(k, LIST_TEMPLATES, e);
}
