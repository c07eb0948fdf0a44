/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and approvals as results: whole while they fit, in parts when they do not. */
#ifndef COORDINATOR_SERVER_SHOW_H
#define COORDINATOR_SERVER_SHOW_H

#include "common/field/jsonw.h"
#include "common/rpc/tool.h"
#include "coordinator-server/model.h"

/* Members of a session into the open object. pos: where the answer goes on, text of a
 * cursor of get_session; NULL: from its start. */
bool show_session(struct ctx *c, const struct session *s, const char *pos,
		  struct jsonw *out, struct err *e);
/* Likewise; pos goes through the request, for get_approval. */
bool show_approval(struct ctx *c, const struct approval *a, const char *pos,
		   struct jsonw *out, struct err *e);

/* Output schemas: what a caller may rely on. */
extern const struct field show_session_fields[], show_approval_fields[];
/* Rows of the lists. */
extern const struct field list_session_fields[], list_approval_fields[];

#endif
