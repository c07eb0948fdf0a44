/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a live check. Every wait is bounded by the step and by the budget; what
 * the budget no longer allows stays unasked, and its rules unknown. No tool is ever
 * called. */
#include "compliance-server/live_session.h"

#include <stdio.h>
#include <string.h>

#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"

#define LINE_MAX_IN  (16 * 1024 * 1024)
#define BYTES_MAX_IN (256 * 1024 * 1024)
#define RECOVER_MS   3000 /* for the request behind malformed input */
#define PARSE_MS     400  /* most servers say nothing about an unreadable line */
#define TERM_MS	     2000
#define LONG_LINE    (1024 * 1024)

#define LIMIT_CPU_S 120
#define LIMIT_FILES 4096
#define LIMIT_FSIZE ((int64_t)1024 * 1024 * 1024)

#define UNKNOWN_VERSION "1999-01-01"
#define ENVELOPE(version)                                                              \
	"{\"io.modelcontextprotocol/protocolVersion\":\"" version                      \
	"\",\"io.modelcontextprotocol/clientInfo\":{\"name\":\"kilocode-compliance\"," \
	"\"version\":\"1\"},\"io.modelcontextprotocol/clientCapabilities\":{}}"

int64_t session_left(const struct session *s, int64_t want)
{
	return MIN(want, clock_left(s->c.deadline));
}

struct client *session_open(struct session *s, enum client_era era, struct watch *wire,
			    struct err *e)
{
	struct client_options o = {
		.name = s->entry->name,
		.spec = { .argv = s->command.argv,
			  .envp = s->command.envp,
			  .cwd = s->command.cwd,
			  .max_memory = MAX(s->o.max_memory, 0),
			  .max_cpu_s = LIMIT_CPU_S,
			  .max_files = LIMIT_FILES,
			  .max_file_size = LIMIT_FSIZE },
		.era = era,
		.start_ms = session_left(s, s->o.start_ms),
		.max_line = LINE_MAX_IN,
		.max_bytes = BYTES_MAX_IN,
		.as_name = "kilocode-compliance",
		.linger_ms = wire ? s->o.linger_ms : 0,
		.wire = wire ? watch_line : NULL,
		.wire_arg = wire,
	};

	return client_open(s->hub, &s->c, &o, e);
}

static void note_reply(struct live_answer *a, const struct client_reply *r)
{
	a->result = r->error ? NULL : r->result;
	a->error = r->error;
	a->code = r->error_code;
	a->us = r->us;
	a->silent = !r->error && !r->result;
}

static void note_failure(struct session *s, struct live_answer *a, const struct err *e)
{
	if (e->code == ERR_CANCELLED || clock_left(s->c.deadline) == 0)
		a->asked = false; /* our end, not the server's */
	else if (!client_alive(s->cl))
		a->died = true;
	else
		a->silent = true;
}

static bool can_ask(const struct session *s)
{
	return session_left(s, 1) > 0 && client_alive(s->cl);
}

static void ask(struct session *s, const char *method, const char *params, int64_t ms,
		struct live_answer *ret)
{
	struct client_reply r = { 0 };
	struct err e = { 0 };

	if (!can_ask(s))
		return;
	ret->asked = true;
	if (client_call(s->cl, &s->c, method, params, session_left(s, ms), &r, &e))
		note_reply(ret, &r);
	else
		note_failure(s, ret, &e);
}

/* A request that any server of the era answers. */
static const char *sign_of_life(const struct session *s)
{
	return s->live->modern ? "server/discover" : "ping";
}

static void ask_raw(struct session *s, const char *line, const char *id, int64_t ms,
		    struct live_answer *ret)
{
	struct client_reply r = { 0 };
	struct err e = { 0 };

	if (!can_ask(s))
		return;
	ret->asked = true;
	if (client_raw(s->cl, &s->c, line, id, session_left(s, ms), &r, &e))
		note_reply(ret, &r);
	else
		note_failure(s, ret, &e);
}

/* ---- lists ---- */

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
	ask(s, method, client_cursor_params(s->c.arena, cursor), s->o.silence_ms, ret);
	if (!ret->result) {
		l->end = l->pages ? PAGES_CUT : 0;
		return NULL;
	}
	keep_items(s, l, node_get(ret->result, l->capability));
	next = node_str(node_get(ret->result, "nextCursor"));
	l->pages++;
	l->end = next && l->n == before ? PAGES_EMPTY : PAGES_COMPLETE;
	return l->end == PAGES_EMPTY ? NULL : next;
}

static void walk_list(struct session *s, struct live_list *l)
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
		if (l->n >= LIVE_ITEMS)
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
	while (live->listings && live->listings < LIVE_LISTINGS) {
		struct live_list again = { .capability = tools->capability };

		walk_list(s, &again);
		if (again.end != PAGES_COMPLETE)
			break;
		live->listings++;
		if (!same_lists(scratch, tools, &again))
			live->lists_differ = true;
	}
	arena_free(scratch);
	live->list_changed = watch_list_changed(&s->watch);
}

static void list_everything(struct session *s)
{
	static const char *const capabilities[] = { [LIVE_TOOLS] = "tools",
						    [LIVE_PROMPTS] = "prompts",
						    [LIVE_RESOURCES] = "resources" };
	struct live *live = s->live;

	for (int i = 0; i < LIVE_LISTS; i++) {
		struct live_list *l = &live->lists[i];

		l->capability = capabilities[i];
		l->declared = node_get(live->capabilities, capabilities[i]) != NULL;
		walk_list(s, l);
	}
	compare_listings(s);
}

/* ---- protocol questions ---- */

