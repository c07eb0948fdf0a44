/* SPDX-License-Identifier: Apache-2.0 */
/* The life of issues, row by row of its table, and runs whose process has ended. */
#define _GNU_SOURCE /* mkdtemp, fork */
#include <sys/wait.h>

#include "common/app/audit.h"
#include "common/base/id.h"
#include "compliance-server/suppress.h"
#include "test/store/checktest.h"

/* ---- a server with an issue per secret variable ---- */

static const char *with_keys(struct dbtest *t, const char *dir, const char *name,
			     const char *keys, const char *value)
{
	struct buf b;
	const char *path;

	buf_init(&b, 4096);
	buf_addf(&b,
		 HEAD "\"%s\":{\"command\":\"node\",\"args\":[\"/opt/x.js\"],\"env\":{",
		 name);
	for (const char *k = keys; *k; k++)
		buf_addf(&b, "%s\"%c_TOKEN\":\"%s\"", k == keys ? "" : ",", *k, value);
	buf_adds(&b, "}}}}");
	path = file_in(t, dir, buf_text(&b));
	buf_release(&b);
	return path;
}

static bool again(struct dbtest *t, const char *dir, const char *name, const char *keys)
{
	struct run r;

	return check_path(t, with_keys(t, dir, name, keys, CANARY), &r);
}

static void suppress(struct dbtest *t, const char *dir, const char *name, int64_t days,
		     const char *reason)
{
	const char *path = arena_printf(t->c.arena, "%s/%s", dir, SUPPRESSIONS_FILE);
	char day[STAMP_LEN];
	const char *text;

	stamp_iso((struct stamp){ clock_now().ms + days * 86400000 }, day);
	text = arena_printf(t->c.arena,
			    "[{\"rule\":\"SEC-001\",\"target\":\"%s\",\"reason\":\"%s\","
			    "\"expires\":\"%.10s\"}]",
			    name, reason, day);
	if (!fd_replace_file(path, text, strlen(text), 0600, &t->e))
		abort();
}

static void is_status(struct dbtest *t, const char *name, enum issue_status want,
		      const char *what)
{
	struct compliance_issue i = issue_of(t, "SEC-001", name);

	if (!OK(i.status == want, "%s", what))
		printf("#   %s, want %s\n", i.status ? issue_statuses[i.status] : "none",
		       issue_statuses[want]);
}

static const char *id_of(struct dbtest *t, const char *name)
{
	char id[ISSUE_ID_LEN];

	issue_make_id("SEC-001", CAT_SECURITY, name, id);
	return arena_strdup(t->c.arena, id);
}

static void closed_by_a_person(struct dbtest *t)
{
	const char *dir = project(t, "closed"), *id = id_of(t, "closed");

	DB_OK(t, again(t, dir, "closed", "AB"), "two places");
	DB_OK(t, move(t, id, ISSUE_CLOSED, "we know"), "a person closes it");
	DB_OK(t, again(t, dir, "closed", "A"), "one place less");
	is_status(t, "closed", ISSUE_CLOSED, "it stays closed");
	IS_INT(issue_of(t, "SEC-001", "closed").affected_components.n, 1,
	       "and is brought up to date");
	OK(audit_count(t, "issue.update", id) >= 1, "which the audit log has");
	DB_OK(t, again(t, dir, "closed", "AB"), "the place that was there at closing");
	is_status(t, "closed", ISSUE_CLOSED, "is no new one");
	DB_OK(t, again(t, dir, "closed", "ABC"), "a place that was not");
	is_status(t, "closed", ISSUE_OPEN, "opens it");
	IS_INT(audit_count(t, "issue.reopen", id), 1, "the audit log has it");
}

