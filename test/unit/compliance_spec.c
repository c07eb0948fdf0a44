/* SPDX-License-Identifier: Apache-2.0 */
/* The sample files of the specification: every finding, score and point they give. */
#define _GNU_SOURCE /* nftw */
#include <ctype.h>

#include "common/base/names.h"
#include "test/rule_bench.h"

static const struct {
	const char *from, *name;
} samples[] = {
	{ "test/data/spec/mcp.json", "mcp.json" },
	{ "test/unit/data/specification.env", ".env" },
	{ "test/data/spec/docker-compose.yml", "docker-compose.yml" },
	{ "test/data/spec/kubernetes.yaml", "kubernetes.yaml" },
};

/* What each target gets. */
static const struct {
	const char *target;
	size_t findings, issues;
	int scores[CAT_MAX], overall; /* hundredths; -1: not assessed */
	char grade;
} scores[] = {
	{ "filesystem", 2, 2, { 0, 9400, 9400, 10000, -1 }, 9541, 'A' },
	{ "postgres", 3, 3, { 0, 9273, 10000, 9865, -1 }, 9626, 'A' },
	{ "compliance", 3, 3, { 0, 7912, 9400, 10000, -1 }, 8841, 'B' },
	{ "memory", 2, 2, { 0, 9865, 9400, 10000, -1 }, 9760, 'A' },
	{ "workspace:spec-samples", 49, 23, { 0, 738, 5718, 8423, -1 }, 2238, 'F' },
	{ "host:generic", 0, 0, { 0, 10000, -1, -1, -1 }, 10000, 'A' },
};

/* What each rule costs the security of the workspace, in order of computation. */
static const struct {
	const char *rule;
	int points;
} points[] = {
	{ "DC-001", 600 },  { "DC-005", 2925 }, { "DC-007", 1824 }, { "ENV-001", 1311 },
	{ "K8S-001", 661 }, { "K8S-002", 145 }, { "K8S-003", 812 }, { "K8S-005", 103 },
	{ "K8S-008", 97 },  { "K8S-009", 82 },	{ "K8S-010", 87 },  { "K8S-011", 20 },
	{ "K8S-023", 20 },  { "NET-002", 421 }, { "SEC-003", 48 },  { "SEC-004", 20 },
	{ "SEC-008", 86 },
};

struct sample {
	struct arena *a;
	const char *top, *folder;
	struct check_report *r;
};

static const char *in(const struct sample *s, const char *name)
{
	return arena_printf(s->a, "%s/%s", s->folder, name);
}

static bool put(const struct sample *s, const char *name, const char *text, size_t n)
{
	return bench_write(s->a, in(s, name), text, n, 0600);
}

/* The four files and nothing else, and two programs on PATH. */
static bool set_up(struct sample *s)
{
	bool ok = bench_write(s->a, arena_printf(s->a, "%s/bin/npx", s->top),
			      "#!/bin/sh\n", 10, 0755) &&
		  bench_write(s->a, arena_printf(s->a, "%s/bin/node", s->top),
			      "#!/bin/sh\n", 10, 0755) &&
		  chmod(arena_printf(s->a, "%s/bin", s->top), 0755) == 0;

	s->folder = arena_printf(s->a, "%s/spec-samples", s->top);
	for (size_t i = 0; ok && i < ARRAY_LEN(samples); i++) {
		struct buf b CLEANUP(buf_release) = { .max = 0 };

		ok = bench_read(samples[i].from, &b) &&
		     put(s, samples[i].name, b.data, b.len);
	}
	return ok && chmod(s->folder, 0700) == 0;
}

static bool check(struct sample *s, const char *host)
{
	const struct check_options opt = { .read = { .home = "/nonexistent",
						     .host = host,
						     .path_env = arena_printf(
							     s->a, "%s/bin", s->top) } };
	struct err e = { .code = ERR_NONE };
	struct discovered found;

	discover_folder(s->a, s->folder, &found);
	return OK(!found.cut && check_files(s->a, found.files.v, found.files.n, &opt,
					    &s->r, &e),
		  "the folder is checked %s", e.msg);
}

