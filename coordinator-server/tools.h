/* SPDX-License-Identifier: Apache-2.0 */
/* The tools of the coordinator. */
#ifndef COORDINATOR_SERVER_TOOLS_H
#define COORDINATOR_SERVER_TOOLS_H

#include "common/rpc/tool.h"

extern const struct tool tool_list_targets, tool_open_session, tool_get_session,
	tool_list_sessions, tool_cancel_session, tool_request_approval, tool_get_approval,
	tool_list_approvals, tool_get_audit_trail;

extern const struct offer coordinator_offer;

/* .prep of tools that show sessions: one look at what has ended meanwhile. True even when
 * that failed: what is stored can be shown all the same. */
bool tools_look(struct ctx *c, void *args, struct err *e);

#endif