static void found_and_gone(struct dbtest *t)
{
	const char *dir = project(t, "gone"), *id = id_of(t, "gone");
	struct compliance_issue first, i;
	struct run r;
	const char *path;
	char when[STAMP_LEN];

	DB_OK(t, again(t, dir, "gone", "A"), "found");
	first = issue_of(t, "SEC-001", "gone");
	is_status(t, "gone", ISSUE_OPEN, "it is open");
	DB_OK(t, move(t, id, ISSUE_IN_PROGRESS, "line one\nand two"),
	      "taken, with a note");
	i = issue_of(t, "SEC-001", "gone");
	OK(strstr(i.description, "\nNote of tester, 20") &&
		   strstr(i.description, ": line one and two"),
	   "which is shown: %s", i.description);
	DB_OK(t, again(t, dir, "gone", "AB"), "found in one more place");
	i = issue_of(t, "SEC-001", "gone");
	OK(i.status == ISSUE_IN_PROGRESS && str_eq(i.id, first.id) &&
		   strstr(i.description, ": line one and two"),
	   "the same row, in progress, with its note");
	DB_OK(t, move(t, id, 0, "token " CANARY " is dead"), "another note");
	i = issue_of(t, "SEC-001", "gone");
	OK(!strstr(i.description, "line one") && strstr(i.description, "[redacted]") &&
		   !strstr(i.description, CANARY),
	   "takes the place of the first, without a credential: %s", i.description);
	path = with_keys(t, dir, "gone", "A", "${env:A_TOKEN}");
	DB_OK(t, check_path(t, path, &r), "repaired");
	i = issue_of(t, "SEC-001", "gone");
	OK(i.status == ISSUE_RESOLVED &&
		   i.resolved_at.ms == target(&r, "gone")->check.completed_at.ms,
	   "resolved at the end of that check");
	stamp_iso(i.resolved_at, when);
	DB_OK(t, again(t, dir, "gone", "A"), "back");
	i = issue_of(t, "SEC-001", "gone");
	OK(i.status == ISSUE_OPEN && !str_eq(i.id, first.id) &&
		   strstr(i.description, when),
	   "a new row names when it was resolved: %s", i.description);
	with_keys(t, dir, "gone", "A", "${env:A_TOKEN}");
	DB_OK(t, move(t, id, ISSUE_CLOSED, NULL) && check_path(t, path, &r),
	      "closed, then repaired");
	is_status(t, "gone", ISSUE_RESOLVED, "closed ones are resolved too");
}

static void not_judged(struct dbtest *t)
{
	const char *dir = project(t, "unseen");
	const char *path = with_keys(t, dir, "unseen", "A", CANARY);
	const char *paths[] = { path };
	struct run_request q = { .paths = { paths, 1 }, .type = CHECK_CONFIGURATION };
	struct run r;

	DB_OK(t, check_path(t, path, &r), "found");
	with_keys(t, dir, "unseen", "A", "${env:A_TOKEN}");
	DB_OK(t, run_all(&t->c, &q, &r, &t->e), "a check that does not ask the rule");
	is_status(t, "unseen", ISSUE_OPEN, "leaves it alone");
	DB_OK(t, run_prepare(&t->c, &q, &r, &t->e) && run_begin(&t->c, &r, &t->e),
	      "a check begins");
	run_fail(&t->c, &r, &(struct err){ .code = ERR_CANCELLED });
	is_status(t, "unseen", ISSUE_OPEN, "one that fails too");
	IS_INT(audit_count(t, "check.fail", r.targets[0].check.check_id), 1,
	       "its failure is in the audit log");
}

static void suppressed(struct dbtest *t)
{
	const char *dir = project(t, "quiet"), *id = id_of(t, "quiet");
	const char *file = arena_printf(t->c.arena, "%s/%s", dir, SUPPRESSIONS_FILE);
	struct compliance_issue i;

	suppress(t, dir, "quiet", 30, "known and harmless");
	DB_OK(t, again(t, dir, "quiet", "A"), "found, but suppressed");
	i = issue_of(t, "SEC-001", "quiet");
	OK(i.status == ISSUE_CLOSED && strstr(i.description, "known and harmless") &&
		   strstr(i.description, "Suppressed until 20"),
	   "closed, with reason and expiry: %s", i.description);
	IS_INT(audit_count(t, "suppression.apply", id), 1, "the audit log has it");
	DB_OK(t, again(t, dir, "quiet", "AB"), "it spreads");
	is_status(t, "quiet", ISSUE_CLOSED, "and is suppressed there too");
	IS_INT(audit_count(t, "suppression.apply", id), 1, "which is no news");
	suppress(t, dir, "quiet", -2, "known and harmless");
	DB_OK(t, again(t, dir, "quiet", "A"), "expired");
	is_status(t, "quiet", ISSUE_OPEN, "open again");
	IS_INT(audit_count(t, "suppression.expire", id), 1, "the audit log has it");
	OK(!strstr(issue_of(t, "SEC-001", "quiet").description, "Suppressed"),
	   "nothing is said of it any more");
	suppress(t, dir, "quiet", 30, "once more");
	DB_OK(t, again(t, dir, "quiet", "A"), "suppressed while open");
	is_status(t, "quiet", ISSUE_CLOSED, "closed");
	unlink(file);
	DB_OK(t, again(t, dir, "quiet", "A"), "the file is gone");
	is_status(t, "quiet", ISSUE_OPEN, "open");
	DB_OK(t, move(t, id, ISSUE_CLOSED, NULL), "a person closes it");
	suppress(t, dir, "quiet", 30, "and the file, too");
	DB_OK(t, again(t, dir, "quiet", "A"), "then it is suppressed");
	unlink(file);
	DB_OK(t, again(t, dir, "quiet", "A"), "then not any more");
	is_status(t, "quiet", ISSUE_CLOSED, "what a person closed stays theirs");
}

