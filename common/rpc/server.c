/* SPDX-License-Identifier: Apache-2.0 */
/* The main thread: poll, read, hand on, write what waits; and the end of all that. */
#include "common/rpc/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "common/base/fd.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/rpc/ask.h"
#include "common/rpc/frame.h"
#include "common/rpc/listen.h"
#include "common/rpc/mcp.h"

enum {
	TICK_MS = 5000,
	PAUSED_TICK_MS = 200,
	ORPHAN_MS = 30000,
	HURRY_MS = 700,
	JOIN_MS = 200,
	GRACE_MS = 500
};

struct loop {
	struct server *s;
	struct frame frame;
	pid_t parent;
	int64_t last_input;
	bool eof;    /* nothing more will be read */
	bool hangup; /* the writer of stdin is gone; what it wrote may still wait */
	bool slow;   /* the reader of stdout is */
	bool paused; /* nothing is read: it is slow, or as many calls wait as may */
	bool stop;   /* leave within a second */
};

static void on_signal(int sig)
{
	(void)sig;
	fd_wake('t');
}

static void catch_signals(void)
{
	static const int sigs[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(sigs); i++)
		sigaction(sigs[i], &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

static void check_pause(struct loop *l)
{
	size_t pending = l->s->wire.pending;

	if (!l->slow && pending > WIRE_PAUSE)
		log_event(LOG_INFO, "wire", "the client does not read; %zu bytes wait",
			  pending);
	l->slow = pending > (l->slow ? WIRE_RESUME : WIRE_PAUSE);
	l->paused = l->slow || sched_full(&l->s->sched);
}

/* Lines that are complete, until answers pile up. */
static void take_lines(struct loop *l)
{
	const char *line = NULL;
	size_t n = 0;

	while (!l->stop && !l->paused) {
		enum frame_got got = frame_next(&l->frame, l->eof, &line, &n);

		if (got == FRAME_NONE)
			break;
		if (got == FRAME_LINE)
			mcp_line(l->s, line, n);
		else
			mcp_too_long(l->s);
		check_pause(l);
	}
}

static void read_input(struct loop *l)
{
	size_t n;
	char *to = frame_space(&l->frame, &n);
	ssize_t k = read(l->s->opt.in, to, n);

	if (k < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	l->last_input = clock_mono();
	if (k > 0)
		frame_added(&l->frame, (size_t)k);
	else
		l->eof = true;
	take_lines(l);
}

static void read_wakes(struct loop *l)
{
	char why[64];
	size_t n = fd_wake_drain(why, sizeof(why));

	for (size_t i = 0; i < n; i++)
		if (why[i] == 't' || why[i] == 'l')
			l->stop = true;
}

/* The process that started us has gone and nobody talks to us. Its death alone is no
 * reason: launchers leave healthy servers behind. */
static bool orphaned(const struct loop *l)
{
	return getppid() != l->parent && clock_mono() - l->last_input >= ORPHAN_MS;
}

/* One wait, at most ms, and what it brought. */
static void turn(struct loop *l, int64_t ms)
{
	struct server *s = l->s;
	bool read = !l->eof && !l->paused;
	struct pollfd fds[3] = {
		{ .fd = fd_wake_fd(), .events = POLLIN },
		{ .fd = s->opt.out, .events = s->wire.pending > 0 ? POLLOUT : 0 },
		{ .fd = l->eof || (l->hangup && !read) ? -1 : s->opt.in,
		  .events = read ? POLLIN : 0 },
	};

	ms = MIN(ms, (int64_t)(l->paused ? PAUSED_TICK_MS : TICK_MS));
	if (poll(fds, ARRAY_LEN(fds), (int)ms) < 0)
		return;
	if (fds[0].revents)
		read_wakes(l);
	if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
		l->stop = true;
	else if (fds[1].revents & POLLOUT)
		wire_flush(&s->wire);
	if (s->wire.lost)
		l->stop = true;
	if (fds[2].revents & (POLLHUP | POLLERR | POLLNVAL))
		l->hangup = true;
	if (l->paused) {
		check_pause(l);
		take_lines(l);
	} else if (fds[2].revents && !l->stop) {
		read_input(l);
	}
}

static bool idle(struct server *s)
{
	bool none;

	wire_lock(&s->wire);
	none = s->n_open == 0;
	wire_unlock(&s->wire);
	return none;
}

/* What was read is answered, at most until the time of a request is over; a little
 * longer, so that those who ran out of it are told. */
static void drain(struct loop *l)
{
	struct server *s = l->s;
	int64_t ms = s->opt.request_timeout_ms > 0 ? s->opt.request_timeout_ms : 30000;
	int64_t deadline = clock_mono() + ms + GRACE_MS;

	wire_lock(&s->wire);
	s->no_answers = true;
	s->ending = true;
	ask_wake(s, NULL);
	wire_unlock(&s->wire);
	do {
		take_lines(l);
		if (idle(s) && !l->paused)
			break;
		turn(l, clock_left(deadline));
	} while (!l->stop && clock_left(deadline) > 0);
	if (l->stop || !idle(s))
		return;
	listen_end_all(s);
	while (s->wire.pending > 0 && !l->stop && clock_left(deadline) > 0)
		turn(l, clock_left(deadline));
}

/* What still runs is cancelled; in an orderly end that is nothing. */
static void cancel_rest(struct server *s)
{
	wire_lock(&s->wire);
	s->no_answers = true;
	s->ending = true;
	wire_unlock(&s->wire);
	if (!s->wire.lost)
		listen_end_all(s);
	call_cancel_all(s);
	tasks_cancel_all(s);
}

/* Gives calls that were cancelled, and the reader, the rest of a second. */
static void hurry(struct loop *l, int64_t deadline)
{
	struct server *s = l->s;

	while (clock_left(deadline) > 0 &&
	       (!idle(s) || (s->wire.pending > 0 && !s->wire.lost))) {
		struct pollfd fds[2] = {
			{ .fd = fd_wake_fd(), .events = POLLIN },
			{ .fd = s->wire.lost ? -1 : s->opt.out,
			  .events = s->wire.pending > 0 ? POLLOUT : 0 },
		};

		if (poll(fds, ARRAY_LEN(fds), (int)MIN(clock_left(deadline), 50)) < 0)
			continue;
		if (fds[0].revents)
			read_wakes(l);
		if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
			s->wire.lost = true;
		else if (fds[1].revents)
			wire_flush(&s->wire);
	}
}

static void serve(struct loop *l)
{
	while (!l->eof && !l->stop) {
		turn(l, TICK_MS);
		if (orphaned(l)) {
			log_event(LOG_INFO, "server",
				  "the parent process has gone; leaving");
			l->stop = true;
		}
	}
	if (!l->stop)
		drain(l);
}

static bool offers_tasks(const struct offer *o)
{
	for (size_t i = 0; o->tools && o->tools[i]; i++)
		if (o->tools[i]->slow_if)
			return true;
	return false;
}

int server_run(const struct server_options *o)
{
	struct server *s = mem_alloc(sizeof(*s));
	struct loop l = { .s = s, .parent = getppid(), .last_input = clock_mono() };
	struct err e = { 0 };
	int64_t deadline;

	if (!fd_wake_init(&e)) {
		log_event(LOG_ERROR, "server", "%s", e.msg);
		mem_free(s);
		return err_exit_status(&e);
	}
	catch_signals();
	s->opt = *o;
	if (!offers_tasks(o->offer))
		s->opt.tasks = NULL;
	wire_init(&s->wire, o->out);
	sched_init(&s->sched, (int)MIN(MAX(o->workers, 1), 64), call_run);
	frame_init(&l.frame, o->max_line > 0 ? (size_t)o->max_line : 10u * 1024 * 1024);
	serve(&l);
	deadline = clock_mono() + HURRY_MS;
	cancel_rest(s);
	if (o->stopping)
		o->stopping(o->arg);
	hurry(&l, deadline);
	frame_release(&l.frame);
	if (!sched_drain(&s->sched, clock_mono() + JOIN_MS)) {
		/* a call does not let go; what it wrote is safe, what it holds dies with
		 * us */
		log_event(LOG_WARN, "server", "a call did not end in time");
		log_close();
		_exit(0);
	}
	sched_release(&s->sched);
	mcp_release(s);
	call_cancel_all(s);
	calls_release(s);
	wire_release(&s->wire);
	mem_free(s);
	return 0;
}
