/* SPDX-License-Identifier: Apache-2.0 */
/* Approvals for the eyes of a person: everything, and nothing that the terminal obeys. */
#ifndef COORDINATOR_SERVER_PRINT_H
#define COORDINATOR_SERVER_PRINT_H

#include "common/base/buf.h"
#include "common/base/ctx.h"
#include "coordinator-server/model.h"

/* The whole request; no part is left out, control and bidi characters are escaped. */
bool print_approval(struct ctx *c, const struct approval *a, struct buf *b,
		    struct err *e);
/* One line for a list. */
void print_approval_line(struct ctx *c, const struct approval *a, struct buf *b);

#endif
