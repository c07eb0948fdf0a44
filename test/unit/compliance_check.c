/* SPDX-License-Identifier: Apache-2.0 */
/* The specification's own mcp.json reports exactly what it must, with places and scores.
 */
#define _GNU_SOURCE /* nftw */
#include <stdio.h>

#include "compliance-server/report.h"
#include "test/rule_bench.h"

struct expected {
	const char *rule, *target;
	enum severity severity;
	int line, col;
	const char *pointer;
};

static const struct expected spec[] = {
	{ "SUP-001", "filesystem", SEV_MEDIUM, 5, 22, "/mcpServers/filesystem/args/1" },
	{ "CFG-008", "filesystem", SEV_MEDIUM, 12, 37,
	  "/mcpServers/filesystem/env/FILESYSTEM_ALLOWED_PATHS" },
	{ "SUP-001", "postgres", SEV_MEDIUM, 21, 22, "/mcpServers/postgres/args/1" },
	{ "SUP-009", "postgres", SEV_LOW, 21, 22, "/mcpServers/postgres/args/1" },
	{ "SEC-008", "postgres", SEV_LOW, 27, 39,
	  "/mcpServers/postgres/env/POSTGRES_CONNECTION_STRING" },
	{ "CFG-024", "compliance", SEV_MEDIUM, 37, 16, "/mcpServers/compliance/args/0" },
	{ "SEC-008", "compliance", SEV_LOW, 44, 25,
	  "/mcpServers/compliance/env/DATABASE_URL" },
	{ "ENV-001", "compliance", SEV_HIGH, 46, 23,
	  "/mcpServers/compliance/env/JWT_SECRET" },
	{ "CFG-024", "memory", SEV_MEDIUM, 54, 16, "/mcpServers/memory/args/0" },
	{ "SEC-008", "memory", SEV_LOW, 61, 25, "/mcpServers/memory/env/DATABASE_URL" },
};

static const struct {
	const char *target;
	int security, configuration, operational, overall;
} scores[] = {
	{ "filesystem", 9400, 9400, 10000, 9541 },
	{ "postgres", 9273, 10000, 9865, 9626 },
	{ "compliance", 7912, 9400, 10000, 8841 },
	{ "memory", 9865, 9400, 10000, 9760 },
};

/* Where folders above the build belong to others, that is a finding of its own. */
static bool about_folders(const struct check_issue *i)
{
	return str_eq(i->rule->id, "CMD-014") || str_eq(i->rule->id, "CMD-015");
}

static bool has(const struct check_report *r, const struct expected *x)
{
	const struct check_target *t = check_target_find(r, x->target);

	for (size_t i = 0; t && i < t->n_issues; i++)
		for (size_t k = 0; k < t->issues[i].n_findings; k++) {
			const struct finding *f = t->issues[i].findings[k];

			if (str_eq(f->rule->id, x->rule) && f->severity == x->severity &&
			    f->line == x->line && f->col == x->col &&
			    str_eq(f->pointer, x->pointer))
				return true;
		}
	return false;
}

static size_t count_findings(const struct check_report *r)
{
	size_t n = 0;

	for (size_t t = 0; t < r->n_targets; t++)
		for (size_t i = 0; i < r->targets[t].n_issues; i++)
			if (!about_folders(&r->targets[t].issues[i]))
				n += r->targets[t].issues[i].n_findings;
	return n;
}

static struct check_report *run(struct arena *a, const char *folder, const char *host)
{
	const char *path = arena_printf(a, "%s/mcp.json", folder);
	struct check_options opt = { .read = { .host = host,
					       .home = "/nonexistent",
					       .path_env = arena_printf(a, "%s/bin",
									folder) } };
	struct check_report *r = NULL;
	struct err e = { .code = ERR_NONE };

	OK(check_files(a, &path, 1, &opt, &r, &e), "the check runs %s", e.msg);
	return r;
}

static bool put_sample(struct arena *a, const char *folder, const char *above)
{
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	static const char stub[] = "#!/bin/sh\n";
	bool ok = bench_read("test/data/spec/mcp.json", &b);

	if (ok && above) {
		struct buf moved;

		buf_init(&moved, 1024 * 1024);
		buf_adds(&moved, above);
		buf_add(&moved, b.data, b.len);
		buf_release(&b);
		b = moved;
	}
	return ok &&
	       bench_write(a, arena_printf(a, "%s/mcp.json", folder), b.data, b.len,
			   0600) &&
	       bench_write(a, arena_printf(a, "%s/bin/npx", folder), stub, strlen(stub),
			   0755) &&
	       bench_write(a, arena_printf(a, "%s/bin/node", folder), stub, strlen(stub),
			   0755);
}

