/* SPDX-License-Identifier: Apache-2.0 */
/* Which runs still have a process: each holds a lock on a file of its own, which the
 * kernel frees however the process ends. */
#ifndef COMPLIANCE_SERVER_RUN_HOLD_H
#define COMPLIANCE_SERVER_RUN_HOLD_H

#include "common/base/ctx.h"
#include "common/base/lock.h"

struct run_hold {
	struct lock lock;
	/* Details of a check that runs: {"owner":{"place":…,"run":…}}; NULL: no file
	 * could be had, and only age tells. */
	const char *details;
};

/* Begins to hold STATE_DIR/runs/<random>.lock. Without a place for it the run goes on
 * unheld. */
void run_hold(struct ctx *c, const char *state_dir, struct run_hold *ret);
void run_let_go(struct run_hold *h); /* removes the file; more than once is fine */

/* Checks whose process no longer exists become failed, with an audit entry (reason
 * abandoned). Those of another place (machine, account) are left alone for an hour. */
bool run_reap(struct ctx *c, const char *state_dir, struct err *e);

#endif
