/* SPDX-License-Identifier: Apache-2.0 */
/* The rules about pinned tools: what each compares, why, and what to do. */
#include "compliance-server/rules_live.h"

const struct rule rules_pin[] = {
	{ .id = "PIN-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "An approved tool has changed",
	  .detect = "The canonical hash of an approved tool (name, title, description, "
		    "schemas, annotations, sources of icons), the instructions or the "
		    "server's name differ from what a person approved. Critical when the "
		    "new text is also found by one of LIV-041 to LIV-057; another name "
		    "alone is medium.",
	  .guard = "Another order of tools or keys is no change. Without an approved set "
		   "for this definition of the server the rule does not apply.",
	  .why = "A server can show harmless tools until they are approved and change "
		 "their texts afterwards; the model follows the new ones.",
	  .fix = "Read the difference ('compliance-server pin diff'), then approve it or "
		 "pin the old version of the package.",
	  .ref = "MCP03; CWE-345; CWE-494",
	  .check = check_pin_001 },
	{ .id = "PIN-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "New tool since the approval",
	  .detect =
		  "A tool name that the approved set lacks. High when the host calls it "
		  "without asking: alwaysAllow, autoApprove, trust or permission.",
	  .guard = "The first check of a server has no approved set: not applicable.",
	  .why = "A tool that nobody has read came with an update, and the host offers it "
		 "to the model.",
	  .fix = "Read its definition ('compliance-server pin diff') and approve it.",
	  .ref = "MCP03; MCP02",
	  .check = check_pin_002 },
	{ .id = "PIN-003",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Approved tool is gone",
	  .detect = "A name of the approved set is missing in the list.",
	  .why = "What depends on the tool no longer works, or another server's tool of "
		 "the same name takes its place.",
	  .fix = "Approve the smaller set, or find out why it vanished.",
	  .ref = "MCP03",
	  .check = check_pin_003 },
	{ .id = "PIN-004",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Program behind the command has changed",
	  .detect = "The SHA-256 of the resolved program, or of the code among its "
		    "arguments, differs from the approved one; or the version the server "
		    "tells changed while the entry names no exact one.",
	  .guard = "The program itself does not count where it only starts a script, a "
		   "package or a container.",
	  .why = "The entry is the same, but what it starts is not what was approved.",
	  .fix = "Approve the new version after reading its change list.",
	  .ref = "MCP04; CWE-494",
	  .check = check_pin_004 },
	{ .id = "PIN-005",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Different tools for another client name or at the second listing",
	  .detect = "The tools shown to '" LIVE_CLIENT "' and, by another process, to "
		    "'" LIVE_OTHER_CLIENT "', which declares the same capabilities, are "
		    "not the same; or they change from one listing to the next without a "
		    "notice.",
	  .guard = "The order of tools and of keys, and changes that "
		   "'notifications/tools/list_changed' announces.",
	  .why = "A server that shows one list to a reviewer and another to the model "
		 "can hide anything in the second.",
	  .fix = "Do not use the server; it behaves differently when watched.",
	  .ref = "MCP03; mcp-shield '--identify-as'; CWE-345",
	  .check = check_pin_005 },
	{ .id = NULL },
};