/* ---- runs without a process ---- */

static bool begin(struct dbtest *t, const char *state, const char *path, struct run *r)
{
	const char **paths = arena_array(t->c.arena, 1, sizeof(*paths));
	struct run_request *q = arena_alloc(t->c.arena, sizeof(*q));

	paths[0] = path;
	*q = (struct run_request){ .paths = { paths, 1 }, .state_dir = state };
	return run_prepare(&t->c, q, r, &t->e) && run_begin(&t->c, r, &t->e);
}

/* A process that begins a run and is gone; the check ids of its first target. */
static const char *dead_run(struct dbtest *t, const char *state, const char *path)
{
	int ends[2];
	char id[ID_LEN + 1] = "";
	pid_t pid;

	if (pipe(ends) != 0)
		abort();
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct dbtest own = { .o = t->o };
		struct run r;

		own.c = (struct ctx){ .arena = arena_new(), .who = &who };
		own.c.db = db_new(&own.o, &own.e);
		if (begin(&own, state, path, &r) &&
		    write(ends[1], r.targets[0].check.check_id,
			  strlen(r.targets[0].check.check_id)) > 0)
			raise(SIGKILL);
		_exit(1);
	}
	close(ends[1]);
	OK(read(ends[0], id, ID_LEN - 1) > 0, "a process begins a check");
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return arena_strdup(t->c.arena, id);
}

static enum check_status status_of(struct dbtest *t, const char *check_id)
{
	struct compliance_check k = { 0 };

	return check_by_id(&t->c, check_id, &k, &t->e) ? k.status : 0;
}

static bool set_details(struct dbtest *t, const char *details, int64_t started)
{
	static const struct field fields[] = {
		COLUMN(struct compliance_check, details),
		COLUMN(struct compliance_check, started_at), FIELDS_END
	};
	static const struct stmt s = {
		.name = "t_details",
		.in = fields,
		.bind = "details started_at",
		.sql = "UPDATE compliance_checks SET details = $1, started_at = $2"
		       " WHERE status = 'running'"
	};
	const struct compliance_check in = { .details.text = details,
					     .started_at.ms = started };

	return db_exec(&t->c, &s, &in, NULL, &t->e);
}

static void abandoned(struct dbtest *t)
{
	const char *dir = project(t, "dead");
	const char *path = with_keys(t, dir, "dead", "A", "x");
	const char *state = arena_printf(t->c.arena, "%s/state", t->dir);
	const char *foreign = "{\"owner\":{\"place\":\"0123456789abcdef\",\"run\":"
			      "\"11111111-1111-4111-8111-111111111111\"}}";
	const char *dead = dead_run(t, state, path), *id;
	struct compliance_check k;
	struct run alive, r;

	IS_INT(status_of(t, dead), STATUS_RUNNING, "is killed, and its check still runs");
	DB_OK(t, begin(t, state, path, &alive), "the next run begins");
	id = alive.targets[0].check.check_id;
	DB_OK(t, check_by_id(&t->c, dead, &k, &t->e), "the dead one");
	OK(k.status == STATUS_FAILED && k.completed_at.ms && !k.overall_score.set &&
		   strstr(k.details.text, "abandoned"),
	   "has failed");
	IS_INT(audit_count(t, "check.fail", dead), 1, "with an audit entry");
	DB_OK(t, begin(t, state, path, &r) && status_of(t, id) == STATUS_RUNNING,
	      "a run that lives is left alone by another one");
	run_let_go(&r.hold);
	DB_OK(t, run_reap(&t->c, state, &t->e), "a run lets go without an end");
	IS_INT(status_of(t, r.targets[0].check.check_id), STATUS_FAILED,
	       "and has failed");
	OK(!run_finish(&t->c, &r, &t->e) && t->e.code == ERR_CONFLICT,
	   "it cannot end well any more: %s", t->e.msg);
	DB_OK(t,
	      set_details(t, foreign, clock_now().ms - 50 * 60000) &&
		      run_reap(&t->c, state, &t->e),
	      "a run of another machine");
	IS_INT(status_of(t, id), STATUS_RUNNING, "has an hour");
	DB_OK(t,
	      set_details(t, foreign, clock_now().ms - 61 * 60000) &&
		      run_reap(&t->c, state, &t->e),
	      "and then");
	IS_INT(status_of(t, id), STATUS_FAILED, "has failed");
	run_let_go(&alive.hold);
	DB_OK(t, begin(t, NULL, path, &r) && run_finish(&t->c, &r, &t->e),
	      "a run without a place for its lock goes on");
}

