/* SPDX-License-Identifier: Apache-2.0 */
/* Checks and issues on both databases: every statement, the life of an issue from check
 * to check and by hand, names, what failed leaves, and no secret in any row. */
#define _GNU_SOURCE /* mkdtemp */
#include "common/base/id.h"
#include "compliance-server/metric_store.h"
#include "test/store/checktest.h"

static int64_t all_issues(struct dbtest *t, const char *status)
{
	const struct issue_filter f = { .status = status };
	int64_t n = -1;

	(void)!issue_count(&t->c, &f, &n, &t->e);
	return n;
}

static void statements(struct dbtest *t)
{
	const struct stmt *const tables[] = { server_stmts, check_stmts, issue_stmts,
					      audit_stmts, metric_stmts };

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		for (const struct stmt *s = tables[i]; s->name; s++)
			DB_OK(t, db_check_stmt(&t->c, s, &t->e), "%s is sound", s->name);
	}
}

static bool measured(struct dbtest *t, int64_t at, const char *type, double value)
{
	char id[UUID_LEN];
	const struct performance_metric m = {
		.id = id,
		.server_name = "measured",
		.metric_type = type,
		.metric_value = value,
		.timestamp = { INT64_C(1760000000000) + at },
	};

	id_uuid(id);
	return metric_insert(&t->c, &m, &t->e);
}

/* The newest checks of the same server on the same kind of machine, whole. */
static void measurements(struct dbtest *t)
{
	const struct performance_metric *m;
	struct rows rows;
	bool ok = true;

	for (int i = 0; i < 6; i++)
		ok &= measured(t, i, METRIC_MACHINE, i == 4 ? 8 : 7) &&
		      measured(t, i, "warm_start_ms", 100 + i);
	DB_OK(t, ok, "measurements are kept");
	DB_OK(t, metric_recent(&t->c, "measured", 7, 3, &rows, &t->e), "and found");
	m = rows.at;
	IS_INT(rows.n, 6, "two of each of three checks");
	IS_INT(m[0].timestamp.ms % 100, 5, "the newest first");
	for (size_t i = 0; i < rows.n; i++)
		if (str_eq(m[i].metric_type, "warm_start_ms"))
			OK(m[i].metric_value < 103.5 || m[i].metric_value > 104.5,
			   "not of the other machine: %.0f", m[i].metric_value);
	DB_OK(t, metric_recent(&t->c, "nobody", 7, 3, &rows, &t->e) && rows.n == 0,
	      "nothing of a server nobody measured");
}

