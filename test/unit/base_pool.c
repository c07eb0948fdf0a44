/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the worker threads. */
#define _GNU_SOURCE /* usleep */
#include "common/base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "common/base/clock.h"
#include "test/tap.h"

#define JOBS 2000

static atomic_int sum;
static int seen[JOBS], seen_n;
static atomic_bool gate, masked;

static void add(void *arg)
{
	atomic_fetch_add(&sum, *(int *)arg);
}

static void note(void *arg)
{
	seen[seen_n++] = *(int *)arg;
}

static void wait_gate(void *arg UNUSED)
{
	while (!atomic_load(&gate))
		usleep(1000);
	atomic_fetch_add(&sum, 1);
}

static void look_mask(void *arg UNUSED)
{
	sigset_t now;

	pthread_sigmask(SIG_SETMASK, NULL, &now);
	atomic_store(&masked,
		     sigismember(&now, SIGTERM) == 1 && sigismember(&now, SIGHUP) == 1);
}

/* Well within 512 KiB, well over a tenth of it. */
static void use_stack(void *arg)
{
	volatile char big[128 * 1024];

	for (size_t i = 0; i < sizeof(big); i += 512)
		big[i] = 1;
	*(int *)arg = big[512];
}

int main(void)
{
	static int numbers[JOBS];
	struct err e = { 0 };
	struct pool *p = pool_new(4, &e);
	bool ordered = true;
	int64_t begin;
	int used = 0;

	if (!OK(p != NULL, "four threads: %s", e.msg))
		return tap_done();
	for (int i = 0; i < JOBS; i++) {
		numbers[i] = i;
		pool_submit(p, add, &numbers[i]);
	}
	OK(pool_drain(p, 0), "drained");
	IS_INT(atomic_load(&sum), JOBS * (JOBS - 1) / 2, "every function ran once");
	OK(pool_drain(p, 1), "nothing to wait for, deadline over");
	pool_submit(p, look_mask, NULL);
	pool_submit(p, use_stack, &used);
	OK(pool_drain(p, clock_mono() + 20000), "drained in time");
	OK(atomic_load(&masked), "signals are for the main thread");
	IS_INT(used, 1, "stack");
	pool_free(p);

	atomic_store(&sum, 0);
	p = pool_new(1, &e);
	pool_submit(p, wait_gate, NULL);
	for (int i = 0; i < JOBS; i++)
		pool_submit(p, note, &numbers[i]);
	begin = clock_mono();
	OK(!pool_drain(p, begin + 100), "a deadline ends the wait");
	OK(clock_mono() - begin >= 100, "not before");
	IS_INT(atomic_load(&sum), 0, "while it still runs");
	atomic_store(&gate, true);
	pool_free(p);
	IS_INT(seen_n, JOBS, "free waits for all");
	for (int i = 0; i < seen_n; i++)
		ordered = ordered && seen[i] == i;
	OK(ordered, "in the order given");
	pool_free(NULL);
	p = pool_new(0, &e);
	OK(p != NULL, "at least one thread");
	pool_free(p);
	return tap_done();
}
