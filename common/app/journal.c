/* SPDX-License-Identifier: Apache-2.0 */
/* Background writer: one thread, one transaction a batch, bounded queue. */
#define _GNU_SOURCE /* pthread_cond_clockwait: waits on the monotonic clock */
#include "common/app/journal.h"

#include <pthread.h>
#include <time.h>

#include "common/app/app.h"
#include "common/base/log.h"
#include "common/base/mem.h"

#define QUEUE_MAX 1000
#define BATCH_MAX 200
#define BATCH_MS  30000
#define SYNC_MS	  2000
#define GATHER_MS 20 /* a busy server pays one commit for the rows of that time */

struct entry {
	struct entry *next;
	struct arena *arena;
	journal_fn *write;
	void *in;
};

struct journal {
	struct env *env;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	pthread_t thread;
	bool started, stopping;
	struct entry *first, **last;
	size_t waiting;
	int awaited; /* callers that wait for the rows */
	uint64_t queued,
		done; /* counts since the start; done includes what was given up */
	uint64_t dropped;
	atomic_bool cancel;
};

static void entry_free(struct entry *en)
{
	arena_free(en->arena);
	mem_free(en);
}

static bool write_batch(struct ctx *c, void *arg, struct err *e)
{
	for (const struct entry *en = arg; en; en = en->next) {
		if (!en->write(c, en->in, e))
			return false;
	}
	return true;
}

static bool write_one(struct ctx *c, void *arg, struct err *e)
{
	const struct entry *en = arg;

	return en->write(c, en->in, e);
}

/* Takes up to BATCH_MAX entries off the queue; the mutex is held. */
static struct entry *take_batch(struct journal *j, size_t *ret_n)
{
	struct entry *head = j->first, *tail = head;
	size_t n = 1;

	while (n < BATCH_MAX && tail->next) {
		tail = tail->next;
		n++;
	}
	j->first = tail->next;
	tail->next = NULL;
	if (!j->first)
		j->last = &j->first;
	j->waiting -= n;
	*ret_n = n;
	return head;
}

/* One row that the database refuses must not take the others with it. */
static size_t write_each(struct ctx *c, struct entry *batch, struct err *e)
{
	size_t failed = 0;

	for (struct entry *en = batch; en; en = en->next)
		failed += !db_tx(c, write_one, en, e);
	return failed;
}

static void store_batch(struct journal *j, struct entry *batch, size_t n)
{
	struct arena *a = arena_new();
	struct ctx c;
	struct err e = { 0 };

	env_ctx(j->env, a, &c);
	c.deadline = clock_mono() + BATCH_MS;
	c.cancelled = &j->cancel;
	if (!db_tx(&c, write_batch, batch, &e)) {
		if (n > 1 && (e.code == ERR_CONFLICT || e.code == ERR_ARG ||
			      e.code == ERR_INTERNAL))
			n = write_each(&c, batch, &e);
		if (n)
			log_event(LOG_WARN, "journal", "%zu rows not written: %s", n,
				  e.msg);
	}
	arena_free(a);
	while (batch) {
		struct entry *next = batch->next;

		entry_free(batch);
		batch = next;
	}
}

/* A moment for more rows to come, unless somebody waits; the mutex is held. */
static void gather(struct journal *j)
{
	int64_t until = clock_mono() + GATHER_MS;
	struct timespec at = { .tv_sec = until / 1000,
			       .tv_nsec = until % 1000 * 1000000 };

	while (!j->stopping && !j->awaited && j->waiting < BATCH_MAX) {
		if (pthread_cond_clockwait(&j->changed, &j->mutex, CLOCK_MONOTONIC,
					   &at) != 0)
			break;
	}
}

static void *journal_thread(void *arg)
{
	struct journal *j = arg;

	pthread_mutex_lock(&j->mutex);
	for (;;) {
		struct entry *batch;
		size_t n;

		while (!j->first && !j->stopping)
			pthread_cond_wait(&j->changed, &j->mutex);
		if (!j->first)
			break;
		gather(j);
		batch = take_batch(j, &n);
		if (j->dropped) {
			log_event(LOG_WARN, "journal",
				  "%llu rows dropped: the queue was full",
				  (unsigned long long)j->dropped);
			j->dropped = 0;
		}
		pthread_mutex_unlock(&j->mutex);
		store_batch(j, batch, n);
		pthread_mutex_lock(&j->mutex);
		j->done += n;
		pthread_cond_broadcast(&j->changed);
	}
	pthread_mutex_unlock(&j->mutex);
	return NULL;
}

struct journal *journal_new(struct env *env)
{
	struct journal *j = mem_alloc(sizeof(*j));

	j->env = env;
	j->last = &j->first;
	pthread_mutex_init(&j->mutex, NULL);
	pthread_cond_init(&j->changed, NULL);
	return j;
}

void journal_add(struct journal *j, journal_fn *write, const struct field *fields,
		 const void *in)
{
	struct entry *en;

	if (!j)
		return;
	en = mem_alloc(sizeof(*en));
	en->arena = arena_new();
	en->write = write;
	en->in = fields_copy(en->arena, fields, in);
	pthread_mutex_lock(&j->mutex);
	if (j->waiting < QUEUE_MAX && !j->stopping) {
		*j->last = en;
		j->last = &en->next;
		j->waiting++;
		j->queued++;
		if (!j->started)
			j->started =
				pthread_create(&j->thread, NULL, journal_thread, j) == 0;
		if (j->waiting == 1 || j->waiting >= BATCH_MAX)
			pthread_cond_broadcast(&j->changed);
		en = NULL;
	} else {
		j->dropped++;
	}
	pthread_mutex_unlock(&j->mutex);
	if (en)
		entry_free(en);
}

/* Waits until `upto` rows are done or until the deadline; the mutex is held. */
static void wait_done(struct journal *j, uint64_t upto, int64_t deadline)
{
	struct timespec at = { .tv_sec = deadline / 1000,
			       .tv_nsec = deadline % 1000 * 1000000 };

	j->awaited++;
	pthread_cond_broadcast(&j->changed);
	while (j->started && j->done < upto) {
		if (pthread_cond_clockwait(&j->changed, &j->mutex, CLOCK_MONOTONIC,
					   &at) != 0)
			break;
	}
	j->awaited--;
}

void journal_sync(struct journal *j, struct ctx *c)
{
	int64_t deadline = clock_mono() + SYNC_MS;

	if (!j)
		return;
	if (c->deadline)
		deadline = MIN(deadline, c->deadline);
	pthread_mutex_lock(&j->mutex);
	wait_done(j, j->queued, deadline);
	pthread_mutex_unlock(&j->mutex);
}

void journal_free(struct journal *j, int64_t limit_ms)
{
	if (!j)
		return;
	pthread_mutex_lock(&j->mutex);
	wait_done(j, j->queued, clock_mono() + limit_ms);
	if (j->done < j->queued)
		log_event(LOG_WARN, "journal", "%llu rows not written in time",
			  (unsigned long long)(j->queued - j->done));
	j->stopping = true;
	atomic_store(&j->cancel, true);
	pthread_cond_broadcast(&j->changed);
	pthread_mutex_unlock(&j->mutex);
	if (j->started)
		pthread_join(j->thread, NULL);
	while (j->first) {
		struct entry *next = j->first->next;

		entry_free(j->first);
		j->first = next;
	}
	pthread_cond_destroy(&j->changed);
	pthread_mutex_destroy(&j->mutex);
	mem_free(j);
}
