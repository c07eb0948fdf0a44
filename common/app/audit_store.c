/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of audit_logs. */
#include "common/app/audit_store.h"

#include "common/base/id.h"

enum { S_INSERT, S_LIST, S_MAX };

static const struct field filter_fields[] = { COLUMN(struct audit_filter, action),
					      COLUMN(struct audit_filter, resource_type),
					      COLUMN(struct audit_filter, resource_id),
					      COLUMN(struct audit_filter, since),
					      COLUMN(struct audit_filter, until),
					      COLUMN(struct audit_filter, before),
					      COLUMN(struct audit_filter, before_id),
					      COLUMN(struct audit_filter, limit),
					      FIELDS_END };

const struct stmt audit_stmts[] = {
	[S_INSERT] = { .name = "audit_insert",
		       .in = audit_log_fields,
		       .bind = "id user_id action resource_type resource_id details ip_address"
			       " user_agent timestamp",
		       .sql = "INSERT INTO audit_logs (id, user_id, action, resource_type,"
			      " resource_id, details, ip_address, user_agent, timestamp)"
			      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)" },
	[S_LIST] = { .name = "audit_list",
		     .in = filter_fields,
		     .out = audit_log_fields,
		     .out_size = sizeof(struct audit_log),
		     .bind = "action resource_type resource_id since until before before_id limit",
		     .sql = "SELECT id, user_id, action, resource_type, resource_id, details,"
			    " user_agent, timestamp FROM audit_logs"
			    " WHERE ($1::text IS NULL OR action = $1::text)"
			    " AND ($2::text IS NULL OR resource_type = $2::text)"
			    " AND ($3::text IS NULL OR resource_id = $3::text)"
			    " AND ($4::timestamp IS NULL OR timestamp >= $4::timestamp)"
			    " AND ($5::timestamp IS NULL OR timestamp < $5::timestamp)"
			    " AND ($7::uuid IS NULL OR timestamp < $6::timestamp"
			    " OR (timestamp = $6::timestamp AND id < $7::uuid))"
			    " ORDER BY timestamp DESC, id DESC LIMIT $8" },
	[S_MAX] = { .name = NULL },
};

const struct stmt *audit_insert_stmt(void)
{
	return &audit_stmts[S_INSERT];
}

bool audit_add(struct ctx *c, struct audit_log *row, struct err *e)
{
	char id[UUID_LEN];

	if (!row->id) {
		id_uuid(id);
		row->id = arena_strdup(c->arena, id);
	}
	if (!row->timestamp.ms)
		row->timestamp = clock_now();
	return db_exec(c, &audit_stmts[S_INSERT], row, NULL, e);
}

bool audit_list(struct ctx *c, const struct audit_filter *f, struct rows *ret,
		struct err *e)
{
	struct audit_filter one_more = *f;

	one_more.limit++;
	return db_query(c, &audit_stmts[S_LIST], &one_more, ret, e);
}
