/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of mcp_tasks: where the protocol's tasks are kept. */
#ifndef COMMON_APP_TASK_STORE_H
#define COMMON_APP_TASK_STORE_H

#include "common/db/db.h"
#include "common/rpc/task.h"

extern const struct stmt task_stmts[]; /* for the prepare test; closed by name NULL */
extern const struct task_store task_store;

#endif
