/* SPDX-License-Identifier: Apache-2.0 */
/* Edits of a text by byte ranges, and the patch that shows them. Private to fix*.c. */
#ifndef COMPLIANCE_FIX_EDIT_H
#define COMPLIANCE_FIX_EDIT_H

#include "compliance-server/fix.h"

struct edit {
	size_t from, to; /* bytes of the old text; from == to inserts */
	const char *text;
};

struct edits {
	struct edit *v; /* sorted, none touches another */
	size_t n, cap;
};

/* A range that must not be shown. */
struct hidden {
	size_t from, to;
};

/* False when it overlaps one that is there; an equal one is taken once. */
bool edits_add(struct arena *a, struct edits *e, struct edit one);
char *edits_apply(struct arena *a, const char *text, size_t n, const struct edits *e,
		  size_t *ret_n);
/* Unified diff with three lines around; hidden ranges read "…". */
char *edits_patch(struct arena *a, const char *path, const char *text, size_t n,
		  const struct edits *e, const struct hidden *hidden, size_t n_hidden,
		  bool *ret_masked);

/* Byte of a place as the readers count (lines from 1, UTF-16 units); n behind the end. */
size_t text_offset(const char *text, size_t n, int line, int col);

#endif
