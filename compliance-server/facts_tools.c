/* SPDX-License-Identifier: Apache-2.0 */
/* A list of tools kept in a file: the answer of a server to tools/list. */
#include "compliance-server/facts_tools.h"

#include <string.h>

#include "common/base/str.h"

static bool is_tool(const struct node *n)
{
	return node_str(node_get(n, "name")) &&
	       (node_get(n, "description") || node_get(n, "inputSchema"));
}

static bool is_list(const struct node *n)
{
	if (!n || n->kind != NODE_ARRAY || !n->first)
		return false;
	for (const struct node *m = n->first; m; m = m->next)
		if (!is_tool(m))
			return false;
	return true;
}

/* Where the members stand: a JSON-RPC answer has them one level down. */
static const struct node *body_of(const struct node *top)
{
	const struct node *result = node_get(top, "result");

	return result && result->kind == NODE_OBJECT ? result : top;
}

const struct node *tools_of_file(const struct node *top)
{
	const struct node *tools = node_get(body_of(top), "tools");

	return is_list(tools) ? tools : is_list(top) ? top : NULL;
}

static void take_list(struct arena *a, const struct node *items, struct live_list *l)
{
	l->items = arena_array(a, LIVE_ITEMS, sizeof(*l->items));
	l->declared = true;
	l->first.asked = true;
	l->first.result = items;
	l->end = PAGES_COMPLETE;
	l->pages = 1;
	for (const struct node *n = items->first; n; n = n->next) {
		if (l->n == LIVE_ITEMS) {
			l->end = PAGES_ENDLESS;
			break;
		}
		l->items[l->n++] = n;
	}
}

struct live *live_of_list(struct arena *a, const struct node *top)
{
	static const char *const capabilities[] = { [LIVE_TOOLS] = "tools",
						    [LIVE_PROMPTS] = "prompts",
						    [LIVE_RESOURCES] = "resources" };
	struct live *live = arena_alloc(a, sizeof(*live));
	const struct node *body = body_of(top), *info = node_get(body, "serverInfo");

	live->state = LIVE_OK;
	live->listed = true;
	live->modern = true; /* not told: judged by the wider rules */
	live->words = "";
	live->texts = arena_alloc(a, sizeof(*live->texts));
	live->server_name = node_str(node_get(info, "name"));
	live->server_version = node_str(node_get(info, "version"));
	live->instructions = node_str(node_get(body, "instructions"));
	live->capabilities = jsonr_parse(a, "{}", 2, 0, NULL, NULL);
	for (int i = 0; i < LIVE_LISTS; i++) {
		const struct node *items = i == LIVE_TOOLS
						   ? tools_of_file(top)
						   : node_get(body, capabilities[i]);

		live->lists[i].capability = capabilities[i];
		live->lists[i].first.asked = true;
		if (items && items->kind == NODE_ARRAY)
			take_list(a, items, &live->lists[i]);
	}
	return live;
}

struct entry *entry_of_list(struct arena *a, struct config_file *f)
{
	struct entry *e = arena_alloc(a, sizeof(*e));
	const char *slash = strrchr(f->real, '/'), *name = slash ? slash + 1 : f->real;
	const char *dot = strrchr(name, '.');

	e->file = f;
	e->name = arena_strndup(a, name,
				dot && dot > name ? (size_t)(dot - name) : strlen(name));
	e->node = f->top;
	e->pointer = "";
	e->enabled = e->listed = true;
	e->program = "";
	e->definition = "{}";
	e->live = live_of_list(a, f->top);
	memcpy(e->definition_sha256, f->sha256, sizeof(e->definition_sha256));
	return e;
}