static void test_scores(const struct check_report *r)
{
	for (size_t i = 0; i < ARRAY_LEN(scores); i++) {
		const struct check_target *t = check_target_find(r, scores[i].target);

		if (!OK(t != NULL, "%s is a target", scores[i].target))
			continue;
		IS_INT(t->cats[CAT_SECURITY].score, scores[i].security, "security");
		IS_INT(t->cats[CAT_CONFIGURATION].score, scores[i].configuration,
		       "configuration");
		IS_INT(t->cats[CAT_OPERATIONAL].score, scores[i].operational,
		       "operational");
		IS_INT(t->overall, scores[i].overall, "overall");
		OK(!t->cats[CAT_PERFORMANCE].assessed,
		   "a static check has no performance");
	}
	IS_INT(r->overall, 9142, "registry score");
}

/* Fingerprints do not know lines: the same set, wherever the entries stand. */
static void test_moved(struct arena *a, const struct check_report *r, const char *folder)
{
	const struct check_report *moved;
	size_t same = 0, all = 0;

	OK(put_sample(a, folder, "\n\n\n"), "three blank lines on top");
	moved = run(a, folder, NULL);
	for (size_t i = 0; moved && i < r->rules->findings.n; i++) {
		const struct finding *x = &r->rules->findings.v[i];
		const struct finding *y = &moved->rules->findings.v[i];

		all++;
		same += str_eq(x->fingerprint, y->fingerprint) &&
			(y->line == x->line + 3 || y->line == 1);
	}
	IS_INT(same, all, "other lines, the same fingerprints");
}

static void test_kilo(struct arena *a, const char *folder)
{
	const struct check_report *r = run(a, folder, "kilocode-legacy");
	bool said = false;

	IS_INT(count_findings(r), ARRAY_LEN(spec), "read as Kilo: the same list");
	for (size_t i = 0; i < r->rules->findings.n; i++) {
		const struct finding *f = &r->rules->findings.v[i];

		said |= str_eq(f->rule->id, "CFG-008") &&
			strstr(f->message, "rejects the whole file") != NULL;
	}
	OK(said, "CFG-008 says that Kilo rejects the whole file");
}

static void test_scripts_there(struct arena *a, const char *folder)
{
	const struct check_report *r;

	OK(bench_write(a, arena_printf(a, "%s/dist/server.js", folder), "", 0, 0600),
	   "with dist/server.js there");
	r = run(a, folder, NULL);
	IS_INT(count_findings(r), ARRAY_LEN(spec) - 2, "CFG-024 is gone");
}

static void test_reports(const struct check_report *r)
{
	struct report_options opt = { .width = 80, .fail_on = SEV_MEDIUM };
	struct buf one CLEANUP(buf_release), two CLEANUP(buf_release);
	struct buf text CLEANUP(buf_release);
	struct arena *a = arena_new();
	struct err e = { .code = ERR_NONE };
	size_t widest = 0, col = 0;

	buf_init(&one, 1024 * 1024);
	buf_init(&two, 1024 * 1024);
	buf_init(&text, 1024 * 1024);
	report_json(r, &opt, &one);
	report_json(r, &opt, &two);
	IS_STR(buf_text(&one), buf_text(&two), "the same report has the same bytes");
	OK(jsonr_parse(a, buf_text(&one), one.len, 0, NULL, &e) != NULL, "it is JSON %s",
	   e.msg);
	OK(!strstr(buf_text(&one), "user:password"), "no password in the JSON report");
	OK(!strstr(buf_text(&one), "your-secret-key-here"),
	   "no secret in the JSON report");
	report_text(r, &opt, &text);
	OK(!strstr(buf_text(&text), "user:password"), "no password in the text");
	OK(!strchr(buf_text(&text), '\033'), "no colour unless asked for");
	for (const char *p = buf_text(&text); *p != '\0'; p++) {
		col = *p == '\n' ? 0 : col + (((unsigned char)*p & 0xC0) != 0x80);
		/* a path is never cut: its line may be longer */
		if (*p == '\n' || strncmp(p, "/", 1) == 0)
			col = *p == '/' ? 0 : col;
		widest = MAX(widest, col);
	}
	OK(widest <= 80, "nothing but paths is wider than 80 columns (%zu)", widest);
	arena_free(a);
}

