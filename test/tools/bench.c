/* SPDX-License-Identifier: Apache-2.0 */
/* Times servers side by side as a host sees them; test/bench.sh names the pairs. */
#define _GNU_SOURCE /* environ */
#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/child.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "common/base/str.h"

#define RUNS_MAX  64
#define ANSWER_MS 30000

static const char INIT[] =
	"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
	"\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"bench\",\"version\":\"1\"}}}\n";
static const char READY[] =
	"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n";
static const char LIST[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n";

struct peer {
	struct child child;
	struct buf in; /* bytes read, not yet a whole line */
};

static void NORETURN die(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(1);
}

static void start(struct peer *p, char **argv)
{
	const struct child_spec spec = { .argv = (const char *const *)argv,
					 .envp = (const char *const *)environ };
	struct err e = { 0 };

	buf_init(&p->in, 64 * 1024 * 1024);
	if (!child_start(&spec, &p->child, &e))
		die(argv[0], e.msg);
}

static void stop(struct peer *p)
{
	child_stop(&p->child, 2000);
	buf_release(&p->in);
}

/* Lines that are answers (not notifications) among what has arrived; keeps the rest. */
static int take_answers(struct peer *p)
{
	const char *text = buf_text(&p->in), *end;
	int n = 0;

	while ((end = memchr(text, '\n',
			     p->in.len - (size_t)(text - buf_text(&p->in))))) {
		const char *result = memmem(text, (size_t)(end - text), "\"result\":", 9);
		const char *method = memmem(text, (size_t)(end - text), "\"method\":", 9);

		if (memmem(text, (size_t)(end - text), "\"isError\":true", 14) ||
		    (!method && !result))
			die("a call failed", arena_printf(arena_new(), "%.300s", text));
		n += !method;
		text = end + 1;
	}
	buf_drop_front(&p->in, (size_t)(text - buf_text(&p->in)));
	return n;
}

/* Waits for room to write or bytes to read; returns answers that came. */
static int exchange(struct peer *p, const char *out, size_t n, size_t *sent)
{
	struct pollfd fds[3] = { { .fd = p->child.out, .events = POLLIN },
				 { .fd = p->child.err, .events = POLLIN },
				 { .fd = p->child.in,
				   .events = *sent < n ? POLLOUT : 0 } };
	char bytes[65536];
	ssize_t got;

	if (poll(fds, 3, ANSWER_MS) <= 0)
		die("no answer", "within 30 s");
	if (fds[2].revents & POLLOUT) {
		got = write(p->child.in, out + *sent, n - *sent);
		if (got > 0)
			*sent += (size_t)got;
		else if (got < 0 && errno != EAGAIN)
			die("write", strerror(errno));
	}
	if (fds[1].revents & POLLIN && read(p->child.err, bytes, sizeof(bytes)) < 0)
		fds[1].revents = 0;
	if (!(fds[0].revents & (POLLIN | POLLHUP)))
		return 0;
	got = read(p->child.out, bytes, sizeof(bytes));
	if (got == 0)
		die("the server", "ended");
	if (got > 0)
		buf_add(&p->in, bytes, (size_t)got);
	return take_answers(p);
}

static void ask(struct peer *p, const char *line, int answers)
{
	size_t sent = 0, n = strlen(line);

	while (sent < n || answers > 0)
		answers -= exchange(p, line, n, &sent);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Milliseconds from exec to the answer of initialize. */
static double first_answer(char **argv)
{
	int64_t began = clock_mono_us();
	struct peer p;
	double ms;

	start(&p, argv);
	ask(&p, INIT, 1);
	ms = (double)(clock_mono_us() - began) / 1000;
	stop(&p);
	return ms;
}

/* Resident MiB after tools/list. */
static double resident(char **argv)
{
	struct peer p;
	double mib;

	start(&p, argv);
	ask(&p, INIT, 1);
	ask(&p, READY, 0);
	ask(&p, LIST, 1);
	mib = (double)child_rss_kib(&p.child) / 1024;
	stop(&p);
	return mib;
}

/* Calls per second: count calls, `flight` of them unanswered at any time. {N} in the
 * call's arguments becomes its number. */
static double calls(char **argv, const char *call, int flight, int count)
{
	const char *mark = strstr(call, "{N}");
	struct peer p;
	int asked = 0, answered = 0;
	int64_t began;
	struct buf out;
	size_t sent = 0;

	start(&p, argv);
	ask(&p, INIT, 1);
	ask(&p, READY, 0);
	ask(&p, LIST, 1);
	buf_init(&out, 64 * 1024 * 1024);
	began = clock_mono_us();
	while (answered < count) {
		for (; asked < count && asked - answered < flight; asked++) {
			buf_addf(
				&out,
				"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\","
				"\"params\":",
				asked + 10);
			if (mark)
				buf_addf(&out, "%.*s%d%s}\n", (int)(mark - call), call,
					 asked, mark + 3);
			else
				buf_addf(&out, "%s}\n", call);
		}
		answered += exchange(&p, buf_text(&out), out.len, &sent);
		if (sent == out.len) {
			buf_reset(&out);
			sent = 0;
		}
	}
	buf_release(&out);
	stop(&p);
	return count / ((double)(clock_mono_us() - began) / 1e6);
}

/* Splits the command line of one server at "--". */
static char **next_command(char **argv)
{
	while (*argv && strcmp(*argv, "--") != 0)
		argv++;
	if (!*argv)
		die("usage",
		    "bench KIND RUNS [CALL-A CALL-B COUNT] -- COMMAND-A -- COMMAND-B");
	*argv = NULL;
	return argv + 1;
}

static double measure(const char *kind, char **argv, const char *call, int count)
{
	if (str_eq(kind, "start"))
		return first_answer(argv);
	if (str_eq(kind, "resident"))
		return resident(argv);
	return calls(argv, call, str_eq(kind, "calls64") ? 64 : 1, count);
}

/* bench KIND RUNS CALL-A CALL-B COUNT-A COUNT-B -- A… -- B…: A and B in turn, one line:
 * median A, min A, max A, median B, min B, max B */
int main(int argc, char **argv)
{
	double a[RUNS_MAX], b[RUNS_MAX];
	int64_t runs, count_a, count_b;
	char **first, **second;

	signal(SIGPIPE, SIG_IGN);
	clock_init();
	if (argc < 9 || !str_to_i64(argv[2], &runs) || runs < 1 || runs > RUNS_MAX ||
	    !str_to_i64(argv[5], &count_a) || !str_to_i64(argv[6], &count_b))
		die("usage", "bench KIND RUNS CALL-A CALL-B COUNT-A COUNT-B -- A… -- B…");
	first = next_command(argv + 7);
	second = next_command(first);
	for (int i = 0; i < runs; i++) {
		a[i] = measure(argv[1], first, argv[3], (int)count_a);
		b[i] = measure(argv[1], second, argv[4], (int)count_b);
	}
	printf("%.3f", median(a, (int)runs));
	printf(" %.3f %.3f", a[0], a[runs - 1]);
	printf(" %.3f", median(b, (int)runs));
	printf(" %.3f %.3f\n", b[0], b[runs - 1]);
	return 0;
}
