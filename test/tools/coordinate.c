/* SPDX-License-Identifier: Apache-2.0 */
/* The coordinator as processes that share one database: races for an approval, deaths in
 * the middle of a call, cancelled calls, answers too long for one result.
 * usage: coordinate FOLDER-OF-THE-PROGRAMS     TEST_PG_DIR adds PostgreSQL. */
#define _GNU_SOURCE /* pipe2, memmem, nftw, realpath */
#include <sys/file.h>
#include <time.h>

#include "common/base/str.h"
#include "common/field/jsonr.h"
#include "common/field/jsonw.h"
#include "test/tools/spawn.h"
#include "test/tools/terminal.h"

enum { ROUNDS = 5, ENDS_MS = 20000 };
#define SECRET "This is a simple text"

static struct arena *a;
static char programs[PATH_MAX], script[PATH_MAX];
static const char *database; /* DATABASE_URL of the coordinators */
static int next_id = 1;

static void nap(int ms)
{
	nanosleep(&(struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 }, NULL);
}

static void write_config(void)
{
	const char *dying = realpath("test/data/dying-target.sh", script);
	struct err e = { 0 };
	char *text = arena_printf(a,
				  "{\"mcpServers\":{"
				  "\"fixture\":{\"command\":\"%s/test/fixture-server\","
				  "\"env\":{\"API_TOKEN\":\"" SECRET "\"}},"
				  "\"memory\":{\"command\":\"%s/memory-server\","
				  "\"env\":{\"DATABASE_URL\":\"sqlite:%s\"}},"
				  "\"dying\":{\"command\":\"sh\",\"args\":[\"%s\"]},"
				  "\"silent\":{\"command\":\"true\"},"
				  "\"notes\":{\"command\":\"%s/memory-server\","
				  "\"env\":{\"DATABASE_URL\":\"sqlite:%s\"}}},"
				  "\"coordinator\":{\"targets\":{"
				  "\"fixture\":{\"tools\":{\"test_*\":\"allow\"}},"
				  "\"memory\":{\"tools\":{\"list_*\":\"allow\"}},"
				  "\"dying\":{\"default\":\"allow\",\"tools\":{\"look\":"
				  "{\"mode\":\"allow\",\"effect\":\"read\"}}},"
				  "\"notes\":{\"default\":\"allow\"}}}}",
				  programs, programs, scratch_path("memory.db"), dying,
				  programs, scratch_path("notes.db"));

	if (!fd_replace_file(scratch_path("mcp.json"), text, strlen(text), 0600, &e))
		printf("Bail out! %s\n", e.msg);
}

static void start(struct peer *p, const char *const *args)
{
	struct plan plan = { .program =
				     arena_printf(a, "%s/coordinator-server", programs),
			     .no_terminal = true };

	for (size_t i = 0; args && args[i]; i++)
		plan.args[i] = args[i];
	plan.env[0] = arena_printf(a, "MCP_CONFIG=%s", scratch_path("mcp.json"));
	plan.env[1] = arena_printf(a, "DATABASE_URL=%s", database);
	if (args)
		launch(p, &plan);
	else
		launch_ready(p, &plan);
}

/* structuredContent of one call; never NULL. */
static const struct node *call(struct peer *p, const char *tool, const char *arguments)
{
	static const struct node nothing = { .kind = NODE_OBJECT };
	int64_t deadline = clock_mono() + ENDS_MS;
	struct err e = { 0 };
	char id[32], *line;

	snprintf(id, sizeof(id), "\"id\":%d,", next_id);
	say(p, arena_printf(a,
			    "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\","
			    "\"params\":{\"name\":\"%s\",\"arguments\":%s}}\n",
			    next_id++, tool, arguments));
	while ((line = peer_line(p, a, deadline))) {
		const struct node *n, *result;

		if (!strstr(line, id) ||
		    !(n = jsonr_parse(a, line, strlen(line), JSONR_NUL, NULL, &e)))
			continue;
		result = node_get(n, "result");
		if (!node_get(result, "structuredContent"))
			printf("# %s: %.400s\n", tool, line);
		n = node_get(result, "structuredContent");
		return n ? n : &nothing;
	}
	printf("# %s: no answer: %s\n", tool, buf_text(&p->err));
	return &nothing;
}

static const char *text_of(const struct node *n, const char *member)
{
	const char *s = node_str(node_get(n, member));

	return s ? s : "";
}

