/* SPDX-License-Identifier: Apache-2.0 */
/* Private to bind.c: what a field accepts and how a value that it does not is refused. */
#ifndef COMMON_FIELD_REFUSE_H
#define COMMON_FIELD_REFUSE_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/field/field.h"
#include "common/field/jsonr.h"

#define NAME_MAX_LEN 64

struct binder {
	struct arena *a;
	const char *what;
	const char *path; /* names of the fields around this one: "steps[2]." */
	bool lenient;	  /* from text: lists as "a,b" */
	struct err *e;
};

/* "an integer from 1 to 100" */
const char *field_accepted(struct arena *a, const struct field *f);
const char *bind_name(const struct binder *b, const struct field *f);
/* A client's text, printable and short. */
const char *bind_shown(const struct binder *b, const char *text);

/* All return false with e = ERR_ARG. index: of the element that is wrong, -1: the whole
 * field. A problem that begins with a blank follows the name without a colon. */
bool bind_refuse(const struct binder *b, const struct field *f, int64_t index,
		 const char *problem);
bool bind_refuse_kind(const struct binder *b, const struct field *f, int64_t index,
		      const struct node *n);
bool bind_refuse_name(const struct binder *b, const struct field *f, int64_t index,
		      const char *text);
bool bind_refuse_unknown(const struct binder *b, const struct field *fields,
			 const char *key);

#endif
