/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of MCP: one table, the era decided for every message on its own. */
#include "common/rpc/mcp.h"

#include "common/base/mem.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/rpc/ask.h"
#include "common/rpc/listen.h"

struct method {
	const char *name;
	bool legacy, modern;
	enum need need;
	bool (*run)(struct call *k, struct err *e);
};

bool mcp_offers(const struct offer *o, enum need need)
{
	switch (need) {
	case NEED_TOOLS:
		return o->tools && o->tools[0];
	case NEED_PROMPTS:
		return o->prompts && o->prompts[0];
	case NEED_RESOURCES:
		return o->resources && o->resources[0];
	case NEED_SUBSCRIBE:
		return o->subscribe && o->resources && o->resources[0];
	case NEED_LOGGING:
		return o->logging;
	case NEED_COMPLETIONS:
		return o->completions;
	case NEED_TASKS:
	case NEED_NONE:
		break;
	}
	return true;
}

bool call_pass(struct call *k, const struct work *w, struct err *e)
{
	if (k->srv->opt.gate)
		return k->srv->opt.gate(&k->ctx, w, e);
	return (!w->prep || w->prep(&k->ctx, w->arg, e)) && w->run(&k->ctx, w->arg, e);
}

static bool ping(struct call *k, struct err *e)
{
	(void)e;
	reply_result(k, "{}", 2);
	return true;
}

static bool set_level(struct call *k, struct err *e)
{
	int level = names_find(log_level_names, node_str(node_get(k->params, "level")));

	if (level == 0)
		return err_set(
			e, ERR_PARAMS,
			"level must be one of debug, info, notice, warning, error, "
			"critical, alert, emergency");
	wire_lock(&k->srv->wire);
	k->srv->session.log_level = level;
	wire_unlock(&k->srv->wire);
	return ping(k, e);
}

/* ---- the table and the two eras ---- */

static const struct method methods[] = {
	{ "initialize", true, false, NEED_NONE, mcp_initialize },
	{ "ping", true, false, NEED_NONE, ping },
	{ "server/discover", false, true, NEED_NONE, mcp_discover },
	{ "tools/list", true, true, NEED_TOOLS, tools_list },
	{ "tools/call", true, true, NEED_TOOLS, tools_call },
	{ "resources/list", true, true, NEED_RESOURCES, resources_list },
	{ "resources/templates/list", true, true, NEED_RESOURCES, templates_list },
	{ "resources/read", true, true, NEED_RESOURCES, resources_read },
	{ "resources/subscribe", true, false, NEED_SUBSCRIBE, listen_subscribe },
	{ "resources/unsubscribe", true, false, NEED_SUBSCRIBE, listen_unsubscribe },
	{ "prompts/list", true, true, NEED_PROMPTS, prompts_list },
	{ "prompts/get", true, true, NEED_PROMPTS, prompts_get },
	{ "completion/complete", true, true, NEED_COMPLETIONS, completion_complete },
	{ "logging/setLevel", true, false, NEED_LOGGING, set_level },
	{ "tasks/get", true, true, NEED_TASKS, tasks_get },
	{ "tasks/cancel", true, true, NEED_TASKS, tasks_cancel },
	{ "tasks/update", false, true, NEED_TASKS, tasks_update },
	{ "tasks/result", true, false, NEED_TASKS, tasks_result },
	{ "subscriptions/listen", false, true, NEED_NONE, listen_start },
};

static const struct method *method_find(const struct call *k)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		const struct method *m = &methods[i];

		if (!str_eq(m->name, k->method))
			continue;
		if (!(call_modern(k) ? m->modern : m->legacy))
			return NULL;
		if (m->need == NEED_TASKS && (!k->srv->opt.tasks || k->rev < REV_2025_11))
			return NULL;
		return mcp_offers(k->srv->opt.offer, m->need) ? m : NULL;
	}
	return NULL;
}

static bool has_envelope(const struct node *meta)
{
	return node_get(meta, P_PREFIX "protocolVersion") ||
	       node_get(meta, P_PREFIX "clientCapabilities");
}

/* Sets k->rev, 0 for the two methods that need no session. */
static bool classify(struct call *k, const struct node *meta, struct err *e)
{
	struct session *ss = &k->srv->session;
	const char *claim = node_str(node_get(meta, P_PREFIX "protocolVersion"));

	if (has_envelope(meta) &&
	    !(ss->rev != REV_NONE && claim && str_eq(claim, rev_names[ss->rev])))
		return mcp_read_envelope(k, meta, e);
	k->rev = ss->rev;
	k->caps = ss->caps;
	k->client_name = arena_strdup(k->ctx.arena, ss->client_name);
	if (ss->rev != REV_NONE || str_eq(k->method, "initialize") ||
	    str_eq(k->method, "ping"))
		return true;
	return err_set(e, ERR_PARAMS,
		       "Missing request metadata: send params._meta with " P_PREFIX
		       "protocolVersion and " P_PREFIX
		       "clientCapabilities, or start a session with initialize");
}

