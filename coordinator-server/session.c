/* SPDX-License-Identifier: Apache-2.0 */
/* Life of an integration session. */
#include "coordinator-server/session.h"

#include "common/base/log.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "coordinator-server/approval.h"
#include "coordinator-server/dispatch.h"
#include "coordinator-server/request.h"
#include "coordinator-server/runs.h"
#include "coordinator-server/services.h"
#include "coordinator-server/session_store.h"
#include "coordinator-server/trail.h"

const char *const cancel_results[] = { "", "cancelled", "requested", "already_finished",
				       NULL };

struct opening {
	struct session s;
	int64_t ttl_s;
	const struct err *broken; /* the target cannot be started */
};

/* The row is born ended: there is no target that could be called. */
static bool end_broken(struct ctx *c, struct session *s, const struct err *why,
		       struct err *e)
{
	struct jsonw w;
	struct buf b;
	bool done;

	buf_init(&b, 8192);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "outcome", "transport_error");
	jsonw_str(&w, "reason", "not_started");
	jsonw_str(&w, "error", log_masked(c->arena, why->msg));
	jsonw_end(&w);
	s->status = SESSION_FAILED;
	s->outcome = OUTCOME_TRANSPORT_ERROR;
	s->outcome_reason = "not_started";
	s->completed_at = clock_now();
	s->response_text = arena_strdup(c->arena, buf_text(&b));
	s->response_data.text = s->response_text;
	buf_release(&b);
	return session_end(c, s, SESSION_PENDING, &done, e) &&
	       trail_session(c, s, "session.failed", ACTOR_SYSTEM,
			     FACTS(c->arena, { "outcome", "transport_error" },
				   { "reason", "not_started" }),
			     e);
}

static bool open_tx(struct ctx *c, void *arg, struct err *e)
{
	struct opening *o = arg;
	struct session s = o->s;
	struct approval a;
	bool done;

	if (!session_insert(c, &s, e) ||
	    !trail_session(
		    c, &s, "session.opened", s.initiator,
		    FACTS(c->arena, { "target", s.target }, { "tool", s.tool },
			  { "requestDigest", s.request_digest },
			  { "approval",
			    s.gate ? names_text(approval_types, (int)s.gate) : NULL }),
		    e))
		return false;
	if (o->broken)
		return end_broken(c, &s, o->broken, e);
	if (s.gate)
		return approval_open(c, &s, o->ttl_s, &a, e);
	return dispatch_mark(c, &s, &done, e);
}

static bool is_waiting(struct ctx *c, const struct session *s, struct session *ret,
		       bool *found, struct err *e)
{
	struct rows rows;

	*found = false;
	if (!s->gate)
		return true;
	if (!session_same(c, s->initiator, s->intent_digest, &rows, e))
		return false;
	*found = rows.n > 0;
	return !rows.n ||
	       session_by_id(c, ((const struct session *)rows.at)->session_id, ret, e);
}

/* Another process asked for the same at the same moment and was faster. */
static bool asked_elsewhere(struct ctx *c, const struct session *s, struct session *ret,
			    struct err *e)
{
	struct err conflict = *e;
	bool found;

	err_clear(e);
	if (!is_waiting(c, s, ret, &found, e))
		return false;
	return found || err_set(e, conflict.code, "%s", conflict.msg);
}

/* Before anything is written: is there such a tool? A target that does not start is no
 * reason to refuse, but one to end the session with. */
static bool check_tool(struct ctx *c, const struct entry *en, const char *tool,
		       struct err *broken, struct err *e)
{
	const struct services *sv = c->app;
	struct target_conn *k;
	bool ok;

	if (!targets_borrow(sv->targets, c, en, &k, broken)) {
		if (broken->code == ERR_CANCELLED || broken->code == ERR_LIMIT)
			return err_set(e, broken->code, "%s", broken->msg);
		return true;
	}
	ok = target_tool_find(c->arena, k, en->name, tool, e) != NULL;
	targets_give(sv->targets, k, ok);
	return ok;
}

