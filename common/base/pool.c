/* SPDX-License-Identifier: Apache-2.0 */
/* A queue and the threads that empty it. */
#include "common/base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "common/base/mem.h"

#define STACK_SIZE (512 * 1024)

struct job {
	struct job *next;
	void (*fn)(void *);
	void *arg;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work, idle;
	struct job *first, **last;
	int unfinished; /* waiting or running */
	bool leaving;
	int threads;
	pthread_t thread[];
};

static void *run(void *arg)
{
	struct pool *p = arg;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct job *j = p->first;

		if (!j && p->leaving)
			break;
		if (!j) {
			pthread_cond_wait(&p->work, &p->lock);
			continue;
		}
		p->first = j->next;
		if (!p->first)
			p->last = &p->first;
		pthread_mutex_unlock(&p->lock);
		j->fn(j->arg);
		mem_free(j);
		pthread_mutex_lock(&p->lock);
		if (--p->unfinished == 0)
			pthread_cond_broadcast(&p->idle);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Signals are for the main thread; a new thread inherits the mask of its creator. */
static int start_threads(struct pool *p, int threads)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int failed = 0;

	pthread_attr_init(&attr);
	if (!SANITIZED)
		pthread_attr_setstacksize(&attr, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (p->threads < threads && !failed) {
		failed = pthread_create(&p->thread[p->threads], &attr, run, p);
		p->threads += !failed;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return failed;
}

static void destroy(struct pool *p)
{
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->idle);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

struct pool *pool_new(int threads, struct err *e)
{
	size_t n = (size_t)MAX(threads, 1);
	struct pool *p = mem_alloc(sizeof(*p) + n * sizeof(p->thread[0]));
	pthread_condattr_t monotonic;
	int failed;

	p->last = &p->first;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->idle, &monotonic);
	pthread_condattr_destroy(&monotonic);
	/* fewer threads than wanted still do all the work */
	failed = start_threads(p, (int)n);
	if (p->threads > 0)
		return p;
	destroy(p);
	err_set(e, ERR_UNAVAILABLE, "cannot start a thread: %s", strerror(failed));
	return NULL;
}

void pool_submit(struct pool *p, void (*fn)(void *), void *arg)
{
	struct job *j = mem_alloc(sizeof(*j));

	*j = (struct job){ NULL, fn, arg };
	pthread_mutex_lock(&p->lock);
	*p->last = j;
	p->last = &j->next;
	p->unfinished++;
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

bool pool_drain(struct pool *p, int64_t deadline)
{
	struct timespec until = { .tv_sec = (time_t)(deadline / 1000),
				  .tv_nsec = (long)(deadline % 1000) * 1000000 };
	int result = 0;
	bool done;

	pthread_mutex_lock(&p->lock);
	while (p->unfinished > 0 && result != ETIMEDOUT) {
		if (deadline == 0)
			pthread_cond_wait(&p->idle, &p->lock);
		else
			result = pthread_cond_timedwait(&p->idle, &p->lock, &until);
	}
	done = p->unfinished == 0;
	pthread_mutex_unlock(&p->lock);
	return done;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->leaving = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->threads; i++)
		pthread_join(p->thread[i], NULL);
	destroy(p);
}
