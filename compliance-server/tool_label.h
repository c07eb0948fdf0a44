/* SPDX-License-Identifier: Apache-2.0 */
/* What a tool seems to do, from its name, its parameters and its annotations. Guesses:
 * they find what is worth a look. */
#ifndef COMPLIANCE_TOOL_LABEL_H
#define COMPLIANCE_TOOL_LABEL_H

#include "common/field/jsonr.h"

enum tool_label {
	LABEL_UNTRUSTED = 1 << 0, /* brings in text that strangers wrote */
	LABEL_PRIVATE = 1 << 1,	  /* reads what is nobody else's business */
	LABEL_SINK = 1 << 2,	  /* sends text where others can read it */
};

unsigned tool_labels(const struct node *tool); /* enum tool_label */
/* The name holds a verb of change (delete, write, run …) and begins with none of
 * reading. */
bool tool_changes(const char *name);
/* The annotation is true; NULL-safe. */
bool tool_hint(const struct node *tool, const char *name);

#endif
