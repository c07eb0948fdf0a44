/* SPDX-License-Identifier: Apache-2.0 */
/* The gate: permission, transaction, audit around every tool, resource read and command.
 */
#ifndef COMMON_APP_GATE_H
#define COMMON_APP_GATE_H

#include "common/rpc/tool.h"

/* The gate_fn of the servers; the ctx must belong to an env. */
bool gate_run(struct ctx *c, const struct work *w, struct err *e);

#endif
