/* SPDX-License-Identifier: Apache-2.0 */
/* What runs by itself: one check an interval over all processes, and what is removed. */
#define _GNU_SOURCE /* mkdtemp, fork */
#include <sys/wait.h>

#include "common/app/audit.h"
#include "common/app/audit_store.h"
#include "common/base/id.h"
#include "common/config/config.h"
#include "compliance-server/schedule.h"
#include "compliance-server/schedule_store.h"
#include "test/store/checktest.h"

#define HOUR	  (3600 * INT64_C(1000))
#define DAY	  (24 * HOUR)
#define PROCESSES 4

static struct config cfg;

static int64_t completed(struct dbtest *t, const char *server)
{
	const struct check_filter f = { .server_name = server,
					.status = "completed",
					.limit = 500 };
	struct rows rows = { 0 };

	return check_list(&t->c, &f, &rows, &t->e) ? (int64_t)rows.n : -1;
}

/* ---- time passes ---- */

struct shift {
	const char *id;
	int64_t ms;
	struct stamp at;
};

static const struct field shift_fields[] = { COLUMN(struct shift, id),
					     COLUMN(struct shift, at), FIELDS_END };
static const struct stmt set_task = {
	.name = "t_task",
	.in = shift_fields,
	.bind = "at",
	.sql = "UPDATE compliance_schedule SET last_run = $1"
};
static const struct stmt set_check = {
	.name = "t_check",
	.in = shift_fields,
	.bind = "id at",
	.sql = "UPDATE compliance_checks SET created_at = $2, started_at = $2,"
	       " completed_at = $2 WHERE check_id = $1"
};

static bool last_run(struct dbtest *t, int64_t ago)
{
	const struct shift in = { .at.ms = clock_now().ms - ago };

	return db_exec(&t->c, &set_task, &in, NULL, &t->e);
}

static bool make_old(struct dbtest *t, const char *check_id, int64_t days)
{
	const struct shift in = { .id = check_id, .at.ms = clock_now().ms - days * DAY };

	return db_exec(&t->c, &set_check, &in, NULL, &t->e);
}

/* ---- the check ---- */

static const char *home_with(struct dbtest *t, const char *text)
{
	const char *home = arena_printf(t->c.arena, "%s/home", t->dir);
	const char *dir = arena_printf(t->c.arena, "%s/.cursor", home);

	if (!fd_make_dirs(dir, 0700, &t->e))
		abort();
	file_in(t, dir, text);
	return home;
}

static void once_an_interval(struct dbtest *t)
{
	const char *home = home_with(t, HEAD OTHER "}}");
	struct schedule_done d;

	DB_OK(t, schedule_round(&t->c, NULL, home, &d, &t->e), "the first round");
	OK(d.checked && d.targets >= 2, "finds the files of a host: %d targets",
	   (int)d.targets);
	IS_INT(completed(t, "two"), 1, "a check is stored");
	DB_OK(t, schedule_round(&t->c, NULL, home, &d, &t->e), "the next round");
	OK(!d.checked, "is not due");
	DB_OK(t,
	      last_run(t, 59 * 60 * 1000) && schedule_round(&t->c, NULL, home, &d, &t->e),
	      "before the interval is over");
	OK(!d.checked, "it is not either");
	DB_OK(t, last_run(t, HOUR + 1) && schedule_round(&t->c, NULL, NULL, &d, &t->e),
	      "an interval later");
	OK(d.checked && d.targets >= 2, "the registered servers are checked");
	IS_INT(completed(t, "two"), 2, "and stored");
	DB_OK(t, last_run(t, -30 * DAY) && schedule_round(&t->c, NULL, NULL, &d, &t->e),
	      "after a clock that was a month ahead");
	OK(d.checked, "nobody waits for a month");
	cfg.compliance_enabled = false;
	DB_OK(t, last_run(t, DAY) && schedule_round(&t->c, NULL, NULL, &d, &t->e),
	      "switched off");
	OK(!d.checked, "nothing is checked");
	cfg.compliance_enabled = true;
}

static void inline_rows(struct dbtest *t)
{
	struct keep *k = keep_new();
	const struct run_request q = { .config = HEAD GOOD "}}", .keep = k };
	struct schedule_done d;
	struct run r;

	DB_OK(t, run_all(&t->c, &q, &r, &t->e), "a server of inline text");
	DB_OK(t, last_run(t, DAY) && schedule_round(&t->c, NULL, NULL, &d, &t->e),
	      "whose text is gone");
	OK(d.checked, "does not keep the others from being checked");
	keep_free(k);
}

