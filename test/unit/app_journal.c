/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: rows arrive, nobody waits, a full queue drops, a dead database harms no
 * one. */
#define _GNU_SOURCE /* mkdtemp */
#include "test/unit/apptest.h"

static void add(struct journal *j, const char *name, int64_t n)
{
	journal_add(j, add_thing, thing_fields, &(struct thing){ .name = name, .n = n });
}

static void arrives(struct apptest *x)
{
	struct journal *j = x->env.journal;
	char name[] = "first";
	const char *v[] = { "a", "b,\"c" };
	struct thing t = { .name = name, .tags = { v, 2 }, .n = 1 }, out;
	int64_t began;

	journal_add(j, add_thing, thing_fields, &t);
	name[0] = 'X';
	v[0] = "changed";
	journal_sync(j, &x->c);
	DB_OK(&x->t, db_one(&x->c, &stmts[S_LAST], NULL, &out, &x->t.e), "a row arrives");
	IS_STR(out.name, "first", "as it was when it was given");
	OK(out.tags.n == 2 && str_eq(out.tags.v[0], "a") &&
		   str_eq(out.tags.v[1], "b,\"c"),
	   "lists too");
	for (int64_t i = 2; i <= 300; i++)
		add(j, "more", i);
	journal_sync(j, &x->c);
	IS_INT(count(x), 300, "many rows in batches");
	for (int64_t i = 0; i < 50; i++)
		add(j, "some bad", i % 10 ? 0 : -1);
	journal_sync(j, &x->c);
	IS_INT(count(x), 345, "a refused row does not take others with it");
	began = clock_mono();
	journal_sync(j, &x->c);
	OK(clock_mono() - began < 500, "nothing to wait for, no wait");
}

static bool flood(struct ctx *c, void *arg, struct err *e)
{
	struct apptest *x = arg;
	const struct thing mine = { .name = "mine", .n = 0 };
	int64_t began = clock_mono();

	if (!db_exec(c, &stmts[S_ADD], &mine, NULL, e))
		return false;
	for (int64_t i = 0; i < 3000; i++)
		add(x->env.journal, "flood", 1000 + i);
	OK(clock_mono() - began < 2000,
	   "3,000 rows while the database is locked: no wait");
	return true;
}

static void full(struct apptest *x)
{
	struct ctx hurried = x->c;
	int64_t before = count(x), now;

	DB_OK(&x->t, db_tx(&x->c, flood, x, &x->t.e), "a lock is held meanwhile");
	journal_sync(x->env.journal, &x->c);
	journal_sync(x->env.journal, &x->c);
	now = count(x) - before - 1;
	OK(now >= 1000 && now < 3000, "%d of 3,000 were kept, the rest dropped",
	   (int)now);
	add(x->env.journal, "after", 9999);
	journal_sync(x->env.journal, &x->c);
	IS_INT(count(x), before + 1 + now + 1, "then it goes on");
	hurried.deadline = clock_mono() + 50;
	journal_sync(x->env.journal, &hurried);
	OK(clock_mono() < hurried.deadline + 500, "a call's deadline bounds the wait");
}

static void flushed(struct apptest *x)
{
	int64_t before = count(x);

	for (int64_t i = 0; i < 400; i++)
		add(x->env.journal, "last", 20000 + i);
	journal_free(x->env.journal, 10000);
	x->env.journal = NULL;
	IS_INT(count(x), before + 400, "the end writes what is left");
	add(NULL, "nobody", 1);
	journal_sync(NULL, &x->c);
	journal_free(NULL, 0);
}

static void database_down(void)
{
	struct err e = { 0 };
	const struct db_options o = { .url = "sqlite:/proc/none/there.db",
				      .app_name = "test",
				      .sets = sets };
	struct apptest x = { .env = { .app = &app } };
	int64_t began = clock_mono();

	x.env.db = db_new(&o, &e);
	if (!OK(x.env.db != NULL, "a database that is not there"))
		return;
	x.env.journal = journal_new(&x.env);
	x.t.c.arena = arena_new();
	env_ctx(&x.env, x.t.c.arena, &x.c);
	for (int64_t i = 0; i < 500; i++)
		add(x.env.journal, "lost", i);
	journal_sync(x.env.journal, &x.c);
	journal_free(x.env.journal, 1000);
	OK(clock_mono() - began < 10000, "rows are given up, the process ends");
	db_free(x.env.db);
	arena_free(x.t.c.arena);
}

int main(void)
{
	struct apptest x;

	if (!OK(apptest_open(&x), "a process"))
		return tap_done();
	arrives(&x);
	full(&x);
	flushed(&x);
	apptest_close(&x);
	database_down();
	return tap_done();
}
