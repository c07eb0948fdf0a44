/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two texts, for a person: line by line, and in lines that changed
 * word by word. Whatever the texts hold, the result is harmless on a terminal, and what
 * would not be seen is written as U+200B. */
#ifndef COMPLIANCE_SERVER_TEXT_DIFF_H
#define COMPLIANCE_SERVER_TEXT_DIFF_H

#include "common/base/arena.h"
#include "common/base/buf.h"

/* Lines "- was" and "+ now" behind the indent, two unchanged ones around them. NULL:
 * there is no such text. Nothing when both are equal. */
void text_diff(struct buf *b, const char *indent, const char *was, const char *now,
	       bool colour);
/* The first difference and a few words around it, on one line of at most max bytes:
 * "Says a text [-again-]{+twice+}." */
const char *text_diff_short(struct arena *a, const char *was, const char *now,
			    size_t max);
/* One text, line by line behind the indent and a mark such as "+ ". */
void text_shown(struct buf *b, const char *indent, const char *mark, const char *text);

#endif
