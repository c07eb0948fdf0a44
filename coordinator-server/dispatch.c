/* SPDX-License-Identifier: Apache-2.0 */
/* The one function that sends a call to a target. */
#include "coordinator-server/dispatch.h"

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/log.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "coordinator-server/approval.h"
#include "coordinator-server/request.h"
#include "coordinator-server/runs.h"
#include "coordinator-server/services.h"
#include "coordinator-server/session_store.h"
#include "coordinator-server/trail.h"

#define ANSWER_MAX   (24 * 1024 * 1024)
#define MARK_MS	     10000 /* limit of the transaction that records the start */
#define FINISH_MS    3000  /* limit of one transaction that records the end */
#define FINISH_TRIES 2	   /* here; the watch goes on trying */
#define PAUSE_MS     500   /* between two tries */

/* How one call went. */
struct answer {
	enum outcome outcome;
	const char *reason;
	const struct node *result, *error; /* of the target */
	const char *text;		   /* ours, when the target gave none */
	int64_t ms;
};

/* ---- mark ------------------------------------------------------------------ */

bool dispatch_mark(struct ctx *c, const struct session *s, bool *ret_done, struct err *e)
{
	const struct services *sv = c->app;
	struct stamp now = clock_now();
	struct session mark = { .id = s->id,
				.owner = sv->owner,
				.lease_until.ms = now.ms + LEASE_MS,
				.dispatched_at = now };

	if (s->gate && !approval_use(c, s, sv->owner, now, ret_done, e))
		return false;
	if (s->gate && !*ret_done)
		return true;
	if (!session_start(c, &mark, ret_done, e))
		return false;
	if (!*ret_done)
		return !s->gate ||
		       err_set(e, ERR_CONFLICT, "the session no longer waits");
	return trail_session(c, s, "execution.dispatched", ACTOR_SYSTEM,
			     FACTS(c->arena, { "target", s->target }, { "tool", s->tool },
				   { "requestDigest", s->request_digest },
				   { "owner", sv->owner }),
			     e);
}

struct marking {
	const char *id;
	bool done;
	struct session s;
};

static bool mark_locked(struct ctx *c, void *arg, struct err *e)
{
	struct marking *m = arg;

	m->done = false;
	if (!session_lock(c, m->id, &m->s, e))
		return false;
	if (m->s.status != SESSION_PENDING || m->s.cancel_requested)
		return true;
	return dispatch_mark(c, &m->s, &m->done, e);
}

/* ---- call ------------------------------------------------------------------ */

static struct answer failed(const struct request *r, const struct err *e)
{
	bool safe = r->effect == EFFECT_READ;
	struct answer a = { .text = e->msg };

	if (e->code == ERR_CANCELLED) {
		a.outcome = OUTCOME_CANCELLED;
		a.reason = "asked_to_stop";
	} else if (e->code == ERR_TIMEOUT) {
		a.outcome = safe ? OUTCOME_TIMEOUT : OUTCOME_UNKNOWN;
		a.reason = "timeout";
	} else {
		a.outcome = safe ? OUTCOME_TRANSPORT_ERROR : OUTCOME_UNKNOWN;
		a.reason = "target_ended";
	}
	return a;
}

static struct answer judge(const struct client_reply *reply)
{
	const struct node *flag = node_get(reply->result, "isError");
	const char *type = node_str(node_get(reply->result, "resultType"));
	struct answer a = { .outcome = OUTCOME_OK, .result = reply->result };

	if (!reply->result) {
		a.outcome = OUTCOME_TOOL_ERROR;
		a.reason = "refused_by_target";
		a.error = reply->error;
		a.text = reply->error_message;
	} else if (type && !str_eq(type, "complete")) {
		a.outcome = OUTCOME_TOOL_ERROR;
		a.reason = "target_asked";
	} else if (flag && flag->truth) {
		a.outcome = OUTCOME_TOOL_ERROR;
	}
	return a;
}

static struct answer call(struct ctx *c, struct target_conn *k, const struct request *r)
{
	struct client_reply reply;
	struct err e = { 0 };
	struct jsonw w;
	struct buf b;
	struct answer a;
	int64_t begin = clock_mono();

	buf_init(&b, 2 * ARGUMENTS_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "name", r->tool);
	jsonw_raw(&w, "arguments", r->arguments.text);
	jsonw_end(&w);
	if (client_call(k->client, c, "tools/call", buf_text(&b), r->timeout_ms, &reply,
			&e)) {
		a = judge(&reply);
	} else {
		a = failed(r, &e);
		a.text = arena_strdup(c->arena, e.msg);
	}
	a.ms = clock_mono() - begin;
	buf_release(&b);
	return a;
}

