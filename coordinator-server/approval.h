/* SPDX-License-Identifier: Apache-2.0 */
/* Life of an approval: asked for, decided by a person, spent once, or over. */
#ifndef COORDINATOR_SERVER_APPROVAL_H
#define COORDINATOR_SERVER_APPROVAL_H

#include "common/base/ctx.h"
#include "coordinator-server/model.h"

/* A request of an action that someone else carries out. */
struct approval_ask {
	enum approval_type type;
	struct json request_data;
	const char *reason;
	int64_t ttl_s;
};

/* Creates the approval that the pending session s waits for; inside its db_tx. */
bool approval_open(struct ctx *c, const struct session *s, int64_t ttl_s,
		   struct approval *ret, struct err *e);
/* Creates a session of target "(external)" and its approval. */
bool approval_request(struct ctx *c, const struct approval_ask *ask, struct approval *ret,
		      struct err *e);

struct decision {
	bool yes;
	const char *person; /* "user:NAME" */
	const char *note;   /* or NULL */
	const char *digest; /* of the request that the person saw */
};
/* Records what a person decided. ERR_CONFLICT when it is decided, spent or over; the life
 * that has ended is then recorded too. ERR_DENIED for one's own request. */
bool approval_decide(struct ctx *c, const char *approval_id, const struct decision *d,
		     struct approval *ret, struct err *e);
/* Inside a db_tx with the session's row locked: spends the approval of session s.
 * ret_done is false when there is nothing to spend. */
bool approval_use(struct ctx *c, const struct session *s, const char *owner,
		  struct stamp now, bool *ret_done, struct err *e);
/* Inside a db_tx with the session's row locked: takes back what session s waits for. */
bool approval_withdraw(struct ctx *c, const struct session *s, const char *actor,
		       const char *note, struct err *e);
/* Ends approvals, and the sessions waiting for them, whose life is over. */
bool approval_sweep(struct ctx *c, struct err *e);

/* The command a person types to approve it. */
const char *approval_command(struct ctx *c, const char *approval_id);

#endif
