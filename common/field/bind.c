/* SPDX-License-Identifier: Apache-2.0 */
/* JSON object or text -> struct. */
#include "common/field/bind.h"

#include <inttypes.h>
#include <math.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/refuse.h"

static bool bind_members(const struct binder *b, const struct field *fields,
			 const struct node *node, void *obj);

/* Of a text in code points, of a list in elements. */
static bool check_length(const struct binder *b, const struct field *f, size_t n)
{
	const char *problem = NULL;

	if (f->min > 0 && (int64_t)n < f->min)
		problem = "below the minimum";
	else if (f->max > 0 && (int64_t)n > f->max)
		problem = "above the maximum";
	return !problem ||
	       bind_refuse(b, f, -1, arena_printf(b->a, "length %zu is %s", n, problem));
}

static bool bind_str(const struct binder *b, const struct field *f, const struct node *n,
		     void *at)
{
	if (n->kind != NODE_STRING)
		return bind_refuse_kind(b, f, -1, n);
	if ((f->min > 0 || f->max > 0) && !check_length(b, f, utf8_count(n->text)))
		return false;
	*(const char **)at = n->text;
	return true;
}

static bool bind_enum(const struct binder *b, const struct field *f, const struct node *n,
		      void *at)
{
	int v;

	if (n->kind != NODE_STRING)
		return bind_refuse_kind(b, f, -1, n);
	v = names_find(f->names, n->text);
	if (v == 0)
		return bind_refuse_name(b, f, -1, n->text);
	*(unsigned *)at = (unsigned)v;
	return true;
}

static bool bind_bool(const struct binder *b, const struct field *f, const struct node *n,
		      void *at)
{
	if (n->kind != NODE_BOOL)
		return bind_refuse_kind(b, f, -1, n);
	if (f->kind == KIND_BOOL)
		*(bool *)at = n->truth;
	else
		*(struct opt_bool *)at = (struct opt_bool){ n->truth, true };
	return true;
}

static bool bind_i64(const struct binder *b, const struct field *f, const struct node *n,
		     void *at)
{
	const char *problem = NULL;
	int64_t v;

	if (n->kind != NODE_NUMBER)
		return bind_refuse_kind(b, f, -1, n);
	if (strpbrk(n->text, ".eE"))
		problem = "is not an integer";
	else if (!node_i64(n, &v))
		problem = "is beyond ±9007199254740991";
	else if (f->min < f->max && v < f->min)
		problem = "is below the minimum";
	else if (f->min < f->max && v > f->max)
		problem = "is above the maximum";
	if (problem)
		return bind_refuse(b, f, -1,
				   arena_printf(b->a, "%s %s", n->text, problem));
	if (f->kind == KIND_I64)
		*(int64_t *)at = v;
	else
		*(struct opt_i64 *)at = (struct opt_i64){ v, true };
	return true;
}

static bool bind_f64(const struct binder *b, const struct field *f, const struct node *n,
		     void *at)
{
	const char *problem = NULL;
	double v;

	if (n->kind != NODE_NUMBER)
		return bind_refuse_kind(b, f, -1, n);
	if (!str_to_f64(n->text, &v))
		problem = "is not a finite number";
	else if (f->min < f->max && v < (double)f->min)
		problem = "is below the minimum";
	else if (f->min < f->max && v > (double)f->max)
		problem = "is above the maximum";
	if (problem)
		return bind_refuse(b, f, -1,
				   arena_printf(b->a, "%s %s", n->text, problem));
	if (f->kind == KIND_F64)
		*(double *)at = v;
	else
		*(struct opt_f64 *)at = (struct opt_f64){ v, true };
	return true;
}

static bool bind_stamp(const struct binder *b, const struct field *f,
		       const struct node *n, void *at)
{
	struct stamp s;

	if (n->kind != NODE_STRING)
		return bind_refuse_kind(b, f, -1, n);
	if (!stamp_parse(n->text, &s))
		return bind_refuse(b, f, -1,
				   arena_printf(b->a, "\"%s\" is not a time",
						bind_shown(b, n->text)));
	*(struct stamp *)at = s;
	return true;
}

static bool bind_json(const struct binder *b, const struct field *f, const struct node *n,
		      void *at)
{
	if ((f->flags & FIELD_OBJECT) && n->kind != NODE_OBJECT)
		return bind_refuse_kind(b, f, -1, n);
	((struct json *)at)->text = node_raw(b->a, n);
	return true;
}

/* ---- lists
 * ------------------------------------------------------------------------------ */

/* "a, b" as an array node of strings; empty parts are left out. */
static struct node *split_list(struct arena *a, const char *text)
{
	struct node *list = arena_alloc(a, sizeof(*list)), **tail = &list->first;

