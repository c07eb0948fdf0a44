/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of a report in the order that a format wants. Private to report_*.c. */
#ifndef COMPLIANCE_REPORT_LIST_H
#define COMPLIANCE_REPORT_LIST_H

#include "compliance-server/check.h"

enum report_part {
	REPORT_COUNTED = 1 << 0, /* fail, with a severity */
	REPORT_INFO = 1 << 1,
	REPORT_PREVIEW = 1 << 2,
	REPORT_SUPPRESSED = 1 << 3,
};

struct report_options;

struct report_item {
	const struct check_target *target; /* targets stand in one array, in order */
	const struct check_issue *issue;
	const struct finding *finding;
};

struct report_items {
	struct report_item *v;
	size_t n;
};

/* By target, rule, path, position. t: of this one alone; NULL: of all. */
struct report_items report_items(struct arena *a, const struct check_report *r,
				 const struct check_target *t, unsigned parts);
/* The worst first, else as they were. */
void report_items_by_severity(struct report_items *items);
/* "88.41", or "no score" */
const char *report_score(struct arena *a, int hundredths);
/* One sentence for the whole report: "Incomplete: …", "2 high, 3 medium findings." */
const char *report_verdict(struct arena *a, const struct check_report *r,
			   const struct report_options *opt);

#endif
