/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of approval_requests. */
#include "coordinator-server/approval_store.h"

struct key_in {
	const char *id, *approval_id, *request_digest, *who, *decision;
	struct stamp now;
};

static const struct field key_fields[] = { COLUMN(struct key_in, id),
					   COLUMN(struct key_in, approval_id),
					   COLUMN(struct key_in, request_digest),
					   COLUMN(struct key_in, who),
					   COLUMN(struct key_in, decision),
					   COLUMN(struct key_in, now),
					   FIELDS_END };

struct count_out {
	int64_t n;
};

static const struct field count_fields[] = { COLUMN(struct count_out, n), FIELDS_END };

static const struct field insert_fields[] = { COLUMN(struct approval, id),
					      COLUMN(struct approval, approval_id),
					      COLUMN(struct approval, session_uuid),
					      FIELD(struct approval, type,
						    .names = approval_types),
					      COLUMN(struct approval, request_data),
					      COLUMN(struct approval, request_digest),
					      COLUMN(struct approval, requested_by),
					      COLUMN(struct approval, expires_at),
					      COLUMN(struct approval, created_at),
					      FIELDS_END };

static const struct field filter_fields[] = {
	FIELD(struct approval_filter, status, .names = approval_statuses),
	FIELD(struct approval_filter, type, .names = approval_types),
	COLUMN(struct approval_filter, before),
	COLUMN(struct approval_filter, before_id),
	COLUMN(struct approval_filter, now),
	COLUMN(struct approval_filter, limit),
	FIELDS_END
};

/* $1 is the time that is judged with. What someone else carries out is not spent here:
 * once decided, it stays as it was decided. */
#define STATUS                                                              \
	"CASE WHEN a.expires_at <= $1::timestamp AND (a.status = 'pending'" \
	" OR (a.status = 'approved' AND a.consumed_at IS NULL"              \
	" AND s.status = 'pending')) THEN 'expired' ELSE a.status END"
#define COLUMNS                                                            \
	"a.id AS id, a.approval_id AS approval_id, s.id AS session_uuid,"  \
	" s.session_id AS session_id, a.type AS type, s.target AS target," \
	" s.tool AS tool, a.request_digest AS request_digest,"             \
	" a.requested_by AS requested_by, " STATUS " AS status,"           \
	" a.approved_by AS approved_by, a.decision AS decision,"           \
	" a.expires_at AS expires_at, a.created_at AS created_at,"         \
	" a.updated_at AS updated_at, a.approved_at AS approved_at,"       \
	" a.rejected_at AS rejected_at, a.consumed_at AS consumed_at,"     \
	" a.consumed_by AS consumed_by"
#define TEXT ", coalesce(s.request_text, CAST(a.request_data AS TEXT)) AS request_text"
#define FROM                        \
	" FROM approval_requests a" \
	" LEFT JOIN integration_sessions s ON s.id = a.session_id"
#define APPROVAL_ROW .out = approval_fields, .out_size = sizeof(struct approval)

enum {
	S_INSERT,
	S_GET,
	S_LOCK,
	S_LIST,
	S_WAITING,
	S_OVERDUE,
	S_APPROVE,
	S_REJECT,
	S_SPEND,
	S_EXPIRE,
	S_MAX
};