/* A caller may ask for a stricter approval, never for an easier one. */
static int strength(enum approval_type t)
{
	static const int of[] = { [TYPE_ASSESSMENT] = 1,
				  [TYPE_CONFIGURATION] = 2,
				  [TYPE_REMEDIATION] = 2,
				  [TYPE_DEPLOYMENT] = 3 };

	return of[t];
}

static bool make_request(struct ctx *c, const struct session_ask *ask,
			 const struct entry *en, struct session *ret, struct err *e)
{
	const struct rule *rule = policy_rule(en->policy, ask->tool);
	struct request r = { .target = en->name,
			     .launch = en->launch,
			     .tool = ask->tool,
			     .arguments = ask->arguments,
			     .type = ask->type,
			     .effect = rule->effect,
			     .reason = ask->reason,
			     .timeout_ms = ask->timeout_ms };

	if (rule->mode == MODE_DENY)
		return err_set(
			e, ERR_DENIED,
			"policy denies the tool \"%s\" of \"%s\"\n"
			"hint: list_targets with target \"%s\" shows what it allows",
			ask->tool, en->name, en->name);
	if (rule->mode == MODE_ASK && strength(r.type) < strength(rule->type))
		r.type = rule->type;
	if (!r.timeout_ms)
		r.timeout_ms = rule->timeout_ms ? rule->timeout_ms : CALL_TIMEOUT;
	return request_write(c, &r, ret, e);
}

bool session_open(struct ctx *c, const struct session_ask *ask, struct session *ret,
		  struct err *e)
{
	struct services *sv = c->app;
	const struct entry *en = services_entry(c, ask->target, e);
	struct opening o = { .ttl_s = ask->ttl_s };
	struct err broken = { 0 };
	bool found;

	if (!en || !make_request(c, ask, en, &o.s, e) ||
	    !check_tool(c, en, ask->tool, &broken, e) || !runs_look(c, e) ||
	    !is_waiting(c, &o.s, ret, &found, e))
		return false;
	if (found)
		return true;
	o.broken = broken.code ? &broken : NULL;
	if (!db_tx(c, open_tx, &o, e))
		return e->code == ERR_CONFLICT && asked_elsewhere(c, &o.s, ret, e);
	if (!o.broken && o.s.gate)
		runs_expect(sv->runs);
	if (!o.broken && !o.s.gate) {
		if (!runs_submit(sv->runs, &o.s, &broken) &&
		    !dispatch_abandon(c, o.s.session_id, &broken, e))
			return false;
		runs_wait(sv->runs, c, o.s.session_id, ask->wait_ms);
	}
	return session_by_id(c, o.s.session_id, ret, e);
}

/* ---- cancel ---------------------------------------------------------------- */

struct cancelling {
	const char *id, *reason;
	enum cancel_result result;
};

static bool cancel_tx(struct ctx *c, void *arg, struct err *e)
{
	struct cancelling *x = arg;
	const char *actor = trail_agent(c);
	struct session s;

	if (!session_lock(c, x->id, &s, e))
		return false;
	x->result = CANCEL_TOO_LATE;
	if (s.status == SESSION_PENDING) {
		x->result = CANCEL_DONE;
		return approval_withdraw(c, &s, actor, x->reason, e);
	}
	if (s.status != SESSION_RUNNING)
		return true;
	x->result = CANCEL_REQUESTED;
	return s.cancel_requested ||
	       (session_wish_cancel(c, s.id, e) &&
		trail_session(c, &s, "session.cancel_requested", actor,
			      FACTS(c->arena, { "reason", x->reason }), e));
}

bool session_cancel(struct ctx *c, const char *session_id, const char *reason,
		    enum cancel_result *ret, struct session *ret_session, struct err *e)
{
	struct cancelling x = { .reason = reason };
	struct services *sv = c->app;

	if (!session_by_id(c, session_id, ret_session, e))
		return false;
	x.id = ret_session->id;
	if (!db_tx(c, cancel_tx, &x, e))
		return false;
	if (x.result == CANCEL_REQUESTED)
		runs_cancel(sv->runs, session_id);
	*ret = x.result;
	return session_by_id(c, session_id, ret_session, e);
}
