/* SPDX-License-Identifier: Apache-2.0 */
/* Statements and transactions on both databases: every kind there and back, NULLs, lists,
 * rollback, nesting, refusals, the pool, cancel and deadline. */
#include <pthread.h>
#include <stdatomic.h>

#include "test/store/dbtest.h"

enum colour { RED = 1, GREEN };
static const char *const colours[] = { "", "red", "green", NULL };

struct thing {
	const char *id, *name, *note;
	enum colour colour;
	bool on;
	int64_t count;
	double score;
	struct opt_i64 maybe;
	struct opt_f64 ratio;
	struct opt_bool flag;
	struct stamp at;
	struct json data;
	struct strs tags;
	struct floats vec;
};

static const struct field thing_fields[] = { FIELD(struct thing, id, .max = 36),
					     FIELD(struct thing, name, .max = 50),
					     FIELD(struct thing, note, .max = 0),
					     FIELD(struct thing, colour,
						   .names = colours),
					     FIELD(struct thing, on, .max = 0),
					     FIELD(struct thing, count, .max = 0),
					     FIELD(struct thing, score, .scale = 2),
					     FIELD(struct thing, maybe, .max = 0),
					     FIELD(struct thing, ratio, .max = 0),
					     FIELD(struct thing, flag, .max = 0),
					     FIELD(struct thing, at, .max = 0),
					     FIELD(struct thing, data, .max = 0),
					     FIELD(struct thing, tags, .max = 0),
					     FIELD(struct thing, vec, .max = 0),
					     FIELDS_END };

static const struct migration files[] = {
	{ 1, "things", "", "sqlite",
	  "CREATE TABLE things (id TEXT PRIMARY KEY, name TEXT UNIQUE NOT NULL, note TEXT,"
	  " colour TEXT, \"on\" INTEGER, count INTEGER NOT NULL, score REAL NOT NULL,"
	  " maybe INTEGER, ratio REAL, flag INTEGER, at DATETIME, data TEXT, tags TEXT, vec BLOB);"
	  "CREATE TABLE parts (id TEXT PRIMARY KEY REFERENCES things(id))" },
	{ 1, "things", "", "postgresql",
	  "CREATE TABLE things (id UUID PRIMARY KEY, name VARCHAR(50) UNIQUE NOT NULL, note TEXT,"
	  " colour VARCHAR(20), \"on\" BOOLEAN, count INTEGER NOT NULL,"
	  " score DECIMAL(10,2) NOT NULL, maybe INTEGER, ratio DOUBLE PRECISION, flag BOOLEAN,"
	  " at TIMESTAMP, data JSONB, tags TEXT[], vec REAL[]);"
	  "CREATE TABLE parts (id UUID PRIMARY KEY REFERENCES things(id))" },
	{ 0, NULL, NULL, NULL, NULL }
};
static const struct migration_set set = { "test", files };
static const struct migration_set *const sets[] = { &set, NULL };

#define COLUMNS \
	"id, name, note, colour, \"on\", count, score, maybe, ratio, flag, at, data, tags, vec"
#define ALL "id name note colour on count score maybe ratio flag at data tags vec"

enum {
	S_ADD,
	S_GET,
	S_ALL,
	S_PART,
	S_RENAME,
	S_RETURN,
	S_SNEAK,
	S_SLOW,
	S_SYNTAX,
	S_ORDER,
	S_MAX
};

