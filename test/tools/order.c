/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that are sent at once give the answers of calls sent one after another; and calls
 * to a database server that goes away and comes back.
 * usage: order PROGRAM                memory-server on SQLite
 *        order PROGRAM URL SERVICES   test/services.sh by its full path; TEST_PG_DIR */
#define _GNU_SOURCE /* pipe2, memmem, nftw */
#include <time.h>

#include "test/tools/spawn.h"

enum { WAIT_MS = 30000, ROUNDS = SANITIZED ? 4 : 15 };

static struct arena *arena;

struct talk {
	struct peer p;
	struct buf out; /* what is sent at once */
	int id;
};

static int add(struct talk *t, const char *tool, const char *arguments)
{
	buf_addf(&t->out,
		 "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{"
		 "\"name\":\"%s\",\"arguments\":{%s}}}\n",
		 ++t->id, tool, arguments);
	return t->id;
}

static void flush(struct talk *t)
{
	peer_send(&t->p, t->out.data, t->out.len);
	buf_reset(&t->out);
}

/* Answers of the ids from..to by id, in whatever order they come. */
static void answers(struct talk *t, int from, int to, const char **ret)
{
	int64_t deadline = clock_mono() + WAIT_MS;

	for (int n = from; n <= to; n++) {
		const char *line = peer_line(&t->p, arena, deadline);
		const char *id = line ? strstr(line, "\"id\":") : NULL;
		long k = id ? strtol(id + 5, NULL, 10) : -1;

		if (k >= from && k <= to)
			ret[k - from] = line;
	}
	for (int n = from; n <= to; n++)
		if (!ret[n - from])
			ret[n - from] = "";
}

static const char *ask(struct talk *t, const char *tool, const char *arguments)
{
	const char *line = NULL;

	add(t, tool, arguments);
	flush(t);
	answers(t, t->id, t->id, &line);
	return line;
}

