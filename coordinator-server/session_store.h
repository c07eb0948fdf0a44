/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of integration_sessions. Every change of state names the state it expects. */
#ifndef COORDINATOR_SERVER_SESSION_STORE_H
#define COORDINATOR_SERVER_SESSION_STORE_H

#include "common/db/db.h"
#include "coordinator-server/model.h"

struct session_filter {
	enum session_status status; /* 0: any */
	const char *target;	    /* NULL: any */
	struct stamp before;	    /* page position: created_at and id of the last row */
	const char *before_id;
	int64_t limit;
};

extern const struct stmt session_stmts[]; /* closed by name NULL */

bool session_insert(struct ctx *c, const struct session *s, struct err *e);
/* By public id; ERR_NOT_FOUND says where ids come from. */
bool session_by_id(struct ctx *c, const char *session_id, struct session *ret,
		   struct err *e);
/* By UUID, locked until the transaction ends; belongs inside db_tx. */
bool session_lock(struct ctx *c, const char *id, struct session *ret, struct err *e);
/* A pending session of the same initiator that asks for the same; n = 0 or 1. */
bool session_same(struct ctx *c, const char *initiator, const char *intent_digest,
		  struct rows *ret, struct err *e);
/* Rows without texts, at most limit + 1, newest first. */
bool session_list(struct ctx *c, const struct session_filter *f, struct rows *ret,
		  struct err *e);
/* Sessions that are running, whoever runs them. */
bool session_running(struct ctx *c, struct rows *ret, struct err *e);
/* Sessions, with their texts, that wait for somebody to run what was approved. */
bool session_approved(struct ctx *c, struct rows *ret, struct err *e);
/* Does any session wait, for a person or to be run? */
bool session_waiting(struct ctx *c, bool *ret, struct err *e);

/* pending -> running with owner, lease_until and dispatched_at of s; fence goes up by
 * one. ret_done is false when the session no longer waited. */
bool session_start(struct ctx *c, const struct session *s, bool *ret_done, struct err *e);
/* status, outcome, outcome_reason, response and completed_at of s, when the row still has
 * the state `from` and the fence of s. */
bool session_end(struct ctx *c, const struct session *s, enum session_status from,
		 bool *ret_done, struct err *e);
/* The lease of a session that `owner` runs; nothing when it does not. */
bool session_renew(struct ctx *c, const char *session_id, const char *owner,
		   struct stamp lease_until, struct err *e);
bool session_wish_cancel(struct ctx *c, const char *id, struct err *e);

#endif
