/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL that goes away: ended backends, restarts under writes, a lost answer to
 * COMMIT, nobody there, somebody who never answers; conflicts that are tried again. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "test/store/dbtest.h"

struct num {
	int64_t n, writer;
};

static const struct field num_fields[] = { FIELD(struct num, n, .max = 0),
					   FIELD(struct num, writer, .max = 0),
					   FIELDS_END };

enum { S_ADD, S_ALL, S_PID, S_END, S_READ, S_BUMP, S_SLEEP, S_CONNECTED, S_MAX };

static const struct stmt stmts[S_MAX] = {
	[S_ADD] = { .name = "f_add",
		    .in = num_fields,
		    .bind = "n writer",
		    .sql = "INSERT INTO nums (n, writer) VALUES ($1, $2)" },
	[S_ALL] = { .name = "f_all",
		    .in = num_fields,
		    .bind = "writer",
		    .out = num_fields,
		    .out_size = sizeof(struct num),
		    .sql = "SELECT n, writer FROM nums WHERE writer = $1 ORDER BY n" },
	[S_PID] = { .name = "f_pid",
		    .out = num_fields,
		    .out_size = sizeof(struct num),
		    .sql = "SELECT pg_backend_pid() AS n" },
	[S_END] = { .name = "f_end",
		    .in = num_fields,
		    .bind = "n",
		    .out = num_fields,
		    .out_size = sizeof(struct num),
		    .sql = "SELECT pg_terminate_backend($1::int4)::int4 AS n" },
	[S_READ] = { .name = "f_read",
		     .out = num_fields,
		     .out_size = sizeof(struct num),
		     .sql = "SELECT n, writer FROM counter" },
	[S_BUMP] = { .name = "f_bump",
		     .in = num_fields,
		     .bind = "n",
		     .sql = "UPDATE counter SET n = $1" },
	[S_SLEEP] = { .name = "f_sleep",
		      .out = num_fields,
		      .out_size = sizeof(struct num),
		      .sql = "SELECT 1 AS n FROM pg_sleep(5)" },
	[S_CONNECTED] = { .name = "f_connected",
			  .out = num_fields,
			  .out_size = sizeof(struct num),
			  .sql = "SELECT count(*) AS n FROM pg_stat_activity"
				 " WHERE application_name = 'idle-test'" },
};

static const struct migration files[] = {
	{ 1, "nums", "", "postgresql",
	  "CREATE TABLE nums (n BIGINT NOT NULL, writer BIGINT NOT NULL);"
	  "CREATE TABLE counter (n BIGINT NOT NULL, writer BIGINT NOT NULL);"
	  "INSERT INTO counter VALUES (0, 0)" },
	{ 0, NULL, NULL, NULL, NULL }
};
static const struct migration_set set = { "faults", files };
static const struct migration_set *const sets[] = { &set, NULL };

static int64_t rows_of(struct dbtest *t, int64_t writer)
{
	struct num q = { .writer = writer };
	struct rows r = { 0 };

	if (!db_query(&t->c, &stmts[S_ALL], &q, &r, &t->e)) {
		printf("# %s\n", t->e.msg);
		return -1;
	}
	return (int64_t)r.n;
}

/* ---- ended backends -------------------------------------------------------- */

struct ender {
	struct dbtest *t;
	struct ctx other;
	int64_t writer;
};

static bool add_then_end(struct ctx *c, void *arg, struct err *e)
{
	struct ender *x = arg;
	struct num row = { 1, x->writer }, pid, ended;

	if (!db_exec(c, &stmts[S_ADD], &row, NULL, e) ||
	    !db_one(c, &stmts[S_PID], NULL, &pid, e) ||
	    !db_one(&x->other, &stmts[S_END], &pid, &ended, e))
		return false;
	dbtest_sleep(50);
	return db_exec(c, &stmts[S_ADD], &row, NULL, e);
}

static void ended(struct dbtest *t)
{
	struct ender x = { t, t->c, 900 };
	struct num pid, gone;

	x.other.db = dbtest_again(t);
	DB_OK(t, db_one(&t->c, &stmts[S_PID], NULL, &pid, &t->e),
	      "a connection in the pool");
	DB_OK(t, db_one(&x.other, &stmts[S_END], &pid, &gone, &t->e), "is ended");
	dbtest_sleep(50);
	DB_OK(t, db_one(&t->c, &stmts[S_PID], NULL, &gone, &t->e),
	      "the next read does not notice");
	OK(gone.n != pid.n, "it has another connection");
	DB_OK(t, db_one(&x.other, &stmts[S_END], &gone, &pid, &t->e),
	      "which is ended too");
	dbtest_sleep(50);
	DB_OK(t, db_exec(&t->c, &stmts[S_ADD], &(struct num){ 1, 901 }, NULL, &t->e),
	      "nor does a write");
	IS_INT(rows_of(t, 901), 1, "which happens once");
	OK(!db_tx(&t->c, add_then_end, &x, &t->e), "ended within a transaction");
	IS_INT(t->e.code, ERR_UNAVAILABLE, "is an error");
	IS_INT(rows_of(t, 900), 0, "and nothing is stored");
	db_free(x.other.db);
}

