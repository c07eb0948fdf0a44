/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks: created by tools/call, run on the worker of that call, read by tasks/get. */
#include "common/rpc/task.h"

#include <time.h>

#include "common/base/id.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/ask.h"
#include "common/rpc/mcp.h"

enum { TOUCH_MS = 2000, END_MS = 2000, TTL_MAX_MS = 24 * 60 * 60 * 1000 };

#define NEEDED "{\"requiredCapabilities\":{\"extensions\":{\"" TASKS_EXTENSION "\":{}}}}"

const char *const task_statuses[] = { "",	"working",   "completed",
				      "failed", "cancelled", NULL };

/* ---- what clients see ---- */

static bool is_error(struct ctx *c, const struct task *t)
{
	const struct node *n = t->result ? jsonr_parse(c->arena, t->result,
						       strlen(t->result), 0, NULL, NULL)
					 : NULL;
	const struct node *flag = node_get(n, "isError");

	return flag && flag->kind == NODE_BOOL && flag->truth;
}

static void put_task(struct call *k, const struct task *t, struct jsonw *w)
{
	bool modern = call_modern(k);
	enum task_status status = t->status;
	char at[STAMP_LEN];

	/* 2025-11-25 calls a tool's own error a failure */
	if (!modern && status == TASK_COMPLETED && is_error(&k->ctx, t))
		status = TASK_FAILED;
	jsonw_str(w, "taskId", t->task_id);
	jsonw_str(w, "status", task_statuses[status]);
	jsonw_str(w, "statusMessage", t->status_message);
	stamp_iso(t->created_at, at);
	jsonw_str(w, "createdAt", at);
	stamp_iso(t->updated_at, at);
	jsonw_str(w, "lastUpdatedAt", at);
	jsonw_i64(w, modern ? "ttlMs" : "ttl", t->ttl_ms);
	jsonw_i64(w, modern ? "pollIntervalMs" : "pollInterval", t->poll_interval_ms);
}

static void reply_created(struct call *k, const struct task *t)
{
	struct jsonw w;

	k->creates_task = true;
	reply_open(k, &w);
	if (!call_modern(k))
		jsonw_obj(&w, "task");
	put_task(k, t, &w);
	if (!call_modern(k))
		jsonw_end(&w);
	reply_close(k, &w, CACHE_NONE);
	k->creates_task = false;
}

/* ---- running ---- */

bool task_wanted(const struct call *k, const struct tool *t)
{
	const struct node *slow;

	if (!k->srv->opt.tasks || !t->slow_if)
		return false;
	if (!call_modern(k)) {
		const struct node *task = node_get(k->params, "task");

		return k->rev == REV_2025_11 && task && task->kind == NODE_OBJECT;
	}
	slow = node_path(k->params, "arguments", t->slow_if, NULL);
	return (k->caps & CAP_TASKS) &&
	       (t->slow_if[0] == '\0' ||
		(slow && slow->kind == NODE_BOOL && slow->truth));
}

static int64_t wanted_ttl(const struct call *k)
{
	int64_t ms;

	if (call_modern(k) || !node_i64(node_path(k->params, "task", "ttl", NULL), &ms))
		return TASK_TTL_MS;
	return MIN(MAX(ms, (int64_t)60000), (int64_t)TTL_MAX_MS);
}

/* The work may have been cancelled; what became of it is written all the same. */
static struct ctx last_words(const struct call *k)
{
	struct ctx c = k->ctx;

	c.cancelled = NULL;
	c.progress = NULL;
	c.deadline = clock_mono() + END_MS;
	return c;
}

static void on_progress(struct ctx *c, double done, double total, const char *message)
{
	struct call *k = c->call;
	struct ctx quiet = last_words(k);
	struct err e = { 0 };
	struct task t = *k->task;

	if (k->token && !call_modern(k))
		call_progress(c, done, total, message);
	if (clock_mono() - k->touched_ms < TOUCH_MS)
		return;
	k->touched_ms = clock_mono();
	t.status_message = message;
	if (!k->srv->opt.tasks->touch(&quiet, &t, &e))
		log_event(LOG_WARN, "task", "%s: %s", t.task_id, e.msg);
}

/* The result object out of the answer that the call would have sent. */
static const char *result_of(struct call *k)
{
	struct buf head CLEANUP(buf_release);

	buf_init(&head, 4096);
	rpc_head(&head, k->id);
	buf_adds(&head, "\"result\":");
	if (k->line.overflow || k->line.len <= head.len)
		return NULL;
	return arena_strndup(k->ctx.arena, k->line.data + head.len,
			     k->line.len - head.len - 1);
}

static const char *error_of(struct call *k, int code, const char *message)
{
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, 8192);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_i64(&w, "code", code);
	jsonw_str(&w, "message", message);
	jsonw_end(&w);
	return arena_strdup(k->ctx.arena, buf_text(&b));
}

