/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about servers together: what each looks for, why, and how to repair it. */
#include "compliance-server/rules_checks.h"

const struct rule rules_tox[] = {
	{ .id = "TOX-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_HOST,
	  .flags = RULE_ONLY_LIVE,
	  .title = "Same tool name on two enabled servers",
	  .detect = "Equal names in the lists of two enabled servers of one host. "
		    "Low where the host tells tools apart by their server.",
	  .why = "A model that means one tool calls the other.",
	  .fix = "Disable one, or use a host that prefixes.",
	  .ref = "MCP03; CWE-694",
	  .check = check_tox_001 },
	{ .id = "TOX-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_HOST,
	  .flags = RULE_ONLY_LIVE,
	  .title = "Near-identical tool name on another server",
	  .detect = "Names of two servers that look alike, or differ by one "
		    "letter at eight letters or more.",
	  .guard = "Names within one server; a plural, or another number, of the "
		   "same name.",
	  .why = "A tool that imitates another one gets its calls, with what "
		 "stands in them.",
	  .fix = "Check which server is genuine and remove the other.",
	  .ref = "MCP03; CWE-1007",
	  .check = check_tox_002 },
	{ .id = "TOX-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_HOST,
	  .flags = RULE_ONLY_LIVE,
	  .title = "Description names a tool of another server",
	  .detect = "A text of one server holds the name of a tool that only "
		    "another server has. High when a word such as instead, "
		    "override, change or silently stands near it, else low.",
	  .guard = "Names that many servers use, such as read_file; names "
		   "without _, - or inner capitals.",
	  .why = "One server can bend how the tools of another are used.",
	  .fix = "Remove the mention.",
	  .ref = "MCP03; MCP06",
	  .check = check_tox_003 },
	{ .id = "TOX-004",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_HOST,
	  .flags = RULE_ONLY_LIVE,
	  .title = "Untrusted input, private data and a way out on one host",
	  .detect = "Tools that bring in what strangers write, tools that read "
		    "private data, and tools that send, on the servers of one "
		    "host, at least one of them approved in advance. High when a "
		    "sending tool is approved.",
	  .guard = "Where every call is confirmed by hand. Labels come from "
		   "names, parameters and annotations: they are guesses.",
	  .why = "A text that a stranger wrote can have private data sent "
		 "away, and each tool alone looks harmless.",
	  .fix = "Disable one of the three groups, or confirm the sending "
		 "tools by hand.",
	  .ref = "snyk/agent-scan W015 to W020; MCP06; MCP10; CWE-200",
	  .check = check_tox_004 },
	{ .id = "TOX-005",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "One server reads private data and sends without asking",
	  .detect = "A server has a tool that reads private data and one that "
		    "sends, and the sending one is approved in advance.",
	  .why = "One call reads, the next sends, and nobody is asked.",
	  .fix = "Take the sending tool off the approval list.",
	  .ref = "MCP02; MCP10",
	  .check = check_tox_005 },
	{ .id = "TOX-006",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_HOST,
	  .title = "Same secret given to several servers",
	  .detect = "Equal values of variables and headers that hold secrets, on "
		    "two enabled servers of one host. They are compared in "
		    "memory; nothing of the value is kept.",
	  .guard = "References, placeholders and default passwords; the same "
		   "server in two files.",
	  .why = "A leak in one server opens what the others reach, and nobody "
		 "can tell which one leaked.",
	  .fix = "Issue one token per server with the smallest scope.",
	  .ref = "MCP07; MCP02",
	  .check = check_tox_006 },
	{ .id = NULL },
};
