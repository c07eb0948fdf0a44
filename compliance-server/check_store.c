/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of compliance_checks and compliance_results. */
#include "compliance-server/check_store.h"

#include "common/base/str.h"

#define NEAR_IDS       1000
#define UNFINISHED_MAX 1000 /* the next run sees the rest */

struct id_in {
	const char *id, *check_id;
	int64_t limit;
};

static const struct field id_fields[] = { COLUMN(struct id_in, id),
					  COLUMN(struct id_in, check_id),
					  COLUMN(struct id_in, limit), FIELDS_END };

static const struct field filter_fields[] = { COLUMN(struct check_filter, server_name),
					      COLUMN(struct check_filter, check_type),
					      COLUMN(struct check_filter, status),
					      COLUMN(struct check_filter, before),
					      COLUMN(struct check_filter, before_id),
					      COLUMN(struct check_filter, limit),
					      FIELDS_END };

struct newest_in {
	const char *server_name, *mode, *ruleset;
	enum category category;
	struct stamp since;
};

static const struct field newest_fields[] = { COLUMN(struct newest_in, server_name),
					      COLUMN(struct newest_in, mode),
					      COLUMN(struct newest_in, ruleset),
					      FIELD(struct newest_in, category,
						    .names = categories),
					      COLUMN(struct newest_in, since),
					      FIELDS_END };

#define COLUMNS                                                                     \
	"id, check_id, server_name, check_type, status, overall_score, started_at," \
	" completed_at, duration, details, created_at, updated_at"

enum {
	S_INSERT,
	S_FINISH,
	S_UNFINISHED,
	S_GET,
	S_IDS,
	S_LIST,
	S_RESULT_INSERT,
	S_RESULTS,
	S_NEWEST,
	S_MAX
};

const struct stmt check_stmts[] = {
	[S_INSERT] = { .name = "check_insert",
		       .in = compliance_check_fields,
		       .bind = "id check_id server_name check_type status overall_score started_at"
			       " completed_at duration details created_at updated_at",
		       .sql = "INSERT INTO compliance_checks (" COLUMNS ") VALUES"
			      " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)" },
	[S_FINISH] = { .name = "check_finish",
		       .in = compliance_check_fields,
		       .bind = "id status overall_score completed_at duration details updated_at",
		       .sql = "UPDATE compliance_checks SET status = $2, overall_score = $3,"
			      " completed_at = $4, duration = $5, details = $6, updated_at = $7"
			      " WHERE id = $1 AND status IN ('pending', 'running')" },
	[S_UNFINISHED] = { .name = "check_unfinished",
			   .in = id_fields,
			   .bind = "limit",
			   .out = compliance_check_fields,
			   .out_size = sizeof(struct compliance_check),
			   .sql = "SELECT " COLUMNS " FROM compliance_checks"
				  " WHERE status IN ('pending', 'running') LIMIT $1" },
	[S_GET] = { .name = "check_get",
		    .in = id_fields,
		    .bind = "check_id",
		    .out = compliance_check_fields,
		    .out_size = sizeof(struct compliance_check),
		    .sql = "SELECT " COLUMNS
			   " FROM compliance_checks WHERE check_id = $1" },
	[S_IDS] = { .name = "check_ids",
		    .in = id_fields,
		    .bind = "limit",
		    .out = compliance_check_fields,
		    .out_size = sizeof(struct compliance_check),
		    .sql = "SELECT check_id FROM compliance_checks"
			   " ORDER BY created_at DESC, id DESC LIMIT $1" },
	[S_LIST] = { .name = "check_list",
		     .in = filter_fields,
		     .bind = "server_name check_type status before before_id limit",
		     .out = compliance_check_fields,
		     .out_size = sizeof(struct compliance_check),
		     .sql = "SELECT " COLUMNS " FROM compliance_checks"
			    " WHERE ($1::text IS NULL OR server_name = $1::text)"
			    " AND ($2::text IS NULL OR check_type = $2::text)"
			    " AND ($3::text IS NULL OR status = $3::text)"
			    " AND ($5::uuid IS NULL OR created_at < $4::timestamp"
			    " OR (created_at = $4::timestamp AND id < $5::uuid))"
			    " ORDER BY created_at DESC, id DESC LIMIT $6" },
	[S_RESULT_INSERT] = { .name = "result_insert",
			      .in = compliance_result_fields,
			      .bind = "id check_id category score total_checks passed_checks"
				      " failed_checks details created_at",
			      .sql = "INSERT INTO compliance_results (id, check_id, category, score,"
				     " total_checks, passed_checks, failed_checks, details,"
				     " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)" },
	[S_RESULTS] = { .name = "result_list",
			.in = id_fields,
			.bind = "id",
			.out = compliance_result_fields,
			.out_size = sizeof(struct compliance_result),
			.sql = "SELECT id, check_id, category, score, total_checks, passed_checks,"
			       " failed_checks, details, created_at FROM compliance_results"
			       " WHERE check_id = $1 ORDER BY category COLLATE \"C\"" },
	[S_NEWEST] = { .name = "result_newest",
		       .in = newest_fields,
		       .bind = "server_name mode ruleset category since",
		       .out = compliance_result_fields,
		       .out_size = sizeof(struct compliance_result),
		       .sql = "SELECT r.id AS id, r.check_id AS check_id,"
			      " r.category AS category, r.score AS score,"
			      " r.total_checks AS total_checks,"
			      " r.passed_checks AS passed_checks,"
			      " r.failed_checks AS failed_checks, r.details AS details,"
			      " r.created_at AS created_at FROM compliance_results r"
			      " JOIN compliance_checks k ON k.id = r.check_id"
			      " WHERE k.server_name = $1 AND k.status = 'completed'"
			      " AND r.details->>'mode' = $2::text"
			      " AND r.details->'ruleset'->>'sha256' = $3::text"
			      " AND r.category = $4 AND r.created_at >= $5"
			      " ORDER BY r.created_at DESC, r.id DESC LIMIT 1" },
	[S_MAX] = { .name = NULL },
};

