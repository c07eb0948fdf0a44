/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of audit_trails. */
#include "coordinator-server/trail_store.h"

#include "common/base/id.h"

struct row_in {
	const char *id, *session_id, *action, *actor, *target_type, *target_id;
	struct json details;
	struct stamp timestamp;
	int64_t seq, limit;
};

static const struct field row_fields[] = { COLUMN(struct row_in, id),
					   COLUMN(struct row_in, session_id),
					   COLUMN(struct row_in, action),
					   COLUMN(struct row_in, actor),
					   COLUMN(struct row_in, target_type),
					   COLUMN(struct row_in, target_id),
					   COLUMN(struct row_in, details),
					   COLUMN(struct row_in, timestamp),
					   COLUMN(struct row_in, seq),
					   COLUMN(struct row_in, limit),
					   FIELDS_END };

enum { S_NEXT, S_INSERT, S_LIST, S_MAX };

/* The number stands on the session's row, whose lock orders the writers. */
const struct stmt trail_stmts[] = {
	[S_NEXT] = { .name = "trail_next",
		     .in = row_fields,
		     .bind = "session_id",
		     .sql = "UPDATE integration_sessions SET audit_seq = audit_seq + 1"
			    " WHERE id = $1" },
	[S_INSERT] = { .name = "trail_insert",
		       .in = row_fields,
		       .bind = "id session_id action actor target_type target_id details"
			       " timestamp",
		       .sql = "INSERT INTO audit_trails (id, session_id, action, actor,"
			      " target_type, target_id, details, timestamp, seq)"
			      " SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::text,"
			      " $6::text, $7::jsonb, $8::timestamp, s.audit_seq"
			      " FROM integration_sessions s WHERE s.id = $2::uuid" },
	[S_LIST] = { .name = "trail_list",
		     .in = row_fields,
		     .bind = "session_id seq limit",
		     .out = event_fields,
		     .out_size = sizeof(struct event),
		     .sql = "SELECT t.id AS id, coalesce(t.seq, 0) AS seq, t.action AS action,"
			    " t.actor AS actor, t.target_type AS target_type,"
			    " t.target_id AS target_id, t.details AS details,"
			    " t.timestamp AS timestamp FROM audit_trails t"
			    " WHERE t.session_id = $1 AND t.seq > $2"
			    " ORDER BY t.seq LIMIT $3" },
	[S_MAX] = { .name = NULL },
};

bool trail_add(struct ctx *c, const char *session_uuid, const struct event *ev,
	       struct err *e)
{
	char id[UUID_LEN];
	const struct row_in in = { .id = id,
				   .session_id = session_uuid,
				   .action = ev->action,
				   .actor = ev->actor,
				   .target_type = ev->target_type,
				   .target_id = ev->target_id,
				   .details = ev->details,
				   .timestamp = clock_now() };

	id_uuid(id);
	return db_exec(c, &trail_stmts[S_NEXT], &in, NULL, e) &&
	       db_exec(c, &trail_stmts[S_INSERT], &in, NULL, e);
}

bool trail_list(struct ctx *c, const char *session_uuid, int64_t seq, int64_t limit,
		struct rows *ret, struct err *e)
{
	const struct row_in in = { .session_id = session_uuid,
				   .seq = seq,
				   .limit = limit + 1 };

	return db_query(c, &trail_stmts[S_LIST], &in, ret, e);
}
