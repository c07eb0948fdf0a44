/* SPDX-License-Identifier: Apache-2.0 */
/* Servers on descriptors of every kind, and what the tests of their life ask of them. The
 * includer defines _GNU_SOURCE. */
#ifndef TEST_TOOLS_SPAWN_H
#define TEST_TOOLS_SPAWN_H

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#include "test/scratch.h"
#include "test/tap.h"
#include "test/tools/peer.h"

/* Time bounds hold for the programs as they are shipped; sanitizers slow them down. */
static inline int64_t bound(int64_t ms)
{
	return SANITIZED ? ms * 20 : ms;
}

enum { IDLE_MS = 500, STOP_MS = 1000 }; /* to leave when idle, when told to */

static inline void nap_us(long us)
{
	const struct timespec t = { .tv_sec = us / 1000000,
				    .tv_nsec = us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

/* What to say to each server. */
struct subject {
	const char *name;
	const char *read, *write; /* params of tools/call */
	const char *slow;	  /* takes about 300 ms, or NULL */
	bool stores;		  /* has a database */
};

#define SAY_ECHO  "{\"name\":\"test_echo\",\"arguments\":{\"text\":\"hello\"}}"
#define SAY_STORE "{\"name\":\"store_memory\",\"arguments\":{\"content\":\"a note\"}}"
static const struct subject subjects[] = {
	{ .name = "fixture-server",
	  .read = SAY_ECHO,
	  .write = "{\"name\":\"test_slow_write\",\"arguments\":{\"ms\":1}}",
	  .slow = "{\"name\":\"test_slow\",\"arguments\":{\"ms\":300}}" },
	{ .name = "memory-server",
	  .read = "{\"name\":\"search_memories\",\"arguments\":{\"query\":\"note\"}}",
	  .write = SAY_STORE,
	  .stores = true },
	{ .name = "compliance-server",
	  .read = "{\"name\":\"list_compliance_checks\",\"arguments\":{}}",
	  .write = "{\"name\":\"list_servers\",\"arguments\":{}}",
	  .stores = true },
	{ .name = "coordinator-server",
	  .read = "{\"name\":\"list_sessions\",\"arguments\":{}}",
	  .write = "{\"name\":\"list_approvals\",\"arguments\":{}}",
	  .stores = true },
};

static inline const struct subject *subject_of(const char *program)
{
	const char *slash = strrchr(program, '/');

	for (size_t i = 0; i < ARRAY_LEN(subjects); i++)
		if (str_eq(subjects[i].name, slash ? slash + 1 : program))
			return &subjects[i];
	printf("Bail out! %s is not one of the servers\n", program);
	exit(1);
}

#define INIT INIT_OF("2025-11-25")
#define INIT_OF(version)                                                           \
	"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"     \
	"\"protocolVersion\":\"" version "\",\"capabilities\":{},\"clientInfo\":{" \
	"\"name\":\"t\",\"version\":\"1\"}}}\n"                                    \
	"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
#define PING "{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"method\":\"ping\"}\n"
#define PONG "{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"result\":{}}"

/* How a test starts a server; zero is a pipe each, an empty home, the clock as it is. */
struct plan {
	const char *program;
	const char *args[8];
	const char *env[24]; /* NAME=VALUE beside PATH and HOME */
	const char *cwd;
	const char *home; /* NULL: the scratch directory; "": not set */
	int fds[3];	  /* 0: a pipe; -1: closed; else that descriptor */
	bool same_group;
	bool no_terminal; /* a session of its own, which has none */
};

static inline int dup_high(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, 10);

	close(fd);
	return high;
}

/* ours[i] and theirs[i] for one standard descriptor. */
static inline void one_end(const struct plan *p, int i, int *ours, int *theirs)
{
	int fds[2];

	*ours = *theirs = -1;
	if (p->fds[i] != 0) {
		*theirs = p->fds[i] > 0 ? fcntl(p->fds[i], F_DUPFD_CLOEXEC, 10) : -1;
		return;
	}
	if (pipe2(fds, O_CLOEXEC) < 0)
		abort();
	*ours = dup_high(fds[i == 0 ? 1 : 0]);
	*theirs = dup_high(fds[i == 0 ? 0 : 1]);
	fcntl(*ours, F_SETFL, O_NONBLOCK);
}

static inline const char *const *plan_env(struct arena *a, const struct plan *p)
{
	const char *home = p->home ? p->home : scratch_dir;
	const char *const *env;
	const char **out;
	size_t n = 0, k = 0;

	while (n < ARRAY_LEN(p->env) && p->env[n])
		n++;
	env = peer_env(a, home, p->env, n);
	for (n = 0; env[n]; n++)
		;
	out = arena_array(a, n + 1, sizeof(*out));
	for (size_t i = 0; i < n; i++)
		if (*home || !str_eq(env[i], "HOME="))
			out[k++] = env[i];
	return out;
}

/* Starts it; child_signal and peer_wait work on it as on any peer. */
static inline void launch(struct peer *ret, const struct plan *p)
{
	struct arena *a = arena_new();
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	const char *argv[ARRAY_LEN(p->args) + 2] = { p->program };
	const char *const *env = plan_env(a, p);
	int ours[3], theirs[3], failed;
	char **c_argv, **c_env;

	for (size_t i = 0; i < ARRAY_LEN(p->args); i++)
		argv[i + 1] = p->args[i];
	memcpy(&c_argv, &(const char *const *){ argv }, sizeof(c_argv));
	memcpy(&c_env, &env, sizeof(c_env));
	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&at);
	for (int i = 0; i < 3; i++) {
		one_end(p, i, &ours[i], &theirs[i]);
		if (theirs[i] >= 0)
			posix_spawn_file_actions_adddup2(&fa, theirs[i], i);
		else
			posix_spawn_file_actions_addclose(&fa, i);
	}
	if (p->cwd)
		posix_spawn_file_actions_addchdir_np(&fa, p->cwd);
	posix_spawnattr_setpgroup(&at, 0);
	posix_spawnattr_setflags(&at, p->no_terminal  ? POSIX_SPAWN_SETSID
				      : p->same_group ? 0
						      : POSIX_SPAWN_SETPGROUP);
	*ret = (struct peer){ .c = { .in = ours[0], .out = ours[1], .err = ours[2] } };
	buf_init(&ret->out, (size_t)256 * 1024 * 1024);
	buf_init(&ret->err, 16u * 1024 * 1024);
	failed = posix_spawn(&ret->c.pid, p->program, &fa, &at, c_argv, c_env);
	ret->c.pidfd = failed ? -1 : (int)syscall(SYS_pidfd_open, ret->c.pid, 0);
	for (int i = 0; i < 3; i++)
		fd_close(theirs[i]);
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&at);
	arena_free(a);
	if (failed) {
		printf("Bail out! %s: %s\n", p->program, strerror(failed));
		exit(1);
	}
}

