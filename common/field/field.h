/* SPDX-License-Identifier: Apache-2.0 */
/* One struct, one field table: JSON in and out, JSON Schema, rows, parameters, docs. */
#ifndef COMMON_FIELD_FIELD_H
#define COMMON_FIELD_FIELD_H

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/defs.h"

struct opt_i64 {
	int64_t v;
	bool set;
};

struct opt_f64 {
	double v;
	bool set;
};

struct opt_bool {
	bool v;
	bool set;
};

struct json {
	const char *text; /* valid JSON, NUL-terminated; NULL: not set */
};

struct strs {
	const char **v;
	size_t n;
};

struct floats {
	float *v;
	size_t n;
};

struct items { /* array of structs described by field.of and field.of_size */
	void *v;
	size_t n;
};

/* Kind of a member, taken from its C type. Not set: NULL pointer, enum 0, .set false,
 * stamp 0, n = 0; a plain bool or number is always set. */
enum kind {
	KIND_STR = 1, /* const char *: string; VARCHAR TEXT UUID */
	KIND_ENUM,    /* enum with .names: string */
	KIND_BOOL,
	KIND_I64,
	KIND_F64,
	KIND_OPT_I64,
	KIND_OPT_F64,
	KIND_OPT_BOOL,
	KIND_STAMP,  /* date-time */
	KIND_JSON,   /* any JSON value, bytes kept; JSONB or TEXT */
	KIND_STRS,   /* array of strings; TEXT[] or JSON text */
	KIND_FLOATS, /* array of numbers; VECTOR or REAL[] or BLOB of 32-bit floats */
	KIND_ITEMS   /* array of objects; not a column */
};

enum field_flag {
	FIELD_HIDDEN = 1 << 0,	/* a row or parameter member that JSON never shows */
	FIELD_LENIENT = 1 << 1, /* strs: also accepts "a,b" in one string */
	FIELD_OBJECT = 1 << 2,	/* json: must be an object */
	FIELD_CUT = 1 << 3	/* str: may be cut by the writer to keep a result small */
};

struct field {
	const char *name; /* C member and column */
	const char *json; /* JSON name; NULL: camelCase of name */
	const char *doc;
	const char *example; /* in errors and schema; text as is, all else as JSON */
	const char *hint;    /* said when a required one is missing: what to do instead */
	const char *def;     /* JSON text of the default that bind applies, or NULL */
	const char *const *names;
	const struct field *of;
	size_t of_size;
	size_t off;
	/* str: code points; numbers: bounds when min < max; lists: elements */
	int64_t min, max;
	int64_t item_max; /* strs: code points of one element */
	int scale;	  /* f64: decimals that are shown and stored; 0: shortest */
	enum kind kind;
	unsigned flags;
	bool req;
};

#define FIELD_KIND(x) \
	_Generic((x),                                                                           \
	const char *: KIND_STR,                                                                 \
	unsigned int: KIND_ENUM,                                                                \
	bool: KIND_BOOL,                                                                        \
	int64_t: KIND_I64,                                                                      \
	double: KIND_F64,                                                                       \
	struct opt_i64: KIND_OPT_I64,                                                           \
	struct opt_f64: KIND_OPT_F64,                                                           \
	struct opt_bool: KIND_OPT_BOOL,                                                         \
	struct stamp: KIND_STAMP,                                                               \
	struct json: KIND_JSON,                                                                 \
	struct strs: KIND_STRS,                                                                 \
	struct floats: KIND_FLOATS,                                                             \
	struct items: KIND_ITEMS)

/* FIELD(struct issue, issue_id, .max = 100, .req = true, .doc = "Public id."); at least
 * one member such as .doc must be given. */
#define FIELD(type, member, ...)                                          \
	{                                                                 \
		.name = #member, .kind = FIELD_KIND(((type *)0)->member), \
		.off = offsetof(type, member), __VA_ARGS__                \
	}
/* A member with nothing to say beyond its name: COLUMN(struct issue, created_at) */
#define COLUMN(type, member)                                              \
	{                                                                 \
		.name = #member, .kind = FIELD_KIND(((type *)0)->member), \
		.off = offsetof(type, member)                             \
	}
#define FIELDS_END           \
	{                    \
		.name = NULL \
	}

/* By C member name, the column; NULL when there is none. */
const struct field *field_find(const struct field *fields, const char *name, size_t n);
/* "overall_score" -> "overallScore", or the field's own .json. out: at least 64. */
const char *field_json_name(const struct field *f, char *out, size_t n);
void *field_at(const struct field *f, void *obj);
const void *field_at_const(const struct field *f, const void *obj);
/* A copy of what the table describes, with all texts and lists, in the arena. */
void *fields_copy(struct arena *a, const struct field *fields, const void *obj);
bool field_is_set(const struct field *f, const void *obj);

#endif
