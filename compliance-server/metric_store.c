/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of performance_metrics. */
#include "compliance-server/metric_store.h"

static const struct field metric_fields[] = {
	COLUMN(struct performance_metric, id),
	COLUMN(struct performance_metric, server_name),
	COLUMN(struct performance_metric, metric_type),
	FIELD(struct performance_metric, metric_value, .scale = 2),
	COLUMN(struct performance_metric, timestamp),
	FIELDS_END
};

struct recent_in {
	const char *server_name;
	double machine;
	int64_t limit;
};

static const struct field recent_fields[] = {
	COLUMN(struct recent_in, server_name),
	FIELD(struct recent_in, machine, .scale = 2), COLUMN(struct recent_in, limit),
	FIELDS_END
};

enum { S_INSERT, S_RECENT, S_MAX };

const struct stmt metric_stmts[] = {
	[S_INSERT] = { .name = "metric_insert",
		       .in = metric_fields,
		       .bind = "id server_name metric_type metric_value timestamp",
		       .sql = "INSERT INTO performance_metrics (id, server_name, metric_type,"
			      " metric_value, timestamp) VALUES ($1, $2, $3, $4, $5)" },
	[S_RECENT] = { .name = "metric_recent",
		       .in = recent_fields,
		       .bind = "server_name machine limit",
		       .out = metric_fields,
		       .out_size = sizeof(struct performance_metric),
		       .sql = "SELECT id, server_name, metric_type, metric_value, timestamp"
			      " FROM performance_metrics WHERE server_name = $1 AND timestamp IN"
			      " (SELECT timestamp FROM performance_metrics WHERE server_name = $1"
			      " AND metric_type = '" METRIC_MACHINE
			      "' AND metric_value = $2"
			      " ORDER BY timestamp DESC LIMIT $3) ORDER BY timestamp DESC, id" },
	[S_MAX] = { .name = NULL },
};

bool metric_insert(struct ctx *c, const struct performance_metric *m, struct err *e)
{
	return db_exec(c, &metric_stmts[S_INSERT], m, NULL, e);
}

bool metric_recent(struct ctx *c, const char *server_name, double machine, int64_t checks,
		   struct rows *ret, struct err *e)
{
	const struct recent_in in = { server_name, machine, checks };

	return db_query(c, &metric_stmts[S_RECENT], &in, ret, e);
}