static const struct stmt stmts[S_MAX] = {
	[S_ADD] = { .name = "t_add",
		    .in = thing_fields,
		    .bind = ALL,
		    .sql = "INSERT INTO things (" COLUMNS ") VALUES"
			   " ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)" },
	[S_GET] = { .name = "t_get",
		    .in = thing_fields,
		    .bind = "name",
		    .out = thing_fields,
		    .out_size = sizeof(struct thing),
		    .sql = "SELECT " COLUMNS " FROM things WHERE name = $1" },
	[S_ALL] = { .name = "t_all",
		    .in = thing_fields,
		    .bind = "colour at count",
		    .out = thing_fields,
		    .out_size = sizeof(struct thing),
		    .sql = "SELECT id, name, count, score FROM things"
			   " WHERE ($1::text IS NULL OR colour = $1::text)"
			   " AND ($2::timestamp IS NULL OR at < $2::timestamp)"
			   " ORDER BY name COLLATE \"C\" LIMIT $3" },
	[S_PART] = { .name = "t_part",
		     .in = thing_fields,
		     .bind = "id",
		     .sql = "INSERT INTO parts (id) VALUES ($1)" },
	[S_RENAME] = { .name = "t_rename",
		       .in = thing_fields,
		       .bind = "note name",
		       .sql = "UPDATE things SET note = $1 WHERE name = $2" },
	[S_RETURN] = { .name = "t_return",
		       .in = thing_fields,
		       .bind = "name",
		       .out = thing_fields,
		       .out_size = sizeof(struct thing),
		       .sql = "UPDATE things SET count = count + 1 WHERE name = $1"
			      " RETURNING name, count, score" },
	[S_SNEAK] = { .name = "t_sneak",
		      .in = thing_fields,
		      .bind = "name",
		      .out = thing_fields,
		      .out_size = sizeof(struct thing),
		      .sqlite = "WITH x AS (SELECT 1) DELETE FROM things WHERE name = $1",
		      .pg = "WITH x AS (DELETE FROM things WHERE name = $1 RETURNING name)"
			    " SELECT name FROM x" },
	[S_SLOW] = { .name = "t_slow",
		     .out = thing_fields,
		     .out_size = sizeof(struct thing),
		     .sqlite =
			     "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r"
			     " WHERE n < 2000000000) SELECT count(*) AS count FROM r",
		     .pg = "SELECT count(*) AS count FROM (SELECT pg_sleep(60)) s" },
	[S_SYNTAX] = { .name = "t_syntax", .sql = "SELEC nothing" },
	[S_ORDER] = { .name = "t_order",
		      .in = thing_fields,
		      .bind = "name note",
		      .out = thing_fields,
		      .out_size = sizeof(struct thing),
		      .sql = "SELECT $2::text AS note, $1::text AS name" },
};

static struct thing full(const char *name)
{
	static const char *tags[] = { "a", "b \"c\"\\", "{x,y}", "", "\xc3\xa4" };
	static float vec[] = { 1.5F, -0.25F, 3.4028235e38F };
	static char id[UINT8_MAX];
	struct thing t = { .name = name,
			   .note = "it's; -- \xe2\x82\xac",
			   .colour = GREEN,
			   .on = true,
			   .count = -2147483648LL,
			   .score = 12.345,
			   .maybe = { 0, true },
			   .ratio = { 0.1, true },
			   .flag = { false, true },
			   .at = { 1767323045120 },
			   .data = { "{\"a\": [1, 2.50, null]}" },
			   .tags = { tags, 5 },
			   .vec = { vec, 3 } };

	snprintf(id, sizeof(id), "00000000-0000-4000-8000-0000000000%02x", name[0]);
	t.id = id;
	return t;
}

static void there_and_back(struct dbtest *t)
{
	struct thing in = full("x"), out, empty = { .id = in.id, .name = "empty" };
	size_t i;

	DB_OK(t, db_exec(&t->c, &stmts[S_ADD], &in, NULL, &t->e),
	      "a row of every kind goes in");
	DB_OK(t, db_one(&t->c, &stmts[S_GET], &in, &out, &t->e), "and comes back");
	IS_STR(out.id, in.id, "uuid");
	IS_STR(out.note, in.note, "text");
	IS_INT(out.colour, GREEN, "enum");
	OK(out.on, "bool");
	IS_INT(out.count, in.count, "integer");
	OK(out.score > 12.344 && out.score < 12.356 && out.score * 100 - 1234.5 != 0,
	   "number is rounded to its scale: %g", out.score);
	OK(out.maybe.set && out.maybe.v == 0, "zero is not NULL");
	OK(out.ratio.set && !(out.ratio.v < 0.1) && !(out.ratio.v > 0.1),
	   "double is exact");
	OK(out.flag.set && !out.flag.v, "optional false");
	IS_INT(out.at.ms, in.at.ms, "time");
	OK(out.data.text && strstr(out.data.text, "\"a\""), "json: %s", out.data.text);
	IS_INT(out.tags.n, 5, "list length");
	for (i = 0; i < out.tags.n; i++)
		IS_STR(out.tags.v[i], in.tags.v[i], "list element");
	OK(out.vec.n == 3 && !memcmp(out.vec.v, in.vec.v, 12), "vector is exact");
	empty.id = "11111111-0000-4000-8000-000000000000";
	DB_OK(t, db_exec(&t->c, &stmts[S_ADD], &empty, NULL, &t->e), "a row of NULLs");
	DB_OK(t, db_one(&t->c, &stmts[S_GET], &empty, &out, &t->e), "comes back");
	OK(!out.note && !out.colour && !out.maybe.set && !out.ratio.set &&
		   !out.flag.set && !out.at.ms && !out.data.text && !out.tags.n &&
		   !out.vec.n,
	   "as not set");
}

