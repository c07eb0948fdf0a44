/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of the PostgreSQL driver: parameters, rows, the prepare test. */
#include "common/db/pg_priv.h"

#include "common/base/mem.h"
#include "common/base/names.h"
#include "common/base/str.h"

struct pg_prep {
	char name[16];
	int n_types;
	Oid types[DB_MAX_PARAMS];
	PGresult *about; /* columns, for check */
};

static PGresult *describe(struct ctx *c, struct pg *g, struct prep *p, const char *name,
			  struct err *e)
{
	PGresult *r;

	if (!g->q.PQsendPrepare(g->h, name, p->sql, 0, NULL)) {
		pg_lost(g, e);
		return NULL;
	}
	r = pg_answer(c, g, p->stmt->name, e);
	if (!r)
		return NULL;
	g->q.PQclear(r);
	if (!g->q.PQsendDescribePrepared(g->h, name)) {
		pg_lost(g, e);
		return NULL;
	}
	return pg_answer(c, g, p->stmt->name, e);
}

bool pg_prepare(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e)
{
	struct pg *g = pg_of(k);
	struct pg_prep *own = mem_alloc(sizeof(*own));
	bool ok;
	int i, n;

	snprintf(own->name, sizeof(own->name), "s%u", ++g->prepared);
	own->about = describe(c, g, p, own->name, e);
	ok = own->about != NULL;
	own->n_types = ok ? g->q.PQnparams(own->about) : 0;
	if (ok && own->n_types > (int)p->in_n)
		ok = err_set(e, ERR_INTERNAL, "statement %s: parameter $%d is not bound",
			     p->stmt->name, own->n_types);
	for (i = 0; ok && i < own->n_types; i++)
		own->types[i] = g->q.PQparamtype(own->about, i);
	n = ok && p->stmt->out ? g->q.PQnfields(own->about) : 0;
	for (i = 0; ok && i < n; i++)
		ok = value_column(p, (size_t)i, (size_t)n, g->q.PQfname(own->about, i),
				  e);
	p->handle = own;
	if (ok)
		return true;
	g->q.PQclear(own->about);
	mem_free(own);
	return false;
}

/* The server forgets it with the connection, which is the only time this is called. */
void pg_forget(struct db_conn *k, struct prep *p)
{
	struct pg_prep *own = p->handle;

	pg_of(k)->q.PQclear(own->about);
	mem_free(own);
}

static const char *number_text(struct arena *a, const struct field *f, double v)
{
	v = value_rounded(f, v);
	return f->scale > 0 ? arena_printf(a, "%.*f", f->scale, v)
			    : arena_printf(a, "%.17g", v);
}

static const char *param_text(struct arena *a, const struct field *f, const void *obj,
			      Oid type)
{
	const void *at = field_at_const(f, obj);
	char *text;

	if (!field_is_set(f, obj))
		return NULL;
	switch (f->kind) {
	case KIND_STR:
		return *(const char *const *)at;
	case KIND_JSON:
		return ((const struct json *)at)->text;
	case KIND_ENUM:
		return names_text(f->names, (int)*(const unsigned *)at);
	case KIND_BOOL:
		return *(const bool *)at ? "t" : "f";
	case KIND_OPT_BOOL:
		return ((const struct opt_bool *)at)->v ? "t" : "f";
	case KIND_I64:
		return arena_printf(a, "%lld", (long long)*(const int64_t *)at);
	case KIND_OPT_I64:
		return arena_printf(a, "%lld",
				    (long long)((const struct opt_i64 *)at)->v);
	case KIND_F64:
		return number_text(a, f, *(const double *)at);
	case KIND_OPT_F64:
		return number_text(a, f, ((const struct opt_f64 *)at)->v);
	case KIND_STAMP:
		text = arena_alloc(a, STAMP_LEN);
		value_stamp_text(*(const struct stamp *)at, text);
		return text;
	case KIND_STRS:
		return type == OID_JSONB || type == OID_JSON ? value_strs_json(a, at)
							     : value_strs_array(a, at);
	case KIND_FLOATS:
		return type == OID_FLOAT4S ? value_floats_text(a, at, '{', '}')
					   : value_floats_text(a, at, '[', ']');
	case KIND_ITEMS:
		break;
	}
	return NULL;
}

