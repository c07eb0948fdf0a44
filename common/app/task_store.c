/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of mcp_tasks. */
#include "common/app/task_store.h"

enum { S_EXPIRE, S_INSERT, S_FIND, S_TOUCH, S_FINISH, S_MAX };

/* The task stands first, so that its members are columns of the row. */
struct row {
	struct task task;
	struct stamp expires_at;
};

static const struct field row_fields[] = { COLUMN(struct task, task_id),
					   COLUMN(struct task, tool),
					   FIELD(struct task, status,
						 .names = task_statuses),
					   COLUMN(struct task, status_message),
					   COLUMN(struct task, result),
					   COLUMN(struct task, error),
					   COLUMN(struct task, ttl_ms),
					   COLUMN(struct task, poll_interval_ms),
					   COLUMN(struct task, created_at),
					   COLUMN(struct task, updated_at),
					   COLUMN(struct row, expires_at),
					   FIELDS_END };

const struct stmt task_stmts[] = {
	[S_EXPIRE] = { .name = "task_expire",
		       .in = row_fields,
		       .bind = "created_at",
		       .sql = "DELETE FROM mcp_tasks WHERE expires_at < $1" },
	[S_INSERT] = { .name = "task_insert",
		       .in = row_fields,
		       .bind = "task_id tool status status_message ttl_ms poll_interval_ms"
			       " created_at updated_at expires_at",
		       .sql = "INSERT INTO mcp_tasks (task_id, tool, status, status_message,"
			      " ttl_ms, poll_interval_ms, created_at, updated_at, expires_at)"
			      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)" },
	[S_FIND] = { .name = "task_find",
		     .in = row_fields,
		     .bind = "task_id updated_at",
		     .out = row_fields,
		     .out_size = sizeof(struct row),
		     .sql = "SELECT task_id, tool, status, status_message, result, error,"
			    " ttl_ms, poll_interval_ms, created_at, updated_at, expires_at"
			    " FROM mcp_tasks WHERE task_id = $1 AND expires_at >= $2" },
	[S_TOUCH] = { .name = "task_touch",
		      .in = row_fields,
		      .bind = "task_id status_message updated_at",
		      .sql = "UPDATE mcp_tasks SET status_message = $2, updated_at = $3"
			     " WHERE task_id = $1 AND status = 'working'" },
	[S_FINISH] = { .name = "task_finish",
		       .in = row_fields,
		       .bind = "task_id status status_message result error updated_at",
		       .sql = "UPDATE mcp_tasks SET status = $2, status_message = $3,"
			      " result = $4, error = $5, updated_at = $6"
			      " WHERE task_id = $1 AND status = 'working'" },
	[S_MAX] = { .name = NULL },
};

static bool insert(struct ctx *c, void *arg, struct err *e)
{
	return db_exec(c, &task_stmts[S_EXPIRE], arg, NULL, e) &&
	       db_exec(c, &task_stmts[S_INSERT], arg, NULL, e);
}

static bool create(struct ctx *c, const struct task *t, struct err *e)
{
	struct row row = { .task = *t, .expires_at = { t->created_at.ms + t->ttl_ms } };

	return db_tx(c, insert, &row, e);
}

static bool find(struct ctx *c, const char *task_id, struct task *ret, struct err *e)
{
	const struct row key = { .task = { .task_id = task_id,
					   .updated_at = clock_now() } };
	struct row row;

	if (!db_one(c, &task_stmts[S_FIND], &key, &row, e))
		return false;
	*ret = row.task;
	return true;
}

static bool write_row(struct ctx *c, int which, const struct task *t, struct err *e)
{
	struct row row = { .task = *t };

	row.task.updated_at = clock_now();
	return db_exec(c, &task_stmts[which], &row, NULL, e);
}

static bool touch(struct ctx *c, const struct task *t, struct err *e)
{
	return write_row(c, S_TOUCH, t, e);
}

static bool finish(struct ctx *c, const struct task *t, struct err *e)
{
	return write_row(c, S_FINISH, t, e);
}

const struct task_store task_store = {
	.create = create,
	.find = find,
	.touch = touch,
	.finish = finish,
};
