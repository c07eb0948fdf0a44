/* SPDX-License-Identifier: Apache-2.0 */
/* Which tools of a server the host may call without asking a person. */
#include "compliance-server/approval_list.h"

#include <string.h>

#include "common/base/str.h"
#include "compliance-server/facts_entry.h"

static void add_tool(struct arena *a, struct approval_list *l, const struct node *n,
		     const char *name, const char *pointer)
{
	struct value *more;

	if (str_eq(name, "*")) {
		if (!l->all.node)
			l->all = (struct value){ .text = name,
						 .pointer = pointer,
						 .node = n };
		return;
	}
	/* doubled each time it is full: lists may hold thousands */
	if ((l->tools.n & (l->tools.n - 1)) == 0) {
		more = arena_array(a, 2 * l->tools.n + 1, sizeof(*more));
		if (l->tools.n > 0)
			memcpy(more, l->tools.v, l->tools.n * sizeof(*more));
		l->tools.v = more;
	}
	l->tools.v[l->tools.n++] = (struct value){
		.text = name, .pointer = pointer, .node = n, .element = n->key == NULL
	};
}

static void from_entry(struct arena *a, const struct entry *e, struct approval_list *l)
{
	static const char *const keys[] = { "alwaysAllow", "autoApprove" };
	const struct node *trust = node_get(e->node, "trust");

	for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
		const struct node *list = node_get(e->node, keys[k]);
		size_t i = 0;

		if (!list || list->kind != NODE_ARRAY)
			continue;
		for (const struct node *n = list->first; n; n = n->next, i++)
			if (node_str(n))
				add_tool(a, l, n, n->text,
					 arena_printf(a, "%s/%s/%zu", e->pointer, keys[k],
						      i));
	}
	if (trust && trust->kind == NODE_BOOL && trust->truth)
		l->trust = (struct value){ .name = "trust",
					   .pointer = arena_printf(a, "%s/trust",
								   e->pointer),
					   .node = trust };
}

/* {"permission": {"server_tool": "allow", "server_*": "allow", "*": "allow"}} */
static void from_permission(struct arena *a, const struct entry *e,
			    struct approval_list *l)
{
	const struct node *map = node_get(e->file->top, "permission");
	size_t len = strlen(e->name);

	if (!map || map->kind != NODE_OBJECT)
		return;
	for (const struct node *n = map->first; n; n = n->next) {
		const char *rest = n->key;

		if (!str_eq(node_str(n), "allow"))
			continue;
		if (!str_eq(n->key, "*")) {
			if (strncmp(n->key, e->name, len) != 0 || n->key[len] != '_')
				continue;
			rest = n->key + len + 1;
		}
		add_tool(a, l, n, rest,
			 arena_printf(a, "/permission/%s", pointer_part(a, n->key)));
	}
}

/* {"allowedTools": ["@server", "@server/tool"]} */
static void from_allowed(struct arena *a, const struct entry *e, struct approval_list *l)
{
	const struct node *list = node_get(e->file->top, "allowedTools");
	size_t len = strlen(e->name), i = 0;

	if (!list || list->kind != NODE_ARRAY)
		return;
	for (const struct node *n = list->first; n; n = n->next, i++) {
		const char *text = node_str(n);

		if (!text || text[0] != '@' || strncmp(text + 1, e->name, len) != 0)
			continue;
		text += 1 + len;
		if (*text != '\0' && *text != '/')
			continue;
		add_tool(a, l, n, *text ? text + 1 : "*",
			 arena_printf(a, "/allowedTools/%zu", i));
	}
}

struct approval_list approvals_of(struct arena *a, const struct entry *e)
{
	struct approval_list l = { .tools = { NULL, 0 } };

	if (e->too_long || e->listed || e->node->kind != NODE_OBJECT)
		return l;
	from_entry(a, e, &l);
	from_permission(a, e, &l);
	from_allowed(a, e, &l);
	return l;
}

bool approved_tool(const struct approval_list *l, const char *name)
{
	if (l->all.node || l->trust.node)
		return true;
	for (size_t i = 0; i < l->tools.n; i++)
		if (str_eq(l->tools.v[i].text, name))
			return true;
	return false;
}
