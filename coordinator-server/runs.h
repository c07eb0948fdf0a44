/* SPDX-License-Identifier: Apache-2.0 */
/* The calls this process carries out: threads that dispatch, and one that keeps watch:
 * renews leases, hears wishes to cancel, runs what was approved, ends what is lost. */
#ifndef COORDINATOR_SERVER_RUNS_H
#define COORDINATOR_SERVER_RUNS_H

#include "common/base/ctx.h"
#include "coordinator-server/model.h"

#define LEASE_MS 15000
#define RUNS_MAX 16 /* at one moment */

struct runs;
struct services;

struct runs *runs_new(struct services *s); /* starts nothing */
/* Cancels what runs and starts nothing any more. */
void runs_stop(struct runs *rs);
/* After runs_stop; waits for the threads, within a second of it. False when one did not
 * let go: nothing was freed, and the process can only end. NULL is fine. */
bool runs_free(struct runs *rs);

const atomic_bool *runs_stopping(const struct runs *rs);
/* Monotonic ms when the last thing must be stored; 0 while the process serves. */
int64_t runs_leave_at(const struct runs *rs);
/* Sleeps, until the process is to stop at most. */
void runs_pause(struct runs *rs, int64_t ms);

/* Carries out a session that is pending and approved, or running and ours. Does nothing
 * when it is under way already; ERR_LIMIT when too many are. */
bool runs_submit(struct runs *rs, const struct session *s, struct err *e);
/* Waits until the session no longer runs here, at most wait_ms; tells about progress.
 * When the call is cancelled meanwhile, so is the session. True when it ended. */
bool runs_wait(struct runs *rs, struct ctx *c, const char *session_id, int64_t wait_ms);
/* Asks a run of this process to stop; false when it is not here. */
bool runs_cancel(struct runs *rs, const char *session_id);

/* Something waits for a person since just now: the watch looks for the decision. */
void runs_expect(struct runs *rs);

/* One look at the database, unless there was one just now; bounded, and when it fails the
 * watch looks again. Starts the watch: false only when that is not possible. Called
 * before every tool that shows or changes sessions. */
bool runs_look(struct ctx *c, struct err *e);

#endif
