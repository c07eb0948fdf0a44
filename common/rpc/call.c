/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way: table of what is in flight, run, progress, log, notices. */
#include "common/rpc/call.h"

#include <time.h>

#include "common/base/fd.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/ask.h"

enum { PROGRESS_MS = 100, KEEP_BUF = 64 * 1024 };

const char *const rev_names[] = { "",		"2024-11-05", "2025-03-26", "2025-06-18",
				  "2025-11-25", "2026-07-28", NULL };
const char *const log_level_names[] = { "",	     "debug", "info",	  "notice",
					"warning",   "error", "critical", "alert",
					"emergency", NULL };

struct call *call_new(struct server *s)
{
	struct arena *arena;
	struct buf body, line;
	struct call *k;

	wire_lock(&s->wire);
	k = s->spare;
	if (k) {
		s->spare = k->peer;
		s->n_spare--;
	}
	wire_unlock(&s->wire);
	if (!k) {
		k = mem_alloc(sizeof(*k));
		k->ctx.arena = arena_new();
		buf_init(&k->body, LIMIT_LINE_OUT);
		buf_init(&k->line, LIMIT_LINE_OUT - 1024);
	}
	arena = k->ctx.arena;
	body = k->body;
	line = k->line;
	*k = (struct call){ .srv = s, .body = body, .line = line };
	k->ctx = (struct ctx){ .arena = arena, .call = k, .cancelled = &k->cancelled };
	k->notices_end = &k->notices;
	k->started_us = clock_mono_us();
	return k;
}

static void trim(struct buf *b)
{
	if (b->cap > KEEP_BUF)
		buf_release(b);
	buf_reset(b);
}

static void destroy(struct call *k)
{
	arena_free(k->ctx.arena);
	buf_release(&k->body);
	buf_release(&k->line);
	mem_free(k);
}

void call_free(struct call *k)
{
	struct server *s = k->srv;
	bool keep;

	arena_reset(k->ctx.arena);
	trim(&k->body);
	trim(&k->line);
	wire_lock(&s->wire);
	keep = s->n_spare < LIMIT_SPARE_CALLS;
	if (keep) {
		k->peer = s->spare;
		s->spare = k;
		s->n_spare++;
	}
	wire_unlock(&s->wire);
	if (!keep)
		destroy(k);
}

void calls_release(struct server *s)
{
	while (s->spare) {
		struct call *k = s->spare;

		s->spare = k->peer;
		destroy(k);
	}
}

static struct call **slot(struct server *s, const char *key, bool modern)
{
	uint32_t h = modern ? 5381 : 2166136261u;

	for (const char *p = key; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	return &s->table[(h ^ h >> 16) % ARRAY_LEN(s->table)];
}

static struct call *find(struct server *s, const char *key, bool modern)
{
	struct call *k = *slot(s, key, modern);

