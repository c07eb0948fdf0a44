/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of one rule on one target joined into an issue. Private to check.c. */
#ifndef COMPLIANCE_CHECK_ISSUE_H
#define COMPLIANCE_CHECK_ISSUE_H

#include "compliance-server/check.h"

/* Fills the target's issues from its judgements, which stand in order of rules. */
void issues_build(struct arena *a, struct check_target *t,
		  const struct judgement **judged, size_t n_judged,
		  const struct rules_result *rules, const struct rule_score *scores,
		  size_t n_scores);

#endif