static const struct node *open_it(struct peer *p, const char *target, const char *tool,
				  const char *arguments, const char *more)
{
	return call(p, "open_session",
		    arena_printf(a,
				 "{\"target\":\"%s\",\"tool\":\"%s\",\"arguments\":%s%s}",
				 target, tool, arguments, more));
}

static const struct node *get(struct peer *p, const char *session_id)
{
	return call(p, "get_session",
		    arena_printf(a, "{\"sessionId\":\"%s\"}", session_id));
}

static const struct node *wait_end(struct peer *p, const char *session_id)
{
	int64_t deadline = clock_mono() + ENDS_MS;
	const struct node *n;

	do {
		n = get(p, session_id);
		if (str_eq(text_of(n, "status"), "completed") ||
		    str_eq(text_of(n, "status"), "failed"))
			break;
		nap(50);
	} while (clock_left(deadline) > 0);
	return n;
}

static int events(struct peer *p, const char *session_id, const char *action)
{
	const struct node *n =
		call(p, "get_audit_trail",
		     arena_printf(a, "{\"sessionId\":\"%s\",\"limit\":100}", session_id));
	int found = 0;

	n = node_get(n, "events");
	for (n = n ? n->first : NULL; n; n = n->next)
		found += str_eq(text_of(n, "action"), action);
	return found;
}

static int approve(const char *approval_id)
{
	const char *const argv[] = { arena_printf(a, "%s/coordinator-server", programs),
				     "approve", approval_id, NULL };
	const char *const extra[] = { arena_printf(a, "MCP_CONFIG=%s",
						   scratch_path("mcp.json")),
				      arena_printf(a, "DATABASE_URL=%s", database) };
	struct terminal t = { .argv = argv,
			      .envp = peer_env(a, scratch_dir, extra, 2),
			      .ms = ENDS_MS };
	int status;

	buf_init(&t.shown, 1 << 20);
	status = terminal_approve(&t);
	if (status != 0)
		printf("# approve: %s\n", buf_text(&t.shown));
	buf_release(&t.shown);
	return status;
}

/* What an agent with a shell gets, however it asks. */
static void test_no_terminal(void)
{
	static const char *const types[] = { "assessment", "remediation", "configuration",
					     "deployment" };
	struct peer p, cmd;

	start(&p, NULL);
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		const struct node *n = call(
			&p, "request_approval",
			arena_printf(
				a,
				"{\"type\":\"%s\",\"requestData\":{\"action\":\"try\"}}",
				types[i]));
		const char *id = arena_strdup(a, text_of(n, "approvalId"));
		const char *const plain[] = { "approve", id, NULL };
		const char *const yes[] = { "approve", id, "--yes", NULL };

		start(&cmd, plain);
		OK(peer_wait(&cmd, ENDS_MS) == 77 &&
			   strstr(buf_text(&cmd.err), "at a terminal") &&
			   !strstr(buf_text(&cmd.err), "--yes"),
		   "%s: nothing is approved without a terminal", types[i]);
		peer_release(&cmd);
		start(&cmd, yes);
		IS_INT(peer_wait(&cmd, ENDS_MS), 64, "nor with --yes");
		peer_release(&cmd);
		n = call(&p, "get_approval",
			 arena_printf(a, "{\"approvalId\":\"%s\"}", id));
		IS_STR(text_of(n, "status"), "pending", "it still waits");
	}
	peer_release(&p);
}

/* ---- two processes, one approval ------------------------------------------- */

static void test_race(void)
{
	struct peer one, two;
	const struct node *n;
	int64_t total = -1;
	int dispatched = 0, ok = 0;

	start(&one, NULL);
	start(&two, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		const char *id, *approval;

		n = open_it(&one, "memory", "store_memory",
			    arena_printf(a, "{\"content\":\"round %d\"}", i), "");
		id = text_of(n, "sessionId");
		approval = text_of(n, "approvalId");
		if (i == 0) {
			IS_STR(text_of(n, "status"), "pending", "it waits for a person");
			OK(strstr(text_of(n, "howToApprove"), approval) && *approval,
			   "and says what a person types: %s",
			   text_of(n, "howToApprove"));
		}
		call(&two, "list_sessions", "{}");
		if (approve(approval) != 0)
			break;
		get(&two, id);
		n = wait_end(&one, id);
		ok += str_eq(text_of(n, "outcome"), "ok");
		dispatched += events(&one, id, "execution.dispatched");
	}
	IS_INT(ok, ROUNDS, "each approved session was carried out");
	IS_INT(dispatched, ROUNDS, "by exactly one of two processes");
	n = open_it(&one, "memory", "list_memories", "{}", "");
	n = node_path(n, "responseData", "result", "structuredContent", "total", NULL);
	OK(n && node_i64(n, &total), "the target tells how often it was called");
	IS_INT(total, ROUNDS, "once for each approval");
	fd_close(one.c.in);
	one.c.in = -1;
	ends_well(&one, 2000, "coordinator", "end of input with targets running");
	peer_release(&one);
	peer_release(&two);
}

