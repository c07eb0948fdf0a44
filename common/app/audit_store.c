/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of audit_logs, audit_chains and audit_links. */
#include "common/app/audit_store.h"

#include "common/base/id.h"

enum {
	S_INSERT,
	S_LIST,
	S_HEAD,
	S_HEAD_SET,
	S_LINK,
	S_LINKS,
	S_STRAY,
	S_REMOVE,
	S_UNLINK,
	S_MAX
};

static const struct field filter_fields[] = { COLUMN(struct audit_filter, action),
					      COLUMN(struct audit_filter, resource_type),
					      COLUMN(struct audit_filter, resource_id),
					      COLUMN(struct audit_filter, since),
					      COLUMN(struct audit_filter, until),
					      COLUMN(struct audit_filter, before),
					      COLUMN(struct audit_filter, before_id),
					      COLUMN(struct audit_filter, limit),
					      FIELDS_END };

struct chain_in {
	const char *component, *id, *hash;
	int64_t seq, limit;
	struct stamp since;
};

static const struct field chain_fields[] = { COLUMN(struct chain_in, component),
					     COLUMN(struct chain_in, id),
					     COLUMN(struct chain_in, hash),
					     COLUMN(struct chain_in, seq),
					     COLUMN(struct chain_in, limit),
					     COLUMN(struct chain_in, since),
					     FIELDS_END };

static const struct field head_fields[] = { COLUMN(struct audit_head, component),
					    COLUMN(struct audit_head, seq),
					    COLUMN(struct audit_head, hash), FIELDS_END };

static const struct field link_fields[] = {
	COLUMN(struct audit_link, seq),		COLUMN(struct audit_link, id),
	COLUMN(struct audit_link, action),	COLUMN(struct audit_link, resource_type),
	COLUMN(struct audit_link, resource_id), COLUMN(struct audit_link, details),
	COLUMN(struct audit_link, at),		FIELDS_END
};

#define LITE_AT "replace(a.timestamp, ' ', 'T') || '000Z'"
#define PG_AT	"to_char(a.timestamp, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
#define LITE_COMPONENT \
	"CASE WHEN json_valid(a.details) THEN json_extract(a.details, '$.component') END"
#define PG_COMPONENT "a.details->>'component'"

#define LINKS(at)                                                          \
	"SELECT l.seq AS seq, l.id AS id, a.action AS action,"             \
	" a.resource_type AS resource_type, a.resource_id AS resource_id," \
	" a.details AS details, " at " AS at"                              \
	" FROM audit_links l LEFT JOIN audit_logs a ON a.id = l.id"        \
	" WHERE l.component = $1 AND l.seq > $2 ORDER BY l.seq LIMIT $3"
#define STRAYS(component)                                                         \
	"SELECT id FROM (SELECT a.id AS id, a.timestamp AS timestamp, " component \
	" AS component FROM audit_logs a WHERE NOT EXISTS"                        \
	" (SELECT 1 FROM audit_links l WHERE l.id = a.id)) s"                     \
	" WHERE component = $1::text OR (component IS NULL AND"                   \
	" timestamp >= $2::timestamp) ORDER BY timestamp, id LIMIT 1"

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
	[S_HEAD] = { .name = "audit_head",
		     .in = chain_fields,
		     .bind = "component",
		     .out = head_fields,
		     .out_size = sizeof(struct audit_head),
		     .sql = "SELECT component, seq, hash FROM audit_chains"
			    " WHERE component = $1" },
	[S_HEAD_SET] = { .name = "audit_head_set",
			 .in = head_fields,
			 .bind = "component seq hash",
			 .sql = "INSERT INTO audit_chains (component, seq, hash)"
				" VALUES ($1, $2, $3) ON CONFLICT (component) DO UPDATE"
				" SET seq = excluded.seq, hash = excluded.hash" },
	[S_LINK] = { .name = "audit_link",
		     .in = chain_fields,
		     .bind = "component seq id",
		     .sql = "INSERT INTO audit_links (component, seq, id)"
			    " VALUES ($1, $2, $3)" },
	[S_LINKS] = { .name = "audit_links",
		      .in = chain_fields,
		      .bind = "component seq limit",
		      .out = link_fields,
		      .out_size = sizeof(struct audit_link),
		      .sqlite = LINKS(LITE_AT),
		      .pg = LINKS(PG_AT) },
	[S_STRAY] = { .name = "audit_stray",
		      .in = chain_fields,
		      .bind = "component since",
		      .out = chain_fields,
		      .out_size = sizeof(struct chain_in),
		      .sqlite = STRAYS(LITE_COMPONENT),
		      .pg = STRAYS(PG_COMPONENT) },
	[S_REMOVE] = { .name = "audit_remove",
		       .in = chain_fields,
		       .bind = "component seq",
		       .sql = "DELETE FROM audit_logs WHERE id IN (SELECT id FROM"
			      " audit_links WHERE component = $1 AND seq <= $2)" },
	[S_UNLINK] = { .name = "audit_unlink",
		       .in = chain_fields,
		       .bind = "component seq",
		       .sql = "DELETE FROM audit_links WHERE component = $1"
			      " AND seq <= $2" },
	[S_MAX] = { .name = NULL },
};

/* As the first statement: it makes no snapshot, so the one that the transaction reads is
 * taken when its turn has come. */
const struct stmt audit_queue_stmt = {
	.name = "audit_queue",
	.pg = "LOCK TABLE audit_chains IN SHARE ROW EXCLUSIVE MODE",
};

bool audit_insert(struct ctx *c, struct audit_log *row, struct err *e)
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

bool audit_head(struct ctx *c, const char *component, struct audit_head *ret,
		struct err *e)
{
	const struct chain_in in = { .component = component };

	if (db_one(c, &audit_stmts[S_HEAD], &in, ret, e))
		return true;
	if (e->code != ERR_NOT_FOUND)
		return false;
	err_clear(e);
	*ret = (struct audit_head){ .component = component };
	return true;
}

bool audit_link(struct ctx *c, const struct audit_head *h, const char *id, struct err *e)
{
	const struct chain_in in = { .component = h->component, .seq = h->seq, .id = id };

	return db_exec(c, &audit_stmts[S_LINK], &in, NULL, e) &&
	       db_exec(c, &audit_stmts[S_HEAD_SET], h, NULL, e);
}

bool audit_links(struct ctx *c, const char *component, int64_t seq, int64_t limit,
		 struct rows *ret, struct err *e)
{
	const struct chain_in in = { .component = component, .seq = seq, .limit = limit };

	return db_query(c, &audit_stmts[S_LINKS], &in, ret, e);
}

bool audit_stray(struct ctx *c, const char *component, struct stamp since,
		 const char **ret_id, struct err *e)
{
	const struct chain_in in = { .component = component, .since = since };
	const struct chain_in *row;
	struct rows rows;

	if (!db_query(c, &audit_stmts[S_STRAY], &in, &rows, e))
		return false;
	row = rows.at;
	*ret_id = rows.n > 0 ? row->id : NULL;
	return true;
}

bool audit_remove(struct ctx *c, const char *component, int64_t seq, struct err *e)
{
	const struct chain_in in = { .component = component, .seq = seq };

	return db_exec(c, &audit_stmts[S_REMOVE], &in, NULL, e) &&
	       db_exec(c, &audit_stmts[S_UNLINK], &in, NULL, e);
}
