/* SPDX-License-Identifier: Apache-2.0 */
/* From fork to exec. Limits and signals of the parent's end can only be set in between,
 * which posix_spawn has no way for; the child does nothing there that another thread of
 * the parent could have locked. */
#define _GNU_SOURCE /* pipe2, prlimit resources */
#include "common/base/child_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fd.h"

#define CLOEXEC_RANGE (1u << 2) /* CLOSE_RANGE_CLOEXEC */
#define FDS_WITHOUT   1024	/* closed one by one where the kernel has no ranges */
#define SIGNALS	      65

struct launch {
	const struct child_spec *spec;
	const char *file;
	const int *theirs;
	char *const *argv, *const *envp;
	pid_t parent;
};

static bool limit(int what, int64_t value)
{
	struct rlimit r;

	if (value <= 0)
		return true;
	if (getrlimit((__rlimit_resource_t)what, &r) < 0)
		return false;
	r.rlim_cur = MIN((rlim_t)value, r.rlim_max);
	/* the soft limit of CPU time only asks; a second later the hard one kills */
	r.rlim_max = MIN((rlim_t)value + (what == RLIMIT_CPU), r.rlim_max);
	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

static bool set_limits(const struct child_spec *s)
{
	const struct rlimit none = { 0, 0 };

	if (s->confined && setrlimit(RLIMIT_CORE, &none) < 0)
		return false;
	return limit(RLIMIT_AS, s->max_memory) && limit(RLIMIT_DATA, s->max_data) &&
	       limit(RLIMIT_CPU, s->max_cpu_s) && limit(RLIMIT_NOFILE, s->max_files) &&
	       limit(RLIMIT_FSIZE, s->max_file_size) &&
	       limit(RLIMIT_NPROC, s->max_processes);
}

static bool set_group(const struct launch *l)
{
	if (!l->spec->confined)
		return setpgid(0, 0) == 0;
	if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return false;
	/* it may have ended before it could be tied to us */
	if (getppid() != l->parent)
		_exit(127);
	return !l->spec->no_privileges || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* An ignored signal stays ignored over exec. */
static void reset_signals(void)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };

	for (int i = 1; i < SIGNALS; i++)
		sigaction(i, &plain, NULL);
}

static void close_others_on_exec(void)
{
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, CLOEXEC_RANGE) == 0)
		return;
	for (int fd = STDERR_FILENO + 1; fd < FDS_WITHOUT; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static NORETURN void run(const struct launch *l, int report)
{
	sigset_t none;
	int why;

	sigemptyset(&none);
	reset_signals();
	if (set_group(l) && dup2(l->theirs[0], STDIN_FILENO) >= 0 &&
	    dup2(l->theirs[1], STDOUT_FILENO) >= 0 &&
	    dup2(l->theirs[2], STDERR_FILENO) >= 0 &&
	    (!l->spec->cwd || chdir(l->spec->cwd) == 0)) {
		close_others_on_exec();
		if (set_limits(l->spec) && sigprocmask(SIG_SETMASK, &none, NULL) == 0)
			execve(l->file, l->argv, l->envp);
	}
	why = errno;
	if (write(report, &why, sizeof(why)) < 0)
		_exit(126);
	_exit(127);
}

/* Nothing comes when exec has worked: it closes the pipe. */
static int read_report(int fd)
{
	int why = 0;
	ssize_t n;

	do {
		n = read(fd, &why, sizeof(why));
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(why) ? why : 0;
}

int child_spawn(const struct child_spec *s, const char *file, const int theirs[3],
		pid_t *ret)
{
	struct launch l = {
		.spec = s, .file = file, .theirs = theirs, .parent = getpid()
	};
	sigset_t all, old;
	int fds[2], why;
	pid_t pid;

	/* the strings are not written to; the prototype is older than const */
	memcpy(&l.argv, &s->argv, sizeof(l.argv));
	memcpy(&l.envp, &s->envp, sizeof(l.envp));
	if (pipe2(fds, O_CLOEXEC) < 0)
		return errno;
	/* no handler of ours may run in the child */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0)
		run(&l, fds[1]);
	why = errno;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	fd_close(fds[1]);
	if (pid > 0)
		why = read_report(fds[0]);
	fd_close(fds[0]);
	if (pid > 0)
		*ret = pid;
	return why;
}
