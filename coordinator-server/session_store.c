/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of integration_sessions. */
#include "coordinator-server/session_store.h"

struct key_in {
	const char *id, *session_id, *initiator, *intent_digest, *owner;
	struct stamp lease_until, now;
};

struct end_in {
	const char *id, *outcome_reason, *response_text;
	struct json response_data;
	enum session_status status, was;
	enum outcome outcome;
	int64_t fence;
	struct stamp completed_at;
};

struct count_out {
	int64_t n;
};

static const struct field count_fields[] = { COLUMN(struct count_out, n), FIELDS_END };

static const struct field key_fields[] = {
	COLUMN(struct key_in, id),	  COLUMN(struct key_in, session_id),
	COLUMN(struct key_in, initiator), COLUMN(struct key_in, intent_digest),
	COLUMN(struct key_in, owner),	  COLUMN(struct key_in, lease_until),
	COLUMN(struct key_in, now),	  FIELDS_END
};

static const struct field end_fields[] = {
	COLUMN(struct end_in, id),
	COLUMN(struct end_in, outcome_reason),
	COLUMN(struct end_in, response_text),
	COLUMN(struct end_in, response_data),
	FIELD(struct end_in, status, .names = session_statuses),
	FIELD(struct end_in, was, .names = session_statuses),
	FIELD(struct end_in, outcome, .names = outcomes),
	COLUMN(struct end_in, fence),
	COLUMN(struct end_in, completed_at),
	FIELDS_END
};

static const struct field filter_fields[] = { FIELD(struct session_filter, status,
						    .names = session_statuses),
					      COLUMN(struct session_filter, target),
					      COLUMN(struct session_filter, before),
					      COLUMN(struct session_filter, before_id),
					      COLUMN(struct session_filter, limit),
					      FIELDS_END };

/* The time is judged when it matters; a reader sees the end of a life at once. */
#define BRIEF                                                                            \
	"s.id AS id, s.session_id AS session_id, s.initiator AS initiator,"              \
	" s.target AS target, s.tool AS tool, s.status AS status, s.gate AS gate,"       \
	" s.effect AS effect, s.outcome AS outcome, s.outcome_reason AS outcome_reason," \
	" s.owner AS owner, s.lease_until AS lease_until, s.fence AS fence,"             \
	" s.dispatched_at AS dispatched_at, s.cancel_requested AS cancel_requested,"     \
	" s.created_at AS created_at, s.updated_at AS updated_at,"                       \
	" s.completed_at AS completed_at, a.approval_id AS approval_id,"                 \
	" a.status AS approval_status, a.expires_at AS expires_at"
#define WHOLE                                                                               \
	BRIEF ", coalesce(s.request_text, CAST(s.request_data AS TEXT)) AS request_text,"   \
	      " coalesce(s.response_text, CAST(s.response_data AS TEXT)) AS response_text," \
	      " s.request_digest AS request_digest"
#define FROM                           \
	" FROM integration_sessions s" \
	" LEFT JOIN approval_requests a ON a.session_id = s.id"

#define SESSION_ROW .out = session_fields, .out_size = sizeof(struct session)

enum {
	S_INSERT,
	S_GET,
	S_LOCK,
	S_SAME,
	S_LIST,
	S_RUNNING,
	S_APPROVED,
	S_WAITING,
	S_START,
	S_END,
	S_RENEW,
	S_CANCEL,
	S_MAX
};

