/* SPDX-License-Identifier: Apache-2.0 */
/* The rules about time, memory and user: each at its limit and just above; the curve that
 * makes a score of what was measured. */
#include <string.h>

#include "compliance-server/live.h"
#include "compliance-server/rules.h"
#include "compliance-server/score.h"
#include "test/tap.h"

static const char config[] =
	"{\"mcpServers\":{\"x\":{\"command\":\"run\",\"timeout\":5}}}";

static struct live good(void)
{
	struct live l = {
		.state = LIVE_OK,
		.version = "2025-11-25",
		.listings = LIVE_LISTINGS,
		.metrics = { .load = 0.5,
			     .processors = 2,
			     .cold_ms = 900,
			     .starts = 5,
			     .warm_median_ms = 574,
			     .warm_p95_ms = 600,
			     .timed = 50,
			     .list_p50_us = 3000,
			     .list_p95_us = 6590,
			     .list_bytes = 8090,
			     .peak_kib = 76800,
			     .timed_kib = 70000,
			     .more_kib = 71000,
			     .idle = 0 },
	};

	return l;
}

struct judged {
	enum outcome outcome;
	enum severity severity;
	char text[400];
};

/* What a rule says of this server, read as a host that counts seconds. */
static struct judged judge(const char *rule, const struct live *l,
			   const struct live_baseline *baseline)
{
	static struct node tool = { .kind = NODE_OBJECT };
	static const struct node *items[100];
	const struct facts_options o = { .host = "kilocode-legacy", .home = "/" };
	const struct rules_plan plan = { .live = true };
	struct live_texts texts = { .own = NULL };
	struct live mine = *l;
	struct judged out = { 0, SEV_INFO, "" };
	const struct rules_result *res;
	struct arena *a = arena_new();
	struct facts *f;

	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		items[i] = &tool;
	mine.texts = &texts;
	mine.lists[LIVE_TOOLS].items = items;
	mine.lists[LIVE_TOOLS].n =
		mine.lists[LIVE_TOOLS].n ? mine.lists[LIVE_TOOLS].n : 2;
	mine.lists[LIVE_TOOLS].end = PAGES_COMPLETE;
	if (!facts_read(a, NULL, 0, &o, &f, NULL) ||
	    !facts_add_text(f, "/p/mcp.json", config, strlen(config), &o, NULL) ||
	    f->n_entries != 1) {
		arena_free(a);
		return out;
	}
	f->entries[0]->live = &mine;
	f->entries[0]->baseline = baseline;
	res = rules_run(f, &plan);
	for (size_t i = 0; i < res->n_judgements; i++) {
		const struct judgement *j = &res->judgements[i];

		if (strcmp(j->rule->id, rule) != 0)
			continue;
		out.outcome = j->outcome;
		if (j->reason)
			snprintf(out.text, sizeof(out.text), "%s", j->reason);
		if (j->n > 0) {
			out.severity = res->findings.v[j->first].severity;
			snprintf(out.text, sizeof(out.text), "%s",
				 res->findings.v[j->first].message);
		}
	}
	arena_free(a);
	return out;
}

static void passes(const char *rule, const struct live *l, const char *what)
{
	struct judged j = judge(rule, l, NULL);

	OK(j.outcome == OUTCOME_PASS, "%s lets pass %s: %s", rule, what, j.text);
}

static void fails(const char *rule, const struct live *l, enum severity s,
		  const char *what)
{
	struct judged j = judge(rule, l, NULL);

	OK(j.outcome == OUTCOME_FAIL && j.severity == s, "%s reports %s as %s: %s", rule,
	   what, severity_text(s), j.text);
}

static void unknown(const char *rule, const struct live *l, const char *why)
{
	struct judged j = judge(rule, l, NULL);

	OK(j.outcome == OUTCOME_UNKNOWN && strstr(j.text, why), "%s is unknown: %s", rule,
	   j.text);
}

static void test_limits(void)
{
	struct live l = good();

	passes("PRF-001", &l, "574 ms");
	l.metrics.warm_median_ms = 3000;
	passes("PRF-001", &l, "3 s");
	l.metrics.warm_median_ms = 3001;
	fails("PRF-001", &l, SEV_MEDIUM, "more than 3 s");
	l.metrics.warm_median_ms = 10001;
	fails("PRF-001", &l, SEV_HIGH, "more than 10 s");
	l.metrics.starts = 0;
	unknown("PRF-001", &l, "");

	passes("PRF-002", &l, "6.6 ms");
	l.metrics.list_p95_us = 250001;
	fails("PRF-002", &l, SEV_MEDIUM, "more than 250 ms");
	l.metrics.timed = 4;
	unknown("PRF-002", &l, "");

	passes("PRF-003", &l, "75 MiB");
	l.metrics.peak_kib = 512 * 1024 + 1;
	fails("PRF-003", &l, SEV_MEDIUM, "more than 512 MiB");
	l.metrics.peak_kib = 1024 * 1024 + 1;
	fails("PRF-003", &l, SEV_HIGH, "more than 1 GiB");
	l.metrics.peak_kib = -1;
	unknown("PRF-003", &l, "could not be read");

	passes("PRF-004", &l, "two tools");
	l.lists[LIVE_TOOLS].n = 61;
	fails("PRF-004", &l, SEV_MEDIUM, "61 tools");
	l.lists[LIVE_TOOLS].n = 60;
	passes("PRF-004", &l, "60 tools");
	l.lists[LIVE_TOOLS].bytes = 128 * 1024 + 1;
	fails("PRF-004", &l, SEV_MEDIUM, "more than 128 KiB");

	passes("PRF-005", &l, "0 percent");
	l.metrics.idle = 501;
	fails("PRF-005", &l, SEV_LOW, "more than 5 percent");
	l.metrics.idle = -1;
	unknown("PRF-005", &l, "");

	passes("PRF-006", &l, "no growth");
	l.metrics.more_kib = 92000;
	fails("PRF-006", &l, SEV_LOW, "growth by a third");
	l.metrics.timed_kib = 10000;
	l.metrics.more_kib = 20000;
	passes("PRF-006", &l, "growth by 10 MB");
	l.metrics.more_kib = -1;
	unknown("PRF-006", &l, "no time");
}

