/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of child programs, well-behaved and hostile. */
#define _GNU_SOURCE /* usleep, dup3 */
#include "common/base/child.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "test/scratch.h"
#include "test/tap.h"

#define PATH "PATH=/usr/local/bin:/usr/bin:/bin"

static const char *const plain_env[] = { PATH, NULL };
static struct buf output;

/* Starts sh -c script; false (and a failed test) when that does not work. */
static bool start_sh(const char *script, struct child_spec spec, struct child *ret)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct err e = { 0 };

	spec.argv = argv;
	if (!spec.envp)
		spec.envp = plain_env;
	if (child_start(&spec, ret, &e))
		return true;
	return OK(false, "start of sh: %s", e.msg);
}

/* Reads until end of file or, with line, until a newline came. */
static const char *read_out(struct child *c, bool line)
{
	int64_t deadline = clock_mono() + 20000;
	char piece[4096];

	buf_reset(&output);
	while (clock_left(deadline) > 0) {
		struct pollfd p = { .fd = c->out, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, (int)clock_left(deadline)) <= 0)
			break;
		n = read(c->out, piece, sizeof(piece));
		if (n <= 0)
			break;
		buf_add(&output, piece, (size_t)n);
		if (line && strchr(buf_text(&output), '\n'))
			break;
	}
	return buf_text(&output);
}

static void wait_end(struct child *c)
{
	struct pollfd p = { .fd = c->pidfd, .events = POLLIN };

	OK(poll(&p, 1, 20000) == 1, "the pidfd tells the end");
	OK(child_reap(c), "reaped");
}

/* Runs a script to its end: output in `output`, status as text. */
static const char *run(const char *script, struct child_spec spec)
{
	static char status[60];
	struct child c;

	if (!start_sh(script, spec, &c))
		return "";
	read_out(&c, false);
	child_stop(&c, 10000);
	return child_status_text(&c, status, sizeof(status));
}

static int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void test_talk(void)
{
	struct child_spec spec = { 0 };
	struct child c;
	char status[60];
	bool blocking;

	if (!start_sh("cat", spec, &c))
		return;
	IS_STR(child_status_text(&c, status, sizeof(status)), "running", "running");
	OK(!child_reap(&c), "not to be reaped yet");
	blocking = !(fcntl(c.in, F_GETFL) & fcntl(c.out, F_GETFL) &
		     fcntl(c.err, F_GETFL) & O_NONBLOCK);
	OK(!blocking, "our ends do not block");
	OK(fcntl(c.in, F_GETFD) & fcntl(c.out, F_GETFD) & fcntl(c.err, F_GETFD) &
		   fcntl(c.pidfd, F_GETFD) & FD_CLOEXEC,
	   "and are not inherited");
	OK(write(c.in, "ping\n", 5) == 5, "written");
	IS_STR(read_out(&c, true), "ping\n", "answered");
	OK(child_rss_kib(&c) > 50, "memory is known");
	OK(child_cpu_ms(&c) >= 0, "CPU time is known");
	OK(getpgid(c.pid) == c.pid && getpgid(0) != c.pid, "a process group of its own");
	child_stop(&c, 10000);
	IS_STR(child_status_text(&c, status, sizeof(status)), "exit status 0",
	       "ends at EOF");
	OK(c.pid == 0 && c.reaped && c.in == -1 && c.out == -1 && c.err == -1 &&
		   c.pidfd == -1,
	   "nothing is left");
	IS_INT(child_rss_kib(&c), 0, "no memory");
	child_signal(&c, SIGKILL);
	child_stop(&c, 10);
	OK(child_reap(&c), "all calls are harmless now");
}

