/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of audit_logs. */
#ifndef COMMON_APP_AUDIT_STORE_H
#define COMMON_APP_AUDIT_STORE_H

#include "common/db/db.h"
#include "common/model/audit_log.h"

struct audit_filter {
	const char *action, *resource_type, *resource_id;
	struct stamp since, until;
	struct stamp before;   /* page position: rows older than this … */
	const char *before_id; /* … or as old with a smaller id; NULL: from the newest */
	int64_t limit;
};

extern const struct stmt audit_stmts[]; /* for the prepare test; closed by name NULL */
const struct stmt *audit_insert_stmt(void);

/* Fills id and timestamp when not set. */
bool audit_add(struct ctx *c, struct audit_log *row, struct err *e);
/* Newest first; rows of struct audit_log, at most limit + 1. */
bool audit_list(struct ctx *c, const struct audit_filter *f, struct rows *ret,
		struct err *e);

#endif
