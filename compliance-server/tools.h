/* SPDX-License-Identifier: Apache-2.0 */
/* The tools, resources and sub-commands of the compliance server. */
#ifndef COMPLIANCE_SERVER_TOOLS_H
#define COMPLIANCE_SERVER_TOOLS_H

#include "common/app/app.h"
#include "common/rpc/tool.h"

struct keep;
struct schedule;

extern const struct tool tool_register_servers, tool_list_servers,
	tool_run_compliance_check, tool_list_compliance_checks,
	tool_get_compliance_report, tool_list_compliance_issues,
	tool_update_compliance_issue, tool_propose_remediation,
	tool_get_compliance_status, tool_list_audit_logs;
extern const struct resource resource_status, resource_server, resource_report,
	resource_rule, resource_page, resource_pages, resource_app_report;
extern const struct prompt prompt_review_server, prompt_explain_rule;
#define COMPLIANCE_APP "ui://compliance/report" /* the page hosts show results in */
extern const struct offer compliance_offer;
extern const struct command compliance_commands[];

/* Output schemas name the first level only, so that tools/list stays small; docs/tools.md
 * has all members, and rows are the data models of the specification. */
#define SCHEMA_OF(key, type) "\"" key "\":{\"type\":\"" type "\"}"
#define SCHEMA_INT(key)	     SCHEMA_OF(key, "integer")
#define SCHEMA_STR(key)	     SCHEMA_OF(key, "string")
#define SCHEMA_ROWS(key) \
	"\"" key "\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"
#define OBJECT_SCHEMA(members, required)                     \
	"{\"type\":\"object\",\"properties\":{" members "}," \
	"\"required\":[" required "]}"
#define LIST_SCHEMA(key, more) \
	OBJECT_SCHEMA(more SCHEMA_ROWS(key) "," SCHEMA_STR("nextCursor"), "\"" key "\"")

/* ctx.app of this server. */
struct services {
	struct keep *keep;
	struct schedule *schedule;
};

#endif
