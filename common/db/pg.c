/* SPDX-License-Identifier: Apache-2.0 */
/* The PostgreSQL driver: its table, transactions, what the server can do. */
#include "common/db/pg_priv.h"

#include "common/base/str.h"

#define COMMIT_MS	10000 /* wait for the answer to COMMIT, whatever the deadline */
#define SCHEMA_LOCK_KEY "5424214177" /* of pg_advisory_xact_lock: ours alone */

static bool pg_begin(struct ctx *c, struct db_conn *k, enum tx_mode m, struct err *e)
{
	static const char *const sql[] = {
		[TX_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		/* as on SQLite: as if transactions ran one after the other */
		[TX_WRITE] = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
		/* who has waited for the lock must see what its holder did */
		[TX_SCHEMA] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
			      "SET LOCAL statement_timeout = 0;"
			      "SELECT pg_advisory_xact_lock(" SCHEMA_LOCK_KEY ")",
	};
	struct pg *g = pg_of(k);
	PGresult *r;

	if (!g->q.PQsendQuery(g->h, sql[m]))
		return pg_lost(g, e);
	r = pg_results(c, g, c->deadline, e);
	if (r && g->q.PQresultStatus(r) != PGRES_FATAL_ERROR) {
		g->q.PQclear(r);
		return true;
	}
	if (!r) {
		if (!k->broken)
			pg_cancel(g);
	} else if (str_eq(g->q.PQresultErrorField(r, PG_DIAG_SQLSTATE), "0A000")) {
		err_set(e, ERR_UNAVAILABLE, "the database is read-only (a standby)");
	} else {
		pg_failed(g, r, "begin", e);
	}
	g->q.PQclear(r);
	k->broken = k->broken || g->q.PQtransactionStatus(g->h) != PQTRANS_IDLE;
	return false;
}

static bool unsure(struct db_conn *k, struct err *e)
{
	k->broken = true;
	if (k->read_only)
		return err_set(e, ERR_UNAVAILABLE,
			       "the connection to the database was lost");
	return err_set(
		e, ERR_UNSURE,
		"the answer to COMMIT was lost: the change may or may not be stored");
}

/* Not interrupted: an answer, whatever it is, is better than not knowing. */
static bool pg_commit(struct ctx *c, struct db_conn *k, struct err *e)
{
	struct pg *g = pg_of(k);
	PGresult *r;
	bool ok;

	(void)c;
	if (g->q.PQstatus(g->h) != CONNECTION_OK)
		return pg_lost(g, e);
	if (!g->q.PQsendQuery(g->h, "COMMIT"))
		return unsure(k, e);
	r = pg_results(NULL, g, clock_mono() + COMMIT_MS, e);
	if (!r)
		return unsure(k, e);
	ok = g->q.PQresultStatus(r) == PGRES_COMMAND_OK;
	if (!ok && str_empty(g->q.PQresultErrorField(r, PG_DIAG_SQLSTATE)))
		unsure(k, e);
	else if (!ok && str_starts(g->q.PQresultErrorField(r, PG_DIAG_SQLSTATE), "57P"))
		unsure(k, e);
	else if (!ok)
		pg_failed(g, r, "commit", e);
	else if (!str_eq(g->q.PQcmdStatus(r), "COMMIT"))
		ok = err_set(e, ERR_INTERNAL,
			     "the transaction had failed before its end");
	g->q.PQclear(r);
	return ok;
}

static void pg_rollback(struct db_conn *k)
{
	struct pg *g = pg_of(k);
	PGTransactionStatusType s = g->q.PQtransactionStatus(g->h);

	if (k->broken || s == PQTRANS_IDLE)
		return;
	if (s == PQTRANS_ACTIVE || s == PQTRANS_UNKNOWN ||
	    !pg_command(NULL, g, "ROLLBACK", NULL))
		k->broken = true;
}

static bool pg_script(struct ctx *c, struct db_conn *k, const char *sql, struct err *e)
{
	return pg_command(c, pg_of(k), sql, e);
}

static bool pg_version(struct ctx *c, struct db_conn *k, const char **ret, struct err *e)
{
	struct pg *g = pg_of(k);
	const char *v;

	if (!pg_command(c, g, "SELECT 1", e))
		return false;
	v = g->q.PQparameterStatus(g->h, "server_version");
	*ret = arena_printf(c->arena, "PostgreSQL %s", v ? v : "");
	return true;
}

static bool exists(struct ctx *c, struct pg *g, const char *sql, bool *ret, struct err *e)
{
	PGresult *r = pg_simple(c, g, sql, e);

	if (!r)
		return false;
	*ret = g->q.PQntuples(r) > 0;
	g->q.PQclear(r);
	return true;
}

/* create: within the migration's transaction, which a refusal must not end. */
static bool pg_has_vector(struct ctx *c, struct db_conn *k, bool create, bool *ret,
			  struct err *e)
{
	static const char there[] =
		"SELECT 1 FROM pg_catalog.pg_type WHERE typname = 'vector'";
	static const char can[] = "SELECT 1 FROM pg_catalog.pg_available_extensions"
				  " WHERE name = 'vector'";
	struct pg *g = pg_of(k);
	bool possible;

	if (!exists(c, g, there, ret, e))
		return false;
	if (*ret || !create)
		return true;
	if (!exists(c, g, can, &possible, e))
		return false;
	if (!possible)
		return true;
	if (!pg_command(c, g, "SAVEPOINT extension", e))
		return false;
	*ret = pg_command(c, g, "CREATE EXTENSION IF NOT EXISTS vector", NULL);
	if (!*ret && g->q.PQtransactionStatus(g->h) == PQTRANS_INERROR)
		k->broken = k->again =
			false; /* whatever the reason: the twin does without */
	return !k->broken && pg_command(c, g,
					*ret ? "RELEASE SAVEPOINT extension"
					     : "ROLLBACK TO SAVEPOINT extension",
					e);
}

const struct driver driver_pg = {
	.dialect = DB_POSTGRESQL,
	.open = pg_open,
	.close = pg_close,
	.alive = pg_alive,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.prepare = pg_prepare,
	.forget = pg_forget,
	.run = pg_run,
	.script = pg_script,
	.check = pg_check,
	.version = pg_version,
	.has_vector = pg_has_vector,
};