static inline void say(struct peer *p, const char *text)
{
	peer_send(p, text, strlen(text));
}

static inline void call_tool(struct peer *p, int id, const char *params)
{
	char line[1200];

	snprintf(
		line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":%s}\n",
		id, params);
	say(p, line);
}

/* The next line fits within ms, anything before it is dropped. */
static inline bool expect(struct peer *p, const char *part, int64_t ms)
{
	struct arena *a = arena_new();
	int64_t deadline = clock_mono() + ms;
	const char *line;
	bool found = false;

	while (!found && (line = peer_line(p, a, deadline)))
		found = strstr(line, part) != NULL;
	arena_free(a);
	return found;
}

/* Lines with part among those that came, at the end of the process. */
static inline int count_lines(const struct peer *p, const char *part)
{
	const char *at = p->out.data, *end = at ? at + p->out.len : at;
	size_t n = strlen(part);
	int found = 0;

	while (at && at < end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		size_t len = nl ? (size_t)(nl - at) : (size_t)(end - at);

		found += memmem(at, len, part, n) != NULL;
		at += len + 1;
	}
	return found;
}

/* Resident KiB of the process at its highest, 0 when it has gone. */
static inline int64_t peak_kib(const struct peer *p)
{
	char path[64], line[200];
	int64_t kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)p->c.pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (str_starts(line, "VmHWM:"))
			kib = strtoll(line + strlen("VmHWM:"), NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

static inline void launch_ready(struct peer *ret, const struct plan *p)
{
	launch(ret, p);
	say(ret, INIT);
	if (!expect(ret, "\"protocolVersion\"", 20000))
		OK(false, "%s answers initialize: %s", p->program, buf_text(&ret->err));
}

/* Waits for the end and says whether it was a clean one within the bound. */
static inline void ends_well(struct peer *p, int64_t ms, const char *who,
			     const char *when)
{
	int64_t began = clock_mono(), took;
	int status = peer_wait(p, 20000);

	took = clock_mono() - began;
	if (!OK(status == 0 && took <= bound(ms), "%s: %s: exit 0 within %d ms (%d)", who,
		when, (int)ms, (int)took))
		printf("#   status %d\n#   stderr: %s\n", status, buf_text(&p->err));
}

#endif
