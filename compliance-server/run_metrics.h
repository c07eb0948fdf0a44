/* SPDX-License-Identifier: Apache-2.0 */
/* What live checks measured: kept, and compared with the last ones. */
#ifndef COMPLIANCE_SERVER_RUN_METRICS_H
#define COMPLIANCE_SERVER_RUN_METRICS_H

#include "common/field/jsonw.h"
#include "compliance-server/run.h"

#define BASELINE_MIN 3 /* checks */
#define BASELINE_MAX 10

/* Sets the baseline of each entry that was run and has one. */
bool metrics_load(struct ctx *c, struct run *r, struct err *e);
/* Rows of one target that was run. */
bool metrics_save(struct ctx *c, const struct run_target *rt, struct err *e);
/* The same for a report, as member "metrics"; nothing for a target that was not run. */
void metrics_put(struct jsonw *w, const struct check_target *t);
/* A number for processor model and count. */
double metrics_machine(void);

#endif