static void finish(struct call *k, bool done, const struct err *why)
{
	struct ctx c = last_words(k);
	struct task t = *k->task;
	struct err e = { 0 };

	t.status_message = NULL;
	if (!done && err_row(why->code)->surface == SURFACE_TOOL) {
		reply_error(k, why); /* as the result of the tool */
		done = true;
	}
	t.result = done ? result_of(k) : NULL;
	t.status = t.result ? TASK_COMPLETED : TASK_FAILED;
	if (!t.result) {
		t.status_message = why->code == ERR_CANCELLED
					   ? "the server ended before the work was done"
					   : why->msg;
		t.error = error_of(k, reply_code(k, why->code), t.status_message);
	}
	if (!k->srv->opt.tasks->finish(&c, &t, &e))
		log_event(LOG_WARN, "task", "%s: its end could not be stored: %s",
			  t.task_id, e.msg);
}

static void enter(struct call *k)
{
	struct server *s = k->srv;

	wire_lock(&s->wire);
	k->task_next = s->tasks;
	s->tasks = k;
	wire_unlock(&s->wire);
}

static void leave(struct call *k)
{
	struct server *s = k->srv;
	struct call **at = &s->tasks;

	wire_lock(&s->wire);
	while (*at != k)
		at = &(*at)->task_next;
	*at = k->task_next;
	wire_unlock(&s->wire);
}

bool task_job(struct call *k, struct err *e)
{
	const struct tool *tool = k->target;
	struct task t = { .tool = tool->name,
			  .status = TASK_WORKING,
			  .ttl_ms = wanted_ttl(k),
			  .poll_interval_ms = TASK_POLL_MS };
	char id[ID_LEN];
	bool done;

	id_public("task", id);
	t.task_id = id;
	t.created_at = t.updated_at = clock_now();
	if (!k->srv->opt.tasks->create(&k->ctx, &t, e))
		return false;
	k->task = &t;
	enter(k);
	reply_created(k, &t);
	reply_send(k);
	k->ctx.progress = on_progress;
	done = tool_job(k, e);
	if (!done && k->input_requests)
		err_set(e, ERR_CAPABILITY, "a task cannot ask its user");
	finish(k, done, e);
	leave(k);
	k->task = NULL;
	buf_reset(&k->line); /* it was answered long ago */
	return true;
}

void tasks_cancel_all(struct server *s)
{
	wire_lock(&s->wire);
	for (struct call *k = s->tasks; k; k = k->task_next) {
		atomic_store(&k->cancelled, true);
		ask_wake(s, k);
	}
	wire_unlock(&s->wire);
}

static void cancel_running(struct server *s, const char *task_id)
{
	wire_lock(&s->wire);
	for (struct call *k = s->tasks; k; k = k->task_next) {
		if (!str_eq(k->task->task_id, task_id))
			continue;
		atomic_store(&k->cancelled, true);
		ask_wake(s, k);
	}
	wire_unlock(&s->wire);
}

/* ---- methods ---- */

static bool find(struct ctx *c, const char *task_id, struct task *ret, struct err *e)
{
	if (!c->call->srv->opt.tasks->find(c, task_id, ret, e)) {
		if (e->code == ERR_NOT_FOUND)
			err_set(e, ERR_PARAMS, "no task \"%s\"",
				str_printable(c->arena, task_id, 100));
		return false;
	}
	if (ret->status == TASK_WORKING &&
	    clock_now().ms - ret->updated_at.ms > TASK_LEASE_MS) {
		ret->status = TASK_FAILED;
		ret->status_message = "the server ended before the work was done";
		ret->error = error_of(c->call, -32603, ret->status_message);
	}
	return true;
}

static const char *task_id(const struct call *k)
{
	return k->target;
}

static bool get(struct ctx *c, void *arg, struct err *e)
{
	struct call *k = arg;
	struct task t;
	struct jsonw w;

	if (!find(c, task_id(k), &t, e))
		return false;
	reply_open(k, &w);
	put_task(k, &t, &w);
	if (call_modern(k) && t.status == TASK_COMPLETED)
		jsonw_raw(&w, "result", t.result);
	if (call_modern(k) && t.status == TASK_FAILED)
		jsonw_raw(&w, "error", t.error);
	reply_close(k, &w, CACHE_NONE);
	return true;
}

static bool pass(struct call *k, const char *name, enum order order,
		 bool (*run)(struct ctx *, void *, struct err *), struct err *e)
{
	const struct work w = {
		.name = name, .order = order, .perm = PERM_READ, .run = run, .arg = k
	};

	return call_pass(k, &w, e);
}

static bool get_job(struct call *k, struct err *e)
{
	return pass(k, "tasks/get", ORDER_READ, get, e);
}

