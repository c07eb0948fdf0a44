/* SPDX-License-Identifier: Apache-2.0 */
/* Live checks against servers with one fault each: rules, budget, nothing left behind. */
#include "compliance-server/live.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "common/rpc/client.h"
#include "compliance-server/rules.h"
#include "test/tap.h"

static char faulty[512], folder[] = "/tmp/compliance_live.XXXXXX", log_path[64],
			 marker[64];
#define SLOWER (SANITIZED ? 5 : 1)
static const struct live_options quick = { .budget_ms = SLOWER * 20000,
					   .start_ms = SLOWER * 2000,
					   .silence_ms = SLOWER * 500,
					   .exit_ms = SLOWER * 500,
					   .linger_ms = SLOWER * 150,
					   .idle_ms = SLOWER * 120,
					   .load = 0.01,
					   .more = true,
					   .max_resident = 120 << 20,
					   .environ_in = NULL };
static char env_path[] = "PATH=/usr/bin:/bin", env_home[] = "HOME=/tmp",
	    env_db[] = "DATABASE_URL=postgresql://u:geheim@h/d",
	    env_token[] = "GH_TOK=t0k";
static char *const environment[] = { env_path, env_home, env_db, env_token, NULL };

/* ---- fixtures ---- */

struct world {
	struct arena *arena;
	struct ctx c;
	struct facts *facts;
	struct buf json;
	struct err e;
};

static void world_init(struct world *w)
{
	*w = (struct world){ .arena = arena_new() };
	w->c.arena = w->arena;
	buf_init(&w->json, 1 << 20);
	buf_adds(&w->json, "{\"mcpServers\":{");
}

static void add_command(struct world *w, const char *name, const char *command,
			const char *args)
{
	buf_addf(
		&w->json,
		"%s\"%s\":{\"command\":\"%s\",\"args\":[%s],\"env\":{\"FAULTY_LOG\":\"%s\","
		"\"SECRET_TOKEN\":\"Zq81-kk27-Lw90-aa\",\"%s\":\"1\"}}",
		w->json.data[w->json.len - 1] == '{' ? "" : ",", name, command, args,
		log_path, marker);
}

/* faults: "a b" */
static void add(struct world *w, const char *name, const char *faults)
{
	struct buf args;

	buf_init(&args, 1000);
	for (const char *p = faults; *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		buf_addf(&args, "%s\"%.*s\"", args.len ? "," : "", (int)n, p);
		p += n;
	}
	add_command(w, name, faulty, buf_text(&args));
	buf_release(&args);
}

static bool read_facts(struct world *w)
{
	struct facts_options o = { .host = "generic", .home = folder };
	char path[128];

	buf_adds(&w->json, "}}");
	snprintf(path, sizeof(path), "%s/mcp.json", folder);
	return facts_read(w->arena, NULL, 0, &o, &w->facts, &w->e) &&
	       facts_add_text(w->facts, path, buf_text(&w->json), w->json.len, &o, &w->e);
}

static bool run(struct world *w, const struct live_options *o)
{
	struct live_options mine = *o;

	mine.environ_in = environment;
	return live_run(&w->c, w->facts, w->facts->entries, w->facts->n_entries, &mine,
			&w->e);
}

static void world_release(struct world *w)
{
	arena_free(w->arena);
	buf_release(&w->json);
}

static const struct entry *entry_of(const struct world *w, const char *name)
{
	for (size_t i = 0; i < w->facts->n_entries; i++)
		if (str_eq(w->facts->entries[i]->name, name))
			return w->facts->entries[i];
	return NULL;
}

static const struct judgement *judged(const struct rules_result *res, const char *rule,
				      const struct entry *entry)
{
	for (size_t i = 0; i < res->n_judgements; i++)
		if (str_eq(res->judgements[i].rule->id, rule) &&
		    res->judgements[i].entry == entry)
			return &res->judgements[i];
	return NULL;
}

/* ---- processes ---- */

