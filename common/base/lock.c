/* SPDX-License-Identifier: Apache-2.0 */
/* A lock between processes by flock. Waiters queue in the kernel, so nobody starves; the
 * kernel frees the lock when its holder dies in any way. */
#define _GNU_SOURCE /* flock, real-time signals */
#include "common/base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "common/base/mem.h"
#include "common/base/str.h"

#define NUDGE_MS     20
#define NUDGE_SIGNAL (SIGRTMIN + 3)
#define REOPEN_MAX   100

struct waiter {
	struct waiter *next;
	pthread_t thread;
	int64_t deadline;
	const atomic_bool *stop;
};

/* One thread for the whole process ends waits in flock: it sends the waiting thread a
 * signal again and again until that has left, so that none is lost between check and
 * call. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct waiter *waiters;
	bool running;
} watcher = { .lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER };

static bool must_end(int64_t deadline, const atomic_bool *stop)
{
	return clock_left(deadline) == 0 || (stop && atomic_load(stop));
}

static void *watch(void *arg UNUSED)
{
	const struct timespec pause = { .tv_nsec = NUDGE_MS * 1000000 };

	for (;;) {
		pthread_mutex_lock(&watcher.lock);
		while (!watcher.waiters)
			pthread_cond_wait(&watcher.work, &watcher.lock);
		for (struct waiter *w = watcher.waiters; w; w = w->next)
			if (must_end(w->deadline, w->stop))
				pthread_kill(w->thread, NUDGE_SIGNAL);
		pthread_mutex_unlock(&watcher.lock);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return NULL;
}

static void nothing(int sig UNUSED)
{
}

/* Called with watcher.lock held. */
static bool start_watcher(void)
{
	struct sigaction nudge = {
		.sa_handler = nothing
	}; /* no SA_RESTART: it must interrupt */
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;

	if (watcher.running)
		return true;
	sigaction(NUDGE_SIGNAL, &nudge, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	watcher.running = pthread_create(&thread, &attr, watch, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return watcher.running;
}

static bool enter(struct waiter *w)
{
	bool ok;

	pthread_mutex_lock(&watcher.lock);
	ok = start_watcher();
	if (ok) {
		w->next = watcher.waiters;
		watcher.waiters = w;
		pthread_cond_signal(&watcher.work);
	}
	pthread_mutex_unlock(&watcher.lock);
	return ok;
}

static void leave(struct waiter *w)
{
	struct waiter **at = &watcher.waiters;

	pthread_mutex_lock(&watcher.lock);
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	pthread_mutex_unlock(&watcher.lock);
}

/* 0, EINTR at deadline or stop, else the error of flock. */
static int wait_for(int fd, int64_t deadline, const atomic_bool *stop)
{
	struct waiter w = { NULL, pthread_self(), deadline, stop };
	const struct timespec pause = { .tv_nsec = NUDGE_MS * 1000000 };
	bool watched = enter(&w);
	sigset_t nudge, before;
	int result;

	sigemptyset(&nudge);
	sigaddset(&nudge, NUDGE_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &nudge, &before);
	do {
		/* without a watcher (no thread to be had) trying now and then must do */
		result =
			flock(fd, watched ? LOCK_EX : LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
		if (result == EWOULDBLOCK) {
			clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
			result = EINTR;
		}
	} while (result == EINTR && !must_end(deadline, stop));
	if (watched)
		leave(&w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

/* The decimal number at *s, moved behind it; blanks before it are skipped. */
static uint64_t number_at(const char **s)
{
	uint64_t n = 0;

	while (**s == ' ')
		(*s)++;
	for (; **s >= '0' && **s <= '9'; (*s)++)
		n = n * 10 + (uint64_t)(**s - '0');
	return n;
}

/* Pid of the process that holds a flock on this inode, 0 when unknown. A line of
 * /proc/locks: "1: FLOCK  ADVISORY  WRITE 4711 fe:01:393235 0 EOF"; waiters have "->"
 * behind the colon. */
static pid_t holder_of(ino_t inode)
{
	struct buf text CLEANUP(buf_release) = { 0 };
	const char *line, *end, *at;

	buf_init(&text, 256 * 1024);
	if (!fd_read_file("/proc/locks", &text, NULL) && text.len == 0)
		return 0;
	for (line = buf_text(&text); *line; line = *end ? end + 1 : end) {
		pid_t pid;

		end = line + strcspn(line, "\n");
		at = strstr(line, "FLOCK ");
		if (!at || at > end || !(at = strstr(at, "WRITE ")) || at > end)
			continue;
		at += strlen("WRITE ");
		if (strstr(line, "->") && strstr(line, "->") < at)
			continue;
		pid = (pid_t)number_at(&at);
		for (int colons = 0; colons < 2 && at < end; at++)
			colons += *at == ':';
		if (number_at(&at) == inode)
			return pid;
	}
	return 0;
}

static bool timed_out(const struct lock *l, struct err *e)
{
	struct buf name CLEANUP(buf_release) = { 0 };
	char path[64];
	struct stat st;
	pid_t pid = e && fstat(l->fd, &st) == 0 ? holder_of(st.st_ino) : 0;

	if (pid <= 0)
		return err_set(e, ERR_TIMEOUT, "the lock %s was not free in time",
			       l->path);
	if (pid == getpid())
		return err_set(
			e, ERR_TIMEOUT,
			"the lock %s was not free in time: another request of this process "
			"holds it",
			l->path);
	buf_init(&name, 64);
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd_read_file(path, &name, NULL);
	if (name.len > 0)
		buf_cut(&name, name.len - 1);
	return err_set(
		e, ERR_TIMEOUT,
		"the lock %s was not free in time: process %d (%s) holds it\n"
		"hint: try again; if that process is stopped, let it go on or end it",
		l->path, (int)pid, buf_text(&name));
}

static int open_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	const char *wrong = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_set(e, ERR_CANT_CREATE, "cannot open the lock file %s: %s", path,
			errno == ELOOP ? "it is a symbolic link" : strerror(errno));
		fd_close(fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode))
		wrong = "it is not a regular file";
	else if (st.st_uid != geteuid())
		wrong = "it belongs to another user";
	else if (st.st_nlink > 1)
		wrong = "it has more than one name (hard link)";
	else if ((st.st_mode & 077) && fchmod(fd, 0600) < 0)
		wrong = "others may open it";
	if (!wrong)
		return fd;
	err_set(e, ERR_CONFIG, "the lock file %s is refused: %s", path, wrong);
	fd_close(fd);
	return -1;
}

bool lock_open(struct lock *l, const char *path, struct err *e)
{
	int fd = open_file(path, e);

	if (fd < 0)
		return false;
	*l = (struct lock){ .fd = fd, .path = mem_strdup(path) };
	return true;
}

/* Whether the file that is locked is still the one that others would open. */
static bool is_current(const struct lock *l)
{
	struct stat ours, named;

	return fstat(l->fd, &ours) == 0 && stat(l->path, &named) == 0 &&
	       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

static bool take_once(struct lock *l, int64_t deadline, const atomic_bool *stop,
		      struct err *e)
{
	int result = flock(l->fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;

	if (result == EWOULDBLOCK && !must_end(deadline, stop))
		result = wait_for(l->fd, deadline, stop);
	if (result == 0)
		return true;
	if (stop && atomic_load(stop))
		return err_set(e, ERR_CANCELLED, "the request was cancelled");
	if (result == EWOULDBLOCK || result == EINTR)
		return timed_out(l, e);
	return err_set(e, ERR_IO, "cannot lock %s: %s", l->path, strerror(result));
}

bool lock_take(struct lock *l, int64_t deadline, const atomic_bool *stop, struct err *e)
{
	for (int i = 0; i < REOPEN_MAX; i++) {
		int fd;

		if (!take_once(l, deadline, stop, e))
			return false;
		if (is_current(l)) {
			l->held = true;
			return true;
		}
		fd = open_file(l->path, e);
		if (fd < 0) {
			flock(l->fd, LOCK_UN);
			return false;
		}
		fd_close(l->fd);
		l->fd = fd;
	}
	return err_set(e, ERR_IO, "the lock file %s is replaced again and again",
		       l->path);
}

void lock_drop(struct lock *l)
{
	if (l->held)
		flock(l->fd, LOCK_UN);
	l->held = false;
}

void lock_close(struct lock *l)
{
	if (!l->path) /* never opened */
		return;
	lock_drop(l);
	fd_close(l->fd);
	mem_free(l->path);
	*l = (struct lock){ .fd = -1 };
}
