/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the human, in both eras. */
#include "common/rpc/ask.h"

#include <time.h>

#include "common/base/digest.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/call.h"
#include "common/rpc/page.h"

enum { MAX_STATE = 64 * 1024, SLICE_MS = 500 };

/* A request of ours to a client of a handshake revision; lives on the asking worker's
 * stack. */
struct question_wait {
	struct question_wait *next;
	char id[32];
	struct call *owner;
	pthread_cond_t cond;
	struct call *taken; /* holds the answer's memory */
	const struct node *root;
};

/* What a call in 2026-07-28 brought along, and what it was told so far. */
struct ask_round {
	const struct node *responses; /* inputResponses or NULL */
	const struct node *carried;   /* answers of earlier rounds or NULL */
	bool proven;		      /* a valid request state came with the call */
	struct answered {
		struct answered *next;
		const char *key;
		const struct node *node;
	} * answered;
};

static const struct {
	const char *method;
	unsigned cap;
	const char *required; /* requiredCapabilities of -32021 */
} kinds[] = {
	[ASK_FORM] = { "elicitation/create", CAP_FORM,
		       "{\"elicitation\":{\"form\":{}}}" },
	[ASK_SAMPLING] = { "sampling/createMessage", CAP_SAMPLING, "{\"sampling\":{}}" },
	[ASK_ROOTS] = { "roots/list", CAP_ROOTS, "{\"roots\":{}}" },
};

/* ---- handshake revisions: a request of ours ---- */

static void send_line(struct server *s, struct jsonw *w)
{
	buf_addc(w->b, '\n');
	if (!w->b->overflow)
		wire_put(&s->wire, w->b->data, w->b->len);
}

static void put_request(struct server *s, const struct question_wait *q,
			const char *method, const char *params)
{
	CLEANUP(buf_release) struct buf b;
	struct jsonw w;

	buf_init(&b, LIMIT_LINE_OUT);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "jsonrpc", "2.0");
	jsonw_str(&w, "id", q->id);
	jsonw_str(&w, "method", method);
	jsonw_raw(&w, "params", params);
	jsonw_end(&w);
	send_line(s, &w);
}

static void put_cancel(struct server *s, const struct question_wait *q)
{
	CLEANUP(buf_release) struct buf b;
	struct jsonw w;

	buf_init(&b, 4096);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "jsonrpc", "2.0");
	jsonw_str(&w, "method", "notifications/cancelled");
	jsonw_obj(&w, "params");
	jsonw_str(&w, "requestId", q->id);
	jsonw_end(&w);
	jsonw_end(&w);
	send_line(s, &w);
}

void ask_wake(struct server *s, const struct call *call)
{
	for (struct question_wait *q = s->questions; q; q = q->next)
		if (!call || q->owner == call)
			pthread_cond_broadcast(&q->cond);
}

bool ask_answer(struct call *k, const struct msg *m)
{
	struct server *s = k->srv;
	struct question_wait *q;

	wire_lock(&s->wire);
	for (q = s->questions; q; q = q->next)
		if (m->key[0] == 's' && str_eq(q->id, m->key + 1) && !q->taken)
			break;
	if (q && !k->batch) {
		q->taken = k;
		q->root = m->root;
		pthread_cond_broadcast(&q->cond);
	}
	wire_unlock(&s->wire);
	return q && !k->batch;
}

static void wait_slice(struct question_wait *q, pthread_mutex_t *lock)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_nsec += SLICE_MS * 1000000L;
	if (ts.tv_nsec >= 1000000000L) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000L;
	}
	pthread_cond_timedwait(&q->cond, lock, &ts);
}

static void drop_call(void *arg)
{
	call_free(arg);
}

/* The response to one request of ours, or NULL: nobody answers. */
static const struct node *exchange(struct ctx *c, const char *method, const char *params)
{
	struct call *k = c->call;
	struct server *s = k->srv;
	struct question_wait q = { .owner = k }, **at;
	int64_t deadline = clock_mono() + ASK_WAIT_MS;
	struct err ignored;
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q.cond, &attr);
	pthread_condattr_destroy(&attr);
	wire_lock(&s->wire);
	snprintf(q.id, sizeof(q.id), "s-%llu", (unsigned long long)++s->n_questions);
	q.next = s->questions;
	s->questions = &q;
	if (!s->no_answers)
		put_request(s, &q, method, params);
	while (!q.taken && !s->no_answers && !ctx_stop(c, &ignored) &&
	       clock_left(deadline) > 0)
		wait_slice(&q, &s->wire.lock);
	for (at = &s->questions; *at != &q; at = &(*at)->next)
		;
	*at = q.next;
	if (!q.taken)
		put_cancel(s, &q);
	wire_unlock(&s->wire);
	pthread_cond_destroy(&q.cond);
	if (q.taken)
		arena_defer(c->arena, drop_call, q.taken);
	return q.root;
}

