/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of compliance_checks and compliance_results. */
#ifndef COMPLIANCE_SERVER_CHECK_STORE_H
#define COMPLIANCE_SERVER_CHECK_STORE_H

#include "common/db/db.h"
#include "compliance-server/model.h"

struct check_filter {
	const char *server_name, *check_type, *status;
	struct stamp before; /* page position: created_at and id of the last row */
	const char *before_id;
	int64_t limit;
};

extern const struct stmt check_stmts[]; /* closed by name NULL */

bool check_insert(struct ctx *c, const struct compliance_check *k, struct err *e);
/* status, overall_score, completed_at, duration, details and updated_at of the row that
 * is still running; ERR_CONFLICT when it no longer is. */
bool check_finish(struct ctx *c, const struct compliance_check *k, struct err *e);
/* Rows that are pending or running; rows of struct compliance_check. */
bool check_unfinished(struct ctx *c, struct rows *ret, struct err *e);
/* ERR_NOT_FOUND names the id and where ids come from. */
bool check_by_id(struct ctx *c, const char *check_id, struct compliance_check *ret,
		 struct err *e);
/* Public ids, newest first. */
bool check_ids(struct ctx *c, int64_t limit, struct strs *ret, struct err *e);
/* Newest first; rows of struct compliance_check, at most limit + 1. */
bool check_list(struct ctx *c, const struct check_filter *f, struct rows *ret,
		struct err *e);

/* Of one category of a target's completed checks, in this mode and by these rules. */
struct result_filter {
	const char *server_name, *mode;
	char ruleset[65]; /* SHA-256 */
	enum category category;
	struct stamp since;
};

/* The newest such row; not finding one is no error. */
bool result_newest(struct ctx *c, const struct result_filter *f,
		   struct compliance_result *ret, bool *ret_found, struct err *e);
bool result_insert(struct ctx *c, const struct compliance_result *r, struct err *e);
/* Rows of struct compliance_result of the check with this UUID, by category. */
bool result_list(struct ctx *c, const char *id, struct rows *ret, struct err *e);

#endif
