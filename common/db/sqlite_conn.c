/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of the SQLite driver: opening, closing, the lock file, checkpoints, errors.
 * The only file that opens a database and the only one that checkpoints. */
#include "common/db/sqlite_priv.h"

#include <time.h>

#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/str.h"

#define CHECKPOINT_AT 1000 /* pages */
#define TRUNCATE_AT   16000
#define TRUNCATE_MS   100
#define EXIT_LOCK_MS  200
#define STEPS	      1000 /* between looks at cancel and deadline */
#define HEAP_SOFT     (64 * 1024 * 1024)

/* ---- errors ---------------------------------------------------------------- */

static bool fail_constraint(int rc, struct err *e)
{
	if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY)
		return err_set(e, ERR_CONFLICT, "a row with this key exists already");
	if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
		return err_set(e, ERR_CONFLICT,
			       "the row refers to another one that does not exist");
	return err_set(e, ERR_ARG, "the database refuses a value of this row");
}

static bool fail_file(struct lite *l, int rc, struct err *e)
{
	const char *p = l->path;

	switch (rc & 0xff) {
	case SQLITE_FULL:
		return err_set(e, ERR_UNAVAILABLE, "no space left for the database %s",
			       p);
	case SQLITE_IOERR:
		l->k.broken = true;
		return err_set(e, ERR_UNAVAILABLE, "cannot read or write the database %s",
			       p);
	case SQLITE_CANTOPEN:
		return err_set(e, ERR_UNAVAILABLE, "cannot open the database %s", p);
	case SQLITE_PERM:
		return err_set(e, ERR_CONFIG, "no permission for the database %s", p);
	case SQLITE_NOTADB:
		return err_set(e, ERR_CONFIG, "%s is not an SQLite database", p);
	case SQLITE_CORRUPT:
		l->k.broken = true;
		return err_set(e, ERR_CORRUPT, "the database %s is damaged", p);
	default:
		return err_set(e, ERR_INTERNAL, "the database refused a statement");
	}
}

bool lite_fail(struct lite *l, int rc, const char *what, struct err *e)
{
	log_event(LOG_DEBUG, "sqlite", "what=%s code=%d text=%s", what, rc,
		  l->h ? sqlite3_errmsg(l->h) : "not open");
	switch (rc & 0xff) {
	case SQLITE_INTERRUPT:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		if (l->ctx && ctx_stop(l->ctx, e))
			return false;
		return err_set(e, ERR_TIMEOUT,
			       "another program keeps the database %s busy; try again",
			       l->path);
	case SQLITE_CONSTRAINT:
		return fail_constraint(rc, e);
	case SQLITE_READONLY:
		if (l->k.role == CONN_READ)
			return err_set(e, ERR_INTERNAL, "a write outside a transaction");
		return err_set(e, ERR_UNAVAILABLE, "the database %s cannot be written",
			       l->path);
	case SQLITE_TOOBIG:
		return err_set(e, ERR_LIMIT, "a value is too large for the database");
	case SQLITE_NOMEM:
		return err_set(e, ERR_LIMIT,
			       "the statement needs more memory than it may have");
	default:
		return fail_file(l, rc, e);
	}
}

/* ---- handlers -------------------------------------------------------------- */

static int on_progress(void *arg)
{
	struct lite *l = arg;

	return l->ctx && ctx_stop(l->ctx, NULL);
}

static int on_busy(void *arg, int count)
{
	struct lite *l = arg;
	struct timespec t = { 0, (long)MIN(count + 1, 20) * 1000000 };

	if (!count)
		l->busy_since = clock_mono();
	if (clock_mono() - l->busy_since > LITE_BUSY_MS ||
	    (l->ctx && ctx_stop(l->ctx, NULL)))
		return 0;
	nanosleep(&t, NULL);
	return 1;
}

static int on_wal(void *arg, sqlite3 *h, const char *name, int pages)
{
	struct lite *l = arg;

	(void)h;
	(void)name;
	l->pages = pages;
	return SQLITE_OK;
}

#ifndef TEST_UNLOCKED
/* The last guard: what would be committed without the lock is rolled back. */
static int on_commit(void *arg)
{
	struct lite *l = arg;

	return !l->lock.held;
}
#endif

