/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about permissions: what each looks for, why, and how to repair it. */
#include "compliance-server/rules_checks.h"

const struct rule rules_prv[] = {
	{ .id = "PRV-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Every tool approved in advance",
	  .detect = "'alwaysAllow' or 'autoApprove' holds *; 'permission' of the "
		    "file sets * or <server>_* to allow; 'allowedTools' names the "
		    "whole server; an argument begins with --dangerously-.",
	  .why = "Whatever a model was talked into is done at once, with tools "
		 "that nobody has seen yet as well.",
	  .fix = "List the reading tools one by one.",
	  .ref = "MCP02; CWE-862",
	  .check = check_prv_001 },
	{ .id = "PRV-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_ENTRY,
	  .title = "Tool that changes state approved in advance",
	  .detect = "A tool approved by name whose name holds a verb of change: "
		    "delete, remove, drop, write, exec, execute, run, shell, "
		    "bash, kill, push, merge, deploy, send, publish, create, "
		    "update, apply or sql. High when the server marks it as "
		    "destructive.",
	  .guard = "Names that begin with get, list, read, search, find or "
		   "describe; tools that the server marks as read-only.",
	  .why = "Nobody is asked before something is changed or sent.",
	  .fix = "Take it off the list so that a person is asked.",
	  .ref = "MCP02; CWE-862",
	  .check = check_prv_002 },
	{ .id = "PRV-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "'trust: true' skips every confirmation",
	  .detect = "The entry of a Gemini CLI settings file has 'trust' set to "
		    "true.",
	  .why = "Gemini CLI asks nobody before it calls a tool of a trusted "
		 "server.",
	  .fix = "Remove 'trust' and confirm per tool.",
	  .ref = "Gemini CLI settings, 'trust'; MCP02; CWE-862",
	  .check = check_prv_003 },
	{ .id = "PRV-004",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Approval list names a tool the server does not have",
	  .detect = "A name that is approved in advance is not in the list of "
		    "tools.",
	  .guard = "Patterns such as get_*.",
	  .why = "A later tool of this name would be called without a "
		 "question.",
	  .fix = "Delete the name.",
	  .ref = "MCP03; CWE-863",
	  .check = check_prv_004 },
	{ .id = NULL },
};