static void test_surroundings(void)
{
	const char *const env[] = { "A=1", PATH, "B=", NULL };
	struct child_spec spec = { .envp = env };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t term, before;

	run("env -u PWD -u OLDPWD -u SHLVL -u _ | sort", spec);
	IS_STR(buf_text(&output), "A=1\nB=\n" PATH "\n",
	       "the environment is the one given");
	spec = (struct child_spec){ .cwd = "/usr" };
	run("pwd", spec);
	IS_STR(buf_text(&output), "/usr\n", "working directory");
	spec.cwd = NULL;
	dup2(STDERR_FILENO, 77);
	run("cd /proc/self/fd && echo *", spec);
	close(77);
	OK(str_starts(buf_text(&output), "0 1 2") && !strstr(buf_text(&output), "77") &&
		   strlen(buf_text(&output)) <= strlen("0 1 2 3\n"),
	   "descriptors: %.20s", buf_text(&output));
	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	IS_STR(run("kill -PIPE $$; echo here", spec), "killed by signal 13 (SIGPIPE)",
	       "SIGPIPE is back to default");
	IS_STR(run("kill -TERM $$; echo here", spec), "killed by signal 15 (SIGTERM)",
	       "no signal is blocked");
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void refused(const char *name, const char *cwd, const char *path, const char *want)
{
	const char *const argv[] = { name, NULL }, *const envp[] = { path, NULL };
	struct child_spec spec = { .argv = argv, .envp = envp, .cwd = cwd };
	struct child c = { .pid = 77 };
	struct err e = { 0 };
	int before = open_files();

	OK(!child_start(&spec, &c, &e) && e.code == ERR_UNAVAILABLE &&
		   strstr(e.msg, want),
	   "'%s': %s", name ? name : "NULL", e.msg);
	OK(c.pid == 77 && open_files() == before, "leaves nothing behind");
}

static void test_refused(void)
{
	char path[400];
	int fd;

	fd = open(scratch_path("script"), O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
	OK(write(fd, "#!/no/such/shell\n", 17) == 17, "script");
	fd_close(fd);
	fd = open(scratch_path("data"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	fd_close(fd);
	refused("no-such-program", NULL, PATH, "no such program");
	refused("", NULL, PATH, "empty");
	refused(NULL, NULL, PATH, "empty");
	refused("/no/such/program", NULL, PATH, "No such file");
	refused(scratch_dir, NULL, PATH, "ermission denied");
	refused(scratch_path("data"), NULL, PATH, "ermission denied");
	refused(scratch_path("script"), NULL, PATH, "interpreter");
	refused("sh", "/no/such/dir", PATH, "working directory /no/such/dir");
	snprintf(path, sizeof(path), "PATH=%s", scratch_dir);
	refused("data", NULL, path, "ermission denied");
	if (chdir("/bin") == 0) {
		refused("sh", NULL, "PATH=", "no such program");
		refused("sh", NULL, "PATH=:.:", "no such program");
		OK(chdir("/") == 0, "away again");
	}
}

static void test_stop(void)
{
	struct child_spec spec = { 0 };
	struct child c;
	int64_t begin;
	char status[60];

	if (start_sh("trap '' TERM; echo ready; while :; do sleep 1; done", spec, &c)) {
		read_out(&c, true);
		begin = clock_mono();
		child_stop(&c, 100);
		IS_STR(child_status_text(&c, status, sizeof(status)),
		       "killed by signal 9 (SIGKILL)", "one that ignores TERM");
		OK(clock_mono() - begin >= 200 && clock_mono() - begin < 8000,
		   "in its time");
	}
	if (start_sh("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done", spec,
		     &c)) {
		read_out(&c, true);
		child_stop(&c, 3000);
		IS_STR(child_status_text(&c, status, sizeof(status)), "exit status 7",
		       "one that tidies up at TERM");
	}
	if (start_sh("echo ready; kill -STOP $$; sleep 1000", spec, &c)) {
		read_out(&c, true);
		child_stop(&c, 300);
		IS_STR(child_status_text(&c, status, sizeof(status)),
		       "killed by signal 15 (SIGTERM)", "one that is stopped");
	}
	if (start_sh("cat >/dev/null; head -c 1000000 /dev/zero >&2; exit 3", spec, &c)) {
		child_stop(&c, 10000);
		IS_STR(child_status_text(&c, status, sizeof(status)), "exit status 3",
		       "a full stderr does not keep it from ending");
	}
	if (start_sh("while :; do echo noise; echo noise >&2; done", spec, &c)) {
		begin = clock_mono();
		child_stop(&c, 100);
		OK(c.reaped && clock_mono() - begin < 8000,
		   "one that floods both streams");
	}
}

/* Gone, or dead and waiting for whoever adopted it. */
static bool is_dead(pid_t pid)
{
	char path[40];
	struct buf b;
	bool dead;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	buf_init(&b, 4096);
	dead = !fd_read_file(path, &b, NULL) || strstr(buf_text(&b), ") Z") ||
	       strstr(buf_text(&b), ") X");
	buf_release(&b);
	return dead;
}

static bool dies(pid_t pid)
{
	for (int i = 0; i < 500 && !is_dead(pid); i++)
		usleep(10000);
	return is_dead(pid);
}

static void test_forks(void)
{
	struct child_spec spec = { 0 };
	struct child c;
	int64_t pid = 0;
	char *end;

	if (!start_sh("sleep 1000 & echo $!", spec, &c))
		return;
	read_out(&c, true);
	if ((end = strchr(output.data, '\n')))
		*end = '\0';
	OK(str_to_i64(output.data, &pid) && pid > 1 && !is_dead((pid_t)pid),
	   "a grandchild runs");
	wait_end(&c);
	OK(dies((pid_t)pid), "it dies when its parent is reaped");
	child_stop(&c, 0);

	if (!start_sh(
		    "trap '' TERM; sh -c 'trap \"\" TERM; echo $$; sleep 1000; sleep 1000'; :",
		    spec, &c))
		return;
	read_out(&c, true);
	if ((end = strchr(output.data, '\n')))
		*end = '\0';
	OK(str_to_i64(output.data, &pid) && pid > 1 && pid != c.pid,
	   "another grandchild");
	child_stop(&c, 50);
	OK(dies((pid_t)pid), "the whole group is killed");
}

static void test_limits(void)
{
	struct child_spec spec = { .max_files = 17, .max_file_size = 1024 };
	struct child c;

	if (!start_sh("read x; ulimit -n", spec, &c))
		return;
	OK(write(c.in, "\n", 1) == 1, "go");
	IS_STR(read_out(&c, false), "17\n", "number of files");
	child_stop(&c, 1000);
	spec = (struct child_spec){ .max_cpu_s = 1 };
	IS_STR(run("while :; do :; done", spec), "killed by signal 24 (SIGXCPU)",
	       "CPU time");
	spec = (struct child_spec){ .max_memory = 64 * 1024 * 1024 };
	if (!start_sh("read x; ulimit -v", spec, &c))
		return;
	OK(write(c.in, "\n", 1) == 1, "go");
	IS_STR(read_out(&c, false), "65536\n", "memory");
	child_stop(&c, 1000);
}

static void test_confined(void)
{
	struct child_spec spec = { .confined = true,
				   .no_privileges = true,
				   .max_processes = 5000,
				   .max_data = INT64_C(64) << 30 };
	char want[64];
	struct child c;

	if (!start_sh("read x; cut -d' ' -f6 /proc/$$/stat; grep NoNewPrivs "
		      "/proc/$$/status; ulimit -c; ulimit -p; ulimit -d",
		      spec, &c))
		return;
	snprintf(want, sizeof(want), "%d\nNoNewPrivs:\t1\n0\n5000\n67108864\n",
		 (int)c.pid);
	OK(write(c.in, "\n", 1) == 1, "told to go on");
	IS_STR(read_out(&c, false), want,
	       "own session, no new privileges, no core file, limits from the first step");
	child_stop(&c, 1000);
}

/* One that ignores the end of its input ends with the thread that started it. */
static void *start_and_leave(void *arg)
{
	struct child_spec spec = { .confined = true };

	start_sh("trap '' TERM; sleep 60", spec, arg);
	return NULL;
}

static void test_death_of_parent(void)
{
	struct child c = { 0 };
	pthread_t t;

	pthread_create(&t, NULL, start_and_leave, &c);
	pthread_join(t, NULL);
	wait_end(&c);
	child_stop(&c, 0);
	OK(WIFSIGNALED(c.status) && WTERMSIG(c.status) == SIGKILL,
	   "a child does not outlive the thread that started it");
}

int main(void)
{
	int before;

	buf_init(&output, 1000000);
	scratch_make();
	before = open_files();
	test_talk();
	test_surroundings();
	test_refused();
	test_stop();
	test_forks();
	test_limits();
	test_confined();
	test_death_of_parent();
	IS_INT(open_files(), before, "no descriptor is lost");
	OK(waitpid(-1, NULL, WNOHANG) == -1, "no child is left");
	scratch_clean();
	buf_release(&output);
	return tap_done();
}
