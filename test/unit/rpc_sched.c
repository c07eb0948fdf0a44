/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls may run together, and in which order they start. */
#include <pthread.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/rpc/sched.h"
#include "test/tap.h"

enum { MAX_ITEMS = 400, WAIT_MS = 10000 };

/* A call that runs until the test lets it go. */
struct item {
	struct sched_item item; /* first: the scheduler knows only this */
	char name;
	bool running, done, go;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct item items[MAX_ITEMS];
static struct sched sched;

static void nap(void)
{
	const struct timespec t = { .tv_nsec = 500 * 1000 };

	nanosleep(&t, NULL);
}

static bool flag(const bool *f)
{
	bool v;

	pthread_mutex_lock(&lock);
	v = *f;
	pthread_mutex_unlock(&lock);
	return v;
}

static void set(bool *f)
{
	pthread_mutex_lock(&lock);
	*f = true;
	pthread_mutex_unlock(&lock);
}

static void run(struct sched_item *it)
{
	struct item *i = (struct item *)it;

	set(&i->running);
	while (!flag(&i->go))
		nap();
	set(&i->done);
}

static void start(int workers, const char *orders)
{
	struct err e = { 0 };

	memset(items, 0, sizeof(items));
	sched_init(&sched, workers, run);
	for (size_t i = 0; orders[i]; i++) {
		enum order o = orders[i] == 'R'	  ? ORDER_READ
			       : orders[i] == 'W' ? ORDER_WRITE
						  : ORDER_LONG;

		items[i].name = orders[i];
		if (!sched_add(&sched, &items[i].item, o, &e))
			printf("# %s\n", e.msg);
	}
}

/* "101": which of the first calls have started; waits until it is so, then a moment for
 * those that must not. */
static bool running(const char *want)
{
	int64_t deadline = clock_mono() + WAIT_MS;
	size_t n = strlen(want);

	for (size_t i = 0; i < n; i++)
		while (want[i] == '1' && !flag(&items[i].running)) {
			if (clock_left(deadline) == 0)
				return false;
			nap();
		}
	for (int i = 0; i < 10; i++)
		nap();
	for (size_t i = 0; i < n; i++)
		if (flag(&items[i].running) != (want[i] == '1'))
			return false;
	return true;
}

static void end(int i)
{
	set(&items[i].go);
	while (!flag(&items[i].done))
		nap();
}

static void end_all(size_t n)
{
	for (size_t i = 0; i < n; i++)
		set(&items[i].go);
	OK(sched_drain(&sched, clock_mono() + WAIT_MS), "all of them end");
	sched_release(&sched);
}

static void test_classes(void)
{
	start(4, "RRWR");
	OK(running("1100"), "readers run together, a writer and what follows wait");
	end(0);
	OK(running("1100"), "the writer waits for the last reader");
	end(1);
	OK(running("1110"), "the writer runs alone");
	end(2);
	OK(running("1111"), "the reader behind it follows");
	end_all(4);

	start(4, "LWR");
	OK(running("110"), "a long call holds back nobody, a writer its successors");
	end(1);
	OK(running("111"), "the reader runs beside the long call");
	end_all(3);

	start(4, "WL");
	OK(running("10"), "a long call waits for an earlier writer");
	end_all(2);

	start(4, "LLLLRL");
	OK(running("111010"), "one worker is kept from long calls");
	end_all(6);
}

static void test_one_worker(void)
{
	start(1, "RLRW");
	OK(running("1000"), "one worker: one call");
	end(0);
	OK(running("1100"), "one worker: a long call may take it");
	end(1);
	OK(running("1110"), "one worker: in order of arrival");
	end_all(4);
}

static void test_remove(void)
{
	start(4, "RWR");
	OK(running("100"), "a writer holds back a reader");
	OK(sched_remove(&sched, &items[1].item), "a waiting call can be taken back");
	OK(running("101"), "what it held back starts");
	OK(!sched_remove(&sched, &items[0].item), "a running one cannot");
	set(&items[0].go);
	set(&items[2].go);
	OK(sched_drain(&sched, clock_mono() + WAIT_MS), "both end");
	sched_release(&sched);
}

static void test_limit(void)
{
	struct err e = { 0 };
	int i;

	start(1, "W");
	for (i = 1; i <= LIMIT_WAITING; i++)
		if (!sched_add(&sched, &items[i].item, ORDER_READ, &e))
			break;
	IS_INT(i, LIMIT_WAITING + 1, "as many as the limit may wait");
	OK(!sched_add(&sched, &items[i].item, ORDER_READ, &e) && e.code == ERR_LIMIT,
	   "one more is refused");
	end_all((size_t)i);
}

int main(void)
{
	clock_init();
	test_classes();
	test_one_worker();
	test_remove();
	test_limit();
	return tap_done();
}