/* Found, seen again, gone, back. */
static void from_check_to_check(struct dbtest *t)
{
	const char *dir = project(t, "life");
	const char *path = file_in(t, dir, HEAD BAD "," OTHER "}}");
	struct compliance_issue first, again, gone, back;
	const struct run_target *one;
	struct run r;
	int64_t n;

	DB_OK(t, check_path(t, path, &r), "a file is checked");
	one = target(&r, "one");
	OK(one && target(&r, "two") && target(&r, "workspace:life"),
	   "its servers and its folder are registered");
	OK(one && one->settled.opened >= 2 && one->check.status == STATUS_COMPLETED &&
		   one->check.overall_score.set && one->check.overall_score.v < 100,
	   "one has issues and a score");
	first = issue_of(t, "SUP-001", "one");
	OK(first.status == ISSUE_OPEN && first.severity == SEV_MEDIUM &&
		   strstr(first.description, "mcp.json:1:") &&
		   first.affected_components.n == 1 && first.recommendation,
	   "the unpinned package is one: %s", first.description ? first.description : "");
	IS_INT(issue_of(t, "SEC-001", "one").status, ISSUE_OPEN, "the token another");
	IS_INT(audit_count(t, "issue.open", first.issue_id), 1, "the audit log has it");
	n = all_issues(t, NULL);

	DB_OK(t, check_path(t, path, &r), "the same again");
	again = issue_of(t, "SUP-001", "one");
	IS_INT(all_issues(t, NULL), n, "makes no more issues");
	OK(again.created_at.ms == first.created_at.ms && str_eq(again.id, first.id),
	   "the issue is the same row");
	OK(!str_eq(again.check_id, first.check_id), "seen by the newer check");

	file_in(t, dir, "\n\n" HEAD OTHER ",\n" BAD "}}");
	DB_OK(t, check_path(t, path, &r), "with other lines");
	again = issue_of(t, "SUP-001", "one");
	OK(str_eq(again.id, first.id) && strstr(again.description, "mcp.json:4:"),
	   "the same row tells the new line: %s", again.description);

	file_in(t, dir, HEAD GOOD "," OTHER "}}");
	DB_OK(t, check_path(t, path, &r), "repaired");
	gone = issue_of(t, "SUP-001", "one");
	OK(gone.status == ISSUE_RESOLVED && gone.resolved_at.ms, "it is resolved");
	IS_INT(audit_count(t, "issue.resolve", first.issue_id), 1,
	       "the audit log has it");
	one = target(&r, "one");
	OK(one && one->settled.resolved >= 2 && one->server.version &&
		   str_eq(one->server.version, "1.2.3"),
	   "the server has the pinned version");

	file_in(t, dir, HEAD BAD "}}");
	DB_OK(t, check_path(t, path, &r), "broken again");
	back = issue_of(t, "SUP-001", "one");
	OK(back.status == ISSUE_OPEN && !str_eq(back.id, first.id) &&
		   strstr(back.description, "has come back"),
	   "a new row tells that it was resolved before");
	file_in(t, dir, HEAD GOOD "," OTHER "}}");
	DB_OK(t, check_path(t, path, &r), "and repaired");
}

static void by_hand(struct dbtest *t)
{
	const char *dir = project(t, "hand");
	const char *path = file_in(t, dir,
				   HEAD "\"hand\":{\"command\":\"npx\",\"args\":"
					"[\"-y\",\"some-server\"]}}}");
	struct compliance_issue i;
	char id[ISSUE_ID_LEN];
	struct run r;

	issue_make_id("SUP-001", CAT_SECURITY, "hand", id);
	DB_OK(t, check_path(t, path, &r), "a file is checked");
	DB_OK(t, move(t, id, ISSUE_IN_PROGRESS, "on it"), "somebody takes the issue");
	DB_OK(t, check_path(t, path, &r), "a check sees it still");
	IS_INT(issue_of(t, "SUP-001", "hand").status, ISSUE_IN_PROGRESS,
	       "it stays in progress");
	DB_OK(t, move(t, id, ISSUE_CLOSED, "accepted"), "it is closed");
	OK(!move(t, id, ISSUE_IN_PROGRESS, NULL) && t->e.code == ERR_CONFLICT &&
		   strstr(t->e.msg, "accepted from there: open"),
	   "a forbidden move is refused: %s", t->e.msg);
	DB_OK(t, check_path(t, path, &r), "a check sees it");
	IS_INT(issue_of(t, "SUP-001", "hand").status, ISSUE_CLOSED, "it stays closed");
	file_in(t, dir,
		HEAD "\"hand\":{\"command\":\"npx\",\"args\":[\"-y\",\"worse-server\","
		     "\"--x\"]}}}");
	DB_OK(t, move(t, id, 0, "only a note"), "a note alone");
	IS_INT(audit_count(t, "issue.update", id), 2, "is in the audit log");
	DB_OK(t, move(t, id, ISSUE_OPEN, NULL), "it is opened again");
	DB_OK(t, move(t, id, ISSUE_RESOLVED, "done"), "and said to be repaired");
	i = issue_of(t, "SUP-001", "hand");
	OK(i.status == ISSUE_RESOLVED && i.resolved_at.ms, "with the time");
	DB_OK(t, check_path(t, path, &r), "a check that finds it");
	i = issue_of(t, "SUP-001", "hand");
	IS_INT(i.status, ISSUE_OPEN, "opens it anew");
	OK(!move(t, "SUP-001-0000000000000000", ISSUE_OPEN, NULL) &&
		   t->e.code == ERR_NOT_FOUND,
	   "an unknown id: %s", t->e.msg);
	id[strlen(id) - 1] = id[strlen(id) - 1] == 'x' ? 'y' : 'x';
	OK(!move(t, id, ISSUE_OPEN, NULL) && strstr(t->e.msg, "did you mean"),
	   "a mistyped one: %s", t->e.msg);
}

