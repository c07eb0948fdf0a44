/* SPDX-License-Identifier: Apache-2.0 */
/* Rules as Markdown, printed from the tables. */
#ifndef COMPLIANCE_SERVER_RULES_DOC_H
#define COMPLIANCE_SERVER_RULES_DOC_H

#include "common/base/buf.h"

struct rule;

void rules_print_doc(struct buf *b); /* docs/rules.md */
/* One of them under a heading of this level. */
void rule_print(struct buf *b, const struct rule *r, int level);

#endif
