/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations on both databases: the product's own sets, refusals, several starters at
 * once, crashes, copies. Started with arguments it is the process that gets killed. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include "common/base/digest.h"
#include "common/base/fd.h"
#include "test/store/dbtest.h"

struct name {
	const char *name;
	int64_t n;
};

static const struct field name_fields[] = { FIELD(struct name, name, .max = 0),
					    FIELD(struct name, n, .max = 0), FIELDS_END };

enum { S_INDEXES, S_COUNT, S_VECTOR, S_STEPS, S_MAX };

static const struct stmt stmts[S_MAX] = {
	[S_INDEXES] = { .name = "m_indexes",
			.out = name_fields,
			.out_size = sizeof(struct name),
			.sqlite = "SELECT name FROM sqlite_schema WHERE type = 'index'"
				  " AND name LIKE 'idx%' ORDER BY name",
			.pg = "SELECT indexname AS name FROM pg_indexes WHERE indexname LIKE 'idx%'"
			      " AND indexname <> 'idx_memories_content_fts'"
			      " ORDER BY indexname COLLATE \"C\"" },
	[S_COUNT] = { .name = "m_count",
		      .out = name_fields,
		      .out_size = sizeof(struct name),
		      .sql = "SELECT count(*) AS n FROM schema_migrations" },
	[S_VECTOR] = { .name = "m_vector",
		       .out = name_fields,
		       .out_size = sizeof(struct name),
		       .sqlite = "SELECT type AS name FROM pragma_table_info('memories')"
				 " WHERE name = 'vector_embedding'",
		       .pg = "SELECT udt_name::text AS name FROM information_schema.columns"
			     " WHERE table_name = 'memories' AND column_name = 'vector_embedding'" },
	[S_STEPS] = { .name = "m_steps",
		      .out = name_fields,
		      .out_size = sizeof(struct name),
		      .sql = "SELECT count(*) AS n FROM steps" },
};

static const struct migration_set *const all_sets[] = { &migrations_shared,
							&migrations_compliance,
							&migrations_memory,
							&migrations_coordinator, NULL };

/* ---- small sets ------------------------------------------------------------ */

#define BOTH(v, t, text)                     \
	{ v, t, "", "sqlite", text },        \
	{                                    \
		v, t, "", "postgresql", text \
	}
#define END                               \
	{                                 \
		0, NULL, NULL, NULL, NULL \
	}
#define FIRST  "CREATE TABLE steps (n INTEGER); INSERT INTO steps VALUES (1);"
#define SECOND "INSERT INTO steps VALUES (2); INSERT INTO steps VALUES (3);"
#define ROW    "INSERT INTO steps VALUES (2);"
#define TEN(x) x x x x x x x x x x

static const struct migration one_files[] = { BOTH(1, "one", FIRST), END };
static const struct migration two_files[] = { BOTH(1, "one", FIRST),
					      BOTH(2, "two", SECOND), END };
static const struct migration changed_files[] = { BOTH(1, "one", FIRST " "), END };
static const struct migration broken_files[] = {
	BOTH(1, "one", FIRST), BOTH(2, "two", SECOND "INSERT INTO nowhere VALUES (1)"),
	END
};
static const struct migration long_files[] = { BOTH(1, "one", FIRST),
					       BOTH(2, "two", TEN(TEN(ROW))),
					       BOTH(3, "three", TEN(TEN(ROW))), END };
static const struct migration_set one_set = { "steps", one_files },
				  two_set = { "steps", two_files },
				  changed_set = { "steps", changed_files },
				  broken_set = { "steps", broken_files },
				  long_set = { "steps", long_files };
static const struct migration_set *const one[] = { &one_set, NULL };
static const struct migration_set *const two[] = { &two_set, NULL };
static const struct migration_set *const changed[] = { &changed_set, NULL };
static const struct migration_set *const broken[] = { &broken_set, NULL };
static const struct migration_set *const longer[] = { &long_set, NULL };

static void reopen(struct dbtest *t, const struct migration_set *const *sets)
{
	db_free(t->c.db);
	t->o.sets = sets;
	t->c.db = dbtest_again(t);
}

static int64_t number(struct dbtest *t, int s)
{
	struct name r = { .n = -1 };

	if (!db_one(&t->c, &stmts[s], NULL, &r, &t->e))
		printf("# %s\n", t->e.msg);
	return r.n;
}

/* ---- the product's own ----------------------------------------------------- */

static struct rows own_sets(struct dbtest *t)
{
	bool sqlite = db_dialect(t->c.db) == DB_SQLITE, vector = false;
	struct migration_state *m = NULL;
	struct rows r = { 0 };
	struct name v = { 0 };
	size_t n = 0, i, applied = 0;
	int up = -1;