/* ---- limits ---- */

static void limits(struct dbtest *t)
{
	struct dbtest other = *t;
	struct num n = { 0 };
	int i;

	other.o.url = t->url;
	other.o.app_name = "idle-test";
	other.o.statement_ms = 100;
	other.o.idle_ms = 200;
	other.c.db = dbtest_again(&other);
	OK(!db_one(&other.c, &stmts[S_SLEEP], NULL, &n, &other.e),
	   "a statement over its limit");
	IS_INT(other.e.code, ERR_TIMEOUT, "is stopped by the server");
	DB_OK(t, db_one(&t->c, &stmts[S_CONNECTED], NULL, &n, &t->e), "connections");
	IS_INT(n.n, 1, "one is kept");
	for (i = 0; i < 100 && n.n; i++) {
		dbtest_sleep(50);
		DB_OK(t, db_one(&t->c, &stmts[S_CONNECTED], NULL, &n, &t->e),
		      "connections");
	}
	IS_INT(n.n, 0, "and closed when idle");
	db_free(other.c.db);
	other.o.pool_min = 1;
	other.c.db = dbtest_again(&other);
	DB_OK(&other, db_ping(&other.c, &(const char *){ NULL }, &other.e),
	      "with a minimum of 1");
	dbtest_sleep(600);
	DB_OK(t, db_one(&t->c, &stmts[S_CONNECTED], NULL, &n, &t->e), "connections");
	IS_INT(n.n, 1, "one stays");
	db_free(other.c.db);
}

/* ---- conflicts ------------------------------------------------------------- */

struct bumper {
	struct dbtest *t;
	int done, refused;
};

static bool bump(struct ctx *c, void *arg, struct err *e)
{
	struct num n;

	(void)arg;
	if (!db_one(c, &stmts[S_READ], NULL, &n, e))
		return false;
	n.n++;
	return db_exec(c, &stmts[S_BUMP], &n, NULL, e);
}

static void *bump_main(void *arg)
{
	struct bumper *b = arg;
	struct ctx c = { .arena = arena_new(), .db = b->t->c.db };
	struct err e;
	int i;

	for (i = 0; i < 25; i++)
		if (db_tx(&c, bump, NULL, &e))
			b->done++;
		else
			b->refused += e.code == ERR_CONFLICT;
	arena_free(c.arena);
	return NULL;
}

static void conflicts(struct dbtest *t)
{
	struct bumper b[3] = { 0 };
	pthread_t th[3];
	struct num n = { 0 };
	int done = 0, refused = 0;
	size_t i;

	for (i = 0; i < 3; i++) {
		b[i].t = t;
		pthread_create(&th[i], NULL, bump_main, &b[i]);
	}
	for (i = 0; i < 3; i++) {
		pthread_join(th[i], NULL);
		done += b[i].done;
		refused += b[i].refused;
	}
	DB_OK(t, db_one(&t->c, &stmts[S_READ], NULL, &n, &t->e),
	      "a counter after 75 increments");
	IS_INT(done + refused, 75, "each is done or refused as a conflict");
	IS_INT(n.n, done, "no increment is lost");
	OK(done >= 70, "few are refused: %d", refused);
}

/* ---- restarts under writes ------------------------------------------------- */

struct writer {
	struct dbtest *t;
	atomic_bool *stop;
	int64_t id, next, acked_n, unsure_n, failed_n;
	char state[20000]; /* by n: a acked, u unsure, f failed */
};

static void *write_main(void *arg)
{
	struct writer *w = arg;
	struct ctx c = { .db = w->t->c.db };
	struct err e;

	while (!atomic_load(w->stop) && w->next < (int64_t)sizeof(w->state)) {
		struct num row = { w->next, w->id };

		c.arena = arena_new();
		c.deadline = clock_mono() + 5000;
		if (db_exec(&c, &stmts[S_ADD], &row, NULL, &e)) {
			w->state[w->next] = 'a';
			w->acked_n++;
		} else {
			w->state[w->next] = e.code == ERR_UNSURE ? 'u' : 'f';
			e.code == ERR_UNSURE ? w->unsure_n++ : w->failed_n++;
			dbtest_sleep(20);
		}
		w->next++;
		arena_free(c.arena);
	}
	return NULL;
}

