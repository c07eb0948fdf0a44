/* SPDX-License-Identifier: Apache-2.0 */
/* The watch over what this process carries out, over what is lost and what waits. */
#include "common/app/app.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "coordinator-server/approval.h"
#include "coordinator-server/runs_priv.h"
#include "coordinator-server/session_store.h"
#include "coordinator-server/trail.h"

#define LOOK_MS	 200  /* two looks by calls are at least so far apart */
#define WATCH_MS 1000 /* while something waits or runs */
#define IDLE_MS	 30000
#define LIMIT_MS 2000 /* limit of a look by a call */
#define RENEW_MS 5000
#define DB_MS	 10000 /* limit of one look at the database */

struct lost {
	const struct session *seen;
};

/* Its process is gone: nobody knows what the target did. */
static bool end_lost(struct ctx *c, void *arg, struct err *e)
{
	const struct session *seen = ((struct lost *)arg)->seen;
	struct session s;
	bool done;

	if (!session_lock(c, seen->id, &s, e))
		return false;
	if (s.status != SESSION_RUNNING || s.fence != seen->fence)
		return true;
	s.status = SESSION_FAILED;
	s.outcome = OUTCOME_UNKNOWN;
	s.outcome_reason = "coordinator_ended";
	s.completed_at = clock_now();
	s.response_text =
		"{\"outcome\":\"unknown\",\"error\":\"the coordinator that called the target"
		" ended; whether the call had an effect is not known\"}";
	s.response_data.text = s.response_text;
	return session_end(c, &s, SESSION_RUNNING, &done, e) &&
	       (!done || trail_session(c, &s, "session.in_doubt", ACTOR_SYSTEM,
				       FACTS(c->arena, { "owner", s.owner },
					     { "outcome", "unknown" }),
				       e));
}

/* What this process carries out is not lost, however long it could not say so. A process
 * that can be looked for lives or does not; the lease speaks for the others, and for what
 * this one has forgotten. */
static bool is_lost(struct runs *rs, const struct session *s)
{
	bool over = s->lease_until.ms <= clock_now().ms, here;

	if (!str_eq(s->owner, rs->services->owner)) {
		enum owner_state o = owner_look(s->owner);

		return o == OWNER_GONE || (o == OWNER_OUT_OF_SIGHT && over);
	}
	pthread_mutex_lock(&rs->mu);
	here = runs_find(rs, s->session_id) != NULL;
	pthread_mutex_unlock(&rs->mu);
	return over && !here;
}

static bool look_at_running(struct runs *rs, struct ctx *c, struct err *e)
{
	const char *me = rs->services->owner;
	struct rows rows;

	if (!session_running(c, &rows, e))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		const struct session *s = (const struct session *)rows.at + i;

		if (s->cancel_requested && str_eq(s->owner, me))
			runs_cancel(rs, s->session_id);
		if (is_lost(rs, s) && !db_tx(c, end_lost, &(struct lost){ s }, e))
			return false;
	}
	return true;
}

static bool look_at_waiting(struct runs *rs, struct ctx *c, struct err *e)
{
	struct err busy = { 0 };
	struct rows rows;
	bool any;

	if (!session_waiting(c, &any, e))
		return false;
	atomic_store(&rs->waiting, any);
	if (!any)
		return true;
	if (!session_approved(c, &rows, e))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		const struct session *s = (const struct session *)rows.at + i;

		if (dispatch_is_ours(c, s) && !runs_submit(rs, s, &busy))
			break;
	}
	return true;
}

struct renewing {
	const char *owner;
	struct stamp until;
	char ids[RUNS_MAX][ID_LEN];
	int n;
};

static bool renew_tx(struct ctx *c, void *arg, struct err *e)
{
	const struct renewing *x = arg;

	for (int i = 0; i < x->n; i++)
		if (!session_renew(c, x->ids[i], x->owner, x->until, e))
			return false;
	return true;
}

static bool renew(struct runs *rs, struct ctx *c, struct err *e)
{
	struct renewing x = { .owner = rs->services->owner };
	int64_t now = clock_mono();
	struct stamp wall = clock_now();

	if (now - rs->renewed_at < RENEW_MS && wall.ms - rs->renewed.ms < RENEW_MS)
		return true;
	pthread_mutex_lock(&rs->mu);
	for (const struct run *r = rs->list; r; r = r->next)
		memcpy(x.ids[x.n++], r->session_id, ID_LEN);
	pthread_mutex_unlock(&rs->mu);
	x.until.ms = wall.ms + LEASE_MS;
	if (!x.n)
		return true;
	if (!db_tx(c, renew_tx, &x, e))
		return false;
	rs->renewed_at = now;
	rs->renewed = wall;
	return true;
}

/* Only one thread at a time. */
static bool look(struct runs *rs, struct ctx *c, struct err *e)
{
	return renew(rs, c, e) && approval_sweep(c, e) && look_at_running(rs, c, e) &&
	       look_at_waiting(rs, c, e);
}

/* Lock held. Waits for a look that is under way as long as the ctx allows; then one is
 * due unless the last was less than gap_ms ago. */