static int collate_bytes(void *arg, int an, const void *a, int bn, const void *b)
{
	int r = memcmp(a, b, (size_t)MIN(an, bn));

	(void)arg;
	return r ? r : an - bn;
}

/* ---- lock and checkpoint --------------------------------------------------- */

bool lite_take_lock(struct ctx *c, struct lite *l, int64_t deadline, struct err *e)
{
#ifdef TEST_UNLOCKED
	(void)c, (void)deadline, (void)e;
	l->lock.held = true;
	return true;
#else
	return l->lock.held || lock_take(&l->lock, deadline, c ? c->cancelled : NULL, e);
#endif
}

void lite_drop_lock(struct lite *l)
{
	if (l->kept)
		return;
#ifdef TEST_UNLOCKED
	l->lock.held = false;
#else
	lock_drop(&l->lock);
#endif
}

/* The only place that checkpoints; the lock is held. */
static void checkpoint(struct lite *l, int mode)
{
	int rc;

	if (mode == SQLITE_CHECKPOINT_TRUNCATE)
		sqlite3_busy_timeout(l->h, TRUNCATE_MS);
	rc = sqlite3_wal_checkpoint_v2(l->h, NULL, mode, NULL, NULL);
	if (mode == SQLITE_CHECKPOINT_TRUNCATE)
		sqlite3_busy_handler(l->h, on_busy, l);
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		log_event(LOG_DEBUG, "sqlite", "what=checkpoint code=%d", rc);
	l->pages = 0;
}

void lite_after_commit(struct lite *l)
{
	if (l->wal && l->pages >= TRUNCATE_AT)
		checkpoint(l, SQLITE_CHECKPOINT_TRUNCATE);
	else if (l->wal && l->pages >= CHECKPOINT_AT)
		checkpoint(l, SQLITE_CHECKPOINT_PASSIVE);
}

/* ---- open and close -------------------------------------------------------- */

static bool open_lock(struct lite *l, struct err *e)
{
	char *path = mem_alloc(strlen(l->path) + 6);
	bool ok;

	snprintf(path, strlen(l->path) + 6, "%s.lock", l->path);
	ok = lock_open(&l->lock, path, e);
	mem_free(path);
	return ok;
}

static void heap_limit(void)
{
	sqlite3_soft_heap_limit64(HEAP_SOFT);
}

static void set_limits(sqlite3 *h)
{
	sqlite3_limit(h, SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024);
	sqlite3_limit(h, SQLITE_LIMIT_SQL_LENGTH, 100000);
	sqlite3_limit(h, SQLITE_LIMIT_EXPR_DEPTH, 64);
	sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(h, SQLITE_LIMIT_VDBE_OP, 250000);
	sqlite3_limit(h, SQLITE_LIMIT_WORKER_THREADS, 0);
}

static bool configure(struct lite *l, struct err *e)
{
	static const char pragmas[] =
		"PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;"
		"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
		"PRAGMA temp_store = MEMORY;";
	sqlite3 *h = l->h;
	int rc;

	/* switching the automatic checkpoint off removes a hook, so it comes first */
	sqlite3_wal_autocheckpoint(h, 0);
	sqlite3_wal_hook(h, on_wal, l);
	sqlite3_busy_handler(h, on_busy, l);
	sqlite3_progress_handler(h, STEPS, on_progress, l);
#ifndef TEST_UNLOCKED
	if (l->k.role == CONN_WRITE)
		sqlite3_commit_hook(h, on_commit, l);
#endif
	sqlite3_db_config(h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, (int *)NULL);
	set_limits(h);
	rc = sqlite3_create_collation(h, "C", SQLITE_UTF8, NULL, collate_bytes);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(h, pragmas, NULL, NULL, NULL);
	if (rc == SQLITE_OK && l->k.role == CONN_READ)
		rc = sqlite3_exec(h, "PRAGMA query_only = ON", NULL, NULL, NULL);
	return rc == SQLITE_OK || lite_fail(l, rc, "configure", e);
}

