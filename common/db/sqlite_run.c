/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of the SQLite driver: parameters, rows, the prepare test. */
#include "common/db/sqlite_priv.h"

#include "common/base/names.h"

/* "$2::uuid" is number 2 */
static size_t param_number(const char *name)
{
	size_t n = 0;

	if (!name || *name++ != '$')
		return 0;
	while (*name >= '0' && *name <= '9' && n <= DB_MAX_PARAMS)
		n = n * 10 + (size_t)(*name++ - '0');
	return *name == '\0' || *name == ':' ? n : 0;
}

bool lite_prepare(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e)
{
	struct lite *l = lite_of(k);
	const char *tail = NULL;
	sqlite3_stmt *s = NULL;
	int rc, i, n;
	bool ok;

	l->ctx = c;
	rc = sqlite3_prepare_v3(l->h, p->sql, -1, SQLITE_PREPARE_PERSISTENT, &s, &tail);
	if (rc != SQLITE_OK)
		return lite_fail(l, rc, p->stmt->name, e);
	n = sqlite3_column_count(s);
	ok = (tail && !tail[strspn(tail, " \t\n;")]) ||
	     err_set(e, ERR_INTERNAL, "statement %s: more than one", p->stmt->name);
	for (i = 0; ok && p->stmt->out && i < n; i++)
		ok = value_column(p, (size_t)i, (size_t)n, sqlite3_column_name(s, i), e);
	for (i = 1; ok && i <= sqlite3_bind_parameter_count(s); i++) {
		size_t number = param_number(sqlite3_bind_parameter_name(s, i));

		if (!number || number > p->in_n)
			ok = err_set(e, ERR_INTERNAL,
				     "statement %s: parameter %s is not bound",
				     p->stmt->name, sqlite3_bind_parameter_name(s, i));
	}
	if (!ok) {
		sqlite3_finalize(s);
		return false;
	}
	p->handle = s;
	return true;
}

void lite_forget(struct db_conn *k, struct prep *p)
{
	(void)k;
	sqlite3_finalize(p->handle);
}

static int bind_text(sqlite3_stmt *s, int i, const char *text)
{
	return text ? sqlite3_bind_text64(s, i, text, strlen(text), SQLITE_STATIC,
					  SQLITE_UTF8)
		    : sqlite3_bind_null(s, i);
}

/* What is bound lives in the call's arena until the statement was reset. */
static int bind_value(struct arena *a, sqlite3_stmt *s, int i, const struct field *f,
		      const void *obj)
{
	const void *at = field_at_const(f, obj);
	char *text;

	if (!field_is_set(f, obj))
		return sqlite3_bind_null(s, i);
	switch (f->kind) {
	case KIND_STR:
		return bind_text(s, i, *(const char *const *)at);
	case KIND_JSON:
		return bind_text(s, i, ((const struct json *)at)->text);
	case KIND_ENUM:
		return bind_text(s, i, names_text(f->names, (int)*(const unsigned *)at));
	case KIND_BOOL:
		return sqlite3_bind_int(s, i, *(const bool *)at);
	case KIND_OPT_BOOL:
		return sqlite3_bind_int(s, i, ((const struct opt_bool *)at)->v);
	case KIND_I64:
		return sqlite3_bind_int64(s, i, *(const int64_t *)at);
	case KIND_OPT_I64:
		return sqlite3_bind_int64(s, i, ((const struct opt_i64 *)at)->v);
	case KIND_F64:
		return sqlite3_bind_double(s, i, value_rounded(f, *(const double *)at));
	case KIND_OPT_F64:
		return sqlite3_bind_double(
			s, i, value_rounded(f, ((const struct opt_f64 *)at)->v));
	case KIND_STAMP:
		text = arena_alloc(a, STAMP_LEN);
		value_stamp_text(*(const struct stamp *)at, text);
		return bind_text(s, i, text);
	case KIND_STRS:
		return bind_text(s, i, value_strs_json(a, at));
	case KIND_FLOATS:
		return sqlite3_bind_blob64(s, i, ((const struct floats *)at)->v,
					   ((const struct floats *)at)->n * sizeof(float),
					   SQLITE_STATIC);
	case KIND_ITEMS:
		break;
	}
	return SQLITE_MISMATCH;
}

