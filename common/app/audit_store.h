/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of audit_logs, audit_chains and audit_links. */
#ifndef COMMON_APP_AUDIT_STORE_H
#define COMMON_APP_AUDIT_STORE_H

#include "common/db/db.h"
#include "common/model/audit_log.h"

struct audit_filter {
	const char *action, *resource_type, *resource_id;
	struct stamp since, until;
	struct stamp before;   /* page position: rows older than this … */
	const char *before_id; /* … or as old with a smaller id; NULL: from the newest */
	int64_t limit;
};

/* The last entry of a component's chain. */
struct audit_head {
	const char *component;
	int64_t seq;
	const char *hash;
};

/* A row as the chain sees it: every text as it is stored; without a row only seq and id.
 */
struct audit_link {
	int64_t seq;
	const char *id, *action, *resource_type, *resource_id;
	struct json details;
	const char *at; /* the time in microseconds, 2026-01-02T03:04:05.120000Z */
};

extern const struct stmt audit_stmts[]; /* for the prepare test; closed by name NULL */
/* PostgreSQL only, for db_options.tx_first: writers of a chain stand in a queue instead
 * of running into each other. */
extern const struct stmt audit_queue_stmt;

/* Fills id and timestamp when not set. The row belongs to no chain: see audit.h. */
bool audit_insert(struct ctx *c, struct audit_log *row, struct err *e);
/* Newest first; rows of struct audit_log, at most limit + 1. */
bool audit_list(struct ctx *c, const struct audit_filter *f, struct rows *ret,
		struct err *e);

/* seq 0 when the chain has no entry yet. */
bool audit_head(struct ctx *c, const char *component, struct audit_head *ret,
		struct err *e);
/* The row with this id is the entry h->seq, and the last one. */
bool audit_link(struct ctx *c, const struct audit_head *h, const char *id, struct err *e);
/* Rows of struct audit_link of the chain behind this number, in order, at most limit. */
bool audit_links(struct ctx *c, const char *component, int64_t seq, int64_t limit,
		 struct rows *ret, struct err *e);
/* The oldest row that says to be in the chain and is not, or that is in no chain and came
 * after `since`; NULL: none. */
bool audit_stray(struct ctx *c, const char *component, struct stamp since,
		 const char **ret_id, struct err *e);
/* Removes the entries up to this number. */
bool audit_remove(struct ctx *c, const char *component, int64_t seq, struct err *e);

#endif
