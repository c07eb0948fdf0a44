/* SPDX-License-Identifier: Apache-2.0 */
/* Applies the embedded migrations: in order, one transaction a file, one process at a
 * time. */
#include "common/base/digest.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/db/driver.h"

struct applied {
	const char *component, *title, *sha256;
	int64_t version, ms;
	struct stamp applied_at;
};

static const struct field applied_fields[] = {
	FIELD(struct applied, component, .req = true),
	FIELD(struct applied, title, .req = true),
	FIELD(struct applied, sha256, .req = true),
	FIELD(struct applied, version, .req = true),
	FIELD(struct applied, applied_at, .req = true),
	FIELD(struct applied, ms, .req = true),
	FIELDS_END
};

struct count {
	int64_t n;
};

static const struct field count_fields[] = { FIELD(struct count, n, .req = true),
					     FIELDS_END };

enum { S_EXISTS, S_LIST, S_INSERT, S_MAX };

static const struct stmt stmts[S_MAX] = {
	[S_EXISTS] = { .name = "migrate_exists",
		       .out = count_fields,
		       .out_size = sizeof(struct count),
		       .sqlite = "SELECT count(*) AS n FROM sqlite_schema"
				 " WHERE name = 'schema_migrations'",
		       .pg = "SELECT count(*) AS n FROM pg_catalog.pg_class"
			     " WHERE oid = to_regclass('schema_migrations')" },
	[S_LIST] = { .name = "migrate_list",
		     .out = applied_fields,
		     .out_size = sizeof(struct applied),
		     .sql = "SELECT component, version, title, sha256, applied_at, ms"
			    " FROM schema_migrations ORDER BY component, version" },
	[S_INSERT] = { .name = "migrate_insert",
		       .in = applied_fields,
		       .bind = "component version title sha256 applied_at ms",
		       .sql = "INSERT INTO schema_migrations"
			      " (component, version, title, sha256, applied_at, ms)"
			      " VALUES ($1, $2, $3, $4, $5, $6)" },
};

static const char create_sqlite[] =
	"CREATE TABLE schema_migrations (component TEXT NOT NULL, version INTEGER NOT NULL,"
	" title TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at DATETIME NOT NULL,"
	" ms INTEGER NOT NULL, PRIMARY KEY (component, version))";
static const char create_pg[] =
	"CREATE TABLE schema_migrations (component VARCHAR(50) NOT NULL, version INTEGER NOT NULL,"
	" title VARCHAR(100) NOT NULL, sha256 VARCHAR(64) NOT NULL, applied_at TIMESTAMP NOT NULL,"
	" ms INTEGER NOT NULL, PRIMARY KEY (component, version))";

static const char *title_of(struct arena *a, const struct migration *m)
{
	return *m->variant ? arena_printf(a, "%s.%s", m->title, m->variant) : m->title;
}

static char *sha_of(struct arena *a, const struct migration *m)
{
	char *hex = arena_alloc(a, DIGEST_HEX_LEN);

	digest_sha256_hex(m->sql, strlen(m->sql), hex);
	return hex;
}

static bool our_dialect(const struct ctx *c, const struct migration *m)
{
	return !strcmp(m->dialect,
		       c->db->drv->dialect == DB_SQLITE ? "sqlite" : "postgresql");
}

/* The file of a version: the variant that was applied, else the plain one. */
static const struct migration *file_of(struct ctx *c, const struct migration_set *s,
				       int64_t version, const char *title)
{
	const struct migration *m, *found = NULL;

	for (m = s->files; m->sql; m++) {
		if (m->version != version || !our_dialect(c, m))
			continue;
		if (title && !strcmp(title_of(c->arena, m), title))
			return m;
		if (!*m->variant)
			found = m;
	}
	return found;
}

static int newest(struct ctx *c, const struct migration_set *s)
{
	const struct migration *m;
	int v = 0;

	for (m = s->files; m->sql; m++)
		if (our_dialect(c, m))
			v = MAX(v, m->version);
	return v;
}

static bool load(struct ctx *c, struct rows *ret, bool *ret_table, struct err *e)
{
	struct count n;

	*ret = (struct rows){ 0 };
	if (!db_one(c, &stmts[S_EXISTS], NULL, &n, e))
		return false;
	*ret_table = n.n > 0;
	return !n.n || db_query(c, &stmts[S_LIST], NULL, ret, e);
}

static const struct applied *find(const struct rows *r, const char *component,
				  int64_t version)
{
	const struct applied *at = r->at;
	size_t i;

	for (i = 0; i < r->n; i++)
		if (at[i].version == version && !strcmp(at[i].component, component))
			return &at[i];
	return NULL;
}

