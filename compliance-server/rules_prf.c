/* SPDX-License-Identifier: Apache-2.0 */
/* Live rules about the process: time, memory, processor, user. */
#include <inttypes.h>

#include "common/base/str.h"
#include "compliance-server/rules_live.h"

#define SERVER "server"

#define START_MEDIUM_MS 3000
#define START_HIGH_MS	10000
#define LIST_US		250000
#define TIMED_MIN	5 /* list calls: fewer are no percentile */
#define RSS_MEDIUM_KIB	(512 * 1024)
#define RSS_HIGH_KIB	(1024 * 1024)
#define LIST_BYTES	(128 * 1024)
#define LIST_TOOLS	60
#define IDLE_BUSY	500 /* 1/100 percent */
#define GROWTH_KIB	(16 * 1024)

/* True when times and sizes of this check say something; else unknown, with the reason.
 */
static bool measured(struct rule_run *r)
{
	const struct live_metrics *m = &r->live->metrics;

	if (!live_spoken(r))
		return false;
	if (!m->busy)
		return true;
	(m->needed ? rule_unknown : rule_skip)(
		r,
		"the machine is busy (load %.1f on %d processor%s), so measurements say "
		"nothing",
		m->load, m->processors, m->processors == 1 ? "" : "s");
	return false;
}

static bool started(struct rule_run *r)
{
	if (!measured(r))
		return false;
	if (r->live->metrics.starts > 0)
		return true;
	live_unasked(r);
	return false;
}

void check_prf_001(struct rule_run *r)
{
	const struct live_metrics *m = &r->live->metrics;

	if (started(r) && m->warm_median_ms > START_MEDIUM_MS)
		rule_fail_live(r,
			       m->warm_median_ms > START_HIGH_MS ? SEV_HIGH : SEV_MEDIUM,
			       SERVER,
			       "a warm start takes %" PRId64
			       " ms up to the handshake (median of %d)",
			       m->warm_median_ms, m->starts);
}

void check_prf_002(struct rule_run *r)
{
	const struct live_metrics *m = &r->live->metrics;

	if (!measured(r))
		return;
	if (m->timed < TIMED_MIN)
		live_unasked(r);
	else if (m->list_p95_us > LIST_US)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "a listing takes %" PRId64 " ms (95 percent of %d)",
			       m->list_p95_us / 1000, m->timed);
}

void check_prf_003(struct rule_run *r)
{
	int64_t kib = r->live->metrics.peak_kib;

	if (!r->live->too_big && !measured(r))
		return;
	if (kib < 0)
		rule_unknown(r, "the resident size could not be read");
	else if (kib > RSS_MEDIUM_KIB || r->live->too_big)
		rule_fail_live(r, kib > RSS_HIGH_KIB ? SEV_HIGH : SEV_MEDIUM, SERVER,
			       "the server takes %" PRId64 " MiB of memory%s", kib / 1024,
			       r->live->too_big ? ", and was ended" : " after the lists");
}

void check_prf_004(struct rule_run *r)
{
	const struct live_list *tools = &r->live->lists[LIVE_TOOLS];

	if (!measured(r) || !live_has_all_tools(r))
		return;
	if (tools->bytes > LIST_BYTES || tools->n > LIST_TOOLS)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "the list has %zu tools in %zu KiB, about %zu tokens",
			       tools->n, tools->bytes / 1024, tools->bytes / 4);
}

void check_prf_005(struct rule_run *r)
{
	int64_t idle = r->live->metrics.idle;

	if (!measured(r))
		return;
	if (idle < 0)
		live_unasked(r);
	else if (idle > IDLE_BUSY)
		rule_fail_live(r, SEV_LOW, SERVER,
			       "the server uses %" PRId64
			       " percent of a processor without a request",
			       idle / 100);
}

void check_prf_006(struct rule_run *r)
{
	const struct live_metrics *m = &r->live->metrics;

	if (!measured(r))
		return;
	if (m->more_kib < 0 || m->timed_kib < 0)
		rule_unknown(r, "there was no time for %d more lists", LIVE_MORE);
	else if (m->more_kib > m->timed_kib * 13 / 10 &&
		 m->more_kib > m->timed_kib + GROWTH_KIB)
		rule_fail_live(r, SEV_LOW, SERVER,
			       "%d lists let the server grow from %" PRId64 " to %" PRId64
			       " MiB",
			       LIVE_MORE, m->timed_kib / 1024, m->more_kib / 1024);
}

/* Milliseconds, as the host reads its setting; false: none. */
static bool timeout_of(const struct rule_run *r, double *ret)
{
	const struct node *n = r->entry ? r->entry->timeout.node : NULL;
	unsigned flags = r->entry ? r->entry->file->host->flags : 0;

	if (!n || n->kind != NODE_NUMBER || !str_to_f64(n->text, ret) || *ret <= 0 ||
	    !(flags & (HOST_SECONDS | HOST_MILLISECONDS)))
		return false;
	*ret *= flags & HOST_SECONDS ? 1000 : 1;
	return true;
}

void check_prf_007(struct rule_run *r)
{
	double ms;

	if (!timeout_of(r, &ms))
		rule_skip(r, "no timeout is configured");
	else if (started(r) && ms < 2.0 * (double)r->live->metrics.warm_p95_ms)
		rule_fail(r, SEV_MEDIUM, &r->entry->timeout,
			  "the host waits %.1f s, a start takes up to %.1f s", ms / 1000,
			  (double)r->live->metrics.warm_p95_ms / 1000);
}

/* Rows of live_metric_rows, what they are called, and what nobody notices. */
static const struct {
	int row;
	const char *name, *unit;
	double least;
} compared[] = {
	{ 1, "warm start", "ms", 100 },
	{ 3, "listing", "ms", 5 },
	{ 4, "memory", "MiB", 16 },
	{ 5, "tool list", "KiB", 4 },
	{ 6, "idle processor time", "percent", 1 },
};

void check_prf_008(struct rule_run *r)
{
	const struct live_baseline *b = r->entry ? r->entry->baseline : NULL;

	if (!b) {
		rule_skip(r, "there is no baseline for this kind of machine yet");
		return;
	}
	if (!measured(r))
		return;
	for (size_t i = 0; i < ARRAY_LEN(compared); i++) {
		int row = compared[i].row;
		double now, before = b->median[row], by;

		if (!live_metric(r->live, row, &now))
			continue;
		by = now - before;
		if (by <= before / 2 || by <= 3 * b->deviation[row] ||
		    by <= compared[i].least)
			continue;
		rule_fail_live(r, SEV_MEDIUM, SERVER, "%s: %.1f %s, before that %.1f %s",
			       compared[i].name, now, compared[i].unit, before,
			       compared[i].unit);
		rule_evidence(r, live_metric_rows[row], "median of %zu checks", b->n);
	}
}

void check_cmd_017(struct rule_run *r)
{
	if (!live_spoken(r) || !r->live->root)
		return;
	if (r->live->root_mapped)
		rule_fail_live(r, SEV_INFO, SERVER,
			       "the server runs as root of a container, which is another "
			       "user outside of it");
	else
		rule_fail_live(r, SEV_MEDIUM, SERVER, "the server runs as root");
}
