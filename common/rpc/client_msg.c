/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the MCP client: what comes from a child is sorted, what goes to it is
 * built. */
#include "common/rpc/client_priv.h"

#include <string.h>

#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/field/jsonw.h"

#define META_PREFIX "io.modelcontextprotocol/"

static void copy_cut(char *to, size_t size, const char *text)
{
	size_t n = utf8_cut(text, MIN(strlen(text), size - 1));

	memcpy(to, text, n);
	to[n] = '\0';
}

static void note_junk(struct client *cl, const char *why)
{
	if (!cl->junk++)
		copy_cut(cl->junk_why, sizeof(cl->junk_why), why);
}

static bool same_id(const struct node *a, const struct node *b)
{
	/* An error about an unreadable line may have no id at all. */
	enum node_kind kind = b ? b->kind : NODE_NULL;

	if (a->kind != kind)
		return false;
	return kind == NODE_NULL || str_eq(a->text, b->text);
}

/* Takes over the arena when somebody waits for this reply. */
static bool give_reply(struct client *cl, struct arena *a, const struct node *msg,
		       size_t bytes)
{
	const struct node *id = node_get(msg, "id");

	for (struct pending *p = cl->pending; p; p = p->next) {
		if (p->done || !same_id(p->id, id))
			continue;
		p->arena = a;
		p->msg = msg;
		p->bytes = bytes;
		p->at_us = clock_mono_us();
		p->done = true;
		pthread_cond_broadcast(&cl->changed);
		return true;
	}
	return false;
}

static double number_of(const struct node *n)
{
	double v;

	return n && n->kind == NODE_NUMBER && str_to_f64(n->text, &v) ? v : 0;
}

static void take_progress(struct client *cl, const struct node *params)
{
	const struct node *token = node_get(params, "progressToken");
	const char *message = node_str(node_get(params, "message"));

	if (!token)
		return;
	for (struct pending *p = cl->pending; p; p = p->next) {
		if (p->done || !same_id(p->id, token))
			continue;
		p->progress = number_of(node_get(params, "progress"));
		p->total = number_of(node_get(params, "total"));
		copy_cut(p->message, sizeof(p->message), message ? message : "");
		p->news = true;
		pthread_cond_broadcast(&cl->changed);
		return;
	}
}

/* We declare no capability, so ping is all a server may ask of us. */
static void answer(struct client *cl, struct arena *a, const struct node *msg,
		   const char *method)
{
	struct buf b;
	struct jsonw w;

	if (cl->info.modern)
		return; /* there a server sends no requests, and a client no replies */
	buf_init(&b, LIMIT_LINE_OUT);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "jsonrpc", "2.0");
	jsonw_raw(&w, "id", node_raw(a, node_get(msg, "id")));
	if (str_eq(method, "ping")) {
		jsonw_obj(&w, "result");
	} else {
		jsonw_obj(&w, "error");
		jsonw_i64(&w, "code", -32601);
		jsonw_str(&w, "message",
			  "Method not found: this client has no such capability");
	}
	jsonw_end(&w);
	jsonw_end(&w);
	if (!b.overflow)
		(void)client_io_send(cl, b.data, b.len, NULL);
	buf_release(&b);
}

/* The first line is a request that waits for its reply: a program that copies its input,
 * such as cat. No server asks for what only a client may ask. */
static bool is_echo(struct client *cl, struct arena *a, const struct node *msg)
{
	const char *method = node_str(node_get(msg, "method"));
	const struct node *id = node_get(msg, "id"), *sent;
	struct err e = { 0 };

	for (struct pending *p = cl->pending; p && method && id; p = p->next) {
		if (p->done || !same_id(p->id, id))
			continue;
		sent = jsonr_parse(a, arena_strndup(a, p->line->data, p->line->len),
				   p->line->len, 0, NULL, &e);
		if (str_eq(node_str(node_get(sent, "method")), method) &&
		    !str_eq(method, "ping"))
			return true;
	}
	return false;
}

