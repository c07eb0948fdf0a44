/* SPDX-License-Identifier: Apache-2.0 */
/* What the compliance server offers, in the order of its lists. */
#include "compliance-server/tools.h"

static const struct tool *const tools[] = {
	&tool_run_compliance_check,
	&tool_get_compliance_status,
	&tool_get_compliance_report,
	&tool_list_compliance_issues,
	&tool_update_compliance_issue,
	&tool_propose_remediation,
	&tool_list_compliance_checks,
	&tool_register_servers,
	&tool_list_servers,
	&tool_list_audit_logs,
	NULL,
};

static const struct resource *const resources[] = {
	&resource_status, &resource_server, &resource_report,	  &resource_rule,
	&resource_page,	  &resource_pages,  &resource_app_report, NULL,
};

static const struct prompt *const prompts[] = {
	&prompt_review_server,
	&prompt_explain_rule,
	NULL,
};

const struct offer compliance_offer = {
	.name = "compliance-server",
	.title = "KiloCode compliance",
	.version = SUITE_VERSION,
	.description =
		"Checks the MCP servers of a set-up: configuration, secrets, commands,"
		" supply chain and, with consent, behaviour.",
	.instructions =
		"run_compliance_check with the path of an mcp.json checks its servers and"
		" keeps what it finds as issues; get_compliance_report tells the details,"
		" list_compliance_issues what is still open. After a repair run the check"
		" again: issues that are gone become resolved.",
	.tools = tools,
	.resources = resources,
	.prompts = prompts,
	.subscribe = true,
	.completions = true,
};
