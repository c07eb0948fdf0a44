/* SPDX-License-Identifier: Apache-2.0 */
/* A report as text for a person and as JSON for a program. */
#ifndef COMPLIANCE_REPORT_H
#define COMPLIANCE_REPORT_H

#include "common/base/buf.h"
#include "compliance-server/check.h"

struct report_options {
	int width;   /* columns; 0: 80 */
	bool colour; /* ANSI colours */
	bool all;    /* lows, info, preview and unknown one by one */
	enum severity fail_on;
	/* Public ids of the stored checks, by target; NULL: none, as are single ids. */
	const char *const *check_ids;
	bool not_stored; /* the result should have been kept and was not */
};

/* What the report says and the program exits with: check_exit_status, and 3 when the
 * result was not kept. */
int report_exit_status(const struct check_report *r, const struct report_options *opt);

/* Columns and colour for a descriptor: NO_COLOR, TERM, COLUMNS and the terminal itself.
 */
void report_options_for(int fd, struct report_options *ret);
void report_text(const struct check_report *r, const struct report_options *opt,
		 struct buf *out);
/* The canonical form: same input, same bytes, but for the ids of stored checks. Of the
 * options it takes fail_on, check_ids and not_stored. */
void report_json(const struct check_report *r, const struct report_options *opt,
		 struct buf *out);
/* One rule in full: what it looks for, lets pass, why, how to repair, where to read on.
 */
void report_rule(const struct rule *rule, const struct report_options *opt,
		 struct buf *out);

#endif
