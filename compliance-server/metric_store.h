/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of performance_metrics. */
#ifndef COMPLIANCE_SERVER_METRIC_STORE_H
#define COMPLIANCE_SERVER_METRIC_STORE_H

#include "common/db/db.h"

struct performance_metric {
	const char *id, *server_name, *metric_type;
	double metric_value;
	struct stamp timestamp; /* one for all rows of a check */
};

/* The row of a check that says on what kind of machine the others were measured. */
#define METRIC_MACHINE "machine_class"

extern const struct stmt metric_stmts[]; /* closed by name NULL */

bool metric_insert(struct ctx *c, const struct performance_metric *m, struct err *e);
/* Rows of struct performance_metric: all of the newest `checks` checks of this server on
 * machines of this class. */
bool metric_recent(struct ctx *c, const char *server_name, double machine, int64_t checks,
		   struct rows *ret, struct err *e);

#endif
