/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of what runs by itself: whose turn it is, and which checks are too old. */
#ifndef COMPLIANCE_SERVER_SCHEDULE_STORE_H
#define COMPLIANCE_SERVER_SCHEDULE_STORE_H

#include "common/db/db.h"

extern const struct stmt schedule_stmts[]; /* closed by name NULL */

/* Takes the task when it was not begun for interval_ms by anybody, and says so for all
 * others; *ret false: somebody else has it, or it is not due. */
bool schedule_claim(struct ctx *c, const char *task, int64_t interval_ms, bool *ret,
		    struct err *e);
/* Removes at most `limit` checks from before `before`, with their results and resolved
 * issues. Kept are the newest completed check of each target and type, and those that an
 * unresolved issue refers to. */
bool checks_remove(struct ctx *c, struct stamp before, int64_t limit, int64_t *ret_n,
		   struct err *e);

#endif
