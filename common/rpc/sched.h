/* SPDX-License-Identifier: Apache-2.0 */
/* Arrival order: which waiting calls may start now, so that results are as if calls had
 * run one after another. Thread-safe. */
#ifndef COMMON_RPC_SCHED_H
#define COMMON_RPC_SCHED_H

#include <pthread.h>

#include "common/base/pool.h"
#include "common/rpc/tool.h"

#define LIMIT_WAITING 256

/* Embedded in a call. */
struct sched_item {
	enum order order;
	struct sched_item *next;
	struct sched *sched;
	bool waiting;
};

struct sched {
	pthread_mutex_t lock;
	struct pool *pool; /* started with the first call */
	int workers;
	void (*run)(
		struct sched_item *it); /* on a worker; the item may be gone afterwards */
	struct sched_item *head, *tail; /* waiting, in order of arrival */
	int n_waiting;
	int reads, writes, longs; /* running */
	int64_t moved;		  /* when a call last started or ended, monotonic ms */
	bool held;		  /* the reader waits until half of the queue is gone */
};

void sched_init(struct sched *s, int workers, void (*run)(struct sched_item *it));
/* ERR_LIMIT when LIMIT_WAITING calls wait already, ERR_UNAVAILABLE when no thread starts.
 */
bool sched_add(struct sched *s, struct sched_item *it, enum order order, struct err *e);
/* True while as many calls wait as may and the queue still moves: the reader should wait
 * a little instead of having calls refused. fd_wake('q') tells when there is room again.
 */
bool sched_full(struct sched *s);
/* True when the item had not started: it is the caller's again and will not run. */
bool sched_remove(struct sched *s, struct sched_item *it);
/* Waits until nothing runs, at most until deadline (monotonic ms); false when not. */
bool sched_drain(struct sched *s, int64_t deadline);
void sched_release(struct sched *s); /* after a successful drain */

#endif
