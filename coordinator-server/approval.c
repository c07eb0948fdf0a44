/* SPDX-License-Identifier: Apache-2.0 */
/* Life of an approval. Each judgement: lock the session, lock the approval, read the
 * clock, then change both with their events in one transaction. */
#include "coordinator-server/approval.h"

#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/config/config.h"
#include "common/db/db.h"
#include "coordinator-server/approval_store.h"
#include "coordinator-server/request.h"
#include "coordinator-server/services.h"
#include "coordinator-server/session_store.h"
#include "coordinator-server/trail.h"

static const char *iso(struct ctx *c, struct stamp s)
{
	char text[STAMP_LEN];

	stamp_iso(s, text);
	return arena_strdup(c->arena, text);
}

bool approval_open(struct ctx *c, const struct session *s, int64_t ttl_s,
		   struct approval *ret, struct err *e)
{
	char uuid[UUID_LEN], id[ID_LEN];
	struct approval a = { .session_uuid = s->id,
			      .session_id = s->session_id,
			      .type = s->gate,
			      .target = s->target,
			      .tool = s->tool,
			      .request_text = s->request_text,
			      .request_data = s->request_data,
			      .request_digest = s->request_digest,
			      .requested_by = s->initiator,
			      .status = APPROVAL_PENDING,
			      .created_at = s->created_at,
			      .updated_at = s->created_at };
	int64_t waiting;

	if (!approval_waiting(c, s->initiator, &waiting, e))
		return false;
	if (waiting >= WAITING_MAX)
		return err_set(e, ERR_LIMIT,
			       "%d requests of \"%s\" wait for a person already\n"
			       "hint: cancel_session takes one back; list_approvals shows"
			       " them",
			       WAITING_MAX, s->initiator);
	id_uuid(uuid);
	id_public("apr", id);
	a.id = arena_strdup(c->arena, uuid);
	a.approval_id = arena_strdup(c->arena, id);
	a.expires_at.ms = s->created_at.ms + ttl_s * 1000;
	if (!approval_insert(c, &a, e) ||
	    !trail_approval(c, &a, "approval.requested", s->initiator,
			    FACTS(c->arena,
				  { "type", names_text(approval_types, (int)a.type) },
				  { "requestDigest", a.request_digest },
				  { "expiresAt", iso(c, a.expires_at) }),
			    e))
		return false;
	*ret = a;
	return true;
}

struct external {
	struct session s;
	int64_t ttl_s;
	struct approval *ret;
};

static bool write_external(struct ctx *c, void *arg, struct err *e)
{
	struct external *x = arg;

	return session_insert(c, &x->s, e) &&
	       trail_session(c, &x->s, "session.opened", x->s.initiator,
			     FACTS(c->arena, { "target", x->s.target },
				   { "requestDigest", x->s.request_digest }),
			     e) &&
	       approval_open(c, &x->s, x->ttl_s, x->ret, e);
}

/* An equal request that still waits is given back instead of asking twice. */
static bool find_same(struct ctx *c, const struct session *s, struct approval *ret,
		      bool *found, struct err *e)
{
	const struct session *same;
	struct rows rows;

	*found = false;
	if (!session_same(c, s->initiator, s->intent_digest, &rows, e))
		return false;
	if (!rows.n)
		return true;
	same = rows.at;
	*found = true;
	return approval_by_id(c, same->approval_id, ret, e);
}

bool approval_request(struct ctx *c, const struct approval_ask *ask, struct approval *ret,
		      struct err *e)
{
	const struct request r = { .target = EXTERNAL,
				   .arguments = ask->request_data,
				   .type = ask->type,
				   .reason = ask->reason };
	struct external x = { .ttl_s = ask->ttl_s, .ret = ret };
	bool found;

	if (!request_write(c, &r, &x.s, e) || !find_same(c, &x.s, ret, &found, e))
		return false;
	return found || db_tx(c, write_external, &x, e);
}

/* ---- the end of a session that waits --------------------------------------- */

