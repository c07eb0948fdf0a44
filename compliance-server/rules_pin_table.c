/* SPDX-License-Identifier: Apache-2.0 */
/* The rules about pinned tools: what each compares, why, and what to do. */
#include "compliance-server/rules_live.h"

const struct rule rules_pin[] = {
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
