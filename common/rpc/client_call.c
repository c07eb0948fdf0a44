/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of the MCP client: one request and its reply, notifications, lists over pages. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/field/jsonw.h"
#include "common/rpc/client_priv.h"

#define CANCEL_LOOK_MS 20 /* nobody wakes us when a call is cancelled */

static void pending_drop(struct client *cl, struct pending *p)
{
	struct pending **at = &cl->pending;

	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
}

static void pass_progress(struct client *cl, struct ctx *c, struct pending *p)
{
	struct pending seen = *p;

	p->news = false;
	pthread_mutex_unlock(&cl->hub->mu);
	ctx_progress(c, seen.progress, seen.total, seen.message[0] ? seen.message : NULL);
	pthread_mutex_lock(&cl->hub->mu);
}

/* Lock held. */
static enum client_wait await(struct client *cl, struct ctx *c, struct pending *p,
			      int64_t until, struct err *e)
{
	for (;;) {
		int64_t left = MIN(clock_left(until), clock_left(c->deadline));

		if (p->news)
			pass_progress(cl, c, p);
		if (p->done)
			return WAIT_DONE;
		if (cl->echoes) {
			err_set(e, ERR_UNAVAILABLE,
				"%s only echoes what it is sent; it is not an MCP server",
				cl->name);
			return WAIT_FAILED;
		}
		if (cl->ended || cl->exited || cl->mute || cl->phase != STOP_NONE) {
			err_set(e, ERR_UNAVAILABLE, "%s ended before it answered",
				cl->name);
			return WAIT_FAILED;
		}
		if (ctx_stop(c, e))
			return WAIT_FAILED;
		if (clock_left(until) == 0)
			return WAIT_SILENT;
		client_wait_change(cl, MIN(left, c->cancelled ? CANCEL_LOOK_MS : 1000));
	}
}

static void free_arena(void *a)
{
	arena_free(a);
}

static void fill_reply(struct ctx *c, const struct pending *p, int64_t sent_us,
		       struct client_reply *ret)
{
	const char *message;

	arena_defer(c->arena, free_arena, p->arena);
	*ret = (struct client_reply){ .bytes = p->bytes, .us = p->at_us - sent_us };
	ret->error = node_get(p->msg, "error");
	if (!ret->error) {
		ret->result = node_get(p->msg, "result");
		return;
	}
	message = node_str(node_get(ret->error, "message"));
	ret->error_message = message ? message : "(no message)";
	if (!node_i64(node_get(ret->error, "code"), &ret->error_code))
		ret->error_code = 0;
}

enum client_wait client_exchange(struct client *cl, struct ctx *c, const struct buf *line,
				 const char *id_text, int64_t until,
				 struct client_reply *ret, struct err *e)
{
	struct pending p = { 0 };
	enum client_wait w = WAIT_FAILED;
	int64_t sent_us;

	p.id = jsonr_parse(c->arena, arena_strdup(c->arena, id_text), strlen(id_text), 0,
			   NULL, e);
	if (!p.id)
		return WAIT_FAILED;
	p.line = line;
	pthread_mutex_lock(&cl->hub->mu);
	p.next = cl->pending;
	cl->pending = &p;
	sent_us = clock_mono_us();
	if (client_io_send(cl, line->data, line->len, e))
		w = await(cl, c, &p, until, e);
	pending_drop(cl, &p);
	pthread_mutex_unlock(&cl->hub->mu);
	if (w == WAIT_DONE)
		fill_reply(c, &p, sent_us, ret);
	else if (p.done) /* it came while we were giving up */
		arena_free(p.arena);
	return w;
}

static void send_cancel(struct client *cl, const char *id_text, const char *reason)
{
	char params[128];

	snprintf(params, sizeof(params), "{\"requestId\":%s,\"reason\":\"%s\"}", id_text,
		 reason);
	(void)client_notify(cl, "notifications/cancelled", params, NULL);
}

static bool ended_text(struct client *cl, struct ctx *c, const char *method,
		       struct err *e)
{
	return err_set(e, ERR_UNAVAILABLE,
		       "%s ended before it answered %s\nhint: how it ended: %s", cl->name,
		       method, client_last_words(c->arena, cl, 250));
}

static bool timeout_text(struct client *cl, const char *method, int64_t ms, struct err *e)
{
	char why[200] = "";

	pthread_mutex_lock(&cl->hub->mu);
	if (cl->junk)
		snprintf(why, sizeof(why),
			 "; %" PRId64 " lines of it were unreadable: %s", cl->junk,
			 cl->junk_why);
	pthread_mutex_unlock(&cl->hub->mu);
	return err_set(e, ERR_TIMEOUT, "%s did not answer %s within %" PRId64 " ms%s",
		       cl->name, method, ms, why);
}

static bool fail(struct client *cl, struct ctx *c, const char *method, const char *id,
		 int64_t began, struct err *e)
{
	enum err_code code = e->code;

	if (code == ERR_CANCELLED || code == ERR_TIMEOUT)
		send_cancel(cl, id, code == ERR_CANCELLED ? "cancelled" : "timeout");
	if (code == ERR_TIMEOUT)
		return timeout_text(cl, method, clock_mono() - began, e);
	if (code == ERR_UNAVAILABLE && !client_alive(cl))
		return ended_text(cl, c, method, e);
	return false;
}

