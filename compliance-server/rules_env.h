/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the ENV rules share. */
#ifndef COMPLIANCE_RULES_ENV_H
#define COMPLIANCE_RULES_ENV_H

#include "compliance-server/rules.h"

/* Calls judge for each .env file of the project that was read and is no pattern, with
 * r->file set to it. */
void env_each_file(struct rule_run *r, void (*judge)(struct rule_run *r));

#endif