/* ---- a check of one category ---- */

static bool check_type(struct dbtest *t, const char *path, enum check_type type,
		       struct run *r)
{
	const char *paths[] = { path };
	const struct run_request q = { .paths = { paths, 1 }, .type = type };

	return run_all(&t->c, &q, r, &t->e);
}

static const struct compliance_result *row_of(struct dbtest *t, const struct run *r,
					      const char *name, enum category category)
{
	struct rows rows = { 0 };
	const struct compliance_result *v;

	if (!result_list(&t->c, target(r, name)->check.id, &rows, &t->e))
		return NULL;
	v = rows.at;
	for (size_t i = 0; i < rows.n; i++)
		if (v[i].category == category)
			return &v[i];
	return NULL;
}

static double score_of(const struct run *r, const char *name)
{
	const struct run_target *rt = target(r, name);

	return rt && rt->check.overall_score.set ? rt->check.overall_score.v : -1;
}

static bool age_results(struct dbtest *t, const char *text)
{
	static const struct field fields[] = { COLUMN(struct compliance_check, id),
					       FIELDS_END };
	static const struct stmt s = {
		.name = "t_age",
		.in = fields,
		.bind = "id",
		.sqlite = "UPDATE compliance_results SET created_at = $1",
		.pg = "UPDATE compliance_results SET created_at = $1::text::timestamp"
	};
	const struct compliance_check in = { .id = text };

	return db_exec(&t->c, &s, &in, NULL, &t->e);
}

static void one_category(struct dbtest *t)
{
	const char *path = with_keys(t, project(t, "part"), "part", "AB", CANARY);
	const struct compliance_result *row;
	double full, alone;
	struct run r;

	DB_OK(t, check_type(t, path, CHECK_CONFIGURATION, &r),
	      "a check of configuration");
	alone = score_of(&r, "part");
	OK(alone > 0 && row_of(t, &r, "part", CAT_CONFIGURATION) &&
		   !row_of(t, &r, "part", CAT_SECURITY) &&
		   !row_of(t, &r, "part", CAT_OPERATIONAL),
	   "has its row alone, and a score: %.2f", alone);
	DB_OK(t, check_type(t, path, CHECK_FULL, &r), "a full check");
	full = score_of(&r, "part");
	OK(full >= 0 && full < alone, "sees more: %.2f", full);
	DB_OK(t, check_type(t, path, CHECK_CONFIGURATION, &r), "configuration again");
	OK(score_of(&r, "part") >= full && score_of(&r, "part") <= full,
	   "its score takes the other categories from there: %.2f", score_of(&r, "part"));
	row = row_of(t, &r, "part", CAT_CONFIGURATION);
	OK(row && strstr(row->details.text, "oldest_input_at"),
	   "and says how old they are");
	with_keys(t, project(t, "part"), "part", "AB", "${env:X}");
	DB_OK(t, check_type(t, path, CHECK_SECURITY, &r),
	      "security, when it is repaired");
	OK(score_of(&r, "part") > full, "is better at once: %.2f", score_of(&r, "part"));
	DB_OK(t,
	      age_results(t, "2020-01-01 00:00:00.000") &&
		      check_type(t, path, CHECK_CONFIGURATION, &r),
	      "when all that is old");
	OK(score_of(&r, "part") >= alone && score_of(&r, "part") <= alone,
	   "it stands alone again");
	row = row_of(t, &r, "part", CAT_CONFIGURATION);
	OK(row && !strstr(row->details.text, "oldest_input_at") &&
		   strstr(row->details.text, "\"coverage_percent\""),
	   "with nothing older in it");
}

