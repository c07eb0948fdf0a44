/* SPDX-License-Identifier: Apache-2.0 */
/* Live checks: how long, how much, how busy. */
#define _DEFAULT_SOURCE /* getloadavg */
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/fd.h"
#include "common/base/proc.h"
#include "common/base/str.h"
#include "compliance-server/live_session.h"

#define WARM_UP	    5
#define SHARE	    4 /* of the budget, at most, for each row of list calls */
#define LOOKS	    5 /* at what runs now */
#define LOOK_MS	    20
#define BYTES_TIMED ((int64_t)128 * 1024 * 1024) /* half of what a session may read */

const char *const live_metric_rows[LIVE_METRIC_ROWS] = {
	"cold_start_ms", "warm_start_ms", "list_p50_ms",     "list_p95_ms",
	"rss_mb",	 "tool_list_kib", "idle_cpu_percent"
};

bool live_unmeasured(const struct live *l)
{
	return l && l->metrics.busy && !l->metrics.needed;
}

int64_t live_score(const struct live *l)
{
	const struct live_metrics *m = l ? &l->metrics : NULL;
	int64_t v[METRICS], score;

	if (!m || l->state != LIVE_OK || l->listed || m->busy)
		return SCORE_FULL;
	v[METRIC_WARM_START] = m->warm_median_ms;
	v[METRIC_LIST_P95] = m->list_p95_us;
	v[METRIC_RSS] = m->peak_kib;
	v[METRIC_LIST_BYTES] = m->list_bytes;
	v[METRIC_IDLE] = m->idle;
	score = score_metrics(v);
	return score < 0 ? SCORE_FULL : score;
}

static bool scaled(int64_t v, double unit, double *ret)
{
	*ret = (double)v / unit;
	return v >= 0;
}

bool live_metric(const struct live *l, int row, double *ret)
{
	const struct live_metrics *m = &l->metrics;

	switch (row) {
	case 0:
		return scaled(m->cold_ms, 1, ret);
	case 1:
		return scaled(m->warm_median_ms, 1, ret);
	case 2:
		return scaled(m->list_p50_us, 1000, ret);
	case 3:
		return scaled(m->list_p95_us, 1000, ret);
	case 4:
		return scaled(m->peak_kib, 1024, ret);
	case 5:
		return scaled(m->list_bytes, 1024, ret);
	default:
		return scaled(m->idle, 100, ret);
	}
}

/* Threads that want a processor at this moment, ours left out. */
static int running_now(void)
{
	struct buf b CLEANUP(buf_release);
	const char *p;
	int64_t n = 0;

	buf_init(&b, 1024 * 1024);
	if (!fd_read_file("/proc/stat", &b, NULL))
		return 0;
	p = strstr(buf_text(&b), "\nprocs_running ");
	if (p)
		n = strtoll(p + strlen("\nprocs_running "), NULL, 10);
	return (int)MAX(n - 1, 0);
}

/* The average tells of the minute before; a machine that is quiet now measures well. */
void live_load(double *ret_load, int *ret_processors)
{
	double load = 0, now = 0;
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	*ret_processors = n > 0 ? (int)n : 1;
	if (getloadavg(&load, 1) != 1)
		load = 0;
	for (int i = 0; i < LOOKS && load > *ret_processors; i++) {
		now += running_now() / (double)LOOKS;
		poll(NULL, 0, LOOK_MS);
	}
	*ret_load = load > *ret_processors ? MIN(load, now) : load;
}

static struct procs family(struct arena *a, const struct session *s)
{
	pid_t pid = client_pid(s->cl);
	struct procs all = pid > 0 ? procs_all(a) : (struct procs){ NULL, 0 };

	return procs_family(a, &all, pid);
}

static bool root_is_mapped(void)
{
	struct buf b CLEANUP(buf_release);
	char *end;

	buf_init(&b, 4096);
	if (!fd_read_file("/proc/self/uid_map", &b, NULL))
		return false;
	return strtoll(buf_text(&b), &end, 10) == 0 && strtoll(end, NULL, 10) != 0;
}