bool lite_ask(struct lite *l, const char *sql, char *text, size_t n, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(l->h, sql, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		snprintf(text, n, "%s",
			 sqlite3_column_text(s, 0)
				 ? (const char *)sqlite3_column_text(s, 0)
				 : "");
	sqlite3_finalize(s);
	return rc == SQLITE_ROW || lite_fail(l, rc, "ask", e);
}

bool lite_check_owner(struct lite *l, struct err *e)
{
	char id[16], tables[16], layout[16], ours[16];

	if (!lite_ask(l, "PRAGMA application_id", id, sizeof(id), e) ||
	    !lite_ask(l, "SELECT count(*) FROM sqlite_schema", tables, sizeof(tables),
		      e) ||
	    !lite_ask(l, "PRAGMA user_version", layout, sizeof(layout), e))
		return false;
	snprintf(ours, sizeof(ours), "%d", LITE_APPLICATION_ID);
	if (!str_eq(id, ours) && (!str_eq(id, "0") || !str_eq(tables, "0")))
		return err_set(e, ERR_CONFIG, "%s belongs to another program", l->path);
	if (!str_eq(layout, "0") && !str_eq(layout, "1"))
		return err_set(e, ERR_CONFIG,
			       "%s was made by a newer version of this program", l->path);
	return true;
}

static bool note_mode(struct lite *l, struct err *e)
{
	char mode[16];

	if (!lite_ask(l, "PRAGMA journal_mode", mode, sizeof(mode), e))
		return false;
	l->wal = !strcmp(mode, "wal");
	if (l->wal && sqlite_file_remote(l->path))
		return err_set(
			e, ERR_CONFIG,
			"the database %s was moved to a network file system, where its"
			" journal mode WAL is not safe\n"
			"hint: move it to a local disk",
			l->path);
	return true;
}

void lite_close(struct db_conn *k, bool final)
{
	struct lite *l = lite_of(k);

	l->ctx = NULL;
	if (final && l->h && l->wal && k->role == CONN_WRITE && !k->broken &&
	    lite_take_lock(NULL, l, clock_mono() + EXIT_LOCK_MS, NULL)) {
		checkpoint(l, SQLITE_CHECKPOINT_TRUNCATE);
		lite_drop_lock(l);
	}
	sqlite3_close(l->h);
	if (k->role == CONN_WRITE)
		lock_close(&l->lock);
	free(l->path);
	mem_free(l);
}

static bool open_handle(struct lite *l, struct err *e)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	int rc = sqlite3_open_v2(l->path, &l->h, flags, NULL);

	return rc == SQLITE_OK || lite_fail(l, rc, "open", e);
}

struct db_conn *lite_open(struct ctx *c, struct db *db, enum conn_role role,
			  struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct lite *l = mem_alloc(sizeof(*l));

	pthread_once(&once, heap_limit);
	l->k.drv = &driver_sqlite;
	l->k.db = db;
	l->k.role = role;
	l->lock.fd = -1;
	l->ctx = c;
	l->path = sqlite_file_find(db->path, role == CONN_WRITE, e);
	if (l->path && (role == CONN_READ || open_lock(l, e)) && open_handle(l, e) &&
	    configure(l, e) && lite_check_owner(l, e) && note_mode(l, e)) {
		l->ctx = NULL;
		return &l->k;
	}
	lite_close(&l->k, false);
	return NULL;
}

bool lite_exec(struct lite *l, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(l->h, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK || lite_fail(l, rc, sql, e);
}

#ifdef TEST_STRESS
bool sqlite_test_checkpoint(struct ctx *c, struct err *e);

/* For test/stress/wal: a checkpoint as after a commit. */
bool sqlite_test_checkpoint(struct ctx *c, struct err *e)
{
	struct db_conn *k = conns_take(c, CONN_WRITE, e);
	bool ok;

	if (!k)
		return false;
	ok = lite_take_lock(c, lite_of(k), c->deadline, e);
	if (ok) {
		checkpoint(lite_of(k), SQLITE_CHECKPOINT_PASSIVE);
		lite_drop_lock(lite_of(k));
	}
	conns_give(k);
	return ok;
}
#endif
