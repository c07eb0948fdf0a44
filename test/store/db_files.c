/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite as files: the lock between writers, a WAL that stays small, one lock behind
 * several names, a disk without space, a folder that cannot be written. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "test/store/dbtest.h"

struct note {
	int64_t n;
	const char *text;
};

static const struct field note_fields[] = { FIELD(struct note, n, .max = 0),
					    FIELD(struct note, text, .max = 0),
					    FIELDS_END };

enum { S_ADD, S_COUNT, S_INTACT, S_MAX };

static const struct stmt stmts[S_MAX] = {
	[S_ADD] = { .name = "n_add",
		    .in = note_fields,
		    .bind = "n text",
		    .sql = "INSERT INTO notes (n, text) VALUES ($1, $2)" },
	[S_COUNT] = { .name = "n_count",
		      .out = note_fields,
		      .out_size = sizeof(struct note),
		      .sql = "SELECT count(*) AS n FROM notes" },
	[S_INTACT] = { .name = "n_intact",
		       .out = note_fields,
		       .out_size = sizeof(struct note),
		       .sql = "SELECT integrity_check AS text FROM pragma_integrity_check(5)" },
};

static const struct migration files[] = {
	{ 1, "notes", "", "sqlite",
	  "CREATE TABLE notes (n INTEGER NOT NULL, text TEXT NOT NULL)" },
	{ 0, NULL, NULL, NULL, NULL }
};
static const struct migration_set set = { "notes", files };
static const struct migration_set *const sets[] = { &set, NULL };

static int64_t count(struct dbtest *t)
{
	struct note r = { -1, NULL };

	if (!db_one(&t->c, &stmts[S_COUNT], NULL, &r, &t->e))
		printf("# %s\n", t->e.msg);
	return r.n;
}

static off_t size_of(struct dbtest *t, const char *suffix)
{
	char path[600];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", t->url + 7, suffix);
	return stat(path, &st) ? -1 : st.st_size;
}

/* ---- the lock -------------------------------------------------------------- */

struct holder {
	struct ctx c;
	atomic_bool holding, let_go;
};

static bool hold(struct ctx *c, void *arg, struct err *e)
{
	struct holder *h = arg;
	struct note n = { 1, "held" };

	if (!db_exec(c, &stmts[S_ADD], &n, NULL, e))
		return false;
	atomic_store(&h->holding, true);
	while (!atomic_load(&h->let_go))
		dbtest_sleep(5);
	return true;
}

static void *hold_main(void *arg)
{
	struct holder *h = arg;

	OK(db_tx(&h->c, hold, h, NULL), "the holder commits in the end");
	return NULL;
}

static void *cancel_soon(void *arg)
{
	dbtest_sleep(150);
	atomic_store((atomic_bool *)arg, true);
	return NULL;
}

static void waiting(struct dbtest *t)
{
	struct holder h = { .c = { .arena = arena_new(), .db = dbtest_again(t) } };
	struct note n = { 2, "waits" };
	atomic_bool cancelled = false;
	int64_t before = count(t), start = clock_mono();
	pthread_t th, canceller;

	atomic_init(&h.holding, false);
	atomic_init(&h.let_go, false);
	pthread_create(&th, NULL, hold_main, &h);
	while (!atomic_load(&h.holding))
		dbtest_sleep(5);
	t->c.deadline = clock_mono() + 200;
	IS_INT(count(t), before, "a reader does not wait for a writer");
	OK(!db_exec(&t->c, &stmts[S_ADD], &n, NULL, &t->e), "a second writer waits");
	IS_INT(t->e.code, ERR_TIMEOUT, "until its deadline");
	printf("# %s\n", t->e.msg);
	t->c.deadline = 0;
	t->c.cancelled = &cancelled;
	pthread_create(&canceller, NULL, cancel_soon, &cancelled);
	OK(!db_exec(&t->c, &stmts[S_ADD], &n, NULL, &t->e), "or");
	IS_INT(t->e.code, ERR_CANCELLED, "until it is cancelled");
	pthread_join(canceller, NULL);
	t->c.cancelled = NULL;
	OK(clock_mono() - start < 3000, "both soon");
	atomic_store(&h.let_go, true);
	pthread_join(th, NULL);
	DB_OK(t, db_exec(&t->c, &stmts[S_ADD], &n, NULL, &t->e), "then it is its turn");
	IS_INT(count(t), before + 2, "and nothing of the given-up ones is there");
	db_free(h.c.db);
	arena_free(h.c.arena);
}

