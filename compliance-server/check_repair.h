/* SPDX-License-Identifier: Apache-2.0 */
/* Which repair raises a score most. Private to check.c. */
#ifndef COMPLIANCE_CHECK_REPAIR_H
#define COMPLIANCE_CHECK_REPAIR_H

#include "compliance-server/check.h"

/* Scores of the categories and the overall score that follows from them. */
int repairs_score(const struct check_target *t, struct rule_score *scores, size_t n,
		  struct category_score cats[CAT_MAX]);
/* Fills fix_first of a target whose issues and scores stand; scores are as before
 * afterwards. */
void repairs_find(struct check_target *t, struct rule_score *scores, size_t n);
void repairs_over_all(struct check_report *r);

#endif