static bool read_rows(struct pg *g, PGresult *r, struct prep *p, struct sink *out,
		      struct err *e)
{
	int i, n = g->q.PQntuples(r);
	size_t col;

	for (i = 0; p->stmt->out && i < n; i++) {
		void *row = sink_row(out, e);

		for (col = 0; row && col < p->out_n; col++) {
			bool null = g->q.PQgetisnull(r, i, (int)col);

			if (!value_from_text(out->arena, p->out[col], row,
					     null ? NULL
						  : g->q.PQgetvalue(r, i, (int)col),
					     LIST_ARRAY, e))
				return false;
		}
		if (!row)
			return false;
	}
	return true;
}

bool pg_run(struct ctx *c, struct db_conn *k, struct prep *p, const void *in,
	    struct sink *out, struct err *e)
{
	struct pg *g = pg_of(k);
	struct pg_prep *own = p->handle;
	const char *values[DB_MAX_PARAMS];
	PGresult *r;
	bool ok;
	int i;

	for (i = 0; i < own->n_types; i++)
		values[i] = param_text(c->arena, p->in[i], in, own->types[i]);
	if (!g->q.PQsendQueryPrepared(g->h, own->name, own->n_types, values, NULL, NULL,
				      0))
		return pg_lost(g, e);
	r = pg_answer(c, g, p->stmt->name, e);
	if (!r)
		return false;
	ok = read_rows(g, r, p, out, e);
	if (ok && !str_to_i64(g->q.PQcmdTuples(r), &out->changed))
		out->changed = 0;
	g->q.PQclear(r);
	return ok;
}

/* ---- the prepare test ------------------------------------------------------ */

static bool check_nullable(struct ctx *c, struct pg *g, PGresult *about, int i,
			   const struct field *f, struct err *e)
{
	char sql[160];
	PGresult *r;
	bool nullable;

	if ((f->kind != KIND_I64 && f->kind != KIND_F64) || !g->q.PQftable(about, i))
		return true;
	snprintf(sql, sizeof(sql),
		 "SELECT attnotnull FROM pg_catalog.pg_attribute"
		 " WHERE attrelid = %u AND attnum = %d",
		 g->q.PQftable(about, i), g->q.PQftablecol(about, i));
	r = pg_simple(c, g, sql, e);
	if (!r)
		return false;
	nullable = g->q.PQntuples(r) == 1 && g->q.PQgetvalue(r, 0, 0)[0] == 'f';
	g->q.PQclear(r);
	return !nullable ||
	       err_set(e, ERR_INTERNAL, "column %s may be NULL, its member not", f->name);
}

bool pg_check(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e)
{
	struct pg *g = pg_of(k);
	struct pg_prep *own = p->handle;
	size_t i;

	if ((size_t)own->n_types != p->in_n)
		return err_set(e, ERR_INTERNAL, "%zu members are bound, %d used", p->in_n,
			       own->n_types);
	for (i = 0; i < p->in_n; i++)
		if (!pg_fits(p->in[i]->kind, own->types[i]))
			return err_set(e, ERR_INTERNAL, "$%zu (%s) has type %u", i + 1,
				       p->in[i]->name, own->types[i]);
	for (i = 0; i < p->out_n; i++) {
		const struct field *f = p->out[i];
		int mod = g->q.PQfmod(own->about, (int)i) - 4;
		Oid type = g->q.PQftype(own->about, (int)i);

		if (!pg_fits(f->kind, type))
			return err_set(e, ERR_INTERNAL, "column %s has type %u", f->name,
				       type);
		if (type == OID_VARCHAR && mod > 0 && f->kind == KIND_STR && f->max > mod)
			return err_set(e, ERR_INTERNAL,
				       "column %s holds %d, its member %lld", f->name,
				       mod, (long long)f->max);
		if (!check_nullable(c, g, own->about, (int)i, f, e))
			return false;
	}
	return true;
}
