/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of the PostgreSQL driver: loading libpq, opening, sending and waiting
 * without going deaf to a cancel. libpq is loaded when first needed: linked, it would
 * cost every start of a server milliseconds and megabytes that most never use. */
#include "common/db/pg_priv.h"

#include <dlfcn.h>
#include <poll.h>

#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/str.h"

#define SLICE_MS     50 /* how often a waiting call looks whether it was cancelled */
#define USER_TIMEOUT "10000"

static bool load_libpq(struct libpq *q, struct err *e)
{
	/* never unloaded: OpenSSL below it must not be */
	void *so = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	bool ok = so != NULL;

	if (!so)
		return err_set(
			e, ERR_UNAVAILABLE,
			"PostgreSQL needs the library libpq.so.5, which is not installed\n"
			"hint: on Debian it is the package libpq5");
#define X(name) ok = (*(void **)&q->name = dlsym(so, #name)) && ok;
	LIBPQ(X)
#undef X
	dlclose(so);
	return ok || err_set(e, ERR_UNAVAILABLE, "the library libpq.so.5 is too old");
}

/* ---- waiting --------------------------------------------------------------- */

/* c NULL: only the deadline counts. Returns false with e set at a stop. */
static bool wait_socket(struct ctx *c, struct pg *g, short events, int64_t deadline,
			struct err *e)
{
	for (;;) {
		struct pollfd p = { .fd = g->q.PQsocket(g->h), .events = events };

		if (c && ctx_stop(c, e))
			return false;
		if (!clock_left(deadline))
			return err_set(e, ERR_TIMEOUT,
				       "the database did not answer in time");
		if (poll(&p, 1, (int)MIN(SLICE_MS, clock_left(deadline))) > 0 ||
		    p.revents)
			return true;
	}
}

bool pg_lost(struct pg *g, struct err *e)
{
	log_event(LOG_DEBUG, "pg", "lost: %s", g->q.PQerrorMessage(g->h));
	g->k.broken = true;
	return err_set(e, ERR_UNAVAILABLE, "the connection to the database was lost");
}

static bool flush_out(struct ctx *c, struct pg *g, int64_t deadline, struct err *e)
{
	int rc;

	while ((rc = g->q.PQflush(g->h)) == 1) {
		if (!wait_socket(c, g, POLLIN | POLLOUT, deadline, e))
			return false;
		if (!g->q.PQconsumeInput(g->h))
			return pg_lost(g, e);
	}
	return rc == 0 || pg_lost(g, e);
}

PGresult *pg_results(struct ctx *c, struct pg *g, int64_t deadline, struct err *e)
{
	PGresult *kept = NULL, *r;

	if (!flush_out(c, g, deadline, e))
		return NULL;
	for (;;) {
		while (g->q.PQisBusy(g->h)) {
			if (!wait_socket(c, g, POLLIN, deadline, e)) {
				g->q.PQclear(kept);
				return NULL;
			}
			if (!g->q.PQconsumeInput(g->h)) {
				g->q.PQclear(kept);
				pg_lost(g, e);
				return NULL;
			}
		}
		r = g->q.PQgetResult(g->h);
		if (!r)
			break;
		if (kept && g->q.PQresultStatus(kept) == PGRES_FATAL_ERROR) {
			g->q.PQclear(r);
			continue;
		}
		g->q.PQclear(kept);
		kept = r;
	}
	if (!kept || g->q.PQstatus(g->h) != CONNECTION_OK) {
		g->q.PQclear(kept);
		pg_lost(g, e);
		return NULL;
	}
	return kept;
}

/* PQcancel blocks, within tcp_user_timeout. */
void pg_cancel(struct pg *g)
{
	PGcancel *h = g->q.PQgetCancel(g->h);
	char text[256] = "";
	PGresult *r;

	if (!h || !g->q.PQcancel(h, text, sizeof(text)))
		log_event(LOG_DEBUG, "pg", "cancel: %s", text);
	g->q.PQfreeCancel(h);
	r = pg_results(NULL, g, clock_mono() + DB_ROLLBACK_MS, NULL);
	if (!r)
		g->k.broken = true;
	g->q.PQclear(r);
}

bool pg_failed(struct pg *g, const PGresult *r, const char *what, struct err *e)
{
	const char *state = g->q.PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *text = g->q.PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	log_event(LOG_DEBUG, "pg", "what=%s state=%s text=%s", what, state ? state : "",
		  text ? text : g->q.PQerrorMessage(g->h));
	if (!state)
		return pg_lost(g, e);
	return pg_error(&g->k, state, e);
}

PGresult *pg_answer(struct ctx *c, struct pg *g, const char *what, struct err *e)
{
	PGresult *r =
		pg_results(c, g, c ? c->deadline : clock_mono() + DB_ROLLBACK_MS, e);
	ExecStatusType s;

	if (!r) {
		if (!g->k.broken)
			pg_cancel(g);
		return NULL;
	}
	s = g->q.PQresultStatus(r);
	if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK)
		return r;
	pg_failed(g, r, what, e);
	g->q.PQclear(r);
	return NULL;
}

