/* SPDX-License-Identifier: Apache-2.0 */
/* Tells subscribers which resources a call has changed. */
#ifndef COMPLIANCE_SERVER_CHANGED_H
#define COMPLIANCE_SERVER_CHANGED_H

#include "common/base/ctx.h"

void changed_status(struct ctx *c); /* what tells of all servers */
void changed_server(struct ctx *c, const char *name);
void changed_check(struct ctx *c, const char *check_id);

#endif
