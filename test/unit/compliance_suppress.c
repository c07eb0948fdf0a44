/* SPDX-License-Identifier: Apache-2.0 */
/* Suppressions and baseline: what they cover, and that a score never gains more by them
 * than by the repair. */
#define _GNU_SOURCE /* nftw */
#include <stdio.h>

#include "compliance-server/report.h"
#include "test/rule_bench.h"

static const char config[] =
	"{\"mcpServers\":{\"a\":{\"command\":\"npx\",\"args\":[\"-y\",\"pkg\"],\"env\":{"
	"\"JWT_SECRET\":\"changeme\",\"SESSION_SECRET\":\"changeme\"}},"
	"\"b\":{\"command\":\"npx\",\"args\":[\"-y\",\"pkg\"]}}}";

static struct check_report *run(struct arena *a, const char *folder,
				struct baseline *baseline)
{
	const char *path = arena_printf(a, "%s/.mcp.json", folder);
	struct check_options opt = { .read = { .home = "/nonexistent",
					       .path_env = "/usr/bin:/bin" },
				     .baseline = baseline };
	struct check_report *r = NULL;
	struct err e = { .code = ERR_NONE };

	OK(check_files(a, &path, 1, &opt, &r, &e), "the check runs %s", e.msg);
	return r;
}

static const char *tomorrow(struct arena *a)
{
	char at[STAMP_LEN];

	stamp_iso((struct stamp){ clock_now().ms + 86400000 }, at);
	return arena_strndup(a, at, 10);
}

static bool suppress(struct arena *a, const char *folder, const char *finding)
{
	const char *text = arena_printf(
		a,
		"[{\"rule\":\"ENV-001\",\"target\":\"a\",%s\"reason\":\"r\","
		"\"expires\":\"%s\"}]",
		finding ? arena_printf(a, "\"finding\":\"%s\",", finding) : "",
		tomorrow(a));

	return bench_write(a, arena_printf(a, "%s/" SUPPRESSIONS_FILE, folder), text,
			   strlen(text), 0600);
}

static const struct check_issue *issue_of(const struct check_report *r, const char *rule)
{
	const struct check_target *t = check_target_find(r, "a");

	for (size_t i = 0; t && i < t->n_issues; i++)
		if (str_eq(t->issues[i].rule->id, rule))
			return &t->issues[i];
	return NULL;
}

static const struct category_score *security(const struct check_report *r)
{
	return &check_target_find(r, "a")->cats[CAT_SECURITY];
}

static void test_part(struct arena *a, const char *folder, const struct check_report *all)
{
	const struct check_issue *was = issue_of(all, "ENV-001");
	const struct check_issue *now;
	const struct check_report *r;

	OK(suppress(a, folder, was->findings[1]->fingerprint), "one of two findings");
	r = run(a, folder, NULL);
	now = issue_of(r, "ENV-001");
	OK(now && !now->suppression && now->n_findings == 1 && now->n_suppressed == 1,
	   "the issue stays, with what counts");
	IS_STR(now->issue_id, was->issue_id, "under its id");
	OK(security(r)->score > security(all)->score, "the score rises");
	IS_INT(security(r)->score_without_suppressions, security(all)->score,
	       "what it would be is kept");
	IS_INT(r->n_suppressed, 1, "one is counted apart");
}

static void test_whole(struct arena *a, const char *folder,
		       const struct check_report *all)
{
	const struct check_issue *i;
	const struct check_report *r;

	OK(suppress(a, folder, NULL), "the rule on the target");
	r = run(a, folder, NULL);
	i = issue_of(r, "ENV-001");
	OK(i && i->suppression && i->n_findings == 2 && i->points == 0 &&
		   strstr(i->description, "Suppressed until"),
	   "the issue is suppressed, costs nothing and says so");
	IS_INT(security(r)->suppressed, 1, "one rule is suppressed");
	IS_INT(security(r)->passed, security(all)->passed + 1, "and counts as passed");
	IS_INT(check_target_find(r, "a")->overall,
	       check_target_find(all, "a")->overall +
		       check_target_find(all, "a")->fix_first[0].gain,
	       "exactly what its repair would give");
	IS_INT(check_target_find(r, "b")->overall, check_target_find(all, "b")->overall,
	       "nothing else moves");
}

static void test_repairs(const struct check_report *r)
{
	const struct check_target *t = check_target_find(r, "a");

	OK(t->n_fix_first > 0 && t->n_fix_first <= REPAIRS, "repairs are named");
	IS_STR(t->fix_first[0].issue->rule->id, "ENV-001", "the best one first");
	for (size_t i = 1; i < t->n_fix_first; i++)
		OK(t->fix_first[i].gain <= t->fix_first[i - 1].gain, "in order");
	OK(r->n_fix_first > 0 && r->fix_first[0].target == t, "over all targets as well");
}

/* Two servers with the same fault are two findings: a baseline with one hides one. */
static void test_baseline(struct arena *a, const char *folder,
			  const struct check_report *all)
{
	const char *path = arena_printf(a, "%s/base.json", folder);
	const struct finding *f = issue_of(all, "SUP-001")->findings[0];
	struct report_options o = { .fail_on = SEV_MEDIUM };
	struct baseline b;
	struct buf text CLEANUP(buf_release);
	const struct check_report *r;
	struct err e = { .code = ERR_NONE };

	buf_init(&text, 1024 * 1024);
	report_json(all, &o, &text);
	OK(bench_write(a, path, text.data, text.len, 0600) &&
		   baseline_read(a, path, &b, &e),
	   "a report is a baseline %s", e.msg);
	OK(baseline_take(&b, f) && !baseline_take(&b, f), "one finding is taken once");
	baseline_rewind(&b);
	OK(baseline_take(&b, f), "and again in another check");
	for (size_t i = 0; i < b.n; i++)
		b.v[i].severity = SEV_LOW;
	baseline_rewind(&b);
	OK(!baseline_take(&b, f), "not when it has become worse");
	OK(baseline_read(a, path, &b, &e), "read again");
	r = run(a, folder, &b);
	IS_INT(check_exit_status(r, SEV_LOW), 0, "nothing is new");
	IS_INT(r->n[SEV_HIGH], all->n[SEV_HIGH], "all are still there");
	IS_INT(r->overall, all->overall, "with the same score");
	OK(bench_write(a, path, "[]", 2, 0600) && !baseline_read(a, path, &b, &e) &&
		   e.code == ERR_NO_INPUT,
	   "something else is none: %s", e.msg);
}

int main(void)
{
	struct arena *a = arena_new();
	char *folder = bench_folder(a);
	const struct check_report *all;

	umask(077);
	if (!OK(folder != NULL && bench_write(a, arena_printf(a, "%s/.mcp.json", folder),
					      config, strlen(config), 0600),
		"the configuration is in place"))
		return tap_done();
	all = run(a, folder, NULL);
	if (OK(issue_of(all, "ENV-001") && issue_of(all, "ENV-001")->n_findings == 2,
	       "two weak secrets")) {
		test_repairs(all);
		test_baseline(a, folder, all);
		test_part(a, folder, all);
		test_whole(a, folder, all);
	}
	bench_clean(folder);
	arena_free(a);
	return tap_done();
}