	while (k && (call_modern(k) != modern || !str_eq(k->key, key)))
		k = k->peer;
	return k;
}

bool call_register(struct call *k, struct err *e)
{
	struct server *s = k->srv;
	struct call **at = slot(s, k->key, call_modern(k));
	bool ok;

	wire_lock(&s->wire);
	ok = !find(s, k->key, call_modern(k));
	if (ok) {
		k->peer = *at;
		*at = k;
		k->registered = true;
	}
	wire_unlock(&s->wire);
	return ok || err_set(e, ERR_REQUEST, "a request with this id is still in flight");
}

void call_leave(struct call *k)
{
	struct call **at;

	if (!k->registered)
		return;
	at = slot(k->srv, k->key, call_modern(k));
	while (*at != k)
		at = &(*at)->peer;
	*at = k->peer;
	k->registered = false;
	if (k->listening)
		k->srv->n_listens--;
}

/* With the lock held; true when the call had not started and is the caller's to free. */
static bool cancel(struct call *k)
{
	struct server *s = k->srv;

	atomic_store(&k->cancelled, true);
	call_leave(k);
	ask_wake(s, k);
	if (k->listening)
		return true;
	if (!sched_remove(&s->sched, &k->item))
		return false;
	s->n_open--;
	if (k->batch)
		batch_done(s, k->batch);
	return true;
}

void call_cancel_id(struct server *s, const char *key, bool modern_only)
{
	struct call *k = NULL;
	bool mine;

	wire_lock(&s->wire);
	if (!modern_only)
		k = find(s, key, false);
	if (!k)
		k = find(s, key, true);
	mine = k && cancel(k);
	wire_unlock(&s->wire);
	if (mine)
		call_free(k);
}

void call_cancel_all(struct server *s)
{
	for (size_t i = 0; i < ARRAY_LEN(s->table); i++) {
		for (;;) {
			struct call *k;
			bool mine;

			wire_lock(&s->wire);
			k = s->table[i];
			mine = k && cancel(k);
			wire_unlock(&s->wire);
			if (mine)
				call_free(k);
			if (!k)
				break;
		}
	}
}

bool call_queue(struct call *k, struct err *e)
{
	struct server *s = k->srv;

	if (k->order != ORDER_LONG && s->opt.request_timeout_ms > 0)
		k->ctx.deadline = clock_mono() + s->opt.request_timeout_ms;
	if (k->token)
		k->ctx.progress = call_progress;
	if (!call_register(k, e))
		return false;
	wire_lock(&s->wire);
	s->n_open++;
	wire_unlock(&s->wire);
	if (sched_add(&s->sched, &k->item, k->order, e))
		return true;
	wire_lock(&s->wire);
	s->n_open--;
	wire_unlock(&s->wire);
	return false;
}

/* A reader that takes nothing must not make us collect answers without bound. */
static void wait_for_room(struct call *k)
{
	struct wire *w = &k->srv->wire;
	const struct timespec tick = { .tv_nsec = 20 * 1000 * 1000 };

	while (w->pending > WIRE_PAUSE && !w->lost && !k->cancelled)
		nanosleep(&tick, NULL);
}

static void note_end(const struct call *k, const struct err *e)
{
	const char *what = "";

	if (!log_enabled(LOG_DEBUG) && (e->code == ERR_NONE || !log_enabled(LOG_INFO)))
		return;
	what = node_str(node_get(k->params, "name"));
	log_event(e->code == ERR_NONE ? LOG_DEBUG : LOG_INFO, "call",
		  "id=%s method=%s%s%s ms=%.1f code=%s", k->id, k->method,
		  what ? " name=" : "", what ? what : "",
		  (double)(clock_mono_us() - k->started_us) / 1000,
		  err_row(e->code)->name);
}

void call_run(struct sched_item *it)
{
	struct call *k = (struct call *)it;
	struct server *s = k->srv;
	struct err e = { 0 };
	bool wake;

	wait_for_room(k);
	if (!ctx_stop(&k->ctx, &e) && s->opt.setup)
		s->opt.setup(&k->ctx, s->opt.arg);
	if (e.code != ERR_NONE || !k->job(k, &e)) {
		if (k->input_requests)
			reply_ask(k);
		else
			reply_error(k, &e);
	}
	note_end(k, &e);
	reply_send(k);
	call_free(k);
	wire_lock(&s->wire);
	wake = --s->n_open == 0 && s->ending;
	wire_unlock(&s->wire);
	if (wake)
		fd_wake('d');
}

/* A notification that belongs to the call: only while it is unanswered, or runs on as a
 * task, and not cancelled. */
static void tell(struct call *k, struct buf *line)
{
	struct server *s = k->srv;

	buf_addc(line, '\n');
	if (line->overflow)
		return;
	wire_lock(&s->wire);
	if ((k->registered || k->task) && !k->cancelled)
		wire_put(&s->wire, line->data, line->len);
	wire_unlock(&s->wire);
}

static void open_note(struct jsonw *w, struct buf *line, const char *method)
{
	buf_init(line, 64 * 1024);
	jsonw_init(w, line);
	jsonw_obj(w, NULL);
	jsonw_str(w, "jsonrpc", "2.0");
	jsonw_str(w, "method", method);
	jsonw_obj(w, "params");
}

void call_progress(struct ctx *c, double done, double total, const char *message)
{
	struct call *k = c->call;
	int64_t now = clock_mono();
	CLEANUP(buf_release) struct buf line = { .max = 0 };
	struct jsonw w;

	if (k->told && (now - k->progress_ms < PROGRESS_MS || done <= k->progress))
		return;
	k->told = true;
	k->progress = done;
	k->progress_ms = now;
	open_note(&w, &line, "notifications/progress");
	jsonw_raw(&w, "progressToken", k->token);
	jsonw_f64(&w, "progress", done, 3);
	if (total > 0)
		jsonw_f64(&w, "total", total, 3);
	if (k->rev > REV_2024_11)
		jsonw_str(&w, "message", message);
	jsonw_end(&w);
	jsonw_end(&w);
	tell(k, &line);
}

void call_log(struct ctx *c, int level, const char *logger, const char *text)
{
	struct call *k = c->call;
	CLEANUP(buf_release) struct buf line = { .max = 0 };
	struct jsonw w;
	int from;

	if (!k || !k->srv->opt.offer->logging)
		return;
	wire_lock(&k->srv->wire);
	from = call_modern(k) ? k->log_level : k->srv->session.log_level;
	wire_unlock(&k->srv->wire);
	if (from == 0 || level < from)
		return;
	open_note(&w, &line, "notifications/message");
	jsonw_str(&w, "level", log_level_names[level]);
	jsonw_str(&w, "logger", logger);
	jsonw_str(&w, "data", text);
	jsonw_end(&w);
	jsonw_end(&w);
	tell(k, &line);
}

static void add_notice(struct ctx *c, enum notice_kind kind, const char *uri)
{
	struct notice *n;

	if (!c->call)
		return;
	n = arena_alloc(c->arena, sizeof(*n));
	n->kind = kind;
	n->uri = arena_strdup(c->arena, uri);
	*c->call->notices_end = n;
	c->call->notices_end = &n->next;
}

void call_resource_updated(struct ctx *c, const char *uri)
{
	add_notice(c, NOTICE_URI, uri);
}

void call_list_changed(struct ctx *c, const char *kind)
{
	if (str_eq(kind, "tools"))
		add_notice(c, NOTICE_TOOLS, NULL);
	else if (str_eq(kind, "prompts"))
		add_notice(c, NOTICE_PROMPTS, NULL);
	else if (str_eq(kind, "resources"))
		add_notice(c, NOTICE_RESOURCES, NULL);
}

void call_audit_id(struct ctx *c, const char *resource_id)
{
	if (c->call)
		c->call->audit_id = arena_strdup(c->arena, resource_id);
}

void call_failed(struct ctx *c)
{
	if (c->call)
		c->call->failed = true;
}

const char *call_get_audit_id(const struct ctx *c)
{
	return c->call ? c->call->audit_id : NULL;
}

const char *call_client_name(const struct ctx *c)
{
	return c->call ? c->call->client_name : NULL;
}

bool call_is_modern(const struct ctx *c)
{
	return c->call && call_modern(c->call);
}