	list->kind = NODE_ARRAY;
	while (*text) {
		size_t n = strcspn(text, ","), start = strspn(text, " \t"), end = n;

		while (end > start && (text[end - 1] == ' ' || text[end - 1] == '\t'))
			end--;
		if (end > start) {
			*tail = arena_alloc(a, sizeof(**tail));
			(*tail)->kind = NODE_STRING;
			(*tail)->text = arena_strndup(a, text + start, end - start);
			tail = &(*tail)->next;
			list->n++;
		}
		text += n + (text[n] == ',');
	}
	return list;
}

static bool check_element(const struct binder *b, const struct field *f, const char *text,
			  size_t i)
{
	if (f->names && names_find(f->names, text) == 0)
		return bind_refuse_name(b, f, (int64_t)i, text);
	if (f->item_max > 0 && strlen(text) > (size_t)f->item_max &&
	    (int64_t)utf8_count(text) > f->item_max)
		return bind_refuse(b, f, (int64_t)i,
				   arena_printf(b->a, "length %zu is above the maximum",
						utf8_count(text)));
	return true;
}

static bool bind_strs(const struct binder *b, const struct field *f, const struct node *n,
		      void *at)
{
	struct strs list = { 0 };

	if (n->kind == NODE_STRING && (b->lenient || (f->flags & FIELD_LENIENT)))
		n = split_list(b->a, n->text);
	if (n->kind != NODE_ARRAY)
		return bind_refuse_kind(b, f, -1, n);
	if (!check_length(b, f, n->n))
		return false;
	list.v = arena_array(b->a, n->n, sizeof(*list.v));
	for (const struct node *m = n->first; m; m = m->next) {
		if (m->kind != NODE_STRING)
			return bind_refuse_kind(b, f, (int64_t)list.n, m);
		if (!check_element(b, f, m->text, list.n))
			return false;
		list.v[list.n++] = m->text;
	}
	*(struct strs *)at = list;
	return true;
}

static bool bind_floats(const struct binder *b, const struct field *f,
			const struct node *n, void *at)
{
	struct floats list = { 0 };

	if (n->kind != NODE_ARRAY)
		return bind_refuse_kind(b, f, -1, n);
	if (!check_length(b, f, n->n))
		return false;
	list.v = arena_array(b->a, n->n, sizeof(*list.v));
	for (const struct node *m = n->first; m; m = m->next) {
		double v;

		if (m->kind != NODE_NUMBER)
			return bind_refuse_kind(b, f, (int64_t)list.n, m);
		if (!str_to_f64(m->text, &v) || !isfinite((float)v))
			return bind_refuse(
				b, f, (int64_t)list.n,
				arena_printf(b->a, "%s is too large", m->text));
		list.v[list.n++] = (float)v;
	}
	*(struct floats *)at = list;
	return true;
}

static bool bind_items(const struct binder *b, const struct field *f,
		       const struct node *n, void *at)
{
	struct items list = { 0 };
	char *p;

	if (n->kind != NODE_ARRAY)
		return bind_refuse_kind(b, f, -1, n);
	if (!check_length(b, f, n->n))
		return false;
	p = list.v = arena_array(b->a, n->n, f->of_size);
	for (const struct node *m = n->first; m; m = m->next, p += f->of_size) {
		struct binder inner = *b;

		if (m->kind != NODE_OBJECT)
			return bind_refuse_kind(b, f, (int64_t)list.n, m);
		inner.path = arena_printf(b->a, "%s%s[%zu].", b->path, bind_name(b, f),
					  list.n);
		if (!bind_members(&inner, f->of, m, p))
			return false;
		list.n++;
	}
	*(struct items *)at = list;
	return true;
}

static bool bind_value(const struct binder *b, const struct field *f,
		       const struct node *n, void *obj)
{
	void *at = field_at(f, obj);

	switch (f->kind) {
	case KIND_STR:
		return bind_str(b, f, n, at);
	case KIND_ENUM:
		return bind_enum(b, f, n, at);
	case KIND_BOOL:
	case KIND_OPT_BOOL:
		return bind_bool(b, f, n, at);
	case KIND_I64:
	case KIND_OPT_I64:
		return bind_i64(b, f, n, at);
	case KIND_F64:
	case KIND_OPT_F64:
		return bind_f64(b, f, n, at);
	case KIND_STAMP:
		return bind_stamp(b, f, n, at);
	case KIND_JSON:
		return bind_json(b, f, n, at);
	case KIND_STRS:
		return bind_strs(b, f, n, at);
	case KIND_FLOATS:
		return bind_floats(b, f, n, at);
	case KIND_ITEMS:
		return bind_items(b, f, n, at);
	}
	return err_set(b->e, ERR_INTERNAL, "field %s has no kind", f->name);
}

/* ---- objects
 * ---------------------------------------------------------------------------- */

static const struct field *find_json(const struct field *fields, const char *key)
{
	for (const struct field *f = fields; f->name; f++) {
		char name[NAME_MAX_LEN];

		if (!(f->flags & FIELD_HIDDEN) &&
		    str_eq(field_json_name(f, name, sizeof(name)), key))
			return f;
	}
	return NULL;
}

