/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of approval_requests. Every change is judged in the statement that makes it. */
#ifndef COORDINATOR_SERVER_APPROVAL_STORE_H
#define COORDINATOR_SERVER_APPROVAL_STORE_H

#include "common/db/db.h"
#include "coordinator-server/model.h"

struct approval_filter {
	enum approval_status status; /* 0: any */
	enum approval_type type;     /* 0: any */
	struct stamp before; /* page position: created_at and id of the last row */
	const char *before_id;
	struct stamp now;
	int64_t limit;
};

extern const struct stmt approval_stmts[]; /* closed by name NULL */

bool approval_insert(struct ctx *c, const struct approval *a, struct err *e);
/* By public id; ERR_NOT_FOUND says where ids come from. */
bool approval_by_id(struct ctx *c, const char *approval_id, struct approval *ret,
		    struct err *e);
/* The same, locked until the transaction ends; belongs inside db_tx. */
bool approval_lock(struct ctx *c, const char *approval_id, struct approval *ret,
		   struct err *e);
/* At most limit + 1 rows, newest first. */
bool approval_list(struct ctx *c, const struct approval_filter *f, struct rows *ret,
		   struct err *e);
/* How many of one requester wait for a person. */
bool approval_waiting(struct ctx *c, const char *requested_by, int64_t *ret,
		      struct err *e);
/* Approvals whose life is over and whose rows do not say so yet: by UUID. */
bool approval_overdue(struct ctx *c, struct rows *ret, struct err *e);

/* Each sets ret_done to false when the row was not in a state that allows it any more.
 * Approve: pending, alive at `now`, of this digest, not asked for by the approver. */
bool approval_approve(struct ctx *c, const struct approval *a, struct stamp now,
		      bool *ret_done, struct err *e);
/* Reject: pending, or approved and not spent. */
bool approval_reject(struct ctx *c, const struct approval *a, struct stamp now,
		     bool *ret_done, struct err *e);
/* Spend: approved, never spent, alive at `now`, of this digest. */
bool approval_spend(struct ctx *c, const struct approval *a, struct stamp now,
		    bool *ret_done, struct err *e);
bool approval_expire(struct ctx *c, const char *id, struct stamp now, bool *ret_done,
		     struct err *e);

#endif