static void other_name(struct dbtest *t)
{
	struct dbtest o = *t;
	char link_to[600], path[600];

	snprintf(link_to, sizeof(link_to), "%s", t->url + 7);
	snprintf(path, sizeof(path), "%s/other-name.db", t->dir);
	OK(!symlink(link_to, path), "a link to the database");
	snprintf(o.url, sizeof(o.url), "sqlite://%s/other-name.db", t->dir);
	o.o.url = o.url;
	o.c.db = dbtest_again(&o);
	DB_OK(&o,
	      db_exec(&o.c, &stmts[S_ADD], &(struct note){ 3, "by link" }, NULL, &o.e),
	      "can be written through");
	snprintf(path, sizeof(path), "%s/other-name.db.lock", t->dir);
	OK(access(path, F_OK) != 0, "with the lock of the real name");
	db_free(o.c.db);
}

/* ---- space ----------------------------------------------------------------- */

static void small_wal(struct dbtest *t)
{
	char *text = mem_alloc(60001);
	struct note n = { 4, text };
	off_t largest = 0;
	int i, bad = 0;

	memset(text, 'x', 60000);
	for (i = 0; i < 300; i++) {
		bad += !db_exec(&t->c, &stmts[S_ADD], &n, NULL, &t->e);
		largest = MAX(largest, size_of(t, "-wal"));
	}
	IS_INT(bad, 0, "18 MB are written");
	OK(largest > 0 && largest < 6 * 1024 * 1024, "the WAL stays small: %lld bytes",
	   (long long)largest);
	mem_free(text);
}

static void full_disk(struct dbtest *t)
{
	struct rlimit before, tight;
	struct note n = { 5, "does it fit?" };
	int64_t rows = count(t), stored = 0, i;
	struct rows r;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	tight = before;
	tight.rlim_cur = (rlim_t)size_of(t, "-wal") + 4096 * 4;
	setrlimit(RLIMIT_FSIZE, &tight);
	for (i = 0; i < 10000 && db_exec(&t->c, &stmts[S_ADD], &n, NULL, &t->e); i++)
		stored++;
	OK(i < 10000, "without space a write fails");
	OK(t->e.code == ERR_UNAVAILABLE || t->e.code == ERR_UNSURE, "clearly: %s",
	   t->e.msg);
	i = count(t);
	OK(i == rows + stored || (i == rows + stored + 1 && t->e.code == ERR_UNSURE),
	   "reads go on and show what was acknowledged");
	setrlimit(RLIMIT_FSIZE, &before);
	DB_OK(t, db_exec(&t->c, &stmts[S_ADD], &n, NULL, &t->e), "with space it goes on");
	DB_OK(t, db_query(&t->c, &stmts[S_INTACT], NULL, &r, &t->e), "integrity_check");
	IS_STR(((struct note *)r.at)->text, "ok", "is ok");
}

static void bad_places(void)
{
	static const char *const urls[] = { "sqlite:/proc/nowhere/x.db",
					    "sqlite:/dev/null", "sqlite:/" };
	struct dbtest t;
	size_t i;

	for (i = 0; i < ARRAY_LEN(urls); i++) {
		dbtest_init(&t, sets);
		snprintf(t.url, sizeof(t.url), "%s", urls[i]);
		t.c.db = dbtest_again(&t);
		OK(t.c.db && !db_ping(&t.c, &(const char *){ NULL }, &t.e), "%s: %s",
		   urls[i], t.e.msg);
		OK(t.e.code == ERR_UNAVAILABLE || t.e.code == ERR_CONFIG ||
			   t.e.code == ERR_CANT_CREATE,
		   "is a clear error");
		dbtest_close(&t);
	}
}

int main(void)
{
	struct dbtest t;

	if (!OK(dbtest_open_sqlite(&t, sets), "SQLite opens"))
		return tap_done();
	waiting(&t);
	other_name(&t);
	small_wal(&t);
	full_disk(&t);
	db_free(t.c.db);
	IS_INT(size_of(&t, "-wal"), 0, "a clean end leaves an empty WAL");
	t.c.db = dbtest_again(&t);
	OK(count(&t) > 300, "and all rows in the database");
	dbtest_close(&t);
	bad_places();
	return tap_done();
}
