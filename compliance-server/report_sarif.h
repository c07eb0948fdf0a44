/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a SARIF log. Private to report_sarif*.c. */
#ifndef COMPLIANCE_REPORT_SARIF_H
#define COMPLIANCE_REPORT_SARIF_H

#include "common/field/jsonw.h"
#include "compliance-server/rules.h"

const char *sarif_level(enum severity s); /* error, warning, note */
/* The members tool and taxonomies of a run: every rule, in fixed order. */
void sarif_put_tool(struct jsonw *w, struct arena *a);
/* A text as SARIF messages want it: braces doubled, brackets with a backslash. */
const char *sarif_text(struct arena *a, const char *s);

#endif