static void audit_writer(struct dbtest *t, struct writer *w)
{
	struct num q = { .writer = w->id };
	struct rows r = { 0 };
	const struct num *at;
	int64_t missing = 0, invented = 0, twice = 0, i;
	char *seen = calloc(1, sizeof(w->state));
	size_t j;

	t->c.deadline = clock_mono() + 10000;
	DB_OK(t, db_query(&t->c, &stmts[S_ALL], &q, &r, &t->e),
	      "writer %d: rows are read", (int)w->id);
	for (at = r.at, j = 0; j < r.n; j++) {
		twice += seen[at[j].n];
		seen[at[j].n] = 1;
		invented += w->state[at[j].n] == 'f';
	}
	for (i = 0; i < w->next; i++)
		missing += w->state[i] == 'a' && !seen[i];
	printf("# acked %lld unsure %lld failed %lld\n", (long long)w->acked_n,
	       (long long)w->unsure_n, (long long)w->failed_n);
	OK(w->acked_n > 0, "some were acknowledged");
	IS_INT(missing, 0, "no acknowledged row is lost");
	IS_INT(invented, 0, "no refused row is stored");
	IS_INT(twice, 0, "none is stored twice");
	free(seen);
}

/* Runs services.sh; its output is of no interest. */
static int services(const char *dir, const char *a, const char *b)
{
	char var[128];
	const char *const argv[] = { "env", var, "test/services.sh", a, b, NULL };

	snprintf(var, sizeof(var), "TEST_PG_DIR=%s", dir);
	return dbtest_run(argv);
}

static void restarts(struct dbtest *t, const char *dir)
{
	static struct writer w[3];
	atomic_bool stop = false;
	pthread_t th[3];
	int64_t back, start;
	size_t i;

	for (i = 0; i < 3; i++) {
		w[i] = (struct writer){ .t = t, .stop = &stop, .id = (int64_t)i + 1 };
		pthread_create(&th[i], NULL, write_main, &w[i]);
	}
	for (i = 0; i < 4; i++) {
		dbtest_sleep(250);
		IS_INT(services(dir, "restart-pg", i % 2 ? "immediate" : "fast"), 0,
		       "restart");
	}
	start = clock_mono();
	while (rows_of(t, 1) < 0 && clock_mono() - start < 5000)
		dbtest_sleep(50);
	back = clock_mono() - start;
	OK(back < 5000, "back after %lld ms", (long long)back);
	dbtest_sleep(250);
	atomic_store(&stop, true);
	for (i = 0; i < 3; i++) {
		pthread_join(th[i], NULL);
		audit_writer(t, &w[i]);
	}
	t->c.deadline = 0;
}

/* ---- a lost answer --------------------------------------------------------- */

/* Sits between: passes everything on, but after COMMIT no answer comes back. */
struct proxy {
	struct sockaddr_un to;
	int listener;
	atomic_bool stop, armed;
};

static bool pass_on(int from, int to, const char *cut_after, bool *ret_cut)
{
	char b[16384];
	ssize_t n = read(from, b, sizeof(b) - 1), i;

	if (n <= 0 || write(to, b, (size_t)n) != n)
		return false;
	for (i = 0; cut_after && i + 6 <= n; i++)
		if (!memcmp(b + i, cut_after, 6))
			*ret_cut = true;
	return true;
}

static void serve(struct proxy *p, int client)
{
	int server = socket(AF_UNIX, SOCK_STREAM, 0);
	struct pollfd f[2] = { { .fd = client, .events = POLLIN },
			       { .fd = server, .events = POLLIN } };
	bool cut = false, on;

	on = !connect(server, (struct sockaddr *)&p->to, sizeof(p->to));
	while (on && !cut && !atomic_load(&p->stop)) {
		if (poll(f, 2, 20) <= 0)
			continue;
		if (f[0].revents)
			on = pass_on(client, server,
				     atomic_load(&p->armed) ? "COMMIT" : NULL, &cut);
		if (on && !cut && f[1].revents)
			on = pass_on(server, client, NULL, NULL);
	}
	if (cut)
		dbtest_sleep(100); /* the server has committed */
	close(client);
	close(server);
}

static void *proxy_main(void *arg)
{
	struct proxy *p = arg;
	struct pollfd f = { .fd = p->listener, .events = POLLIN };

	while (!atomic_load(&p->stop))
		if (poll(&f, 1, 20) > 0)
			serve(p, accept(p->listener, NULL, NULL));
	return NULL;
}

static int listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	return !bind(fd, (struct sockaddr *)&a, sizeof(a)) && !listen(fd, 5) ? fd : -1;
}