static void one_of_many(struct dbtest *t)
{
	int64_t before = completed(t, "two");
	int checked = 0, failed = 0, status;
	pid_t pids[PROCESSES];

	DB_OK(t, last_run(t, DAY), "it is due");
	for (int i = 0; i < PROCESSES; i++) {
		fflush(stdout);
		pids[i] = fork();
		if (pids[i] == 0) {
			struct dbtest own = { .o = t->o };
			struct schedule_done d = { 0 };

			own.c = (struct ctx){ .arena = arena_new(),
					      .who = &who,
					      .cfg = &cfg };
			own.c.db = db_new(&own.o, &own.e);
			if (!schedule_round(&own.c, NULL, NULL, &d, &own.e))
				printf("# %s\n", own.e.msg);
			_exit(own.e.code ? 9 : d.checked);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		waitpid(pids[i], &status, 0);
		failed += !WIFEXITED(status) || WEXITSTATUS(status) > 1;
		checked += WIFEXITED(status) && WEXITSTATUS(status) == 1;
	}
	IS_INT(failed, 0, "no process fails");
	IS_INT(checked, 1, "one of several processes checks");
	IS_INT(completed(t, "two"), before + 1, "once");
}

static void stops(struct dbtest *t)
{
	atomic_bool stop = true;
	struct schedule_done d;
	int64_t before = completed(t, "two");

	DB_OK(t, last_run(t, DAY), "due");
	t->c.cancelled = &stop;
	OK(!schedule_round(&t->c, NULL, NULL, &d, &t->e) && t->e.code == ERR_CANCELLED,
	   "a round that is told to stop does");
	t->c.cancelled = NULL;
	IS_INT(completed(t, "two"), before, "nothing was stored");
}

/* ---- retention ---- */

static const char *checked(struct dbtest *t, const char *path, int64_t days)
{
	struct run r;

	if (!check_path(t, path, &r))
		return "?";
	for (size_t i = 0; i < r.n_targets; i++)
		if (!make_old(t, r.targets[i].check.check_id, days))
			return "?";
	return r.targets[0].check.check_id;
}

static bool is_there(struct dbtest *t, const char *check_id)
{
	struct compliance_check k;

	return check_by_id(&t->c, check_id, &k, &t->e);
}

#define AGED(package) \
	HEAD "\"aged\":{\"command\":\"npx\",\"args\":[\"-y\",\"" package "\"]}}}"

static void retention(struct dbtest *t)
{
	const char *dir = project(t, "keep"),
		   *path = file_in(t, dir, AGED("some-server"));
	const char *first = checked(t, path, 400), *second = checked(t, path, 300),
		   *third;
	const char *failed, *fresh;
	struct schedule_done d;
	struct run_request q = { .paths = { &path, 1 } };
	struct run r;
	struct compliance_issue i;
	int64_t n = 0;

	DB_OK(t, run_prepare(&t->c, &q, &r, &t->e) && run_begin(&t->c, &r, &t->e),
	      "a run");
	failed = r.targets[0].check.check_id;
	run_fail(&t->c, &r, &(struct err){ .code = ERR_CANCELLED });
	DB_OK(t, make_old(t, failed, 350), "failed long ago");
	file_in(t, dir, AGED("some-server@1.2.3"));
	third = checked(t, path, 200);
	i = issue_of(t, "SUP-001", "aged");
	IS_INT(i.status, ISSUE_RESOLVED, "an issue was resolved");
	fresh = checked(t, path, 80);
	DB_OK(t, last_run(t, DAY) && schedule_round(&t->c, NULL, NULL, &d, &t->e),
	      "a round");
	OK(d.checks_removed >= 4, "removes %d checks", (int)d.checks_removed);
	OK(!is_there(t, first) && !is_there(t, second) && !is_there(t, third) &&
		   !is_there(t, failed),
	   "those that are too old");
	OK(is_there(t, fresh), "not the fresh one");
	DB_OK(t,
	      make_old(t, fresh, 100) &&
		      checks_remove(&t->c, (struct stamp){ clock_now().ms - 90 * DAY },
				    50, &n, &t->e),
	      "when the newest one is old");
	OK(completed(t, "aged") >= 1, "the newest of each kind stays");
	IS_INT(issue_of(t, "SUP-001", "aged").status, 0,
	       "resolved issues go with theirs");
}

static void open_issue_stays(struct dbtest *t)
{
	const char *dir = project(t, "open"), *path = file_in(t, dir, HEAD BAD "}}");
	const char *paths[] = { path };
	const struct run_request q = { .paths = { paths, 1 },
				       .type = CHECK_CONFIGURATION };
	const char *old = checked(t, path, 400);
	struct run r;
	int64_t n = 0;

	DB_OK(t, run_all(&t->c, &q, &r, &t->e), "a newer check of another kind");
	DB_OK(t,
	      checks_remove(&t->c, (struct stamp){ clock_now().ms - 90 * DAY }, 50, &n,
			    &t->e),
	      "old ones are removed");
	OK(is_there(t, old), "what an unresolved issue refers to stays");
}

static void entries(struct dbtest *t)
{
	struct audit_verdict v;
	struct schedule_done d;

	DB_OK(t, audit_verify(&t->c, "compliance", &v, &t->e), "the audit log");
	OK(!v.fault && v.first == 1, "is whole: %s", v.why ? v.why : "intact");
	DB_OK(t, last_run(t, DAY) && schedule_round(&t->c, NULL, NULL, &d, &t->e),
	      "a round");
	IS_INT(d.entries_removed, 0, "entries of this year stay");
}

static void run_everything(struct dbtest *t)
{
	printf("# %s\n", db_where(t->c.db));
	t->c.who = &who;
	cfg = (struct config){ .compliance_enabled = true,
			       .compliance_interval = HOUR,
			       .compliance_retention_days = 90 };
	t->c.cfg = &cfg;
	for (const struct stmt *s = schedule_stmts; s->name; s++)
		DB_OK(t, db_check_stmt(&t->c, s, &t->e), "%s is sound", s->name);
	once_an_interval(t);
	inline_rows(t);
	one_of_many(t);
	stops(t);
	retention(t);
	open_issue_stays(t);
	entries(t);
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