static void lists(struct dbtest *t)
{
	struct thing q = { .count = 10 }, o = { .name = "one", .note = "two" }, out;
	struct rows r;
	int64_t n;

	DB_OK(t, db_query(&t->c, &stmts[S_ALL], &q, &r, &t->e),
	      "a filter that is not set");
	IS_INT(r.n, 2, "finds all");
	IS_STR(r.n ? ((struct thing *)r.at)[0].name : NULL, "empty", "in byte order");
	q.colour = RED;
	DB_OK(t, db_query(&t->c, &stmts[S_ALL], &q, &r, &t->e), "a filter that is set");
	IS_INT(r.n, 0, "finds none");
	q = (struct thing){ .count = 1, .at = { 1767323045121 } };
	DB_OK(t, db_query(&t->c, &stmts[S_ALL], &q, &r, &t->e), "a time as filter");
	IS_INT(r.n, 1, "one millisecond later finds it");
	q.at.ms = 1767323045120;
	DB_OK(t, db_query(&t->c, &stmts[S_ALL], &q, &r, &t->e), "the same time");
	IS_INT(r.n, 0, "does not");
	DB_OK(t, db_one(&t->c, &stmts[S_ORDER], &o, &out, &t->e), "parameters by number");
	IS_STR(out.note, "two", "not by place");
	IS_STR(out.name, "one", "not by place");
	o.name = "x";
	DB_OK(t, db_exec(&t->c, &stmts[S_RENAME], &o, &n, &t->e), "an update");
	IS_INT(n, 1, "counts what it changed");
	DB_OK(t, db_one(&t->c, &stmts[S_RETURN], &o, &out, &t->e), "RETURNING");
	IS_INT(out.count, -2147483647LL, "gives the new row");
}

static void refusals(struct dbtest *t)
{
	struct thing x = full("x"), nobody = { .name = "nobody" }, out, bad = full("z");
	struct rows r;

	OK(!db_exec(&t->c, &stmts[S_ADD], &x, NULL, &t->e), "the same key again");
	IS_INT(t->e.code, ERR_CONFLICT, "is a conflict");
	nobody.id = "22222222-0000-4000-8000-000000000000";
	OK(!db_exec(&t->c, &stmts[S_PART], &nobody, NULL, &t->e), "a missing parent");
	IS_INT(t->e.code, ERR_CONFLICT, "is a conflict");
	bad.name = NULL;
	OK(!db_exec(&t->c, &stmts[S_ADD], &bad, NULL, &t->e),
	   "NULL where there must be a value");
	IS_INT(t->e.code, ERR_ARG, "is an argument error");
	OK(!db_one(&t->c, &stmts[S_GET], &nobody, &out, &t->e), "no row");
	IS_INT(t->e.code, ERR_NOT_FOUND, "is not found");
	OK(!db_query(&t->c, &stmts[S_SYNTAX], NULL, &r, &t->e), "a broken statement");
	IS_INT(t->e.code, ERR_INTERNAL, "is our bug");
	OK(!db_query(&t->c, &stmts[S_SNEAK], &x, &r, &t->e),
	   "a write that looks like a read");
	IS_INT(t->e.code, ERR_INTERNAL, "is refused");
	DB_OK(t, db_one(&t->c, &stmts[S_GET], &x, &out, &t->e),
	      "and the row is still there");
}

struct job {
	struct dbtest *t;
	struct thing thing;
	enum {
		FAIL_AFTER = 1,
		NESTED,
		NESTED_IGNORED,
		ERROR_IGNORED,
		READ_THEN_WRITE
	} how;
};

static bool add(struct ctx *c, void *arg, struct err *e)
{
	struct job *j = arg;

	return db_exec(c, &stmts[S_ADD], &j->thing, NULL, e);
}

static bool add_and_fail(struct ctx *c, void *arg, struct err *e)
{
	return add(c, arg, e) && err_set(e, ERR_ARG, "changed my mind");
}

static bool body(struct ctx *c, void *arg, struct err *e)
{
	struct job *j = arg;
	struct thing out;

	switch (j->how) {
	case FAIL_AFTER:
		return add(c, j, e) && db_one(c, &stmts[S_GET], &j->thing, &out, e) &&
		       err_set(e, ERR_DENIED, "no");
	case NESTED:
		return db_tx(c, add, j, e) && db_read(c, add_and_fail, j, NULL) == false;
	case NESTED_IGNORED:
		if (!db_tx(c, add_and_fail, j, e))
			err_clear(e);
		return true;
	case ERROR_IGNORED:
		if (!add(c, j, e) || !add(c, j, e))
			err_clear(e);
		return true;
	case READ_THEN_WRITE:
		return db_tx(c, add, j, e);
	}
	return false;
}

