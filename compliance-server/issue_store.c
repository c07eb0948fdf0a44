/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of compliance_issues. */
#include "compliance-server/issue_store.h"

#include "common/base/str.h"

#define NEAR_IDS       1000
#define UNRESOLVED_MAX 5000 /* rules times targets is far below */

struct key_in {
	const char *id, *issue_id, *server_name, *description;
	enum issue_status status, from;
	struct stamp updated_at, resolved_at;
	int64_t limit;
};

struct count_out {
	int64_t n;
	struct stamp at;
};

static const struct field key_fields[] = {
	COLUMN(struct key_in, id),
	COLUMN(struct key_in, issue_id),
	COLUMN(struct key_in, server_name),
	COLUMN(struct key_in, description),
	FIELD(struct key_in, status, .names = issue_statuses),
	FIELD(struct key_in, from, .names = issue_statuses),
	COLUMN(struct key_in, updated_at),
	COLUMN(struct key_in, resolved_at),
	COLUMN(struct key_in, limit),
	FIELDS_END
};

static const struct field count_fields[] = { COLUMN(struct count_out, n),
					     COLUMN(struct count_out, at), FIELDS_END };

static const struct field filter_fields[] = { COLUMN(struct issue_filter, severity),
					      COLUMN(struct issue_filter, category),
					      COLUMN(struct issue_filter, status),
					      COLUMN(struct issue_filter, server_name),
					      COLUMN(struct issue_filter, rank),
					      COLUMN(struct issue_filter, before),
					      COLUMN(struct issue_filter, before_id),
					      COLUMN(struct issue_filter, limit),
					      FIELDS_END };

#define COLUMNS                                                                          \
	"i.id AS id, c.check_id AS check_id, i.issue_id AS issue_id,"                    \
	" c.server_name AS server_name, i.severity AS severity, i.category AS category," \
	" i.title AS title, i.description AS description,"                               \
	" i.recommendation AS recommendation,"                                           \
	" i.affected_components AS affected_components, i.status AS status,"             \
	" i.created_at AS created_at, i.updated_at AS updated_at,"                       \
	" i.resolved_at AS resolved_at"
#define TABLES " FROM compliance_issues i JOIN compliance_checks c ON c.id = i.check_id"
#define RANK                                                         \
	"(CASE i.severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3" \
	" WHEN 'medium' THEN 2 ELSE 1 END)"
#define FILTER                                               \
	" WHERE ($1::text IS NULL OR i.severity = $1::text)" \
	" AND ($2::text IS NULL OR i.category = $2::text)"   \
	" AND ($3::text IS NULL OR i.status = $3::text)"     \
	" AND ($4::text IS NULL OR c.server_name = $4::text)"
#define CHECK_UUID "(SELECT id FROM compliance_checks WHERE check_id = $2)"

enum {
	S_INSERT,
	S_SEEN,
	S_STATUS,
	S_GET,
	S_IDS,
	S_UNRESOLVED,
	S_LAST_RESOLVED,
	S_LIST,
	S_COUNT,
	S_SEVERITIES,
	S_MAX
};

