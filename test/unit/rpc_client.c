/* SPDX-License-Identifier: Apache-2.0 */
/* The MCP client against children that behave and children that do not. */
#include "common/rpc/client.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/mem.h"
#include "test/tap.h"

/* Time bounds hold for the programs as shipped. */
enum { SLOW = SANITIZED ? 4 : 1 };

static char faulty[512];
static struct client_hub *hub;
static const char *const env[] = { "PATH=/usr/bin:/bin", NULL };

static void nap(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

struct world {
	struct arena *arena;
	struct ctx c;
	struct err e;
	const char *argv[6];
	struct client_options o;
};

static struct world *world(const char *fault)
{
	struct world *w = mem_alloc(sizeof(*w));

	w->arena = arena_new();
	w->c.arena = w->arena;
	w->argv[0] = faulty;
	w->argv[1] = fault;
	w->o = (struct client_options){ .name = "target",
					.spec = { .argv = w->argv, .envp = env },
					.era = CLIENT_AUTO,
					.start_ms = 6000,
					.max_line = 1024 * 1024 };
	return w;
}

static void world_free(struct world *w)
{
	arena_free(w->arena);
	mem_free(w);
}

static struct client *open_it(struct world *w)
{
	return client_open(hub, &w->c, &w->o, &w->e);
}

static bool call(struct world *w, struct client *cl, const char *method,
		 const char *params, int64_t ms, struct client_reply *r)
{
	*r = (struct client_reply){ 0 };
	return client_call(cl, &w->c, method, params, ms, r, &w->e);
}

static int open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	if (!d)
		return -1;
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void check_eras(void)
{
	struct world *w = world(NULL);
	struct client *cl = open_it(w);
	struct client_reply r;

	OK(cl != NULL, "a legacy server is opened: %s", w->e.msg);
	if (cl) {
		OK(!client_info(cl)->modern, "it is legacy");
		IS_STR(client_info(cl)->version, "2025-11-25", "version");
		IS_STR(client_info(cl)->server_name, "faulty", "name");
		IS_STR(client_info(cl)->capabilities, "{\"tools\":{}}", "capabilities");
		IS_STR(client_info(cl)->instructions, "Use with care.", "instructions");
		OK(!client_info(cl)->respawned, "on one process");
		OK(client_alive(cl), "alive");
		OK(client_rss_kib(cl) > 0, "has memory");
		OK(call(w, cl, "tools/call",
			"{\"name\":\"echo\",\"arguments\":{\"n\":1.50}}", 0, &r),
		   "call");
		IS_STR(node_str(node_path(r.result, "structuredContent", "args", "n",
					  NULL)),
		       NULL, "a number is a number");
		IS_STR(node_path(r.result, "structuredContent", "args", "n", NULL)->text,
		       "1.50", "numbers keep their token");
		OK(r.us > 0 && r.bytes > 10, "measured");
		OK(call(w, cl, "nope", NULL, 0, &r), "an error answer is an answer");
		IS_INT(r.error_code, -32601, "code");
		IS_STR(r.error_message, "Method not found", "message");
		OK(!call(w, cl, "x", "[1]", 0, &r), "parameters must be an object");
		IS_INT(w->e.code, ERR_ARG, "refused before sending");
	}
	client_close(cl, 2000);
	world_free(w);

	w = world("modern");
	cl = open_it(w);
	OK(cl && client_info(cl)->modern, "a modern server is found");
	if (cl) {
		IS_STR(client_info(cl)->version, "2026-07-28", "version");
		IS_STR(client_info(cl)->server_name, "faulty", "name from _meta");
		IS_STR(client_info(cl)->supported, "[\"2026-07-28\"]", "versions");
	}
	client_close(cl, 2000);
	w->o.era = CLIENT_LEGACY;
	cl = open_it(w);
	OK(cl && !client_info(cl)->modern, "legacy on demand");
	client_close(cl, 2000);
	world_free(w);

	w = world(NULL);
	w->o.era = CLIENT_MODERN;
	OK(!open_it(w), "a legacy server cannot be modern");
	IS_INT(w->e.code, ERR_UNAVAILABLE, "error");
	world_free(w);
}

static void check_negotiation(void)
{
	static const struct {
		const char *fault;
		bool ok, modern, respawned;
		const char *text;
	} rows[] = {
		{ "die-discover", true, false, true, NULL },
		{ "silent-discover", true, false, false, NULL },
		{ "wedge-discover", true, false, true, NULL },
		{ "modern-only", true, true, false, NULL },
		{ "slow-start", true, false, false, NULL },
		{ "future-only", false, false, false, "2031-01-01" },
		{ "exit-start", false, false, false, "left-pad" },
		{ "echo-version", true, false, false, NULL },
		{ "old-version", true, false, false, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = world(rows[i].fault);
		struct client *cl = open_it(w);

		OK(!!cl == rows[i].ok, "%s: %s", rows[i].fault, w->e.msg);
		if (cl) {
			OK(client_info(cl)->modern == rows[i].modern, "era");
			OK(client_info(cl)->respawned == rows[i].respawned, "processes");
		} else {
			IS_INT(w->e.code, ERR_UNAVAILABLE, "code");
			OK(strstr(w->e.msg, rows[i].text), "says why: %s", w->e.msg);
		}
		client_close(cl, 2000);
		world_free(w);
	}
}

/* A program that copies its input answers with our own words. */
static void check_echo(void)
{
	static const enum client_era eras[] = { CLIENT_AUTO, CLIENT_LEGACY,
						CLIENT_MODERN };

	for (size_t i = 0; i < ARRAY_LEN(eras); i++) {
		struct world *w = world(NULL);
		int64_t t = clock_mono();

		w->argv[0] = "cat";
		w->argv[1] = NULL;
		w->o.era = eras[i];
		OK(!open_it(w), "cat is no server");
		IS_INT(w->e.code, ERR_UNAVAILABLE, "error");
		OK(strstr(w->e.msg, "only echoes what it is sent"), "says why: %s",
		   w->e.msg);
		OK(clock_mono() - t < 3000 * SLOW, "at once");
		world_free(w);
	}
}

static void check_slow_modern(void)
{
	struct world *w = world("modern-only");
	struct client *cl;

	w->argv[2] = "slow-start";
	cl = open_it(w);
	OK(cl && client_info(cl)->modern, "slow and modern only: %s", w->e.msg);
	client_close(cl, 2000);
	world_free(w);
}

static void check_hang(void)
{
	struct world *w = world("hang");
	int64_t t = clock_mono();
	struct client *cl;

	w->o.start_ms = 1000;
	OK(!open_it(w), "a server that hangs is not opened");
	IS_INT(w->e.code, ERR_TIMEOUT, "error");
	OK(clock_mono() - t < 3500 * SLOW, "in time: %" PRId64 " ms", clock_mono() - t);
	world_free(w);

	w = world("junk");
	cl = open_it(w);
	OK(cl != NULL, "a line of noise is passed over: %s", w->e.msg);
	client_close(cl, 2000);
	world_free(w);

	w = world(NULL);
	w->argv[0] = "sh";
	w->argv[1] = "-c";
	w->argv[2] = "echo hello; echo '{'; cat >/dev/null";
	w->o.start_ms = 800;
	OK(!open_it(w), "noise only is no server");
	OK(strstr(w->e.msg, "no MCP messages"), "and the error says so: %s", w->e.msg);
	w->argv[0] = "no-such-program";
	OK(!open_it(w), "no such program");
	IS_INT(w->e.code, ERR_UNAVAILABLE, "error");
	OK(strstr(w->e.msg, "no-such-program"), "named: %s", w->e.msg);
	world_free(w);
}

static void check_silence(void)
{
	struct world *w = world("stuck-list");
	struct client *cl = open_it(w);
	struct client_reply r;
	atomic_bool stop = true;

	OK(!call(w, cl, "tools/list", NULL, 100, &r), "no answer");
	IS_INT(w->e.code, ERR_TIMEOUT, "timeout");
	OK(call(w, cl, "ping", NULL, 2000, &r), "it still serves");
	w->c.cancelled = &stop;
	OK(!call(w, cl, "tools/list", NULL, 0, &r), "cancelled");
	IS_INT(w->e.code, ERR_CANCELLED, "code");
	w->c.cancelled = NULL;
	w->c.deadline = clock_mono() + 50;
	OK(!call(w, cl, "tools/list", NULL, 0, &r), "past the deadline of the call");
	IS_INT(w->e.code, ERR_TIMEOUT, "code");
	w->c.deadline = 0;
	client_close(cl, 2000);
	world_free(w);
}

static void check_cancel_sent(void)
{
	char path[] = "/tmp/rpc_client.XXXXXX", text[8192], log[64];
	const char *envp[] = { "PATH=/usr/bin:/bin", log, NULL };
	int fd = mkstemp(path);
	struct world *w = world("stuck-list");
	struct client_reply r;
	struct client *cl;
	ssize_t n;

	snprintf(log, sizeof(log), "FAULTY_LOG=%s", path);
	w->o.spec.envp = envp;
	cl = open_it(w);
	call(w, cl, "tools/list", NULL, 50, &r);
	client_close(cl, 2000);
	n = read(fd, text, sizeof(text) - 1);
	text[MAX(n, 0)] = '\0';
	OK(strstr(text, "\"server/discover\""), "the probe came first");
	OK(strstr(text, "\"notifications/initialized\""), "then the handshake");
	OK(strstr(text, "\"notifications/cancelled\",\"params\":{\"requestId\":3"),
	   "a timeout cancels the request");
	close(fd);
	unlink(path);
	world_free(w);
}

static void check_death(void)
{
	struct world *w = world("crash-list");
	struct client *cl = open_it(w);
	struct client_reply r;

	OK(!call(w, cl, "tools/list", NULL, 5000, &r), "it crashed");
	IS_INT(w->e.code, ERR_UNAVAILABLE, "code");
	OK(strstr(w->e.msg, "signal 6"), "post mortem: %s", w->e.msg);
	OK(!client_alive(cl), "dead");
	OK(!call(w, cl, "ping", NULL, 1000, &r), "no call on a dead server");
	IS_INT(w->e.code, ERR_UNAVAILABLE, "code");
	client_close(cl, 2000);
	world_free(w);

	w = world("big-line");
	cl = open_it(w);
	OK(!call(w, cl, "ping", NULL, 5000, &r), "a line above the limit ends it");
	OK(strstr(w->e.msg, "more than 1048576 bytes"), "and is named: %s", w->e.msg);
	client_close(cl, 2000);
	w->o.max_line = 4 * 1024 * 1024;
	w->o.max_bytes = 100000;
	cl = open_it(w);
	OK(cl && !call(w, cl, "ping", NULL, 5000, &r), "so does too much in all");
	OK(strstr(w->e.msg, "more than 100000 bytes"), "named: %s", w->e.msg);
	client_close(cl, 2000);
	world_free(w);

	w = world("close-out");
	cl = open_it(w);
	OK(!call(w, cl, "ping", NULL, 5000, &r), "a closed stdout");
	IS_INT(w->e.code, ERR_UNAVAILABLE, "code");
	client_close(cl, 500);
	world_free(w);
}

static void check_floods(void)
{
	struct world *w = world("flood-err");
	struct client *cl = open_it(w);
	struct client_reply r;
	char *big = mem_alloc(2 * 1024 * 1024), *words;
	int64_t t;

	OK(cl && call(w, cl, "ping", NULL, 5000, &r), "stderr is always drained");
	words = client_post_mortem(w->arena, cl);
	OK(strlen(words) < 4000 && strstr(words, "running"), "its end is kept");
	client_close(cl, 2000);
	world_free(w);

	w = world("flood-out");
	cl = open_it(w);
	t = clock_mono();
	OK(cl && !call(w, cl, "ping", NULL, 300, &r), "a flood gives no answer");
	IS_INT(w->e.code, ERR_TIMEOUT, "but the limit holds");
	client_close(cl, 300);
	OK(clock_mono() - t < 3000 * SLOW, "and it is stopped");
	world_free(w);

	w = world("no-read");
	cl = open_it(w);
	memset(big, ' ', 2 * 1024 * 1024 - 1);
	big[0] = '{';
	big[2 * 1024 * 1024 - 2] = '}';
	for (int i = 0; i < 16 && client_raw(cl, &w->c, big, NULL, 0, NULL, &w->e); i++)
		;
	IS_INT(w->e.code, ERR_UNAVAILABLE, "a child that does not read fills up at last");
	OK(strstr(w->e.msg, "does not read"), "says so: %s", w->e.msg);
	t = clock_mono();
	client_close(cl, 300);
	OK(clock_mono() - t < 2500 * SLOW, "and is stopped all the same");
	mem_free(big);
	world_free(w);
}

static void seen(void *arg, char direction, const char *line, size_t n)
{
	struct buf *b = arg;

	buf_addc(b, direction);
	buf_addc(b, ' ');
	buf_add(b, line, n);
	buf_addc(b, '\n');
}

static void check_requests(void)
{
	struct world *w = world("ask");
	struct client_reply r;
	struct client *cl;
	struct buf b;

	buf_init(&b, 1 << 20);
	w->o.wire = seen;
	w->o.wire_arg = &b;
	cl = open_it(w);
	OK(cl && call(w, cl, "ping", NULL, 3000, &r), "serves");
	client_close(cl, 2000);
	OK(strstr(buf_text(&b), "> {\"jsonrpc\":\"2.0\",\"id\":\"p\",\"result\":{}}\n"),
	   "ping is answered");
	OK(strstr(buf_text(&b),
		  "> {\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32601"),
	   "roots are not ours");
	OK(strstr(buf_text(&b),
		  "> {\"jsonrpc\":\"2.0\",\"id\":8,\"error\":{\"code\":-32601"),
	   "nor is sampling");
	buf_release(&b);
	world_free(w);
}

static int progress_seen;
static double progress_last;

static void on_progress(struct ctx *c, double done, double total, const char *message)
{
	(void)c;
	if (total >= 2.9 && str_eq(message, "step"))
		progress_seen++;
	progress_last = done;
}

static void check_progress(const char *fault)
{
	struct world *w = world(fault);
	struct client *cl = open_it(w);
	struct client_reply r;

	progress_seen = 0;
	w->c.progress = on_progress;
	OK(cl && call(w, cl, "tools/call", "{\"name\":\"echo\"}", 3000, &r), "called");
	OK(progress_seen == 3 && progress_last > 2.9, "three steps were passed on");
	client_close(cl, 2000);
	world_free(w);
}

static bool count(void *arg, const struct node *item)
{
	if (node_str(node_get(item, "name")))
		(*(int *)arg)++;
	return true;
}

static void check_list(void)
{
	struct world *w = world("pages");
	struct client *cl = open_it(w);
	int n = 0;

	OK(client_list(cl, &w->c, "tools/list", "tools", 10, count, &n, &w->e), "pages");
	IS_INT(n, 4, "all of them");
	client_close(cl, 2000);
	world_free(w);

	w = world("pages-loop");
	cl = open_it(w);
	OK(!client_list(cl, &w->c, "tools/list", "tools", 10, count, &n, &w->e),
	   "a cursor again");
	OK(strstr(w->e.msg, "same cursor twice"), "said: %s", w->e.msg);
	client_close(cl, 2000);
	world_free(w);

	w = world("pages-endless");
	cl = open_it(w);
	OK(!client_list(cl, &w->c, "tools/list", "tools", 10, count, &n, &w->e),
	   "no end");
	IS_INT(w->e.code, ERR_LIMIT, "limit");
	client_close(cl, 2000);
	world_free(w);
}

static void check_raw(void)
{
	struct world *w = world(NULL);
	struct client_reply r;
	struct client *cl;

	w->o.era = CLIENT_BARE;
	cl = open_it(w);
	OK(client_raw(cl, &w->c,
		      "{\"jsonrpc\":\"2.0\",\"id\":\"\\u00e9\",\"method\":\"ping\"}",
		      "\"é\"", 3000, &r, &w->e),
	   "raw: %s", w->e.msg);
	OK(r.result != NULL, "the id is compared decoded");
	OK(client_raw(cl, &w->c, "{oops", "null", 3000, &r, &w->e), "raw");
	IS_INT(r.error_code, -32700, "the error without id is found");
	OK(client_raw(cl, &w->c, "{\"jsonrpc\":\"2.0\",\"method\":\"x\"}", "99", 100, &r,
		      &w->e),
	   "silence is no failure");
	OK(!r.result && !r.error, "and gives nothing");
	client_close(cl, 2000);
	world_free(w);
}

static void check_end(const char *fault, bool term, bool kill_)
{
	struct world *w = world(fault);
	struct client *cl = open_it(w);
	struct client_end end;

	OK(cl != NULL, "%s", fault ? fault : "good");
	client_finish(cl, 300, 300, &end);
	OK(end.needed_term == term && end.needed_kill == kill_,
	   "%s: %s after %" PRId64 " ms", fault ? fault : "good", end.status, end.ms);
	OK(!end.before, "it lived until then");
	if (!term)
		IS_STR(end.status, "exit status 0", "status");
	world_free(w);
}

/* A zombie that init has not fetched yet does not count. */
static bool running(long pid)
{
	char path[64], text[256] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return !strstr(text, ") Z ");
}

static void check_left_behind(void)
{
	struct world *w = world(NULL);
	char script[600], path[] = "/tmp/rpc_client.XXXXXX", text[32] = "";
	struct client_end end;
	struct client *cl;
	int fd = mkstemp(path);
	long pid;

	snprintf(script, sizeof(script),
		 "sleep 60 </dev/null >/dev/null 2>&1 & echo $! >%s; exec %s", path,
		 faulty);
	w->argv[0] = "sh";
	w->argv[1] = "-c";
	w->argv[2] = script;
	w->o.linger_ms = 100;
	cl = open_it(w);
	OK(cl != NULL, "a server with a child of its own: %s", w->e.msg);
	client_finish(cl, 2000, 500, &end);
	IS_INT(end.left_behind, 1, "the child it left is seen");
	OK(read(fd, text, sizeof(text) - 1) > 0, "its number");
	pid = strtol(text, NULL, 10);
	for (int i = 0; i < 100 && running(pid); i++)
		nap(10);
	OK(pid > 1 && !running(pid), "and gone now");
	close(fd);
	unlink(path);
	world_free(w);
}

static void *many_calls(void *arg)
{
	struct client *cl = arg;
	struct arena *a = arena_new();
	struct ctx c = { .arena = a };
	intptr_t good = 0;

	for (int i = 0; i < 50; i++) {
		struct client_reply r = { 0 };
		char params[80];
		int64_t n;

		snprintf(params, sizeof(params),
			 "{\"name\":\"echo\",\"arguments\":{\"n\":%d}}", i);
		if (client_call(cl, &c, "tools/call", params, 5000, &r, NULL) &&
		    node_i64(node_path(r.result, "structuredContent", "args", "n", NULL),
			     &n) &&
		    n == i)
			good++;
		arena_reset(a);
	}
	arena_free(a);
	return (void *)good;
}

static void check_threads(void)
{
	struct world *w = world(NULL), *bad = world("hang");
	struct client *cl = open_it(w), *other;
	pthread_t t[4];
	intptr_t good = 0;

	bad->o.era = CLIENT_BARE;
	other = open_it(bad);
	OK(other != NULL, "a hung child beside it");
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, many_calls, cl);
	for (int i = 0; i < 4; i++) {
		void *got;

		pthread_join(t[i], &got);
		good += (intptr_t)got;
	}
	IS_INT(good, 200, "calls of four threads, each got its own answer");
	client_close(other, 0);
	client_close(cl, 2000);
	world_free(w);
	world_free(bad);
}

static void check_hub_end(void)
{
	struct world *w = world("keep-term");
	struct client_hub *h = client_hub_new(&w->e);
	int64_t t;

	for (int i = 0; i < 3; i++)
		OK(client_open(h, &w->c, &w->o, &w->e) != NULL, "open %d: %s", i,
		   w->e.msg);
	t = clock_mono();
	client_hub_free(h, true);
	OK(clock_mono() - t < 1000 * SLOW,
	   "three stubborn children: gone in %" PRId64 " ms", clock_mono() - t);
	world_free(w);
}

int main(void)
{
	const char *build = getenv("B");
	struct err e = { 0 };
	int fds;

	snprintf(faulty, sizeof(faulty), "%s/test/faulty", build ? build : "build");
	signal(SIGPIPE, SIG_IGN);
	fds = open_fds();
	hub = client_hub_new(&e);
	OK(hub != NULL, "hub: %s", e.msg);
	check_eras();
	check_negotiation();
	check_echo();
	check_slow_modern();
	check_hang();
	check_silence();
	check_cancel_sent();
	check_death();
	check_floods();
	check_requests();
	check_progress(NULL);
	check_progress("modern");
	check_list();
	check_raw();
	check_end(NULL, false, false);
	check_end("keep-eof", true, false);
	check_end("keep-term", true, true);
	check_left_behind();
	check_threads();
	check_hub_end();
	client_hub_free(hub, false);
	IS_INT(open_fds(), fds, "no descriptor is left open");
	return tap_done();
}