/* What was closed comes back only when it spreads. */
static void closed_spreads(struct dbtest *t)
{
	const char *dir = project(t, "spread");
	const char *one =
		HEAD "\"spread\":{\"command\":\"node\",\"args\":[\"/opt/x.js\"],"
		     "\"env\":{\"A_TOKEN\":\"" CANARY "\"}}}}";
	const char *two =
		HEAD "\"spread\":{\"command\":\"node\",\"args\":[\"/opt/x.js\"],"
		     "\"env\":{\"A_TOKEN\":\"" CANARY "\",\"B_TOKEN\":\"" CANARY "\"}}}}";
	const char *path = file_in(t, dir, one);
	char id[ISSUE_ID_LEN];
	struct run r;

	issue_make_id("SEC-001", CAT_SECURITY, "spread", id);
	DB_OK(t, check_path(t, path, &r) && move(t, id, ISSUE_CLOSED, NULL),
	      "an issue is closed");
	file_in(t, dir, two);
	DB_OK(t, check_path(t, path, &r), "and then there in a second place");
	IS_INT(issue_of(t, "SEC-001", "spread").status, ISSUE_OPEN, "it is open again");
	IS_INT(audit_count(t, "issue.reopen", id), 1, "the audit log has it");
	IS_INT(issue_of(t, "SEC-001", "spread").affected_components.n, 2,
	       "with both places");
}

/* One name, several definitions. */
static void names(struct dbtest *t)
{
	const char *a =
		file_in(t, project(t, "na"), HEAD "\"same\":{\"command\":\"a\"}}}");
	const char *b =
		file_in(t, project(t, "nb"), HEAD "\"same\":{\"command\":\"b\"}}}");
	const char *copy =
		file_in(t, project(t, "nc"), HEAD "\"same\":{\"command\":\"a\"}}}");
	const char *both[] = { a, copy };
	const struct run_request q = { .paths = { both, 2 } };
	char longest[300];
	struct run r;

	DB_OK(t, check_path(t, a, &r) && target(&r, "same"), "a name is free");
	DB_OK(t, check_path(t, b, &r) && target(&r, "same@generic"),
	      "another definition gets its host's name");
	DB_OK(t, check_path(t, b, &r) && target(&r, "same@generic"), "and keeps it");
	DB_OK(t, check_path(t, copy, &r) && target(&r, "same"),
	      "the same definition in a copy is the same server");
	DB_OK(t, run_all(&t->c, &q, &r, &t->e), "both in one run");
	OK(r.n_servers == 2 &&
		   !str_eq(r.targets[0].server.name, r.targets[1].server.name),
	   "are two: %s, %s", r.targets[0].server.name, r.targets[1].server.name);
	memset(longest, 'n', sizeof(longest));
	longest[250] = '\0';
	DB_OK(t,
	      check_path(
		      t,
		      file_in(t, project(t, "nl"),
			      arena_printf(t->c.arena,
					   HEAD "\"%s\":{\"command\":\"x\"}}}", longest)),
		      &r),
	      "a name of 250 characters");
	IS_INT(utf8_count(r.targets[0].server.name), 100, "is cut to 100");
}

