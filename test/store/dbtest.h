/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of databases: a fresh one of each kind, and the context of a call on it. */
#ifndef TEST_STORE_DBTEST_H
#define TEST_STORE_DBTEST_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/base/child.h"
#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/db/db.h"
#include "test/tap.h"

struct dbtest {
	char dir[64]; /* temporary, removed by dbtest_close */
	char url[512];
	struct db_options o;
	struct ctx c;
	struct err e;
};

static inline void dbtest_sleep(int ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

/* Runs a program to its end; its exit status, or -1. */
static inline int dbtest_run(const char *const *argv)
{
	const char *path = getenv("PATH");
	char env[2048];
	const char *const envp[] = { env, NULL };
	struct child_spec s = { .argv = argv, .envp = envp };
	struct child c;
	struct err e;
	int i;

	snprintf(env, sizeof(env), "PATH=%s", path ? path : "/usr/bin:/bin");
	if (!child_start(&s, &c, &e)) {
		printf("# %s\n", e.msg);
		return -1;
	}
	child_close_in(&c);
	for (i = 0; i < 3000 && !child_reap(&c); i++)
		dbtest_sleep(10);
	child_stop(&c, 100);
	return WIFEXITED(c.status) ? WEXITSTATUS(c.status) : -1;
}

/* Another database handle on the same database, as another process would have. */
static inline struct db *dbtest_again(struct dbtest *t)
{
	return db_new(&t->o, &t->e);
}

static inline void dbtest_init(struct dbtest *t, const struct migration_set *const *sets)
{
	*t = (struct dbtest){ .o = { .url = t->url, .app_name = "test", .sets = sets } };
	snprintf(t->dir, sizeof(t->dir), "/tmp/dbtest.XXXXXX");
	if (!mkdtemp(t->dir))
		abort();
	t->c.arena = arena_new();
}

static inline bool dbtest_open_sqlite(struct dbtest *t,
				      const struct migration_set *const *sets)
{
	dbtest_init(t, sets);
	snprintf(t->url, sizeof(t->url), "sqlite:%s/data/test.db", t->dir);
	t->c.db = db_new(&t->o, &t->e);
	return t->c.db != NULL;
}

/* True when PostgreSQL is there. Without it: a visible skip, or a failure when required.
 */
static inline bool dbtest_have_pg(void)
{
	if (getenv("TEST_PG_DIR"))
		return true;
	if (getenv("TEST_PG_REQUIRED"))
		OK(false, "TEST_PG_DIR names a running PostgreSQL");
	else
		printf("ok %d # SKIP no PostgreSQL (TEST_PG_DIR is not set)\n",
		       ++tap_count);
	return false;
}

static inline bool dbtest_open_pg(struct dbtest *t,
				  const struct migration_set *const *sets)
{
	static int n;
	const char *dir = getenv("TEST_PG_DIR");
	char name[64];
	const char *const argv[] = { "createdb", "-h", dir, "-U", "kilo", name, NULL };

	dbtest_init(t, sets);
	snprintf(name, sizeof(name), "test_%ld_%d", (long)getpid(), ++n);
	snprintf(t->url, sizeof(t->url), "postgresql://kilo@/%s?host=%s", name, dir);
	if (dbtest_run(argv) != 0)
		return false;
	t->c.db = db_new(&t->o, &t->e);
	return t->c.db != NULL;
}

static inline void dbtest_close(struct dbtest *t)
{
	const char *const argv[] = { "rm", "-rf", t->dir, NULL };

	db_free(t->c.db);
	arena_free(t->c.arena);
	dbtest_run(argv);
}

/* OK() of a call that sets t->e. */
#define DB_OK(t, call, ...)                             \
	do {                                            \
		if (!OK((call), __VA_ARGS__))           \
			printf("#   %s\n", (t)->e.msg); \
	} while (0)

#endif