/* ---- finish ---------------------------------------------------------------- */

/* Secrets of the target's environment are replaced in its strings. */
static void write_masked(struct arena *a, struct jsonw *w, const char *key,
			 const struct node *n)
{
	if (n->kind == NODE_STRING) {
		jsonw_str(w, key, log_masked(a, n->text));
		return;
	}
	if (n->kind != NODE_OBJECT && n->kind != NODE_ARRAY) {
		jsonw_node(w, key, n);
		return;
	}
	(n->kind == NODE_OBJECT ? jsonw_obj : jsonw_arr)(w, key);
	for (const struct node *m = n->first; m; m = m->next)
		write_masked(a, w, n->kind == NODE_OBJECT ? m->key : NULL, m);
	jsonw_end(w);
}

/* The target's bytes as they came, unless they hold a secret. */
static void write_node(struct arena *a, struct jsonw *w, const char *key,
		       const struct node *n)
{
	char *raw;

	if (!n)
		return;
	raw = node_raw(a, n);
	if (str_eq(raw, log_masked(a, raw)))
		jsonw_raw(w, key, raw);
	else
		write_masked(a, w, key, n);
}

static char *answer_text(struct arena *a, const struct answer *an)
{
	struct jsonw w;
	struct buf b;
	char *text;

	buf_init(&b, ANSWER_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "outcome", names_text(outcomes, (int)an->outcome));
	jsonw_str(&w, "reason", an->reason);
	if (!an->result && an->text && !an->error)
		jsonw_str(&w, "error", log_masked(a, an->text));
	write_node(a, &w, "error", an->error);
	write_node(a, &w, "result", an->result);
	jsonw_end(&w);
	text = arena_strndup(a, buf_text(&b), b.len);
	buf_release(&b);
	return text;
}

struct finishing {
	struct session s;
	struct json facts;
};

static bool finish_tx(struct ctx *c, void *arg, struct err *e)
{
	struct finishing *f = arg;
	struct session now;
	bool done;

	if (!session_lock(c, f->s.id, &now, e) ||
	    !session_end(c, &f->s, SESSION_RUNNING, &done, e))
		return false;
	if (!done)
		log_event(LOG_WARN, "dispatch", "%s: its answer came after it was ended",
			  f->s.session_id);
	return !done ||
	       trail_session(c, &f->s, "execution.finished", ACTOR_SYSTEM, f->facts, e);
}

/* A JSONB column refuses the character NUL. */
static struct finishing *finishing_new(struct ctx *c, const struct session *s,
				       const struct answer *an)
{
	struct finishing *f = arena_alloc(c->arena, sizeof(*f));
	char digest[DIGEST_HEX_LEN];
	char *text = answer_text(c->arena, an);

	digest_sha256_hex(text, strlen(text), digest);
	f->s = *s;
	f->s.status = an->outcome == OUTCOME_OK ? SESSION_COMPLETED : SESSION_FAILED;
	f->s.outcome = an->outcome;
	f->s.outcome_reason = an->reason;
	f->s.completed_at = clock_now();
	f->s.response_text = text;
	f->s.response_data.text =
		strstr(text, "\\u0000")
			? arena_printf(c->arena, "{\"outcome\":\"%s\"}",
				       names_text(outcomes, (int)an->outcome))
			: text;
	f->facts = FACTS(c->arena, { "outcome", names_text(outcomes, (int)an->outcome) },
			 { "reason", an->reason }, { "responseDigest", digest },
			 { "ms", arena_printf(c->arena, "%lld", (long long)an->ms) });
	return f;
}

/* Storing it twice does no harm: the row must still have its state and its fence. */
static bool worth_another(const struct err *e)
{
	static const enum err_code passing[] = { ERR_UNAVAILABLE, ERR_TIMEOUT,
						 ERR_LIMIT,	  ERR_CONFLICT,
						 ERR_UNSURE,	  ERR_CANCELLED };

	for (size_t i = 0; i < ARRAY_LEN(passing); i++)
		if (e->code == passing[i])
			return true;
	return false;
}

/* The end of the process cuts a try short, so that the last one has what is left of the
 * time to leave. */
bool dispatch_store(struct ctx *c, struct finishing *f, bool *ret_again, struct err *e)
{
	struct runs *rs = ((const struct services *)c->app)->runs;
	int64_t leave = runs_leave_at(rs);
	struct ctx own = *c;
	bool ok;

	own.cancelled = leave ? NULL : runs_stopping(rs);
	own.deadline = leave ? leave : clock_mono() + FINISH_MS;
	ok = db_tx(&own, finish_tx, f, e);
	*ret_again = !ok && worth_another(e);
	return ok;
}