	DB_OK(t, migrate_status(&t->c, &m, &n, &t->e), "status of an empty database");
	for (i = 0; i < n; i++)
		applied += m[i].applied;
	OK(n >= 5 && applied == 0, "nothing is applied of %zu", n);
	if (sqlite)
		OK(access(t->url + 7, F_OK) != 0, "status creates no file");
	DB_OK(t, db_query(&t->c, &stmts[S_INDEXES], NULL, &r, &t->e),
	      "the first call migrates");
	DB_OK(t, migrate_status(&t->c, &m, &n, &t->e), "status");
	for (applied = i = 0; i < n; i++)
		applied += m[i].applied && m[i].applied_at.ms &&
			   str_eq(m[i].sha256, m[i].applied_sha256);
	IS_INT(applied, n, "all are applied, with equal checksums");
	DB_OK(t, migrate_verify(&t->c, &t->e), "verify");
	DB_OK(t, migrate_up(&t->c, &up, &t->e), "up again");
	IS_INT(up, 0, "does nothing");
	DB_OK(t, db_has_vector(&t->c, &vector, &t->e), "vector type: %s",
	      vector ? "yes" : "no");
	DB_OK(t, db_one(&t->c, &stmts[S_VECTOR], NULL, &v, &t->e), "the vector column");
	IS_STR(v.name,
	       sqlite	? "BLOB"
	       : vector ? "vector"
			: "_float4",
	       "has the right type");
	for (i = 0; i < n && !sqlite; i++)
		if (m[i].version == 1 && str_eq(m[i].component, "memory"))
			IS_STR(m[i].title, vector ? "memories" : "memories.no-vector",
			       "the title tells which file ran");
	return r;
}

/* ---- refusals -------------------------------------------------------------- */

static void file_sha(const char *path, char out[DIGEST_HEX_LEN])
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, 16 * 1024 * 1024);
	if (!fd_read_file(path, &b, NULL))
		printf("# cannot read %s\n", path);
	digest_sha256_hex(buf_text(&b), b.len, out);
}

static void copies(struct dbtest *t)
{
	char path[600];
	struct stat st;

	snprintf(path, sizeof(path), "%s", t->url + 7);
	OK(!stat(path, &st) && (st.st_mode & 0777) == 0600, "the file is private");
	snprintf(path, sizeof(path), "%s.lock", t->url + 7);
	OK(!stat(path, &st) && (st.st_mode & 0777) == 0600, "so is the lock");
	snprintf(path, sizeof(path), "%s.backup-1", t->url + 7);
	OK(!stat(path, &st) && (st.st_mode & 0777) == 0600 && st.st_size > 0,
	   "a copy was made before the second file");
	snprintf(t->url, sizeof(t->url), "sqlite:%s/data/test.db.backup-1", t->dir);
	reopen(t, one);
	IS_INT(number(t, S_STEPS), 1, "and holds what was there before");
}

static void refusals(struct dbtest *t)
{
	bool sqlite = db_dialect(t->c.db) == DB_SQLITE;
	char before[DIGEST_HEX_LEN] = "", after[DIGEST_HEX_LEN] = "";
	struct migration_state *m;
	size_t n;
	int up;

	reopen(t, one);
	IS_INT(number(t, S_STEPS), 1, "one file applied");
	reopen(t, changed);
	OK(!db_ping(&t->c, &(const char *){ NULL }, &t->e), "a changed file stops");
	IS_INT(t->e.code, ERR_CORRUPT, "as corrupt");
	migrate_status(&t->c, &m, &n, &t->e);
	OK(!migrate_verify(&t->c, &t->e) && strstr(t->e.msg, m[0].sha256) &&
		   strstr(t->e.msg, m[0].applied_sha256),
	   "with both checksums");
	reopen(t, broken);
	OK(!migrate_up(&t->c, &up, &t->e), "a file that fails");
	OK(strstr(t->e.msg, "0002_two"), "is named: %s", t->e.msg);
	reopen(t, two);
	migrate_status(&t->c, &m, &n, &t->e);
	OK(n == 2 && m[0].applied && !m[1].applied, "and leaves no trace");
	IS_INT(number(t, S_STEPS), 3, "the mended file runs");
	reopen(t, one);
	if (sqlite)
		file_sha(t->url + 7, before);
	OK(!db_ping(&t->c, &(const char *){ NULL }, &t->e),
	   "a newer database is refused");
	IS_INT(t->e.code, ERR_CONFIG, "as configuration");
	OK(!migrate_up(&t->c, &up, &t->e), "also by migrate up");
	if (sqlite)
		file_sha(t->url + 7, after);
	IS_STR(after, before, "untouched");
	DB_OK(t, migrate_status(&t->c, &m, &n, &t->e), "status still answers");
	IS_INT(n, 2, "and shows the newer one");
	OK(!m[0].newer && m[1].newer, "as newer");
	reopen(t, two);
	IS_INT(number(t, S_COUNT), 2, "the newer program goes on");
	if (sqlite)
		copies(t);
}

