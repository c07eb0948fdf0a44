/* SPDX-License-Identifier: Apache-2.0 */
/* The calls this process carries out. */
#include <time.h>

#include "common/app/app.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/pool.h"
#include "common/base/str.h"
#include "coordinator-server/runs_priv.h"

#define THREADS	    8
#define PROGRESS_MS 5000
#define CANCEL_MS   2000 /* a cancelled call waits so long for the end of its session */
#define LEAVE_MS    700	 /* from the end of serving to the last thing stored */
#define JOIN_MS	    200	 /* and then to the end of the threads */

struct runs *runs_new(struct services *s)
{
	struct runs *rs = mem_alloc(sizeof(*rs));
	pthread_condattr_t attr;

	rs->services = s;
	pthread_mutex_init(&rs->mu, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&rs->changed, &attr);
	pthread_condattr_destroy(&attr);
	return rs;
}

void runs_stop(struct runs *rs)
{
	pthread_mutex_lock(&rs->mu);
	if (!atomic_load(&rs->leave_at))
		atomic_store(&rs->leave_at, clock_mono() + LEAVE_MS);
	atomic_store(&rs->stopping, true);
	for (struct run *r = rs->list; r; r = r->next)
		atomic_store(&r->cancel, true);
	pthread_cond_broadcast(&rs->changed);
	pthread_mutex_unlock(&rs->mu);
}

struct run *runs_find(struct runs *rs, const char *session_id)
{
	struct run *r = rs->list;

	while (r && !str_eq(r->session_id, session_id))
		r = r->next;
	return r;
}

void runs_wait_changed(struct runs *rs, int64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&rs->changed, &rs->mu, &t);
}

const atomic_bool *runs_stopping(const struct runs *rs)
{
	return &rs->stopping;
}

int64_t runs_leave_at(const struct runs *rs)
{
	return atomic_load(&rs->leave_at);
}

void runs_pause(struct runs *rs, int64_t ms)
{
	int64_t until = clock_mono() + ms;
	bool stopping = atomic_load(&rs->stopping);

	pthread_mutex_lock(&rs->mu);
	while (clock_left(until) > 0 && atomic_load(&rs->stopping) == stopping)
		runs_wait_changed(rs, clock_left(until));
	pthread_mutex_unlock(&rs->mu);
}

static bool drained(struct runs *rs, int64_t deadline)
{
	bool done;

	if (rs->pool && !pool_drain(rs->pool, deadline))
		return false;
	pthread_mutex_lock(&rs->mu);
	while (rs->watching && !rs->watched && clock_left(deadline) > 0)
		runs_wait_changed(rs, clock_left(deadline));
	done = !rs->watching || rs->watched;
	pthread_mutex_unlock(&rs->mu);
	return done;
}

void runs_drop(struct runs *rs, struct run *r)
{
	struct run **at = &rs->list;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	rs->n--;
	arena_free(r->arena);
	mem_free(r);
}

bool runs_free(struct runs *rs)
{
	if (!rs)
		return true;
	if (!drained(rs, atomic_load(&rs->leave_at) + JOIN_MS))
		return false;
	if (rs->watching)
		pthread_join(rs->watch, NULL);
	pool_free(rs->pool);
	while (rs->list)
		runs_drop(rs, rs->list);
	pthread_cond_destroy(&rs->changed);
	pthread_mutex_destroy(&rs->mu);
	mem_free(rs);
	return true;
}

/* ---- one run --------------------------------------------------------------- */

static void carry_out(void *arg)
{
	struct run *r = arg;
	struct runs *rs = r->runs;
	struct finishing *kept;
	struct err e = { 0 };
	struct ctx c;

	env_ctx(rs->services->env, r->arena, &c);
	c.app = rs->services;
	if (!dispatch(&c, r->session_id, &r->cancel, &kept, &e))
		log_event(LOG_WARN, "dispatch", "%s: %s%s", r->session_id,
			  log_masked(r->arena, e.msg),
			  kept ? "; its end is known and not stored yet" : "");
	pthread_mutex_lock(&rs->mu);
	if (kept)
		r->kept = kept;
	else
		runs_drop(rs, r);
	rs->kicked = true;
	pthread_cond_broadcast(&rs->changed);
	pthread_mutex_unlock(&rs->mu);
}

/* Lock held. */
static bool submit(struct runs *rs, const struct session *s, struct err *e)
{
	struct run *r;

	if (runs_find(rs, s->session_id))
		return true;
	if (atomic_load(&rs->stopping))
		return err_set(e, ERR_CANCELLED, "the coordinator is ending");
	if (rs->n >= RUNS_MAX)
		return err_set(e, ERR_LIMIT, "%d sessions are running already", RUNS_MAX);
	if (!rs->pool && !(rs->pool = pool_new(THREADS, e)))
		return false;
	r = mem_alloc(sizeof(*r));
	r->runs = rs;
	r->arena = arena_new();
	snprintf(r->session_id, sizeof(r->session_id), "%s", s->session_id);
	r->next = rs->list;
	rs->list = r;
	rs->n++;
	pool_submit(rs->pool, carry_out, r);
	return true;
}

bool runs_submit(struct runs *rs, const struct session *s, struct err *e)
{
	bool ok;

	pthread_mutex_lock(&rs->mu);
	ok = submit(rs, s, e);
	pthread_mutex_unlock(&rs->mu);
	return ok;
}

bool runs_cancel(struct runs *rs, const char *session_id)
{
	struct run *r;

	pthread_mutex_lock(&rs->mu);
	r = runs_find(rs, session_id);
	if (r)
		atomic_store(&r->cancel, true);
	pthread_mutex_unlock(&rs->mu);
	return r != NULL;
}

bool runs_wait(struct runs *rs, struct ctx *c, const char *session_id, int64_t wait_ms)
{
	int64_t begin = clock_mono(), until = begin + wait_ms;
	int64_t tell = begin + PROGRESS_MS;
	bool cancelled = false;
	struct run *r;

	pthread_mutex_lock(&rs->mu);
	while ((r = runs_find(rs, session_id)) && clock_left(until) > 0) {
		int64_t now = clock_mono();

		if (!cancelled && ctx_stop(c, NULL)) {
			cancelled = true;
			atomic_store(&r->cancel, true);
			until = MIN(until, now + CANCEL_MS);
		}
		if (now >= tell) {
			tell = now + PROGRESS_MS;
			ctx_progress(c, (double)(now - begin) / 1000,
				     (double)wait_ms / 1000, "the target is working");
		}
		runs_wait_changed(rs, MIN(clock_left(until) + 1, 100));
	}
	pthread_mutex_unlock(&rs->mu);
	return r == NULL;
}