bool check_insert(struct ctx *c, const struct compliance_check *k, struct err *e)
{
	return db_exec(c, &check_stmts[S_INSERT], k, NULL, e);
}

bool check_finish(struct ctx *c, const struct compliance_check *k, struct err *e)
{
	int64_t n;

	if (!db_exec(c, &check_stmts[S_FINISH], k, &n, e))
		return false;
	return n == 1 ||
	       err_set(e, ERR_CONFLICT, "check %s is no longer running", k->check_id);
}

bool check_unfinished(struct ctx *c, struct rows *ret, struct err *e)
{
	const struct id_in in = { .limit = UNFINISHED_MAX };

	return db_query(c, &check_stmts[S_UNFINISHED], &in, ret, e);
}

bool check_ids(struct ctx *c, int64_t limit, struct strs *ret, struct err *e)
{
	const struct id_in in = { .limit = limit };
	const struct compliance_check *k;
	struct rows rows;

	if (!db_query(c, &check_stmts[S_IDS], &in, &rows, e))
		return false;
	*ret = (struct strs){ arena_array(c->arena, rows.n + 1, sizeof(*ret->v)), 0 };
	k = rows.at;
	while (ret->n < rows.n) {
		ret->v[ret->n] = k[ret->n].check_id;
		ret->n++;
	}
	return true;
}

static const char *nearest(struct ctx *c, const char *check_id)
{
	struct strs ids;

	return check_ids(c, NEAR_IDS, &ids, NULL) ? str_nearest(check_id, ids.v, ids.n)
						  : NULL;
}

bool check_by_id(struct ctx *c, const char *check_id, struct compliance_check *ret,
		 struct err *e)
{
	const struct id_in in = { .check_id = check_id };
	const char *near;

	if (db_one(c, &check_stmts[S_GET], &in, ret, e))
		return true;
	if (e->code != ERR_NOT_FOUND)
		return false;
	near = nearest(c, check_id);
	return err_set(
		e, ERR_NOT_FOUND,
		near ? "no check \"%s\", did you mean \"%s\"?"
		     : "no check \"%s\"%s\n"
		       "hint: run_compliance_check and list_compliance_checks give the ids",
		str_printable(c->arena, check_id, 100), near ? near : "");
}

bool check_list(struct ctx *c, const struct check_filter *f, struct rows *ret,
		struct err *e)
{
	struct check_filter one_more = *f;

	one_more.limit++;
	return db_query(c, &check_stmts[S_LIST], &one_more, ret, e);
}

bool result_insert(struct ctx *c, const struct compliance_result *r, struct err *e)
{
	return db_exec(c, &check_stmts[S_RESULT_INSERT], r, NULL, e);
}

bool result_list(struct ctx *c, const char *id, struct rows *ret, struct err *e)
{
	const struct id_in in = { .id = id };

	return db_query(c, &check_stmts[S_RESULTS], &in, ret, e);
}

bool result_newest(struct ctx *c, const struct result_filter *f,
		   struct compliance_result *ret, bool *ret_found, struct err *e)
{
	const struct newest_in in = { .server_name = f->server_name,
				      .mode = f->mode,
				      .ruleset = f->ruleset,
				      .category = f->category,
				      .since = f->since };

	*ret_found = db_one(c, &check_stmts[S_NEWEST], &in, ret, e);
	if (*ret_found || e->code != ERR_NOT_FOUND)
		return *ret_found;
	err_clear(e);
	return true;
}
