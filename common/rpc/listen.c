/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions and change notices. */
#include "common/rpc/listen.h"

#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/resource.h"

#define ID_KEY P_PREFIX "subscriptionId"

static const struct {
	enum notice_kind kind;
	const char *member, *method;
} kinds[] = {
	{ NOTICE_TOOLS, "toolsListChanged", "notifications/tools/list_changed" },
	{ NOTICE_PROMPTS, "promptsListChanged", "notifications/prompts/list_changed" },
	{ NOTICE_RESOURCES, "resourcesListChanged",
	  "notifications/resources/list_changed" },
};

static unsigned served(const struct offer *o)
{
	if (!o->list_changed)
		return 0;
	return (o->tools ? NOTICE_TOOLS : 0u) | (o->prompts ? NOTICE_PROMPTS : 0u) |
	       (o->resources ? NOTICE_RESOURCES : 0u);
}

static bool long_uri(struct err *e)
{
	return err_set(e, ERR_PARAMS, "a subscribed URI may have at most %d bytes",
		       LIMIT_URI);
}

static bool read_uris(struct call *k, const struct node *list, struct err *e)
{
	if (!list)
		return true;
	if (list->kind != NODE_ARRAY || list->n > LIMIT_SUBSCRIBED)
		return err_set(
			e, ERR_PARAMS,
			"resourceSubscriptions must be an array of at most %d URIs",
			LIMIT_SUBSCRIBED);
	k->uris = arena_array(k->ctx.arena, list->n + 1, sizeof(*k->uris));
	for (const struct node *n = list->first; n; n = n->next) {
		if (!node_str(n))
			return err_set(e, ERR_PARAMS,
				       "resourceSubscriptions must hold strings only");
		if (n->raw_len > LIMIT_URI)
			return long_uri(e);
		k->uris[k->n_uris++] = node_str(n);
	}
	if (!k->srv->opt.offer->subscribe)
		k->n_uris = 0;
	return true;
}

static bool read_filter(struct call *k, struct err *e)
{
	const struct node *f = node_get(k->params, "notifications");

	if (!f || f->kind != NODE_OBJECT)
		return err_set(e, ERR_PARAMS, "notifications must be given as an object");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct node *n = node_get(f, kinds[i].member);

		if (n && n->kind != NODE_BOOL)
			return err_set(e, ERR_PARAMS, "%s must be a boolean",
				       kinds[i].member);
		if (n && n->truth)
			k->kinds |= kinds[i].kind;
	}
	k->kinds &= served(k->srv->opt.offer);
	return read_uris(k, node_get(f, "resourceSubscriptions"), e);
}

static void open_note(struct jsonw *w, struct buf *line, const char *method,
		      const char *id)
{
	buf_reset(line);
	jsonw_init(w, line);
	jsonw_obj(w, NULL);
	jsonw_str(w, "jsonrpc", "2.0");
	jsonw_str(w, "method", method);
	jsonw_obj(w, "params");
	if (id) {
		jsonw_obj(w, "_meta");
		jsonw_raw(w, ID_KEY, id);
		jsonw_end(w);
	}
}

/* With the lock held. */
static void close_note(struct server *s, struct jsonw *w)
{
	jsonw_end(w);
	jsonw_end(w);
	buf_addc(w->b, '\n');
	if (!w->b->overflow)
		wire_put(&s->wire, w->b->data, w->b->len);
}