/* notifications/initialized was sent by the handshake; here follows an unknown one. */
static void ask_notification(struct session *s)
{
	struct live_answer after = { 0 };

	if (!can_ask(s))
		return;
	if (!client_notify(s->cl, "notifications/kilocode_unknown", NULL, NULL))
		return;
	ask(s, sign_of_life(s), NULL, s->o.silence_ms, &after);
	/* An answer that comes a little later is still in time for this. */
	ask(s, sign_of_life(s), NULL, s->o.silence_ms, &after);
	s->live->answered_notes = watch_null_replies(&s->watch);
}

static void ask_ids(struct session *s)
{
	static const char *const ids[LIVE_IDS] = { "\"abc-\xc3\xa9\"", "0", "2147483648",
						   "-1" };

	for (int i = 0; i < LIVE_IDS; i++) {
		struct live_id *id = &s->live->ids[i];
		const char *line = arena_printf(
			s->c.arena, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\"%s}",
			ids[i], sign_of_life(s),
			s->live->modern
				? ",\"params\":{\"_meta\":" ENVELOPE("2026-07-28") "}"
				: "");

		id->sent = ids[i];
		ask_raw(s, line, ids[i], MIN(s->o.silence_ms, 2000), &id->answer);
		if (id->answer.silent)
			id->got = watch_last_id(&s->watch, s->c.arena);
		if (id->answer.died || id->answer.silent)
			return; /* one is enough, and each costs a wait */
	}
}

static void ask_malformed(struct session *s)
{
	struct live *live = s->live;
	char *longer = mem_alloc(LONG_LINE + 1);
	const struct {
		const char *what, *line;
	} rows[LIVE_MALFORMED] = {
		{ "a truncated line", "{\"jsonrpc\":\"2.0\",\"id\":90,\"method\":" },
		{ "an empty array", "[]" },
		{ "a bare number", "42" },
		{ "bytes that are not UTF-8",
		  "{\"jsonrpc\":\"2.0\",\"id\":\"\xff\xfe\"}" },
		{ "an envelope of version 1.0",
		  "{\"jsonrpc\":\"1.0\",\"id\":91,\"method\":\"ping\"}" },
		{ "a line of 1 MiB", longer },
	};

	memset(longer, 'a', LONG_LINE);
	for (int i = 0; i < LIVE_MALFORMED; i++) {
		struct live_answer ignored = { 0 };
		struct live_malformed *m = &live->malformed[i];

		m->what = rows[i].what;
		if (!can_ask(s))
			break;
		ask_raw(s, rows[i].line, i == 0 ? "null" : NULL, PARSE_MS,
			i == 0 ? &live->parse_error : &ignored);
		m->after.asked = true;
		if (client_alive(s->cl))
			ask(s, sign_of_life(s), NULL, RECOVER_MS, &m->after);
		else
			m->after.died = true;
		if (m->after.died || m->after.silent)
			break;
	}
	mem_free(longer);
}

static void end_process(struct session *s)
{
	struct live *live = s->live;
	bool whole = session_left(s, s->o.exit_ms) >= s->o.exit_ms;
	int64_t eof_ms = MAX(session_left(s, s->o.exit_ms), 200), term_ms = TERM_MS;
	struct client_end end;
	char *words;

	/* Behind the budget lie two seconds for the ending, the linger included. */
	if (clock_left(s->c.deadline) < eof_ms + TERM_MS + s->o.linger_ms)
		term_ms = 200;
	if (ctx_stop(&s->c, NULL))
		eof_ms = term_ms = 200;
	words = client_post_mortem(s->c.arena, s->cl);
	client_finish(s->cl, eof_ms, term_ms, &end);
	s->cl = NULL;
	if (end.before && !live->died) {
		live->died = true;
		live->error = watch_masked(&s->watch, s->c.arena, words, 300);
	}
	live->end_seen = !end.before && (whole || !end.needed_term);
	live->end_ms = end.ms;
	live->needed_term = end.needed_term;
	live->needed_kill = end.needed_kill;
	live->left_behind = end.left_behind;
}

void session_examine(struct session *s)
{
	struct live *live = s->live;

	list_everything(s);
	live->rss_kib = client_rss_kib(s->cl);
	ask_notification(s);
	ask(s, "kilocode/no_such_method", NULL, s->o.silence_ms, &live->unknown_method);
	if (live->modern)
		session_ask_version(s);
	ask_ids(s);
	ask_malformed(s);
	live->died = !client_alive(s->cl);
	if (live->died)
		live->error = watch_masked(&s->watch, s->c.arena,
					   client_post_mortem(s->c.arena, s->cl), 300);
	live->budget_over = clock_left(s->c.deadline) == 0;
	end_process(s);
}

/* A modern server is asked on the main process; others in a process of its own. */
void session_ask_version(struct session *s)
{
	static const char modern[] =
		"{\"jsonrpc\":\"2.0\",\"id\":80,\"method\":\"server/discover\",\"params\":"
		"{\"_meta\":" ENVELOPE(UNKNOWN_VERSION) "}}";
	static const char legacy[] =
		"{\"jsonrpc\":\"2.0\",\"id\":80,\"method\":\"initialize\",\"params\":"
		"{\"protocolVersion\":\"" UNKNOWN_VERSION "\",\"capabilities\":{},"
		"\"clientInfo\":{\"name\":\"kilocode-compliance\",\"version\":\"1\"}}}";
	struct live_answer *a = &s->live->version_probe;

	if (s->live->modern) {
		ask_raw(s, modern, "80", s->o.silence_ms, a);
		return;
	}
	if (!session_left(s, 1) || !(s->cl = session_open(s, CLIENT_BARE, NULL, NULL)))
		return;
	ask_raw(s, legacy, "80", s->o.start_ms, a);
	client_finish(s->cl, session_left(s, 500), 200, NULL);
	s->cl = NULL;
}