/* A tool that may start a program says so. */
static void test_hints(void)
{
	static const char *const names[] = { "list_targets", "open_session" };
	struct peer p;
	struct err e = { 0 };
	const struct node *tools = NULL;
	size_t found = 0;
	char *line;

	start(&p, NULL);
	say(&p, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n");
	line = peer_line(&p, a, clock_mono() + ENDS_MS);
	if (line)
		tools = node_path(jsonr_parse(a, line, strlen(line), 0, NULL, &e),
				  "result", "tools", NULL);
	for (const struct node *n = tools ? tools->first : NULL; n; n = n->next) {
		const struct node *open =
			node_path(n, "annotations", "openWorldHint", NULL);
		bool starts = false;

		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			starts = starts || str_eq(text_of(n, "name"), names[i]);
		found += starts;
		OK(open && open->truth == starts, "%s: openWorldHint",
		   text_of(n, "name"));
	}
	IS_INT(found, ARRAY_LEN(names), "those that start targets");
	peer_release(&p);
}

/* Nobody asks for it: the coordinator notices the decision by itself. */
static void test_notice(void)
{
	struct peer p;
	const struct node *n;

	start(&p, NULL);
	call(&p, "list_sessions", "{}");
	nap(300);
	n = open_it(&p, "memory", "store_memory", "{\"content\":\"noticed\"}", "");
	OK(approve(text_of(n, "approvalId")) == 0, "a person approves");
	nap((int)bound(1500));
	IS_STR(text_of(get(&p, text_of(n, "sessionId")), "status"), "completed",
	       "it ran without being asked for");
	peer_release(&p);
}

/* ---- a target that dies ---------------------------------------------------- */

static void test_dying(void)
{
	struct peer p;
	const struct node *n;

	start(&p, NULL);
	n = open_it(&p, "dying", "die", "{}", "");
	OK(str_eq(text_of(n, "outcome"), "unknown") &&
		   str_eq(text_of(n, "outcomeReason"), "target_ended"),
	   "a target that ends in a call may have had an effect");
	n = open_it(&p, "dying", "look", "{}", "");
	IS_STR(text_of(n, "outcome"), "transport_error", "one that only reads had none");
	n = open_it(&p, "dying", "echo", "{}", "");
	IS_STR(text_of(n, "outcome"), "ok", "and is started again for the next call");
	n = open_it(&p, "dying", "ecko", "{}", "");
	IS_STR(text_of(n, "sessionId"), "", "a wrong name opens no session");
	n = open_it(&p, "dying", "nul", "{}", "");
	OK(str_eq(text_of(n, "outcome"), "ok") && strstr(node_raw(a, n), "a\\u0000b"),
	   "an answer with a NUL character is kept");
	n = open_it(&p, "silent", "x", "{}", "");
	OK(str_eq(text_of(n, "status"), "failed") &&
		   str_eq(text_of(n, "outcomeReason"), "not_started"),
	   "a target that does not start ends the session, nobody is asked");
	peer_release(&p);
}

/* ---- death, cancel, end, time --------------------------------------------- */

#define SLOW "{\"ms\":20000}"

static void test_kill(void)
{
	struct peer p;
	const struct node *n;
	char *id;

	start(&p, NULL);
	n = open_it(&p, "fixture", "test_slow_long", SLOW, ",\"waitMs\":0");
	IS_STR(text_of(n, "status"), "running", "a call goes on after the answer");
	id = arena_strdup(a, text_of(n, "sessionId"));
	kill(p.c.pid, SIGKILL);
	IS_INT(peer_wait(&p, ENDS_MS), 128 + SIGKILL, "the coordinator is killed");
	peer_release(&p);
	start(&p, NULL);
	n = get(&p, id);
	IS_STR(text_of(n, "status"), "failed", "the next one ends the session at once");
	IS_STR(text_of(n, "outcome"), "unknown", "and does not pretend to know how");
	IS_INT(events(&p, id, "session.in_doubt"), 1, "with an event");
	peer_release(&p);
}

static void test_cancel(void)
{
	struct peer p, other;
	const struct node *n;
	char *id;

	start(&p, NULL);
	n = open_it(&p, "fixture", "test_slow_long", SLOW, ",\"waitMs\":0");
	id = arena_strdup(a, text_of(n, "sessionId"));
	n = call(&p, "cancel_session", arena_printf(a, "{\"sessionId\":\"%s\"}", id));
	IS_STR(text_of(n, "result"), "requested", "a running session is asked to stop");
	IS_STR(text_of(wait_end(&p, id), "outcome"), "cancelled", "and ends");
	n = call(&p, "cancel_session", arena_printf(a, "{\"sessionId\":\"%s\"}", id));
	IS_STR(text_of(n, "result"), "already_finished", "once is enough");
	n = open_it(&p, "fixture", "test_slow_long", SLOW, ",\"waitMs\":0");
	id = arena_strdup(a, text_of(n, "sessionId"));
	start(&other, NULL);
	call(&other, "cancel_session", arena_printf(a, "{\"sessionId\":\"%s\"}", id));
	IS_STR(text_of(wait_end(&p, id), "outcome"), "cancelled",
	       "another process can ask for it too");
	peer_release(&other);
	n = open_it(&p, "fixture", "test_slow_long", SLOW,
		    ",\"waitMs\":0,\"timeoutMs\":200");
	n = wait_end(&p, text_of(n, "sessionId"));
	OK(str_eq(text_of(n, "outcome"), "unknown") &&
		   str_eq(text_of(n, "outcomeReason"), "timeout"),
	   "a call that took too long may have had an effect");
	n = open_it(&p, "fixture", "test_slow_long", SLOW, ",\"waitMs\":0");
	id = arena_strdup(a, text_of(n, "sessionId"));
	fd_close(p.c.in);
	p.c.in = -1;
	ends_well(&p, 3000, "coordinator", "end of input while a target works");
	peer_release(&p);
	start(&p, NULL);
	IS_STR(text_of(get(&p, id), "outcome"), "cancelled", "what it was doing is told");
	peer_release(&p);
}

/* ---- a database that others hold ------------------------------------------- */

/* Somebody writes for long while the target answers. */
static void test_locked(void)
{
	int fd = open(scratch_path("coordinator.db.lock"), O_RDWR | O_CLOEXEC);
	const struct node *n;
	struct peer p;
	int64_t begin;
	char *id;

	start(&p, NULL);
	n = open_it(&p, "fixture", "test_slow_long", "{\"ms\":500}", ",\"waitMs\":0");
	id = arena_strdup(a, text_of(n, "sessionId"));
	nap(250);
	OK(fd >= 0 && flock(fd, LOCK_EX) == 0, "another process holds the database");
	begin = clock_mono();
	IS_STR(text_of(get(&p, id), "status"), "running", "what is stored can be read");
	OK(clock_mono() - begin < bound(4000), "soon: %d ms",
	   (int)(clock_mono() - begin));
	nap((int)(begin + 9000 - clock_mono()));
	IS_STR(text_of(get(&p, id), "status"), "running", "the answer is not stored yet");
	flock(fd, LOCK_UN);
	IS_STR(text_of(wait_end(&p, id), "outcome"), "ok", "but is not lost");
	OK(strstr(buf_text(&p.err), "its end is known"), "the log tells: %s",
	   buf_text(&p.err));
	n = open_it(&p, "fixture", "test_slow_long", SLOW, ",\"waitMs\":0");
	id = arena_strdup(a, text_of(n, "sessionId"));
	nap(250);
	flock(fd, LOCK_EX);
	fd_close(p.c.in);
	p.c.in = -1;
	ends_well(&p, 2000, "coordinator", "end of input while the database is held");
	peer_release(&p);
	fd_close(fd);
	start(&p, NULL);
	IS_STR(text_of(get(&p, id), "outcome"), "unknown", "that end could not be told");
	peer_release(&p);
}

/* ---- answers --------------------------------------------------------------- */

/* Puts the parts of a long answer together. */
static char *whole(struct peer *p, const char *id, int *parts)
{
	const char *cursor = "";
	struct buf b;
	char *text;

	buf_init(&b, 1 << 20);
	for (*parts = 0; *parts < 50; (*parts)++) {
		const struct node *n =
			call(p, "get_session",
			     *cursor ? arena_printf(a,
						    "{\"sessionId\":\"%s\","
						    "\"cursor\":\"%s\"}",
						    id, cursor)
				     : arena_printf(a, "{\"sessionId\":\"%s\"}", id));

		buf_adds(&b, text_of(n, "responsePart"));
		cursor = text_of(n, "nextCursor");
		if (!*cursor)
			break;
	}
	text = arena_strndup(a, buf_text(&b), b.len);
	buf_release(&b);
	return text;
}

static void test_answers(void)
{
	char *big = arena_alloc(a, 40001);
	const struct node *n;
	struct err e = { 0 };
	struct peer p;
	char *id, *text;
	int parts;

	memset(big, '"', 40000);
	for (int i = 0; i < 40000; i += 2)
		big[i] = '\\';
	start(&p, NULL);
	n = open_it(&p, "notes", "store_memory",
		    arena_printf(a, "{\"content\":\"%s\",\"memoryId\":\"big\"}", big),
		    "");
	IS_STR(text_of(n, "outcome"), "ok", "a long argument is passed on");
	n = open_it(&p, "notes", "get_memory", "{\"memoryId\":\"big\"}", "");
	id = arena_strdup(a, text_of(n, "sessionId"));
	OK(node_get(n, "truncated") && *text_of(n, "nextCursor"),
	   "a long answer is marked and goes on");
	text = whole(&p, id, &parts);
	OK(parts > 0 && jsonr_parse(a, text, strlen(text), 0, NULL, &e),
	   "its parts are the whole, %d bytes: %s", (int)strlen(text), e.msg);
	n = open_it(&p, "notes", "get_memory", "{\"memoryId\":\"nothing\"}", "");
	IS_STR(text_of(n, "outcome"), "tool_error", "an error of the tool is its own");
	n = open_it(&p, "fixture", "test_simple_text", "{}", "");
	text = node_raw(a, n);
	OK(strstr(text, "*** response") && !strstr(text, SECRET),
	   "a secret of the target's environment is masked: %.300s",
	   strstr(text, "responseData") ? strstr(text, "responseData") : text);
	n = open_it(&p, "fixture", "test_input_required_result_elicitation", "{}", "");
	OK(!str_eq(text_of(n, "outcome"), "ok"), "a target never asks our person");
	peer_release(&p);
}

/* The targets' databases are new for each kind of ours. */
static void all_on(const char *url)
{
	static const char *const files[] = { "memory.db",     "memory.db-wal",
					     "memory.db-shm", "notes.db",
					     "notes.db-wal",  "notes.db-shm" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		unlink(scratch_path(files[i]));
	database = url;
	test_race();
	test_no_terminal();
	test_hints();
	test_notice();
	test_dying();
	test_kill();
	test_cancel();
	if (str_starts(url, "sqlite:"))
		test_locked();
	test_answers();
}

static const char *make_pg(void)
{
	const char *dir = getenv("TEST_PG_DIR");
	char *name = arena_printf(a, "coord_%ld", (long)getpid());
	const char *const argv[] = { "createdb", "-h", dir, "-U", "kilo", name, NULL };
	struct peer p;
	int status;

	peer_start(&p, argv, peer_env(a, scratch_dir, NULL, 0), NULL);
	status = peer_wait(&p, ENDS_MS);
	peer_release(&p);
	return status == 0 ? arena_printf(a, "postgresql://kilo@/%s?host=%s", name, dir)
			   : NULL;
}

int main(int argc, char **argv)
{
	const char *pg;

	fd_sanitize();
	clock_init();
	scratch_make();
	a = arena_new();
	if (!realpath(argc > 1 ? argv[1] : "build", programs))
		return 1;
	write_config();
	all_on(arena_printf(a, "sqlite:%s", scratch_path("coordinator.db")));
	if (getenv("TEST_PG_DIR")) {
		pg = make_pg();
		if (OK(pg != NULL, "a database on PostgreSQL"))
			all_on(pg);
	} else if (getenv("TEST_PG_REQUIRED")) {
		OK(false, "TEST_PG_DIR names a running PostgreSQL");
	} else {
		printf("ok %d # SKIP no PostgreSQL (TEST_PG_DIR is not set)\n",
		       ++tap_count);
	}
	arena_free(a);
	scratch_clean();
	return tap_done();
}
