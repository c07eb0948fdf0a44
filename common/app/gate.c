/* SPDX-License-Identifier: Apache-2.0 */
/* The gate: permission, transaction, audit around every tool, resource read and command.
 */
#include "common/app/gate.h"

#include "common/app/app.h"
#include "common/app/audit.h"
#include "common/app/audit_store.h"
#include "common/app/journal.h"
#include "common/base/buf.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"

#define WAITED_MS (AUDIT_TURN_BACK_MS / 2)

static const char *const perms[] = { "", "read", "write", "admin", NULL };

struct passage { /* one work on its way through */
	const struct work *w;
	int64_t began;
	bool again;
};

static void audit_row(struct ctx *c, const struct passage *p, const char *outcome,
		      const struct err *failure, struct audit_log *ret)
{
	const struct work *w = p->w;
	struct jsonw j;
	struct buf b;

	buf_init(&b, 4096);
	jsonw_init(&j, &b);
	jsonw_obj(&j, NULL);
	jsonw_str(&j, "component", c->env->app->base);
	audit_actor(c, &j);
	jsonw_str(&j, "name", w->name);
	jsonw_str(&j, "result", outcome);
	if (failure) {
		jsonw_str(&j, "error", err_row(failure->code)->name);
	}
	jsonw_i64(&j, "ms", clock_mono() - p->began);
	jsonw_end(&j);
	*ret = (struct audit_log){
		.user_id = c->who->user_id,
		.action = w->audit,
		.resource_type = w->resource ? w->resource : "server",
		.resource_id = call_get_audit_id(c),
		.details.text = arena_strdup(c->arena, buf_text(&b)),
		.user_agent = audit_client(c),
		.timestamp = clock_now(),
	};
	buf_release(&b);
}

static bool store(struct ctx *c, const void *in, struct err *e)
{
	const struct app *app = c->env->app;
	struct audit_log row = *(const struct audit_log *)in;

	if (!app->audit_chain)
		return audit_insert(c, &row, e);
	/* in a chain time goes forward: what waited for long counts from now */
	if (row.timestamp.ms < clock_now().ms - WAITED_MS)
		row.timestamp.ms = 0;
	return audit_add(c, app->base, &row, e);
}

static bool store_row(struct ctx *c, void *arg, struct err *e)
{
	return store(c, arg, e);
}

static void audit_later(struct ctx *c, const struct passage *p, const char *outcome,
			const struct err *failure)
{
	struct audit_log row;

	audit_row(c, p, outcome, failure, &row);
	journal_add(c->env->journal, store, audit_log_fields, &row);
}

static bool audit_now(struct ctx *c, const struct passage *p, const char *outcome,
		      struct err *e)
{
	struct audit_log row;

	audit_row(c, p, outcome, NULL, &row);
	return db_tx(c, store_row, &row, e);
}

/* Inside the transaction or view; the database may call it again after a conflict. */
static bool run_inside(struct ctx *c, void *arg, struct err *e)
{
	struct passage *p = arg;
	const struct work *w = p->w;

	if (p->again && w->rewind)
		w->rewind(w->arg);
	p->again = true;
	if (!w->run(c, w->arg, e))
		return false;
	return w->order != ORDER_WRITE || !w->audit || audit_now(c, p, "ok", e);
}

static bool run_long(struct ctx *c, struct passage *p, struct err *e)
{
	const struct work *w = p->w;

	if (w->audit && !audit_now(c, p, "started", e))
		return false;
	if (!w->run(c, w->arg, e))
		return false;
	if (w->audit)
		audit_later(c, p, "ok", NULL);
	return true;
}

static bool pass(struct ctx *c, struct passage *p, struct err *e)
{
	const struct work *w = p->w;

	if (c->who->perm < w->perm)
		return err_set(
			e, ERR_DENIED,
			"%s needs the permission to %s; the account \"%s\" has the role %s\n"
			"hint: LOCAL_ROLE sets what the local account may do",
			w->name, perms[w->perm], c->who->name, c->who->role);
	if (w->prep && !w->prep(c, w->arg, e))
		return false;
	if (w->flags & TOOL_SYNC)
		journal_sync(c->env->journal, c);
	if (w->flags & TOOL_NO_DB)
		return w->run(c, w->arg, e);
	switch (w->order) {
	case ORDER_WRITE:
		return db_tx(c, run_inside, p, e);
	case ORDER_READ:
		return db_read(c, run_inside, p, e);
	case ORDER_LONG:
		break;
	}
	return run_long(c, p, e);
}

bool gate_run(struct ctx *c, const struct work *w, struct err *e)
{
	struct passage p = { .w = w, .began = clock_mono() };

	if (pass(c, &p, e)) {
		if (w->order == ORDER_READ && w->audit)
			audit_later(c, &p, "ok", NULL);
		return true;
	}
	if (w->audit && e->code != ERR_ARG)
		audit_later(c, &p, e->code == ERR_DENIED ? "refused" : "failed", e);
	return false;
}
