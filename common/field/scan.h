/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the readers: the position in a text, and the words JSON is made of. All
 * functions that fail set e and pos; they never read at or behind end. */
#ifndef COMMON_FIELD_SCAN_H
#define COMMON_FIELD_SCAN_H

#include "common/base/arena.h"
#include "common/base/defs.h"
#include "common/base/err.h"

struct pos;

struct scan {
	struct arena *arena;
	const char *p, *end;
	const char *line_start;
	size_t continued; /* bytes between line_start and p that have no column */
	int line;
	unsigned flags; /* enum jsonr_flag */
	unsigned loose; /* comments and trailing commas so far */
	struct pos *pos;
	struct err *e;
};

int scan_col(const struct scan *s); /* from 1, in UTF-16 code units */
bool scan_fail(struct scan *s, const char *what);
bool scan_fail_at(struct scan *s, int line, int col, const char *what);
bool scan_unexpected(struct scan *s, const char *expected);
/* Moves over blanks, line ends and, where the flags allow them, comments. */
bool scan_blanks(struct scan *s);
/* At the opening quote; afterwards behind the closing one. *ret is decoded, in the arena.
 */
bool scan_string(struct scan *s, const char **ret);
/* At '-' or a digit. *ret is the token, in the arena. */
bool scan_number(struct scan *s, const char **ret);

#endif
