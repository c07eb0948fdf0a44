/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON (RFC 8785): the same bytes for the same value, for hashing. */
#ifndef COMMON_FIELD_CANON_H
#define COMMON_FIELD_CANON_H

#include "common/base/buf.h"
#include "common/field/jsonr.h"

/* Adds n without blanks: keys sorted by UTF-16 code units (of duplicates the last one
 * stays), numbers as ECMAScript prints doubles, strings unchanged. The key of n itself is
 * not written. A number that is not finite becomes null. */
void canon_add(struct arena *a, const struct node *n, struct buf *out);
/* The order of keys, as strcmp: members of a canonical object stand in it. */
int canon_compare(const char *x, const char *y);
/* Lower-case SHA-256 of it; out has 65 bytes. */
void canon_sha256(struct arena *a, const struct node *n, char out[65]);

#endif
