/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of performance_metrics: written after each live check, read before the next. */
#include "compliance-server/run_metrics.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/fd.h"
#include "common/base/id.h"
#include "common/base/str.h"
#include "common/config/config.h"
#include "compliance-server/live.h"
#include "compliance-server/metric_store.h"

#define CLASS_DIGITS 7 /* hexadecimal: what fits a DECIMAL(10,2) */

/* "model name" and its line, or the whole of another architecture's first line. */
static void add_model(struct buf *b)
{
	struct buf info CLEANUP(buf_release);
	const char *p;

	buf_init(&info, 4 * 1024 * 1024);
	if (!fd_read_file("/proc/cpuinfo", &info, NULL))
		return;
	p = strstr(buf_text(&info), "model name");
	if (!p)
		p = buf_text(&info);
	buf_add(b, p, strcspn(p, "\n"));
}

double metrics_machine(void)
{
	struct buf b CLEANUP(buf_release);
	char hex[DIGEST_HEX_LEN];

	buf_init(&b, 64 * 1024);
	add_model(&b);
	buf_addf(&b, "\n%ld", sysconf(_SC_NPROCESSORS_ONLN));
	digest_sha256_hex(buf_text(&b), b.len, hex);
	hex[CLASS_DIGITS] = '\0';
	return (double)(strtol(hex, NULL, 16) % 100000000);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static size_t values_of(const struct rows *rows, const char *type, double *v)
{
	const struct performance_metric *m = rows->at;
	size_t n = 0;

	for (size_t i = 0; i < rows->n && n < BASELINE_MAX; i++)
		if (str_eq(m[i].metric_type, type))
			v[n++] = m[i].metric_value;
	return n;
}

/* What was measured less often than the others keeps nobody from a finding, and causes
 * none: its median is out of reach. */
static const struct live_baseline *baseline_of(struct arena *a, const struct rows *rows)
{
	struct live_baseline *b = arena_alloc(a, sizeof(*b));
	double v[BASELINE_MAX];

	b->n = values_of(rows, METRIC_MACHINE, v);
	if (b->n < BASELINE_MIN)
		return NULL;
	for (int row = 0; row < LIVE_METRIC_ROWS; row++) {
		size_t n = values_of(rows, live_metric_rows[row], v);

		b->median[row] = n < BASELINE_MIN ? 1e18 : median(v, n);
		for (size_t i = 0; i < n; i++)
			v[i] = v[i] > b->median[row] ? v[i] - b->median[row]
						     : b->median[row] - v[i];
		b->deviation[row] = n < BASELINE_MIN ? 0 : median(v, n);
	}
	return b;
}

bool metrics_load(struct ctx *c, struct run *r, struct err *e)
{
	double machine = metrics_machine();
	struct rows rows;

	for (size_t i = 0; r->stored && i < r->n_targets; i++) {
		const struct entry *entry = r->targets[i].t->entry;

		if (!r->targets[i].wanted || !entry || !entry->live)
			continue;
		if (!metric_recent(c, r->targets[i].server.name, machine, BASELINE_MAX,
				   &rows, e))
			return false;
		r->facts->entries[entry->index]->baseline = baseline_of(c->arena, &rows);
	}
	return true;
}

static bool insert(struct ctx *c, const struct run_target *rt, const char *type,
		   double value, struct err *e)
{
	char id[UUID_LEN];
	const struct performance_metric m = { .id = id,
					      .server_name = rt->server.name,
					      .metric_type = type,
					      .metric_value = value,
					      .timestamp = rt->check.completed_at };

	id_uuid(id);
	return metric_insert(c, &m, e);
}

bool metrics_save(struct ctx *c, const struct run_target *rt, struct err *e)
{
	const struct live *live = rt->t->entry ? rt->t->entry->live : NULL;
	double value;

	if (!live || live->state != LIVE_OK || live->listed ||
	    (c->cfg && !c->cfg->performance_metrics))
		return true;
	for (int row = 0; row < LIVE_METRIC_ROWS; row++)
		if (live_metric(live, row, &value) &&
		    !insert(c, rt, live_metric_rows[row], value, e))
			return false;
	/* without this row no later check compares itself with it */
	return live->metrics.busy || insert(c, rt, METRIC_MACHINE, metrics_machine(), e);
}

void metrics_put(struct jsonw *w, const struct check_target *t)
{
	const struct live *live = t->entry ? t->entry->live : NULL;
	const struct live_metrics *m = live ? &live->metrics : NULL;
	double value;

	if (!live || live->state != LIVE_OK || live->listed)
		return;
	jsonw_obj(w, "metrics");
	for (int row = 0; row < LIVE_METRIC_ROWS; row++)
		if (live_metric(live, row, &value))
			jsonw_f64(w, live_metric_rows[row], value, 2);
	jsonw_i64(w, "starts", m->starts);
	jsonw_i64(w, "lists", m->timed);
	jsonw_f64(w, "load", m->load, 2);
	jsonw_i64(w, "processors", m->processors);
	if (!m->busy)
		jsonw_f64(w, "points", t->cats[CAT_PERFORMANCE].measured / 100.0, 2);
	jsonw_end(w);
}