static bool is_there(struct dbtest *t, const char *name)
{
	struct thing q = { .name = name }, out;

	return db_one(&t->c, &stmts[S_GET], &q, &out, NULL);
}

static void transactions(struct dbtest *t)
{
	struct job j = { t, full("r"), FAIL_AFTER };

	OK(!db_tx(&t->c, body, &j, &t->e), "a transaction that fails");
	IS_INT(t->e.code, ERR_DENIED, "gives the function's own error");
	OK(!is_there(t, "r"), "and leaves nothing");
	j.how = NESTED_IGNORED;
	OK(!db_tx(&t->c, body, &j, &t->e), "a failed part that is ignored");
	OK(!is_there(t, "r"), "is not half committed");
	j.how = ERROR_IGNORED;
	OK(!db_tx(&t->c, body, &j, &t->e), "a failed statement that is ignored");
	OK(!is_there(t, "r"), "is not half committed");
	j.how = READ_THEN_WRITE;
	OK(!db_read(&t->c, body, &j, &t->e), "a write inside a read view");
	IS_INT(t->e.code, ERR_INTERNAL, "is our bug");
	OK(!is_there(t, "r"), "and leaves nothing");
	DB_OK(t, db_tx(&t->c, add, &j, &t->e), "after all that a transaction works");
	OK(is_there(t, "r"), "and is there");
}

struct view {
	struct dbtest *t;
	struct ctx other;
	size_t before, after;
};

static bool watch(struct ctx *c, void *arg, struct err *e)
{
	struct view *v = arg;
	struct thing q = { .count = 100 }, x = full("v");
	struct rows r;

	if (!db_query(c, &stmts[S_ALL], &q, &r, e))
		return false;
	v->before = r.n;
	if (!db_exec(&v->other, &stmts[S_ADD], &x, NULL, e) ||
	    !db_query(c, &stmts[S_ALL], &q, &r, e))
		return false;
	v->after = r.n;
	return true;
}

static void consistent_view(struct dbtest *t)
{
	struct view v = { .t = t, .other = t->c };

	DB_OK(t, db_read(&t->c, watch, &v, &t->e), "a read view while another writes");
	IS_INT(v.after, v.before, "does not move");
	OK(is_there(t, "v"), "the other's row is there afterwards");
}

static void *cancel_soon(void *arg)
{
	dbtest_sleep(150);
	atomic_store((atomic_bool *)arg, true);
	return NULL;
}

static void stopping(struct dbtest *t)
{
	atomic_bool cancelled = false;
	int64_t start = clock_mono();
	struct rows r;
	pthread_t th;

	t->c.deadline = start + 200;
	OK(!db_query(&t->c, &stmts[S_SLOW], NULL, &r, &t->e), "a slow statement");
	IS_INT(t->e.code, ERR_TIMEOUT, "ends at the deadline");
	OK(clock_mono() - start < 1500, "soon: %lld ms",
	   (long long)(clock_mono() - start));
	t->c.deadline = 0;
	t->c.cancelled = &cancelled;
	start = clock_mono();
	pthread_create(&th, NULL, cancel_soon, &cancelled);
	OK(!db_query(&t->c, &stmts[S_SLOW], NULL, &r, &t->e), "a slow statement");
	IS_INT(t->e.code, ERR_CANCELLED, "ends when cancelled");
	OK(clock_mono() - start < 1500, "soon: %lld ms",
	   (long long)(clock_mono() - start));
	pthread_join(th, NULL);
	t->c.cancelled = NULL;
	OK(is_there(t, "x"), "the next statement is not hit by it");
}

struct holder {
	struct ctx c;
	atomic_bool holding, let_go;
	int hold_ms; /* 0: until let_go */
	int64_t freed_at;
	bool well; /* what the thread reports; read after it was joined */
};

static bool hold(struct ctx *c, void *arg, struct err *e)
{
	struct holder *h = arg;
	struct thing q = { .count = 1 };
	struct rows r;

	if (!db_query(c, &stmts[S_ALL], &q, &r, e))
		return false;
	atomic_store(&h->holding, true);
	if (h->hold_ms)
		dbtest_sleep(h->hold_ms);
	while (!h->hold_ms && !atomic_load(&h->let_go))
		dbtest_sleep(5);
	h->freed_at = clock_mono();
	return true;
}

static void *hold_main(void *arg)
{
	struct holder *h = arg;

	h->well = db_read(&h->c, hold, h, NULL);
	return NULL;
}

