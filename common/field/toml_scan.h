/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the TOML reader: its words. All functions that fail set the error of s. */
#ifndef COMMON_FIELD_TOML_SCAN_H
#define COMMON_FIELD_TOML_SCAN_H

#include "common/field/jsonr.h"
#include "common/field/scan.h"

/* Blanks within a line. */
void toml_blanks(struct scan *s);
/* A comment, if one begins here. */
bool toml_comment(struct scan *s);
bool toml_at_line_end(const struct scan *s); /* also at the end of the text */
/* Over the line end here, if there is one. */
bool toml_line_end(struct scan *s);
/* Blanks, comments and line ends. */
bool toml_gap(struct scan *s);
/* At a quote; afterwards behind the closing one. *ret is decoded, in the arena. */
bool toml_string(struct scan *s, bool may_span_lines, const char **ret);
/* At a bare key. */
bool toml_bare_key(struct scan *s, const char **ret);
/* true, false, a number, a date or a time: sets kind, text and truth. */
bool toml_word(struct scan *s, struct node *n);

#endif
