/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between an approved set and what a server shows, for a person. */
#ifndef COMPLIANCE_SERVER_PIN_DIFF_H
#define COMPLIANCE_SERVER_PIN_DIFF_H

#include "compliance-server/pin.h"

/* Tool by tool, field by field, text by words; was NULL: everything is new. Returns how
 * many things differ: tools, instructions, name, version, files of the program. */
size_t pin_diff(struct buf *b, const struct pin *was, const struct pin *now, bool colour);
/* All of one set. */
void pin_shown(struct buf *b, const struct pin *p);
/* The first field that differs and how, on one line of at most max bytes; *ret_more: how
 * many further fields do. */
const char *pin_diff_short(struct arena *a, const struct pin_tool *was,
			   const struct pin_tool *now, size_t max, size_t *ret_more);

#endif