static int count_in(const char *path, const char *text)
{
	struct buf b;
	int n = 0;

	buf_init(&b, 64 << 20);
	if (fd_read_file(path, &b, NULL))
		for (size_t i = 0; i + strlen(text) <= b.len; i++)
			n += !memcmp(b.data + i, text, strlen(text));
	buf_release(&b);
	return n;
}

static bool file_has(const char *path, const char *text)
{
	return count_in(path, text) > 0;
}

/* Processes with our mark in their environment. */
static int marked_processes(void)
{
	const struct dirent *de;
	DIR *d = opendir("/proc");
	int n = 0;

	while (d && (de = readdir(d))) {
		char path[300];

		snprintf(path, sizeof(path), "/proc/%s/environ", de->d_name);
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9')
			n += file_has(path, marker);
	}
	if (d)
		closedir(d);
	return n;
}

static int own_children(void)
{
	const struct dirent *de;
	DIR *d = opendir("/proc");
	int n = 0;

	while (d && (de = readdir(d))) {
		char path[300], want[32];
		struct buf b;
		const char *p;

		if (de->d_name[0] < '1' || de->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stat", de->d_name);
		snprintf(want, sizeof(want), " %d ", (int)getpid());
		buf_init(&b, 4096);
		if (fd_read_file(path, &b, NULL) && (p = strrchr(buf_text(&b), ')')) &&
		    !strncmp(p + 3, want, strlen(want)))
			n++;
		buf_release(&b);
	}
	if (d)
		closedir(d);
	return n;
}

static void nap(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* ---- rules ---- */

static const struct row {
	const char *rule, *faults;
	enum severity severity;
	const char *text; /* part of the message or the evidence */
	const char *also; /* rules that the same fault breaks */
} rows[] = {
	{ "LIV-001", "exit-start", SEV_CRITICAL, "exit", NULL },
	{ "LIV-001", "needs-key", SEV_MEDIUM, "credential", NULL },
	{ "LIV-001", "needs-token", SEV_MEDIUM, "Please set BOT_TOKEN", NULL },
	{ "LIV-001", "hang", SEV_CRITICAL, "silence", NULL },
	{ "LIV-001", "future-only", SEV_CRITICAL, "refused", NULL },
	{ "LIV-002", "junk", SEV_HIGH, "1 line on stdout", NULL },
	{ "LIV-002", "huge-line", SEV_HIGH, "1 line on stdout", NULL },
	{ "LIV-003", "unknown-ok", SEV_MEDIUM, "with a result", NULL },
	{ "LIV-003", "unknown-code", SEV_LOW, "-32602", NULL },
	{ "LIV-003", "unknown-silent", SEV_MEDIUM, "not answered", NULL },
	{ "LIV-004", "die-malformed", SEV_HIGH, "a truncated line", NULL },
	{ "LIV-005", "silent-malformed", SEV_LOW, "not answered", NULL },
	{ "LIV-006", "string-ids", SEV_HIGH, "2147483648", NULL },
	{ "LIV-007", "echo-version", SEV_HIGH, "1999-01-01", NULL },
	{ "LIV-007", "modern echo-version", SEV_HIGH, "1999-01-01", NULL },
	{ "LIV-007", "modern-only echo-version", SEV_HIGH, "1999-01-01", NULL },
	{ "LIV-008", "old-version", SEV_MEDIUM, "2024-11-05", NULL },
	{ "LIV-009", "bad-schema", SEV_HIGH, "unknown property", NULL },
	{ "LIV-009", "external-ref", SEV_HIGH, "another document", NULL },
	{ "LIV-010", "bad-names", SEV_MEDIUM, "other characters", NULL },
	{ "LIV-010", "mixed-names", SEV_HIGH, "another script", NULL },
	{ "LIV-011", "dup-tools", SEV_HIGH, "two tools", NULL },
	{ "LIV-012", "no-doc", SEV_MEDIUM, "no description", NULL },
	{ "LIV-013", "long-doc", SEV_MEDIUM, "9000 bytes", NULL },
	{ "LIV-014", "bare-params", SEV_LOW, "2 of 2", NULL },
	{ "LIV-015", "read-only-delete", SEV_MEDIUM, "delete", NULL },
	{ "LIV-016", "tool-ok", SEV_MEDIUM, "success", NULL },
	{ "LIV-016", "modern tool-ok", SEV_MEDIUM, "success", NULL },
	{ "LIV-017", "no-list", SEV_MEDIUM, "-32601", NULL },
	{ "LIV-017", "crash-list", SEV_HIGH, "ends on tools/list", NULL },
	{ "LIV-017", "stuck-list", SEV_MEDIUM, "not answered", NULL },
	{ "LIV-018", "keep-eof", SEV_MEDIUM, "end of its input", NULL },
	{ "LIV-018", "keep-term", SEV_HIGH, "SIGTERM", NULL },
	{ "LIV-019", "child", SEV_MEDIUM, "1 process", NULL },
	{ "LIV-019", "daemon", SEV_MEDIUM, "1 process", NULL },
	{ "LIV-019", "children", SEV_MEDIUM, "processes behind", NULL },
	{ "LIV-020", "answer-notes", SEV_MEDIUM, "2 notifications", NULL },
	{ "LIV-021", "shuffle", SEV_LOW, "3 listings", NULL },
	{ "LIV-022", "pages-loop", SEV_MEDIUM, "same cursor", NULL },
	{ "LIV-022", "pages-endless", SEV_MEDIUM, "100 pages", NULL },
	{ "LIV-023", "leak", SEV_HIGH, "SECRET_TOKEN", NULL },
	{ "LIV-023", "print-env", SEV_HIGH, "SECRET_TOKEN", NULL },
	{ "LIV-024", "ask", SEV_MEDIUM, "roots/list", NULL },
	{ "LIV-025", "free-text", SEV_MEDIUM, "echo(command)", NULL },
	{ "LIV-041", "hidden", SEV_CRITICAL, "they read: hi", NULL },
	{ "LIV-042", "bidi", SEV_HIGH, "U+202E", NULL },
	{ "LIV-043", "invisible", SEV_MEDIUM, "U+200B", NULL },
	{ "LIV-044", "escapes", SEV_HIGH, "U+001B", NULL },
	{ "LIV-057", "padded", SEV_MEDIUM, "empty lines", NULL },
	{ "PIN-005", "two-faced", SEV_CRITICAL, "another client name", NULL },
	{ "PIN-005", "modern two-faced", SEV_CRITICAL, "another client name", NULL },
	{ "PIN-005", "second-list", SEV_CRITICAL, "description: ", "LIV-021" },
	{ "PRF-002", "slow-list", SEV_MEDIUM, "a listing takes 3", NULL },
	{ "PRF-003", "eat", SEV_MEDIUM, "was ended", NULL },
	{ "PRF-004", "many-tools", SEV_MEDIUM, "61 tools", NULL },
	{ "PRF-004", "huge-list", SEV_MEDIUM, "KiB", "LIV-013" },
	{ "PRF-005", "busy", SEV_LOW, "percent of a processor", NULL },
	{ "PRF-006", "grow", SEV_LOW, "500 lists let the server grow", NULL },
};

/* No rule speaks of a fault that is not there. These servers leave annotations out, and
 * most are legacy by purpose. */
static void check_others(const struct world *w, const struct rules_result *res,
			 const struct row *row, const char *name)
{
	static const char *const every[] = { "LIV-008", "LIV-015", "CMD-017" };
	const struct entry *entry = entry_of(w, name);

	for (size_t i = 0; i < res->n_judgements; i++) {
		const struct judgement *j = &res->judgements[i];
		bool expected = str_eq(j->rule->id, row->rule) ||
				(row->also && strstr(row->also, j->rule->id));

		for (size_t k = 0; k < ARRAY_LEN(every); k++)
			expected |= str_eq(j->rule->id, every[k]);
		if (j->entry == entry && j->rule->scope == RULE_LIVE &&
		    j->outcome == OUTCOME_FAIL && !expected)
			OK(false, "%s is not to fail on %s: %s", j->rule->id, row->faults,
			   res->findings.v[j->first].message);
	}
}

static void check_row(const struct world *w, const struct rules_result *res,
		      const struct row *row, const char *name)
{
	const struct judgement *j = judged(res, row->rule, entry_of(w, name));
	const struct finding *found = NULL;

	if (!OK(j && j->outcome == OUTCOME_FAIL, "%s fails on %s (%s)", row->rule,
		row->faults, j ? outcomes[j->outcome] : "not judged"))
		return;
	for (size_t i = 0; i < j->n && !found; i++) {
		const struct finding *f = &res->findings.v[j->first + i];

		if (strstr(f->message, row->text) || strstr(f->evidence, row->text))
			found = f;
	}
	OK(found && found->severity == row->severity, "as %s: %s [%s]",
	   severity_text(row->severity), res->findings.v[j->first].message,
	   res->findings.v[j->first].evidence);
	OK(!strstr(res->findings.v[j->first].evidence, "Zq81"), "without the secret");
	check_others(w, res, row, name);
}

static void check_good(const struct world *w, const struct rules_result *res,
		       const char *name, const char *fails)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(i)); i++) {
		const struct judgement *j;

		if (rule->scope != RULE_LIVE)
			continue;
		j = judged(res, rule->id, entry_of(w, name));
		if (str_eq(rule->id, "CMD-017") && geteuid() == 0)
			continue;
		/* no timeout, no earlier check, nothing approved */
		if (j && j->outcome == OUTCOME_NOT_APPLICABLE &&
		    (str_eq(rule->id, "PRF-007") || str_eq(rule->id, "PRF-008") ||
		     str_starts(rule->id, "PIN-") || str_starts(rule->id, "PRV-")))
			continue;
		if (strstr(fails, rule->id))
			OK(j && j->outcome == OUTCOME_FAIL, "%s fails on %s", rule->id,
			   name);
		else
			OK(j && j->outcome == OUTCOME_PASS, "%s passes on %s: %s %s",
			   rule->id, name, j ? outcomes[j->outcome] : "not judged",
			   j && j->reason ? j->reason
			   : j && j->n	  ? res->findings.v[j->first].message
					  : "");
	}
}