const struct stmt issue_stmts[] = {
	[S_INSERT] = { .name = "issue_insert",
		       .in = compliance_issue_fields,
		       .bind = "id check_id issue_id severity category title description"
			       " recommendation affected_components status created_at updated_at"
			       " resolved_at",
		       .sql = "INSERT INTO compliance_issues (id, check_id, issue_id, severity,"
			      " category, title, description, recommendation,"
			      " affected_components, status, created_at, updated_at,"
			      " resolved_at) VALUES ($1, " CHECK_UUID ","
			      " $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)" },
	[S_SEEN] = { .name = "issue_seen",
		     .in = compliance_issue_fields,
		     .bind = "id check_id severity title description recommendation"
			     " affected_components status updated_at",
		     .sql = "UPDATE compliance_issues SET check_id = " CHECK_UUID ","
			    " severity = $3, title = $4, description = $5, recommendation = $6,"
			    " affected_components = $7, status = $8, updated_at = $9"
			    " WHERE id = $1 AND status <> 'resolved'" },
	[S_STATUS] = { .name = "issue_set_status",
		       .in = key_fields,
		       .bind = "id status from updated_at resolved_at description",
		       .sql = "UPDATE compliance_issues SET status = $2, updated_at = $4,"
			      " resolved_at = $5, description = $6"
			      " WHERE id = $1 AND status = $3" },
	[S_GET] = { .name = "issue_get",
		    .in = key_fields,
		    .bind = "issue_id",
		    .out = compliance_issue_fields,
		    .out_size = sizeof(struct compliance_issue),
		    .sql = "SELECT " COLUMNS TABLES " WHERE i.issue_id = $1"
			   " ORDER BY (CASE i.status WHEN 'resolved' THEN 1 ELSE 0 END),"
			   " i.resolved_at DESC, i.id DESC LIMIT 1" },
	[S_IDS] = { .name = "issue_ids",
		    .in = key_fields,
		    .bind = "limit",
		    .out = compliance_issue_fields,
		    .out_size = sizeof(struct compliance_issue),
		    .sql = "SELECT issue_id FROM compliance_issues"
			   " ORDER BY updated_at DESC, id DESC LIMIT $1" },
	[S_UNRESOLVED] = { .name = "issue_unresolved",
			   .in = key_fields,
			   .bind = "server_name limit",
			   .out = compliance_issue_fields,
			   .out_size = sizeof(struct compliance_issue),
			   .sql = "SELECT " COLUMNS TABLES " WHERE c.server_name = $1"
				  " AND i.status <> 'resolved'"
				  " ORDER BY i.issue_id COLLATE \"C\" LIMIT $2" },
	[S_LAST_RESOLVED] = { .name = "issue_last_resolved",
			      .in = key_fields,
			      .bind = "issue_id",
			      .out = count_fields,
			      .out_size = sizeof(struct count_out),
			      .sql = "SELECT max(resolved_at) AS at FROM compliance_issues"
				     " WHERE issue_id = $1 AND status = 'resolved'" },
	[S_LIST] = { .name = "issue_list",
		     .in = filter_fields,
		     .bind = "severity category status server_name rank before before_id limit",
		     .out = compliance_issue_fields,
		     .out_size = sizeof(struct compliance_issue),
		     .sql = "SELECT " COLUMNS TABLES FILTER
			    " AND ($7::uuid IS NULL OR " RANK " < $5::int OR (" RANK
			    " = $5::int AND (i.created_at < $6::timestamp OR"
			    " (i.created_at = $6::timestamp AND i.id < $7::uuid))))"
			    " ORDER BY " RANK
			    " DESC, i.created_at DESC, i.id DESC LIMIT $8" },
	[S_COUNT] = { .name = "issue_count",
		      .in = filter_fields,
		      .bind = "severity category status server_name",
		      .out = count_fields,
		      .out_size = sizeof(struct count_out),
		      .sql = "SELECT count(*) AS n" TABLES FILTER },
	[S_SEVERITIES] = { .name = "issue_severities",
			   .in = key_fields,
			   .bind = "server_name",
			   .out = severity_counts_fields,
			   .out_size = sizeof(struct severity_counts),
			   .sql = "SELECT count(CASE WHEN i.severity = 'critical' THEN 1 END)"
				  " AS critical,"
				  " count(CASE WHEN i.severity = 'high' THEN 1 END) AS high,"
				  " count(CASE WHEN i.severity = 'medium' THEN 1 END) AS medium,"
				  " count(CASE WHEN i.severity = 'low' THEN 1 END) AS low" TABLES
				  " WHERE i.status IN ('open', 'in-progress')"
				  " AND ($1::text IS NULL OR c.server_name = $1::text)" },
	[S_MAX] = { .name = NULL },
};

