/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors and files. */
#define _GNU_SOURCE /* pipe2, mkostemp, close_range */
#include "common/base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/mem.h"
#include "common/base/str.h"

#define PIPE_WAIT_MS 30000 /* how long a pipe given as a file may stay silent */

/* Set before there are threads; a signal handler needs them without an argument. */
static int wake_write = -1, wake_read = -1;

void fd_close(int fd)
{
	int saved = errno;

	/* after EINTR the descriptor is gone as well, so there is no second try */
	if (fd >= 0)
		close(fd);
	errno = saved;
}

void fd_close_ptr(int *fd)
{
	fd_close(*fd);
	*fd = -1;
}

static void close_one_by_one(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int64_t fd;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (str_to_i64(entry->d_name, &fd) && fd > STDERR_FILENO &&
		    fd != dirfd(dir))
			fd_close((int)fd);
	closedir(dir);
}

void fd_sanitize(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN },
			 normal = { .sa_handler = SIG_DFL };

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
			_exit(err_row(ERR_INTERNAL)->exit_status);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGCHLD, &normal,
		  NULL); /* ignored, it would reap our children unseen */
	if (close_range(STDERR_FILENO + 1, ~0U, 0) < 0)
		close_one_by_one();
}

int fd_guard_stdout(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (fd >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
		fd_close(fd);
		return -1;
	}
	return fd;
}

bool fd_wake_init(struct err *e)
{
	int fds[2];

	if (wake_write >= 0)
		return true;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_set(e, ERR_UNAVAILABLE, "cannot make a pipe: %s",
			       strerror(errno));
	wake_write = fds[1];
	wake_read = fds[0];
	return true;
}

int fd_wake_fd(void)
{
	return wake_read;
}

/* A full pipe wakes the poller just as well, so a failed write needs no care. */
void fd_wake(char why)
{
	int saved = errno;
	ssize_t ignored = write(wake_write, &why, 1);

	(void)ignored;
	errno = saved;
}

size_t fd_wake_drain(char *ret, size_t n)
{
	ssize_t got = read(wake_read, ret, n);

	return got > 0 ? (size_t)got : 0;
}

static bool read_more(int fd, const char *path, struct buf *b, bool *ret_end,
		      struct err *e)
{
	char chunk[16384];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	*ret_end = n == 0;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, PIPE_WAIT_MS) == 0)
			return err_set(e, ERR_NO_INPUT,
				       "%s: nothing to read for %d seconds", path,
				       PIPE_WAIT_MS / 1000);
		return true;
	}
	if (n < 0)
		return errno == EINTR ||
		       err_set(e, ERR_NO_INPUT, "%s: %s", path, strerror(errno));
	buf_add(b, chunk, (size_t)n);
	return true;
}

/* O_NONBLOCK, since opening a named pipe without a writer would wait for one. */
bool fd_read_file(const char *path, struct buf *b, struct err *e)
{
	int fd CLEANUP(fd_close_ptr) =
		open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool end = false;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, ERR_NO_INPUT, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return err_set(e, ERR_NO_INPUT, "%s: not a file", path);
	if (st.st_size > 0 && (uintmax_t)st.st_size > b->max - b->len)
		b->overflow = true;
	while (!end && !b->overflow)
		if (!read_more(fd, path, b, &end, e))
			return false;
	if (b->overflow)
		return err_set(e, ERR_LIMIT, "%s: longer than %zu bytes", path, b->max);
	return true;
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	return true;
}

/* The directory part of path, "." without one; from mem_alloc. */
static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_strdup(".");
	return mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool sync_parent(const char *path)
{
	char *dir CLEANUP(mem_free_ptr) = parent_of(path);
	int fd CLEANUP(fd_close_ptr) = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* some file systems cannot sync a directory and say EINVAL */
	return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
}

static bool put_over(const char *temp, const char *path)
{
	return rename(temp, path) == 0;
}

static bool put_once(const char *temp, const char *path)
{
	if (link(temp, path) < 0 && errno != EEXIST)
		return false;
	return unlink(temp) == 0;
}

struct content {
	const void *p;
	size_t n;
	mode_t mode;
};

static bool write_file(const char *path, const struct content *c,
		       bool (*put)(const char *temp, const char *path), struct err *e)
{
	struct buf temp CLEANUP(buf_release) = { 0 };
	int fd CLEANUP(fd_close_ptr) = -1;

	buf_init(&temp, strlen(path) + 16);
	buf_addf(&temp, "%s.XXXXXX", path);
	fd = mkostemp(temp.data, O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_CANT_CREATE, "%s: %s", path, strerror(errno));
	if (fchmod(fd, c->mode) < 0 || !write_all(fd, c->p, c->n) || fsync(fd) < 0 ||
	    !put(temp.data, path)) {
		err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
		unlink(temp.data);
		return false;
	}
	if (!sync_parent(path))
		return err_set(e, ERR_UNSURE,
			       "%s: written, but perhaps not yet on disk: %s", path,
			       strerror(errno));
	return true;
}

bool fd_replace_file(const char *path, const void *p, size_t n, mode_t mode,
		     struct err *e)
{
	return write_file(path, &(struct content){ p, n, mode }, put_over, e);
}

bool fd_create_file(const char *path, const void *p, size_t n, mode_t mode, struct err *e)
{
	return write_file(path, &(struct content){ p, n, mode }, put_once, e);
}

static bool make_dir(const char *path, mode_t mode, struct err *e)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return true;
	/* not only EEXIST: a read-only or foreign parent says something else first */
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return true;
		errno = ENOTDIR;
	}
	return err_set(e, ERR_CANT_CREATE, "cannot create directory %s: %s", path,
		       strerror(errno));
}

bool fd_make_dirs(const char *path, mode_t mode, struct err *e)
{
	char *copy CLEANUP(mem_free_ptr) = mem_strdup(path);

	for (char *p = copy; *p; p++) {
		bool made;

		if (*p != '/' || p == copy || p[-1] == '/')
			continue;
		*p = '\0';
		made = make_dir(copy, mode, e);
		*p = '/';
		if (!made)
			return false;
	}
	return make_dir(copy, mode, e);
}

static char *home_dir(struct arena *a)
{
	const char *home = getenv("HOME");
	struct passwd entry, *found = NULL;
	size_t n = 16384;

	if (home && home[0] == '/')
		return arena_strdup(a, home);
	if (getpwuid_r(geteuid(), &entry, arena_alloc(a, n), n, &found) != 0 || !found)
		return NULL;
	return found->pw_dir && found->pw_dir[0] == '/' ? found->pw_dir : NULL;
}

char *fd_xdg_dir(struct arena *a, enum xdg which, struct err *e)
{
	static const struct {
		const char *variable, *below_home;
	} places[] = {
		[XDG_CONFIG] = { "XDG_CONFIG_HOME", ".config" },
		[XDG_DATA] = { "XDG_DATA_HOME", ".local/share" },
		[XDG_STATE] = { "XDG_STATE_HOME", ".local/state" },
		[XDG_CACHE] = { "XDG_CACHE_HOME", ".cache" },
	};
	const char *set = getenv(places[which].variable), *home;

	if (set && set[0] == '/')
		return arena_printf(a, "%s/kilocode-mcp", set);
	home = home_dir(a);
	if (!home) {
		err_set(e, ERR_CONFIG, "there is no home directory\nhint: set HOME or %s",
			places[which].variable);
		return NULL;
	}
	return arena_printf(a, "%s/%s/kilocode-mcp", home, places[which].below_home);
}
