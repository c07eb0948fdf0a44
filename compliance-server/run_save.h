/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a run, from its report. Private to run*.c. */
#ifndef COMPLIANCE_SERVER_RUN_SAVE_H
#define COMPLIANCE_SERVER_RUN_SAVE_H

#include "compliance-server/run.h"

/* Details of a check: mode, grade, counts, rule set, what could not be judged, and what
 * failed in categories without a row. */
const char *save_check_details(struct ctx *c, const struct run *r,
			       const struct run_target *rt);
/* Details of one category: its failed rules with their places. */
const char *save_result_details(struct ctx *c, const struct run *r,
				const struct run_target *rt, enum category category);
/* Issue rows of the target under this server name, without id, status and times. */
void save_issues(struct ctx *c, struct run_target *rt);
/* Inside a transaction: everything of one target. */
bool save_target(struct ctx *c, struct run *r, struct run_target *rt, struct err *e);

#endif
