/* SPDX-License-Identifier: Apache-2.0 */
/* Completion of what prompts and templates take: case ignored, those that begin with the
 * text before those that hold it. */
#ifndef COMPLIANCE_SERVER_COMPLETE_H
#define COMPLIANCE_SERVER_COMPLETE_H

#include "common/rpc/tool.h"

#define COMPLETE_MAX 100 /* values of one answer */

bool complete_server(struct ctx *c, const char *arg, const char *text,
		     const struct node *context, struct jsonw *values, int64_t *total,
		     struct err *e); /* names, in byte order */
bool complete_check(struct ctx *c, const char *arg, const char *text,
		    const struct node *context, struct jsonw *values, int64_t *total,
		    struct err *e); /* ids, newest first */
bool complete_rule(struct ctx *c, const char *arg, const char *text,
		   const struct node *context, struct jsonw *values, int64_t *total,
		   struct err *e); /* ids, in byte order */

#endif
