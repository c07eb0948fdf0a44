/* SPDX-License-Identifier: Apache-2.0 */
/* Members of structs by their field table. */
#include "common/field/field.h"

const struct field *field_find(const struct field *fields, const char *name, size_t n)
{
	for (const struct field *f = fields; f->name; f++)
		if (strncmp(f->name, name, n) == 0 && f->name[n] == '\0')
			return f;
	return NULL;
}

const char *field_json_name(const struct field *f, char *out, size_t n)
{
	size_t len = 0;

	if (f->json)
		return f->json;
	for (const char *p = f->name; *p && len + 1 < n; p++) {
		if (*p == '_' && p[1] >= 'a' && p[1] <= 'z') {
			p++;
			out[len++] = (char)(*p - 'a' + 'A');
		} else {
			out[len++] = *p;
		}
	}
	out[len] = '\0';
	return out;
}

void *field_at(const struct field *f, void *obj)
{
	return (char *)obj + f->off;
}

const void *field_at_const(const struct field *f, const void *obj)
{
	return (const char *)obj + f->off;
}

static size_t kind_size(enum kind k)
{
	static const size_t sizes[] = {
		[KIND_STR] = sizeof(const char *),
		[KIND_ENUM] = sizeof(unsigned),
		[KIND_BOOL] = sizeof(bool),
		[KIND_I64] = sizeof(int64_t),
		[KIND_F64] = sizeof(double),
		[KIND_OPT_I64] = sizeof(struct opt_i64),
		[KIND_OPT_F64] = sizeof(struct opt_f64),
		[KIND_OPT_BOOL] = sizeof(struct opt_bool),
		[KIND_STAMP] = sizeof(struct stamp),
		[KIND_JSON] = sizeof(struct json),
		[KIND_STRS] = sizeof(struct strs),
		[KIND_FLOATS] = sizeof(struct floats),
		[KIND_ITEMS] = sizeof(struct items),
	};

	return sizes[k];
}

static void copy_member(struct arena *a, const struct field *f, void *to);

/* to holds the bytes of the original already. */
static void copy_members(struct arena *a, const struct field *fields, void *to)
{
	for (const struct field *f = fields; f->name; f++)
		copy_member(a, f, field_at(f, to));
}

static void *copy_array(struct arena *a, const void *v, size_t n, size_t size)
{
	void *to = v ? arena_array(a, n + 1, size) : NULL;

	if (to)
		memcpy(to, v, n * size);
	return to;
}

static void copy_member(struct arena *a, const struct field *f, void *to)
{
	struct strs *strs = to;
	struct floats *floats = to;
	struct items *items = to;

	switch (f->kind) {
	case KIND_STR:
		*(const char **)to = arena_strdup(a, *(const char **)to);
		break;
	case KIND_JSON:
		((struct json *)to)->text = arena_strdup(a, ((struct json *)to)->text);
		break;
	case KIND_STRS:
		strs->v = copy_array(a, (const void *)strs->v, strs->n, sizeof(*strs->v));
		for (size_t i = 0; i < strs->n; i++)
			strs->v[i] = arena_strdup(a, strs->v[i]);
		break;
	case KIND_FLOATS:
		floats->v = copy_array(a, floats->v, floats->n, sizeof(*floats->v));
		break;
	case KIND_ITEMS:
		items->v = copy_array(a, items->v, items->n, f->of_size);
		for (size_t i = 0; i < items->n; i++)
			copy_members(a, f->of, (char *)items->v + i * f->of_size);
		break;
	case KIND_ENUM:
	case KIND_BOOL:
	case KIND_I64:
	case KIND_F64:
	case KIND_OPT_I64:
	case KIND_OPT_F64:
	case KIND_OPT_BOOL:
	case KIND_STAMP:
		break;
	}
}

void *fields_copy(struct arena *a, const struct field *fields, const void *obj)
{
	size_t size = 0;
	char *to;

	for (const struct field *f = fields; f->name; f++)
		size = MAX(size, f->off + kind_size(f->kind));
	to = arena_alloc(a, MAX(size, (size_t)1));
	for (const struct field *f = fields; f->name; f++)
		memcpy(to + f->off, field_at_const(f, obj), kind_size(f->kind));
	copy_members(a, fields, to);
	return to;
}

bool field_is_set(const struct field *f, const void *obj)
{
	const void *p = field_at_const(f, obj);

	switch (f->kind) {
	case KIND_STR:
		return *(const char *const *)p != NULL;
	case KIND_ENUM:
		return *(const unsigned *)p != 0;
	case KIND_BOOL:
	case KIND_I64:
	case KIND_F64:
		return true;
	case KIND_OPT_I64:
		return ((const struct opt_i64 *)p)->set;
	case KIND_OPT_F64:
		return ((const struct opt_f64 *)p)->set;
	case KIND_OPT_BOOL:
		return ((const struct opt_bool *)p)->set;
	case KIND_STAMP:
		return ((const struct stamp *)p)->ms != 0;
	case KIND_JSON:
		return ((const struct json *)p)->text != NULL;
	case KIND_STRS:
		return ((const struct strs *)p)->n > 0;
	case KIND_FLOATS:
		return ((const struct floats *)p)->n > 0;
	case KIND_ITEMS:
		return ((const struct items *)p)->n > 0;
	}
	return false;
}
