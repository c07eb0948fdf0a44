/* SPDX-License-Identifier: Apache-2.0 */
/* Live checks: what a server lists, several times and to several clients. */
#include <stdio.h>

#include "common/base/str.h"
#include "compliance-server/live_session.h"

#define LIST_MAX  ((size_t)64 * 1024 * 1024)
#define AGAIN_MAX ((size_t)4 * 1024 * 1024) /* what is longer is kept once only */
#define SETTLE_MS 300 /* servers that add tools just after the handshake */

static void keep_items(struct session *s, struct live_list *l, const struct node *list)
{
	const struct node **items;

	if (!list || list->kind != NODE_ARRAY)
		return;
	items = arena_array(s->c.arena, l->n + list->n + 1, sizeof(*items));
	for (size_t i = 0; i < l->n; i++)
		items[i] = l->items[i];
	for (const struct node *n = list->first; n && l->n < LIVE_ITEMS; n = n->next)
		items[l->n++] = n;
	l->items = items;
}

/* One page; its cursor or NULL. */
static const char *take_page(struct session *s, struct live_list *l, const char *cursor,
			     struct live_answer *ret)
{
	char method[32];
	size_t before = l->n;
	const char *next;

	snprintf(method, sizeof(method), "%s/list", l->capability);
	session_ask(s, method, client_cursor_params(s->c.arena, cursor), s->o.silence_ms,
		    ret);
	if (!ret->result) {
		l->end = l->pages ? PAGES_CUT : 0;
		return NULL;
	}
	l->bytes += ret->bytes;
	keep_items(s, l, node_get(ret->result, l->capability));
	next = node_str(node_get(ret->result, "nextCursor"));
	l->pages++;
	l->end = next && l->n == before ? PAGES_EMPTY : PAGES_COMPLETE;
	return l->end == PAGES_EMPTY ? NULL : next;
}

void session_walk(struct session *s, struct live_list *l)
{
	const char *seen[LIVE_PAGES], *cursor = NULL;

	for (int page = 0; page < LIVE_PAGES; page++) {
		struct live_answer later = { 0 };

		cursor = take_page(s, l, cursor, page ? &later : &l->first);
		if (!cursor)
			return;
		if (client_cursor_seen(seen, page, cursor)) {
			l->end = PAGES_REPEATED;
			return;
		}
		seen[page] = cursor;
		if (l->n >= LIVE_ITEMS || l->bytes > LIST_MAX)
			break;
	}
	l->end = PAGES_ENDLESS;
}

static bool same_lists(struct arena *a, const struct live_list *x,
		       const struct live_list *y)
{
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (!str_eq(node_raw(a, x->items[i]), node_raw(a, y->items[i])))
			return false;
	return true;
}

static void compare_listings(struct session *s)
{
	struct live *live = s->live;
	const struct live_list *tools = &live->lists[LIVE_TOOLS];
	struct arena *scratch = arena_new();

	live->listings = tools->end == PAGES_COMPLETE ? 1 : 0;
	while (live->listings && live->listings < LIVE_LISTINGS &&
	       tools->bytes < AGAIN_MAX) {
		struct live_list again = { .capability = tools->capability };

		session_walk(s, &again);
		if (again.end != PAGES_COMPLETE)
			break;
		live->listings++;
		live->last_tools = again;
		if (!same_lists(scratch, tools, &again))
			live->lists_differ = true;
	}
	arena_free(scratch);
	live->list_changed = watch_list_changed(&s->watch);
}

void session_list(struct session *s)
{
	static const char *const capabilities[] = { [LIVE_TOOLS] = "tools",
						    [LIVE_PROMPTS] = "prompts",
						    [LIVE_RESOURCES] = "resources" };
	struct live *live = s->live;

	for (int i = 0; i < LIVE_LISTS; i++) {
		struct live_list *l = &live->lists[i];

		l->capability = capabilities[i];
		l->declared = node_get(live->capabilities, capabilities[i]) != NULL;
		session_walk(s, l);
	}
	compare_listings(s);
}

void session_list_again(struct session *s)
{
	const struct session_start how = { .era = s->live->modern ? CLIENT_MODERN
								  : CLIENT_LEGACY,
					   .as_name = LIVE_OTHER_CLIENT };
	struct live_list *tools = &s->live->other_tools;
	struct arena *scratch;

	if (s->live->listings < LIVE_LISTINGS || !(s->cl = session_open(s, &how, NULL)))
		return;
	session_note_start(s, client_info(s->cl)->start_ms);
	tools->capability = "tools";
	session_walk(s, tools);
	scratch = arena_new();
	if (tools->end == PAGES_COMPLETE &&
	    !same_lists(scratch, &s->live->last_tools, tools)) {
		session_pause(s, SETTLE_MS);
		*tools = (struct live_list){ .capability = "tools" };
		session_walk(s, tools);
	}
	arena_free(scratch);
	session_close(s);
}
