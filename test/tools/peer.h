/* SPDX-License-Identifier: Apache-2.0 */
/* A server under test as a child: start, send, read lines, end. For the test programs. */
#ifndef TEST_TOOLS_PEER_H
#define TEST_TOOLS_PEER_H

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/child.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "common/base/str.h"

enum { PEER_MAX_ENV = 40 };

struct peer {
	struct child c;
	struct buf out, err; /* not yet taken lines; all of stderr */
	size_t n_lines, longest;
	bool deaf; /* stdout is not read */
};

/* An environment of its own: PATH, a home, a fixed clock and fixed ids, then extra. */
static inline const char *const *peer_env(struct arena *a, const char *home,
					  const char *const *extra, size_t n)
{
	const char **env = arena_array(a, n + 12, sizeof(*env));
	static const char *const pass[] = { "PATH", "ASAN_OPTIONS", "TSAN_OPTIONS",
					    "UBSAN_OPTIONS", "LLVM_PROFILE_FILE" };
	size_t k = 0;

	for (size_t i = 0; i < ARRAY_LEN(pass); i++)
		if (getenv(pass[i]))
			env[k++] = arena_printf(a, "%s=%s", pass[i], getenv(pass[i]));
	env[k++] = arena_printf(a, "HOME=%s", home);
	for (size_t i = 0; i < n; i++)
		env[k++] = extra[i];
	return env;
}

/* Removes a directory of a test, two levels and more, files only. */
static inline void peer_remove(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *de;
	char *full;

	while (d && (de = readdir(d))) {
		if (str_eq(de->d_name, ".") || str_eq(de->d_name, ".."))
			continue;
		full = malloc(strlen(path) + strlen(de->d_name) + 2);
		if (!full)
			break;
		snprintf(full, strlen(path) + strlen(de->d_name) + 2, "%s/%s", path,
			 de->d_name);
		if (unlink(full) != 0)
			peer_remove(full);
		free(full);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

static inline void peer_start(struct peer *p, const char *const *argv,
			      const char *const *env, const char *cwd)
{
	struct child_spec spec = { .argv = argv, .envp = env, .cwd = cwd };
	struct err e;

	*p = (struct peer){ .deaf = false };
	buf_init(&p->out, (size_t)512 * 1024 * 1024);
	buf_init(&p->err, 16u * 1024 * 1024);
	if (!child_start(&spec, &p->c, &e)) {
		printf("Bail out! %s\n", e.msg);
		exit(1);
	}
}

static inline void peer_take(int *fd, struct buf *b)
{
	char part[65536];
	ssize_t k = read(*fd, part, sizeof(part));

	if (k > 0)
		buf_add(b, part, (size_t)k);
	else if (k == 0 || (errno != EAGAIN && errno != EINTR)) {
		fd_close(*fd);
		*fd = -1;
	}
}

/* One wait of at most ms for output (or, want_write, for room to write). */
static inline bool peer_pump(struct peer *p, int64_t ms, bool want_write)
{
	struct pollfd fds[3] = {
		{ .fd = p->deaf ? -1 : p->c.out, .events = POLLIN },
		{ .fd = p->c.err, .events = POLLIN },
		{ .fd = want_write ? p->c.in : -1, .events = POLLOUT },
	};

	if (p->c.out < 0 && p->c.err < 0 && !want_write)
		return false;
	if (poll(fds, 3, (int)MIN(ms, (int64_t)1000)) <= 0)
		return true;
	if (fds[0].revents)
		peer_take(&p->c.out, &p->out);
	if (fds[1].revents)
		peer_take(&p->c.err, &p->err);
	return true;
}

/* False when the server does not take it within 20 s. */
static inline bool peer_send(struct peer *p, const char *data, size_t n)
{
	int64_t deadline = clock_mono() + 20000;

	while (n > 0 && p->c.in >= 0 && clock_left(deadline) > 0) {
		ssize_t k = write(p->c.in, data, n);

		if (k > 0) {
			data += k;
			n -= (size_t)k;
		} else if (errno == EAGAIN) {
			peer_pump(p, 100, true);
		} else {
			break;
		}
	}
	return n == 0;
}

/* The next line of stdout in the arena, or NULL at the deadline or end. */
static inline char *peer_line(struct peer *p, struct arena *a, int64_t deadline)
{
	for (;;) {
		char *nl = p->out.len > 0 ? memchr(p->out.data, '\n', p->out.len) : NULL;

		if (nl) {
			size_t n = (size_t)(nl - p->out.data);
			char *line = arena_strndup(a, p->out.data, n);

			buf_drop_front(&p->out, n + 1);
			p->n_lines++;
			p->longest = MAX(p->longest, n);
			return line;
		}
		if (p->c.out < 0 || clock_left(deadline) == 0)
			return NULL;
		peer_pump(p, clock_left(deadline), false);
	}
}

/* Waits for the end at most ms: exit status, 128 + signal, or -1 when it still runs. */
static inline int peer_wait(struct peer *p, int64_t ms)
{
	int64_t deadline = clock_mono() + ms;

	while (!child_reap(&p->c) && clock_left(deadline) > 0)
		if (!peer_pump(p, 5, false)) {
			struct pollfd fd = { .fd = p->c.pidfd, .events = POLLIN };

			poll(&fd, 1, (int)MIN(clock_left(deadline), (int64_t)20));
		}
	while (p->c.reaped && p->c.out >= 0 && !p->deaf)
		peer_take(&p->c.out, &p->out);
	while (p->c.reaped && p->c.err >= 0)
		peer_take(&p->c.err, &p->err);
	if (!p->c.reaped)
		return -1;
	return WIFEXITED(p->c.status) ? WEXITSTATUS(p->c.status)
				      : 128 + WTERMSIG(p->c.status);
}

static inline void peer_release(struct peer *p)
{
	child_stop(&p->c, 100);
	buf_release(&p->out);
	buf_release(&p->err);
}

#endif