/* A value that was there before counts: the caller binds onto what is to be kept. A plain
 * number or bool that is 0 cannot be told from one that was never given. */
static bool holds_value(const struct field *f, const void *obj)
{
	const void *p = field_at_const(f, obj);

	if (f->kind == KIND_BOOL)
		return *(const bool *)p;
	if (f->kind == KIND_I64)
		return *(const int64_t *)p != 0;
	if (f->kind == KIND_F64)
		return fpclassify(*(const double *)p) != FP_ZERO;
	return field_is_set(f, obj);
}

static bool bind_absent(const struct binder *b, const struct field *f, void *obj)
{
	struct node *n;

	if ((f->flags & FIELD_HIDDEN) || holds_value(f, obj))
		return true;
	if (f->def) {
		n = jsonr_parse(b->a, f->def, strlen(f->def), 0, NULL, b->e);
		return n && bind_value(b, f, n, obj);
	}
	if (!f->req)
		return true;
	bind_refuse(b, f, -1, " is missing");
	if (f->hint)
		err_set(b->e, b->e->code, "%s\nhint: %s", arena_strdup(b->a, b->e->msg),
			f->hint);
	return false;
}

static bool bind_members(const struct binder *b, const struct field *fields,
			 const struct node *node, void *obj)
{
	size_t count = 0;
	bool *given;

	for (const struct field *f = fields; f->name; f++)
		count++;
	given = arena_array(b->a, count + 1, sizeof(*given));
	for (const struct node *m = node ? node->first : NULL; m; m = m->next) {
		const struct field *f = find_json(fields, m->key);

		if (!f)
			return bind_refuse_unknown(b, fields, m->key);
		if (m->kind == NODE_NULL)
			continue;
		if (!bind_value(b, f, m, obj))
			return false;
		given[f - fields] = true;
	}
	for (const struct field *f = fields; f->name; f++)
		if (!given[f - fields] && !bind_absent(b, f, obj))
			return false;
	return true;
}

bool bind_object(struct arena *a, const struct field *fields, const char *what,
		 const struct node *node, void *obj, struct err *e)
{
	const struct binder b = { .a = a, .what = what, .path = "", .e = e };

	if (node && node->kind != NODE_OBJECT)
		return err_set(e, ERR_ARG, "%ss must be one object, got %s", what,
			       node_kind_name(node->kind));
	return bind_members(&b, fields, node, obj);
}

/* The node that the reader would have made of the text of an option. */
static struct node *text_node(const struct binder *b, const struct field *f,
			      const char *text)
{
	struct node *n = arena_alloc(b->a, sizeof(*n));
	bool truth;
	double v;

	n->kind = NODE_STRING;
	n->text = text;
	if ((f->kind == KIND_BOOL || f->kind == KIND_OPT_BOOL) &&
	    str_to_bool(text, &truth)) {
		n->kind = NODE_BOOL;
		n->truth = truth;
	} else if ((f->kind == KIND_I64 || f->kind == KIND_OPT_I64 ||
		    f->kind == KIND_F64 || f->kind == KIND_OPT_F64) &&
		   str_to_f64(text, &v)) {
		n->kind = NODE_NUMBER;
	} else if (f->kind == KIND_JSON || f->kind == KIND_FLOATS ||
		   f->kind == KIND_ITEMS || (f->kind == KIND_STRS && text[0] == '[')) {
		n = jsonr_parse(b->a, text, strlen(text), 0, NULL, b->e);
	}
	return n;
}

bool bind_text(struct arena *a, const struct field *f, const char *what, const char *text,
	       void *obj, struct err *e)
{
	struct err inner = { 0 };
	struct binder b = {
		.a = a, .what = what, .path = "", .lenient = true, .e = &inner
	};
	struct node *n;

	if (utf8_valid_prefix(text, strlen(text)) != strlen(text)) {
		b.e = e;
		return bind_refuse(&b, f, -1, "is not valid UTF-8");
	}
	text = arena_strdup(a, text);
	n = text_node(&b, f, text);
	b.e = e;
	if (!n)
		return bind_refuse(&b, f, -1,
				   arena_printf(a, "not readable, %s", inner.msg));
	if (n->kind == NODE_STRING && (f->kind == KIND_BOOL || f->kind == KIND_OPT_BOOL))
		return bind_refuse(
			&b, f, -1,
			arena_printf(a, "\"%s\" is neither", bind_shown(&b, text)));
	if (n->kind == NODE_STRING && f->kind >= KIND_I64 && f->kind <= KIND_OPT_F64)
		return bind_refuse(
			&b, f, -1,
			arena_printf(a, "\"%s\" is not a number", bind_shown(&b, text)));
	return bind_value(&b, f, n, obj);
}
