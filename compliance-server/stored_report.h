/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a stored check, made again from its rows. */
#ifndef COMPLIANCE_SERVER_STORED_REPORT_H
#define COMPLIANCE_SERVER_STORED_REPORT_H

#include "common/base/buf.h"
#include "compliance-server/check_store.h"

struct failed_rule { /* one rule that failed in that check */
	enum severity severity;
	const char *rule;
	enum category category;
	const char *title, *issue_id, *fix;
	double points; /* what it costs in its category */
	int64_t places;
	struct json findings; /* file, line, column, pointer, message, evidence */
	int64_t index;	      /* place in the whole list */
};
extern const struct field failed_rule_fields[];

struct stored_report {
	struct compliance_check check;
	struct compliance_result *results;
	size_t n_results;
	struct failed_rule *failed; /* worst first, then by rule */
	size_t n_failed;
};

/* ERR_NOT_FOUND names the nearest check. Lives in the ctx's arena. */
bool stored_report_load(struct ctx *c, const char *check_id, struct stored_report *ret,
			struct err *e);
/* The details of a check without what failed, which stored_report gives. */
struct json check_details_brief(struct ctx *c, struct json details);
/* The same as a report of one target, for the formats of report.h. At most as many places
 * of a rule as are kept; no rules that passed. */
bool stored_report_check(struct ctx *c, const struct stored_report *s,
			 const struct check_report **ret, struct err *e) MUST_CHECK;
/* For people, as Markdown; at most lines places are listed. */
void stored_report_text(const struct stored_report *r, size_t lines, struct buf *out);

#endif
