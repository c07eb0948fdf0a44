/* SPDX-License-Identifier: Apache-2.0 */
/* docs/rules.md, printed from the rule tables. */
#ifndef COMPLIANCE_SERVER_RULES_DOC_H
#define COMPLIANCE_SERVER_RULES_DOC_H

#include "common/base/buf.h"

void rules_print_doc(struct buf *b);

#endif
