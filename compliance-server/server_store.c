/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of servers. */
#include "compliance-server/server_store.h"

#include "common/base/str.h"

#define NEAR_NAMES	  1000
#define SCORE_OF_CRITICAL 50 /* what a score with an open critical issue stays below */

struct name_in {
	const char *name;
	int64_t limit;
};

struct count {
	int64_t n;
};

static const struct field count_fields[] = { COLUMN(struct count, n), FIELDS_END };

static const struct field name_fields[] = { COLUMN(struct name_in, name),
					    COLUMN(struct name_in, limit), FIELDS_END };

static const struct field filter_fields[] = {
	COLUMN(struct server_filter, status), COLUMN(struct server_filter, health),
	COLUMN(struct server_filter, type),   COLUMN(struct server_filter, after),
	COLUMN(struct server_filter, limit),  FIELDS_END
};

static const struct field totals_fields[] = { COLUMN(struct server_totals, servers),
					      COLUMN(struct server_totals, checked),
					      COLUMN(struct server_totals, checks),
					      COLUMN(struct server_totals, last_check),
					      FIELDS_END };

#define COLUMNS                                                                            \
	"id, name, type, status, health, version, description, configuration, last_check," \
	" created_at, updated_at"

#define FILTER                                                       \
	" WHERE ($1::text IS NULL OR s.status = $1::text)"           \
	" AND ($2::text IS NULL OR s.health = $2::text)"             \
	" AND ($3::text IS NULL OR s.type = $3::text)"               \
	" AND ($4::text IS NULL OR s.name COLLATE \"C\" > $4::text)" \
	" ORDER BY s.name COLLATE \"C\" LIMIT $5"

#define NEWEST(column, name)                                                           \
	" (SELECT " column " FROM compliance_checks k WHERE k.server_name = s.name"    \
	" AND k.status = 'completed' ORDER BY k.completed_at DESC, k.id DESC LIMIT 1)" \
	" AS " name ","

#define OPEN(severity)                                                        \
	" (SELECT count(*) FROM compliance_issues i JOIN compliance_checks k" \
	" ON k.id = i.check_id WHERE k.server_name = s.name AND i.status IN"  \
	" ('open', 'in-progress') AND i.severity = '" severity "') AS " severity

enum {
	S_INSERT,
	S_CHANGE,
	S_CHECKED,
	S_GET,
	S_LOCK,
	S_NAMES,
	S_LIST,
	S_OVERVIEW,
	S_TOTALS,
	S_REGISTERED,
	S_MAX
};

const struct stmt server_stmts[] = {
	[S_INSERT] = { .name = "server_insert",
		       .in = server_fields,
		       .bind = "id name type status health version description configuration"
			       " last_check created_at updated_at",
		       .sql = "INSERT INTO servers (" COLUMNS ")"
			      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)" },
	[S_CHANGE] = { .name = "server_change",
		       .in = server_fields,
		       .bind = "id version description configuration updated_at",
		       .sql = "UPDATE servers SET version = $2, description = $3,"
			      " configuration = $4, updated_at = $5 WHERE id = $1" },
	[S_CHECKED] = { .name = "server_checked",
			.in = server_fields,
			.bind = "id status health version last_check updated_at",
			.sql = "UPDATE servers SET status = $2, health = $3, version = $4,"
			       " last_check = $5, updated_at = $6 WHERE id = $1" },
	[S_GET] = { .name = "server_get",
		    .in = name_fields,
		    .bind = "name",
		    .out = server_fields,
		    .out_size = sizeof(struct server),
		    .sql = "SELECT " COLUMNS " FROM servers WHERE name = $1" },
	[S_LOCK] = { .name = "server_lock",
		     .in = name_fields,
		     .bind = "name",
		     .out = server_fields,
		     .out_size = sizeof(struct server),
		     .sqlite = "SELECT " COLUMNS " FROM servers WHERE name = $1",
		     .pg = "SELECT " COLUMNS " FROM servers WHERE name = $1 FOR UPDATE" },
	[S_NAMES] = { .name = "server_names",
		      .in = name_fields,
		      .bind = "limit",
		      .out = server_fields,
		      .out_size = sizeof(struct server),
		      .sql = "SELECT name FROM servers ORDER BY name COLLATE \"C\" LIMIT $1" },
	[S_LIST] = { .name = "server_list",
		     .in = filter_fields,
		     .bind = "status health type after limit",
		     .out = server_fields,
		     .out_size = sizeof(struct server),
		     .sql = "SELECT " COLUMNS " FROM servers s" FILTER },
	[S_OVERVIEW] = { .name = "server_overview",
			 .in = filter_fields,
			 .bind = "status health type after limit",
			 .out = server_overview_fields,
			 .out_size = sizeof(struct server_overview),
			 .sql = "SELECT s.name AS name, s.type AS type, s.status AS status,"
				" s.health AS health, s.version AS version,"
				" s.last_check AS last_check," NEWEST(
					"k.check_id",
					"check_id") NEWEST("k.details->>'mode'",
							   "mode") NEWEST("k.overall_score",
									  "overall_score")
					OPEN("critical") "," OPEN("high") "," OPEN(
						"medium") "," OPEN("low") " FROM servers s" FILTER },
	[S_TOTALS] = { .name = "server_totals",
		       .out = totals_fields,
		       .out_size = sizeof(struct server_totals),
		       .sql = "SELECT (SELECT count(*) FROM servers) AS servers,"
			      " (SELECT count(*) FROM servers WHERE last_check IS NOT NULL)"
			      " AS checked,"
			      " (SELECT count(*) FROM compliance_checks) AS checks,"
			      " (SELECT max(completed_at) FROM compliance_checks"
			      " WHERE status = 'completed') AS last_check" },
	[S_REGISTERED] = { .name = "server_registered",
			   .out = count_fields,
			   .out_size = sizeof(struct count),
			   .sqlite = "SELECT count(*) AS n FROM servers WHERE CASE WHEN"
				     " json_valid(configuration) THEN"
				     " configuration->>'registered' END IS NOT NULL",
			   .pg = "SELECT count(*) AS n FROM servers"
				 " WHERE configuration->>'registered' IS NOT NULL" },
	[S_MAX] = { .name = NULL },
};

