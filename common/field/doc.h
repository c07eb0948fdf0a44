/* SPDX-License-Identifier: Apache-2.0 */
/* Field tables as Markdown, for the printed references in docs/. */
#ifndef COMMON_FIELD_DOC_H
#define COMMON_FIELD_DOC_H

#include "common/base/buf.h"
#include "common/field/field.h"

/* A Markdown table: name, type, required/default, range, meaning. */
void doc_fields(const struct field *fields, struct buf *b);
void doc_cell(struct buf *b, const char *text); /* escapes | and newlines */

#endif
