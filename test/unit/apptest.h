/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the gate and the journal: a process with a database of its own and one
 * table of things. */
#ifndef TEST_UNIT_APPTEST_H
#define TEST_UNIT_APPTEST_H

#include "common/app/app.h"
#include "common/app/audit_store.h"
#include "common/app/gate.h"
#include "common/app/journal.h"
#include "test/store/dbtest.h"

struct thing {
	const char *name;
	struct strs tags;
	int64_t n;
};
static const struct field thing_fields[] = { COLUMN(struct thing, name),
					     COLUMN(struct thing, tags),
					     COLUMN(struct thing, n), FIELDS_END };

enum { S_ADD, S_COUNT, S_LAST };
static const struct stmt stmts[] = {
	[S_ADD] = { .name = "a_add",
		    .in = thing_fields,
		    .bind = "name tags n",
		    .sql = "INSERT INTO things (name, tags, n) VALUES ($1, $2, $3)" },
	[S_COUNT] = { .name = "a_count",
		      .out = thing_fields,
		      .out_size = sizeof(struct thing),
		      .sql = "SELECT count(*) AS n FROM things" },
	[S_LAST] = { .name = "a_last",
		     .out = thing_fields,
		     .out_size = sizeof(struct thing),
		     .sql = "SELECT name, tags, n FROM things ORDER BY n DESC LIMIT 1" },
};

static inline bool add_thing(struct ctx *c, const void *in, struct err *e)
{
	return db_exec(c, &stmts[S_ADD], in, NULL, e);
}

static const struct migration files[] = {
	{ 1, "things", "", "sqlite",
	  "CREATE TABLE things (name TEXT, tags TEXT, n INTEGER NOT NULL CHECK (n >= 0))" },
	{ 0, NULL, NULL, NULL, NULL }
};
static const struct migration_set things = { "things", files };
static const struct migration_set *const sets[] = { &migrations_shared, &things, NULL };
static const struct app app = { .name = "test-server", .sets = sets };

struct apptest {
	struct dbtest t;
	struct env env;
	struct ctx c; /* of a call */
};

static inline bool apptest_open(struct apptest *x)
{
	*x = (struct apptest){ .env = { .app = &app } };
	if (!dbtest_open_sqlite(&x->t, sets))
		return false;
	x->env.db = x->t.c.db;
	x->env.journal = journal_new(&x->env);
	x->env.who = (struct principal){
		.name = "tester", .role = "user", .perm = PERM_WRITE, .proof = "local"
	};
	env_ctx(&x->env, x->t.c.arena, &x->c);
	return true;
}

static inline void apptest_close(struct apptest *x)
{
	journal_free(x->env.journal, 5000);
	dbtest_close(&x->t);
}

static inline int64_t count(struct apptest *x)
{
	struct thing out = { .n = -1 };

	return db_one(&x->c, &stmts[S_COUNT], NULL, &out, &x->t.e) ? out.n : -1;
}

/* Newest audit row of an action after the journal was flushed, or NULL. */
static inline const struct audit_log *audited(struct apptest *x, const char *action,
					      size_t *ret_n)
{
	const struct audit_filter f = { .action = action, .limit = 50 };
	struct rows r;

	journal_sync(x->env.journal, &x->c);
	if (!audit_list(&x->c, &f, &r, &x->t.e))
		return NULL;
	*ret_n = r.n;
	return r.n ? r.at : NULL;
}

#endif