static bool ask_legacy(struct ctx *c, const struct question *q,
		       const struct node **answer, struct err *e)
{
	const struct node *root, *result;
	bool again = false;

	if (!(c->call->caps & kinds[q->method].cap)) {
		if (q->optional)
			return true;
		return err_set(e, ERR_UNAVAILABLE,
			       "this host cannot be asked by %s, which this tool needs",
			       kinds[q->method].method);
	}
	root = exchange(c, kinds[q->method].method, q->params);
	if (ctx_stop(c, e))
		return false;
	result = node_get(root, "result");
	if (!result)
		return err_set(e, ERR_UNAVAILABLE, "%s was not answered: %s",
			       kinds[q->method].method,
			       root ? "the client reported an error" : "nobody is there");
	if (!ask_check(c->arena, q, result, &again, e) || again)
		return err_set(e, ERR_UNAVAILABLE,
			       "the answer to %s does not fit the question",
			       kinds[q->method].method);
	*answer = result;
	return true;
}

/* ---- 2026-07-28: request state ---- */

static void canonical(struct jsonw *w, const char *key, const struct node *n);

static void canonical_object(struct jsonw *w, const struct node *n)
{
	const char *last = NULL;

	for (size_t i = 0; i < n->n; i++) { /* objects of arguments are small */
		const struct node *least = NULL;

		for (const struct node *m = n->first; m; m = m->next)
			if ((!last || strcmp(m->key, last) > 0) &&
			    (!least || strcmp(m->key, least->key) < 0))
				least = m;
		if (!least)
			return;
		canonical(w, least->key, least);
		last = least->key;
	}
}

static void canonical(struct jsonw *w, const char *key, const struct node *n)
{
	if (n->kind == NODE_OBJECT) {
		jsonw_obj(w, key);
		canonical_object(w, n);
		jsonw_end(w);
	} else if (n->kind == NODE_ARRAY) {
		jsonw_arr(w, key);
		for (const struct node *m = n->first; m; m = m->next)
			canonical(w, NULL, m);
		jsonw_end(w);
	} else {
		jsonw_node(w, key, n);
	}
}

/* What the request asks for, whatever the order and spacing of its members. */
static void digest_params(const struct call *k, char out[DIGEST_HEX_LEN])
{
	static const char *const members[] = { "name", "uri", "arguments" };
	CLEANUP(buf_release) struct buf b;
	struct jsonw w;

	buf_init(&b, 16u * 1024 * 1024);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const struct node *n = node_get(k->params, members[i]);

		if (n && !(n->kind == NODE_OBJECT && n->n == 0))
			canonical(&w, members[i], n);
	}
	jsonw_end(&w);
	digest_sha256_hex(buf_text(&b), b.len, out);
}

static const char *principal(const struct ctx *c)
{
	if (!c->who)
		return "";
	return c->who->user_id ? c->who->user_id : c->who->name ? c->who->name : "";
}

static const char *make_state(struct ctx *c, const struct ask_round *r)
{
	CLEANUP(buf_release) struct buf b;
	char digest[DIGEST_HEX_LEN], *head;
	unsigned char nonce[16];
	struct jsonw w;

	digest_params(c->call, digest);
	digest_random(nonce, sizeof(nonce));
	buf_init(&b, MAX_STATE);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "m", c->call->method);
	jsonw_str(&w, "d", digest);
	jsonw_str(&w, "u", principal(c));
	jsonw_i64(&w, "e", clock_now().ms + ASK_STATE_MS);
	jsonw_str(&w, "r", str_hex(c->arena, nonce, sizeof(nonce)));
	jsonw_obj(&w, "a");
	for (const struct answered *n = r->answered; n; n = n->next)
		jsonw_node(&w, n->key, n->node);
	jsonw_end(&w);
	jsonw_end(&w);
	if (b.overflow)
		return NULL;
	head = arena_printf(c->arena, "v1.%s", str_base64url(c->arena, b.data, b.len));
	return arena_printf(c->arena, "%s.%s", head,
			    page_sign(c->arena, head, strlen(head)));
}

static bool read_state(struct ctx *c, struct ask_round *r, const char *state,
		       struct err *e)
{
	const char *dot = strrchr(state, '.');
	const struct node *root = NULL;
	char digest[DIGEST_HEX_LEN];
	unsigned char *raw = NULL;
	struct err ignored;
	int64_t expiry = 0;
	size_t n = 0;

