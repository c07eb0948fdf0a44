/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, watching and stopping child programs. */
#define _GNU_SOURCE /* pipe2, sigabbrev_np */
#include "common/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "common/base/child_spawn.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "common/base/mem.h"
#include "common/base/str.h"

#define DEFAULT_PATH  "/usr/local/bin:/usr/bin:/bin"
#define KILL_WAIT_MS  10000
#define STATUS_LOST   (-1) /* somebody else reaped it */
#define DRAIN_AT_ONCE 16   /* pieces read before the clock is looked at again */

static const char *path_of(const char *const *envp)
{
	for (; envp && *envp; envp++)
		if (str_starts(*envp, "PATH="))
			return *envp + strlen("PATH=");
	return DEFAULT_PATH;
}

static bool is_program(const char *path, int *why)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			*why = errno;
		return false;
	}
	if (S_ISREG(st.st_mode) && access(path, X_OK) == 0)
		return true;
	*why = EACCES;
	return false;
}

/* A program of the working directory must not stand in for one of the system. */
bool child_find_program(const struct child_spec *s, struct buf *ret, struct err *e)
{
	const char *path = path_of(s->envp), *name = s->argv[0];
	int why = ENOENT;

	if (str_empty(name))
		return err_set(e, ERR_UNAVAILABLE, "the command is empty");
	if (strchr(name, '/')) {
		buf_adds(ret, name);
		return true;
	}
	for (const char *at = path; *at; at += *at == ':') {
		size_t n = strcspn(at, ":");

		buf_reset(ret);
		buf_add(ret, at, n);
		buf_addf(ret, "/%s", name);
		at += n;
		if (!ret->overflow && ret->data[0] == '/' && n > 0 &&
		    is_program(buf_text(ret), &why))
			return true;
	}
	return err_set(e, ERR_UNAVAILABLE,
		       "cannot start %s: %s in PATH\nhint: PATH is %s", name,
		       why == ENOENT ? "no such program" : strerror(why), path);
}

