/* SPDX-License-Identifier: Apache-2.0 */
/* The pool: connections are lent to one call at a time, closed when idle, and the first
 * one of the process brings the database up to date. */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "common/base/digest.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/db/driver.h"

#define SLICE_MS    50 /* how often a waiting call looks whether it was cancelled */
#define REAPER_SIZE (256 * 1024)

static struct timespec mono_in(int64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

bool conns_init(struct db *db, struct err *e)
{
	pthread_condattr_t a;
	bool ok;

	if (pthread_condattr_init(&a))
		return err_set(e, ERR_UNAVAILABLE, "out of memory");
	ok = !pthread_condattr_setclock(&a, CLOCK_MONOTONIC) &&
	     !pthread_cond_init(&db->freed, &a) && !pthread_cond_init(&db->ends, &a);
	pthread_condattr_destroy(&a);
	if (!ok || pthread_mutex_init(&db->lock, NULL))
		return err_set(e, ERR_UNAVAILABLE, "out of memory");
	return true;
}

void conn_forget_all(struct db_conn *k)
{
	while (k->preps_n) {
		struct prep *p = k->preps[--k->preps_n];

		k->drv->forget(k, p);
		mem_free((void *)p->out);
		mem_free(p);
	}
	mem_free((void *)k->preps);
	k->preps = NULL;
}

static void conn_close(struct db_conn *k, bool final)
{
	conn_forget_all(k);
	k->drv->close(k, final);
}

static void close_list(struct db_conn *list, bool final)
{
	while (list) {
		struct db_conn *next = list->next;

		conn_close(list, final);
		list = next;
	}
}

/* Under the lock: takes out of the idle list what is too old. */
static struct db_conn *take_expired(struct db *db, int64_t now, int64_t *ret_wait)
{
	struct db_conn **at = &db->idle, *out = NULL;

	*ret_wait = db->idle_ms;
	while (*at) {
		struct db_conn *k = *at;
		int64_t end = MIN(k->idle_since + db->idle_ms, k->expires);

		if (now >= k->expires || (now >= end && db->open > db->pool_min)) {
			*at = k->next;
			k->next = out;
			out = k;
			db->open--;
			continue;
		}
		if (end > now)
			*ret_wait = MIN(*ret_wait, end - now);
		at = &k->next;
	}
	return out;
}

static void *reaper_main(void *arg)
{
	struct db *db = arg;
	int64_t wait = db->idle_ms;

	pthread_mutex_lock(&db->lock);
	while (!db->closing) {
		struct timespec until = mono_in(MAX(wait, 10));
		struct db_conn *old;

		pthread_cond_timedwait(&db->ends, &db->lock, &until);
		old = take_expired(db, clock_mono(), &wait);
		if (!old)
			continue;
		pthread_mutex_unlock(&db->lock);
		close_list(old, false);
		pthread_mutex_lock(&db->lock);
	}
	pthread_mutex_unlock(&db->lock);
	return NULL;
}

/* Under the lock. Without the thread idle connections simply live longer. */
static void reaper_start(struct db *db)
{
	pthread_attr_t a;
	sigset_t all, before;

	if (db->reaper_on || pthread_attr_init(&a))
		return;
	pthread_attr_setstacksize(&a, REAPER_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	db->reaper_on = !pthread_create(&db->reaper, &a, reaper_main, db);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&a);
}

void conns_release(struct db *db)
{
	struct db_conn *list;

	pthread_mutex_lock(&db->lock);
	db->closing = true;
	pthread_cond_signal(&db->ends);
	pthread_mutex_unlock(&db->lock);
	if (db->reaper_on)
		pthread_join(db->reaper, NULL);
	list = db->idle;
	db->idle = NULL;
	close_list(list, true);
	pthread_cond_destroy(&db->freed);
	pthread_cond_destroy(&db->ends);
	pthread_mutex_destroy(&db->lock);
}

/* Under the lock. role 0: any. */
static struct db_conn *unlink_idle(struct db *db, enum conn_role role)
{
	struct db_conn **at;

	for (at = &db->idle; *at; at = &(*at)->next) {
		struct db_conn *k = *at;

		if (role && db->drv->split && k->role != role)
			continue;
		*at = k->next;
		return k;
	}
	return NULL;
}

/* Under the lock: waits for a sign, a cancel or the deadline. */
static bool wait_freed(struct ctx *c, int64_t deadline, struct err *e)
{
	struct timespec until;

	if (ctx_stop(c, e))
		return false;
	if (!clock_left(deadline))
		return err_set(e, ERR_LIMIT,
			       "all %lld database connections are in use; try again\n"
			       "hint: DATABASE_POOL_MAX sets how many there are",
			       (long long)c->db->pool_max);
	until = mono_in(MIN(SLICE_MS, clock_left(deadline)));
	pthread_cond_timedwait(&c->db->freed, &c->db->lock, &until);
	return true;
}

/* A lent connection, or NULL with *ret_room: one may be opened (it is counted already).
 */
static struct db_conn *borrow(struct ctx *c, enum conn_role role, int64_t deadline,
			      bool *ret_room, struct err *e)
{
	struct db *db = c->db;
	struct db_conn *k, *other = NULL;

	*ret_room = false;
	pthread_mutex_lock(&db->lock);
	for (;;) {
		k = unlink_idle(db, role);
		if (k)
			break;
		if (db->open < db->pool_max) {
			db->open++;
			*ret_room = true;
			break;
		}
		other = unlink_idle(db, 0);
		if (other) {
			*ret_room = true;
			break;
		}
		if (!wait_freed(c, deadline, e))
			break;
	}
	if (*ret_room)
		reaper_start(db);
	pthread_mutex_unlock(&db->lock);
	if (other)
		conn_close(other, false);
	return k;
}

static void uncount(struct db *db)
{
	pthread_mutex_lock(&db->lock);
	db->open--;
	pthread_cond_signal(&db->freed);
	pthread_mutex_unlock(&db->lock);
}

static bool usable(struct ctx *c, struct db_conn *k)
{
	int64_t now = clock_mono();

	if (now >= k->expires)
		return false;
	return !k->drv->alive ||
	       k->drv->alive(c, k, now - k->idle_since >= DB_CHECK_AFTER);
}

static int64_t a_life(void)
{
	uint16_t r;

	digest_random(&r, sizeof(r));
	return DB_LIFE / 10 * 9 + (int64_t)r * (DB_LIFE / 5) / UINT16_MAX;
}

struct db_conn *conns_take_raw(struct ctx *c, enum conn_role role, struct err *e)
{
	struct db *db = c->db;
	int64_t deadline = clock_mono() + db->acquire_ms;
	struct db_conn *k;
	bool room;

	if (c->deadline)
		deadline = MIN(deadline, c->deadline);
	while ((k = borrow(c, role, deadline, &room, e))) {
		if (usable(c, k)) {
			k->next = NULL;
			k->again = false;
			return k;
		}
		conn_close(k, false);
		uncount(db);
	}
	if (!room)
		return NULL;
	k = db->drv->open(c, db, role, e);
	if (!k) {
		uncount(db);
		return NULL;
	}
	k->drv = db->drv;
	k->db = db;
	k->role = role;
	k->expires = clock_mono() + a_life();
	return k;
}

void conns_give(struct db_conn *k)
{
	struct db *db = k->db;

	if (k->broken || k->in_tx) {
		conn_close(k, false);
		uncount(db);
		return;
	}
	k->idle_since = clock_mono();
	pthread_mutex_lock(&db->lock);
	k->next = db->idle;
	db->idle = k;
	pthread_cond_signal(&db->freed);
	pthread_mutex_unlock(&db->lock);
}

void conns_flush(struct db *db)
{
	struct db_conn *list, *k;

	pthread_mutex_lock(&db->lock);
	list = db->idle;
	db->idle = NULL;
	for (k = list; k; k = k->next)
		db->open--;
	pthread_cond_broadcast(&db->freed);
	pthread_mutex_unlock(&db->lock);
	close_list(list, false);
}

/* One thread migrates, others wait for it; a failure is tried again by the next call. */
static bool make_ready(struct ctx *c, struct err *e)
{
	struct db *db = c->db;
	bool ok;

	pthread_mutex_lock(&db->lock);
	while (db->readying) {
		struct timespec until = mono_in(MIN(SLICE_MS, clock_left(c->deadline)));

		if (ctx_stop(c, e)) {
			pthread_mutex_unlock(&db->lock);
			return false;
		}
		pthread_cond_timedwait(&db->freed, &db->lock, &until);
	}
	ok = db->ready;
	db->readying = !ok;
	pthread_mutex_unlock(&db->lock);
	if (ok)
		return true;
	ok = migrate_ready(c, e);
	pthread_mutex_lock(&db->lock);
	db->readying = false;
	db->ready = ok;
	pthread_cond_broadcast(&db->freed);
	pthread_mutex_unlock(&db->lock);
	return ok;
}

struct db_conn *conns_take(struct ctx *c, enum conn_role role, struct err *e)
{
	return make_ready(c, e) ? conns_take_raw(c, role, e) : NULL;
}
