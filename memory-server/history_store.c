/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of search_history. */
#include "memory-server/history_store.h"

enum { S_INSERT, S_LIST, S_MAX };

static const struct field filter_fields[] = { COLUMN(struct history_filter, contains),
					      COLUMN(struct history_filter, since),
					      COLUMN(struct history_filter, until),
					      COLUMN(struct history_filter, before),
					      COLUMN(struct history_filter, before_id),
					      COLUMN(struct history_filter, limit),
					      FIELDS_END };

#define LIST(position)                                                         \
	"SELECT id, query, filters, results_count, execution_time, created_at" \
	" FROM search_history"                                                 \
	" WHERE ($1::text IS NULL"                                             \
	" OR " position "(lower(query COLLATE \"C\"), $1::text) > 0)"          \
	" AND ($2::timestamp IS NULL OR created_at >= $2::timestamp)"          \
	" AND ($3::timestamp IS NULL OR created_at < $3::timestamp)"           \
	" AND ($5::uuid IS NULL OR created_at < $4::timestamp"                 \
	" OR (created_at = $4::timestamp AND id < $5::uuid))"                  \
	" ORDER BY created_at DESC, id DESC LIMIT $6"

const struct stmt history_stmts[] = {
	[S_INSERT] = { .name = "history_insert",
		       .in = search_history_fields,
		       .bind = "id query filters results_count execution_time created_at",
		       .sql = "INSERT INTO search_history (id, query, filters, results_count,"
			      " execution_time, created_at) VALUES ($1, $2, $3, $4, $5, $6)" },
	[S_LIST] = { .name = "history_list",
		     .in = filter_fields,
		     .bind = "contains since until before before_id limit",
		     .out = search_history_fields,
		     .out_size = sizeof(struct search_history),
		     .sqlite = LIST("instr"),
		     .pg = LIST("strpos") },
	[S_MAX] = { .name = NULL },
};

bool history_add(struct ctx *c, const void *row, struct err *e)
{
	return db_exec(c, &history_stmts[S_INSERT], row, NULL, e);
}

bool history_list(struct ctx *c, const struct history_filter *f, struct rows *ret,
		  struct err *e)
{
	struct history_filter one_more = *f;

	one_more.limit++;
	return db_query(c, &history_stmts[S_LIST], &one_more, ret, e);
}
