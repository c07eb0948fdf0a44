/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks: calls that are answered at once and done later, in both wire forms (the
 * extension io.modelcontextprotocol/tasks of 2026-07-28, the core tasks of 2025-11-25).
 */
#ifndef COMMON_RPC_TASK_H
#define COMMON_RPC_TASK_H

#include "common/field/field.h"
#include "common/rpc/tool.h"

#define TASK_TTL_MS  (60 * 60 * 1000)
#define TASK_POLL_MS 500
/* A working task that was not touched for so long has lost its process. */
#define TASK_LEASE_MS (2 * 60 * 1000)

enum task_status { TASK_WORKING = 1, TASK_COMPLETED, TASK_FAILED, TASK_CANCELLED };
extern const char *const task_statuses[]; /* working completed failed cancelled */

struct task {
	const char *task_id; /* hard to guess */
	const char *tool;
	enum task_status status;
	const char *status_message; /* what it is doing, or why it ended; may be NULL */
	const char *result;	    /* of tools/call, JSON text; TASK_COMPLETED */
	const char *error;	    /* {"code","message"}; TASK_FAILED */
	int64_t ttl_ms, poll_interval_ms;
	struct stamp created_at, updated_at;
};

/* Where tasks are kept, so that another process can answer. Each function is whole by
 * itself; called from workers. */
struct task_store {
	/* Durable when it returns; removes tasks whose time is over. */
	bool (*create)(struct ctx *c, const struct task *t, struct err *e);
	/* ERR_NOT_FOUND for unknown ones and those whose time is over. */
	bool (*find)(struct ctx *c, const char *task_id, struct task *ret, struct err *e);
	/* Writes status_message and the time of a task that still works. */
	bool (*touch)(struct ctx *c, const struct task *t, struct err *e);
	/* Writes status, message, result, error of a task that still works; one that has
	 * ended stays as it is. */
	bool (*finish)(struct ctx *c, const struct task *t, struct err *e);
};

#endif
