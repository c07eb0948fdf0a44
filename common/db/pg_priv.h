/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the PostgreSQL driver: shared by pg*.c only. One thread at a time uses a
 * connection. */
#ifndef COMMON_DB_PG_PRIV_H
#define COMMON_DB_PG_PRIV_H

#include <postgresql/libpq-fe.h>

#include "common/db/driver.h"

/* What is taken from libpq, by name. */
#define LIBPQ(X)                  \
	X(PQconnectStartParams)   \
	X(PQconnectPoll)          \
	X(PQstatus)               \
	X(PQsocket)               \
	X(PQfinish)               \
	X(PQerrorMessage)         \
	X(PQsetNoticeProcessor)   \
	X(PQsetnonblocking)       \
	X(PQflush)                \
	X(PQconsumeInput)         \
	X(PQisBusy)               \
	X(PQgetResult)            \
	X(PQclear)                \
	X(PQresultStatus)         \
	X(PQresultErrorField)     \
	X(PQntuples)              \
	X(PQnfields)              \
	X(PQfname)                \
	X(PQftype)                \
	X(PQftable)               \
	X(PQftablecol)            \
	X(PQfmod)                 \
	X(PQgetvalue)             \
	X(PQgetisnull)            \
	X(PQcmdTuples)            \
	X(PQcmdStatus)            \
	X(PQsendQuery)            \
	X(PQsendQueryPrepared)    \
	X(PQsendPrepare)          \
	X(PQsendDescribePrepared) \
	X(PQnparams)              \
	X(PQparamtype)            \
	X(PQgetCancel)            \
	X(PQcancel)               \
	X(PQfreeCancel)           \
	X(PQparameterStatus)      \
	X(PQtransactionStatus)

struct libpq {
#define X(name) __typeof__(name) *name;
	LIBPQ(X)
#undef X
};

struct pg {
	struct db_conn k;
	struct libpq q;
	PGconn *h;
	unsigned prepared; /* names: s1, s2 ... */
};

static inline struct pg *pg_of(struct db_conn *k)
{
	return (struct pg *)k;
}

/* pg_conn.c */
struct db_conn *pg_open(struct ctx *c, struct db *db, enum conn_role role, struct err *e);
void pg_close(struct db_conn *k, bool final);
bool pg_alive(struct ctx *c, struct db_conn *k, bool ask);
/* All results of what was sent; the first error, else the last one (PQclear). NULL with e
 * set; c NULL: only the deadline counts. */
PGresult *pg_results(struct ctx *c, struct pg *g, int64_t deadline, struct err *e);
/* The statement is told to stop, then what it still sends is read, so that the connection
 * stays usable. */
void pg_cancel(struct pg *g);
/* After a PQsend...: its result (PQclear), or NULL with e set, the connection usable */
PGresult *pg_answer(struct ctx *c, struct pg *g, const char *what, struct err *e);
PGresult *pg_simple(struct ctx *c, struct pg *g, const char *sql, struct err *e);
bool pg_command(struct ctx *c, struct pg *g, const char *sql, struct err *e);
/* Both return false: the connection broke; the server said no. what is for the log. */
bool pg_lost(struct pg *g, struct err *e);
bool pg_failed(struct pg *g, const PGresult *r, const char *what, struct err *e);

/* pg_run.c */
bool pg_prepare(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e);
void pg_forget(struct db_conn *k, struct prep *p);
bool pg_run(struct ctx *c, struct db_conn *k, struct prep *p, const void *in,
	    struct sink *out, struct err *e);
bool pg_check(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e);

#endif
