/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of compliance_issues. */
#ifndef COMPLIANCE_SERVER_ISSUE_STORE_H
#define COMPLIANCE_SERVER_ISSUE_STORE_H

#include "common/db/db.h"
#include "compliance-server/model.h"

struct issue_filter {
	const char *severity, *category, *status, *server_name;
	int64_t rank; /* page position: severity, created_at and id of the last row */
	struct stamp before;
	const char *before_id;
	int64_t limit;
};

extern const struct stmt issue_stmts[]; /* closed by name NULL */

/* check_id is the public id; the check must be there. */
bool issue_insert(struct ctx *c, const struct compliance_issue *i, struct err *e);
/* What a check saw of it: check_id, severity, title, description, recommendation,
 * affected_components, status, updated_at. */
bool issue_seen(struct ctx *c, const struct compliance_issue *i, struct err *e);
/* From one state to another, with the description; ERR_CONFLICT when it is no longer in
 * `from`. */
bool issue_set_status(struct ctx *c, const struct compliance_issue *i,
		      enum issue_status from, struct err *e);
/* The unresolved row, else the newest; ERR_NOT_FOUND with the nearest id. */
bool issue_by_id(struct ctx *c, const char *issue_id, struct compliance_issue *ret,
		 struct err *e);
/* All rows of a server that are not resolved, by issue_id. */
bool issue_unresolved(struct ctx *c, const char *server_name, struct rows *ret,
		      struct err *e);
/* resolved_at of the newest resolved row, or not set. */
bool issue_last_resolved(struct ctx *c, const char *issue_id, struct stamp *ret,
			 struct err *e);
/* Worst first, then newest first; rows of struct compliance_issue, at most limit + 1. */
bool issue_list(struct ctx *c, const struct issue_filter *f, struct rows *ret,
		struct err *e);
/* All that match, on all pages; limit and position are not looked at. */
bool issue_count(struct ctx *c, const struct issue_filter *f, int64_t *ret,
		 struct err *e);
/* Open and in-progress ones of a server, or of all (NULL). */
bool issue_severities(struct ctx *c, const char *server_name, struct severity_counts *ret,
		      struct err *e);

#endif
