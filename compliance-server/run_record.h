/* SPDX-License-Identifier: Apache-2.0 */
/* What the database knows of itself and of earlier checks, as facts for rules. */
#ifndef COMPLIANCE_SERVER_RUN_RECORD_H
#define COMPLIANCE_SERVER_RUN_RECORD_H

#include "common/base/ctx.h"
#include "compliance-server/facts.h"
#include "compliance-server/model.h"

/* Lives in the ctx's arena; verify: the audit log is read. */
struct record *run_record(struct ctx *c, bool verify);
/* The row of a target as it was before this check. */
void run_record_row(struct record *r, const struct server *row);
/* An audit entry when the last check was one by other rules; belongs inside a db_tx. */
bool run_record_ruleset(struct ctx *c, struct err *e);

#endif
