/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of reading a compose file. Private to the compose files. */
#ifndef COMPLIANCE_COMPOSE_PART_H
#define COMPLIANCE_COMPOSE_PART_H

#include "compliance-server/compose_facts.h"

/* Fills in everything that stands in s->node; takes from *words what it reads of
 * commands. */
void compose_read_service(struct arena *a, struct compose_service *s, size_t *words);

#endif
