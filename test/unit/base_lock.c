/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the lock between processes. The program runs itself as the other process. */
#define _GNU_SOURCE /* pthread_sigmask with sigfillset, symlink */
#include "common/base/lock.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "common/base/child.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "test/scratch.h"
#include "test/tap.h"

#define PROCESSES 4
#define ROUNDS	  100

static const char *self;

static bool start(const char *what, const char *path, const char *path2,
		  struct child *ret)
{
	const char *const argv[] = { self, what, path, path2, NULL };
	const char *const envp[] = { NULL };
	struct child_spec spec = { .argv = argv, .envp = envp };
	struct err e = { 0 };

	return OK(child_start(&spec, ret, &e), "start %s %s", what, e.msg);
}

/* Child: takes the lock, says so, keeps it until its input ends. */
static int hold(const char *path)
{
	struct lock l;
	char c;

	if (!lock_open(&l, path, NULL) ||
	    !lock_take(&l, clock_mono() + 20000, NULL, NULL))
		return 1;
	if (write(STDOUT_FILENO, "!", 1) != 1)
		return 2;
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	lock_close(&l);
	return 0;
}

/* Child: reads, adds one, writes, under the lock; without it counts would be lost. */
static int count(const char *path, const char *counter)
{
	int fd = open(counter, O_RDWR | O_CLOEXEC);
	struct lock l;
	int64_t n = 0;

	if (!lock_open(&l, path, NULL))
		return 1;
	for (int i = 0; i < ROUNDS; i++) {
		if (!lock_take(&l, clock_mono() + 60000, NULL, NULL))
			return 2;
		if (pread(fd, &n, sizeof(n), 0) != sizeof(n))
			return 3;
		usleep(50);
		n++;
		if (pwrite(fd, &n, sizeof(n), 0) != sizeof(n))
			return 4;
		lock_drop(&l);
	}
	lock_close(&l);
	fd_close(fd);
	return 0;
}

static bool wait_held(struct child *c)
{
	struct pollfd p = { .fd = c->out, .events = POLLIN };

	return poll(&p, 1, 20000) == 1;
}

static int threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void test_open(void)
{
	struct err e = { 0 };
	struct lock l = { 0 };
	struct stat st;

	lock_close(&l);
	OK(fcntl(STDIN_FILENO, F_GETFD) >= 0,
	   "closing what was never opened closes nothing");
	OK(lock_open(&l, scratch_path("a.lock"), &e), "open: %s", e.msg);
	stat(scratch_path("a.lock"), &st);
	IS_INT(st.st_mode & 07777, 0600, "mode");
	OK(fcntl(l.fd, F_GETFD) & FD_CLOEXEC, "close-on-exec");
	lock_close(&l);
	OK(access(scratch_path("a.lock"), F_OK) == 0, "the file stays");
	OK(symlink("a.lock", scratch_path("s.lock")) == 0 &&
		   !lock_open(&l, scratch_path("s.lock"), &e) &&
		   strstr(e.msg, "symbolic link"),
	   "a symbolic link is refused");
	OK(link(scratch_path("a.lock"), scratch_path("h.lock")) == 0 &&
		   !lock_open(&l, scratch_path("h.lock"), &e) &&
		   strstr(e.msg, "hard link"),
	   "a hard link is refused");
	unlink(scratch_path("h.lock"));
	OK(!lock_open(&l, scratch_dir, &e), "a directory is refused");
	mkfifo(scratch_path("f.lock"), 0600);
	OK(!lock_open(&l, scratch_path("f.lock"), &e) && e.code == ERR_CONFIG,
	   "a named pipe is refused");
	OK(!lock_open(&l, scratch_path("no/a.lock"), &e) && e.code == ERR_CANT_CREATE,
	   "no such directory");
}

