/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the SQLite driver: shared by sqlite*.c only. One thread at a time uses a
 * connection. */
#ifndef COMMON_DB_SQLITE_PRIV_H
#define COMMON_DB_SQLITE_PRIV_H

#include <sqlite3.h>

#include "common/base/lock.h"
#include "common/db/driver.h"

#define LITE_APPLICATION_ID 0x4b494c4f /* "KILO" */
#define LITE_BUSY_MS	    10000      /* for programs that do not take the lock */

struct lite {
	struct db_conn k;
	sqlite3 *h;
	struct lock lock; /* CONN_WRITE only */
	char *path;	  /* resolved */
	bool kept;	  /* schema_lock: the lock outlives transactions */
	bool wal;
	int pages;	    /* in the WAL, as the hook saw it */
	struct ctx *ctx;    /* of the call that runs, for the handlers */
	int64_t busy_since; /* monotonic ms */
};

static inline struct lite *lite_of(struct db_conn *k)
{
	return (struct lite *)k;
}

/* sqlite_conn.c */
struct db_conn *lite_open(struct ctx *c, struct db *db, enum conn_role role,
			  struct err *e);
void lite_close(struct db_conn *k, bool final);
/* Before a write transaction and a checkpoint; true when it is held already. */
bool lite_take_lock(struct ctx *c, struct lite *l, int64_t deadline, struct err *e);
void lite_drop_lock(struct lite *l);	/* not while l->kept */
void lite_after_commit(struct lite *l); /* checkpoints when due; the lock is held */
/* A database of another program, or of a later version of ours, is left alone. */
bool lite_check_owner(struct lite *l, struct err *e);
/* Code rc of SQLite as ours; always false. what is for the log. */
bool lite_fail(struct lite *l, int rc, const char *what, struct err *e);
bool lite_exec(struct lite *l, const char *sql, struct err *e);
/* The value of a PRAGMA or SELECT that gives one row; text is at least 16. */
bool lite_ask(struct lite *l, const char *sql, char *text, size_t n, struct err *e);

/* sqlite_run.c */
bool lite_prepare(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e);
void lite_forget(struct db_conn *k, struct prep *p);
bool lite_run(struct ctx *c, struct db_conn *k, struct prep *p, const void *in,
	      struct sink *out, struct err *e);
bool lite_check(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e);

#endif