/* Our own example: pinned, no literal secret, strings only; what is left is known. */
static void test_example(struct arena *a, const char *folder)
{
	const char *path = arena_printf(a, "%s/mcp.json.example", folder);
	struct check_options opt = { .read = { .home = "/nonexistent" } };
	static const char *const names[] = { "filesystem", "postgres", "compliance",
					     "memory", "coordinator" };
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	struct check_report *r = NULL;
	struct err e = { .code = ERR_NONE };
	size_t others = 0, archived = 0;

	OK(bench_read("mcp.json.example", &b) &&
		   bench_write(a, path, b.data, b.len, 0600) &&
		   check_files(a, &path, 1, &opt, &r, &e),
	   "mcp.json.example is checked");
	if (!r)
		return;
	OK(r->facts->files[0]->strict, "it is strict JSON");
	IS_INT(r->n_servers, ARRAY_LEN(names), "five servers");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		OK(check_target_find(r, names[i]) != NULL, "%s is one", names[i]);
	for (size_t i = 0; i < r->rules->findings.n; i++) {
		const struct finding *f = &r->rules->findings.v[i];

		/* whether the programs are installed here is not the example's matter */
		if (str_starts(f->rule->id, "CMD-01") && f->rule->scope != RULE_LIVE)
			continue;
		archived += str_eq(f->rule->id, "SUP-009");
		others += !str_eq(f->rule->id, "SUP-009");
	}
	IS_INT(archived, 1, "the reference server for PostgreSQL is archived");
	IS_INT(others, 0, "and nothing else");
}

static struct check_report *check_text(struct arena *a, const char *text, size_t n)
{
	struct check_options opt = { .read = { .home = "/nonexistent",
					       .path_env = "/bin" } };
	struct check_report *r = NULL;
	struct facts *f = NULL;
	struct err e = { .code = ERR_NONE };

	OK(facts_read(a, NULL, 0, &opt.read, &f, &e) &&
		   facts_add_text(f, "mcp.json", text, n, &opt.read, &e) &&
		   check_facts(f, &opt, &r, &e),
	   "a text is checked %s", e.msg);
	return r;
}

/* What could not be looked at is never a pass. */
static void test_incomplete(struct arena *a, const char *folder)
{
	const char *missing = arena_printf(a, "%s/not-there.json", folder);
	struct check_options opt = { .read = { .home = "/nonexistent" } };
	struct check_report *r = NULL;
	struct err e = { .code = ERR_NONE };
	struct buf b CLEANUP(buf_release);
	const char *none = "{\"mcpServers\":{}}";
	const char *broken = "{\"mcpServers\":{\"a\":{}}";

	OK(check_files(a, &missing, 1, &opt, &r, &e), "a file that is not there");
	OK(r && !r->complete && check_exit_status(r, SEV_MEDIUM) == 3,
	   "is incomplete: 3");
	OK(r && r->targets[0].n_unknown == 1 &&
		   str_eq(r->targets[0].unknown[0].reason,
			  arena_printf(a, "%s: no such file", missing)),
	   "which one sentence says: %s", r ? r->targets[0].unknown[0].reason : "");
	buf_init(&b, 1024 * 1024);
	buf_adds(&b, "{\"mcpServers\":{\"x\":{\"command\":\"sh\",\"args\":[\"");
	for (int i = 0; i < 70000; i++)
		buf_addc(&b, 'a');
	buf_adds(&b, "\"]}}}");
	r = check_text(a, buf_text(&b), b.len);
	OK(r && r->targets[0].overall == SCORE_NONE &&
		   check_exit_status(r, SEV_MEDIUM) == 3,
	   "an entry of 70,000 bytes has no score");
	r = check_text(a, broken, strlen(broken));
	OK(r && r->n[SEV_HIGH] == 1 && check_exit_status(r, SEV_MEDIUM) == 3,
	   "a file that is no JSON is a finding, and its servers were not examined");
	OK(r && r->targets[0].overall == SCORE_NONE && r->targets[0].grade == '-' &&
		   r->targets[0].cats[CAT_CONFIGURATION].score == SCORE_NONE &&
		   !r->targets[0].complete && !r->complete,
	   "it has no score");
	r = check_text(a, none, strlen(none));
	OK(r && r->targets[0].overall == SCORE_NONE && !r->complete &&
		   check_exit_status(r, SEV_MEDIUM) == 3,
	   "nor has a file without a server");
	opt.read.host = "kilocod";
	OK(!check_files(a, &missing, 1, &opt, &r, &e) && e.code == ERR_ARG,
	   "an unknown host is refused: %s", e.msg);
	opt.read.host = NULL;
	opt.only = "nobody";
	OK(!check_files(a, &missing, 1, &opt, &r, &e) && e.code == ERR_NOT_FOUND,
	   "a server that is not there is refused: %s", e.msg);
}

