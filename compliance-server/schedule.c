/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduled checks and retention, once an interval over all processes of a database. */
#define _GNU_SOURCE /* pthread_cond_clockwait */
#include "compliance-server/schedule.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "common/app/audit.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/str.h"
#include "compliance-server/input.h"
#include "compliance-server/note.h"
#include "compliance-server/run.h"
#include "compliance-server/schedule_store.h"

#define FIRST_MS    (60 * 1000)
#define LOOK_MIN_MS (60 * 1000)
#define LOOK_MAX_MS (15 * 60 * 1000)
#define DAY_MS	    (24 * 60 * 60 * INT64_C(1000))
#define AUDIT_DAYS  365 /* audit entries are kept at least so long */
#define CHECKS_MAX  50	/* of one transaction */
#define ENTRIES_MAX 500

struct schedule {
	struct env *env;
	struct keep *keep;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool started;
	atomic_bool stop;
};

static const struct principal scheduler = {
	.name = "scheduler", .role = "admin", .perm = PERM_ADMIN, .proof = "local"
};

/* ---- one round ------------------------------------------------------------------ */

struct claim {
	const char *task;
	int64_t interval;
	bool ours;
};

static bool claim_in_tx(struct ctx *c, void *arg, struct err *e)
{
	struct claim *k = arg;

	return schedule_claim(c, k->task, k->interval, &k->ours, e);
}

static bool any_server(struct ctx *c, bool *ret, struct err *e)
{
	struct server_totals t;

	if (!server_totals(c, &t, e))
		return false;
	*ret = t.servers > 0;
	return true;
}

static struct strs joined(struct arena *a, const struct strs *x, const struct strs *y)
{
	struct strs out = { arena_array(a, x->n + y->n + 1, sizeof(*out.v)), 0 };

	for (size_t i = 0; i < x->n; i++)
		out.v[out.n++] = x->v[i];
	for (size_t i = 0; i < y->n; i++)
		out.v[out.n++] = y->v[i];
	return out;
}

static bool check_all(struct ctx *c, struct keep *keep, const char *home,
		      struct schedule_done *ret, struct err *e)
{
	struct run_request q = { .type = CHECK_FULL,
				 .keep = keep,
				 .unattended = true,
				 .state_dir = c->env ? c->env->state_dir : NULL };
	const char *folder = input_base(c);
	struct discovered of_project = { .files.n = 0 }, of_hosts;
	bool registered;
	struct run r;

	if (!any_server(c, &registered, e))
		return false;
	if (!registered) {
		if (folder)
			discover_project(c->arena, folder, &of_project);
		discover_hosts(c->arena, home, &of_hosts);
		q.paths = joined(c->arena, &of_project.files, &of_hosts.files);
		if (q.paths.n == 0)
			return true;
	}
	if (!run_all(c, &q, &r, e))
		return false;
	for (size_t i = 0; i < r.n_targets; i++)
		ret->targets += r.targets[i].wanted;
	return true;
}

struct removal {
	struct stamp before;
	int64_t n;
};

static bool remove_checks(struct ctx *c, void *arg, struct err *e)
{
	struct removal *r = arg;

	return checks_remove(c, r->before, CHECKS_MAX, &r->n, e);
}

static bool remove_entries(struct ctx *c, void *arg, struct err *e)
{
	struct removal *r = arg;

	return audit_prune(c, AUDIT_COMPONENT, r->before, ENTRIES_MAX, &r->n, e);
}

/* Batch by batch, so that nobody waits for long. */
static bool remove_all(struct ctx *c, bool (*fn)(struct ctx *, void *, struct err *),
		       int64_t days, int64_t batch, int64_t *ret_n, struct err *e)
{
	struct removal r = { { clock_now().ms - days * DAY_MS }, batch };

	while (r.n == batch) {
		if (ctx_stop(c, e) || !db_tx(c, fn, &r, e))
			return false;
		*ret_n += r.n;
	}
	return true;
}