static void check_metrics(const struct live *l)
{
	const struct live_metrics *m = &l->metrics;

	IS_INT(m->starts, LIVE_STARTS, "warm starts");
	OK(m->warm_median_ms >= 0 && m->warm_p95_ms >= m->warm_median_ms,
	   "their median and 95th percentile");
	IS_INT(m->timed, LIVE_TIMED, "list calls");
	OK(m->list_p50_us > 0 && m->list_p95_us >= m->list_p50_us, "and of theirs");
	OK(m->list_bytes > 200 && m->list_bytes < 2000, "bytes of the list: %" PRId64,
	   m->list_bytes);
	OK(m->peak_kib > 500, "resident: %" PRId64 " KiB", m->peak_kib);
	OK(m->idle >= 0, "idle: %" PRId64, m->idle);
	IS_INT(l->root, geteuid() == 0, "user");
}

static void check_rules(void)
{
	struct rules_plan plan = { .live = true };
	const struct rules_result *res;
	char script[800];
	struct world w;

	world_init(&w);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char name[32];

		snprintf(name, sizeof(name), "s%zu", i);
		add(&w, name, rows[i].faults);
	}
	add(&w, "good", "");
	add(&w, "modern", "modern");
	add(&w, "paged", "pages");
	snprintf(script, sizeof(script),
		 "\"-c\",\"sleep 60 </dev/null >/dev/null 2>&1 & exec %s\"", faulty);
	add_command(&w, "parent", "sh", script);
	add(&w, "hidden", "hidden-daemon");
	OK(read_facts(&w), "facts: %s", w.e.msg);
	OK(run(&w, &quick), "examined: %s", w.e.msg);
	IS_INT(marked_processes(), 0, "no process is left");
	IS_INT(own_children(), 0, "not even as a zombie");
	res = rules_run(w.facts, &plan);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char name[32];

		snprintf(name, sizeof(name), "s%zu", i);
		check_row(&w, res, &rows[i], name);
	}
	check_row(&w, res,
		  &(struct row){ "LIV-019", "a child", SEV_MEDIUM, "1 process", NULL },
		  "parent");
	/* Annotations are left out by these servers, and one is legacy by purpose. */
	check_good(&w, res, "good", "LIV-008 LIV-015");
	check_good(&w, res, "modern", "LIV-015");
	check_good(&w, res, "paged", "LIV-008 LIV-015");
	check_metrics(entry_of(&w, "good")->live);
	OK(entry_of(&w, "modern")->live->modern, "the modern server was spoken to so");
	OK(entry_of(&w, "good")->live->early_list.asked &&
		   !entry_of(&w, "good")->live->early_list.silent,
	   "tools/list before the handshake was answered");
	IS_INT(count_in(log_path, "\"tools/call\""),
	       count_in(log_path, "\"__no_such_tool__\""), "no tool was called");
	OK(file_has(log_path, "\"__no_such_tool__\""), "and the log would show it");
	OK(!file_has(log_path, "geheim"), "nothing of our environment was sent");
	world_release(&w);
}

