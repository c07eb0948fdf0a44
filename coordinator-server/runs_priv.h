/* SPDX-License-Identifier: Apache-2.0 */
/* What runs.c and watch.c share. */
#ifndef COORDINATOR_SERVER_RUNS_PRIV_H
#define COORDINATOR_SERVER_RUNS_PRIV_H

#include <pthread.h>

#include "common/base/id.h"
#include "coordinator-server/dispatch.h"
#include "coordinator-server/runs.h"
#include "coordinator-server/services.h"

struct run {
	struct run *next;
	struct runs *runs;
	char session_id[ID_LEN];
	atomic_bool cancel;
	struct arena *arena;
	struct finishing *kept; /* the call is over, the database does not take it yet;
				   only the watch removes such a run */
};

struct runs {
	struct services *services;
	pthread_mutex_t mu;
	pthread_cond_t changed;
	struct pool *pool; /* made with the first run */
	struct run *list;
	int n;
	atomic_bool stopping;
	_Atomic int64_t leave_at;
	bool watching, watched; /* the thread was started, has ended */
	pthread_t watch;
	bool kicked;
	bool looking; /* one look at a time */
	int64_t looked_at, renewed_at;
	struct stamp renewed; /* the clock that a suspended machine does not stop */
	bool failing;	      /* the last look failed: said once */
	atomic_bool waiting;  /* sessions wait for a person */
};

/* The lock (mu) is held in each of these. */
struct run *runs_find(struct runs *rs, const char *session_id);
void runs_drop(struct runs *rs, struct run *r); /* frees it */
void runs_wait_changed(struct runs *rs, int64_t ms);

#endif