/* *ret_taken: a worker answers, or the call stays as a subscription. */
static bool dispatch(struct call *k, const struct msg *m, bool *ret_taken, struct err *e)
{
	static const struct node empty = { .kind = NODE_OBJECT };
	const struct node *meta, *token;
	const struct method *row;
	const char *key;

	k->method = m->method;
	k->params = m->params ? m->params : &empty;
	meta = node_get(k->params, "_meta");
	if (!classify(k, meta, e))
		return false;
	if (k->batch && (call_modern(k) || str_eq(k->method, "initialize")))
		return err_set(e, ERR_REQUEST, "%s cannot be part of a batch",
			       call_modern(k) ? "a request with metadata" : "initialize");
	row = method_find(k);
	if (!row)
		return err_set(e, ERR_METHOD, "unknown method \"%s\"",
			       str_printable(k->ctx.arena, k->method, 100));
	token = node_get(meta, "progressToken");
	if (token && token->raw_len > LIMIT_ID)
		return err_set(e, ERR_REQUEST, "progressToken is longer than %d bytes",
			       LIMIT_ID);
	if (token)
		msg_id(k->ctx.arena, token, &k->token, &key);
	if (!row->run(k, e))
		return false;
	*ret_taken = k->job || k->listening;
	return !k->job || call_queue(k, e); /* a queued call may be gone already */
}

static void request(struct call *k, const struct msg *m, struct err *e)
{
	bool taken = false;

	k->id = m->id;
	k->key = m->key;
	if (e->code == ERR_NONE && dispatch(k, m, &taken, e)) {
		if (taken)
			return;
	} else {
		reply_error(k, e);
	}
	reply_send(k);
	call_free(k);
}

static void notification(struct call *k, const struct msg *m)
{
	struct server *s = k->srv;
	const struct node *meta = node_get(m->params, "_meta");
	const struct node *id = node_get(m->params, "requestId");
	const char *raw, *key;

	if (str_eq(m->method, "notifications/initialized") &&
	    s->session.rev != REV_NONE) {
		wire_lock(&s->wire);
		s->session.initialized = true;
		wire_unlock(&s->wire);
	} else if (str_eq(m->method, "notifications/cancelled") &&
		   msg_id(k->ctx.arena, id, &raw, &key)) {
		call_cancel_id(s, key, has_envelope(meta));
	}
}

/* One message; takes the call. */
static void message(struct call *k, const struct node *root)
{
	struct err e = { 0 };
	struct msg m;

	if (!msg_read(k->ctx.arena, root, &m, &e) || m.kind == MSG_REQUEST) {
		request(k, &m, &e);
		return;
	}
	if (m.kind == MSG_NOTIFICATION)
		notification(k, &m);
	else if (m.key && ask_answer(k, &m))
		return; /* who asked has taken the call's memory */
	if (k->batch) {
		wire_lock(&k->srv->wire);
		batch_done(k->srv, k->batch);
		wire_unlock(&k->srv->wire);
	}
	call_free(k);
}

static const struct node *parse(struct call *k, const char *text, size_t n, struct err *e)
{
	char *copy = arena_strndup(k->ctx.arena, text, n);

	return jsonr_parse(k->ctx.arena, copy, n, 0, NULL, e);
}

/* Elements live longer than the array, each on its own: they are read again from its
 * bytes. */
static void batch(struct server *s, const struct node *list)
{
	struct batch *b = mem_alloc(sizeof(*b));

	buf_init(&b->out, LIMIT_LINE_OUT + 1024);
	b->open = 1;
	for (const struct node *n = list->first; n; n = n->next) {
		struct call *k = call_new(s);
		struct err e = { 0 };

		k->batch = b;
		wire_lock(&s->wire);
		b->open++;
		wire_unlock(&s->wire);
		message(k, parse(k, n->raw, n->raw_len, &e));
	}
	wire_lock(&s->wire);
	batch_done(s, b);
	wire_unlock(&s->wire);
}

static void refuse(struct call *k, enum err_code code, const char *text)
{
	struct err e = { 0 };

	err_set(&e, code, "%s", text);
	reply_error(k, &e);
	reply_send(k);
	call_free(k);
}

void mcp_too_long(struct server *s)
{
	struct call *k = call_new(s);

	refuse(k, ERR_PARSE,
	       arena_printf(k->ctx.arena, "the line is longer than %lld bytes",
			    (long long)s->opt.max_line));
}

void mcp_line(struct server *s, const char *line, size_t n)
{
	struct call *k = call_new(s);
	struct err e = { 0 };
	const struct node *root = parse(k, line, n, &e);

	if (!root) {
		refuse(k, ERR_PARSE, e.msg);
	} else if (root->kind != NODE_ARRAY) {
		message(k, root);
	} else if (s->session.rev != REV_2025_03) {
		refuse(k, ERR_REQUEST,
		       "batches exist in sessions of revision 2025-03-26 only");
	} else if (root->n == 0 || root->n > LIMIT_BATCH) {
		refuse(k, ERR_REQUEST, "a batch must have 1 to 1000 messages");
	} else {
		batch(s, root);
		call_free(k);
	}
}

void mcp_release(struct server *s)
{
	listen_forget(&s->session);
	mem_free(s->session.client_name);
	for (size_t i = 0; i < ARRAY_LEN(s->lists); i++)
		for (size_t j = 0; j < ARRAY_LEN(s->lists[i]); j++)
			buf_release(&s->lists[i][j]);
}
