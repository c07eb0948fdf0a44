/* SPDX-License-Identifier: Apache-2.0 */
/* The interface of db.h over a driver and the pool: statements, transactions, retry. */
#include <strings.h>
#include <time.h>

#include "common/base/digest.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/db/driver.h"

const char *stmt_text(const struct stmt *s, enum db_dialect d)
{
	const char *own = d == DB_SQLITE ? s->sqlite : s->pg;

	return own ? own : s->sql;
}

struct prep *conn_prep(struct ctx *c, struct db_conn *k, const struct stmt *s,
		       struct err *e)
{
	const char *sql = stmt_text(s, k->drv->dialect);
	struct prep *p;
	size_t i;

	for (i = 0; i < k->preps_n; i++)
		if (k->preps[i]->stmt == s && k->preps[i]->sql == sql)
			return k->preps[i];
	if (!sql) {
		err_set(e, ERR_INTERNAL, "statement %s: no text for this database",
			s->name);
		return NULL;
	}
	p = mem_alloc(sizeof(*p));
	p->stmt = s;
	p->sql = sql;
	if (!value_binds(s, p, e) || !k->drv->prepare(c, k, p, e)) {
		mem_free((void *)p->out);
		mem_free(p);
		return NULL;
	}
	k->preps = mem_grow((void *)k->preps, k->preps_n + 1, sizeof(struct prep *));
	k->preps[k->preps_n++] = p;
	return p;
}

/* One statement on a connection that is ours. */
static bool conn_run(struct ctx *c, const struct stmt *s, const void *in,
		     struct sink *out, struct err *e)
{
	struct db_conn *k = c->conn;
	int64_t start = clock_mono(), ms;
	struct prep *p;
	bool ok;

	if (k->doomed)
		return err_set(e, ERR_INTERNAL,
			       "statement %s: the transaction has failed before",
			       s->name);
	if (ctx_stop(c, e))
		return false;
	p = conn_prep(c, k, s, e);
	ok = p && k->drv->run(c, k, p, in, out, e);
	if (!ok)
		k->doomed = k->in_tx;
	ms = clock_mono() - start;
	if (k->db->slow_ms && ms >= k->db->slow_ms)
		log_event(LOG_WARN, "slow_statement", "name=%s ms=%lld rows=%zu", s->name,
			  (long long)ms, out->rows.n);
	return ok;
}

static bool begin(struct ctx *c, struct db_conn *k, enum tx_mode m, struct err *e)
{
	k->doomed = k->again = false;
	if (!k->drv->begin(c, k, m, e))
		return false;
	k->in_tx = true;
	k->read_only = m == TX_READ;
	return true;
}

static void roll_back(struct db_conn *k)
{
	k->drv->rollback(k);
	k->in_tx = false;
}

/* Nothing was sent yet that matters: a connection that turns out dead is replaced once.
 */
static struct db_conn *take_begun(struct ctx *c, enum tx_mode m, struct err *e)
{
	enum conn_role role = m == TX_READ ? CONN_READ : CONN_WRITE;
	int tries;

	for (tries = 0; tries < 2; tries++) {
		struct db_conn *k = conns_take(c, role, e);
		bool dead;

		if (!k)
			return NULL;
		if (begin(c, k, m, e))
			return k;
		dead = k->broken;
		conns_give(k);
		if (!dead)
			return NULL;
		conns_flush(c->db);
	}
	return NULL;
}

static bool end(struct ctx *c, struct db_conn *k, bool ok, struct err *e)
{
	if (ok && k->doomed)
		ok = err_set(e, ERR_INTERNAL,
			     "a statement failed and was not given back");
	if (ok && !k->read_only && ctx_stop(c, e))
		ok = false;
	if (!ok) {
		roll_back(k);
		return false;
	}
	ok = k->drv->commit(c, k, e);
	if (ok)
		k->in_tx = false;
	else
		roll_back(k);
	return ok;
}

typedef bool body_fn(struct ctx *, void *, struct err *);

static bool run_first(struct ctx *c, struct err *e)
{
	const struct stmt *s = c->db->tx_first;

	return !s || !stmt_text(s, c->db->drv->dialect) || db_exec(c, s, NULL, NULL, e);
}

static bool tx_once(struct ctx *c, enum tx_mode m, body_fn *fn, void *arg,
		    bool *ret_again, struct err *e)
{
	struct db_conn *k = take_begun(c, m, e);
	bool ok;

	*ret_again = false;
	if (!k)
		return false;
	c->conn = k;
	ok = (m == TX_READ || run_first(c, e)) && fn(c, arg, e);
	c->conn = NULL;
	ok = end(c, k, ok, e);
	*ret_again = !ok && k->again;
	conns_give(k);
	return ok;
}

/* 5-20, 20-80, 80-320 ms, cut by the deadline */
static void pause_before(struct ctx *c, int try)
{
	int64_t top = (int64_t)20 << (2 * (try - 1)), ms;
	struct timespec t;
	uint16_t r;

	digest_random(&r, sizeof(r));
	ms = top / 4 + (int64_t)r * (top * 3 / 4) / UINT16_MAX;
	ms = MIN(ms, clock_left(c->deadline));
	t = (struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 };
	nanosleep(&t, NULL);
}

static bool tx_join(struct ctx *c, body_fn *fn, void *arg, struct err *e)
{
	struct db_conn *k = c->conn;

	if (fn(c, arg, e))
		return true;
	/* what the part has written so far must not be committed without its rest */
	k->doomed = k->doomed || !k->read_only;
	return false;
}