static void lost_answer(struct dbtest *t, const char *dir)
{
	struct proxy p = { .to = { .sun_family = AF_UNIX } };
	struct dbtest over = *t;
	char path[100];
	pthread_t th;

	snprintf(p.to.sun_path, sizeof(p.to.sun_path), "%s/.s.PGSQL.5432", dir);
	snprintf(path, sizeof(path), "%s/.s.PGSQL.5432", t->dir);
	p.listener = listen_at(path);
	atomic_init(&p.stop, false);
	atomic_init(&p.armed, false);
	pthread_create(&th, NULL, proxy_main, &p);
	snprintf(strstr(over.url, "host="), 100, "host=%s", t->dir);
	over.o.url = over.url;
	over.o.pool_max = 1;
	over.c.db = db_new(&over.o, &over.e);
	DB_OK(&over, db_ping(&over.c, &(const char *){ NULL }, &over.e),
	      "by way of a proxy");
	atomic_store(&p.armed, true);
	OK(!db_exec(&over.c, &stmts[S_ADD], &(struct num){ 7, 700 }, NULL, &over.e),
	   "the answer to COMMIT is lost");
	IS_INT(over.e.code, ERR_UNSURE, "which is told as it is");
	printf("# %s\n", over.e.msg);
	IS_INT(rows_of(t, 700), 1, "the row was stored, once: nothing was repeated");
	db_free(over.c.db);
	atomic_store(&p.stop, true);
	pthread_join(th, NULL);
	close(p.listener);
	unlink(path);
}

/* ---- nobody there ---------------------------------------------------------- */

static void refused(const char *url, enum err_code code, const char *part)
{
	struct dbtest t;
	int64_t start = clock_mono();

	dbtest_init(&t, sets);
	snprintf(t.url, sizeof(t.url), "%s", url);
	t.o.acquire_ms = 500;
	t.c.db = dbtest_again(&t);
	OK(!db_ping(&t.c, &(const char *){ NULL }, &t.e), "no database at %s",
	   db_where(t.c.db));
	IS_INT(t.e.code, code, "has its code");
	OK(strstr(t.e.msg, part), "and its reason: %s", t.e.msg);
	OK(!strstr(t.e.msg, "s3cret") && !strstr(db_where(t.c.db), "s3cret"),
	   "without the password");
	OK(clock_mono() - start < 4000, "soon");
	dbtest_close(&t);
}

static void nobody(const char *dir)
{
	char hole[64], path[100], url[256];
	int fd;

	refused("postgresql://u:s3cret%40x@127.0.0.1:1/db", ERR_UNAVAILABLE, "refused");
	refused("postgres://u:s3cret@/db?host=/nonexistent", ERR_UNAVAILABLE, "socket");
	snprintf(url, sizeof(url), "postgresql://kilo:s3cret@/nosuchdb?host=%s", dir);
	refused(url, ERR_CONFIG, "does not exist");
	snprintf(hole, sizeof(hole), "/tmp/dbtest-hole.XXXXXX");
	if (!mkdtemp(hole))
		return;
	snprintf(path, sizeof(path), "%s/.s.PGSQL.5432", hole);
	fd = listen_at(path);
	snprintf(url, sizeof(url), "postgresql://u:s3cret@/db?host=%s", hole);
	refused(url, ERR_UNAVAILABLE, "no answer");
	close(fd);
	unlink(path);
	rmdir(hole);
}

/* The tests restart PostgreSQL, so they have one of their own. */
static bool start_own(char *dir, size_t n)
{
	const char *const argv[] = { "test/services.sh", "start-pg", NULL };
	char env[2048], out[512];
	const char *const envp[] = { env, NULL };
	struct child_spec s = { .argv = argv, .envp = envp };
	struct child c;
	struct err e;
	size_t len = 0;
	char *from;
	int i;

	snprintf(env, sizeof(env), "PATH=%s", getenv("PATH"));
	if (!child_start(&s, &c, &e))
		return false;
	for (i = 0; i < 6000 && len < sizeof(out) - 1; i++) {
		ssize_t got = read(c.out, out + len, sizeof(out) - 1 - len);

		if (got > 0)
			len += (size_t)got;
		else if (got == 0 || (child_reap(&c) && errno == EAGAIN))
			break;
		else
			dbtest_sleep(10);
	}
	child_stop(&c, 1000);
	out[len] = '\0';
	from = strstr(out, "TEST_PG_DIR='");
	if (!from)
		return false;
	from += strlen("TEST_PG_DIR='");
	snprintf(dir, n, "%.*s", (int)strcspn(from, "'"), from);
	return setenv("TEST_PG_DIR", dir, 1) == 0;
}

int main(void)
{
	struct dbtest t;
	char dir[64];

	if (!dbtest_have_pg() ||
	    !OK(start_own(dir, sizeof(dir)), "a PostgreSQL of our own"))
		return tap_done();
	if (OK(dbtest_open_pg(&t, sets), "a database in it")) {
		ended(&t);
		limits(&t);
		conflicts(&t);
		lost_answer(&t, dir);
		restarts(&t, dir);
		nobody(dir);
		dbtest_close(&t);
	}
	IS_INT(services(dir, "stop-pg", NULL), 0, "and it is gone");
	return tap_done();
}