	if (strlen(state) <= 2 * MAX_STATE && str_starts(state, "v1.") &&
	    dot > state + 3 &&
	    page_signed(c->arena, state, (size_t)(dot - state), dot + 1))
		raw = str_unbase64url(
			c->arena,
			arena_strndup(c->arena, state + 3, (size_t)(dot - state - 3)),
			&n);
	if (raw)
		root = jsonr_parse(c->arena, (char *)raw, n, 0, NULL, &ignored);
	if (!root)
		return err_set(e, ERR_PARAMS, "requestState is not one of this server");
	digest_params(c->call, digest);
	if (!str_eq(node_str(node_get(root, "m")), c->call->method) ||
	    !str_eq(node_str(node_get(root, "d")), digest) ||
	    !str_eq(node_str(node_get(root, "u")), principal(c)))
		return err_set(e, ERR_PARAMS, "requestState belongs to another request");
	if (!node_i64(node_get(root, "e"), &expiry) || clock_now().ms > expiry)
		return err_set(e, ERR_PARAMS,
			       "requestState has expired; send the request anew");
	r->carried = node_get(root, "a");
	r->proven = true;
	return true;
}

static bool open_round(struct ctx *c, struct err *e)
{
	struct call *k = c->call;
	const struct node *state = node_get(k->params, "requestState");
	struct ask_round *r;

	if (k->asked)
		return true;
	r = arena_alloc(c->arena, sizeof(*r));
	r->responses = node_get(k->params, "inputResponses");
	if (r->responses && r->responses->kind != NODE_OBJECT)
		return err_set(e, ERR_PARAMS, "inputResponses must be an object");
	if (state && !node_str(state))
		return err_set(e, ERR_PARAMS, "requestState must be a string");
	if (state && !read_state(c, r, state->text, e))
		return false;
	k->asked = r;
	return true;
}

/* The answer to q if the client gave one that fits, else NULL. */
static bool find_answer(struct ctx *c, const struct question *q, bool state,
			const struct node **ret, struct err *e)
{
	struct ask_round *r = c->call->asked;
	const struct node *v = node_get(r->carried, q->key);
	struct answered *a;
	bool again = false;

	*ret = NULL;
	if (!v && (r->proven || !state))
		v = node_get(r->responses, q->key);
	if (!v)
		return true;
	if (!ask_check(c->arena, q, v, &again, e))
		return false;
	if (again)
		return true;
	a = arena_alloc(c->arena, sizeof(*a));
	*a = (struct answered){ .next = r->answered, .key = q->key, .node = v };
	r->answered = a;
	*ret = v;
	return true;
}

static bool missing(struct ctx *c, const struct question *q, struct err *e)
{
	if (c->call->caps & kinds[q->method].cap)
		return true;
	if (!q->optional) {
		err_set(e, ERR_CAPABILITY, "the client must declare a capability for %s",
			kinds[q->method].method);
		e->data = arena_printf(c->arena, "{\"requiredCapabilities\":%s}",
				       kinds[q->method].required);
	}
	return false;
}

static bool ask_modern(struct ctx *c, const struct question *q, size_t n, bool state,
		       const struct node **answers, struct err *e)
{
	struct call *k = c->call;
	CLEANUP(buf_release) struct buf b;
	size_t open = 0;
	struct jsonw w;

	buf_init(&b, LIMIT_RESULT);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	if (!open_round(c, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!find_answer(c, &q[i], state, &answers[i], e))
			return false;
		if (answers[i])
			continue;
		if (!missing(c, &q[i], e)) {
			if (!q[i].optional)
				return false;
			continue;
		}
		jsonw_obj(&w, q[i].key);
		jsonw_str(&w, "method", kinds[q[i].method].method);
		jsonw_raw(&w, "params", q[i].params);
		jsonw_end(&w);
		open++;
	}
	if (open == 0)
		return true;
	jsonw_end(&w);
	if (b.overflow)
		return err_set(e, ERR_INTERNAL, "the question is too large");
	k->input_requests = arena_strndup(c->arena, b.data, b.len);
	if (state || k->asked->answered)
		k->request_state = make_state(c, k->asked);
	return err_set(e, ERR_UNAVAILABLE, "the answer of the client has not come yet");
}

bool ask(struct ctx *c, const struct question *q, size_t n, bool state,
	 const struct node **answers, struct err *e)
{
	if (!c->call)
		return err_set(e, ERR_UNAVAILABLE, "nobody can be asked here");
	if (call_modern(c->call))
		return ask_modern(c, q, n, state, answers, e);
	for (size_t i = 0; i < n; i++) {
		answers[i] = NULL;
		if (!ask_legacy(c, &q[i], &answers[i], e))
			return false;
	}
	return true;
}