static bool remove_old(struct ctx *c, struct schedule_done *ret, struct err *e)
{
	int64_t days = c->cfg->compliance_retention_days;

	return remove_all(c, remove_checks, days, CHECKS_MAX, &ret->checks_removed, e) &&
	       remove_all(c, remove_entries, MAX(days, AUDIT_DAYS), ENTRIES_MAX,
			  &ret->entries_removed, e);
}

bool schedule_round(struct ctx *c, struct keep *keep, const char *home,
		    struct schedule_done *ret, struct err *e)
{
	int64_t interval = c->cfg->compliance_interval;
	struct claim check = { "check", interval, false };
	struct claim retention = { "retention", MIN(interval, DAY_MS), false };

	*ret = (struct schedule_done){ 0 };
	if (!run_reap(c, c->env ? c->env->state_dir : NULL, e))
		return false;
	if (c->cfg->compliance_enabled) {
		if (!db_tx(c, claim_in_tx, &check, e))
			return false;
		ret->checked = check.ours;
		if (check.ours && !check_all(c, keep, home, ret, e))
			return false;
	}
	if (!db_tx(c, claim_in_tx, &retention, e))
		return false;
	return !retention.ours || remove_old(c, ret, e);
}

/* ---- the thread ------------------------------------------------------------------ */

static void round_of(struct schedule *s)
{
	struct arena *a = arena_new();
	struct schedule_done done;
	struct err e = { 0 };
	struct ctx c;

	env_ctx(s->env, a, &c);
	c.who = &scheduler;
	c.cancelled = &s->stop;
	if (!schedule_round(&c, s->keep, getenv("HOME"), &done, &e) &&
	    e.code != ERR_CANCELLED)
		log_event(LOG_WARN, "schedule", "%s", e.msg);
	if (done.checked)
		log_event(LOG_INFO, "schedule", "checked %lld targets",
			  (long long)done.targets);
	if (done.checks_removed + done.entries_removed > 0)
		log_event(LOG_INFO, "schedule",
			  "removed %lld checks and %lld audit entries",
			  (long long)done.checks_removed,
			  (long long)done.entries_removed);
	arena_free(a);
}

/* False: serving ends. */
static bool wait_for(struct schedule *s, int64_t ms)
{
	int64_t until = clock_mono() + ms;
	struct timespec at = { .tv_sec = until / 1000,
			       .tv_nsec = until % 1000 * 1000000 };

	pthread_mutex_lock(&s->lock);
	while (!atomic_load(&s->stop)) {
		if (pthread_cond_clockwait(&s->wake, &s->lock, CLOCK_MONOTONIC, &at) != 0)
			break;
	}
	pthread_mutex_unlock(&s->lock);
	return !atomic_load(&s->stop);
}

static void *schedule_thread(void *arg)
{
	struct schedule *s = arg;
	int64_t interval = s->env->cfg.v.compliance_interval;
	int64_t look = MAX(MIN(interval / 10, LOOK_MAX_MS), LOOK_MIN_MS);
	int64_t first = FIRST_MS;
	const char *test = getenv("KILOCODE_TEST_SCHEDULE");

	if (!str_empty(test) && str_to_i64(test, &first))
		look = first;
	for (bool on = wait_for(s, first); on; on = wait_for(s, look))
		round_of(s);
	return NULL;
}

struct schedule *schedule_new(struct env *env, struct keep *keep)
{
	struct schedule *s = mem_alloc(sizeof(*s));

	s->env = env;
	s->keep = keep;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	return s;
}

void schedule_start(struct schedule *s)
{
	s->started = pthread_create(&s->thread, NULL, schedule_thread, s) == 0;
	if (!s->started)
		log_event(LOG_WARN, "schedule", "no thread for scheduled checks");
}

void schedule_stop(struct schedule *s)
{
	pthread_mutex_lock(&s->lock);
	atomic_store(&s->stop, true);
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

void schedule_free(struct schedule *s)
{
	if (!s)
		return;
	schedule_stop(s);
	if (s->started)
		pthread_join(s->thread, NULL);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}