/* YAML of no known form is a gap, not a fault of the file. */
static void test_other_formats(struct arena *a, const char *folder)
{
	static const char *const names[] = { "mcp.yml", "mcp.yaml" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *path = arena_printf(a, "%s/other/%s", folder, names[i]);
		struct check_options opt = { .read = { .home = "/nonexistent" } };
		struct check_report *r = NULL;
		struct err e = { .code = ERR_NONE };

		OK(bench_write(a, path, "[a]\n", 4, 0600) &&
			   check_files(a, &path, 1, &opt, &r, &e),
		   "%s is checked %s", names[i], e.msg);
		OK(r && r->rules->findings.n == 1 && !r->complete &&
			   str_eq(r->rules->findings.v[0].rule->id, "OPS-008") &&
			   check_exit_status(r, SEV_MEDIUM) == 3,
		   "without a finding but that: incomplete");
		OK(r && r->targets[0].n_unknown == 1 &&
			   strstr(r->targets[0].unknown[0].reason, names[i]),
		   "which is named");
	}
}

static const struct live *not_started(void *arg, struct arena *a, const struct entry *e,
				      const char **ret_why)
{
	(void)arg;
	(void)a;
	(void)e;
	*ret_why = "not in this test";
	return NULL;
}

/* Nothing of a remote server is started: that is no gap in a live check. */
static void test_remote(struct arena *a, const char *folder)
{
	static const char text[] = "{\"mcpServers\":{\"far\":{\"type\":\"http\","
				   "\"url\":\"https://example.com/mcp\"}}}";
	static const char nothing[] = "{\"mcpServers\":{\"odd\":{\"args\":[]}}}";
	const char *path = arena_printf(a, "%s/far/mcp.json", folder);
	struct check_options opt = { .read = { .home = "/nonexistent" },
				     .live = not_started,
				     .require_live = true };
	struct check_report *r = NULL;
	struct err e = { .code = ERR_NONE };

	OK(bench_write(a, path, text, strlen(text), 0600) &&
		   check_files(a, &path, 1, &opt, &r, &e),
	   "a remote server in a live check %s", e.msg);
	OK(r && r->complete && r->targets[0].overall != SCORE_NONE &&
		   r->targets[0].n_unknown == 0 && r->targets[0].note,
	   "is judged from the file, with a note");
	OK(bench_write(a, path, nothing, strlen(nothing), 0600) &&
		   check_files(a, &path, 1, &opt, &r, &e),
	   "an entry with neither command nor url %s", e.msg);
	OK(r && !r->complete, "is not: there is nothing to start");
}

int main(void)
{
	struct arena *a = arena_new();
	char *folder = bench_folder(a);
	struct check_report *r;

	umask(077);
	if (!OK(folder != NULL && put_sample(a, folder, NULL), "the sample is in place"))
		return tap_done();
	r = run(a, folder, NULL);
	if (r) {
		IS_INT(r->n_servers, 4, "four servers");
		OK(r->complete, "complete");
		for (size_t i = 0; i < ARRAY_LEN(spec); i++)
			OK(has(r, &spec[i]), "%s at %d:%d, %s", spec[i].rule,
			   spec[i].line, spec[i].col, spec[i].pointer);
		IS_INT(count_findings(r), ARRAY_LEN(spec), "and nothing else");
		test_scores(r);
		IS_INT(check_exit_status(r, SEV_MEDIUM), 2,
		       "exit status: a high one is there");
		IS_INT(check_exit_status(r, SEV_CRITICAL), 0, "below the threshold");
		test_reports(r);
		test_moved(a, r, folder);
		OK(put_sample(a, folder, NULL), "as it was");
		test_kilo(a, folder);
		test_scripts_there(a, folder);
		test_example(a, folder);
		test_incomplete(a, folder);
		test_other_formats(a, folder);
		test_remote(a, folder);
	}
	bench_clean(folder);
	arena_free(a);
	return tap_done();
}
