/* SPDX-License-Identifier: Apache-2.0 */
/* JSON object -> struct, struct -> JSON, field table -> JSON Schema. */
#ifndef COMMON_FIELD_BIND_H
#define COMMON_FIELD_BIND_H

#include "common/base/err.h"
#include "common/field/field.h"
#include "common/field/jsonr.h"
#include "common/field/jsonw.h"

/* Fills *obj from a JSON object by the table; a NULL node counts as {}. *obj is zeroed by
 * the caller or holds values to keep: they count as given where a required member or a
 * default is missing (a plain number or bool that is 0 does not). Strings and arrays are
 * put into the arena. null counts as absent. Unknown, missing, ill-typed and out-of-range
 * members are ERR_ARG with a text that says what is accepted:
 *
 *     argument "limit": 0 is below the minimum; accepted is an integer from 1 to 100
 *     unknown argument "proejct", did you mean "project"?
 *
 * `what` is the noun used in the text ("argument", "key"). Hidden fields are unknown. */
bool bind_object(struct arena *a, const struct field *fields, const char *what,
		 const struct node *node, void *obj, struct err *e);
/* One value from text, for options, query strings and configuration: lists as "a,b" or as
 * JSON; json, floats and items as JSON. */
bool bind_text(struct arena *a, const struct field *f, const char *what, const char *text,
	       void *obj, struct err *e);

/* Writes the members of obj into the object that is open; what is not set is left out,
 * but for required lists, which are written empty. */
void fields_json(const struct field *fields, const void *obj, struct jsonw *w);
/* Writes an array of objects. */
void fields_json_array(const struct field *fields, const char *key, const void *v,
		       size_t n, size_t size, struct jsonw *w);

/* Writes {"type":"object","properties":…,"required":…,"additionalProperties":false} as
 * the value of key. No $ref, no type arrays, arrays always with items. Bounds of 100 and
 * more are left out. Output schemas leave out bounds, defaults, descriptions, formats,
 * additionalProperties and the members of listed objects; docs/tools.md has them.
 * Examples cost bytes of tools/list. */
void fields_schema(const struct field *fields, const char *key, bool output,
		   struct jsonw *w);

#endif