static bool verify_row(struct ctx *c, const struct migration_set *s,
		       const struct applied *r, struct err *e)
{
	const struct migration *m = file_of(c, s, r->version, r->title);
	const char *sha;

	if (r->version > newest(c, s))
		return err_set(
			e, ERR_CONFIG,
			"the database %s is newer than this program: %s %lld (%s)\n"
			"hint: install the newer version",
			c->db->where, s->component, (long long)r->version, r->title);
	if (!m)
		return err_set(e, ERR_CORRUPT, "migration %s %lld (%s) is unknown here",
			       s->component, (long long)r->version, r->title);
	sha = sha_of(c->arena, m);
	if (!str_eq(sha, r->sha256))
		return err_set(e, ERR_CORRUPT,
			       "migration %s %04lld_%s has changed after it was applied:"
			       " applied %s, this program %s",
			       s->component, (long long)r->version, r->title, r->sha256,
			       sha);
	return true;
}

/* Rows of sets that this program does not have belong to another server. */
static bool verify(struct ctx *c, const struct rows *applied, struct err *e)
{
	const struct migration_set *const *s;
	const struct applied *at = applied->at;
	size_t i;

	for (s = c->db->sets; *s; s++)
		for (i = 0; i < applied->n; i++)
			if (!strcmp(at[i].component, (*s)->component) &&
			    !verify_row(c, *s, &at[i], e))
				return false;
	return true;
}

static size_t count_pending(struct ctx *c, const struct rows *applied)
{
	const struct migration_set *const *s;
	const struct migration *m;
	size_t n = 0;

	for (s = c->db->sets; *s; s++)
		for (m = (*s)->files; m->sql; m++)
			if (our_dialect(c, m) && !*m->variant &&
			    !find(applied, (*s)->component, m->version))
				n++;
	return n;
}

struct view {
	struct rows applied;
	bool table;
};

static bool load_and_verify(struct ctx *c, void *arg, struct err *e)
{
	struct view *v = arg;

	return load(c, &v->applied, &v->table, e) && verify(c, &v->applied, e);
}

static bool load_only(struct ctx *c, void *arg, struct err *e)
{
	struct view *v = arg;

	return load(c, &v->applied, &v->table, e);
}

typedef bool part_fn(struct ctx *, void *, struct err *);

/* A transaction on a connection that has not been asked to migrate. */
static bool on_conn(struct ctx *c, struct db_conn *k, enum tx_mode m, part_fn *fn,
		    void *arg, struct err *e)
{
	bool ok;

	k->doomed = k->again = false;
	if (!k->drv->begin(c, k, m, e))
		return false;
	k->in_tx = true;
	k->read_only = m == TX_READ;
	c->conn = k;
	ok = fn(c, arg, e);
	c->conn = NULL;
	ok = ok && !k->doomed && k->drv->commit(c, k, e);
	if (!ok)
		k->drv->rollback(k);
	k->in_tx = false;
	return ok;
}

/* What the database holds, without creating or changing anything. */
static bool look(struct ctx *c, part_fn *fn, struct view *v, struct err *e)
{
	struct err own = { 0 };
	struct db_conn *k = conns_take_raw(c, CONN_READ, &own);
	bool ok;

	*v = (struct view){ 0 };
	if (!k && own.code == ERR_NOT_FOUND)
		return true; /* no file yet */
	if (!k)
		return err_set(e, own.code, "%s", own.msg);
	ok = on_conn(c, k, TX_READ, fn, v, e);
	conns_give(k);
	return ok;
}

struct step {
	const struct migration_set *set;
	const struct migration *file;
	int applied; /* out */
};

static const struct migration *choose(struct ctx *c, struct step *s, struct err *e)
{
	const struct migration *m, *twin = NULL;
	bool vector = true;

	for (m = s->set->files; m->sql; m++)
		if (our_dialect(c, m) && m->version == s->file->version && *m->variant)
			twin = m;
	if (!twin)
		return s->file;
	if (!c->db->drv->has_vector(c, c->conn, true, &vector, e))
		return NULL;
	return vector ? s->file : twin;
}

/* In one transaction; another process may have been faster. */
static bool apply(struct ctx *c, void *arg, struct err *e)
{
	struct step *s = arg;
	const struct migration *m;
	struct view v;
	struct applied row;
	int64_t start = clock_mono();

	if (!load_and_verify(c, &v, e))
		return false;
	if (find(&v.applied, s->set->component, s->file->version))
		return true;
	if (!v.table &&
	    !c->db->drv->script(
		    c, c->conn,
		    c->db->drv->dialect == DB_SQLITE ? create_sqlite : create_pg, e))
		return false;
	m = choose(c, s, e);
	if (!m || !c->db->drv->script(c, c->conn, m->sql, e)) {
		err_prefix(e, "migration %s %04d_%s", s->set->component, s->file->version,
			   s->file->title);
		return false;
	}
	row = (struct applied){ .component = s->set->component,
				.title = title_of(c->arena, m),
				.sha256 = sha_of(c->arena, m),
				.version = m->version,
				.applied_at = clock_now(),
				.ms = clock_mono() - start };
	s->applied = 1;
	return db_exec(c, &stmts[S_INSERT], &row, NULL, e);
}

