/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an issue: opened, refreshed and resolved by checks, moved by people. */
#ifndef COMPLIANCE_SERVER_ISSUE_H
#define COMPLIANCE_SERVER_ISSUE_H

#include "compliance-server/issue_store.h"

#define ISSUE_ID_LEN 40

struct suppression;

/* Rule, category and server: the same issue keeps its id from check to check. */
void issue_make_id(const char *rule, enum category category, const char *server_name,
		   char out[ISSUE_ID_LEN]);

struct issue_change {
	enum issue_status status; /* 0: stays */
	/* May be NULL. One line, credentials replaced: kept in the audit log, and as the
	 * last line of the description until there is another one. */
	const char *note;
};

/* By a person or an agent. A move that the life cycle forbids is ERR_CONFLICT and names
 * those it allows. Belongs inside a transaction. */
bool issue_move(struct ctx *c, const char *issue_id, const struct issue_change *ch,
		struct compliance_issue *ret, struct err *e);

struct settlement { /* what a check of one server found */
	const char *server_name, *check_id;
	struct stamp at;
	struct compliance_issue *found; /* id, status and times are filled in */
	size_t n;
	/* For each of them the suppression that covers all its findings, or NULL; by
	 * NULL: none is covered. What is covered is closed, and opened again when it no
	 * longer is. What a person closed stays theirs. */
	const struct suppression *const *by;
	/* Whether the check could have seen this issue, so that not finding it means it
	 * is gone. */
	bool (*judged)(const void *arg, const char *rule,
		       const struct compliance_issue *i);
	const void *arg;
};

struct settled {
	int64_t opened, known, resolved;
};

/* Writes the rows; belongs inside the transaction of the check. */
bool issues_settle(struct ctx *c, const struct settlement *s, struct settled *ret,
		   struct err *e);

#endif
