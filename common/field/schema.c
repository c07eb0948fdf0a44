/* SPDX-License-Identifier: Apache-2.0 */
/* Struct -> JSON, and field table -> JSON Schema that every host understands. */
#include "common/field/bind.h"

#include <math.h>

#include "common/base/names.h"
#include "common/base/str.h"

#define NAME_MAX_LEN 64

static void write_float(struct jsonw *w, float v)
{
	char text[32];

	if (!isfinite(v))
		return;
	for (int digits = 6; digits <= 9; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, (double)v);
		if (!(strtof(text, NULL) < v) && !(strtof(text, NULL) > v))
			break;
	}
	jsonw_raw(w, NULL, text);
}

static void write_list(const struct field *f, const char *key, const void *at,
		       struct jsonw *w)
{
	const struct strs *strs = at;
	const struct floats *floats = at;
	const struct items *items = at;

	if (f->kind == KIND_ITEMS) {
		fields_json_array(f->of, key, items->v, items->n, f->of_size, w);
		return;
	}
	jsonw_arr(w, key);
	if (f->kind == KIND_STRS)
		for (size_t i = 0; i < strs->n; i++)
			jsonw_str(w, NULL, strs->v[i]);
	else
		for (size_t i = 0; i < floats->n; i++)
			write_float(w, floats->v[i]);
	jsonw_end(w);
}

static void write_member(const struct field *f, const char *key, const void *at,
			 struct jsonw *w)
{
	switch (f->kind) {
	case KIND_STR:
		jsonw_str(w, key, *(const char *const *)at);
		break;
	case KIND_ENUM:
		jsonw_str(w, key, names_text(f->names, (int)*(const unsigned *)at));
		break;
	case KIND_BOOL:
		jsonw_bool(w, key, *(const bool *)at);
		break;
	case KIND_I64:
		jsonw_i64(w, key, *(const int64_t *)at);
		break;
	case KIND_F64:
		jsonw_f64(w, key, *(const double *)at, f->scale);
		break;
	case KIND_OPT_I64:
		jsonw_i64(w, key, ((const struct opt_i64 *)at)->v);
		break;
	case KIND_OPT_F64:
		jsonw_f64(w, key, ((const struct opt_f64 *)at)->v, f->scale);
		break;
	case KIND_OPT_BOOL:
		jsonw_bool(w, key, ((const struct opt_bool *)at)->v);
		break;
	case KIND_STAMP:
		jsonw_stamp(w, key, *(const struct stamp *)at);
		break;
	case KIND_JSON:
		jsonw_raw(w, key, ((const struct json *)at)->text);
		break;
	case KIND_STRS:
	case KIND_FLOATS:
	case KIND_ITEMS:
		write_list(f, key, at, w);
		break;
	}
}

static bool is_list(const struct field *f)
{
	return f->kind == KIND_STRS || f->kind == KIND_FLOATS || f->kind == KIND_ITEMS;
}

void fields_json(const struct field *fields, const void *obj, struct jsonw *w)
{
	for (const struct field *f = fields; f->name; f++) {
		char name[NAME_MAX_LEN];

		if (f->flags & FIELD_HIDDEN)
			continue;
		/* A required list that is empty is there, or the result breaks its
		 * schema. */
		if (field_is_set(f, obj) || (f->req && is_list(f)))
			write_member(f, field_json_name(f, name, sizeof(name)),
				     field_at_const(f, obj), w);
	}
}