static void test_host(void)
{
	struct live l = good();

	l.metrics.warm_p95_ms = 2500;
	passes("PRF-007", &l, "twice the start");
	l.metrics.warm_p95_ms = 2501;
	fails("PRF-007", &l, SEV_MEDIUM, "5 s for a start of 2.5 s");
	passes("CMD-017", &l, "a user");
	l.root = true;
	fails("CMD-017", &l, SEV_MEDIUM, "root");
	l.root_mapped = true;
	fails("CMD-017", &l, SEV_INFO, "root of a container");
}

static void test_busy(void)
{
	static const char *const rules[] = { "PRF-001", "PRF-002", "PRF-003", "PRF-004",
					     "PRF-005", "PRF-006", "PRF-007" };
	struct live l = good();

	l.metrics.busy = l.metrics.needed = true;
	l.metrics.load = 2.5;
	l.metrics.warm_median_ms = 20000;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		unknown(rules[i], &l, "load 2.5 on 2 processors");
	l.state = LIVE_FAILED;
	l.error = "";
	unknown("PRF-001", &l, "handshake");
}

static void test_baseline(void)
{
	struct live_baseline b = { .n = 5,
				   .median = { 900, 300, 2, 5, 75, 8, 0 },
				   .deviation = { 10, 10, 1, 1, 1, 0, 0 } };
	struct live l = good();
	struct judged j;

	l.metrics.warm_median_ms = 900;
	j = judge("PRF-008", &l, NULL);
	OK(j.outcome == OUTCOME_NOT_APPLICABLE, "PRF-008 without a baseline: %s", j.text);
	j = judge("PRF-008", &l, &b);
	OK(j.outcome == OUTCOME_FAIL && strstr(j.text, "900.0 ms, before that 300.0 ms"),
	   "PRF-008: %s", j.text);
	b.deviation[1] = 250;
	j = judge("PRF-008", &l, &b);
	OK(j.outcome == OUTCOME_PASS, "three deviations are noise");
	b.deviation[1] = 10;
	l.metrics.warm_median_ms = 449;
	j = judge("PRF-008", &l, &b);
	OK(j.outcome == OUTCOME_PASS, "so is less than half as much again");
	b.median[1] = 20;
	l.metrics.warm_median_ms = 90;
	j = judge("PRF-008", &l, &b);
	OK(j.outcome == OUTCOME_PASS, "and what nobody notices");
	l.metrics.busy = l.metrics.needed = true;
	j = judge("PRF-008", &l, &b);
	OK(j.outcome == OUTCOME_UNKNOWN, "nothing is said of a busy machine");
	l.metrics.needed = false;
	j = judge("PRF-008", &l, &b);
	OK(j.outcome == OUTCOME_NOT_APPLICABLE,
	   "and a check of everything goes on without it");
}

static void test_curve(void)
{
	const int64_t quick[METRICS] = { 574, 6590, 76800, 8090, 0 };
	const int64_t slow[METRICS] = { 6000, 400000, 716800, 300000, 500 };
	const int64_t none[METRICS] = { 0, 0, 0, 0, 0 };
	const int64_t endless[METRICS] = { INT64_C(1) << 50, INT64_C(1) << 50,
					   INT64_C(1) << 50, INT64_C(1) << 50,
					   INT64_C(1) << 50 };
	const int64_t no_rss[METRICS] = { 1500, 50000, -1, 65536, -1 };
	const int64_t no_start[METRICS] = { -1, 50000, 1, 65536, 1 };
	struct category_score c;
	bool falls = true;

	IS_INT(score_metrics(quick), 990154, "a quick server");
	IS_INT(score_metrics(slow), 411529, "a slow server");
	IS_INT(score_metrics(none), 1000000, "nothing at all");
	IS_INT(score_metrics(endless), 0, "endless");
	IS_INT(score_metrics(no_rss), 900000,
	       "what the system does not tell is left out");
	IS_INT(score_metrics(no_start), -1, "a start is required");
	for (int k = 0; k < METRICS; k++) {
		int64_t v[METRICS] = { 0 }, before = 1000000;

		for (v[k] = 0; v[k] < 12000000; v[k] += 1 + v[k] / 50) {
			falls &= score_metrics(v) <= before;
			before = score_metrics(v);
		}
	}
	OK(falls, "more of anything is never better");
	score_category(NULL, 0, CAT_PERFORMANCE, score_metrics(quick), &c);
	IS_INT(c.measured, 98, "points that were measured");
}

int main(void)
{
	test_limits();
	test_host();
	test_busy();
	test_baseline();
	test_curve();
	return tap_done();
}
