/* SPDX-License-Identifier: Apache-2.0 */
/* A program at a terminal of its own and a person who approves what it shows. The
 * includer defines _GNU_SOURCE. */
#ifndef TEST_TOOLS_TERMINAL_H
#define TEST_TOOLS_TERMINAL_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/clock.h"

struct terminal {
	const char *const *argv, *const *envp;
	int64_t ms;	  /* to be done in */
	struct buf shown; /* all that stood on it; the caller's */
};

/* A leader of a session without a terminal gets the first one that it opens. */
static inline pid_t terminal_spawn(const struct terminal *t, int *ret_master)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	char **argv, **envp;
	char name[64];
	pid_t pid = -1;

	*ret_master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*ret_master < 0 || grantpt(*ret_master) || unlockpt(*ret_master) ||
	    ptsname_r(*ret_master, name, sizeof(name)))
		return -1;
	memcpy(&argv, &t->argv, sizeof(argv));
	memcpy(&envp, &t->envp, sizeof(envp));
	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&at);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSID);
	posix_spawn_file_actions_addopen(&fa, 0, name, O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&fa, 0, 1);
	posix_spawn_file_actions_adddup2(&fa, 0, 2);
	if (posix_spawn(&pid, argv[0], &fa, &at, argv, envp) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&at);
	return pid;
}

/* Types what the prompt asks for, once it stands there; true when it was typed. */
static inline bool terminal_answer(struct terminal *t, int master)
{
	const char *at = strstr(buf_text(&t->shown), "To approve, type ");
	char line[64];
	size_t n;

	if (!at || !strstr(at, "does nothing: "))
		return false;
	at += strlen("To approve, type ");
	n = strcspn(at, " ");
	if (n + 1 >= sizeof(line))
		return false;
	memcpy(line, at, n);
	line[n++] = '\n';
	return write(master, line, n) == (ssize_t)n;
}

/* Runs it, reads what it shows and approves; exit status, or -1. */
static inline int terminal_approve(struct terminal *t)
{
	int64_t until = clock_mono() + t->ms;
	int master, status = -1;
	pid_t pid = terminal_spawn(t, &master);
	bool typed = false, open = pid > 0;
	char part[4096];

	while (open && clock_left(until) > 0) {
		struct pollfd p = { .fd = master, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, 100) <= 0)
			continue;
		n = read(master, part, sizeof(part));
		open = n > 0 || (n < 0 && errno == EINTR);
		for (ssize_t i = 0; i < n; i++)
			if (part[i] != '\r')
				buf_addc(&t->shown, part[i]);
		typed = typed || terminal_answer(t, master);
	}
	if (pid > 0 && open)
		kill(pid, SIGKILL);
	if (pid > 0)
		waitpid(pid, &status, 0);
	if (master >= 0)
		close(master);
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
