/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about operations: what each looks for, why, and how to repair it. */
#include "compliance-server/rules_checks.h"

const struct rule rules_ops[] = {
	{ .id = "OPS-001",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Server that nobody registered",
	  .detect = "An enabled server that nobody registered (register_servers), or "
		    "whose definition (command, arguments, folder, url, names of "
		    "variables and headers) is not the one that was registered.",
	  .guard = "Without a registry (nothing was ever registered, or the check keeps "
		   "nothing) the rule does not apply. A check alone registers nobody.",
	  .why = "Nobody answers for a server that came into a configuration by itself; "
		 "that is how shadow servers stay.",
	  .fix = "Register it or remove the entry.",
	  .ref = "MCP09",
	  .check = check_ops_001 },
	{ .id = "OPS-002",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Registry entry incomplete",
	  .detect = "A registered server without owner, purpose or contact.",
	  .why = "Whoever finds a fault in it must know whom to ask, and what the server "
		 "is for.",
	  .fix = "Register it again with owner, purpose and contact.",
	  .ref = "MCP09",
	  .check = check_ops_002 },
	{ .id = "OPS-003",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LATE,
	  .title = "Check or knowledge too old",
	  .detect = "Before this check, the last complete one of a server or of its "
		    "files was more than 30 days ago; or the tables of packages in this "
		    "program are more than 180 days old.",
	  .guard = "What was never checked before; a check that keeps nothing.",
	  .why = "What nobody looks at changes unseen: packages, tools, and who may use "
		 "them.",
	  .fix = "Run a full check, and let it run by itself (COMPLIANCE_ENABLED); update "
		 "the program.",
	  .ref = "MCP09; MCP04",
	  .check = check_ops_003 },
	{ .id = "OPS-004",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LATE,
	  .title = "Audit log chain is broken",
	  .detect = "An entry of the audit log whose hash is not that of its content, a "
		    "number that is missing, an entry that does not follow the one "
		    "before it, a row outside the chain, or a time that goes back by "
		    "more than 60 seconds.",
	  .guard = "A check that keeps nothing has no audit log to look at.",
	  .why = "Somebody with write access to the database has changed what it says "
		 "about who did what. None of it proves anything any more.",
	  .fix = "Keep the database as evidence, restore from a copy, and find out who "
		 "had write access (compliance-server verify-audit names the entry).",
	  .ref = "MCP08; CWE-353; CWE-345",
	  .check = check_ops_004 },
	{ .id = "OPS-005",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LATE,
	  .title = "Suppression expired, without a reason, or for an unknown rule",
	  .detect = "An entry of 'mcp-compliance.suppressions.json' whose date has "
		    "passed or is more than a year ahead, whose reason is empty, "
		    "whose rule does not exist, or that has a member nobody knows; "
		    "or a file that is not a list at all.",
	  .guard = "An entry that covers nothing is listed as unused and is no "
		   "finding.",
	  .why = "What the entry was meant to hide counts again, and a decision "
		 "that nobody stands for any more should not look like one.",
	  .fix = "Renew the entry with a reason and a date, or delete it.",
	  .ref = "stackrox/kube-linter#1180; zegl/kube-score#504",
	  .check = check_ops_005 },
	{ .id = "OPS-006",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_HOST,
	  .flags = RULE_ONLY_LIVE,
	  .title = "Too many tools enabled for one host",
	  .detect = "More than 80 tools over all enabled servers of a host; for "
		    "information above 40.",
	  .why = "The more tools a model has to choose from, the more often it "
		 "chooses badly, and each is paid for in every request.",
	  .fix = "Disable servers that are not in use.",
	  .ref = "tool selection gets worse with the number of tools; CWE-400",
	  .check = check_ops_006 },
	{ .id = "OPS-007",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Disabled server still holds a live-looking secret",
	  .detect = "The entry is disabled and holds a credential of a known "
		    "kind.",
	  .why = "Nobody misses the secret of a server that is off, so nobody "
		 "rotates it.",
	  .fix = "Remove the secret and rotate it.",
	  .ref = "MCP01; CWE-798",
	  .check = check_ops_007 },
	{ .id = "OPS-008",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LATE,
	  .title = "Check incomplete",
	  .detect = "A file, a server or a rule of the plan could not be examined "
		    "in this run. The exit status is 3, whatever else was found.",
	  .guard = "Rules that are only a preview.",
	  .why = "What was not examined has not passed. A verdict over the rest "
		 "would hide that.",
	  .fix = "Remove the cause given in the finding and run the check again.",
	  .ref = "ramparts#141; cisco-ai-defense/mcp-scanner#43; "
		 "agntcy/dir#2041; CWE-754",
	  .check = check_ops_008 },
	{ .id = NULL },
};