void session_measure_begin(struct session *s)
{
	struct live_metrics *m = &s->live->metrics;
	struct arena *scratch = arena_new();
	struct procs ours = family(scratch, s);

	s->live->root = procs_any_root(&ours);
	s->live->root_mapped = s->live->root && root_is_mapped();
	m->cold_ms = s->live->start_ms;
	m->warm_median_ms = m->warm_p95_ms = m->list_p50_us = m->list_p95_us =
		m->list_bytes = m->peak_kib = m->timed_kib = m->more_kib = m->idle = -1;
	arena_free(scratch);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Nearest rank of sorted values. */
static int64_t percentile(const int64_t *v, int n, int percent)
{
	return v[(n * percent + 99) / 100 - 1];
}

/* Tools, else whatever the server lists, else a sign of life. */
static const char *timed_method(const struct session *s)
{
	static const char *const methods[LIVE_LISTS] = { [LIVE_TOOLS] = "tools/list",
							 [LIVE_PROMPTS] = "prompts/list",
							 [LIVE_RESOURCES] =
								 "resources/list" };

	for (int i = 0; i < LIVE_LISTS; i++)
		if (s->live->lists[i].first.result)
			return methods[i];
	return session_life(s);
}

/* Up to n calls until the time is over; times may be NULL. What was made. */
static int call_often(struct session *s, const char *method, int n, int64_t until,
		      int64_t *times)
{
	for (int i = 0; i < n; i++) {
		struct client_reply r = { 0 };
		struct ctx c = s->c;
		bool ok;

		if (!session_can_ask(s) || clock_left(until) == 0 ||
		    client_bytes(s->cl) > BYTES_TIMED)
			return i;
		c.arena = arena_new(); /* hundreds of lists need not be kept */
		ok = client_call(s->cl, &c, method, NULL,
				 session_left(s, s->o.silence_ms), &r, NULL);
		arena_free(c.arena);
		if (!ok)
			return i;
		if (times)
			times[i] = r.us;
	}
	return n;
}

static int64_t resident(const struct session *s, int64_t (*sum)(const struct procs *))
{
	struct arena *scratch = arena_new();
	struct procs ours = family(scratch, s);
	int64_t kib = sum(&ours);

	arena_free(scratch);
	return kib > 0 ? kib : -1;
}

static int64_t share(const struct session *s)
{
	return clock_mono() + s->o.budget_ms / SHARE;
}

void session_measure_lists(struct session *s)
{
	struct live_metrics *m = &s->live->metrics;
	const struct live_list *tools = &s->live->lists[LIVE_TOOLS];
	const char *method = timed_method(s);
	int64_t times[LIVE_TIMED], until = share(s);

	if (!tools->first.asked || tools->first.died)
		return;
	if (tools->end == PAGES_COMPLETE || tools->first.error)
		m->list_bytes = (int64_t)tools->bytes;
	call_often(s, method, WARM_UP, until, NULL);
	m->timed = call_often(s, method, LIVE_TIMED, until, times);
	if (m->timed > 0) {
		qsort(times, (size_t)m->timed, sizeof(*times), compare);
		m->list_p50_us = percentile(times, m->timed, 50);
		m->list_p95_us = percentile(times, m->timed, 95);
	}
	m->peak_kib = resident(s, procs_peak_kib);
	if (m->timed < LIVE_TIMED || !s->o.more)
		return;
	m->timed_kib = resident(s, procs_rss_kib);
	if (call_often(s, method, LIVE_MORE, share(s), NULL) == LIVE_MORE)
		m->more_kib = resident(s, procs_rss_kib);
}

void session_measure_idle(struct session *s)
{
	struct arena *scratch = arena_new();
	struct procs ours = family(scratch, s);
	int64_t cpu = procs_cpu_ms(&ours), began = clock_mono(), ms;

	if (session_can_ask(s) && ours.n > 0 &&
	    session_left(s, s->o.idle_ms) == s->o.idle_ms) {
		session_pause(s, s->o.idle_ms);
		ms = clock_mono() - began;
		if (session_can_ask(s) && ms >= s->o.idle_ms)
			s->live->metrics.idle =
				MAX(procs_cpu_ms(&ours) - cpu, 0) * 10000 / ms;
	}
	arena_free(scratch);
}

void session_note_start(struct session *s, int64_t ms)
{
	struct live_metrics *m = &s->live->metrics;

	if (m->starts < LIVE_STARTS)
		m->warm_ms[m->starts++] = ms;
}

void session_measure_starts(struct session *s)
{
	const struct session_start plain = { .era = s->live->modern ? CLIENT_MODERN
								    : CLIENT_LEGACY };

	while (s->live->metrics.starts < LIVE_STARTS &&
	       (s->cl = session_open(s, &plain, NULL))) {
		session_note_start(s, client_info(s->cl)->start_ms);
		session_close(s);
	}
}

void session_measure_end(struct session *s)
{
	struct live_metrics *m = &s->live->metrics;

	if (m->starts == 0)
		return;
	qsort(m->warm_ms, (size_t)m->starts, sizeof(*m->warm_ms), compare);
	m->warm_median_ms = percentile(m->warm_ms, m->starts, 50);
	m->warm_p95_ms = percentile(m->warm_ms, m->starts, 95);
}