static const char *text(const char *fmt, ...) PRINTF_LIKE(1, 2);
static const char *text(const char *fmt, ...)
{
	char line[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return arena_strdup(arena, line);
}

static const char *memory_id(const char *line)
{
	const char *at = strstr(line, "\"structuredContent\":{\"memoryId\":\"");

	if (!at)
		return "none";
	at += strlen("\"structuredContent\":{\"memoryId\":\"");
	return arena_strndup(arena, at, strcspn(at, "\""));
}

static int times(const char *line, const char *part)
{
	int n = 0;

	line = strstr(line, "\"structuredContent\"");
	for (; line && (line = strstr(line, part)); line++)
		n++;
	return n;
}

static bool is(bool right, int round, const char *what, const char *line)
{
	if (!right)
		printf("# round %d: %s: %.500s\n", round, what, line);
	return right;
}

/* One round in one write; true when each answer is that of one after another. */
static bool round_of(struct talk *t, int r)
{
	const char *id =
		memory_id(ask(t, "store_memory", text("\"content\":\"walnut a%d\"", r)));
	const char *old = text("\"query\":\"a%d\"", r),
		   *new = text("\"query\":\"b%d\"", r);
	const char *history = text("\"contains\":\"b%d\",\"limit\":100", r);
	const char *got[11] = { NULL };
	int from = t->id + 1;
	bool ok;

	add(t, "search_memories", old);
	add(t, "update_memory",
	    text("\"memoryId\":\"%s\",\"content\":\"walnut b%d\"", id, r));
	add(t, "search_memories", old);
	add(t, "search_memories", new);
	add(t, "list_search_history", history);
	add(t, "delete_memory", text("\"memoryId\":[\"%s\"]", id));
	add(t, "search_memories", new);
	add(t, "get_memory", text("\"memoryId\":\"%s\"", id));
	add(t, "list_search_history", history);
	add(t, "search_memories", new);
	add(t, "get_memory_stats", "");
	flush(t);
	answers(t, from, t->id, got);
	ok = is(times(got[0], id) == 1, r, "found before the change", got[0]);
	ok &= is(strstr(got[1], id) && !strstr(got[1], "isError"), r, "changed", got[1]);
	ok &= is(times(got[2], id) == 0, r, "the old text is not found", got[2]);
	ok &= is(times(got[3], id) == 1, r, "the new text is", got[3]);
	ok &= is(times(got[4], "\"query\":") == 1, r, "one search so far", got[4]);
	ok &= is(!strstr(got[5], "isError"), r, "deleted", got[5]);
	ok &= is(times(got[6], id) == 0, r, "not found any more", got[6]);
	ok &= is(strstr(got[7], "isError") != NULL, r, "nor there", got[7]);
	ok &= is(times(got[8], "\"query\":") == 2, r, "two searches so far", got[8]);
	ok &= is(times(got[10], text("\"searches\":%d,", 5 * (r + 1))) == 1, r,
		 "all are counted", got[10]);
	return ok;
}

static void open_talk(struct talk *t, const struct plan *plan)
{
	t->id = 0;
	buf_init(&t->out, 1024 * 1024);
	launch_ready(&t->p, plan);
}

static void close_talk(struct talk *t, const char *when)
{
	child_close_in(&t->p.c);
	ends_well(&t->p, 2000, "memory-server", when);
	peer_release(&t->p);
	buf_release(&t->out);
}

static void test_order(const char *program, const char *workers)
{
	struct plan plan = { .program = program, .env = { workers } };
	int right = 0;
	struct talk t;

	scratch_make();
	open_talk(&t, &plan);
	for (int r = 0; r < ROUNDS; r++)
		right += round_of(&t, r);
	if (!OK(right == ROUNDS, "%s: sent at once, answered as one after another",
		workers))
		printf("# %d of %d rounds\n", right, ROUNDS);
	close_talk(&t, workers);
	scratch_clean();
}

/* ---- a database server that goes away ---- */

/* Runs the script that rules the database server: what it does, and how. */
static void service(const char *script, const char *what, const char *how)
{
	const char *argv[] = { script, what, how, NULL };
	const char *env[] = { text("PATH=%s", getenv("PATH")),
			      text("TEST_PG_DIR=%s", getenv("TEST_PG_DIR")), NULL };
	struct child_spec spec = { .argv = argv, .envp = env };
	struct child c = { .status = -1 };
	struct err e = { 0 };
	int64_t deadline = clock_mono() + 2 * WAIT_MS;

	if (!child_start(&spec, &c, &e)) {
		OK(false, "%s %s: %s", script, what, e.msg);
		return;
	}
	while (!child_reap(&c) && clock_left(deadline) > 0)
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	child_stop(&c, 100);
	OK(c.reaped && c.status == 0, "%s %s", what, how ? how : "");
}

/* Stores n texts one after another; the ids of those that were acknowledged. */
static int store_some(struct talk *t, int n, const char **ids)
{
	int acked = 0;

	for (int i = 0; i < n; i++) {
		const char *line = ask(t, "store_memory",
				       text("\"content\":\"pecan number %d\"", i));
		const char *id = memory_id(line);

		if (!str_eq(id, "none"))
			ids[acked++] = id;
		else
			printf("# %.300s\n", line);
	}
	return acked;
}

static int still_there(struct talk *t, const char **ids, int n)
{
	int there = 0;

	for (int i = 0; i < n; i++)
		there += times(ask(t, "get_memory", text("\"memoryId\":\"%s\"", ids[i])),
			       ids[i]) > 0;
	return there;
}

/* At most one call may fail after a restart, with a sentence of ours. */
static int restarted(struct talk *t, const char *script, const char *how,
		     const char **ids)
{
	int64_t began;
	int acked;

	service(script, "restart-pg", how);
	began = clock_mono();
	acked = store_some(t, 20, ids);
	OK(acked >= 19 && clock_mono() - began < bound(5000),
	   "%s: connected again by itself, %d of 20 stored in %d ms", how, acked,
	   (int)(clock_mono() - began));
	return acked;
}

static void test_down(struct talk *t, const char *script)
{
	const char *line;
	int64_t took;

	service(script, "halt-pg", "fast");
	took = -clock_mono();
	line = ask(t, "store_memory", "\"content\":\"lost\"");
	if (strstr(line, "\"isError\":true")) /* the connection that was open */
		line = ask(t, "store_memory", "\"content\":\"lost\"");
	took += clock_mono();
	if (!OK(strstr(line, "cannot connect to postgresql://") &&
			strstr(line, "\"isError\":true"),
		"down: a clear tool error"))
		printf("# %.500s\n", line);
	OK(took < bound(5000), "  within 5 s (%d ms)", (int)took);
	say(&t->p, PING);
	OK(expect(&t->p, PONG, WAIT_MS), "  and serves all else");
	service(script, "resume-pg", NULL);
}

static void test_outage(const char *program, const char *url, const char *script)
{
	struct plan plan = { .program = program,
			     .env = { text("DATABASE_URL=%s", url) } };
	const char *ids[100];
	struct talk t;
	int acked;

	scratch_make();
	open_talk(&t, &plan);
	acked = store_some(&t, 20, ids);
	IS_INT(acked, 20, "stored on PostgreSQL");
	acked += restarted(&t, script, "immediate", ids + acked);
	acked += restarted(&t, script, "fast", ids + acked);
	test_down(&t, script);
	acked += store_some(&t, 20, ids + acked);
	OK(acked >= 77, "%d of 80 stores were acknowledged", acked);
	IS_INT(still_there(&t, ids, acked), acked, "every acknowledged row is there");
	close_talk(&t, "after the outages");
	scratch_clean();
}

int main(int argc, char **argv)
{
	char *program = argc > 1 ? realpath(argv[1], NULL) : NULL;

	signal(SIGPIPE, SIG_IGN);
	clock_init();
	arena = arena_new();
	if (!OK(program != NULL, "%s is built", argc > 1 ? argv[1] : "a server"))
		return tap_done();
	if (argc > 3) {
		test_outage(program, argv[2], argv[3]);
	} else {
		test_order(program, "WORKERS=1");
		test_order(program, "WORKERS=4");
	}
	arena_free(arena);
	free(program);
	return tap_done();
}