static bool end_waiting(struct ctx *c, const struct session *s, enum outcome outcome,
			const char *actor, struct stamp now, struct err *e)
{
	const char *text = names_text(outcomes, (int)outcome);
	struct session end = *s;
	bool done;

	end.status = outcome == OUTCOME_OK ? SESSION_COMPLETED : SESSION_FAILED;
	end.outcome = outcome;
	end.completed_at = now;
	end.response_text = arena_printf(c->arena, "{\"outcome\":\"%s\"}", text);
	end.response_data.text = end.response_text;
	if (!session_end(c, &end, SESSION_PENDING, &done, e))
		return false;
	return !done || trail_session(c, s,
				      outcome == OUTCOME_OK ? "session.completed"
							    : "session.failed",
				      actor, FACTS(c->arena, { "outcome", text }), e);
}

/* ---- decide ---------------------------------------------------------------- */

struct deciding {
	const char *approval_id;
	const struct decision *d;
	struct approval *ret;
	struct err why; /* a refusal that is committed: the end of its life */
};

static bool expire(struct ctx *c, const struct approval *a, const struct session *s,
		   struct stamp now, struct err *e)
{
	bool done;

	if (!approval_expire(c, a->id, now, &done, e))
		return false;
	return !done || (trail_approval(c, a, "approval.expired", ACTOR_SYSTEM,
					trail_facts(c->arena, NULL), e) &&
			 end_waiting(c, s, OUTCOME_EXPIRED, ACTOR_SYSTEM, now, e));
}

static bool no_longer(const struct approval *a, struct err *e)
{
	if (a->consumed_at.ms)
		return err_set(e, ERR_CONFLICT,
			       "approval \"%s\" is spent: it was executed",
			       a->approval_id);
	return err_set(e, ERR_CONFLICT, "approval \"%s\" is %s already", a->approval_id,
		       names_text(approval_statuses, (int)a->status));
}

static bool approve(struct ctx *c, struct deciding *x, struct approval *a,
		    const struct session *s, struct stamp now, struct err *e)
{
	const struct decision *d = x->d;
	bool done, external = str_eq(s->target, EXTERNAL);

	if (str_eq(a->requested_by, d->person))
		return err_set(e, ERR_DENIED, "\"%s\" asked for it and cannot approve it",
			       d->person);
	if (!str_eq(a->request_digest, d->digest))
		return err_set(e, ERR_CONFLICT,
			       "the request is not the one that was shown");
	a->approved_by = d->person;
	a->decision = d->note;
	if (!approval_approve(c, a, now, &done, e))
		return false;
	if (!done)
		return no_longer(a, e);
	a->status = APPROVAL_APPROVED;
	a->approved_at = now;
	return trail_approval(c, a, "approval.approved", d->person,
			      FACTS(c->arena, { "requestDigest", a->request_digest },
				    { "note", d->note }),
			      e) &&
	       (!external || end_waiting(c, s, OUTCOME_OK, d->person, now, e));
}

static bool reject(struct ctx *c, struct deciding *x, struct approval *a,
		   const struct session *s, struct stamp now, struct err *e)
{
	const struct decision *d = x->d;
	bool done;

	a->decision = d->note;
	if (!approval_reject(c, a, now, &done, e))
		return false;
	if (!done)
		return no_longer(a, e);
	a->status = APPROVAL_REJECTED;
	a->rejected_at = now;
	return trail_approval(c, a, "approval.rejected", d->person,
			      FACTS(c->arena, { "note", d->note }), e) &&
	       end_waiting(c, s, OUTCOME_REJECTED, d->person, now, e);
}

/* The clock is read when both locks are held: a wait for them may have ended the life. */
static bool decide(struct ctx *c, void *arg, struct err *e)
{
	struct deciding *x = arg;
	struct approval a;
	struct session s;
	struct stamp now;

	x->why.code = ERR_NONE;
	if (!approval_by_id(c, x->approval_id, &a, e) ||
	    !session_lock(c, a.session_uuid, &s, e) ||
	    !approval_lock(c, x->approval_id, &a, e))
		return false;
	now = clock_now();
	if (!a.consumed_at.ms && a.expires_at.ms <= now.ms &&
	    (a.status == APPROVAL_PENDING || a.status == APPROVAL_EXPIRED)) {
		err_set(&x->why, ERR_CONFLICT, "approval \"%s\" expired at %s",
			a.approval_id, iso(c, a.expires_at));
		return expire(c, &a, &s, now, e);
	}
	if (a.consumed_at.ms ||
	    (a.status != APPROVAL_PENDING &&
	     (x->d->yes || a.status != APPROVAL_APPROVED || s.status != SESSION_PENDING)))
		return no_longer(&a, e);
	if (!(x->d->yes ? approve : reject)(c, x, &a, &s, now, e))
		return false;
	*x->ret = a;
	return true;
}