bool issue_insert(struct ctx *c, const struct compliance_issue *i, struct err *e)
{
	return db_exec(c, &issue_stmts[S_INSERT], i, NULL, e);
}

bool issue_seen(struct ctx *c, const struct compliance_issue *i, struct err *e)
{
	int64_t n;

	if (!db_exec(c, &issue_stmts[S_SEEN], i, &n, e))
		return false;
	return n == 1 ||
	       err_set(e, ERR_CONFLICT, "issue %s was resolved meanwhile", i->issue_id);
}

bool issue_set_status(struct ctx *c, const struct compliance_issue *i,
		      enum issue_status from, struct err *e)
{
	const struct key_in in = { .id = i->id,
				   .description = i->description,
				   .status = i->status,
				   .from = from,
				   .updated_at = i->updated_at,
				   .resolved_at = i->resolved_at };
	int64_t n;

	if (!db_exec(c, &issue_stmts[S_STATUS], &in, &n, e))
		return false;
	return n == 1 ||
	       err_set(e, ERR_CONFLICT,
		       "issue %s was changed by somebody else meanwhile; read it again",
		       i->issue_id);
}

static const char *nearest(struct ctx *c, const char *issue_id)
{
	const struct key_in in = { .limit = NEAR_IDS };
	const struct compliance_issue *i;
	const char **ids;
	struct rows rows;

	if (!db_query(c, &issue_stmts[S_IDS], &in, &rows, NULL))
		return NULL;
	ids = arena_array(c->arena, rows.n + 1, sizeof(*ids));
	i = rows.at;
	for (size_t k = 0; k < rows.n; k++)
		ids[k] = i[k].issue_id;
	return str_nearest(issue_id, ids, rows.n);
}

bool issue_by_id(struct ctx *c, const char *issue_id, struct compliance_issue *ret,
		 struct err *e)
{
	const struct key_in in = { .issue_id = issue_id };
	const char *near;

	if (db_one(c, &issue_stmts[S_GET], &in, ret, e))
		return true;
	if (e->code != ERR_NOT_FOUND)
		return false;
	near = nearest(c, issue_id);
	return err_set(
		e, ERR_NOT_FOUND,
		near ? "no issue \"%s\", did you mean \"%s\"?"
		     : "no issue \"%s\"%s\nhint: list_compliance_issues gives the ids",
		str_printable(c->arena, issue_id, 100), near ? near : "");
}

bool issue_unresolved(struct ctx *c, const char *server_name, struct rows *ret,
		      struct err *e)
{
	const struct key_in in = { .server_name = server_name, .limit = UNRESOLVED_MAX };

	return db_query(c, &issue_stmts[S_UNRESOLVED], &in, ret, e);
}

bool issue_last_resolved(struct ctx *c, const char *issue_id, struct stamp *ret,
			 struct err *e)
{
	const struct key_in in = { .issue_id = issue_id };
	struct count_out out;

	if (!db_one(c, &issue_stmts[S_LAST_RESOLVED], &in, &out, e))
		return false;
	*ret = out.at;
	return true;
}

bool issue_list(struct ctx *c, const struct issue_filter *f, struct rows *ret,
		struct err *e)
{
	struct issue_filter one_more = *f;

	one_more.limit++;
	return db_query(c, &issue_stmts[S_LIST], &one_more, ret, e);
}

bool issue_count(struct ctx *c, const struct issue_filter *f, int64_t *ret, struct err *e)
{
	struct count_out out;

	if (!db_one(c, &issue_stmts[S_COUNT], f, &out, e))
		return false;
	*ret = out.n;
	return true;
}

bool issue_severities(struct ctx *c, const char *server_name, struct severity_counts *ret,
		      struct err *e)
{
	const struct key_in in = { .server_name = server_name };

	return db_one(c, &issue_stmts[S_SEVERITIES], &in, ret, e);
}