const struct stmt session_stmts[] = {
	[S_INSERT] = { .name = "session_insert",
		       .in = session_fields,
		       .bind = "id session_id initiator target tool status gate effect"
			       " request_data request_text request_digest intent_digest"
			       " created_at",
		       .sql = "INSERT INTO integration_sessions (id, session_id, initiator,"
			      " target, tool, status, gate, effect, request_data,"
			      " request_text, request_digest, intent_digest, created_at,"
			      " updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
			      " $11, $12, $13, $13)" },
	[S_GET] = { .name = "session_get",
		    .in = key_fields,
		    .bind = "session_id",
		    SESSION_ROW,
		    .sql = "SELECT " WHOLE FROM " WHERE s.session_id = $1" },
	[S_LOCK] = { .name = "session_lock",
		     .in = key_fields,
		     .bind = "id",
		     SESSION_ROW,
		     .sqlite = "SELECT " WHOLE FROM " WHERE s.id = $1",
		     .pg = "SELECT " WHOLE FROM " WHERE s.id = $1 FOR UPDATE OF s" },
	[S_SAME] = { .name = "session_same",
		     .in = key_fields,
		     .bind = "initiator intent_digest now",
		     SESSION_ROW,
		     .sql = "SELECT " BRIEF FROM
			    " WHERE s.initiator = $1 AND s.intent_digest = $2"
			    " AND s.status = 'pending' AND a.status IN ('pending', 'approved')"
			    " AND a.expires_at > $3" },
	[S_LIST] = { .name = "session_list",
		     .in = filter_fields,
		     .bind = "status target before before_id limit",
		     SESSION_ROW,
		     .sql = "SELECT " BRIEF FROM
			    " WHERE ($1::text IS NULL OR s.status = $1::text)"
			    " AND ($2::text IS NULL OR s.target = $2::text)"
			    " AND ($4::uuid IS NULL OR s.created_at < $3::timestamp"
			    " OR (s.created_at = $3::timestamp AND s.id < $4::uuid))"
			    " ORDER BY s.created_at DESC, s.id DESC LIMIT $5" },
	[S_RUNNING] = { .name = "session_running",
			SESSION_ROW,
			.sql = "SELECT " BRIEF FROM " WHERE s.status = 'running'"
			       " ORDER BY s.created_at, s.id LIMIT 1000" },
	[S_APPROVED] = { .name = "session_approved",
			 SESSION_ROW,
			 .sql = "SELECT " WHOLE FROM " WHERE s.status = 'pending'"
				" AND a.status = 'approved' AND s.target <> '" EXTERNAL
				"' ORDER BY s.created_at, s.id LIMIT 200" },
	[S_WAITING] = { .name = "session_waiting",
			.out = count_fields,
			.out_size = sizeof(struct count_out),
			.sql = "SELECT count(*) AS n FROM (SELECT 1" FROM
			       " WHERE s.status = 'pending'"
			       " AND a.status IN ('pending', 'approved') LIMIT 1) AS w" },
	[S_START] = { .name = "session_start",
		      .in = session_fields,
		      .bind = "id owner lease_until dispatched_at",
		      .sql = "UPDATE integration_sessions SET status = 'running', owner = $2,"
			     " lease_until = $3, dispatched_at = $4, updated_at = $4,"
			     " fence = fence + 1 WHERE id = $1 AND status = 'pending'" },
	[S_END] = { .name = "session_end",
		    .in = end_fields,
		    .bind = "id was fence status outcome outcome_reason response_data"
			    " response_text completed_at",
		    .sql = "UPDATE integration_sessions SET status = $4, outcome = $5,"
			   " outcome_reason = $6, response_data = $7, response_text = $8,"
			   " completed_at = $9, updated_at = $9"
			   " WHERE id = $1 AND status = $2 AND fence = $3" },
	[S_RENEW] = { .name = "session_renew",
		      .in = key_fields,
		      .bind = "session_id owner lease_until",
		      .sql = "UPDATE integration_sessions SET lease_until = $3"
			     " WHERE session_id = $1 AND owner = $2"
			     " AND status = 'running'" },
	[S_CANCEL] = { .name = "session_wish_cancel",
		       .in = key_fields,
		       .bind = "id now",
		       .sqlite = "UPDATE integration_sessions SET cancel_requested = 1,"
				 " updated_at = $2 WHERE id = $1",
		       .pg = "UPDATE integration_sessions SET cancel_requested = true,"
			     " updated_at = $2 WHERE id = $1" },
	[S_MAX] = { .name = NULL },
};

bool session_insert(struct ctx *c, const struct session *s, struct err *e)
{
	return db_exec(c, &session_stmts[S_INSERT], s, NULL, e);
}

bool session_by_id(struct ctx *c, const char *session_id, struct session *ret,
		   struct err *e)
{
	const struct key_in in = { .session_id = session_id };

	if (db_one(c, &session_stmts[S_GET], &in, ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND,
			"no session \"%.100s\"\n"
			"hint: open_session and list_sessions give the ids",
			session_id);
	return false;
}

bool session_lock(struct ctx *c, const char *id, struct session *ret, struct err *e)
{
	const struct key_in in = { .id = id };

	return db_one(c, &session_stmts[S_LOCK], &in, ret, e);
}

bool session_same(struct ctx *c, const char *initiator, const char *intent_digest,
		  struct rows *ret, struct err *e)
{
	const struct key_in in = { .initiator = initiator,
				   .intent_digest = intent_digest,
				   .now = clock_now() };

	return db_query(c, &session_stmts[S_SAME], &in, ret, e);
}

bool session_list(struct ctx *c, const struct session_filter *f, struct rows *ret,
		  struct err *e)
{
	struct session_filter one_more = *f;

	one_more.limit++;
	return db_query(c, &session_stmts[S_LIST], &one_more, ret, e);
}

bool session_running(struct ctx *c, struct rows *ret, struct err *e)
{
	return db_query(c, &session_stmts[S_RUNNING], NULL, ret, e);
}

bool session_approved(struct ctx *c, struct rows *ret, struct err *e)
{
	return db_query(c, &session_stmts[S_APPROVED], NULL, ret, e);
}

bool session_waiting(struct ctx *c, bool *ret, struct err *e)
{
	struct count_out out;

	if (!db_one(c, &session_stmts[S_WAITING], NULL, &out, e))
		return false;
	*ret = out.n > 0;
	return true;
}

bool session_start(struct ctx *c, const struct session *s, bool *ret_done, struct err *e)
{
	int64_t n;

	if (!db_exec(c, &session_stmts[S_START], s, &n, e))
		return false;
	*ret_done = n == 1;
	return true;
}

bool session_end(struct ctx *c, const struct session *s, enum session_status from,
		 bool *ret_done, struct err *e)
{
	const struct end_in in = { .id = s->id,
				   .outcome_reason = s->outcome_reason,
				   .response_text = s->response_text,
				   .response_data = s->response_data,
				   .status = s->status,
				   .was = from,
				   .outcome = s->outcome,
				   .fence = s->fence,
				   .completed_at = s->completed_at };
	int64_t n;

	if (!db_exec(c, &session_stmts[S_END], &in, &n, e))
		return false;
	*ret_done = n == 1;
	return true;
}

bool session_renew(struct ctx *c, const char *session_id, const char *owner,
		   struct stamp lease_until, struct err *e)
{
	const struct key_in in = { .session_id = session_id,
				   .owner = owner,
				   .lease_until = lease_until };

	return db_exec(c, &session_stmts[S_RENEW], &in, NULL, e);
}

bool session_wish_cancel(struct ctx *c, const char *id, struct err *e)
{
	const struct key_in in = { .id = id, .now = clock_now() };

	return db_exec(c, &session_stmts[S_CANCEL], &in, NULL, e);
}