/* ---- budget ---- */

static void check_budget(void)
{
	static const char *const faults[] = {
		"hang",	      "flood-out", "no-read",	   "keep-term", "pages-endless",
		"stuck-list", "flood-err", "big-line",	   "slow",	"late",
		"children",   "huge-line", "hidden-daemon"
	};
	struct live_options o = { .budget_ms = 1500, .start_ms = 1200 };
	struct world w;
	int64_t t;

	world_init(&w);
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		add(&w, faults[i], faults[i]);
	OK(read_facts(&w), "facts: %s", w.e.msg);
	t = clock_mono();
	OK(run(&w, &o), "examined: %s", w.e.msg);
	t = clock_mono() - t;
	/* thirteen servers, four at a time */
	OK(t < 4 * (SANITIZED ? 10000 : 3500), "all of them in %" PRId64 " ms", t);
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		const struct live *live = entry_of(&w, faults[i])->live;

		OK(live && live->ms <= (SANITIZED ? 10000 : 3500),
		   "%s within its budget: %" PRId64 " ms", faults[i],
		   live ? live->ms : -1);
	}
	IS_INT(marked_processes(), 0, "no process is left");
	IS_INT(own_children(), 0, "not even as a zombie");
	world_release(&w);
}

/* ---- unknown is never a pass ---- */

