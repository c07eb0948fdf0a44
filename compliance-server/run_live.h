/* SPDX-License-Identifier: Apache-2.0 */
/* The live part of a run. Private to run.c. */
#ifndef COMPLIANCE_SERVER_RUN_LIVE_H
#define COMPLIANCE_SERVER_RUN_LIVE_H

#include "compliance-server/run.h"

/* Starts the servers that are wanted and puts what they showed, and what earlier checks
 * know of them, into the facts. One that needs a credential gets its tools from a file
 * of the request, else from the approved set. */
bool run_live(struct ctx *c, struct run *r, struct err *e);

#endif