/* ---- several at once ------------------------------------------------------- */

struct starter {
	struct dbtest *t;
	struct err e;
	bool ok;
};

static void *start(void *arg)
{
	struct starter *s = arg;
	struct ctx c = { .arena = arena_new(), .deadline = clock_mono() + 20000 };

	c.db = db_new(&s->t->o, &s->e);
	s->ok = c.db && db_ping(&c, &(const char *){ NULL }, &s->e);
	db_free(c.db);
	arena_free(c.arena);
	return NULL;
}

static void several(struct dbtest *t)
{
	struct starter s[6];
	pthread_t th[ARRAY_LEN(s)];
	size_t i;

	db_free(t->c.db);
	t->o.sets = longer;
	for (i = 0; i < ARRAY_LEN(s); i++) {
		s[i] = (struct starter){ .t = t };
		pthread_create(&th[i], NULL, start, &s[i]);
	}
	for (i = 0; i < ARRAY_LEN(s); i++) {
		pthread_join(th[i], NULL);
		OK(s[i].ok, "starter %zu %s", i, s[i].ok ? "is served" : s[i].e.msg);
	}
	t->c.db = dbtest_again(t);
	IS_INT(number(t, S_COUNT), 3, "three files");
	IS_INT(number(t, S_STEPS), 201, "each ran once");
}

/* ---- killed ---------------------------------------------------------------- */

static int victim(const char *url)
{
	struct dbtest t = { .o = { .url = url, .sets = longer } };
	int up;

	t.c.arena = arena_new();
	t.c.db = dbtest_again(&t);
	if (!t.c.db || !migrate_up(&t.c, &up, &t.e))
		printf("%s\n", t.e.msg);
	db_free(t.c.db);
	arena_free(t.c.arena);
	return 0;
}

/* The n-th victim lives n times 1.2 milliseconds longer than the first. */
static void killed(struct dbtest *t)
{
	const char *const argv[] = { "/proc/self/exe", "victim", t->url, NULL };
	const char *const envp[] = { NULL };
	struct child_spec spec = { .argv = argv, .envp = envp };
	int64_t n, steps;
	int i, bad = 0;

	db_free(t->c.db);
	t->c.db = NULL;
	for (i = 0; i < 25; i++) {
		struct timespec life = { 0, 1000000L + i * 1200000L };
		struct child c;

		if (!OK(child_start(&spec, &c, &t->e), "victim %d", i))
			return;
		nanosleep(&life, NULL);
		child_signal(&c, SIGKILL);
		child_stop(&c, 0);
	}
	reopen(t, one);
	if (!db_ping(&t->c, &(const char *){ NULL }, &t->e))
		bad += t->e.code != ERR_CONFIG; /* newer: a victim came further */
	reopen(t, longer);
	steps = number(t, S_STEPS);
	n = number(t, S_COUNT);
	IS_INT(bad, 0, "after kill -9 the database is sound");
	IS_INT(n, 3, "and completed by the next");
	IS_INT(steps, 201, "each statement exactly once");
}

/* ---- files of SQLite ------------------------------------------------------- */

static bool write_file(const char *path, const char *text)
{
	return fd_replace_file(path, text, strlen(text), 0600, NULL);
}