static void acknowledge(struct call *k)
{
	struct jsonw w;

	open_note(&w, &k->line, "notifications/subscriptions/acknowledged", k->id);
	jsonw_obj(&w, "notifications");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (k->kinds & kinds[i].kind)
			jsonw_bool(&w, kinds[i].member, true);
	if (k->n_uris > 0) {
		jsonw_arr(&w, "resourceSubscriptions");
		for (size_t i = 0; i < k->n_uris; i++)
			jsonw_str(&w, NULL, k->uris[i]);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	close_note(k->srv, &w);
}

bool listen_start(struct call *k, struct err *e)
{
	struct server *s = k->srv;
	bool room;

	if (!read_filter(k, e) || !call_register(k, e))
		return false;
	wire_lock(&s->wire);
	room = s->n_listens < LIMIT_LISTENS;
	if (room) {
		k->listening = true;
		s->n_listens++;
		acknowledge(k);
	}
	wire_unlock(&s->wire);
	return room || err_set(e, ERR_INTERNAL, "at most %d subscriptions may be open",
			       LIMIT_LISTENS);
}

static bool get_uri(const struct call *k, const char **ret, struct err *e)
{
	*ret = node_str(node_get(k->params, "uri"));
	return *ret || err_set(e, ERR_PARAMS, "uri must be given as a string");
}

static size_t position(const struct session *ss, const char *uri)
{
	size_t i = 0;

	while (i < ss->n_uris && !resource_same(ss->uris[i], uri))
		i++;
	return i;
}

bool listen_subscribe(struct call *k, struct err *e)
{
	struct session *ss = &k->srv->session;
	const char *uri;
	struct jsonw w;
	bool room;

	if (!get_uri(k, &uri, e))
		return false;
	if (node_get(k->params, "uri")->raw_len > LIMIT_URI)
		return long_uri(e);
	if (!resource_find(k->srv->opt.offer, uri, k->ctx.arena, NULL))
		return resource_unknown(&k->ctx, uri, e);
	wire_lock(&k->srv->wire);
	room = position(ss, uri) < ss->n_uris || ss->n_uris < LIMIT_SUBSCRIBED;
	if (room && position(ss, uri) == ss->n_uris)
		ss->uris[ss->n_uris++] = mem_strdup(uri);
	wire_unlock(&k->srv->wire);
	if (!room)
		return err_set(e, ERR_INTERNAL, "at most %d resources may be subscribed",
			       LIMIT_SUBSCRIBED);
	reply_open(k, &w);
	reply_close(k, &w, CACHE_NONE);
	return true;
}

bool listen_unsubscribe(struct call *k, struct err *e)
{
	struct session *ss = &k->srv->session;
	const char *uri;
	struct jsonw w;
	size_t i;

	if (!get_uri(k, &uri, e))
		return false;
	wire_lock(&k->srv->wire);
	i = position(ss, uri);
	if (i < ss->n_uris) {
		mem_free(ss->uris[i]);
		ss->uris[i] = ss->uris[--ss->n_uris];
	}
	wire_unlock(&k->srv->wire);
	reply_open(k, &w);
	reply_close(k, &w, CACHE_NONE);
	return true;
}

void listen_forget(struct session *ss)
{
	while (ss->n_uris > 0)
		mem_free(ss->uris[--ss->n_uris]);
}

static const char *method_of(enum notice_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].method;
	return "notifications/resources/updated";
}

/* *ret_uri: as the subscriber wrote it. */
static bool wants(const struct call *k, const struct notice *n, const char **ret_uri)
{
	if (n->kind != NOTICE_URI)
		return k->kinds & n->kind;
	for (size_t i = 0; i < k->n_uris; i++) {
		*ret_uri = k->uris[i];
		if (resource_same(*ret_uri, n->uri))
			return true;
	}
	return false;
}

static void send_one(struct server *s, const struct notice *n, const char *uri,
		     const char *id, struct buf *b)
{
	struct jsonw w;

	open_note(&w, b, method_of(n->kind), id);
	jsonw_str(&w, "uri", uri);
	close_note(s, &w);
}

static bool session_wants(const struct server *s, const struct notice *n,
			  const char **ret_uri)
{
	const struct session *ss = &s->session;
	size_t i;

	if (!ss->initialized)
		return false;
	if (n->kind != NOTICE_URI)
		return served(s->opt.offer) & n->kind;
	i = position(ss, n->uri);
	if (i < ss->n_uris)
		*ret_uri = ss->uris[i];
	return i < ss->n_uris;
}

void listen_send_all(struct call *k)
{
	struct server *s = k->srv;
	CLEANUP(buf_release) struct buf b;

	buf_init(&b, 64 * 1024);
	for (const struct notice *n = k->notices; n; n = n->next) {
		const char *uri = NULL;

		if (session_wants(s, n, &uri))
			send_one(s, n, uri, NULL, &b);
		for (size_t i = 0; s->n_listens > 0 && i < ARRAY_LEN(s->table); i++)
			for (struct call *l = s->table[i]; l; l = l->peer)
				if (l->listening && wants(l, n, &uri))
					send_one(s, n, uri, l->id, &b);
	}
}

/* With the lock held: one page of the protocol asks for the result, another for the
 * cancellation; clients take both in this order. */
static void end_one(struct call *k)
{
	struct jsonw w;

	buf_reset(&k->line);
	rpc_head(&k->line, k->id);
	buf_adds(&k->line, "\"result\":");
	jsonw_init(&w, &k->line);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "resultType", "complete");
	jsonw_obj(&w, "_meta");
	jsonw_raw(&w, ID_KEY, k->id);
	result_server_info(k->srv, &w);
	jsonw_end(&w);
	jsonw_end(&w);
	buf_adds(&k->line, "}\n");
	if (!k->line.overflow)
		wire_put(&k->srv->wire, k->line.data, k->line.len);
	open_note(&w, &k->line, "notifications/cancelled", NULL);
	jsonw_raw(&w, "requestId", k->id);
	close_note(k->srv, &w);
}

void listen_end_all(struct server *s)
{
	wire_lock(&s->wire);
	for (size_t i = 0; i < ARRAY_LEN(s->table) && !s->listens_ended; i++)
		for (struct call *k = s->table[i]; k; k = k->peer)
			if (k->listening)
				end_one(k);
	s->listens_ended = true;
	wire_unlock(&s->wire);
}