static void check_unknown(void)
{
	static const char *const unknown[] = { "LIV-003", "LIV-004", "LIV-006", "LIV-007",
					       "LIV-009", "LIV-018", "LIV-041" };
	struct rules_plan plan = { .live = true };
	const struct rules_result *res;
	struct world w;

	world_init(&w);
	add(&w, "dead", "exit-start");
	add(&w, "crash", "crash-list");
	OK(read_facts(&w) && run(&w, &quick), "examined: %s", w.e.msg);
	res = rules_run(w.facts, &plan);
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
		const struct judgement *j = judged(res, unknown[i], entry_of(&w, "dead"));

		/* LIV-001 is the result for operations, and no gap there */
		OK(j && j->reason &&
			   j->outcome == (j->rule->category == CAT_OPERATIONAL
						  ? OUTCOME_NOT_APPLICABLE
						  : OUTCOME_UNKNOWN),
		   "%s is not judged without a handshake: %s", unknown[i],
		   j && j->reason ? j->reason : "");
		if (str_eq(unknown[i], "LIV-007"))
			continue; /* asked in a process of its own */
		j = judged(res, unknown[i], entry_of(&w, "crash"));
		OK(j && j->outcome == OUTCOME_UNKNOWN && j->reason,
		   "%s is unknown after a crash: %s", unknown[i],
		   j && j->reason ? j->reason : "");
	}
	world_release(&w);
}

/* ---- at most four at once; cancelling ---- */

