/* SPDX-License-Identifier: Apache-2.0 */
/* Values between members and databases: what both drivers share. */
#include <math.h>

#include "common/base/mem.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/db/driver.h"
#include "common/field/jsonr.h"
#include "common/field/jsonw.h"

#define MAX_LIST_TEXT (16 * 1024 * 1024)

bool value_binds(const struct stmt *s, struct prep *p, struct err *e)
{
	const char *at = s->bind;

	p->in_n = 0;
	while (at && *at) {
		size_t n = strcspn(at, " ");
		const struct field *f;

		if (p->in_n == DB_MAX_PARAMS)
			return err_set(e, ERR_INTERNAL,
				       "statement %s: too many parameters", s->name);
		f = s->in ? field_find(s->in, at, n) : NULL;
		if (!f)
			return err_set(e, ERR_INTERNAL,
				       "statement %s: no member %.*s to bind", s->name,
				       (int)n, at);
		if (f->kind == KIND_ITEMS)
			return err_set(e, ERR_INTERNAL,
				       "statement %s: %s cannot be bound", s->name,
				       f->name);
		p->in[p->in_n++] = f;
		at += n;
		at += strspn(at, " ");
	}
	return true;
}

bool value_column(struct prep *p, size_t i, size_t n, const char *name, struct err *e)
{
	const struct stmt *s = p->stmt;
	const struct field *f = s->out ? field_find(s->out, name, strlen(name)) : NULL;

	if (n > DB_MAX_COLUMNS)
		return err_set(e, ERR_INTERNAL, "statement %s: too many columns",
			       s->name);
	if (!f || f->kind == KIND_ITEMS)
		return err_set(e, ERR_INTERNAL, "statement %s: no member for column %s",
			       s->name, name);
	if (!p->out)
		p->out = mem_array(n, sizeof(*p->out));
	p->out_n = n;
	p->out[i] = f;
	return true;
}

void *sink_row(struct sink *k, struct err *e)
{
	char *at;

	if (k->rows.n == k->max) {
		err_set(e, ERR_LIMIT, "more than %zu rows; ask for fewer", k->max);
		return NULL;
	}
	if (k->rows.n == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 8;
		void *more = arena_array(k->arena, cap, k->size);

		if (k->rows.n)
			memcpy(more, k->rows.at, k->rows.n * k->size);
		k->rows.at = more;
		k->cap = cap;
	}
	at = k->rows.at;
	return at + k->rows.n++ * k->size;
}

void value_stamp_text(struct stamp s, char out[STAMP_LEN])
{
	stamp_iso(s, out);
	out[10] = ' ';
	out[23] = '\0';
}

double value_rounded(const struct field *f, double v)
{
	double p;

	if (f->scale <= 0)
		return v;
	p = pow(10, f->scale);
	return round(v * p) / p;
}

const char *value_strs_json(struct arena *a, const struct strs *v)
{
	struct buf b CLEANUP(buf_release);
	struct jsonw w;
	size_t i;

	buf_init(&b, MAX_LIST_TEXT);
	jsonw_init(&w, &b);
	jsonw_arr(&w, NULL);
	for (i = 0; i < v->n; i++)
		jsonw_str(&w, NULL, v->v[i] ? v->v[i] : "");
	jsonw_end(&w);
	return b.overflow ? NULL : arena_strndup(a, buf_text(&b), b.len);
}

const char *value_strs_array(struct arena *a, const struct strs *v)
{
	struct buf b CLEANUP(buf_release);
	size_t i;
	const char *s;

	buf_init(&b, MAX_LIST_TEXT);
	buf_addc(&b, '{');
	for (i = 0; i < v->n; i++) {
		buf_adds(&b, i ? ",\"" : "\"");
		for (s = v->v[i] ? v->v[i] : ""; *s; s++) {
			if (*s == '"' || *s == '\\')
				buf_addc(&b, '\\');
			buf_addc(&b, *s);
		}
		buf_addc(&b, '"');
	}
	buf_addc(&b, '}');
	return b.overflow ? NULL : arena_strndup(a, buf_text(&b), b.len);
}

const char *value_floats_text(struct arena *a, const struct floats *v, char open,
			      char close)
{
	struct buf b CLEANUP(buf_release);
	size_t i;

	buf_init(&b, MAX_LIST_TEXT);
	buf_addc(&b, open);
	for (i = 0; i < v->n; i++)
		buf_addf(&b, i ? ",%.9g" : "%.9g", (double)v->v[i]);
	buf_addc(&b, close);
	return b.overflow ? NULL : arena_strndup(a, buf_text(&b), b.len);
}

bool value_null(const struct field *f, struct err *e)
{
	if (f->kind == KIND_I64 || f->kind == KIND_F64)
		return err_set(e, ERR_INTERNAL, "column %s is NULL, its member cannot be",
			       f->name);
	return true;
}

bool value_bad(const struct field *f, const char *what, struct err *e)
{
	return err_set(e, ERR_CORRUPT, "column %s of the database does not hold %s",
		       f->name, what);
}

static bool strs_from_json(struct arena *a, const char *text, struct strs *ret)
{
	const struct node *n = jsonr_parse(a, text, strlen(text), 0, NULL, NULL), *m;

	if (!n || n->kind != NODE_ARRAY)
		return false;
	ret->v = arena_array(a, n->n + 1, sizeof(*ret->v));
	ret->n = 0;
	for (m = n->first; m; m = m->next) {
		if (m->kind != NODE_STRING)
			return false;
		ret->v[ret->n++] = m->text;
	}
	return true;
}