static void by_name(struct dbtest *t)
{
	const char *dir = project(t, "byname");
	const char *path = file_in(t, dir,
				   HEAD "\"bn\":{\"command\":\"npx\",\"args\":[\"x\"]},"
					"\"bo\":{\"command\":\"npx\"}}}");
	const char *name[] = { "bn" }, *typo[] = { "bm" },
		   *folder[] = { "workspace:byname" };
	struct run_request q = { .names = { name, 1 } };
	struct run r;

	DB_OK(t, check_path(t, path, &r), "a file is checked");
	DB_OK(t, run_all(&t->c, &q, &r, &t->e), "then one server by its name");
	OK(target(&r, "bn") && target(&r, "bn")->check.status == STATUS_COMPLETED &&
		   !target(&r, "bo"),
	   "and only that one");
	q.names.v = folder;
	DB_OK(t, run_all(&t->c, &q, &r, &t->e) && target(&r, "workspace:byname"),
	      "the folder by its name");
	q.names.v = typo;
	OK(!run_all(&t->c, &q, &r, &t->e) && strstr(t->e.msg, "did you mean \"b"),
	   "a mistyped name: %s", t->e.msg);
	file_in(t, dir, HEAD "\"bo\":{\"command\":\"npx\"}}}");
	q.names.v = name;
	OK(!run_all(&t->c, &q, &r, &t->e) && t->e.code == ERR_NOT_FOUND &&
		   strstr(t->e.msg, "no longer defined"),
	   "a server that left its file: %s", t->e.msg);
}

static void inline_text(struct dbtest *t)
{
	const char *text = HEAD "\"inl\":{\"command\":\"node\",\"args\":[\"/opt/x.js\"],"
				"\"env\":{\"A_TOKEN\":\"" CANARY "\"}}}}";
	const char *name[] = { "inl" };
	struct run_request q = { .config = text };
	struct keep *keep = keep_new();
	struct run r;

	DB_OK(t, run_all(&t->c, &q, &r, &t->e) && target(&r, "inl"), "an inline text");
	q = (struct run_request){ .names = { name, 1 }, .keep = keep };
	OK(!run_all(&t->c, &q, &r, &t->e) && strstr(t->e.msg, "inline"),
	   "is not there for a check by name: %s", t->e.msg);
	keep_put(keep, name, 1, text, NULL);
	DB_OK(t, run_all(&t->c, &q, &r, &t->e), "unless this process was given it");
	IS_INT(issue_of(t, "SEC-001", "inl").status, ISSUE_OPEN, "secrets and all");
	{
		const char *dir = project(t, "paste");
		const char *path =
			file_in(t, dir, HEAD "\"pasted\":{\"command\":\"x\"}}}");
		const char *pasted[] = { "pasted" };

		q = (struct run_request){ .config = HEAD
					  "\"pasted\":{\"command\":\"x\"}}}" };
		DB_OK(t, check_path(t, path, &r) && run_all(&t->c, &q, &r, &t->e),
		      "a server of a file is pasted");
		q = (struct run_request){ .names = { pasted, 1 } };
		DB_OK(t, run_all(&t->c, &q, &r, &t->e), "its file is still known");
	}
	q = (struct run_request){ .config = text, .live = true };
	OK(!run_all(&t->c, &q, &r, &t->e) && t->e.code == ERR_DENIED,
	   "nobody can consent to start it: %s", t->e.msg);
	keep_free(keep);
}

static void consent(struct dbtest *t)
{
	const char *state = project(t, "state");
	const char *dir = project(t, "trust");
	const char *path = file_in(t, dir, HEAD "\"tr\":{\"command\":\"/bin/false\"}}}");
	const char *paths[] = { path };
	const struct run_request q = { .paths = { paths, 1 },
				       .live = true,
				       .state_dir = state };
	const struct facts_options o = { .host = NULL };
	struct program_cache cache = { NULL };
	struct facts *f = NULL;
	struct program p;
	struct run r;
	bool was;

	OK(!run_all(&t->c, &q, &r, &t->e) && t->e.code == ERR_DENIED &&
		   strstr(t->e.msg, "/bin/false") && strstr(t->e.msg, "trust "),
	   "nothing starts without consent: %s", t->e.msg);
	DB_OK(t, facts_read(t->c.arena, paths, 1, &o, &f, &t->e), "the file is read");
	program_look(t->c.arena, f->entries[0], environ, &cache, &p);
	DB_OK(t, trust_give(&t->c, state, f->entries[0], &p, &t->e), "a person consents");
	OK(trust_has(t->c.arena, state, f->entries[0], &p, NULL), "which is recorded");
	DB_OK(t, run_all(&t->c, &q, &r, &t->e), "then it starts");
	OK(r.report->live && target(&r, "tr") &&
		   target(&r, "tr")->check.status == STATUS_COMPLETED,
	   "and is judged");
	file_in(t, dir, HEAD "\"tr\":{\"command\":\"/bin/false\",\"args\":[\"x\"]}}}");
	OK(!run_all(&t->c, &q, &r, &t->e) && t->e.code == ERR_DENIED,
	   "another argument needs another consent");
	DB_OK(t, trust_take(t->c.arena, state, f->entries[0], &was, &t->e) && was,
	      "it is taken back");
	OK(!trust_has(t->c.arena, state, f->entries[0], &p, NULL), "and gone");
	DB_OK(t, trust_give(&t->c, state, f->entries[0], &p, &t->e), "given again");
	if (chmod(arena_printf(t->c.arena, "%s/trust", state), 0777) != 0)
		abort();
	OK(!trust_has(t->c.arena, state, f->entries[0], &p, NULL),
	   "a folder that others may write is not believed");
}

