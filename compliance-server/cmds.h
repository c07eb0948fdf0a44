/* SPDX-License-Identifier: Apache-2.0 */
/* Sub-commands that stand in files of their own; rows of the table in cmds.c. */
#ifndef COMPLIANCE_SERVER_CMDS_H
#define COMPLIANCE_SERVER_CMDS_H

#include "common/app/app.h"

struct verify_audit_in {
	bool json;
};
extern const struct field verify_audit_fields[];
bool verify_audit_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		      struct err *e);

#endif
