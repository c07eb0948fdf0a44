/* SPDX-License-Identifier: Apache-2.0 */
/* Database access: statements by table, rows into structs, transactions, a pool. The same
 * interface on SQLite and PostgreSQL. Nothing is opened before the first call in need. */
#ifndef COMMON_DB_DB_H
#define COMMON_DB_DB_H

#include "common/base/ctx.h"
#include "common/db/migrate.h"
#include "common/field/field.h"

struct db;

enum db_dialect { DB_SQLITE = 1, DB_POSTGRESQL };

/* A row of a store's const table (static: connections know it by its address). Nothing
 * else sends SQL. */
struct stmt {
	const char *name; /* unique in the program; used in logs and fake_db */
	/* Serves both databases; .sqlite or .pg stand in where they truly differ.
	 * Parameters $1 … $n or $n::type (see architecture.md 7): the number counts,
	 * order does not. */
	const char *sql, *sqlite, *pg;
	/* Member names of `in`, in the order $1 $2 …, blank-separated. */
	const char *bind;
	const struct field *in;	 /* NULL without parameters */
	const struct field *out; /* columns by name; NULL for statements without rows */
	size_t out_size;
};

struct rows {
	void *at; /* array of out structs in the arena */
	size_t n;
};

struct db_options {
	const char *url;	  /* sqlite:PATH, postgresql://…; NULL: default_path */
	const char *default_path; /* SQLite file used when url is NULL */
	const char *app_name;
	int64_t pool_min, pool_max;
	int64_t acquire_ms, idle_ms, slow_ms;	 /* slow_ms 0: no slow log */
	int64_t statement_ms;			 /* PostgreSQL statement_timeout */
	const struct migration_set *const *sets; /* closed by NULL, in order */
	/* Runs first in each write transaction where it has a text for the database in
	 * use; NULL: none. */
	const struct stmt *tx_first;
};

/* Checks the URL only. The options' texts are copied. */
struct db *db_new(const struct db_options *o, struct err *e);
void db_free(struct db *db); /* clean exit: checkpoint, close; NULL is fine */
enum db_dialect db_dialect(const struct db *db);
/* "sqlite:/path" or "postgresql://user@host:port/name" without password, for people */
const char *db_where(const struct db *db);

/* Outside a transaction each of these runs alone: db_query and db_one read-only when the
 * statement is a SELECT or WITH, else as a transaction of its own. */
bool db_query(struct ctx *c, const struct stmt *s, const void *in, struct rows *ret,
	      struct err *e) MUST_CHECK;
/* Exactly one row into *out (the struct described by s->out); ERR_NOT_FOUND for none. */
bool db_one(struct ctx *c, const struct stmt *s, const void *in, void *out,
	    struct err *e) MUST_CHECK;
/* Statement without rows of interest; ret_changed (may be NULL) gets the number of rows.
 */
bool db_exec(struct ctx *c, const struct stmt *s, const void *in, int64_t *ret_changed,
	     struct err *e) MUST_CHECK;

/* One write transaction around fn; commits when fn returns true. fn may run again after a
 * serialization failure or deadlock (at most 3 times), so it must only touch the database
 * and its own locals. Transactions have the effect of running one after the other. Nested
 * calls join the running transaction. After a failed statement (ERR_NOT_FOUND of db_one
 * is none) or a failed nested call nothing is committed, even if fn returns true. A lost
 * answer to COMMIT is ERR_UNSURE. */
bool db_tx(struct ctx *c, bool (*fn)(struct ctx *, void *, struct err *), void *arg,
	   struct err *e) MUST_CHECK;
/* One consistent read-only view around fn. */
bool db_read(struct ctx *c, bool (*fn)(struct ctx *, void *, struct err *), void *arg,
	     struct err *e) MUST_CHECK;

/* Connects, migrating as any first call does, and answers within the ctx's deadline.
 * version: server version. */
bool db_ping(struct ctx *c, const char **ret_version, struct err *e);
/* The same without creating or migrating anything, for doctor; ERR_NOT_FOUND when there
 * is no file yet. */
bool db_look(struct ctx *c, const char **ret_version, struct err *e);
/* Prepares every statement on the dialect in use and compares parameters, columns and
 * kinds with the field tables; for the prepare test. */
bool db_check_stmt(struct ctx *c, const struct stmt *s, struct err *e);
/* True when the PostgreSQL database has the vector type (pgvector). False on SQLite. */
bool db_has_vector(struct ctx *c, bool *ret, struct err *e);

#endif
