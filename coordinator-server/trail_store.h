/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of audit_trails: written once, in the transaction of what they tell of. */
#ifndef COORDINATOR_SERVER_TRAIL_STORE_H
#define COORDINATOR_SERVER_TRAIL_STORE_H

#include "common/db/db.h"
#include "coordinator-server/model.h"

extern const struct stmt trail_stmts[]; /* closed by name NULL */

/* The next event of a session (its UUID); id, seq and timestamp are set here. Belongs
 * inside the db_tx of the change. */
bool trail_add(struct ctx *c, const char *session_uuid, const struct event *ev,
	       struct err *e);
/* Events after seq, at most limit + 1, in order. */
bool trail_list(struct ctx *c, const char *session_uuid, int64_t seq, int64_t limit,
		struct rows *ret, struct err *e);

#endif
