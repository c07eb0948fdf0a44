/* SPDX-License-Identifier: Apache-2.0 */
/* Tools that run as tasks, and a store that lives in memory. */
#include <pthread.h>

#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "test/fixture-server/fixture.h"

enum { MAX_TASKS = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct task kept[MAX_TASKS];
static size_t n_kept;

static struct task *at(const char *task_id)
{
	for (size_t i = 0; i < n_kept; i++)
		if (str_eq(kept[i].task_id, task_id))
			return &kept[i];
	return NULL;
}

static bool create(struct ctx *c, const struct task *t, struct err *e)
{
	bool room;

	(void)c;
	pthread_mutex_lock(&lock);
	room = n_kept < MAX_TASKS;
	if (room) {
		kept[n_kept] = *t;
		kept[n_kept++].task_id = mem_strdup(t->task_id);
	}
	pthread_mutex_unlock(&lock);
	return room || err_set(e, ERR_LIMIT, "too many tasks");
}

static bool find(struct ctx *c, const char *task_id, struct task *ret, struct err *e)
{
	struct task *t;

	pthread_mutex_lock(&lock);
	t = at(task_id);
	if (t) {
		*ret = *t;
		ret->task_id = arena_strdup(c->arena, t->task_id);
		ret->status_message = arena_strdup(c->arena, t->status_message);
		ret->result = arena_strdup(c->arena, t->result);
		ret->error = arena_strdup(c->arena, t->error);
	}
	pthread_mutex_unlock(&lock);
	return t || err_set(e, ERR_NOT_FOUND, "no such task");
}

static bool put(const struct task *from)
{
	struct task *t;

	pthread_mutex_lock(&lock);
	t = at(from->task_id);
	if (t && t->status == TASK_WORKING) {
		mem_free((void *)(uintptr_t)t->status_message);
		t->status = from->status;
		t->status_message = mem_strdup(from->status_message);
		t->result = mem_strdup(from->result);
		t->error = mem_strdup(from->error);
		t->updated_at = clock_now();
	}
	pthread_mutex_unlock(&lock);
	return true;
}

static bool store(struct ctx *c, const struct task *t, struct err *e)
{
	(void)c, (void)e;
	return put(t);
}

const struct task_store fixture_tasks = { create, find, store, store };

struct greet {
	const char *name;
};
static const struct field greet_fields[] = {
	FIELD(struct greet, name, .max = 100, .req = true, .doc = "Whom."), FIELDS_END
};

static bool greet(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct greet *in = args;

	(void)e;
	fixture_text(out, arena_printf(c->arena, "Hello, %s!", in->name));
	return true;
}

struct slow {
	int64_t seconds, ms;
	const char *label;
};
static const struct field slow_fields[] = {
	FIELD(struct slow, seconds, .max = 60, .doc = "How long."),
	FIELD(struct slow, ms, .max = 60000, .doc = "And how much longer."),
	FIELD(struct slow, label, .max = 100, .doc = "What to say."), FIELDS_END
};

static const struct field confirm_fields[] = {
	FIELD(struct slow, label, .json = "filename", .max = 100, .doc = "Of what."),
	FIELDS_END
};

static bool slow_compute(struct ctx *c, const void *args, struct jsonw *out,
			 struct err *e)
{
	const struct slow *in = args;

	ctx_progress(c, 1, 2, "computing");
	if (!fixture_nap(c, 1000 * in->seconds + in->ms, e))
		return false;
	fixture_text(out, arena_printf(c->arena, "computed %s",
				       in->label ? in->label : "nothing"));
	return true;
}

static bool failing(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)c, (void)args, (void)out;
	return err_set(e, ERR_UNAVAILABLE, "the work could not be done");
}

static bool broken(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)c, (void)args, (void)out;
	return err_set(e, ERR_INTERNAL, "the work broke");
}

#define TASK_TOOL(var, id, text, fn, ...)                                \
	static const struct tool var = { .name = (id),                   \
					 .title = (id),                  \
					 .doc = (text),                  \
					 .run = (fn),                    \
					 .order = ORDER_LONG,            \
					 .perm = PERM_READ,              \
					 .flags = TOOL_RAW | TOOL_NO_DB, \
					 __VA_ARGS__ }

TASK_TOOL(tool_greet, "greet", "Greets at once.", greet, .in = greet_fields,
	  .in_size = sizeof(struct greet));
TASK_TOOL(tool_slow, "slow_compute", "Sleeps as a task.", slow_compute, .slow_if = "",
	  .in = slow_fields, .in_size = sizeof(struct slow));
/* The suite calls it by this name to see how its task is answered and cancelled. */
TASK_TOOL(tool_confirm, "confirm_delete", "Waits as a task and asks nobody.",
	  slow_compute, .slow_if = "", .in = confirm_fields,
	  .in_size = sizeof(struct slow));
TASK_TOOL(tool_failing, "failing_job", "A task whose tool fails.", failing,
	  .slow_if = "");
TASK_TOOL(tool_broken, "protocol_error_job", "A task that ends in a protocol error.",
	  broken, .slow_if = "");

const struct tool *const task_tools[] = { &tool_greet,	 &tool_slow,   &tool_confirm,
					  &tool_failing, &tool_broken, NULL };