static void what_failed(struct dbtest *t)
{
	const char *path = file_in(t, project(t, "fail"), HEAD BAD "}}");
	const char *paths[] = { path };
	const struct run_request q = { .paths = { paths, 1 } };
	struct compliance_check k;
	atomic_bool stop = true;
	int64_t before = all_issues(t, NULL);
	struct run r;

	DB_OK(t, run_prepare(&t->c, &q, &r, &t->e) && run_begin(&t->c, &r, &t->e),
	      "a check begins");
	t->c.cancelled = &stop;
	OK(!run_finish(&t->c, &r, &t->e) && t->e.code == ERR_CANCELLED, "is cancelled");
	run_fail(&t->c, &r, &t->e);
	t->c.cancelled = NULL;
	DB_OK(t, check_by_id(&t->c, r.targets[0].check.check_id, &k, &t->e), "its row");
	OK(k.status == STATUS_FAILED && !k.overall_score.set && k.completed_at.ms,
	   "is failed, without a score");
	IS_INT(all_issues(t, NULL), before, "no issue was written");
}

/* A file of the project that was not read this time keeps its issues. */
static void parts_of_a_project(struct dbtest *t)
{
	const char *dir = project(t, "parts");
	const char *bad = arena_printf(t->c.arena, "%s/.mcp.json", dir);
	const char *good = file_in(t, dir, HEAD OTHER "}}");
	struct compliance_issue i = { 0 };
	char id[ISSUE_ID_LEN];
	struct run r;

	if (!fd_replace_file(bad, "{\"mcpServers\":", 14, 0600, &t->e))
		abort();
	issue_make_id("CFG-001", CAT_CONFIGURATION, "workspace:parts", id);
	DB_OK(t, check_path(t, bad, &r) && issue_by_id(&t->c, id, &i, &t->e),
	      "a broken file is an issue of its folder");
	DB_OK(t, check_path(t, good, &r) && issue_by_id(&t->c, id, &i, &t->e),
	      "another file of the folder is checked");
	IS_INT(i.status, ISSUE_OPEN, "the issue is still open");
	if (!fd_replace_file(bad, "{\"mcpServers\":{}}", 17, 0600, &t->e))
		abort();
	DB_OK(t, check_path(t, bad, &r) && issue_by_id(&t->c, id, &i, &t->e),
	      "the file is repaired");
	IS_INT(i.status, ISSUE_RESOLVED, "now it is resolved");
}