/* ---- what else the audit log has ---- */

static void told(struct dbtest *t)
{
	static const struct stmt other = {
		.name = "t_rules",
		.sqlite = "UPDATE audit_logs SET details = json_set(details,"
			  " '$.ruleset_sha256', 'x') WHERE action = 'check.start'",
		.pg = "UPDATE audit_logs SET details = jsonb_set(details,"
		      " '{ruleset_sha256}', '\"x\"') WHERE action = 'check.start'"
	};
	const char *dir = project(t, "told");
	size_t before = audit_count(t, "ruleset.change", NULL);

	DB_OK(t, again(t, dir, "told", "A") && again(t, dir, "told", "A"), "two checks");
	IS_INT(audit_count(t, "server.register", "told"), 1, "a new server is told once");
	IS_INT(audit_count(t, "server.change", "told"), 0, "it has not changed");
	DB_OK(t, again(t, dir, "told", "AB"), "another definition");
	IS_INT(audit_count(t, "server.change", "told"), 1, "is a change");
	IS_INT(audit_count(t, "ruleset.change", NULL), before, "the rules are the same");
	DB_OK(t, db_exec(&t->c, &other, NULL, NULL, &t->e) && again(t, dir, "told", "A"),
	      "a check after one by other rules");
	IS_INT(audit_count(t, "ruleset.change", NULL), before + 1, "tells so");
}

/* ---- what the database says about itself ---- */

static bool harm(struct dbtest *t, bool undo)
{
	static const struct stmt edit = {
		.name = "t_edit",
		.sql = "UPDATE audit_logs SET resource_type = 'thing'"
		       " WHERE action = 'suppression.expire'"
	};
	static const struct stmt back = {
		.name = "t_back",
		.sql = "UPDATE audit_logs SET resource_type = 'compliance_issue'"
		       " WHERE action = 'suppression.expire'"
	};

	return db_exec(&t->c, undo ? &back : &edit, NULL, NULL, &t->e);
}

static bool finds(const struct run *r, const char *rule, const char *pointer)
{
	const struct findings *all = &r->report->rules->findings;

	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->v[i].rule->id, rule) &&
		    str_eq(all->v[i].pointer, pointer))
			return true;
	return false;
}

static void its_own_record(struct dbtest *t)
{
	static const struct stmt old = { .name = "t_old",
					 .sqlite = "UPDATE servers SET last_check ="
						   " '2020-01-01 00:00:00.000'"
						   " WHERE name = 'self'",
					 .pg = "UPDATE servers SET last_check ="
					       " '2020-01-01' WHERE name = 'self'" };
	const char *path = with_keys(t, project(t, "self"), "self", "A", "${env:A}");
	struct run r;

	DB_OK(t, check_path(t, path, &r), "a check");
	OK(!finds(&r, "OPS-003", "last-check") && !finds(&r, "OPS-004", "audit-log"),
	   "with nothing to say");
	DB_OK(t, harm(t, false) && check_path(t, path, &r), "an entry was edited");
	OK(finds(&r, "OPS-004", "audit-log"), "the next check tells");
	IS_INT(issue_of_category(t, "OPS-004", CAT_OPERATIONAL, "workspace:self")
		       .severity,
	       SEV_CRITICAL, "as an issue of the folder");
	DB_OK(t,
	      harm(t, true) && db_exec(&t->c, &old, NULL, NULL, &t->e) &&
		      check_path(t, path, &r),
	      "a server that nobody looked at for years");
	OK(finds(&r, "OPS-003", "last-check") && !finds(&r, "OPS-004", "audit-log"),
	   "is told of");
	DB_OK(t, check_path(t, path, &r), "the one after");
	OK(!finds(&r, "OPS-003", "last-check"), "has nothing to say again");
}

static void run_everything(struct dbtest *t)
{
	struct audit_verdict v;

	printf("# %s\n", db_where(t->c.db));
	t->c.who = &who;
	closed_by_a_person(t);
	found_and_gone(t);
	not_judged(t);
	suppressed(t);
	abandoned(t);
	one_category(t);
	its_own_record(t);
	OK(audit_verify(&t->c, "compliance", &v, &t->e) && !v.fault && v.entries > 50,
	   "the chain of all that: %d entries, %s", (int)v.entries,
	   v.why ? v.why : "intact");
	told(t);
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