struct observer {
	atomic_bool stop;
	atomic_bool cancel;
	int cancel_after_ms, most;
};

static void *observe(void *arg)
{
	struct observer *o = arg;

	for (int ms = 0; !atomic_load(&o->stop); ms += 20) {
		o->most = MAX(o->most, marked_processes());
		if (o->cancel_after_ms && ms >= o->cancel_after_ms)
			atomic_store(&o->cancel, true);
		nap(20);
	}
	return NULL;
}

static void check_at_once(void)
{
	struct observer o = { 0 };
	pthread_t t;
	struct world w;

	world_init(&w);
	for (int i = 0; i < 6; i++)
		add(&w, arena_printf(w.arena, "n%d", i), "slow-start");
	OK(read_facts(&w), "facts: %s", w.e.msg);
	pthread_create(&t, NULL, observe, &o);
	OK(run(&w, &quick), "examined: %s", w.e.msg);
	atomic_store(&o.stop, true);
	pthread_join(t, NULL);
	OK(o.most >= 2 && o.most <= LIVE_AT_ONCE, "%d at once", o.most);
	world_release(&w);
}

static void check_cancel(void)
{
	struct observer o = { .cancel_after_ms = 300 };
	struct world w;
	pthread_t t;
	int64_t began;

	world_init(&w);
	for (int i = 0; i < 6; i++)
		add(&w, arena_printf(w.arena, "n%d", i), i % 2 ? "hang" : "keep-term");
	OK(read_facts(&w), "facts: %s", w.e.msg);
	w.c.cancelled = &o.cancel;
	pthread_create(&t, NULL, observe, &o);
	began = clock_mono();
	OK(!run(&w, &(struct live_options){ .budget_ms = 60000, .exit_ms = 500 }),
	   "a cancelled run says so");
	IS_INT(w.e.code, ERR_CANCELLED, "code");
	OK(clock_mono() - began < (SANITIZED ? 6000 : 2300), "soon: %" PRId64 " ms",
	   clock_mono() - began);
	atomic_store(&o.stop, true);
	pthread_join(t, NULL);
	OK(entry_of(&w, "n1")->live == NULL, "what was cut short has no result");
	IS_INT(marked_processes(), 0, "no process is left");
	world_release(&w);
}

/* ---- the check itself is killed ---- */

static int wait_for_marked(int n, bool at_least)
{
	int64_t until = clock_mono() + 20000;
	int now;

	do {
		nap(20);
		now = marked_processes();
	} while ((at_least ? now < n : now > n) && clock_left(until) > 0);
	return now;
}

/* Before any thread of ours. */
static void check_killed(void)
{
	struct world w;
	pid_t pid = fork();

	if (pid == 0) {
		world_init(&w);
		add(&w, "deaf", "keep-term stuck-list");
		add(&w, "apart", "daemon keep-term stuck-list");
		if (read_facts(&w) && !run(&w, &(struct live_options){ .start_ms = 0 }))
			_exit(1);
		_exit(0);
	}
	/* two servers and the one process that says whose it is */
	OK(wait_for_marked(3, true) >= 3, "servers run");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	OK(wait_for_marked(1, false) <= 1, "they end with the check");
	world_init(&w);
	add(&w, "good", "");
	OK(read_facts(&w) && run(&w, &quick), "the next check: %s", w.e.msg);
	IS_INT(marked_processes(), 0, "ends what they left");
	world_release(&w);
}

/* ---- limits ---- */

static void check_limits(void)
{
	char script[600], path[128];
	struct world w;

	snprintf(path, sizeof(path), "%s/limits", folder);
	snprintf(script, sizeof(script),
		 "\"-c\",\"sleep 0.3; (ulimit -v; ulimit -t; ulimit -n) "
		 ">%s; echo done >>%s; cat >/dev/null\"",
		 path, path);
	world_init(&w);
	add_command(&w, "limited", "sh", script);
	OK(read_facts(&w) && run(&w, &(struct live_options){ .start_ms = 1500,
							     .max_memory = 1 << 30 }),
	   "run: %s", w.e.msg);
	OK(file_has(path, "done"), "it ran");
	OK(file_has(path, "1048576\n"), "address space is limited");
	OK(file_has(path, "\n120\n"), "so is processor time");
	OK(file_has(path, "\n4096\n"), "and the number of files");
	OK(entry_of(&w, "limited")->live->state == LIVE_FAILED, "it never shook hands");
	unlink(path);
	world_release(&w);
}

