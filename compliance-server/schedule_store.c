/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of compliance_schedule, and of the retention of checks. */
#include "compliance-server/schedule_store.h"

#define AHEAD_MS (60 * 60 * 1000) /* a later stamp comes from a clock that was wrong */

struct claim_in {
	const char *task;
	struct stamp now, due, ahead;
	int64_t limit;
};

static const struct field claim_fields[] = {
	COLUMN(struct claim_in, task),	COLUMN(struct claim_in, now),
	COLUMN(struct claim_in, due),	COLUMN(struct claim_in, ahead),
	COLUMN(struct claim_in, limit), FIELDS_END
};

enum { S_CLAIM, S_REMOVE, S_MAX };

const struct stmt schedule_stmts[] = {
	[S_CLAIM] = { .name = "schedule_claim",
		      .in = claim_fields,
		      .bind = "task now due ahead",
		      .sql = "INSERT INTO compliance_schedule (task, last_run)"
			     " VALUES ($1, $2) ON CONFLICT (task) DO UPDATE"
			     " SET last_run = excluded.last_run"
			     " WHERE compliance_schedule.last_run <= $3::timestamp"
			     " OR compliance_schedule.last_run > $4::timestamp" },
	[S_REMOVE] = { .name = "checks_remove",
		       .in = claim_fields,
		       .bind = "due limit",
		       .sql = "DELETE FROM compliance_checks WHERE id IN"
			      " (SELECT k.id FROM compliance_checks k"
			      " WHERE k.created_at < $1::timestamp"
			      " AND k.status IN ('completed', 'failed')"
			      " AND NOT EXISTS (SELECT 1 FROM compliance_issues i"
			      " WHERE i.check_id = k.id AND i.status <> 'resolved')"
			      " AND (k.status = 'failed' OR EXISTS"
			      " (SELECT 1 FROM compliance_checks n"
			      " WHERE n.server_name = k.server_name"
			      " AND n.check_type = k.check_type AND n.status = 'completed'"
			      " AND (n.completed_at > k.completed_at OR"
			      " (n.completed_at = k.completed_at AND n.id > k.id))))"
			      " LIMIT $2)" },
	[S_MAX] = { .name = NULL },
};

bool schedule_claim(struct ctx *c, const char *task, int64_t interval_ms, bool *ret,
		    struct err *e)
{
	int64_t now = clock_now().ms, n;
	const struct claim_in in = { .task = task,
				     .now = { now },
				     .due = { now - interval_ms },
				     .ahead = { now + AHEAD_MS } };

	if (!db_exec(c, &schedule_stmts[S_CLAIM], &in, &n, e))
		return false;
	*ret = n > 0;
	return true;
}

bool checks_remove(struct ctx *c, struct stamp before, int64_t limit, int64_t *ret_n,
		   struct err *e)
{
	const struct claim_in in = { .due = before, .limit = limit };

	return db_exec(c, &schedule_stmts[S_REMOVE], &in, ret_n, e);
}
