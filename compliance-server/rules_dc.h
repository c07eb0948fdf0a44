/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules about compose files share. Private to them. */
#ifndef COMPLIANCE_RULES_DC_H
#define COMPLIANCE_RULES_DC_H

#include "compliance-server/compose_facts.h"
#include "compliance-server/rules.h"

typedef void dc_check(struct rule_run *r, const struct compose_service *s);
/* Calls check for each service of the compose files of r->project, with r->file set. */
void dc_each(struct rule_run *r, dc_check *check);

/* A finding at a value of a service. A second one at the same place, which an anchor
 * makes, is left out. */
void dc_fail(struct rule_run *r, enum severity sev, const struct compose_service *s,
	     const struct compose_item *at, const char *message, ...) PRINTF_LIKE(5, 6);
/* A finding at the name of a service, where something is missing. */
void dc_fail_service(struct rule_run *r, enum severity sev,
		     const struct compose_service *s, const char *message, ...)
	PRINTF_LIKE(4, 5);

#endif