static void exhausted(struct dbtest *t)
{
	struct holder h = { .c = { .arena = arena_new() } };
	struct dbtest small = *t;
	pthread_t th;

	small.o.url = t->url;
	small.o.pool_max = 1;
	small.o.acquire_ms = 100;
	small.c.db = h.c.db = db_new(&small.o, &small.e);
	atomic_init(&h.holding, false);
	atomic_init(&h.let_go, false);
	pthread_create(&th, NULL, hold_main, &h);
	while (!atomic_load(&h.holding))
		dbtest_sleep(5);
	OK(!is_there(&small, "x"), "with one connection in use");
	OK(!db_ping(&small.c, &(const char *){ NULL }, &small.e),
	   "no other is to be had");
	IS_INT(small.e.code, ERR_LIMIT, "which is a limit");
	OK(strstr(small.e.msg, "DATABASE_POOL_MAX"), "with a way out");
	atomic_store(&h.let_go, true);
	pthread_join(th, NULL);
	OK(h.well, "the holder ends well");
	OK(is_there(&small, "x"), "and works once it is free");
	db_free(small.c.db);
	arena_free(h.c.arena);
}

/* A waiting call looks by itself every 50 ms; the sign that a connection is free must
 * reach it sooner. */
static void handed_over(struct dbtest *t)
{
	struct dbtest small = *t;
	int slow = 0;

	small.o.url = t->url;
	small.o.pool_max = 1;
	small.c.db = db_new(&small.o, &small.e);
	for (int i = 0; i < 8; i++) {
		struct holder h = { .c = { .arena = arena_new(), .db = small.c.db },
				    .hold_ms = 15 };
		pthread_t th;

		pthread_create(&th, NULL, hold_main, &h);
		while (!atomic_load(&h.holding))
			dbtest_sleep(1);
		DB_OK(&small, db_ping(&small.c, &(const char *){ NULL }, &small.e),
		      "the waiting call gets it");
		slow += clock_mono() - h.freed_at > 20;
		pthread_join(th, NULL);
		OK(h.well, "the holder ends well");
		arena_free(h.c.arena);
	}
	OK(slow <= (SANITIZED ? 7 : 3),
	   "a connection is handed over at once (%d of 8 were not)", slow);
	db_free(small.c.db);
}

static void checks(struct dbtest *t)
{
	const struct stmt unused = { .name = "t_unused",
				     .in = thing_fields,
				     .bind = "name note",
				     .sql = "UPDATE things SET note = $1" };
	const struct stmt column = { .name = "t_column",
				     .out = thing_fields,
				     .out_size = sizeof(struct thing),
				     .sql = "SELECT name AS nme FROM things" };
	const struct stmt kind = { .name = "t_kind",
				   .out = thing_fields,
				   .out_size = sizeof(struct thing),
				   .sql = "SELECT note AS at FROM things" };
	const char *version = NULL;
	size_t i;

	for (i = 0; i < S_MAX; i++)
		if (i != S_SYNTAX && i != S_SNEAK)
			DB_OK(t, db_check_stmt(&t->c, &stmts[i], &t->e), "%s is sound",
			      stmts[i].name);
	OK(!db_check_stmt(&t->c, &unused, &t->e), "a parameter too many: %s", t->e.msg);
	OK(!db_check_stmt(&t->c, &column, &t->e), "a column without member: %s",
	   t->e.msg);
	OK(!db_check_stmt(&t->c, &kind, &t->e), "a member of another kind: %s", t->e.msg);
	DB_OK(t, db_ping(&t->c, &version, &t->e), "the database answers");
	OK(version && strstr(version, "SQL"), "as %s", version);
}

static void run_all(struct dbtest *t)
{
	printf("# %s\n", db_where(t->c.db));
	there_and_back(t);
	lists(t);
	refusals(t);
	transactions(t);
	consistent_view(t);
	stopping(t);
	exhausted(t);
	handed_over(t);
	checks(t);
	dbtest_close(t);
}

static void urls(void)
{
	static const char *const bad[] = { "",	      "mysql://x",
					   "sqlite:", "sqlite://relative",
					   "file.db", "sqlite::memory:" };
	struct db_options o = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		o.url = bad[i];
		OK(!db_new(&o, &e) && e.code == ERR_CONFIG, "\"%s\" is refused: %s",
		   bad[i], e.msg);
	}
}

int main(void)
{
	struct dbtest t;

	urls();
	if (OK(dbtest_open_sqlite(&t, sets), "SQLite opens"))
		run_all(&t);
	if (dbtest_have_pg() && OK(dbtest_open_pg(&t, sets), "PostgreSQL opens"))
		run_all(&t);
	return tap_done();
}