/* True when the arena was taken over. */
static bool take_message(struct client *cl, struct arena *a, const struct node *msg,
			 size_t bytes)
{
	const struct node *id = node_get(msg, "id");
	const char *method = node_str(node_get(msg, "method"));

	if (!method) {
		if (node_get(msg, "result") || node_get(msg, "error"))
			return give_reply(cl, a, msg, bytes);
		note_junk(cl, "neither a request nor a reply");
	} else if (id) {
		if (id->kind == NODE_STRING || id->kind == NODE_NUMBER)
			answer(cl, a, msg, method);
	} else if (str_eq(method, "notifications/progress")) {
		take_progress(cl, node_get(msg, "params"));
	}
	return false;
}

static bool is_blank(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (line[i] != ' ' && line[i] != '\t')
			return false;
	return true;
}

void client_msg_take(struct client *cl, const char *line, size_t n)
{
	struct arena *a;
	struct node *msg;
	struct err e = { 0 };
	bool first = !cl->any_line;

	if (cl->wire)
		cl->wire(cl->wire_arg, '<', line, n);
	if (n && line[n - 1] == '\r')
		n--;
	if (is_blank(line, n))
		return;
	a = arena_new();
	/* Raw bytes of values point into this copy. */
	msg = jsonr_parse(a, arena_strndup(a, line, n), n,
			  JSONR_DUPLICATES | JSONR_NUL | (cl->any_line ? 0 : JSONR_BOM),
			  NULL, &e);
	cl->any_line = true;
	if (!msg) {
		note_junk(cl, e.msg);
	} else if (msg->kind != NODE_OBJECT ||
		   !str_eq(node_str(node_get(msg, "jsonrpc")), "2.0")) {
		note_junk(cl, "not a JSON-RPC 2.0 object");
	} else if (first && is_echo(cl, a, msg)) {
		cl->echoes = true;
		pthread_cond_broadcast(&cl->changed);
	} else if (take_message(cl, a, msg, n)) {
		return;
	}
	arena_free(a);
}

static void add_envelope(struct jsonw *w, const struct client *cl)
{
	jsonw_str(w, META_PREFIX "protocolVersion", CLIENT_MODERN_VERSION);
	jsonw_obj(w, META_PREFIX "clientInfo");
	jsonw_str(w, "name", cl->as_name);
	jsonw_str(w, "version", SUITE_VERSION);
	jsonw_end(w);
	jsonw_obj(w, META_PREFIX "clientCapabilities");
	jsonw_end(w);
}

static void add_meta(struct jsonw *w, const struct client *cl, const struct node *given,
		     const char *token)
{
	jsonw_obj(w, "_meta");
	for (const struct node *m = given ? given->first : NULL; m; m = m->next)
		if (!(cl->info.modern && str_starts(m->key, META_PREFIX)) &&
		    !(token && str_eq(m->key, "progressToken")))
			jsonw_node(w, m->key, m);
	if (cl->info.modern)
		add_envelope(w, cl);
	jsonw_raw(w, "progressToken", token);
	jsonw_end(w);
}

bool client_msg_build(const struct client *cl, const char *id_text, const char *method,
		      const char *params, bool token, struct buf *ret, struct err *e)
{
	struct arena *a = arena_new();
	const struct node *given = NULL;
	struct jsonw w;

	if (params && (!(given = jsonr_parse(a, params, strlen(params), 0, NULL, e)) ||
		       given->kind != NODE_OBJECT)) {
		arena_free(a);
		return err_set(e, ERR_ARG, "parameters of %s: not a JSON object", method);
	}
	jsonw_init(&w, ret);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "jsonrpc", "2.0");
	jsonw_raw(&w, "id", id_text);
	jsonw_str(&w, "method", method);
	if (given || cl->info.modern || token) {
		const struct node *meta = node_get(given, "_meta");

		jsonw_obj(&w, "params");
		for (const struct node *m = given ? given->first : NULL; m; m = m->next)
			if (!str_eq(m->key, "_meta"))
				jsonw_node(&w, m->key, m);
		if (meta || cl->info.modern || token)
			add_meta(&w, cl, meta, token ? id_text : NULL);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	arena_free(a);
	if (ret->overflow)
		return err_set(e, ERR_LIMIT, "%s: the request is longer than %zu bytes",
			       method, ret->max);
	return true;
}