static void foreign_files(struct dbtest *t)
{
	char path[128], other[128], before[DIGEST_HEX_LEN], after[DIGEST_HEX_LEN];
	int fd;

	snprintf(path, sizeof(path), "%s/other.db", t->dir);
	snprintf(t->url, sizeof(t->url), "sqlite:%s", path);
	reopen(t, one);
	IS_INT(number(t, S_STEPS), 1, "a database");
	reopen(t, one);
	fd = open(path, O_RDWR | O_CLOEXEC);
	IS_INT(pwrite(fd, "ABCD", 4, 68), 4, "that carries another program's mark");
	close(fd);
	file_sha(path, before);
	reopen(t, one);
	OK(!db_ping(&t->c, &(const char *){ NULL }, &t->e) && t->e.code == ERR_CONFIG,
	   "is refused: %s", t->e.msg);
	file_sha(path, after);
	IS_STR(after, before, "untouched");
	write_file(
		path,
		"this is a letter to my aunt, and long enough to be read as a header..."
		"....................................................................");
	reopen(t, one);
	OK(!db_ping(&t->c, &(const char *){ NULL }, &t->e) && t->e.code == ERR_CONFIG,
	   "a file that is no database: %s", t->e.msg);
	unlink(path);
	snprintf(other, sizeof(other), "%s/second.db", t->dir);
	write_file(path, "");
	OK(!link(path, other), "a file with two names");
	reopen(t, one);
	OK(!db_ping(&t->c, &(const char *){ NULL }, &t->e) && t->e.code == ERR_CONFIG,
	   "is refused: %s", t->e.msg);
}

static void on_fresh(bool sqlite, void (*fn)(struct dbtest *))
{
	struct dbtest t;

	if (!OK(sqlite ? dbtest_open_sqlite(&t, one) : dbtest_open_pg(&t, one),
		"a fresh database"))
		return;
	fn(&t);
	dbtest_close(&t);
}

/* All of the specification. */
static const char *const indexes[] = {
	"idx_approval_requests_approval_id",
	"idx_approval_requests_expires_at",
	"idx_approval_requests_requested_by",
	"idx_approval_requests_status",
	"idx_approval_requests_type",
	"idx_audit_logs_action",
	"idx_audit_logs_resource_id",
	"idx_audit_logs_resource_type",
	"idx_audit_logs_timestamp",
	"idx_audit_logs_user_id",
	"idx_audit_trails_action",
	"idx_audit_trails_actor",
	"idx_audit_trails_session_id",
	"idx_audit_trails_target_type",
	"idx_audit_trails_timestamp",
	"idx_compliance_checks_check_id",
	"idx_compliance_checks_server_name",
	"idx_compliance_checks_started_at",
	"idx_compliance_checks_status",
	"idx_compliance_issues_category",
	"idx_compliance_issues_check_id",
	"idx_compliance_issues_created_at",
	"idx_compliance_issues_severity",
	"idx_compliance_issues_status",
	"idx_compliance_results_category",
	"idx_compliance_results_check_id",
	"idx_compliance_results_score",
	"idx_consolidations_consolidation_id",
	"idx_consolidations_started_at",
	"idx_consolidations_status",
	"idx_integration_sessions_created_at",
	"idx_integration_sessions_initiator",
	"idx_integration_sessions_session_id",
	"idx_integration_sessions_status",
	"idx_integration_sessions_target",
	"idx_memories_consolidation_id",
	"idx_memories_created_at",
	"idx_memories_expires_at",
	"idx_memories_is_consolidated",
	"idx_memories_memory_id",
	"idx_memory_tags_memory_id",
	"idx_memory_tags_tag",
	"idx_performance_metrics_server_name",
	"idx_performance_metrics_timestamp",
	"idx_search_history_created_at",
	"idx_search_history_query",
	"idx_servers_created_at",
	"idx_servers_health",
	"idx_servers_name",
	"idx_servers_status",
	"idx_servers_type",
	"idx_users_created_at",
	"idx_users_email",
	"idx_users_role",
	"idx_users_username",
};

static void has_indexes(const struct rows *r)
{
	const struct name *at = r->at;
	size_t i, j, missing = 0;

	for (i = 0; i < ARRAY_LEN(indexes); i++) {
		for (j = 0; j < r->n && !str_eq(at[j].name, indexes[i]); j++)
			;
		if (j == r->n) {
			printf("# %s is missing\n", indexes[i]);
			missing++;
		}
	}
	IS_INT(missing, 0, "the specification's indexes are there");
}

int main(int argc, char **argv)
{
	struct dbtest lite, pg;
	struct rows a, b;

	if (argc == 3)
		return victim(argv[2]);
	if (!OK(dbtest_open_sqlite(&lite, all_sets), "SQLite opens"))
		return tap_done();
	a = own_sets(&lite);
	has_indexes(&a);
	on_fresh(true, refusals);
	on_fresh(true, several);
	on_fresh(true, killed);
	on_fresh(true, foreign_files);
	if (dbtest_have_pg() && OK(dbtest_open_pg(&pg, all_sets), "PostgreSQL opens")) {
		b = own_sets(&pg);
		has_indexes(&b);
		dbtest_close(&pg);
		on_fresh(false, refusals);
		on_fresh(false, several);
		on_fresh(false, killed);
	}
	dbtest_close(&lite);
	return tap_done();
}