static void reports(struct dbtest *t)
{
	const char *path = file_in(t, project(t, "rep"),
				   HEAD "\"rep\":{\"command\":\"npx\","
					"\"args\":[\"-y\",\"x\"],\"env\":"
					"{\"K\":[1],\"A_TOKEN\":\"" CANARY "\"}}}}");
	struct stored_report s = { 0 };
	struct severity_counts n;
	struct buf b;
	struct run r;

	DB_OK(t, check_path(t, path, &r), "a file is checked");
	DB_OK(t, stored_report_load(&t->c, r.targets[0].check.check_id, &s, &t->e),
	      "its report is made from its rows");
	OK(s.n_failed == r.targets[0].n_issues && s.n_results >= 2,
	   "%zu rules failed in %zu categories", s.n_failed, s.n_results);
	for (size_t i = 1; i < s.n_failed; i++)
		OK(s.failed[i - 1].severity >= s.failed[i].severity, "worst first");
	buf_init(&b, 1 << 20);
	stored_report_text(&s, 100, &b);
	OK(strstr(buf_text(&b), "# rep: ") && strstr(buf_text(&b), "mcp.json:1:") &&
		   strstr(buf_text(&b), "Fix these first"),
	   "as text for people");
	OK(!strstr(buf_text(&b), CANARY), "without the secret");
	buf_release(&b);
	OK(!stored_report_load(&t->c, "chk_none", &s, &t->e) &&
		   t->e.code == ERR_NOT_FOUND,
	   "an unknown check: %s", t->e.msg);
	DB_OK(t, issue_severities(&t->c, "rep", &n, &t->e), "its issues are counted");
	IS_INT(n.critical + n.high + n.medium + n.low, (int64_t)s.n_failed,
	       "all of them");
}

static const struct server_overview *overview(struct dbtest *t, const char *name)
{
	const struct server_filter f = { .limit = 900 };
	struct rows rows = { 0 };

	if (!server_overviews(&t->c, &f, &rows, &t->e))
		return NULL;
	for (size_t i = 0; i < rows.n; i++) {
		const struct server_overview *s = rows.at;

		if (str_eq(s[i].name, name))
			return &s[i];
	}
	return NULL;
}

static void overviews(struct dbtest *t, const char *path)
{
	const struct server_overview *s = overview(t, "inc");
	struct run r;

	OK(s && str_eq(s->mode, "live") && !s->overall_score.set && s->critical == 1,
	   "the overview shows a live check without a score");
	DB_OK(t, check_path(t, path, &r), "then a static one");
	OK(target(&r, "inc")->check.overall_score.set, "has a score");
	s = overview(t, "inc");
	OK(s && str_eq(s->mode, "static") && s->critical == 1 && !s->overall_score.set,
	   "which the overview does not put beside the open critical issue");
}

/* What a check could not finish judging, it still found: no row hides that. */
static void incomplete(struct dbtest *t)
{
	const char *path = file_in(t, project(t, "inc"),
				   HEAD "\"inc\":{\"command\":\"/nonexistent/x\"}}}");
	const char *paths[] = { path };
	const struct run_request q = { .paths = { paths, 1 },
				       .live = true,
				       .consent = true };
	struct stored_report rep = { 0 };
	struct buf b CLEANUP(buf_release), two CLEANUP(buf_release);
	struct run r;

	buf_init(&b, 1 << 20);
	buf_init(&two, 1 << 20);
	DB_OK(t, run_all(&t->c, &q, &r, &t->e), "a program that is not there, live");
	DB_OK(t, stored_report_load(&t->c, r.targets[0].check.check_id, &rep, &t->e),
	      "its report");
	OK(rep.n_failed >= 2 && rep.failed[0].severity == SEV_CRITICAL &&
		   str_eq(rep.failed[0].rule, "LIV-001") && rep.failed[0].places == 1 &&
		   rep.failed[0].category == CAT_OPERATIONAL,
	   "holds what failed in %zu categories with a row", rep.n_results);
	stored_report_text(&rep, 100, &b);
	OK(strstr(buf_text(&b), "mcp.json:1:") && !strstr(buf_text(&b), "Nothing failed"),
	   "with its place");
	rep.n_failed = 0;
	stored_report_text(&rep, 100, &two);
	OK(!strstr(buf_text(&two), "Nothing failed") &&
		   strstr(buf_text(&two), "No verdict"),
	   "and without it no verdict");
	OK(strstr(rep.check.details.text, "\"failed\"") &&
		   !strstr(check_details_brief(&t->c, rep.check.details).text,
			   "\"failed\""),
	   "lists of checks leave it out");
	overviews(t, path);
	path = file_in(t, project(t, "inc-none"), HEAD "}}");
	DB_OK(t, check_path(t, path, &r), "a file without a server");
	OK(!target(&r, "workspace:inc-none")->check.overall_score.set &&
		   target(&r, "workspace:inc-none")->check.status == STATUS_COMPLETED,
	   "is completed without a score");
}