/* The database may be away for a moment, but what the target answered is known. A wish to
 * cancel the session ends no try; the end of the process does. */
static bool finish(struct ctx *c, struct finishing *f, bool *ret_again, struct err *e)
{
	struct runs *rs = ((const struct services *)c->app)->runs;

	for (int try = 1;; try++) {
		int64_t leave;

		if (dispatch_store(c, f, ret_again, e))
			return true;
		leave = runs_leave_at(rs);
		if (!*ret_again || try >= FINISH_TRIES ||
		    (leave ? !clock_left(leave) : ctx_stop(c, NULL)))
			return false;
		runs_pause(rs, leave ? PAUSE_MS / 10 : PAUSE_MS);
		err_clear(e);
	}
}

static bool finish_or_keep(struct ctx *c, struct finishing *f,
			   struct finishing **ret_kept, struct err *e)
{
	bool again, ok = finish(c, f, &again, e);

	*ret_kept = !ok && again ? f : NULL;
	return ok;
}

/* ---- the whole ------------------------------------------------------------- */

static const struct entry *entry_of(struct ctx *c, const struct request *r, struct err *e)
{
	const struct entry *en = services_entry(c, r->target, e);

	if (!en)
		return NULL;
	if (!str_eq(en->launch, r->launch)) {
		err_set(e, ERR_CONFLICT,
			"target \"%s\" is not started as it was when this was asked for",
			r->target);
		return NULL;
	}
	if (policy_rule(en->policy, r->tool)->mode == MODE_DENY) {
		err_set(e, ERR_DENIED, "policy denies \"%s\" of \"%s\"", r->tool,
			r->target);
		return NULL;
	}
	return en;
}

bool dispatch_is_ours(struct ctx *c, const struct session *s)
{
	struct err e = { 0 };
	struct request r;

	return request_read(c, s, &r, &e) && entry_of(c, &r, &e);
}

/* Nothing was sent: a session that waits for its approval to be used goes on waiting, one
 * that was marked already ends. */
static bool not_sent(struct ctx *c, struct session *s, const struct err *why,
		     struct finishing **ret_kept, struct err *e)
{
	const struct answer a = {
		.outcome = why->code == ERR_CANCELLED ? OUTCOME_CANCELLED
						      : OUTCOME_TRANSPORT_ERROR,
		.reason = "not_sent",
		.text = why->msg,
	};

	if (s->status != SESSION_RUNNING)
		return err_set(e, why->code, "%s", why->msg);
	return finish_or_keep(c, finishing_new(c, s, &a), ret_kept, e);
}

bool dispatch_abandon(struct ctx *c, const char *session_id, const struct err *why,
		      struct err *e)
{
	struct finishing *kept;
	struct session s;

	return session_by_id(c, session_id, &s, e) && not_sent(c, &s, why, &kept, e);
}

static bool send_it(struct ctx *c, struct session *s, struct target_conn *k,
		    const struct request *r, const atomic_bool *cancel,
		    struct answer *ret, bool *ret_sent, struct err *e)
{
	struct ctx calling = *c;
	struct marking m = { .id = s->id };

	*ret_sent = false;
	calling.cancelled = cancel;
	if (s->status == SESSION_PENDING) {
		calling.deadline = clock_mono() + MARK_MS;
		if (!db_tx(&calling, mark_locked, &m, e))
			return false;
		if (!m.done)
			return true;
		s->fence = m.s.fence + 1;
	}
	calling.deadline = 0;
	*ret = call(&calling, k, r);
	*ret_sent = true;
	return true;
}

bool dispatch(struct ctx *c, const char *session_id, const atomic_bool *cancel,
	      struct finishing **ret_kept, struct err *e)
{
	const struct services *sv = c->app;
	struct target_conn *k = NULL;
	const struct entry *en;
	struct err why = { 0 };
	struct request r;
	struct session s;
	struct ctx waiting = *c;
	struct answer an;
	bool ok, sent;

	*ret_kept = NULL;
	if (!session_by_id(c, session_id, &s, e))
		return false;
	if (s.status != SESSION_PENDING &&
	    !(s.status == SESSION_RUNNING && str_eq(s.owner, sv->owner)))
		return true;
	if (!request_read(c, &s, &r, &why) || !(en = entry_of(c, &r, &why)))
		return not_sent(c, &s, &why, ret_kept, e);
	waiting.cancelled = cancel;
	if (!targets_borrow(sv->targets, &waiting, en, &k, &why))
		return not_sent(c, &s, &why, ret_kept, e);
	ok = send_it(c, &s, k, &r, cancel, &an, &sent, e);
	targets_give(sv->targets, k, ok);
	return ok && (!sent || finish_or_keep(c, finishing_new(c, &s, &an), ret_kept, e));
}