PGresult *pg_simple(struct ctx *c, struct pg *g, const char *sql, struct err *e)
{
	if (!g->q.PQsendQuery(g->h, sql)) {
		pg_lost(g, e);
		return NULL;
	}
	return pg_answer(c, g, sql, e);
}

bool pg_command(struct ctx *c, struct pg *g, const char *sql, struct err *e)
{
	PGresult *r = pg_simple(c, g, sql, e);

	if (!r)
		return false;
	g->q.PQclear(r);
	return true;
}

/* ---- connecting ------------------------------------------------------------ */

static void on_notice(void *arg, const char *text)
{
	(void)arg;
	log_event(LOG_DEBUG, "pg", "notice: %s", text);
}

/* Values before dbname may be overridden by the URL, those behind it not. */
static PGconn *connect_start(const struct db *db, const struct libpq *q)
{
	const char *const keys[] = { "gssencmode",	 "keepalives",
				     "keepalives_idle",	 "tcp_user_timeout",
				     "application_name", "dbname",
				     "client_encoding",	 NULL };
	const char *const values[] = { "disable",    "1",     "30",   USER_TIMEOUT,
				       db->app_name, db->url, "UTF8", NULL };

	return q->PQconnectStartParams(keys, values, 1);
}

static bool connect_wait(struct ctx *c, struct pg *g, struct err *e)
{
	int64_t deadline = clock_mono() + MAX(g->k.db->acquire_ms, 2000);
	PostgresPollingStatusType s = PGRES_POLLING_WRITING;

	while (s != PGRES_POLLING_OK) {
		if (s == PGRES_POLLING_FAILED || g->q.PQstatus(g->h) == CONNECTION_BAD) {
			log_event(LOG_DEBUG, "pg", "connect: %s",
				  g->q.PQerrorMessage(g->h));
			return pg_connect_error(g->k.db, g->q.PQerrorMessage(g->h), e);
		}
		if (!wait_socket(c, g, s == PGRES_POLLING_READING ? POLLIN : POLLOUT,
				 deadline, e)) {
			if (!clock_left(deadline))
				pg_connect_error(g->k.db, "timed out", e);
			return false;
		}
		s = g->q.PQconnectPoll(g->h);
	}
	return true;
}

/* Once a process. */
static void warn_plain(struct pg *g)
{
	struct db *db = g->k.db;
	const char *w = db->where, *host = strchr(w + 13, '@');
	bool before;

	host = host ? host + 1 : w + 13;
	pthread_mutex_lock(&db->lock);
	before = db->warned;
	db->warned = true;
	pthread_mutex_unlock(&db->lock);
	if (before || *host == '/' || !*host || str_starts(host, "localhost") ||
	    str_starts(host, "127.") || str_starts(host, "[::1]") ||
	    strstr(db->url, "sslmode=verify-full") || strstr(db->url, "host=/"))
		return;
	log_event(
		LOG_WARN, "pg",
		"%s: the connection can be read or altered on its way unless the URL says"
		" sslmode=verify-full",
		w);
}

static bool set_session(struct ctx *c, struct pg *g, struct err *e)
{
	char sql[512];

	if (g->q.PQsetnonblocking(g->h, 1))
		return pg_lost(g, e);
	snprintf(
		sql, sizeof(sql),
		"SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1;"
		"SET standard_conforming_strings = on; SET default_transaction_read_only = on;"
		"SET idle_in_transaction_session_timeout = 60000; SET statement_timeout = %lld",
		(long long)MAX(g->k.db->statement_ms, 0));
	return pg_command(c, g, sql, e);
}

void pg_close(struct db_conn *k, bool final)
{
	struct pg *g = pg_of(k);

	(void) final;
	if (g->h)
		g->q.PQfinish(g->h);
	mem_free(g);
}

struct db_conn *pg_open(struct ctx *c, struct db *db, enum conn_role role, struct err *e)
{
	struct pg *g = mem_alloc(sizeof(*g));

	g->k.drv = &driver_pg;
	g->k.db = db;
	g->k.role = role;
	if (!load_libpq(&g->q, e)) {
		mem_free(g);
		return NULL;
	}
	g->h = connect_start(db, &g->q);
	if (!g->h) {
		err_set(e, ERR_UNAVAILABLE, "out of memory");
	} else {
		g->q.PQsetNoticeProcessor(g->h, on_notice, NULL);
		if (connect_wait(c, g, e) && set_session(c, g, e)) {
			warn_plain(g);
			return &g->k;
		}
	}
	pg_close(&g->k, false);
	return NULL;
}

bool pg_alive(struct ctx *c, struct db_conn *k, bool ask)
{
	struct pg *g = pg_of(k);
	struct pollfd p = { .fd = g->q.PQsocket(g->h), .events = POLLIN };
	int tries;

	(void)c;
	/* a farewell of the server is read first, then the end of the stream */
	for (tries = 0; tries < 8 && poll(&p, 1, 0) > 0; tries++)
		if (!g->q.PQconsumeInput(g->h) || g->q.PQisBusy(g->h))
			return false;
	if (tries == 8 || g->q.PQstatus(g->h) != CONNECTION_OK)
		return false;
	return !ask || pg_command(NULL, g, "SELECT 1", NULL);
}
