/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of refused values. */
#include "common/field/refuse.h"

#include <inttypes.h>

#include "common/base/names.h"
#include "common/base/str.h"

#define SHOWN_MAX   48 /* bytes of a client's value that an error repeats */
#define SHOWN_NAMES 12

static const char *accepted_count(struct arena *a, int64_t min, int64_t max,
				  const char *unit)
{
	if (min > 0 && max > 0 && min == max)
		return arena_printf(a, " of %" PRId64 " %s", min, unit);
	if (min > 0 && max > 0)
		return arena_printf(a, " of %" PRId64 " to %" PRId64 " %s", min, max,
				    unit);
	if (min > 0)
		return arena_printf(a, " of at least %" PRId64 " %s", min, unit);
	if (max > 0)
		return arena_printf(a, " of at most %" PRId64 " %s", max, unit);
	return "";
}

static const char *accepted_range(struct arena *a, const struct field *f,
				  const char *noun)
{
	if (f->min >= f->max)
		return noun;
	return arena_printf(a, "%s from %" PRId64 " to %" PRId64, noun, f->min, f->max);
}

static const char *accepted_strs(struct arena *a, const struct field *f)
{
	const char *count = accepted_count(a, f->min, f->max, "elements");
	const char *item = accepted_count(a, 0, f->item_max, "characters");

	if (f->names)
		return arena_printf(a, "an array%s, each one of %s", count,
				    names_list(a, f->names));
	return arena_printf(a, "an array%s of strings%s%s", count, *item ? ", each" : "",
			    item);
}

const char *field_accepted(struct arena *a, const struct field *f)
{
	switch (f->kind) {
	case KIND_STR:
		return arena_printf(a, "a string%s",
				    accepted_count(a, f->min, f->max, "characters"));
	case KIND_ENUM:
		return arena_printf(a, "one of %s", names_list(a, f->names));
	case KIND_BOOL:
	case KIND_OPT_BOOL:
		return "true or false";
	case KIND_I64:
	case KIND_OPT_I64:
		return accepted_range(a, f, "an integer");
	case KIND_F64:
	case KIND_OPT_F64:
		return accepted_range(a, f, "a number");
	case KIND_STAMP:
		return "a date and time such as 2026-01-02T03:04:05Z";
	case KIND_JSON:
		return f->flags & FIELD_OBJECT ? "an object" : "any JSON value";
	case KIND_STRS:
		return accepted_strs(a, f);
	case KIND_FLOATS:
		return arena_printf(a, "an array%s of numbers",
				    accepted_count(a, f->min, f->max, "elements"));
	case KIND_ITEMS:
		return arena_printf(a, "an array%s of objects",
				    accepted_count(a, f->min, f->max, "elements"));
	}
	return "nothing";
}

const char *bind_name(const struct binder *b, const struct field *f)
{
	char *out = arena_alloc(b->a, NAME_MAX_LEN);

	return field_json_name(f, out, NAME_MAX_LEN);
}

/* `argument "limit": 0 is below the minimum; accepted is an integer from 1 to 100, for
 * example 20`. index < 0: the field itself, else one element of it. */
bool bind_refuse(const struct binder *b, const struct field *f, int64_t index,
		 const char *problem)
{
	const char *quote = f->kind == KIND_STR || f->kind == KIND_STAMP ? "\"" : "";
	const char *element = index < 0 ? "" : arena_printf(b->a, "[%" PRId64 "]", index);
	const char *example = "";

	if (f->example && f->example[0] == '"')
		quote = "";
	if (f->example)
		example = arena_printf(b->a, ", for example %s%s%s", quote, f->example,
				       quote);
	return err_set(b->e, ERR_ARG, "%s \"%s%s%s\"%s %s; accepted is %s%s", b->what,
		       b->path, bind_name(b, f), element, problem[0] == ' ' ? "" : ":",
		       problem[0] == ' ' ? problem + 1 : problem, field_accepted(b->a, f),
		       example);
}

const char *bind_shown(const struct binder *b, const char *text)
{
	return str_printable(b->a, text, SHOWN_MAX);
}

bool bind_refuse_kind(const struct binder *b, const struct field *f, int64_t index,
		      const struct node *n)
{
	return bind_refuse(b, f, index,
			   arena_printf(b->a, "got %s", node_kind_name(n->kind)));
}

bool bind_refuse_unknown(const struct binder *b, const struct field *fields,
			 const char *key)
{
	const char **names, *near, *list = "";
	size_t n = 0;

	for (const struct field *f = fields; f->name; f++)
		n++;
	names = arena_array(b->a, n + 1, sizeof(*names));
	n = 0;
	for (const struct field *f = fields; f->name; f++)
		if (!(f->flags & FIELD_HIDDEN))
			names[n++] = bind_name(b, f);
	near = str_nearest(key, names, n);
	if (near)
		return err_set(b->e, ERR_ARG, "unknown %s \"%s%s\", did you mean \"%s\"?",
			       b->what, b->path, bind_shown(b, key), near);
	if (n == 0)
		return err_set(b->e, ERR_ARG,
			       "unknown %s \"%s%s\"; none is accepted here", b->what,
			       b->path, bind_shown(b, key));
	for (size_t i = 0; i < n && i < SHOWN_NAMES; i++)
		list = arena_printf(b->a, "%s%s%s", list, i ? ", " : "", names[i]);
	return err_set(b->e, ERR_ARG, "unknown %s \"%s%s\"; accepted are %s%s", b->what,
		       b->path, bind_shown(b, key), list, n > SHOWN_NAMES ? ", …" : "");
}

/* ---- one value
 * -------------------------------------------------------------------------- */

bool bind_refuse_name(const struct binder *b, const struct field *f, int64_t index,
		      const char *text)
{
	const char *near = str_nearest(text, f->names + 1, names_count(f->names));

	if (near)
		return bind_refuse(b, f, index,
				   arena_printf(b->a,
						"\"%s\" is unknown, did you mean \"%s\"?",
						bind_shown(b, text), near));
	return bind_refuse(b, f, index,
			   arena_printf(b->a, "\"%s\" is unknown", bind_shown(b, text)));
}
