/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of search_history. */
#ifndef MEMORY_SERVER_HISTORY_STORE_H
#define MEMORY_SERVER_HISTORY_STORE_H

#include "common/db/db.h"
#include "memory-server/model.h"

struct history_filter {
	const char *contains; /* lower case text inside the query, NULL: any */
	struct stamp since, until;
	struct stamp before; /* page position */
	const char *before_id;
	int64_t limit;
};

extern const struct stmt history_stmts[]; /* closed by name NULL */
/* row: a struct search_history; for the journal. */
bool history_add(struct ctx *c, const void *row, struct err *e);

/* Newest first; rows of struct search_history, at most limit + 1. */
bool history_list(struct ctx *c, const struct history_filter *f, struct rows *ret,
		  struct err *e);

#endif