static bool may_look(struct runs *rs, const struct ctx *c, int64_t gap_ms)
{
	while (rs->looking) {
		if (ctx_stop(c, NULL))
			return false;
		runs_wait_changed(rs, 20);
	}
	return !rs->looked_at || clock_mono() - rs->looked_at >= gap_ms;
}

static void look_once(struct runs *rs, struct ctx *c, int64_t gap_ms)
{
	struct err e = { 0 };
	bool ok, failed, said;

	pthread_mutex_lock(&rs->mu);
	ok = may_look(rs, c, gap_ms);
	rs->looking = rs->looking || ok;
	pthread_mutex_unlock(&rs->mu);
	if (!ok)
		return;
	ok = look(rs, c, &e);
	failed = !ok && e.code != ERR_CANCELLED;
	pthread_mutex_lock(&rs->mu);
	said = rs->failing;
	rs->failing = failed;
	rs->looking = false;
	rs->looked_at = clock_mono();
	pthread_mutex_unlock(&rs->mu);
	if (failed && !said)
		log_event(LOG_WARN, "watch", "%s", log_masked(c->arena, e.msg));
}

/* Those at which the database is busy or away wait for the next time. */
static void store_kept(struct runs *rs, struct ctx *c)
{
	struct run *kept[RUNS_MAX];
	struct err e = { 0 };
	bool again = false;
	int n = 0;

	pthread_mutex_lock(&rs->mu);
	for (struct run *r = rs->list; r; r = r->next)
		if (r->kept)
			kept[n++] = r;
	pthread_mutex_unlock(&rs->mu);
	for (int i = 0; i < n && (!again || e.code == ERR_CONFLICT); i++) {
		err_clear(&e);
		if (!dispatch_store(c, kept[i]->kept, &again, &e) && again)
			continue;
		if (e.code)
			log_event(LOG_WARN, "dispatch", "%s: %s", kept[i]->session_id,
				  log_masked(c->arena, e.msg));
		pthread_mutex_lock(&rs->mu);
		runs_drop(rs, kept[i]);
		pthread_cond_broadcast(&rs->changed);
		pthread_mutex_unlock(&rs->mu);
	}
}

static void watch_once(struct runs *rs, bool last)
{
	struct arena *a = arena_new();
	struct ctx c;

	env_ctx(rs->services->env, a, &c);
	c.app = rs->services;
	c.cancelled = &rs->stopping;
	c.deadline = clock_mono() + DB_MS;
	if (!last)
		look_once(rs, &c, 0);
	store_kept(rs, &c);
	arena_free(a);
}

static void *watch(void *arg)
{
	struct runs *rs = arg;

	pthread_mutex_lock(&rs->mu);
	while (!atomic_load(&rs->stopping)) {
		bool busy, targets;

		rs->kicked = false;
		pthread_mutex_unlock(&rs->mu);
		watch_once(rs, false);
		targets = targets_tidy(rs->services->targets);
		pthread_mutex_lock(&rs->mu);
		busy = rs->n > 0 || rs->failing || atomic_load(&rs->waiting);
		if (!rs->kicked && !atomic_load(&rs->stopping))
			runs_wait_changed(rs, busy	? WATCH_MS
					      : targets ? IDLE_MS
							: 10 * IDLE_MS);
	}
	pthread_mutex_unlock(&rs->mu);
	watch_once(rs, true);
	pthread_mutex_lock(&rs->mu);
	rs->watched = true;
	pthread_cond_broadcast(&rs->changed);
	pthread_mutex_unlock(&rs->mu);
	return NULL;
}

void runs_expect(struct runs *rs)
{
	pthread_mutex_lock(&rs->mu);
	atomic_store(&rs->waiting, true);
	rs->kicked = true;
	pthread_cond_broadcast(&rs->changed);
	pthread_mutex_unlock(&rs->mu);
}

/* Lock held. Started by the first look, so that a server nobody uses has no thread. */
static bool start_watch(struct runs *rs, struct err *e)
{
	if (rs->watching || atomic_load(&rs->stopping))
		return true;
	if (pthread_create(&rs->watch, NULL, watch, rs) != 0)
		return err_set(e, ERR_LIMIT, "no thread can be started");
	rs->watching = true;
	return true;
}

bool runs_look(struct ctx *c, struct err *e)
{
	struct services *s = c->app;
	struct runs *rs = s->runs;
	struct ctx own = *c;
	bool ok, leave_it;

	own.deadline = clock_mono() + MIN(clock_left(c->deadline), LIMIT_MS);
	pthread_mutex_lock(&rs->mu);
	leave_it = rs->failing && rs->watching;
	pthread_mutex_unlock(&rs->mu);
	if (!leave_it)
		look_once(rs, &own, LOOK_MS);
	pthread_mutex_lock(&rs->mu);
	ok = start_watch(rs, e);
	if (leave_it || atomic_load(&rs->waiting)) {
		rs->kicked = true;
		pthread_cond_broadcast(&rs->changed);
	}
	pthread_mutex_unlock(&rs->mu);
	return ok;
}