bool client_call(struct client *cl, struct ctx *c, const char *method, const char *params,
		 int64_t timeout_ms, struct client_reply *ret, struct err *e)
{
	int64_t began = clock_mono(), until = timeout_ms > 0 ? began + timeout_ms : 0, n;
	enum client_wait w = WAIT_FAILED;
	struct client_reply got = { 0 };
	struct err why = { 0 };
	struct buf line;
	char id[24];

	pthread_mutex_lock(&cl->hub->mu);
	n = cl->next_id++;
	pthread_mutex_unlock(&cl->hub->mu);
	snprintf(id, sizeof(id), "%" PRId64, n);
	buf_init(&line, CLIENT_OUT_MAX / 2);
	if (client_msg_build(cl, id, method, params, c->progress != NULL, &line, &why))
		w = client_exchange(cl, c, &line, id, until, &got, &why);
	buf_release(&line);
	if (w == WAIT_DONE && !got.error &&
	    (!got.result || got.result->kind != NODE_OBJECT))
		return err_set(e, ERR_UNAVAILABLE,
			       "%s answered %s without a result object", cl->name,
			       method);
	if (w == WAIT_DONE) {
		*ret = got;
		return true;
	}
	if (w == WAIT_SILENT)
		err_set(&why, ERR_TIMEOUT, "silent");
	fail(cl, c, method, id, began, &why);
	return err_set(e, why.code, "%s", why.msg);
}

bool client_notify(struct client *cl, const char *method, const char *params,
		   struct err *e)
{
	struct buf line;
	bool ok;

	buf_init(&line, CLIENT_OUT_MAX / 2);
	ok = client_msg_build(cl, NULL, method, params, false, &line, e);
	if (ok) {
		pthread_mutex_lock(&cl->hub->mu);
		ok = client_io_send(cl, line.data, line.len, e);
		pthread_mutex_unlock(&cl->hub->mu);
	}
	buf_release(&line);
	return ok;
}

bool client_raw(struct client *cl, struct ctx *c, const char *line, const char *id_text,
		int64_t timeout_ms, struct client_reply *ret, struct err *e)
{
	struct client_reply got = { 0 };
	enum client_wait w = WAIT_DONE;
	struct err why = { 0 };
	struct buf b;

	buf_init(&b, CLIENT_OUT_MAX / 2);
	buf_adds(&b, line);
	if (b.overflow) {
		w = WAIT_FAILED;
		err_set(&why, ERR_LIMIT, "the line is longer than %zu bytes", b.max);
	} else if (id_text) {
		w = client_exchange(cl, c, &b, id_text, clock_mono() + timeout_ms, &got,
				    &why);
	} else {
		pthread_mutex_lock(&cl->hub->mu);
		if (!client_io_send(cl, buf_text(&b), b.len, &why))
			w = WAIT_FAILED;
		pthread_mutex_unlock(&cl->hub->mu);
	}
	buf_release(&b);
	if (w == WAIT_FAILED)
		return err_set(e, why.code, "%s", why.msg);
	if (ret)
		*ret = got;
	return true;
}

/* The cursor of the next page, or NULL after the last one. */
static const char *next_cursor(const struct client_reply *r)
{
	return node_str(node_get(r->result, "nextCursor"));
}

char *client_cursor_params(struct arena *a, const char *cursor)
{
	struct buf b;
	struct jsonw w;
	char *text;

	if (!cursor)
		return NULL;
	buf_init(&b, LIMIT_LINE_OUT);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "cursor", cursor);
	jsonw_end(&w);
	text = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return text;
}

bool client_cursor_seen(const char *const *seen, int n, const char *cursor)
{
	for (int i = 0; i < n; i++)
		if (str_eq(seen[i], cursor))
			return true;
	return false;
}

bool client_list(struct client *cl, struct ctx *c, const char *method, const char *member,
		 int max_pages, bool (*each)(void *arg, const struct node *item),
		 void *arg, struct err *e)
{
	const char **seen = arena_array(c->arena, (size_t)max_pages, sizeof(*seen));
	const char *cursor = NULL;

	for (int page = 0; page < max_pages; page++) {
		struct client_reply r = { 0 };
		const struct node *list;

		if (!client_call(cl, c, method, client_cursor_params(c->arena, cursor), 0,
				 &r, e))
			return false;
		if (r.error_message)
			return err_set(e, ERR_UNAVAILABLE,
				       "%s refused %s: error %" PRId64 ": %.200s",
				       cl->name, method, r.error_code, r.error_message);
		list = node_get(r.result, member);
		if (!list || list->kind != NODE_ARRAY)
			return err_set(e, ERR_UNAVAILABLE,
				       "%s answered %s without a list of %s", cl->name,
				       method, member);
		for (const struct node *item = list->first; item; item = item->next)
			if (!each(arg, item))
				return true;
		cursor = next_cursor(&r);
		if (!cursor)
			return true;
		if (client_cursor_seen(seen, page, cursor))
			return err_set(e, ERR_UNAVAILABLE,
				       "%s: %s gave the same cursor twice", cl->name,
				       method);
		seen[page] = cursor;
	}
	return err_set(e, ERR_LIMIT, "%s: %s has more than %d pages", cl->name, method,
		       max_pages);
}
