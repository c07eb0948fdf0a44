/* SPDX-License-Identifier: Apache-2.0 */
/* Life of an integration session: opened, carried out at once or after an approval,
 * cancelled. */
#ifndef COORDINATOR_SERVER_SESSION_H
#define COORDINATOR_SERVER_SESSION_H

#include "common/base/ctx.h"
#include "coordinator-server/model.h"

struct session_ask {
	const char *target, *tool;
	struct json arguments;
	enum approval_type
		type; /* 0: the policy's; given: an approval is wanted anyway */
	const char *reason;
	int64_t timeout_ms; /* 0: the policy's, or the default */
	int64_t ttl_s, wait_ms;
};

/* Opens a session, or gives back an equal one that still waits for its approval; waits
 * for its end as long as asked. A target that cannot be started ends the session; a wrong
 * name or a tool that policy denies is an error and opens none. */
bool session_open(struct ctx *c, const struct session_ask *ask, struct session *ret,
		  struct err *e);

enum cancel_result { CANCEL_DONE = 1, CANCEL_REQUESTED, CANCEL_TOO_LATE };
extern const char *const cancel_results[];
bool session_cancel(struct ctx *c, const char *session_id, const char *reason,
		    enum cancel_result *ret, struct session *ret_session, struct err *e);

#endif
