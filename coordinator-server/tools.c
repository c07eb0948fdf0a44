/* SPDX-License-Identifier: Apache-2.0 */
/* What the coordinator offers, in the order of its lists. */
#include "coordinator-server/tools.h"

#include "common/base/log.h"
#include "coordinator-server/runs.h"

static const struct tool *const tools[] = {
	&tool_list_targets,    &tool_open_session,
	&tool_get_session,     &tool_list_sessions,
	&tool_cancel_session,  &tool_request_approval,
	&tool_get_approval,    &tool_list_approvals,
	&tool_get_audit_trail, NULL,
};

const struct offer coordinator_offer = {
	.name = "coordinator-server",
	.title = "KiloCode coordinator",
	.version = SUITE_VERSION,
	.description =
		"Calls the other MCP servers of the same mcp.json, asks a person where policy"
		" wants it, and keeps an audit trail.",
	.instructions =
		"list_targets shows what can be called and what policy says; open_session"
		" calls one tool. What needs a person's approval stays pending: show the"
		" person the command in howToApprove, then poll get_session. Never open it"
		" again, and never repeat an outcome `unknown`.",
	.tools = tools,
};

bool tools_look(struct ctx *c, void *args, struct err *e)
{
	struct err why = { 0 };

	(void)args;
	(void)e;
	if (!runs_look(c, &why))
		log_event(LOG_WARN, "watch", "%s", log_masked(c->arena, why.msg));
	return true;
}