static bool cancel(struct ctx *c, void *arg, struct err *e)
{
	struct call *k = arg;
	struct task t;
	struct jsonw w;

	if (!find(c, task_id(k), &t, e))
		return false;
	if (!call_modern(k) && t.status != TASK_WORKING)
		return err_set(e, ERR_PARAMS, "the task is %s already",
			       task_statuses[t.status]);
	if (t.status == TASK_WORKING) {
		t.status = TASK_CANCELLED;
		t.status_message = "cancelled by the client";
		if (!k->srv->opt.tasks->finish(c, &t, e) ||
		    !k->srv->opt.tasks->find(c, task_id(k), &t, e))
			return false;
		cancel_running(k->srv, task_id(k));
	}
	reply_open(k, &w);
	if (!call_modern(k))
		put_task(k, &t, &w);
	reply_close(k, &w, CACHE_NONE);
	return true;
}

static bool cancel_job(struct call *k, struct err *e)
{
	return pass(k, "tasks/cancel", ORDER_LONG, cancel, e);
}

/* No tool of ours asks in the middle of a task, so every answer is one too many. */
static bool update(struct ctx *c, void *arg, struct err *e)
{
	struct call *k = arg;
	struct task t;
	struct jsonw w;

	if (!find(c, task_id(k), &t, e))
		return false;
	reply_open(k, &w);
	reply_close(k, &w, CACHE_NONE);
	return true;
}

static bool update_job(struct call *k, struct err *e)
{
	return pass(k, "tasks/update", ORDER_READ, update, e);
}

static void put_result(struct call *k, const struct task *t)
{
	const struct node *n =
		jsonr_parse(k->ctx.arena, t->result, strlen(t->result), 0, NULL, NULL);
	struct jsonw w;

	reply_open(k, &w);
	for (const struct node *m = n ? n->first : NULL; m; m = m->next)
		if (!str_eq(m->key, "_meta") && !str_eq(m->key, "resultType"))
			jsonw_raw(&w, m->key, node_raw(k->ctx.arena, m));
	jsonw_obj(&w, "_meta");
	jsonw_obj(&w, P_PREFIX "related-task");
	jsonw_str(&w, "taskId", t->task_id);
	jsonw_end(&w);
	jsonw_end(&w);
	reply_close(k, &w, CACHE_NONE);
}

static void put_error(struct call *k, const struct task *t)
{
	const struct node *n =
		jsonr_parse(k->ctx.arena, t->error, strlen(t->error), 0, NULL, NULL);
	const char *message = node_str(node_get(n, "message"));
	int64_t code = -32603;

	(void)node_i64(node_get(n, "code"), &code);
	buf_reset(&k->line);
	rpc_error(&k->line, k->id, (int)code, message ? message : "the task failed",
		  NULL);
}

/* 2025-11-25: waits for the end. */
static bool result(struct ctx *c, void *arg, struct err *e)
{
	struct call *k = arg;
	int64_t ms = 20;
	struct task t;

	for (;;) {
		struct timespec tick;

		if (!find(c, task_id(k), &t, e))
			return false;
		if (t.status != TASK_WORKING)
			break;
		tick = (struct timespec){ .tv_nsec = ms * 1000 * 1000 };
		nanosleep(&tick, NULL);
		ms = MIN(2 * ms, (int64_t)TASK_POLL_MS);
		if (ctx_stop(c, e))
			return false;
	}
	if (t.status == TASK_CANCELLED)
		return err_set(e, ERR_PARAMS, "the task was cancelled");
	if (t.status == TASK_COMPLETED)
		put_result(k, &t);
	else
		put_error(k, &t);
	return true;
}

static bool result_job(struct call *k, struct err *e)
{
	return pass(k, "tasks/result", ORDER_LONG, result, e);
}

static bool take(struct call *k, enum order order,
		 bool (*job)(struct call *k, struct err *e), struct err *e)
{
	const char *id = node_str(node_get(k->params, "taskId"));

	if (call_modern(k) && !(k->caps & CAP_TASKS)) {
		err_set(e, ERR_CAPABILITY, "the request does not declare %s",
			TASKS_EXTENSION);
		e->data = NEEDED;
		return false;
	}
	if (!id)
		return err_set(e, ERR_PARAMS, "taskId must be given as a string");
	k->target = arena_strdup(k->ctx.arena, id);
	k->order = order;
	k->job = job;
	return true;
}

bool tasks_get(struct call *k, struct err *e)
{
	return take(k, ORDER_READ, get_job, e);
}

bool tasks_cancel(struct call *k, struct err *e)
{
	return take(k, ORDER_LONG, cancel_job, e);
}

bool tasks_update(struct call *k, struct err *e)
{
	const struct node *answers = node_get(k->params, "inputResponses");

	if ((k->caps & CAP_TASKS) && (!answers || answers->kind != NODE_OBJECT))
		return err_set(e, ERR_PARAMS,
			       "inputResponses must be given as an object");
	return take(k, ORDER_READ, update_job, e);
}

bool tasks_result(struct call *k, struct err *e)
{
	return take(k, ORDER_LONG, result_job, e);
}
