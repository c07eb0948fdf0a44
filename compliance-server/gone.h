/* SPDX-License-Identifier: Apache-2.0 */
/* Servers whose definition is no longer in the file it stood in. */
#ifndef COMPLIANCE_SERVER_GONE_H
#define COMPLIANCE_SERVER_GONE_H

#include "compliance-server/run.h"

/* Rows of servers that stood in a file this run has read and stand there no more: they
 * stay, their health becomes unknown and their issues are resolved. Belongs inside the
 * last transaction of a run over files. */
bool gone_save(struct ctx *c, const struct run *r, struct err *e);

#endif
