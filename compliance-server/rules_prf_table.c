/* SPDX-License-Identifier: Apache-2.0 */
/* The rules about time and memory of a running server. Those of what a score measures
 * anyhow have no weight of their own. */
#include "compliance-server/rules_live.h"

const struct rule rules_prf[] = {
	{ .id = "PRF-001",
	  .category = CAT_PERFORMANCE,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_UNSCORED,
	  .title = "Slow start",
	  .detect = "The median of five warm starts, up to the answer of the handshake, "
		    "is above 3 s; high above 10 s.",
	  .guard = "The first start, which may fetch a package. A machine with more load "
		   "than processors: nothing is judged. Popular servers: 76 to 1,489 ms.",
	  .why = "A host starts the server for every session, and its user waits for it.",
	  .fix = "Load heavy modules on first use; start from an installed copy instead "
		 "of npx.",
	  .ref = "performance score, warm start",
	  .check = check_prf_001 },
	{ .id = "PRF-002",
	  .category = CAT_PERFORMANCE,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_UNSCORED,
	  .title = "Slow listing",
	  .detect =
		  "95 percent of 50 calls of 'tools/list', after five for warm-up, take "
		  "more than 250 ms.",
	  .guard = "Popular servers: 1 to 30 ms.",
	  .why = "Hosts ask for the list again and again, and show nothing until it "
		 "comes.",
	  .fix = "Build the list once and keep it.",
	  .ref = "performance score, list p95",
	  .check = check_prf_002 },
	{ .id = "PRF-003",
	  .category = CAT_PERFORMANCE,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_UNSCORED,
	  .title = "Memory",
	  .detect = "The server and its child processes together are above 512 MiB "
		    "resident after the lists; high above 1 GiB.",
	  .guard = "Popular servers: 50 to 139 MB.",
	  .why = "Every session of every host pays for it.",
	  .fix = "Load data lazily, bound the caches.",
	  .ref = "performance score, resident size; CWE-400",
	  .check = check_prf_003 },
	{ .id = "PRF-004",
	  .category = CAT_PERFORMANCE,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_UNSCORED,
	  .title = "Heavy tool list",
	  .detect = "More than 128 KiB, or more than 60 tools.",
	  .guard = "Popular servers: 1.5 to 66.8 KB.",
	  .why = "Every request to the model carries the list, about one token for four "
		 "bytes, and with many tools a model chooses worse.",
	  .fix = "Split the server, shorten texts, offer fewer tools.",
	  .ref = "performance score, tool list bytes",
	  .check = check_prf_004 },
	{ .id = "PRF-005",
	  .category = CAT_PERFORMANCE,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_UNSCORED,
	  .title = "Busy when idle",
	  .detect = "More than 5 percent of one processor over two seconds without "
		    "requests.",
	  .why = "A server that polls drains batteries and slows everything beside it.",
	  .fix = "Wait for events instead of polling.",
	  .ref = "performance score, idle processor",
	  .check = check_prf_005 },
	{ .id = "PRF-006",
	  .category = CAT_PERFORMANCE,
	  .severity = SEV_LOW,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_LIVE,
	  .title = "Memory grows under load",
	  .detect =
		  "The resident size after 500 more lists is above 1.3 times that after "
		  "50.",
	  .guard = "Growth of less than 16 MiB.",
	  .why = "A server that grows with every request has to be restarted by hand "
		 "some day.",
	  .fix = "Find the leak.",
	  .ref = "CWE-401",
	  .check = check_prf_006 },
	{ .id = "PRF-007",
	  .category = CAT_PERFORMANCE,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Host timeout shorter than the measured start",
	  .detect = "The configured timeout is below twice the 95th percentile of the "
		    "warm starts.",
	  .guard = "Hosts that know no such setting, and entries without it.",
	  .why = "On a slower day the host gives up before the server is ready.",
	  .fix = "Raise the timeout or speed up the start.",
	  .ref = "how hosts read a timeout: seconds or milliseconds",
	  .check = check_prf_007 },
	{ .id = "PRF-008",
	  .category = CAT_PERFORMANCE,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Slower than the baseline",
	  .detect =
		  "A measurement is worse than the median of the last live checks on a "
		  "machine like this one by more than 50 percent and by more than three "
		  "times their median absolute deviation.",
	  .guard = "Fewer than three such checks: not applicable. Differences nobody "
		   "notices: 100 ms of a start, 5 ms of a listing, 16 MiB, 4 KiB of a "
		   "list, 1 percent of a processor.",
	  .why = "Something in the server or below it has become worse since it was last "
		 "looked at.",
	  .fix = "Compare the versions of the server and of what it runs on.",
	  .ref = "performance_metrics",
	  .check = check_prf_008 },
	{ .id = NULL },
};