bool approval_decide(struct ctx *c, const char *approval_id, const struct decision *d,
		     struct approval *ret, struct err *e)
{
	struct deciding x = { .approval_id = approval_id, .d = d, .ret = ret };

	if (!db_tx(c, decide, &x, e))
		return false;
	return !x.why.code || err_set(e, x.why.code, "%s", x.why.msg);
}

/* ---- spend, withdraw, sweep ------------------------------------------------ */

bool approval_use(struct ctx *c, const struct session *s, const char *owner,
		  struct stamp now, bool *ret_done, struct err *e)
{
	struct approval a;

	*ret_done = false;
	if (!s->approval_id)
		return true;
	if (!approval_lock(c, s->approval_id, &a, e))
		return false;
	if (a.status != APPROVAL_APPROVED ||
	    !str_eq(a.request_digest, s->request_digest) || a.type != s->gate)
		return true;
	a.consumed_by = owner;
	if (!approval_spend(c, &a, now, ret_done, e))
		return false;
	return !*ret_done ||
	       trail_approval(c, &a, "execution.claimed", ACTOR_SYSTEM,
			      FACTS(c->arena, { "approvedBy", a.approved_by },
				    { "requestDigest", a.request_digest }),
			      e);
}

bool approval_withdraw(struct ctx *c, const struct session *s, const char *actor,
		       const char *note, struct err *e)
{
	struct stamp now = clock_now();
	struct approval a;
	bool done;

	if (s->approval_id) {
		if (!approval_lock(c, s->approval_id, &a, e))
			return false;
		a.decision = note;
		if (!approval_reject(c, &a, now, &done, e))
			return false;
		if (done && !trail_approval(c, &a, "approval.withdrawn", actor,
					    FACTS(c->arena, { "note", note }), e))
			return false;
	}
	return end_waiting(c, s, OUTCOME_CANCELLED, actor, now, e);
}

static bool sweep_one(struct ctx *c, void *arg, struct err *e)
{
	const struct approval *seen = arg;
	struct approval a;
	struct session s;

	if (!session_lock(c, seen->session_uuid, &s, e) ||
	    !approval_lock(c, seen->approval_id, &a, e))
		return false;
	return expire(c, &a, &s, clock_now(), e);
}

bool approval_sweep(struct ctx *c, struct err *e)
{
	struct rows rows;

	if (!approval_overdue(c, &rows, e))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct approval *a = (struct approval *)rows.at + i;

		if (a->session_uuid && !db_tx(c, sweep_one, a, e))
			return false;
	}
	return true;
}

/* ---- the command ----------------------------------------------------------- */

static void quoted(struct buf *b, const char *text)
{
	buf_addc(b, '\'');
	for (; *text; text++)
		if (*text == '\'')
			buf_adds(b, "'\\''");
		else
			buf_addc(b, *text);
	buf_addc(b, '\'');
}

/* A database URL may hold a password and is then left to the person; a file's does not.
 */
const char *approval_command(struct ctx *c, const char *approval_id)
{
	const struct services *s = c->app;
	const char *url = c->cfg->database_url, *ret;
	struct buf b;

	buf_init(&b, 8192);
	if (url && str_starts(url, "sqlite:")) {
		buf_adds(&b, "DATABASE_URL=");
		quoted(&b, url);
		buf_addc(&b, ' ');
	} else if (url) {
		buf_adds(&b, "DATABASE_URL=… ");
	}
	if (s->self && strpbrk(s->self, " '\"\\$`&;|<>()*?[]~#!"))
		quoted(&b, s->self);
	else
		buf_adds(&b, s->self ? s->self : "coordinator-server");
	buf_addf(&b, " approve %s", approval_id);
	ret = arena_strdup(c->arena, buf_text(&b));
	buf_release(&b);
	return ret;
}