static const char *line_of(const struct sample *s, const struct finding *f)
{
	return arena_printf(s->a, "%s %s %s:%d:%d %s\n", f->rule->id,
			    severity_text(f->severity), f->file ? f->file->shown : "-",
			    f->line, f->col, f->pointer);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t lines_of_table(struct sample *s, const char **ret)
{
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	size_t n = 0;
	char *p;

	if (!OK(bench_read("test/data/spec/findings.txt", &b), "the table is there"))
		return 0;
	p = arena_strdup(s->a, buf_text(&b));
	while (*p != '\0' && n < 100) {
		char *end = strchr(p, '\n');

		ret[n++] = arena_printf(s->a, "%.*s\n", (int)(end - p), p);
		p = end + 1;
	}
	qsort(ret, n, sizeof(*ret), compare_lines);
	return n;
}

/* Rows that the table has and the check has not, and the other way round. */
static void compare(struct sample *s)
{
	const struct findings *all = &s->r->rules->findings;
	const char *want[100];
	const char **got = arena_array(s->a, all->n + 1, sizeof(*got));
	size_t n = lines_of_table(s, want), i = 0, k = 0;

	IS_INT(n, 62, "rows of the table");
	for (size_t j = 0; j < all->n; j++)
		got[j] = line_of(s, &all->v[j]);
	qsort(got, all->n, sizeof(*got), compare_lines);
	while (i < n || k < all->n) {
		int order = i == n ? 1 : k == all->n ? -1 : strcmp(want[i], got[k]);

		OK(order == 0, "%s%s",
		   order == 0  ? ""
		   : order < 0 ? "not found: "
			       : "must stay silent: ",
		   order <= 0 ? want[i] : got[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

static size_t scored(const struct check_report *r)
{
	return r->n[SEV_LOW] + r->n[SEV_MEDIUM] + r->n[SEV_HIGH] + r->n[SEV_CRITICAL];
}

static void test_totals(const struct sample *s)
{
	const struct check_report *r = s->r;

	IS_INT(scored(r), 59, "scored findings");
	IS_INT(r->n[SEV_CRITICAL], 0, "critical");
	IS_INT(r->n[SEV_HIGH], 19, "high");
	IS_INT(r->n[SEV_MEDIUM], 18, "medium");
	IS_INT(r->n[SEV_LOW], 22, "low");
	IS_INT(r->n[SEV_INFO], 2, "for information");
	IS_INT(r->n_preview, 1, "preview");
	IS_INT(r->overall, 9142, "score of the registry");
	OK(r->complete, "nothing is unknown");
	IS_INT(check_exit_status(r, SEV_MEDIUM), 2, "exit status");
}

static size_t stored_issues(const struct check_target *t, size_t *ret_findings)
{
	size_t n = 0;

	*ret_findings = 0;
	for (size_t i = 0; i < t->n_issues; i++) {
		if (t->issues[i].preview || t->issues[i].severity == SEV_INFO)
			continue;
		n++;
		*ret_findings += t->issues[i].n_findings;
	}
	return n;
}

static void test_scores(const struct sample *s)
{
	size_t issues = 0;

	for (size_t i = 0; i < ARRAY_LEN(scores); i++) {
		const struct check_target *t = check_target_find(s->r, scores[i].target);
		size_t findings = 0, n;

		if (!OK(t != NULL, "%s is a target", scores[i].target))
			continue;
		n = stored_issues(t, &findings);
		issues += n;
		OK(findings == scores[i].findings && n == scores[i].issues,
		   "%s: %zu findings, %zu issues", t->name, findings, n);
		for (int c = CAT_SECURITY; c < CAT_MAX; c++)
			OK(t->cats[c].score == scores[i].scores[c] ||
				   (!t->cats[c].assessed && scores[i].scores[c] < 0),
			   "%s, %s: %d", t->name, categories[c], t->cats[c].score);
		OK(t->overall == scores[i].overall && t->grade == scores[i].grade,
		   "%s, overall: %d, %c", t->name, t->overall, t->grade);
		OK(t->complete && t->n_unknown == 0, "%s is complete", t->name);
	}
	IS_INT(s->r->n_targets, ARRAY_LEN(scores), "targets in all");
	IS_INT(issues, 33, "issues in all");
}

static void test_points(const struct sample *s)
{
	const struct check_target *t = check_target_find(s->r, "workspace:spec-samples");
	int sum = 0;

	for (size_t i = 0; t && i < ARRAY_LEN(points); i++) {
		int got = -1;

		for (size_t k = 0; k < t->n_issues; k++)
			if (str_eq(t->issues[k].rule->id, points[i].rule))
				got = t->issues[k].points;
		IS_INT(got, points[i].points,
		       arena_printf(s->a, "points of %s", points[i].rule));
		sum += got;
	}
	IS_INT(sum, 10000 - 738, "they add up to what is lost");
}

static const char *fingerprints(const struct sample *s)
{
	const struct findings *all = &s->r->rules->findings;
	struct buf b CLEANUP(buf_release);

	buf_init(&b, 1u << 20);
	for (size_t i = 0; i < all->n; i++)
		buf_addf(&b, "%s %s\n", all->v[i].rule->id, all->v[i].fingerprint);
	for (size_t i = 0; i < s->r->n_targets; i++)
		for (size_t k = 0; k < s->r->targets[i].n_issues; k++)
			buf_addf(&b, "%s\n", s->r->targets[i].issues[k].issue_id);
	return arena_strdup(s->a, buf_text(&b));
}

static void test_host(struct sample *s)
{
	const char *before = fingerprints(s);
	const struct findings *all;
	bool said = false;

	if (!check(s, "kilocode-legacy"))
		return;
	compare(s);
	all = &s->r->rules->findings;
	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->v[i].rule->id, "CFG-008"))
			said = strstr(all->v[i].message, "rejects the whole file") &&
			       strstr(all->v[i].message, "none of its servers starts");
	OK(said, "for Kilo CFG-008 says what follows for the file and its servers");
	OK(!str_eq(before, ""), "there are fingerprints");
}

/* A folder above that nobody else enters hides the mode of everything in it. */
static bool hidden_above(const struct sample *s)
{
	char *p = arena_strdup(s->a, s->top), *slash;
	struct stat st;

	while ((slash = strrchr(p, '/')) && slash != p) {
		*slash = '\0';
		if (stat(p, &st) == 0 && (st.st_mode & 077) == 0)
			return true;
	}
	return false;
}

static void test_mode(struct sample *s)
{
	const struct findings *all;
	size_t n = scored(s->r), hits = 0, want = !hidden_above(s);

	if (!OK(chmod(s->top, 0755) == 0, "the folder around is open") ||
	    !OK(chmod(in(s, ".env"), 0644) == 0 && chmod(s->folder, 0755) == 0,
		"a .env file that others can read") ||
	    !check(s, "generic"))
		return;
	all = &s->r->rules->findings;
	for (size_t i = 0; i < all->n; i++)
		hits += str_eq(all->v[i].rule->id, "SEC-012") &&
			all->v[i].severity == SEV_HIGH;
	IS_INT(hits, want, "is a finding of SEC-012, unless a folder above is closed");
	IS_INT(scored(s->r), n + want, "and the only one more");
	OK(chmod(in(s, ".env"), 0600) == 0 && chmod(s->folder, 0700) == 0, "as before");
}

/* A blank line above every entry of the file; text is JSON or YAML. */
static const char *spread(const struct sample *s, const char *text, const char *before)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, 1u << 20);
	buf_adds(&b, before);
	for (const char *p = text; *p != '\0'; p++) {
		buf_addc(&b, *p);
		if (*p == '\n')
			buf_adds(&b, "\n");
	}
	return arena_strdup(s->a, buf_text(&b));
}

static void test_lines(struct sample *s)
{
	const char *before, *after;
	bool ok = check(s, "generic");
	size_t n;

	before = ok ? fingerprints(s) : "";
	n = ok ? scored(s->r) : 0;
	for (size_t i = 0; ok && i < ARRAY_LEN(samples); i++) {
		struct buf b CLEANUP(buf_release) = { .max = 0 };
		const char *text;

		ok = bench_read(in(s, samples[i].name), &b);
		text = spread(s, buf_text(&b), "\n\n");
		ok = ok && put(s, samples[i].name, text, strlen(text));
	}
	if (!OK(ok, "blank lines between all lines") || !check(s, "generic"))
		return;
	after = fingerprints(s);
	OK(str_eq(before, after), "fingerprints and issue ids are the same");
	OK(s->r->rules->findings.v[0].line > 1 && scored(s->r) == n,
	   "the findings too, in other lines");
}

static void test_repaired(struct sample *s)
{
	size_t left = 0;
	const struct findings *all;

	if (!OK(put(s, "dist/server.js", "", 0) && put(s, "init.sql", "", 0) &&
			put(s, "nginx.conf", "", 0) && put(s, "ssl/x", "", 0) &&
			put(s, "mcp_servers/mcp-compliance-server/x", "", 0) &&
			put(s, "mcp_servers/mcp-memory-service/x", "", 0),
		"the files and folders that are named exist") ||
	    !check(s, "generic"))
		return;
	all = &s->r->rules->findings;
	for (size_t i = 0; i < all->n; i++)
		left += str_eq(all->v[i].rule->id, "CFG-024") ||
			str_eq(all->v[i].rule->id, "DC-016");
	IS_INT(left, 0, "CFG-024 and DC-016 are gone");
	IS_INT(scored(s->r), 52, "scored findings remain");
}

int main(void)
{
	struct arena *a = arena_new();
	struct sample s = { .a = a, .top = bench_folder(a) };

	umask(077);
	if (OK(s.top != NULL, "a folder outside the temporary ones") &&
	    OK(set_up(&s), "the samples are laid out") && check(&s, "generic")) {
		compare(&s);
		test_totals(&s);
		test_scores(&s);
		test_points(&s);
		test_host(&s);
		test_mode(&s);
		test_repaired(&s);
		test_lines(&s);
	}
	if (s.top)
		bench_clean(s.top);
	arena_free(a);
	return tap_done();
}
