/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite driver: its table, transactions and migration. Every write transaction and
 * every checkpoint happens under the lock file: docs/decisions/006-sqlite-processes.md.
 */
#define _GNU_SOURCE /* O_NOFOLLOW */
#include "common/db/sqlite_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "common/base/log.h"
#include "common/base/mem.h"

#define LAYOUT 1 /* user_version: of schema_migrations itself */

/* ---- transactions ---------------------------------------------------------- */

static bool lite_begin(struct ctx *c, struct db_conn *k, enum tx_mode m, struct err *e)
{
	struct lite *l = lite_of(k);

	l->ctx = c;
	if (m == TX_READ)
		return lite_exec(l, "BEGIN", e);
	if (!lite_take_lock(c, l, c->deadline, e))
		return false;
	if (lite_exec(l, "BEGIN IMMEDIATE", e))
		return true;
	lite_drop_lock(l);
	return false;
}

static bool lite_commit(struct ctx *c, struct db_conn *k, struct err *e)
{
	struct lite *l = lite_of(k);
	int rc;

	(void)c;
	l->ctx = NULL; /* from here on it is finished, not interrupted */
	rc = sqlite3_exec(l->h, "COMMIT", NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		if (!k->read_only) {
			lite_after_commit(l);
			lite_drop_lock(l);
		}
		return true;
	}
	lite_fail(l, rc, "commit", e);
	if ((rc & 0xff) == SQLITE_IOERR && !k->read_only) {
		k->broken = true;
		err_set(e, ERR_UNSURE,
			"the disk failed at the end: the change may or may not be stored");
	}
	return false;
}

static void lite_rollback(struct db_conn *k)
{
	struct lite *l = lite_of(k);

	l->ctx = NULL;
	if (!sqlite3_get_autocommit(l->h) &&
	    sqlite3_exec(l->h, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
		k->broken = true;
	if (!k->read_only)
		lite_drop_lock(l);
}

static bool lite_script(struct ctx *c, struct db_conn *k, const char *sql, struct err *e)
{
	struct lite *l = lite_of(k);

	l->ctx = c;
	return lite_exec(l, sql, e);
}

static bool lite_version(struct ctx *c, struct db_conn *k, const char **ret,
			 struct err *e)
{
	struct lite *l = lite_of(k);
	char n[16];

	l->ctx = c;
	if (!lite_ask(l, "SELECT count(*) FROM sqlite_schema", n, sizeof(n), e))
		return false;
	*ret = arena_printf(c->arena, "SQLite %s", sqlite3_libversion());
	return true;
}

/* ---- migration ------------------------------------------------------------- */

/* journal_mode cannot change inside a transaction, and asks once: a reader that is just
 * looking at the new file makes it fail. */
static bool set_mode(struct ctx *c, struct lite *l, struct err *e)
{
	const char *want = sqlite_file_remote(l->path) ? "delete" : "wal";
	const struct timespec pause = { 0, 10 * 1000000 };
	int64_t end = clock_mono() + LITE_BUSY_MS;
	char sql[48], mode[16] = "";

	snprintf(sql, sizeof(sql), "PRAGMA journal_mode = %s", want);
	for (;;) {
		bool ok = lite_ask(l, sql, mode, sizeof(mode), e);

		if (ok && !strcmp(mode, want))
			break;
		if (ctx_stop(c, e))
			return false;
		if (clock_mono() > end)
			return ok ? err_set(e, ERR_UNAVAILABLE,
					    "the database %s stays in journal mode %s",
					    l->path, mode)
				  : false;
		nanosleep(&pause, NULL);
	}
	l->wal = !strcmp(want, "wal");
	return true;
}

static void lite_schema_unlock(struct db_conn *k)
{
	struct lite *l = lite_of(k);

	l->kept = false;
	l->ctx = NULL;
	lite_drop_lock(l);
}

static bool lite_schema_lock(struct ctx *c, struct db_conn *k, struct err *e)
{
	struct lite *l = lite_of(k);
	char sql[96];

	l->ctx = c;
	if (!lite_take_lock(c, l, c->deadline, e))
		return false;
	l->kept = true;
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 LITE_APPLICATION_ID, LAYOUT);
	if (lite_check_owner(l, e) && set_mode(c, l, e) && lite_exec(l, sql, e))
		return true;
	lite_schema_unlock(k);
	return false;
}

/* The copy is made before anything changes, under a name that is renamed when complete.
 */
static bool lite_backup(struct ctx *c, struct db_conn *k, struct err *e)
{
	struct lite *l = lite_of(k);
	char *tmp = sqlite_file_backup(l->path, 0), *to = sqlite_file_backup(l->path, 1),
	     *sql = NULL;
	bool ok = false;
	int fd;

	l->ctx = c;
	unlink(tmp);
	fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		err_set(e, ERR_UNAVAILABLE, "cannot write the copy %s: %s", tmp,
			strerror(errno));
		goto out;
	}
	close(fd);
	sql = sqlite3_mprintf("VACUUM INTO %Q", tmp);
	sqlite3_limit(l->h, SQLITE_LIMIT_ATTACHED, 1);
	ok = sql && lite_exec(l, sql, e);
	sqlite3_limit(l->h, SQLITE_LIMIT_ATTACHED, 0);
	if (ok) {
		sqlite_file_shift(l->path);
		ok = !rename(tmp, to) ||
		     err_set(e, ERR_UNAVAILABLE, "cannot write the copy %s: %s", to,
			     strerror(errno));
	}
	if (!ok)
		unlink(tmp);
out:
	sqlite3_free(sql);
	mem_free(tmp);
	mem_free(to);
	return ok;
}

const struct driver driver_sqlite = {
	.dialect = DB_SQLITE,
	.split = true,
	.open = lite_open,
	.close = lite_close,
	.begin = lite_begin,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.prepare = lite_prepare,
	.forget = lite_forget,
	.run = lite_run,
	.script = lite_script,
	.check = lite_check,
	.version = lite_version,
	.schema_lock = lite_schema_lock,
	.schema_unlock = lite_schema_unlock,
	.backup = lite_backup,
};
