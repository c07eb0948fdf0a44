/* SPDX-License-Identifier: Apache-2.0 */
/* Arrival order. */
#include "common/rpc/sched.h"

#include "common/base/fd.h"

#define STILL_MS 1000 /* a queue in which nothing happens for so long stands still */

void sched_init(struct sched *s, int workers, void (*run)(struct sched_item *it))
{
	*s = (struct sched){ .workers = MAX(workers, 1), .run = run };
	pthread_mutex_init(&s->lock, NULL);
}

void sched_release(struct sched *s)
{
	pool_free(s->pool);
	pthread_mutex_destroy(&s->lock);
}

static int *counter(struct sched *s, enum order order)
{
	return order == ORDER_READ    ? &s->reads
	       : order == ORDER_WRITE ? &s->writes
				      : &s->longs;
}

/* Takes the first waiting call that may start now, with the lock held. */
static struct sched_item *take(struct sched *s)
{
	int running = s->reads + s->writes + s->longs;
	bool reads =
		s->reads > 0; /* an unfinished earlier READ or LONG holds nobody but … */
	struct sched_item *prev = NULL;

	if (running >= s->workers || s->writes > 0)
		return NULL;
	for (struct sched_item *it = s->head; it; prev = it, it = it->next) {
		bool free_long = s->workers == 1 || s->longs < s->workers - 1;

		if (it->order == ORDER_WRITE && reads)
			return NULL; /* … a WRITE, which holds back all that follow */
		if (it->order == ORDER_LONG && !free_long)
			continue;
		if (prev)
			prev->next = it->next;
		else
			s->head = it->next;
		if (s->tail == it)
			s->tail = prev;
		s->n_waiting--;
		it->waiting = false;
		it->next = NULL;
		++*counter(s, it->order);
		s->moved = clock_mono();
		if (s->held && s->n_waiting <= LIMIT_WAITING / 2) {
			s->held = false;
			fd_wake('q');
		}
		return it;
	}
	return NULL;
}

static void work(void *arg);

/* Starts all that may start now; returns one for the calling worker when keep. */
static struct sched_item *start(struct sched *s, bool keep)
{
	struct sched_item *mine = NULL, *it;

	while ((it = take(s))) {
		if (keep && !mine)
			mine = it;
		else
			pool_submit(s->pool, work, it);
	}
	return mine;
}

static void work(void *arg)
{
	struct sched_item *it = arg;
	struct sched *s = it->sched;

	while (it) {
		enum order order = it->order;

		s->run(it);
		pthread_mutex_lock(&s->lock);
		--*counter(s, order);
		s->moved = clock_mono();
		it = start(s, true);
		pthread_mutex_unlock(&s->lock);
	}
}

bool sched_add(struct sched *s, struct sched_item *it, enum order order, struct err *e)
{
	bool ok = true;

	pthread_mutex_lock(&s->lock);
	if (!s->pool)
		s->pool = pool_new(s->workers, e);
	if (!s->pool) {
		ok = false;
	} else if (s->n_waiting >= LIMIT_WAITING) {
		ok = err_set(e, ERR_LIMIT,
			     "%d calls are waiting already; try again later",
			     LIMIT_WAITING);
	} else {
		*it = (struct sched_item){ .order = order, .sched = s, .waiting = true };
		if (s->tail)
			s->tail->next = it;
		else
			s->head = it;
		s->tail = it;
		s->n_waiting++;
		start(s, false);
	}
	pthread_mutex_unlock(&s->lock);
	return ok;
}

bool sched_full(struct sched *s)
{
	bool held;

	pthread_mutex_lock(&s->lock);
	s->held = (s->held || s->n_waiting >= LIMIT_WAITING) &&
		  clock_mono() - s->moved < STILL_MS;
	held = s->held;
	pthread_mutex_unlock(&s->lock);
	return held;
}

bool sched_remove(struct sched *s, struct sched_item *it)
{
	struct sched_item *prev = NULL;
	bool found = false;

	pthread_mutex_lock(&s->lock);
	for (struct sched_item *i = s->head; i && !found; prev = i, i = i->next) {
		if (i != it)
			continue;
		found = true;
		if (prev)
			prev->next = it->next;
		else
			s->head = it->next;
		if (s->tail == it)
			s->tail = prev;
		s->n_waiting--;
		it->waiting = false;
		start(s, false); /* what it held back may start */
		break;
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

bool sched_drain(struct sched *s, int64_t deadline)
{
	return !s->pool || pool_drain(s->pool, deadline);
}