/* Both ends lie above 2, so that putting them on 0 to 2 of the child overwrites none. */
static bool make_pipe(int *ours, int *theirs, bool we_write)
{
	int fds[2], *read_end = we_write ? theirs : ours,
		    *write_end = we_write ? ours : theirs;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	*read_end = fcntl(fds[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	*write_end = fcntl(fds[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	fd_close(fds[0]);
	fd_close(fds[1]);
	return *read_end >= 0 && *write_end >= 0 &&
	       fcntl(*ours, F_SETFL, O_NONBLOCK) == 0;
}

static void close_pipes(struct child *c)
{
	fd_close_ptr(&c->in);
	fd_close_ptr(&c->out);
	fd_close_ptr(&c->err);
}

static bool start_failed(const struct child_spec *s, const char *file, int why,
			 struct err *e)
{
	struct stat st;

	if (s->cwd && stat(s->cwd, &st) < 0)
		return err_set(e, ERR_UNAVAILABLE,
			       "cannot start %s: working directory %s: %s", file, s->cwd,
			       strerror(errno));
	if (why == ENOENT && stat(file, &st) == 0)
		return err_set(e, ERR_UNAVAILABLE,
			       "cannot start %s: the interpreter it names does not exist",
			       file);
	return err_set(e, ERR_UNAVAILABLE, "cannot start %s: %s", file, strerror(why));
}

static bool watch(const struct child_spec *s, struct child *c, struct err *e)
{
	int why;

	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	if (c->pidfd >= 0 && fcntl(c->pidfd, F_SETFD, FD_CLOEXEC) == 0)
		return true;
	why = errno;
	child_signal(c, SIGKILL);
	child_stop(c, 0);
	return err_set(e, ERR_UNAVAILABLE, "cannot watch over %s: %s", s->argv[0],
		       strerror(why));
}

bool child_start(const struct child_spec *s, struct child *ret, struct err *e)
{
	struct child c = { .pidfd = -1, .in = -1, .out = -1, .err = -1 };
	struct buf file CLEANUP(buf_release) = { 0 };
	int theirs[3] = { -1, -1, -1 }, failed = 0;

	buf_init(&file, 64 * 1024);
	if (!child_find_program(s, &file, e))
		return false;
	if (!make_pipe(&c.in, &theirs[0], true) ||
	    !make_pipe(&c.out, &theirs[1], false) ||
	    !make_pipe(&c.err, &theirs[2], false))
		failed = errno;
	if (!failed)
		failed = child_spawn(s, buf_text(&file), theirs, &c.pid);
	for (int i = 0; i < 3; i++)
		fd_close(theirs[i]);
	if (failed) {
		child_stop(&c, 0); /* one that got no further than to exec */
		return start_failed(s, buf_text(&file), failed, e);
	}
	if (!watch(s, &c, e))
		return false;
	*ret = c;
	return true;
}

void child_close_in(struct child *c)
{
	fd_close_ptr(&c->in);
}

/* Until it is reaped the number cannot belong to another group. */
void child_signal(struct child *c, int sig)
{
	if (c->pid > 0 && !c->reaped)
		kill(-c->pid, sig);
}

bool child_reap(struct child *c)
{
	siginfo_t info = { 0 };
	int result;

	if (c->pid <= 0)
		return true;
	do {
		result = waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	} while (result < 0 && errno == EINTR);
	if (result == 0 && info.si_pid == 0)
		return false;
	if (result < 0) {
		c->status = STATUS_LOST;
	} else {
		child_signal(c, SIGKILL);
		do {
			result = (int)waitpid(c->pid, &c->status, 0);
		} while (result < 0 && errno == EINTR);
	}
	c->reaped = true;
	c->pid = 0;
	return true;
}

static void drain(int *fd)
{
	char sink[4096];
	ssize_t n;

	for (int i = 0; i < DRAIN_AT_ONCE; i++) {
		n = read(*fd, sink, sizeof(sink));
		if (n > 0)
			continue;
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			fd_close_ptr(fd);
		return;
	}
}

/* True when it has ended and is reaped. */
static bool wait_end(struct child *c, int64_t ms)
{
	int64_t deadline = clock_mono() + ms, left;

	while (!child_reap(c)) {
		struct pollfd p[] = { { .fd = c->pidfd, .events = POLLIN },
				      { .fd = c->out, .events = POLLIN },
				      { .fd = c->err, .events = POLLIN } };

		left = clock_left(deadline);
		if (left == 0)
			return false;
		if (poll(p, ARRAY_LEN(p), (int)MIN(left, 1000)) <= 0)
			continue;
		if (p[1].revents)
			drain(&c->out);
		if (p[2].revents)
			drain(&c->err);
	}
	return true;
}

void child_stop(struct child *c, int64_t grace_ms)
{
	child_close_in(c);
	if (!wait_end(c, grace_ms)) {
		child_signal(c, SIGTERM);
		child_signal(c, SIGCONT); /* a stopped one could not hear it */
		if (!wait_end(c, grace_ms)) {
			child_signal(c, SIGKILL);
			wait_end(c, KILL_WAIT_MS);
		}
	}
	close_pipes(c);
	if (c->pid == 0)
		fd_close_ptr(&c->pidfd);
}

const char *child_status_text(const struct child *c, char *out, size_t n)
{
	if (c->pid > 0)
		snprintf(out, n, "running");
	else if (!c->reaped)
		snprintf(out, n, "not started");
	else if (c->status == STATUS_LOST)
		snprintf(out, n, "ended, status unknown");
	else if (WIFSIGNALED(c->status)) {
		int sig = WTERMSIG(c->status);
		const char *name = sigabbrev_np(sig);

		snprintf(out, n,
			 name ? "killed by signal %d (SIG%s)" : "killed by signal %d",
			 sig, name);
	} else {
		snprintf(out, n, "exit status %d", WEXITSTATUS(c->status));
	}
	return out;
}

/* A file of /proc/<pid>; not for a reaped child, whose number may be somebody else's. */
static bool read_proc(const struct child *c, const char *name, struct buf *b)
{
	char path[64];

	buf_init(b, 8192);
	if (c->pid <= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)c->pid, name);
	return fd_read_file(path, b, NULL) && b->len > 0;
}

/* Field k (from 0) of numbers with single blanks between; 0 when there is none. */
static int64_t number_field(const char *s, int k)
{
	int64_t n = 0;

	for (; k > 0 && *s; s++)
		k -= *s == ' ';
	for (; *s >= '0' && *s <= '9' && n < INT64_MAX / 10 - 1; s++)
		n = n * 10 + (*s - '0');
	return n;
}

int64_t child_rss_kib(const struct child *c)
{
	struct buf b CLEANUP(buf_release) = { 0 };

	if (!read_proc(c, "statm", &b))
		return 0;
	return number_field(buf_text(&b), 1) * (sysconf(_SC_PAGESIZE) / 1024);
}

int64_t child_cpu_ms(const struct child *c)
{
	struct buf b CLEANUP(buf_release) = { 0 };
	const char *rest;

	if (!read_proc(c, "stat", &b))
		return 0;
	/* the name, in brackets, may hold blanks and brackets itself */
	rest = strrchr(buf_text(&b), ')');
	if (!rest)
		return 0;
	return (number_field(rest, 12) + number_field(rest, 13)) * 1000 /
	       sysconf(_SC_CLK_TCK);
}
