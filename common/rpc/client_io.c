/* SPDX-License-Identifier: Apache-2.0 */
/* I/O thread of the MCP client: pipes and ends of all children, never blocked by one. */
#include "common/rpc/client_priv.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/fd.h"

/* What is still in the pipes of a child that has ended; a grandchild may go on writing.
 */
#define DRAIN_MAX (1024 * 1024)

void client_io_wake(struct client_hub *h)
{
	uint64_t one = 1;

	while (write(h->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void close_fd(int *fd)
{
	fd_close(*fd);
	*fd = -1;
}

void client_io_flush(struct client *cl)
{
	while (cl->out_off < cl->out.len && cl->child.in >= 0) {
		ssize_t n = write(cl->child.in, cl->out.data + cl->out_off,
				  cl->out.len - cl->out_off);

		if (n > 0) {
			cl->out_off += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		cl->deaf = true;
		child_close_in(&cl->child);
		pthread_cond_broadcast(&cl->changed);
	}
	buf_reset(&cl->out);
	cl->out_off = 0;
}

bool client_io_send(struct client *cl, const char *line, size_t n, struct err *e)
{
	if (cl->ended || cl->exited || cl->mute || cl->deaf || cl->phase != STOP_NONE)
		return err_set(e, ERR_UNAVAILABLE, "%s has ended or closed its pipes",
			       cl->name);
	if (cl->out.len - cl->out_off + n + 1 > CLIENT_OUT_MAX)
		return err_set(e, ERR_UNAVAILABLE,
			       "%s does not read its input: %zu bytes are waiting for it",
			       cl->name, cl->out.len - cl->out_off);
	if (cl->out_off > CLIENT_OUT_MAX / 4) {
		buf_drop_front(&cl->out, cl->out_off);
		cl->out_off = 0;
	}
	buf_add(&cl->out, line, n);
	buf_addc(&cl->out, '\n');
	if (cl->wire)
		cl->wire(cl->wire_arg, '>', line, n);
	client_io_flush(cl);
	if (cl->out.len > cl->out_off)
		client_io_wake(cl->hub);
	return true;
}

static int64_t step_hurry(enum stop_phase phase)
{
	return phase == STOP_KILL ? CLIENT_KILL_HURRY : CLIENT_HURRY;
}

static void enter_phase(struct client *cl, enum stop_phase phase, int64_t wait_ms)
{
	if (cl->hub->hurry)
		wait_ms = MIN(wait_ms, step_hurry(phase));
	cl->phase = phase;
	cl->phase_end = clock_mono() + wait_ms;
	if (phase == STOP_TERM) {
		cl->needed_term = true;
		child_signal(&cl->child, SIGTERM);
		child_signal(&cl->child, SIGCONT); /* a stopped one could not hear it */
	}
	if (phase == STOP_KILL) {
		cl->needed_kill = true;
		child_signal(&cl->child, SIGKILL);
	}
}

void client_io_stop(struct client *cl, int64_t eof_ms, int64_t term_ms)
{
	if (cl->ended)
		return;
	if (cl->phase == STOP_NONE) {
		cl->stop_at = clock_mono();
		cl->term_ms = term_ms;
		cl->deaf = true;
		child_close_in(&cl->child);
	}
	if (!cl->exited && eof_ms + term_ms == 0 && cl->phase < STOP_KILL)
		enter_phase(cl, STOP_KILL, CLIENT_KILL_WAIT);
	else if (cl->phase == STOP_NONE)
		enter_phase(cl, STOP_EOF, eof_ms);
	client_io_wake(cl->hub);
}

void client_io_hurry(struct client *cl)
{
	cl->linger_ms = 0;
	if (cl->phase != STOP_NONE)
		cl->phase_end = MIN(cl->phase_end, clock_mono() + step_hurry(cl->phase));
}

void client_io_kill(struct client *cl, const char *reason, ...)
{
	va_list ap;

	if (cl->ended || cl->exited || cl->phase == STOP_KILL)
		return;
	if (!cl->reason[0]) {
		va_start(ap, reason);
		vsnprintf(cl->reason, sizeof(cl->reason), reason, ap);
		va_end(ap);
	}
	if (cl->phase == STOP_NONE) {
		cl->stop_at = clock_mono();
		cl->deaf = true;
		child_close_in(&cl->child);
	}
	enter_phase(cl, STOP_KILL, CLIENT_KILL_WAIT);
	pthread_cond_broadcast(&cl->changed);
}

static bool count_bytes(struct client *cl, size_t n)
{
	cl->bytes += (int64_t)n;
	if (!cl->max_bytes || cl->bytes <= cl->max_bytes)
		return true;
	client_io_kill(cl, "it wrote more than %lld bytes", (long long)cl->max_bytes);
	return false;
}

static void take_lines(struct client *cl)
{
	size_t at = 0;
	char *nl;

	while (cl->in.len > cl->scanned &&
	       (nl = memchr(cl->in.data + cl->scanned, '\n', cl->in.len - cl->scanned))) {
		size_t n = (size_t)(nl - (cl->in.data + at));

		if ((int64_t)n > cl->max_line)
			break;
		client_msg_take(cl, cl->in.data + at, n);
		at += n + 1;
		cl->scanned = at;
	}
	cl->scanned = cl->in.len;
	if (at) {
		buf_drop_front(&cl->in, at);
		cl->scanned -= at;
	}
	if ((int64_t)cl->in.len <= cl->max_line)
		return;
	client_io_kill(cl, "it wrote a line of more than %lld bytes",
		       (long long)cl->max_line);
	buf_reset(&cl->in);
	cl->scanned = 0;
}

static void close_out(struct client *cl)
{
	close_fd(&cl->child.out);
	cl->mute = true;
	if (cl->wire && cl->in.len)
		cl->wire(cl->wire_arg, 'x', buf_text(&cl->in), cl->in.len);
	buf_reset(&cl->in);
	cl->scanned = 0;
	pthread_cond_broadcast(&cl->changed);
}

/* One read; false when there is nothing (more) to read now. */
static bool read_out(struct client *cl)
{
	char *chunk = cl->hub->chunk;
	ssize_t n;

	if (cl->child.out < 0)
		return false;
	n = read(cl->child.out, chunk, CLIENT_CHUNK);
	if (n < 0)
		return errno == EINTR;
	if (n == 0) {
		close_out(cl);
		return false;
	}
	/* After SIGKILL the rest is read to keep the pipe empty, and dropped. */
	if (!count_bytes(cl, (size_t)n) || (cl->phase == STOP_KILL && cl->reason[0]))
		return true;
	buf_add(&cl->in, chunk, (size_t)n);
	take_lines(cl);
	return true;
}

static void wire_err(struct client *cl, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n')
			buf_addc(&cl->err_line, p[i]);
		if (p[i] != '\n' && cl->err_line.len < CLIENT_ERR_LINE)
			continue;
		cl->wire(cl->wire_arg, 'e', buf_text(&cl->err_line), cl->err_line.len);
		buf_reset(&cl->err_line);
	}
}

static bool read_err(struct client *cl)
{
	char *chunk = cl->hub->chunk;
	ssize_t n;

	if (cl->child.err < 0)
		return false;
	n = read(cl->child.err, chunk, CLIENT_CHUNK);
	if (n < 0)
		return errno == EINTR;
	if (n == 0) {
		close_fd(&cl->child.err);
		return false;
	}
	for (ssize_t done = 0; done < n;) {
		size_t part = MIN((size_t)(n - done), CLIENT_RING - cl->ring_at);

		memcpy(cl->ring + cl->ring_at, chunk + done, part);
		cl->ring_at = (cl->ring_at + part) % CLIENT_RING;
		cl->ring_len = MIN(cl->ring_len + part, (size_t)CLIENT_RING);
		done += (ssize_t)part;
	}
	if (count_bytes(cl, (size_t)n) && cl->wire)
		wire_err(cl, chunk, (size_t)n);
	return true;
}

static pid_t stat_group(const char *pid)
{
	char path[280], text[512];
	const char *p;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	p = strrchr(text, ')');
	/* ") S ppid pgrp": a zombie leaves nothing behind */
	if (!p || p[1] != ' ' || p[2] == 'Z' || p[2] == 'X' || p[3] != ' ')
		return 0;
	p = strchr(p + 4, ' ');
	return p ? (pid_t)strtol(p + 1, NULL, 10) : 0;
}

static int count_group(pid_t group)
{
	DIR *d = opendir("/proc");
	const struct dirent *de;
	int n = 0;

	if (!d)
		return 0;
	while ((de = readdir(d)))
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9' &&
		    stat_group(de->d_name) == group)
			n++;
	closedir(d);
	return n;
}

static void finish(struct client *cl)
{
	if (!child_reap(&cl->child))
		return;
	child_close_in(&cl->child);
	if (cl->child.out >= 0)
		close_out(cl);
	close_fd(&cl->child.err);
	close_fd(&cl->child.pidfd);
	if (cl->wire && cl->err_line.len)
		cl->wire(cl->wire_arg, 'e', buf_text(&cl->err_line), cl->err_line.len);
	buf_reset(&cl->err_line);
	cl->ended = true;
	pthread_cond_broadcast(&cl->changed);
}

/* The leader has ended, but is not reaped yet: its number still names its group. */
static void leader_ended(struct client *cl)
{
	for (int64_t was = cl->bytes; read_out(cl) && cl->bytes - was < DRAIN_MAX;)
		;
	for (int64_t was = cl->bytes; read_err(cl) && cl->bytes - was < DRAIN_MAX;)
		;
	cl->exited = true;
	cl->exit_at = clock_mono();
	pthread_cond_broadcast(&cl->changed);
	if (!cl->linger_ms || cl->hub->hurry)
		finish(cl);
}

static void give_up(struct client *cl)
{
	child_close_in(&cl->child);
	if (cl->child.out >= 0)
		close_out(cl);
	close_fd(&cl->child.err);
	close_fd(&cl->child.pidfd);
	cl->exit_at = clock_mono();
	cl->ended = true;
	pthread_cond_broadcast(&cl->changed);
}

static void step_time(struct client *cl, int64_t now)
{
	if (cl->exited) {
		if (now < cl->exit_at + cl->linger_ms)
			return;
		if (cl->linger_ms && !cl->hub->hurry)
			cl->left_behind = count_group(cl->child.pid);
		cl->linger_ms = 0;
		finish(cl);
	} else if (cl->phase != STOP_NONE && now >= cl->phase_end) {
		if (cl->phase == STOP_EOF)
			enter_phase(cl, STOP_TERM, cl->term_ms);
		else if (cl->phase == STOP_TERM)
			enter_phase(cl, STOP_KILL, CLIENT_KILL_WAIT);
		else
			give_up(cl);
	} else if (cl->mute && cl->phase == STOP_NONE) {
		/* Nothing can be heard from it any more. */
		client_io_stop(cl, 500, 500);
	}
}

struct slot {
	struct client *cl;
	char what; /* 'i' 'o' 'e' 'p' */
};

static void slot_add(struct client_hub *h, struct slot *slots, size_t *n,
		     struct client *cl, char what)
{
	int fd = what == 'i'   ? cl->child.in
		 : what == 'o' ? cl->child.out
		 : what == 'e' ? cl->child.err
			       : cl->child.pidfd;

	if (fd < 0)
		return;
	slots[*n] = (struct slot){ cl, what };
	h->fds[(*n)++] = (struct pollfd){ fd, what == 'i' ? POLLOUT : POLLIN, 0 };
}

static size_t fill_slots(struct client_hub *h, struct slot *slots, int *ret_timeout)
{
	int64_t now = clock_mono(), next = now + 10000;
	size_t n = 0;

	slots[n] = (struct slot){ NULL, 'w' };
	h->fds[n++] = (struct pollfd){ h->wake, POLLIN, 0 };
	for (struct client *cl = h->clients; cl; cl = cl->next) {
		if (!cl->ended)
			step_time(cl, now);
		if (cl->ended)
			continue;
		if (cl->out.len > cl->out_off)
			slot_add(h, slots, &n, cl, 'i');
		slot_add(h, slots, &n, cl, 'o');
		slot_add(h, slots, &n, cl, 'e');
		if (!cl->exited)
			slot_add(h, slots, &n, cl, 'p');
		/* A reap that failed is tried again soon. */
		if (cl->exited)
			next = MIN(next, MAX(cl->exit_at + cl->linger_ms, now + 20));
		else if (cl->phase != STOP_NONE)
			next = MIN(next, cl->phase_end);
	}
	*ret_timeout = (int)MAX(next - now, 0);
	return n;
}

static void serve_slot(struct client_hub *h, const struct slot *s)
{
	uint64_t count;

	/* Ended in an earlier slot of the same round. */
	if (s->cl && s->cl->ended)
		return;
	if (s->what == 'w')
		while (read(h->wake, &count, sizeof(count)) < 0 && errno == EINTR)
			;
	else if (s->what == 'i')
		client_io_flush(s->cl);
	else if (s->what == 'o')
		(void)read_out(s->cl);
	else if (s->what == 'e')
		(void)read_err(s->cl);
	else if (!s->cl->exited)
		leader_ended(s->cl);
}

void *client_io_main(void *hub)
{
	struct client_hub *h = hub;
	struct slot slots[ARRAY_LEN(h->fds)];

	pthread_mutex_lock(&h->mu);
	while (!h->stop) {
		int timeout;
		size_t n = fill_slots(h, slots, &timeout);

		pthread_mutex_unlock(&h->mu);
		int got = poll(h->fds, (nfds_t)n, timeout);

		pthread_mutex_lock(&h->mu);
		for (size_t i = 0; got > 0 && i < n; i++)
			if (h->fds[i].revents)
				serve_slot(h, &slots[i]);
	}
	pthread_mutex_unlock(&h->mu);
	return NULL;
}
