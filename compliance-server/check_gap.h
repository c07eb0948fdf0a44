/* SPDX-License-Identifier: Apache-2.0 */
/* What of a target was not examined. Private to check.c. */
#ifndef COMPLIANCE_CHECK_GAP_H
#define COMPLIANCE_CHECK_GAP_H

#include "compliance-server/check.h"

/* One gap for each cause, from what the target has as unknown; how many. */
size_t gaps_of(struct arena *a, const struct check_target *t, struct gap **ret);
bool has_gaps(const struct check_target *t);

#endif