bool db_tx(struct ctx *c, bool (*fn)(struct ctx *, void *, struct err *), void *arg,
	   struct err *e)
{
	bool again = false;
	int try;

	if (c->conn && c->conn->read_only)
		return err_set(e, ERR_INTERNAL, "a write transaction inside a read view");
	if (c->conn)
		return tx_join(c, fn, arg, e);
	for (try = 1;; try++) {
		if (tx_once(c, TX_WRITE, fn, arg, &again, e))
			return true;
		if (!again || try == DB_MAX_TRIES)
			return false;
		pause_before(c, try);
		if (ctx_stop(c, e))
			return false;
		err_clear(e);
	}
}

bool db_read(struct ctx *c, bool (*fn)(struct ctx *, void *, struct err *), void *arg,
	     struct err *e)
{
	bool again;

	if (c->conn)
		return fn(c, arg, e);
	return tx_once(c, TX_READ, fn, arg, &again, e);
}

struct one {
	const struct stmt *s;
	const void *in;
	struct sink *out;
};

static bool run_one(struct ctx *c, void *arg, struct err *e)
{
	struct one *o = arg;

	o->out->rows.n = 0;
	return conn_run(c, o->s, o->in, o->out, e);
}

static bool only_reads(const char *sql)
{
	sql += sql ? strspn(sql, " \t\n(") : 0;
	return sql && (!strncasecmp(sql, "SELECT", 6) || !strncasecmp(sql, "WITH", 4));
}

/* A single SELECT needs no BEGIN: it is consistent by itself, and its connection refuses
 * to write. A dead connection is replaced: reading twice does no harm. */
static bool read_alone(struct ctx *c, struct one *o, struct err *e)
{
	int tries;

	for (tries = 0;; tries++) {
		struct db_conn *k = conns_take(c, CONN_READ, e);
		bool ok, dead;

		if (!k)
			return false;
		k->doomed = k->again = false;
		c->conn = k;
		ok = run_one(c, o, e);
		c->conn = NULL;
		dead = k->broken;
		conns_give(k);
		if (ok || !dead || tries)
			return ok;
		conns_flush(c->db);
		err_clear(e);
	}
}

static bool run(struct ctx *c, const struct stmt *s, const void *in, struct sink *out,
		struct err *e)
{
	struct one o = { s, in, out };

	if (!c->db)
		return err_set(e, ERR_INTERNAL, "no database in this call");
	out->arena = c->arena;
	out->fields = s->out;
	out->size = s->out_size;
	if (c->conn)
		return run_one(c, &o, e);
	if (only_reads(stmt_text(s, c->db->drv->dialect)))
		return read_alone(c, &o, e);
	return db_tx(c, run_one, &o, e);
}

bool db_query(struct ctx *c, const struct stmt *s, const void *in, struct rows *ret,
	      struct err *e)
{
	struct sink out = { .max = DB_MAX_ROWS };

	if (!run(c, s, in, &out, e))
		return false;
	*ret = out.rows;
	return true;
}

bool db_one(struct ctx *c, const struct stmt *s, const void *in, void *out, struct err *e)
{
	struct sink k = { .max = 2 };

	if (!run(c, s, in, &k, e))
		return false;
	if (k.rows.n == 0)
		return err_set(e, ERR_NOT_FOUND, "no such row");
	if (k.rows.n > 1)
		return err_set(e, ERR_INTERNAL, "statement %s: more than one row",
			       s->name);
	memcpy(out, k.rows.at, s->out_size);
	return true;
}

bool db_exec(struct ctx *c, const struct stmt *s, const void *in, int64_t *ret_changed,
	     struct err *e)
{
	struct sink out = { .max = DB_MAX_ROWS };

	if (!run(c, s, in, &out, e))
		return false;
	if (ret_changed)
		*ret_changed = out.changed;
	return true;
}

static bool version_of(struct ctx *c, struct db_conn *k, const char **ret, struct err *e)
{
	bool ok;

	if (!k)
		return false;
	ok = k->drv->version(c, k, ret, e);
	conns_give(k);
	return ok;
}

bool db_ping(struct ctx *c, const char **ret_version, struct err *e)
{
	return version_of(c, conns_take(c, CONN_READ, e), ret_version, e);
}

bool db_look(struct ctx *c, const char **ret_version, struct err *e)
{
	return version_of(c, conns_take_raw(c, CONN_READ, e), ret_version, e);
}

bool db_check_stmt(struct ctx *c, const struct stmt *s, struct err *e)
{
	struct db_conn *k = conns_take(c, CONN_READ, e);
	struct prep *p;
	bool ok;

	if (!k)
		return false;
	p = conn_prep(c, k, s, e);
	ok = p && k->drv->check(c, k, p, e);
	if (!ok)
		err_prefix(e, "%s", s->name);
	conns_give(k);
	return ok;
}

bool db_has_vector(struct ctx *c, bool *ret, struct err *e)
{
	struct db_conn *k;
	bool ok;

	if (c->db->drv->dialect == DB_SQLITE) {
		*ret = false;
		return true;
	}
	k = conns_take(c, CONN_READ, e);
	if (!k)
		return false;
	ok = k->drv->has_vector(c, k, false, ret, e);
	conns_give(k);
	return ok;
}