static bool apply_all(struct ctx *c, struct db_conn *k, const struct rows *applied,
		      int *ret_applied, struct err *e)
{
	const struct migration_set *const *s;
	const struct migration *m;

	for (s = c->db->sets; *s; s++)
		for (m = (*s)->files; m->sql; m++) {
			struct step step = { *s, m, 0 };

			if (!our_dialect(c, m) || *m->variant ||
			    find(applied, (*s)->component, m->version))
				continue;
			if (!on_conn(c, k, TX_SCHEMA, apply, &step, e))
				return false;
			*ret_applied += step.applied;
		}
	return true;
}

/* k keeps others out. The check comes before anything is written. */
static bool up_locked(struct ctx *c, struct db_conn *k, int *ret_applied, struct err *e)
{
	struct view v = { 0 };

	if (!on_conn(c, k, TX_READ, load_and_verify, &v, e))
		return false;
	if (!count_pending(c, &v.applied))
		return true;
	if (v.applied.n && k->drv->backup && !k->drv->backup(c, k, e)) {
		err_prefix(e, "copy before migration");
		return false;
	}
	return apply_all(c, k, &v.applied, ret_applied, e);
}

static bool up(struct ctx *c, int *ret_applied, struct err *e)
{
	struct db_conn *k = conns_take_raw(c, CONN_WRITE, e);
	bool ok;

	if (!k)
		return false;
	ok = !k->drv->schema_lock || k->drv->schema_lock(c, k, e);
	if (ok) {
		ok = up_locked(c, k, ret_applied, e);
		if (k->drv->schema_unlock)
			k->drv->schema_unlock(k);
	}
	k->broken = k->broken || !ok;
	conns_give(k);
	return ok;
}

bool migrate_ready(struct ctx *c, struct err *e)
{
	struct view v;
	int applied = 0;

	if (!look(c, load_and_verify, &v, e))
		return false;
	if (v.table && !count_pending(c, &v.applied))
		return true;
	if (!up(c, &applied, e))
		return false;
	if (applied)
		log_event(LOG_INFO, "migrate", "database=%s applied=%d", c->db->where,
			  applied);
	return true;
}

bool migrate_up(struct ctx *c, int *ret_applied, struct err *e)
{
	struct view v;

	*ret_applied = 0;
	if (!look(c, load_and_verify, &v, e))
		return false;
	return (v.table && !count_pending(c, &v.applied)) || up(c, ret_applied, e);
}

static void fill_state(struct ctx *c, const struct migration_set *s,
		       const struct migration *m, const struct applied *r,
		       struct migration_state *out)
{
	if (r)
		m = file_of(c, s, r->version, r->title);
	*out = (struct migration_state){
		.component = s->component,
		.title = r ? r->title : m->title,
		.version = r ? (int)r->version : m->version,
		.applied = r != NULL,
		.sha256 = m ? sha_of(c->arena, m) : NULL,
	};
	if (!r)
		return;
	out->applied_at = r->applied_at;
	out->applied_sha256 = r->sha256;
}

static size_t newer_states(struct ctx *c, const struct migration_set *s,
			   const struct rows *r, struct migration_state *out)
{
	const struct applied *at = r->at;
	size_t i, n = 0;

	for (i = 0; i < r->n; i++)
		if (!strcmp(at[i].component, s->component) &&
		    at[i].version > newest(c, s)) {
			fill_state(c, s, NULL, &at[i], &out[n]);
			out[n++].newer = true;
		}
	return n;
}

bool migrate_status(struct ctx *c, struct migration_state **ret, size_t *ret_n,
		    struct err *e)
{
	const struct migration_set *const *s;
	const struct migration *m;
	struct migration_state *out;
	struct view v;
	size_t n = 0, max;

	if (!look(c, load_only, &v, e))
		return false;
	max = v.applied.n;
	for (s = c->db->sets; *s; s++)
		for (m = (*s)->files; m->sql; m++)
			max++;
	out = arena_array(c->arena, max + 1, sizeof(*out));
	for (s = c->db->sets; *s; s++) {
		for (m = (*s)->files; m->sql; m++)
			if (our_dialect(c, m) && !*m->variant)
				fill_state(c, *s, m,
					   find(&v.applied, (*s)->component, m->version),
					   &out[n++]);
		n += newer_states(c, *s, &v.applied, &out[n]);
	}
	*ret = out;
	*ret_n = n;
	return true;
}

bool migrate_verify(struct ctx *c, struct err *e)
{
	struct view v;

	return look(c, load_and_verify, &v, e);
}