/* Pages have no gap and no row twice, worst first. */
static void pages(struct dbtest *t)
{
	struct issue_filter f = { .limit = 3 };
	int64_t total = all_issues(t, NULL), seen = 0;
	const struct compliance_issue *v;
	struct rows rows;
	int rank = SEV_CRITICAL;

	do {
		size_t n;

		if (!issue_list(&t->c, &f, &rows, &t->e))
			break;
		v = rows.at;
		n = MIN(rows.n, 3);
		for (size_t i = 0; i < n; i++) {
			OK((int)v[i].severity <= rank, "page row %lld is in order",
			   (long long)seen);
			rank = (int)v[i].severity;
			seen++;
		}
		if (n > 0) {
			f.rank = (int64_t)v[n - 1].severity;
			f.before = v[n - 1].created_at;
			f.before_id = v[n - 1].id;
		}
	} while (rows.n > 3 && seen <= total);
	IS_INT(seen, total, "all issues on the pages");
}

/* Every text column of every table, as the drivers give it. */
static void no_secret(struct dbtest *t)
{
	const struct server_filter sf = { .limit = 900 };
	const struct check_filter cf = { .limit = 900 };
	const struct issue_filter xf = { .limit = 900 };
	const struct audit_filter af = { .limit = 900 };
	struct rows servers = { 0 }, checks = { 0 }, issues = { 0 }, logs = { 0 },
		    results = { 0 };
	struct jsonw w;
	struct buf b;

	buf_init(&b, 16 << 20);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	DB_OK(t,
	      server_list(&t->c, &sf, &servers, &t->e) &&
		      check_list(&t->c, &cf, &checks, &t->e) &&
		      issue_list(&t->c, &xf, &issues, &t->e) &&
		      audit_list(&t->c, &af, &logs, &t->e),
	      "all rows are read");
	fields_json_array(server_fields, "s", servers.at, servers.n,
			  sizeof(struct server), &w);
	fields_json_array(compliance_check_fields, "c", checks.at, checks.n,
			  sizeof(struct compliance_check), &w);
	fields_json_array(compliance_issue_fields, "i", issues.at, issues.n,
			  sizeof(struct compliance_issue), &w);
	fields_json_array(audit_log_fields, "a", logs.at, logs.n,
			  sizeof(struct audit_log), &w);
	for (size_t i = 0; i < checks.n; i++) {
		const struct compliance_check *k = checks.at;

		if (!result_list(&t->c, k[i].id, &results, &t->e))
			continue;
		for (size_t m = 0; m < results.n; m++)
			jsonw_raw(
				&w, "r",
				((struct compliance_result *)results.at)[m].details.text);
	}
	jsonw_end(&w);
	OK(!b.overflow && b.len > 10000, "%zu bytes", b.len);
	OK(!strstr(buf_text(&b), CANARY), "hold no secret");
	OK(strstr(buf_text(&b), "\"redacted\""), "but tell that there was one");
	buf_release(&b);
}

static void run_everything(struct dbtest *t)
{
	printf("# %s\n", db_where(t->c.db));
	t->c.who = &who;
	statements(t);
	measurements(t);
	from_check_to_check(t);
	by_hand(t);
	closed_spreads(t);
	names(t);
	by_name(t);
	inline_text(t);
	consent(t);
	what_failed(t);
	parts_of_a_project(t);
	reports(t);
	incomplete(t);
	pages(t);
	no_secret(t);
	dbtest_close(t);
}

int main(void)
{
	struct dbtest t;

	clock_init();
	if (OK(dbtest_open_sqlite(&t, sets), "SQLite opens"))
		run_everything(&t);
	if (dbtest_have_pg() && OK(dbtest_open_pg(&t, sets), "PostgreSQL opens"))
		run_everything(&t);
	return tap_done();
}