/* ---- commands ---- */

static const char *env_value(const struct live_command *c, const char *name)
{
	for (size_t i = 0; c->envp[i]; i++)
		if (str_starts(c->envp[i], name) && c->envp[i][strlen(name)] == '=')
			return c->envp[i] + strlen(name) + 1;
	return NULL;
}

static bool command_of(struct world *w, const char *host, const char *entry,
		       struct live_command *ret)
{
	struct facts_options o = { .host = host, .home = folder };
	char path[128];

	world_init(w);
	buf_adds(&w->json, entry);
	buf_adds(&w->json, "}}");
	snprintf(path, sizeof(path), "%s/mcp.json", folder);
	if (!facts_read(w->arena, NULL, 0, &o, &w->facts, &w->e) ||
	    !facts_add_text(w->facts, path, buf_text(&w->json), w->json.len, &o, &w->e))
		return false;
	return live_command(w->arena, w->facts->entries[0], environment, ret, &w->e);
}

static void check_commands(void)
{
	struct live_command c;
	struct world w;

	OK(command_of(&w, "kilocode-legacy",
		      "\"x\":{\"command\":\"run\",\"args\":[\"${workspaceFolder}/a\","
		      "\"${env:NOT_THERE}\"],\"env\":{\"T\":\"v-${env:GH_TOK}\"},"
		      "\"cwd\":\"sub\"}",
		      &c),
	   "command: %s", w.e.msg);
	IS_STR(c.argv[0], "run", "program");
	IS_STR(c.argv[1], arena_printf(w.arena, "%s/a", folder), "folder");
	IS_STR(c.argv[2], "${env:NOT_THERE}", "an unset name stays as text");
	IS_STR(env_value(&c, "T"), "v-t0k", "reference to the environment");
	IS_STR(env_value(&c, "HOME"), "/tmp", "home is handed on");
	IS_STR(env_value(&c, "DATABASE_URL"), NULL, "our database is not");
	IS_STR(env_value(&c, "GH_TOK"), NULL, "nor is what the entry does not name");
	IS_STR(c.cwd, arena_printf(w.arena, "%s/sub", folder), "working folder");
	world_release(&w);

	OK(command_of(
		   &w, "claude-code",
		   "\"x\":{\"command\":\"run\",\"args\":[\"${NOPE:-dflt}\",\"${GH_TOK}\"]}",
		   &c),
	   "command");
	IS_STR(c.argv[1], "dflt", "default");
	IS_STR(c.argv[2], "t0k", "value");
	world_release(&w);
}

int main(void)
{
	const char *build = getenv("B");
	char *cwd = getcwd(NULL, 0);

	/* what times and sizes decide is for the plain builds; here the sanitizers judge
	 */
	if (SANITIZED)
		tap_excuse = "an instrumented server is slower and bigger than itself";
	signal(SIGPIPE, SIG_IGN);
	if (build && build[0] == '/')
		snprintf(faulty, sizeof(faulty), "%s/test/faulty", build);
	else
		snprintf(faulty, sizeof(faulty), "%s/%s/test/faulty", cwd ? cwd : ".",
			 build ? build : "build");
	OK(mkdtemp(folder) != NULL, "folder");
	snprintf(log_path, sizeof(log_path), "%s/log", folder);
	snprintf(marker, sizeof(marker), "LIVE_TEST_%d", (int)getpid());
	check_killed();
	check_commands();
	check_rules();
	check_unknown();
	check_budget();
	check_limits();
	check_at_once();
	check_cancel();
	unlink(log_path);
	rmdir(folder);
	free(cwd);
	return tap_done();
}