static int bind_all(struct arena *a, struct prep *p, const void *in)
{
	sqlite3_stmt *s = p->handle;
	int i, rc = SQLITE_OK;

	for (i = 1; rc == SQLITE_OK && i <= sqlite3_bind_parameter_count(s); i++) {
		size_t number = param_number(sqlite3_bind_parameter_name(s, i));

		rc = bind_value(a, s, i, p->in[number - 1], in);
	}
	return rc;
}

static bool read_value(struct arena *a, sqlite3_stmt *s, int i, const struct field *f,
		       void *row, struct err *e)
{
	int type = sqlite3_column_type(s, i);
	void *at = field_at(f, row);
	const void *blob;
	size_t n;

	if (type == SQLITE_NULL)
		return value_null(f, e);
	if ((type == SQLITE_INTEGER || type == SQLITE_FLOAT) &&
	    value_set_number(f, at, sqlite3_column_int64(s, i),
			     sqlite3_column_double(s, i)))
		return true;
	if (f->kind == KIND_FLOATS && type == SQLITE_BLOB) {
		blob = sqlite3_column_blob(s, i);
		n = (size_t)sqlite3_column_bytes(s, i);
		if (n % sizeof(float))
			return value_bad(f, "a vector", e);
		*(struct floats *)at =
			(struct floats){ arena_alloc(a, n + 1), n / sizeof(float) };
		if (n)
			memcpy(((struct floats *)at)->v, blob, n);
		return true;
	}
	return value_from_text(a, f, row, (const char *)sqlite3_column_text(s, i),
			       LIST_JSON, e);
}

static bool read_row(sqlite3_stmt *s, struct prep *p, struct sink *out, struct err *e)
{
	void *row;
	size_t i;

	if (!p->stmt->out)
		return true;
	row = sink_row(out, e);
	for (i = 0; row && i < p->out_n; i++)
		if (!read_value(out->arena, s, (int)i, p->out[i], row, e))
			return false;
	return row != NULL;
}

bool lite_run(struct ctx *c, struct db_conn *k, struct prep *p, const void *in,
	      struct sink *out, struct err *e)
{
	struct lite *l = lite_of(k);
	sqlite3_stmt *s = p->handle;
	bool ok = true;
	int rc;

	l->ctx = c;
	rc = bind_all(c->arena, p, in);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(s);
		if (rc == SQLITE_ROW && ok)
			ok = read_row(s, p, out, e);
		if (!ok)
			break;
	}
	if (ok && rc != SQLITE_DONE)
		ok = lite_fail(l, rc, p->stmt->name, e);
	out->changed = sqlite3_stmt_readonly(s) ? 0 : sqlite3_changes64(l->h);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return ok;
}

/* Types are the declared ones of plain columns; expressions have none. */
bool lite_check(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e)
{
	sqlite3_stmt *s = p->handle;
	unsigned long long used = 0;
	size_t i;
	int n;

	(void)c;
	(void)k;
	for (n = 1; n <= sqlite3_bind_parameter_count(s); n++)
		used |= 1ULL << param_number(sqlite3_bind_parameter_name(s, n));
	for (i = 1; i <= p->in_n; i++)
		if (!(used & 1ULL << i))
			return err_set(e, ERR_INTERNAL, "$%zu (%s) is bound but not used",
				       i, p->in[i - 1]->name);
	for (i = 0; i < p->out_n; i++) {
		const char *type = sqlite3_column_decltype(s, (int)i);
		const struct field *f = p->out[i];
		bool time = f->kind == KIND_STAMP, blob = f->kind == KIND_FLOATS;

		if (type &&
		    (time != !strcmp(type, "DATETIME") || blob != !strcmp(type, "BLOB")))
			return err_set(e, ERR_INTERNAL,
				       "column %s is %s, its member is not", f->name,
				       type);
	}
	return true;
}
