/* SPDX-License-Identifier: Apache-2.0 */
/* What the list tools share: page positions, and names that must exist. */
#ifndef COMPLIANCE_SERVER_POS_H
#define COMPLIANCE_SERVER_POS_H

#include "common/base/ctx.h"

/* Reads "[RANK ]MS UUID"; pos NULL leaves all as it was. rank NULL: there is none. */
bool pos_read(struct ctx *c, const char *pos, int64_t *rank, struct stamp *at,
	      const char **id, struct err *e);
/* NULL, or a registered server; ERR_NOT_FOUND with the nearest name. */
bool known_server(struct ctx *c, const char *name, struct err *e);

#endif
