/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of servers. */
#ifndef COMPLIANCE_SERVER_SERVER_STORE_H
#define COMPLIANCE_SERVER_SERVER_STORE_H

#include "common/db/db.h"
#include "compliance-server/model.h"

struct server_filter {
	const char *status, *health, *type;
	const char *after; /* page position: name of the last row; NULL: from the start */
	int64_t limit;
};

struct server_totals {
	int64_t servers, checked, checks;
	struct stamp last_check;
};

extern const struct stmt server_stmts[]; /* closed by name NULL */

bool server_insert(struct ctx *c, const struct server *s, struct err *e);
/* version, description, configuration and updated_at of the row with this id. */
bool server_change(struct ctx *c, const struct server *s, struct err *e);
/* status, health, version, last_check and updated_at. */
bool server_checked(struct ctx *c, const struct server *s, struct err *e);
/* ERR_NOT_FOUND, with the nearest name as a hint. */
bool server_by_name(struct ctx *c, const char *name, struct server *ret, struct err *e);
/* The same for a transaction that goes on to write: nobody else checks it meanwhile. */
bool server_lock(struct ctx *c, const char *name, struct server *ret, struct err *e);
/* Whether there is one; not finding it is no error. */
bool server_find(struct ctx *c, const char *name, struct server *ret, bool *ret_found,
		 struct err *e);
/* In byte order. */
bool server_names(struct ctx *c, int64_t limit, struct strs *ret, struct err *e);
/* Rows of struct server, by name, at most limit + 1. */
bool server_list(struct ctx *c, const struct server_filter *f, struct rows *ret,
		 struct err *e);
/* Rows of struct server_overview, the same; no score of 50 or more beside an open
 * critical issue. */
bool server_overviews(struct ctx *c, const struct server_filter *f, struct rows *ret,
		      struct err *e);
/* Whether any row was registered by somebody, not only checked. */
bool server_any_registered(struct ctx *c, bool *ret, struct err *e);
bool server_totals(struct ctx *c, struct server_totals *ret, struct err *e);

#endif