/* One element of {a,"b \" c",NULL} at *at into out (as long as the text); moves *at. */
static bool array_element(const char **at, char *out)
{
	const char *s = *at;
	bool quoted = *s == '"';

	if (quoted)
		s++;
	while (*s && (quoted ? *s != '"' : *s != ',' && *s != '}')) {
		if (*s == '\\' && s[1])
			s++;
		*out++ = *s++;
	}
	*out = '\0';
	if (quoted && *s++ != '"')
		return false;
	*at = s;
	return *s == ',' || *s == '}';
}

static bool strs_from_array(struct arena *a, const char *text, struct strs *ret)
{
	size_t n = strlen(text), commas = 1, i;
	char *out;

	if (n < 2 || text[0] != '{' || text[n - 1] != '}')
		return false;
	ret->n = 0;
	if (n == 2)
		return true;
	for (i = 0; i < n; i++)
		commas += text[i] == ',';
	ret->v = arena_array(a, commas, sizeof(*ret->v));
	out = arena_alloc(a, n + 1);
	text++;
	for (;;) {
		ret->v[ret->n] = out;
		if (ret->n == commas || !array_element(&text, out))
			return false;
		out += strlen(out) + 1;
		ret->n++;
		if (*text++ == '}')
			return *text == '\0';
	}
}

/* [1,2.5] or {1,2.5} */
static bool floats_from_text(struct arena *a, const char *text, struct floats *ret)
{
	size_t n = strlen(text), commas = 1, i;
	char *copy, *at;

	if (n < 2 || !strchr("[{", text[0]))
		return false;
	ret->n = 0;
	if (n == 2)
		return true;
	for (i = 0; i < n; i++)
		commas += text[i] == ',';
	ret->v = arena_array(a, commas, sizeof(*ret->v));
	copy = arena_strndup(a, text + 1, n - 2);
	for (at = copy; at; ret->n++) {
		char *end = strchr(at, ',');
		double d;

		if (end)
			*end++ = '\0';
		if (!str_to_f64(at, &d))
			return false;
		ret->v[ret->n] = (float)d;
		at = end;
	}
	return true;
}

bool value_set_number(const struct field *f, void *at, int64_t i, double d)
{
	switch ((unsigned)f->kind) {
	case KIND_I64:
		*(int64_t *)at = i;
		return true;
	case KIND_OPT_I64:
		*(struct opt_i64 *)at = (struct opt_i64){ i, true };
		return true;
	case KIND_F64:
		*(double *)at = d;
		return true;
	case KIND_OPT_F64:
		*(struct opt_f64 *)at = (struct opt_f64){ d, true };
		return true;
	case KIND_BOOL:
		*(bool *)at = i != 0;
		return true;
	case KIND_OPT_BOOL:
		*(struct opt_bool *)at = (struct opt_bool){ i != 0, true };
		return true;
	default:
		return false;
	}
}

static bool number_from_text(const struct field *f, void *at, const char *text,
			     struct err *e)
{
	int64_t i = 0;
	double d = 0;
	bool whole = f->kind == KIND_I64 || f->kind == KIND_OPT_I64;

	if (whole ? !str_to_i64(text, &i) : !str_to_f64(text, &d))
		return value_bad(f, whole ? "an integer" : "a number", e);
	return value_set_number(f, at, i, d);
}

static bool list_from_text(struct arena *a, const struct field *f, void *at,
			   const char *text, enum list_form lists, struct err *e)
{
	bool ok;

	if (f->kind == KIND_FLOATS)
		ok = floats_from_text(a, text, at);
	else if (lists == LIST_JSON || text[0] == '[')
		ok = strs_from_json(a, text, at);
	else
		ok = strs_from_array(a, text, at);
	return ok || value_bad(f, "a list", e);
}

bool value_from_text(struct arena *a, const struct field *f, void *obj, const char *text,
		     enum list_form lists, struct err *e)
{
	void *at = field_at(f, obj);

	if (!text)
		return value_null(f, e);
	switch (f->kind) {
	case KIND_STR:
		*(const char **)at = arena_strdup(a, text);
		return true;
	case KIND_JSON:
		((struct json *)at)->text = arena_strdup(a, text);
		return true;
	case KIND_ENUM:
		*(unsigned *)at = (unsigned)names_find(f->names, text);
		return *(unsigned *)at || !*text ||
		       value_bad(f, "one of the names that this version knows", e);
	case KIND_BOOL:
	case KIND_OPT_BOOL:
		return value_set_number(f, at, text[0] == 't' || text[0] == '1', 0);
	case KIND_STAMP:
		return stamp_parse(text, at) || value_bad(f, "a date and time", e);
	case KIND_STRS:
	case KIND_FLOATS:
		return list_from_text(a, f, at, text, lists, e);
	case KIND_I64:
	case KIND_F64:
	case KIND_OPT_I64:
	case KIND_OPT_F64:
		return number_from_text(f, at, text, e);
	case KIND_ITEMS:
		break;
	}
	return err_set(e, ERR_INTERNAL, "column %s has no kind of column", f->name);
}