static void test_one_process(void)
{
	struct lock a, b;
	struct err e = { 0 };
	struct stat ours, named;
	int before = threads();
	int64_t begin;

	if (!lock_open(&a, scratch_path("a.lock"), &e) ||
	    !lock_open(&b, scratch_path("a.lock"), &e))
		abort();
	OK(lock_take(&a, 0, NULL, &e) && a.held, "taken");
	lock_drop(&a);
	OK(lock_take(&b, 1, NULL, &e),
	   "a free lock is taken even when the deadline is over");
	IS_INT(threads(), before, "no thread is started for a free lock");
	begin = clock_mono();
	OK(!lock_take(&a, begin + 150, NULL, &e) && e.code == ERR_TIMEOUT && !a.held,
	   "connections of one process exclude each other");
	OK(clock_mono() - begin >= 150 && clock_mono() - begin < 5000,
	   "until the deadline");
	OK(strstr(e.msg, "another request of this process") != NULL, "message: %s",
	   e.msg);
	OK(!lock_take(&a, 1, NULL, &e) && e.code == ERR_TIMEOUT,
	   "no wait when it is over");
	lock_drop(&b);
	unlink(scratch_path("a.lock"));
	OK(lock_take(&a, clock_mono() + 1000, NULL, &e),
	   "file removed: taken on a new one");
	OK(fstat(a.fd, &ours) == 0 && stat(a.path, &named) == 0 &&
		   ours.st_ino == named.st_ino,
	   "which is the one others open");
	OK(!lock_take(&b, clock_mono() + 50, NULL, &e),
	   "the other one finds it taken there");
	lock_close(&a);
	lock_close(&b);
}

static void *set_after(void *arg)
{
	atomic_bool *stop = arg;

	usleep(100000);
	atomic_store(stop, true);
	return NULL;
}

static void test_wait(void)
{
	struct child c;
	struct lock l;
	struct err e = { 0 };
	atomic_bool stop = false;
	sigset_t all, before;
	pthread_t thread;
	char pid[30];
	int64_t begin;

	if (!start("hold", scratch_path("w.lock"), NULL, &c))
		return;
	OK(wait_held(&c), "another process holds it");
	OK(lock_open(&l, scratch_path("w.lock"), &e), "open");
	/* as the workers of the pool do */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	begin = clock_mono();
	OK(!lock_take(&l, begin + 200, &stop, &e) && e.code == ERR_TIMEOUT, "deadline");
	OK(clock_mono() - begin >= 200 && clock_mono() - begin < 5000, "in time");
	snprintf(pid, sizeof(pid), "process %d (", (int)c.pid);
	OK(strstr(e.msg, pid) != NULL, "the holder is named: %s", e.msg);
	pthread_create(&thread, NULL, set_after, &stop);
	begin = clock_mono();
	OK(!lock_take(&l, 0, &stop, &e) && e.code == ERR_CANCELLED,
	   "stop ends an endless wait");
	OK(clock_mono() - begin < 5000, "soon");
	pthread_join(thread, NULL);
	OK(!lock_take(&l, 0, &stop, &e) && e.code == ERR_CANCELLED,
	   "or does not begin it");
	kill(c.pid, SIGKILL);
	OK(lock_take(&l, clock_mono() + 20000, NULL, &e), "a dead process frees it");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	child_stop(&c, 100);
	lock_close(&l);
}

static void test_exclusion(void)
{
	struct child c[PROCESSES];
	int64_t n = 0;
	int fd = open(scratch_path("counter"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool good = write(fd, &n, sizeof(n)) == sizeof(n);

	for (int i = 0; i < PROCESSES && good; i++)
		good = start("count", scratch_path("c.lock"), scratch_path("counter"),
			     &c[i]);
	for (int i = 0; i < PROCESSES && good; i++) {
		child_stop(&c[i], 60000);
		good = WIFEXITED(c[i].status) && WEXITSTATUS(c[i].status) == 0;
	}
	OK(good, "all processes counted");
	OK(pread(fd, &n, sizeof(n), 0) == sizeof(n), "counter");
	IS_INT(n, PROCESSES * ROUNDS, "no count is lost");
	fd_close(fd);
}

int main(int argc, char **argv)
{
	self = argv[0];
	if (argc > 2 && str_eq(argv[1], "hold"))
		return hold(argv[2]);
	if (argc > 3 && str_eq(argv[1], "count"))
		return count(argv[2], argv[3]);
	scratch_make();
	test_open();
	test_one_process();
	test_wait();
	test_exclusion();
	scratch_clean();
	return tap_done();
}