bool server_insert(struct ctx *c, const struct server *s, struct err *e)
{
	return db_exec(c, &server_stmts[S_INSERT], s, NULL, e);
}

bool server_change(struct ctx *c, const struct server *s, struct err *e)
{
	return db_exec(c, &server_stmts[S_CHANGE], s, NULL, e);
}

bool server_checked(struct ctx *c, const struct server *s, struct err *e)
{
	return db_exec(c, &server_stmts[S_CHECKED], s, NULL, e);
}

bool server_names(struct ctx *c, int64_t limit, struct strs *ret, struct err *e)
{
	const struct name_in in = { .limit = limit };
	const struct server *s;
	struct rows rows;

	if (!db_query(c, &server_stmts[S_NAMES], &in, &rows, e))
		return false;
	*ret = (struct strs){ arena_array(c->arena, rows.n + 1, sizeof(*ret->v)), 0 };
	s = rows.at;
	while (ret->n < rows.n) {
		ret->v[ret->n] = s[ret->n].name;
		ret->n++;
	}
	return true;
}

static const char *nearest(struct ctx *c, const char *name)
{
	struct strs names;

	return server_names(c, NEAR_NAMES, &names, NULL)
		       ? str_nearest(name, names.v, names.n)
		       : NULL;
}

static bool unknown(struct ctx *c, const char *name, struct err *e)
{
	const char *near = nearest(c, name);
	const char *shown = str_printable(c->arena, name, 100);

	if (near)
		return err_set(e, ERR_NOT_FOUND, "no server \"%s\", did you mean \"%s\"?",
			       shown, near);
	return err_set(e, ERR_NOT_FOUND,
		       "no server \"%s\"\n"
		       "hint: register_servers adds servers, list_servers shows them",
		       shown);
}

static bool get(struct ctx *c, const struct stmt *s, const char *name, struct server *ret,
		struct err *e)
{
	const struct name_in in = { .name = name };

	if (db_one(c, s, &in, ret, e))
		return true;
	return e->code == ERR_NOT_FOUND ? unknown(c, name, e) : false;
}

bool server_by_name(struct ctx *c, const char *name, struct server *ret, struct err *e)
{
	return get(c, &server_stmts[S_GET], name, ret, e);
}

bool server_lock(struct ctx *c, const char *name, struct server *ret, struct err *e)
{
	return get(c, &server_stmts[S_LOCK], name, ret, e);
}

bool server_find(struct ctx *c, const char *name, struct server *ret, bool *ret_found,
		 struct err *e)
{
	const struct name_in in = { .name = name };
	struct rows rows;

	if (!db_query(c, &server_stmts[S_GET], &in, &rows, e))
		return false;
	*ret_found = rows.n > 0;
	if (rows.n > 0)
		*ret = *(const struct server *)rows.at;
	return true;
}

static bool filtered(struct ctx *c, const struct stmt *s, const struct server_filter *f,
		     struct rows *ret, struct err *e)
{
	struct server_filter one_more = *f;

	one_more.limit++;
	return db_query(c, s, &one_more, ret, e);
}

bool server_list(struct ctx *c, const struct server_filter *f, struct rows *ret,
		 struct err *e)
{
	return filtered(c, &server_stmts[S_LIST], f, ret, e);
}

bool server_overviews(struct ctx *c, const struct server_filter *f, struct rows *ret,
		      struct err *e)
{
	struct server_overview *s;

	if (!filtered(c, &server_stmts[S_OVERVIEW], f, ret, e))
		return false;
	s = ret->at;
	/* a static check does not see what a live one found: its score would hide that */
	for (size_t i = 0; i < ret->n; i++)
		s[i].overall_score.set &=
			s[i].critical == 0 || s[i].overall_score.v < SCORE_OF_CRITICAL;
	return true;
}

bool server_totals(struct ctx *c, struct server_totals *ret, struct err *e)
{
	return db_one(c, &server_stmts[S_TOTALS], NULL, ret, e);
}

bool server_any_registered(struct ctx *c, bool *ret, struct err *e)
{
	struct count found;

	if (!db_one(c, &server_stmts[S_REGISTERED], NULL, &found, e))
		return false;
	*ret = found.n > 0;
	return true;
}