const struct stmt approval_stmts[] = {
	[S_INSERT] = { .name = "approval_insert",
		       .in = insert_fields,
		       .bind = "id approval_id session_uuid type request_data request_digest"
			       " requested_by expires_at created_at",
		       .sql = "INSERT INTO approval_requests (id, approval_id, session_id,"
			      " type, request_data, request_digest, requested_by,"
			      " expires_at, created_at, updated_at, status)"
			      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 'pending')" },
	[S_GET] = { .name = "approval_get",
		    .in = key_fields,
		    .bind = "now approval_id",
		    APPROVAL_ROW,
		    .sql = "SELECT " COLUMNS TEXT FROM " WHERE a.approval_id = $2" },
	[S_LOCK] = { .name = "approval_lock",
		     .in = key_fields,
		     .bind = "now approval_id",
		     APPROVAL_ROW,
		     .sqlite = "SELECT " COLUMNS TEXT FROM " WHERE a.approval_id = $2",
		     .pg = "SELECT " COLUMNS TEXT FROM
			   " WHERE a.approval_id = $2 FOR UPDATE OF a" },
	[S_LIST] = { .name = "approval_list",
		     .in = filter_fields,
		     .bind = "now status type before before_id limit",
		     APPROVAL_ROW,
		     .sql = "SELECT " COLUMNS FROM " WHERE ($2::text IS NULL OR " STATUS
			    " = $2::text)"
			    " AND ($3::text IS NULL OR a.type = $3::text)"
			    " AND ($5::uuid IS NULL OR a.created_at < $4::timestamp"
			    " OR (a.created_at = $4::timestamp AND a.id < $5::uuid))"
			    " ORDER BY a.created_at DESC, a.id DESC LIMIT $6" },
	[S_WAITING] = { .name = "approval_waiting",
			.in = key_fields,
			.bind = "who now",
			.out = count_fields,
			.out_size = sizeof(struct count_out),
			.sql = "SELECT count(*) AS n FROM approval_requests"
			       " WHERE requested_by = $1 AND status = 'pending'"
			       " AND expires_at > $2" },
	[S_OVERDUE] = { .name = "approval_overdue",
			.in = key_fields,
			.bind = "now",
			APPROVAL_ROW,
			.sql = "SELECT " COLUMNS FROM
			       " WHERE a.status <> 'expired' AND " STATUS
			       " = 'expired' ORDER BY a.expires_at, a.id LIMIT 200" },
	[S_APPROVE] = { .name = "approval_approve",
			.in = key_fields,
			.bind = "id now request_digest who decision",
			.sql = "UPDATE approval_requests SET status = 'approved',"
			       " approved_by = $4, decision = $5, approved_at = $2,"
			       " updated_at = $2 WHERE id = $1 AND status = 'pending'"
			       " AND expires_at > $2 AND request_digest = $3"
			       " AND requested_by <> $4" },
	[S_REJECT] = { .name = "approval_reject",
		       .in = key_fields,
		       .bind = "id now decision",
		       .sql = "UPDATE approval_requests SET status = 'rejected', decision = $3,"
			      " rejected_at = $2, updated_at = $2 WHERE id = $1"
			      " AND status IN ('pending', 'approved')"
			      " AND consumed_at IS NULL" },
	[S_SPEND] = { .name = "approval_spend",
		      .in = key_fields,
		      .bind = "id now request_digest who",
		      .sql = "UPDATE approval_requests SET consumed_at = $2, consumed_by = $4,"
			     " updated_at = $2 WHERE id = $1 AND status = 'approved'"
			     " AND consumed_at IS NULL AND expires_at > $2"
			     " AND request_digest = $3" },
	[S_EXPIRE] = { .name = "approval_expire",
		       .in = key_fields,
		       .bind = "id now",
		       .sql = "UPDATE approval_requests SET status = 'expired',"
			      " updated_at = $2 WHERE id = $1"
			      " AND status IN ('pending', 'approved')"
			      " AND consumed_at IS NULL AND expires_at <= $2" },
	[S_MAX] = { .name = NULL },
};

bool approval_insert(struct ctx *c, const struct approval *a, struct err *e)
{
	return db_exec(c, &approval_stmts[S_INSERT], a, NULL, e);
}

bool approval_by_id(struct ctx *c, const char *approval_id, struct approval *ret,
		    struct err *e)
{
	const struct key_in in = { .approval_id = approval_id, .now = clock_now() };

	if (db_one(c, &approval_stmts[S_GET], &in, ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND,
			"no approval \"%.100s\"\n"
			"hint: open_session, request_approval and list_approvals give the"
			" ids",
			approval_id);
	return false;
}

bool approval_lock(struct ctx *c, const char *approval_id, struct approval *ret,
		   struct err *e)
{
	const struct key_in in = { .approval_id = approval_id, .now = clock_now() };

	return db_one(c, &approval_stmts[S_LOCK], &in, ret, e);
}

bool approval_list(struct ctx *c, const struct approval_filter *f, struct rows *ret,
		   struct err *e)
{
	struct approval_filter one_more = *f;

	one_more.limit++;
	one_more.now = clock_now();
	return db_query(c, &approval_stmts[S_LIST], &one_more, ret, e);
}

bool approval_waiting(struct ctx *c, const char *requested_by, int64_t *ret,
		      struct err *e)
{
	const struct key_in in = { .who = requested_by, .now = clock_now() };
	struct count_out out;

	if (!db_one(c, &approval_stmts[S_WAITING], &in, &out, e))
		return false;
	*ret = out.n;
	return true;
}

bool approval_overdue(struct ctx *c, struct rows *ret, struct err *e)
{
	const struct key_in in = { .now = clock_now() };

	return db_query(c, &approval_stmts[S_OVERDUE], &in, ret, e);
}

static bool change(struct ctx *c, int which, const struct key_in *in, bool *ret_done,
		   struct err *e)
{
	int64_t n;

	if (!db_exec(c, &approval_stmts[which], in, &n, e))
		return false;
	*ret_done = n == 1;
	return true;
}

bool approval_approve(struct ctx *c, const struct approval *a, struct stamp now,
		      bool *ret_done, struct err *e)
{
	const struct key_in in = { .id = a->id,
				   .request_digest = a->request_digest,
				   .who = a->approved_by,
				   .decision = a->decision,
				   .now = now };

	return change(c, S_APPROVE, &in, ret_done, e);
}

bool approval_reject(struct ctx *c, const struct approval *a, struct stamp now,
		     bool *ret_done, struct err *e)
{
	const struct key_in in = { .id = a->id, .decision = a->decision, .now = now };

	return change(c, S_REJECT, &in, ret_done, e);
}

bool approval_spend(struct ctx *c, const struct approval *a, struct stamp now,
		    bool *ret_done, struct err *e)
{
	const struct key_in in = { .id = a->id,
				   .request_digest = a->request_digest,
				   .who = a->consumed_by,
				   .now = now };

	return change(c, S_SPEND, &in, ret_done, e);
}

bool approval_expire(struct ctx *c, const char *id, struct stamp now, bool *ret_done,
		     struct err *e)
{
	const struct key_in in = { .id = id, .now = now };

	return change(c, S_EXPIRE, &in, ret_done, e);
}
