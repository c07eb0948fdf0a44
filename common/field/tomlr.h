/* SPDX-License-Identifier: Apache-2.0 */
/* TOML 1.0 reader into the node type of the JSON reader. */
#ifndef COMMON_FIELD_TOMLR_H
#define COMMON_FIELD_TOMLR_H

#include "common/field/jsonr.h"

/* An object with the members of the text in order, those of a table where its header
 * stands. Integers are NODE_NUMBER in decimal, floats in their JSON form; strings are
 * NODE_STRING with .quoted, dates, times, inf and nan NODE_STRING without. A table has
 * the place of its header or of the key that made it; raw is NULL. A key or header that
 * comes twice is marked .duplicate and read all the same, so that one slip does not hide
 * the rest. Refused besides syntax: bad UTF-8, keys and values deeper than 64, > 4096
 * keys in a table, > 65536 elements in an array, > 1,000,000 values, integers beyond 64
 * bits, numbers over 32 characters or too large. NULL with e = ERR_PARSE ("line L, column
 * C: …") and pos (may be NULL). U+0000 ("\u0000") is decoded as U+FFFD. Time is linear in
 * n. */
struct node *tomlr_parse(struct arena *a, const char *text, size_t n, struct pos *pos,
			 struct err *e);

#endif
