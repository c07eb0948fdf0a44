/* SPDX-License-Identifier: Apache-2.0 */
/* Overall score of a check of one category, together with what is known of the others. */
#ifndef COMPLIANCE_SERVER_RUN_COMBINE_H
#define COMPLIANCE_SERVER_RUN_COMBINE_H

#include "compliance-server/run.h"

/* *ret_score: hundredths or SCORE_NONE. A check of one type takes the newest rows of the
 * other categories: same target, mode and rule set, at most 30 days old; *ret_oldest is
 * the time of the oldest of them, not set when none was taken. */
bool run_combine(struct ctx *c, const struct run *r, const struct run_target *rt,
		 int *ret_score, struct stamp *ret_oldest, struct err *e);
/* The registry score over what the targets have got by that. */
void run_combine_registry(struct ctx *c, struct run *r);

#endif
