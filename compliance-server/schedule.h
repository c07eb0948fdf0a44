/* SPDX-License-Identifier: Apache-2.0 */
/* What a serving process does by itself: a static check once an interval, and removing
 * what is older than it has to be kept. */
#ifndef COMPLIANCE_SERVER_SCHEDULE_H
#define COMPLIANCE_SERVER_SCHEDULE_H

#include "common/app/app.h"

struct keep;
struct schedule;

struct schedule_done {
	bool checked; /* this process had the turn */
	int64_t targets, checks_removed, entries_removed;
};

/* One round, as the configuration of c says: what is due and nobody else has begun. The
 * registered servers are checked, else the files of the project folder and of the hosts
 * below home (NULL: none). False: something failed, and what is in *ret was done. */
bool schedule_round(struct ctx *c, struct keep *keep, const char *home,
		    struct schedule_done *ret, struct err *e);

struct schedule *schedule_new(struct env *env, struct keep *keep);
/* A thread of its own: the first round a minute from now, KILOCODE_TEST_SCHEDULE (ms)
 * in tests. */
void schedule_start(struct schedule *s);
void schedule_stop(struct schedule *s); /* ends a round that runs; does not wait */
void schedule_free(struct schedule *s); /* waits; NULL is fine */

#endif
