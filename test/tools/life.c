/* SPDX-License-Identifier: Apache-2.0 */
/* Life and death of the servers as processes.
 * usage: life PROGRAM…     LIFE_LONG=1 adds what takes half a minute. */
#define _GNU_SOURCE /* posix_openpt, pipe2, memmem, nftw */
#include <termios.h>

#include "test/tools/spawn.h"

enum { SPARE_KIB = 64 * 1024 };

static bool long_tier;

/* ---- every way in which input can end ---- */

enum way { BY_PIPE, BY_SOCKET, BY_HALF, BY_PTY, BY_HANGUP, BY_FILE, BY_NULL, WAYS };
static const char *const way_names[] = { "pipe",
					 "socket pair",
					 "half-closed socket",
					 "terminal, Ctrl-D",
					 "terminal, hang-up",
					 "file",
					 "/dev/null" };

struct source {
	int ours, theirs;
	bool talks; /* can be written while the server runs */
};

static void open_pty(struct source *s)
{
	struct termios t;

	s->ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (s->ours < 0 || grantpt(s->ours) != 0 || unlockpt(s->ours) != 0)
		abort();
	s->theirs = open(ptsname(s->ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (s->theirs < 0 || tcgetattr(s->theirs, &t) != 0)
		abort();
	t.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(s->theirs, TCSANOW, &t);
	s->talks = true;
}

static void open_source(enum way way, const char *text, struct source *s)
{
	const char *path = scratch_path("input");
	int fds[2];

	*s = (struct source){ .ours = -1, .theirs = -1 };
	switch (way) {
	case BY_PIPE:
		if (pipe2(fds, O_CLOEXEC) != 0)
			abort();
		*s = (struct source){ fds[1], fds[0], true };
		break;
	case BY_SOCKET:
	case BY_HALF:
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
			abort();
		*s = (struct source){ fds[1], fds[0], true };
		break;
	case BY_PTY:
	case BY_HANGUP:
		open_pty(s);
		break;
	case BY_FILE:
		s->theirs = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (s->theirs < 0 || write(s->theirs, text, strlen(text)) < 0 ||
		    lseek(s->theirs, 0, SEEK_SET) != 0)
			abort();
		break;
	case BY_NULL:
	case WAYS:
		s->theirs = open("/dev/null", O_RDONLY | O_CLOEXEC);
		break;
	}
}

static void end_source(enum way way, struct source *s)
{
	if (way == BY_PTY && write(s->ours, "\004", 1) < 0)
		abort();
	if (way == BY_HALF)
		shutdown(s->ours, SHUT_WR);
	else if (way != BY_PTY)
		fd_close_ptr(&s->ours);
}

/* Sends text, then the end; at_once: before any answer was read. */
static void one_end_of_input(const struct plan *base, enum way way, const char *text,
			     int answers, bool at_once)
{
	const char *who = subject_of(base->program)->name;
	struct plan plan = *base;
	struct source s;
	struct peer p;
	char when[120];

	open_source(way, text, &s);
	plan.fds[0] = s.theirs;
	launch(&p, &plan);
	close(s.theirs);
	if (s.talks && write(s.ours, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	if (!at_once)
		expect(&p, "\"p\"", 20000);
	end_source(way, &s);
	snprintf(when, sizeof(when), "R-07 %s, %s", way_names[way],
		 at_once ? "busy" : "idle");
	ends_well(&p, at_once ? 1500 : IDLE_MS, who, when);
	if (at_once && way != BY_NULL)
		IS_INT(count_lines(&p, "\"result\""), answers, "  all is answered");
	if (way == BY_NULL)
		IS_INT(p.out.len, 0, "  and nothing said");
	fd_close(s.ours);
	peer_release(&p);
}

static void test_ends(const struct plan *plan)
{
	const struct subject *sub = subject_of(plan->program);
	struct buf busy;
	int calls = 0;

	buf_init(&busy, 65536);
	buf_adds(&busy, INIT);
	for (int i = 0; i < 9; i++)
		buf_addf(&busy,
			 "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\","
			 "\"params\":%s}\n",
			 ++calls,
			 i % 3 == 0	       ? sub->write
			 : sub->slow && i == 4 ? sub->slow
					       : sub->read);
	/* the last line has no newline: the end of input completes it */
	buf_adds(&busy, "{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"method\":\"ping\"}");
	for (enum way w = 0; w < WAYS; w++) {
		if (w != BY_FILE && w != BY_NULL)
			one_end_of_input(plan, w, INIT PING, 0, false);
		if (w == BY_PTY) {
			buf_adds(&busy, "\n"); /* a terminal hands on whole lines */
			one_end_of_input(plan, w, buf_text(&busy), calls + 2, true);
			buf_cut(&busy, busy.len - 1);
		} else if (w != BY_HANGUP) { /* which takes away what was not read */
			one_end_of_input(plan, w, buf_text(&busy), calls + 2, true);
		}
	}
	buf_release(&busy);
}

/* hosts send SIGTERM two seconds after the end of input; readers go away. */
static void test_end_cut_short(const struct plan *plan)
{
	const struct subject *sub = subject_of(plan->program);
	struct peer p;

	if (!sub->slow)
		return;
	launch_ready(&p, plan);
	call_tool(&p, 1, "{\"name\":\"test_slow\",\"arguments\":{\"ms\":20000}}");
	call_tool(&p, 2, "{\"name\":\"test_slow_long\",\"arguments\":{\"ms\":20000}}");
	child_close_in(&p.c);
	OK(peer_wait(&p, 300) == -1, "%s: R-07 a running call outlives the input",
	   sub->name);
	kill(p.c.pid, SIGTERM);
	ends_well(&p, STOP_MS, sub->name, "R-07 SIGTERM after the end of input");
	peer_release(&p);

	launch_ready(&p, plan);
	call_tool(&p, 1, "{\"name\":\"test_slow\",\"arguments\":{\"ms\":20000}}");
	child_close_in(&p.c);
	OK(peer_wait(&p, 200) == -1, "%s: R-07 it runs still", sub->name);
	fd_close_ptr(&p.c.out);
	ends_well(&p, STOP_MS, sub->name, "R-07 reader lost after the end of input");
	peer_release(&p);
}

/* ---- the parent dies, somebody else holds our input ---- */

static void test_orphan(const struct plan *base)
{
	const char *who = subject_of(base->program)->name;
	struct plan plan = { .program = "/bin/sh",
			     .args = { "-c", "exec 3<&0; \"$1\" <&3 3<&- & wait", "sh",
				       base->program } };
	int64_t began;
	struct peer p;

	launch_ready(&p, &plan);
	kill(p.c.pid, SIGKILL);
	nap_us(7 * 1000000);
	say(&p, PING);
	OK(expect(&p, PONG, 5000), "%s: R-08 serves on when only its parent has gone",
	   who);
	began = clock_mono();
	while (p.c.out >= 0 && clock_mono() - began < 40000)
		peer_pump(&p, 1000, false);
	OK(p.c.out < 0 && clock_mono() - began >= 25000,
	   "%s: R-08 leaves after half a minute of silence (%d ms)", who,
	   (int)(clock_mono() - began));
	peer_wait(&p, 1000);
	peer_release(&p);
}

/* ---- signals at random instants ---- */

static int stored(const struct plan *plan)
{
	struct arena *a = arena_new();
	struct peer p;
	const char *line, *at = NULL;
	int n = -1;

	launch_ready(&p, plan);
	call_tool(&p, 1, "{\"name\":\"get_memory_stats\",\"arguments\":{}}");
	line = peer_line(&p, a, clock_mono() + 20000);
	if (line)
		at = strstr(line, "\"structuredContent\":{\"memories\":");
	if (at)
		n = (int)strtol(strrchr(strndupa(at, 40), ':') + 1, NULL, 10);
	peer_release(&p);
	arena_free(a);
	return n;
}

static void test_signals(const struct plan *plan)
{
	static const int sigs[] = { SIGTERM, SIGINT, SIGHUP };
	const struct subject *sub = subject_of(plan->program);
	bool memory = str_eq(sub->name, "memory-server");
	int rounds = long_tier ? 200 : SANITIZED ? 3 : 8;
	int before = memory ? stored(plan) : 0, acked = 0, sent = 0, bad = 0;

	for (int i = 0; i < 3 * rounds; i++) {
		int64_t began;
		struct peer p;
		int status;

		launch_ready(&p, plan);
		for (int k = 1; k <= 6; k++)
			call_tool(&p, k,
				  k % 2	      ? sub->write
				  : sub->slow ? sub->slow
					      : sub->read);
		sent += 3;
		nap_us((long)(clock_mono_us() % 30000));
		began = clock_mono();
		kill(p.c.pid, sigs[i % 3]);
		status = peer_wait(&p, 20000);
		if (status != 0 || clock_mono() - began > bound(STOP_MS)) {
			printf("# %s: signal %d: status %d after %d ms: %s\n", sub->name,
			       sigs[i % 3], status, (int)(clock_mono() - began),
			       buf_text(&p.err));
			bad++;
		}
		acked += count_lines(&p, "\"structuredContent\":{\"memoryId\"");
		peer_release(&p);
	}
	IS_INT(bad, 0,
	       "R-10 TERM, INT, HUP at random instants: gone within 1 s, status 0");
	if (memory) {
		int now = stored(plan) - before;

		OK(before >= 0 && now >= acked && now <= sent,
		   "memory-server: R-10 %d stores acknowledged of %d, %d found", acked,
		   sent, now);
	}
}

/* ---- nobody reads ---- */

/* Sends until the server takes no more for a second; the number sent. */
static int send_lists(struct peer *p, int from, int to)
{
	int64_t stuck = clock_mono() + 1000;
	int i = from;

	while (i < to && clock_left(stuck) > 0) {
		char line[100];
		size_t n = (size_t)snprintf(
			line, sizeof(line),
			"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/list\"}\n", i);

		if (write(p->c.in, line, n) == (ssize_t)n) {
			stuck = clock_mono() + 1000;
			i++;
		} else {
			peer_pump(p, 20, true);
		}
	}
	return i;
}

static void test_deaf(const struct plan *plan)
{
	const char *who = subject_of(plan->program)->name;
	int total = SANITIZED ? 5000 : 10000, sent, answers;
	int64_t idle, most;
	struct peer p;

	launch_ready(&p, plan);
	/* a pipe takes or refuses less than PIPE_BUF bytes as a whole */
	idle = peak_kib(&p);
	p.deaf = true;
	sent = send_lists(&p, 1, total + 1);
	most = peak_kib(&p) - idle;
	OK(SANITIZED || (idle > 0 && most <= SPARE_KIB),
	   "%s: R-11 nobody reads: %d requests taken, %d KiB more memory", who, sent - 1,
	   (int)most);
	p.deaf = false;
	while (sent <= total && p.c.out >= 0)
		sent = send_lists(&p, sent, total + 1);
	child_close_in(&p.c);
	ends_well(&p, 5000, who, "R-11 read again to the end");
	answers = count_lines(&p, "\"tools\":[");
	IS_INT(answers, total, "R-11 every request is answered");
	peer_release(&p);

	launch_ready(&p, plan);
	p.deaf = true;
	send_lists(&p, 1, 1000);
	kill(p.c.pid, SIGTERM);
	ends_well(&p, STOP_MS, who, "R-11 SIGTERM while nobody reads");
	peer_release(&p);
}

/* ---- the reader has gone ---- */

static void test_reader_gone(const struct plan *plan)
{
	const struct subject *sub = subject_of(plan->program);
	struct plan with = *plan;
	int fds[2];
	struct peer p;

	launch_ready(&p, plan);
	fd_close_ptr(&p.c.out);
	ends_well(&p, IDLE_MS, sub->name, "R-12 stdout closed, idle");
	peer_release(&p);

	launch_ready(&p, plan);
	for (int i = 1; i <= 20; i++)
		call_tool(&p, i, i % 2 ? sub->read : sub->slow ? sub->slow : sub->write);
	fd_close_ptr(&p.c.out);
	ends_well(&p, IDLE_MS, sub->name, "R-12 stdout closed, busy");
	peer_release(&p);

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		abort();
	with.fds[1] = fds[1];
	launch(&p, &with);
	close(fds[1]);
	p.c.out = fds[0];
	fcntl(p.c.out, F_SETFL, O_NONBLOCK);
	say(&p, INIT PING);
	OK(expect(&p, PONG, 20000), "%s: stdout may be a socket", sub->name);
	fd_close_ptr(&p.c.out);
	ends_well(&p, IDLE_MS, sub->name, "R-12 socket on stdout closed");
	peer_release(&p);
}

/* ---- the coordinator's children go with it ---- */

/* Processes that have the scratch directory on their command line. */
static int children(void)
{
	DIR *d = opendir("/proc");
	struct dirent *de;
	int n = 0;

	while (d && (de = readdir(d))) {
		char path[300], line[2000];
		size_t got;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%s/cmdline", de->d_name);
		f = de->d_name[0] >= '1' && de->d_name[0] <= '9' ? fopen(path, "r")
								 : NULL;
		if (!f)
			continue;
		got = fread(line, 1, sizeof(line), f);
		n += memmem(line, got, scratch_dir, strlen(scratch_dir)) != NULL;
		fclose(f);
	}
	if (d)
		closedir(d);
	return n;
}

static void write_hosts_file(const char *path, const char *program)
{
	int dir = (int)(strrchr(program, '/') - program);
	FILE *f = fopen(path, "w");

	if (!f)
		abort();
	fprintf(f,
		"{\"mcpServers\":{\"slow\":{\"command\":\"%.*s/test/fixture-server\","
		"\"args\":[\"--state\",\"%s\"]},\"deaf\":{\"command\":\"/bin/sh\",\"args\":["
		"\"-c\",\"trap '' TERM; while :; do sleep 1; done\",\"%s\"]}},"
		"\"coordinator\":{\"targets\":{\"slow\":{\"tools\":{\"*\":\"allow\"}},"
		"\"deaf\":{\"tools\":{\"*\":\"allow\"}}}}}",
		dir, program, scratch_dir, scratch_dir);
	fclose(f);
}

#define OPEN(target, tool, ms)                                           \
	"{\"name\":\"open_session\",\"arguments\":{\"target\":\"" target \
	"\",\"tool\":\"" tool "\",\"arguments\":{\"ms\":" ms "}}}"

/* Waits until n processes of the test run, at most 10 s. */
static bool children_are(int n)
{
	int64_t deadline = clock_mono() + 10000;

	while (children() != n && clock_left(deadline) > 0)
		nap_us(10000);
	return children() == n;
}

static void with_child(const struct plan *plan, const char *what, const char *call,
		       int sig)
{
	struct peer p;

	launch_ready(&p, plan);
	call_tool(&p, 1, call);
	OK(children_are(1), "%s: a child runs", what);
	nap_us(200000);
	if (sig)
		kill(p.c.pid, sig);
	else
		child_close_in(&p.c);
	ends_well(&p, sig ? STOP_MS : 2500, "coordinator-server", what);
	OK(children_are(0), "  and no child is left");
	if (!sig)
		IS_INT(count_lines(&p, "\"status\":\"completed\""), 1,
		       "  the call was answered");
	peer_release(&p);
}

static void test_children(const struct plan *base)
{
	struct plan plan = *base;
	char env[300];
	struct peer p;

	if (!str_eq(subject_of(base->program)->name, "coordinator-server"))
		return;
	write_hosts_file(scratch_path("mcp.json"), base->program);
	snprintf(env, sizeof(env), "MCP_CONFIG=%s/mcp.json", scratch_dir);
	plan.env[0] = env;
	launch_ready(&p, &plan);
	call_tool(&p, 1,
		  "{\"name\":\"list_targets\",\"arguments\":{\"target\":\"slow\"}}");
	OK(expect(&p, "test_slow", 20000) && children() == 1, "an idle child");
	child_close_in(&p.c);
	ends_well(&p, IDLE_MS, "coordinator-server", "R-07 end of input, idle child");
	OK(children_are(0), "  and no child is left");
	peer_release(&p);
	with_child(&plan, "R-07 end of input, busy child",
		   OPEN("slow", "test_slow", "1000"), 0);
	with_child(&plan, "R-10 SIGTERM, busy child", OPEN("slow", "test_slow", "20000"),
		   SIGTERM);
	with_child(&plan, "R-10 SIGINT, child that answers nothing",
		   OPEN("deaf", "test_slow", "1"), SIGINT);
}

/* ---- idle processes do nothing ---- */

/* Time of the processor in one second, counted when earlier work is done. */
static int cpu_of_a_second(const struct peer *p)
{
	int64_t before = -1, deadline = clock_mono() + 10000;

	while (before != child_cpu_ms(&p->c) && clock_left(deadline) > 0) {
		before = child_cpu_ms(&p->c);
		nap_us(200000);
	}
	nap_us(1000000);
	return (int)(child_cpu_ms(&p->c) - before);
}

static void test_idle(const struct plan *plan)
{
	const char *who = subject_of(plan->program)->name;
	struct peer p;
	int ms;

	launch_ready(&p, plan);
	ms = cpu_of_a_second(&p);
	OK(ms <= 20, "%s: R-12 idle: %d ms of a second", who, ms);
	p.deaf = true;
	send_lists(&p, 1, 1000);
	child_close_in(&p.c);
	ms = cpu_of_a_second(&p);
	OK(ms <= 20, "%s: R-12 end of input while nobody reads: %d ms of a second", who,
	   ms);
	p.deaf = false;
	ends_well(&p, 2000, who, "read at last");
	IS_INT(count_lines(&p, "\"tools\":["), 999, "  every request is answered");
	peer_release(&p);
}

static void test_program(const char *path)
{
	char *program = realpath(path, NULL);
	struct plan plan = { .program = program };

	if (!OK(program != NULL, "%s is built", path))
		return;
	scratch_make();
	test_ends(&plan);
	test_end_cut_short(&plan);
	test_signals(&plan);
	test_deaf(&plan);
	test_reader_gone(&plan);
	test_children(&plan);
	test_idle(&plan);
	if (long_tier)
		test_orphan(&plan);
	scratch_clean();
	free(program);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	clock_init();
	long_tier = getenv("LIFE_LONG") != NULL;
	for (int i = 1; i < argc; i++)
		test_program(argv[i]);
	OK(argc > 1, "there is a server to try");
	return tap_done();
}