void fields_json_array(const struct field *fields, const char *key, const void *v,
		       size_t n, size_t size, struct jsonw *w)
{
	jsonw_arr(w, key);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w, NULL);
		fields_json(fields, (const char *)v + i * size, w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* ---- schema
 * ----------------------------------------------------------------------------- */

static void write_names(const struct field *f, struct jsonw *w)
{
	jsonw_arr(w, "enum");
	for (size_t i = 1; f->names[i]; i++)
		jsonw_str(w, NULL, f->names[i]);
	jsonw_end(w);
}

/* A bound that is hardly ever met is left to the error that names it: every byte of
 * tools/list is read by a model again and again. */
#define MAX_SHOWN 99

static void write_count(const char *min_key, const char *max_key, const struct field *f,
			struct jsonw *w)
{
	if (f->min > 0)
		jsonw_i64(w, min_key, f->min);
	if (f->max > 0 && f->max <= MAX_SHOWN)
		jsonw_i64(w, max_key, f->max);
}

static void write_range(const struct field *f, struct jsonw *w)
{
	if (f->min < f->max) {
		jsonw_i64(w, "minimum", f->min);
		jsonw_i64(w, "maximum", f->max);
	}
}

static void write_types(bool array, struct jsonw *w)
{
	static const char *const types[] = { "object", "string", "number", "boolean" };

	jsonw_arr(w, "anyOf");
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		jsonw_obj(w, NULL);
		jsonw_str(w, "type", types[i]);
		jsonw_end(w);
	}
	if (array) {
		jsonw_obj(w, NULL);
		jsonw_str(w, "type", "array");
		jsonw_obj(w, "items");
		write_types(false, w);
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* Hosts refuse or doubt a schema without a keyword that checks something, arrays of types
 * and arrays without items. Results are checked by clients, never turned into another
 * dialect: there a keyword that every value passes is short and exact. */
static void write_any(bool output, struct jsonw *w)
{
	if (output)
		jsonw_i64(w, "minLength", 0);
	else
		write_types(true, w);
}

static void write_items(const struct field *f, bool output, struct jsonw *w)
{
	jsonw_str(w, "type", "array");
	if (f->kind == KIND_ITEMS && output) {
		jsonw_obj(w, "items");
		jsonw_str(w, "type", "object");
		jsonw_end(w);
	} else if (f->kind == KIND_ITEMS) {
		fields_schema(f->of, "items", output, w);
	} else {
		jsonw_obj(w, "items");
		jsonw_str(w, "type", f->kind == KIND_STRS ? "string" : "number");
		if (f->kind == KIND_STRS && f->names)
			write_names(f, w);
		if (f->item_max > 0 && f->item_max <= MAX_SHOWN && !output)
			jsonw_i64(w, "maxLength", f->item_max);
		jsonw_end(w);
	}
	if (!output)
		write_count("minItems", "maxItems", f, w);
}

static void write_type(const struct field *f, bool output, struct jsonw *w)
{
	switch (f->kind) {
	case KIND_STR:
		jsonw_str(w, "type", "string");
		if (!output)
			write_count("minLength", "maxLength", f, w);
		break;
	case KIND_ENUM:
		jsonw_str(w, "type", "string");
		write_names(f, w);
		break;
	case KIND_BOOL:
	case KIND_OPT_BOOL:
		jsonw_str(w, "type", "boolean");
		break;
	case KIND_I64:
	case KIND_OPT_I64:
		jsonw_str(w, "type", "integer");
		if (!output)
			write_range(f, w);
		break;
	case KIND_F64:
	case KIND_OPT_F64:
		jsonw_str(w, "type", "number");
		if (!output)
			write_range(f, w);
		break;
	case KIND_STAMP:
		jsonw_str(w, "type", "string");
		if (!output)
			jsonw_str(w, "format", "date-time");
		break;
	case KIND_JSON:
		if (f->flags & FIELD_OBJECT)
			jsonw_str(w, "type", "object");
		else
			write_any(output, w);
		break;
	case KIND_STRS:
	case KIND_FLOATS:
	case KIND_ITEMS:
		write_items(f, output, w);
		break;
	}
}

static bool is_text(const struct field *f)
{
	return f->kind == KIND_STR || f->kind == KIND_ENUM || f->kind == KIND_STAMP;
}

static void write_field(const struct field *f, bool output, struct jsonw *w)
{
	char name[NAME_MAX_LEN];

	jsonw_obj(w, field_json_name(f, name, sizeof(name)));
	write_type(f, output, w);
	if (!output) {
		jsonw_str(w, "description", f->doc);
		jsonw_raw(w, "default", f->def);
		if (f->example) {
			jsonw_arr(w, "examples");
			if (is_text(f) && f->example[0] != '"')
				jsonw_str(w, NULL, f->example);
			else
				jsonw_raw(w, NULL, f->example);
			jsonw_end(w);
		}
	}
	jsonw_end(w);
}

static void write_required(const struct field *fields, bool output, struct jsonw *w)
{
	bool open = false;

	for (const struct field *f = fields; f->name; f++) {
		char name[NAME_MAX_LEN];

		if (!f->req || (f->def && !output) || (f->flags & FIELD_HIDDEN))
			continue;
		if (!open)
			jsonw_arr(w, "required");
		open = true;
		jsonw_str(w, NULL, field_json_name(f, name, sizeof(name)));
	}
	if (open)
		jsonw_end(w);
}

void fields_schema(const struct field *fields, const char *key, bool output,
		   struct jsonw *w)
{
	bool open = false;

	jsonw_obj(w, key);
	jsonw_str(w, "type", "object");
	for (const struct field *f = fields; f && f->name; f++) {
		if (f->flags & FIELD_HIDDEN)
			continue;
		if (!open)
			jsonw_obj(w, "properties");
		open = true;
		write_field(f, output, w);
	}
	if (open)
		jsonw_end(w);
	if (fields)
		write_required(fields, output, w);
	if (!output)
		jsonw_bool(w, "additionalProperties", false);
	jsonw_end(w);
}
