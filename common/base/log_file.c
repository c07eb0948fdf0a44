/* SPDX-License-Identifier: Apache-2.0 */
/* The file of the log. Several processes append to it; only rotation needs a lock. */
#define _GNU_SOURCE /* fstat fields under strict C */
#include "common/base/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "common/base/lock.h"
#include "common/base/mem.h"

#define LOOK_MS	   1000
#define MS_PER_DAY INT64_C(86400000)

static const char *fault_of(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "it is not a regular file";
	if (st->st_uid != geteuid())
		return "it belongs to another user";
	if (st->st_nlink > 1)
		return "it has more than one name (hard link)";
	return NULL;
}

/* O_NONBLOCK, so that a named pipe in its place is refused and not waited for. */
static bool attach(struct log_file *f, struct err *e)
{
	int fd = open(f->path,
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
			      O_NONBLOCK | O_NOCTTY,
		      0600);
	const char *fault;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_set(e, ERR_CANT_CREATE, "cannot open the log file %s: %s", f->path,
			errno == ELOOP ? "it is a symbolic link" : strerror(errno));
		fd_close(fd);
		return false;
	}
	fault = fault_of(&st);
	if (fault) {
		fd_close(fd);
		return err_set(e, ERR_CONFIG, "the log file %s is refused: %s", f->path,
			       fault);
	}
	fd_close(f->fd);
	f->fd = fd;
	f->day = st.st_size > 0 ? (int64_t)st.st_mtim.tv_sec * 1000 / MS_PER_DAY : -1;
	f->cut = false;
	return true;
}

bool log_file_open(struct log_file *f, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');

	f->fd = -1;
	if (slash && slash != path) {
		char *dir CLEANUP(mem_free_ptr) =
			mem_strndup(path, (size_t)(slash - path));

		if (!fd_make_dirs(dir, 0700, e))
			return false;
	}
	f->path = mem_strdup(path);
	if (attach(f, e))
		return true;
	log_file_close(f);
	return false;
}

void log_file_close(struct log_file *f)
{
	if (!f->path)
		return;
	fd_close(f->fd);
	mem_free(f->path);
	*f = (struct log_file){ .fd = -1 };
}

/* Another process may have rotated, or a person may have moved the file away. */
static bool is_current(const struct log_file *f)
{
	struct stat ours, named;

	return f->fd >= 0 && fstat(f->fd, &ours) == 0 && lstat(f->path, &named) == 0 &&
	       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

/* path.<i>, or path itself for 0. */
static const char *numbered(const struct log_file *f, int64_t i, struct buf *ret)
{
	buf_reset(ret);
	buf_adds(ret, f->path);
	if (i > 0)
		buf_addf(ret, ".%lld", (long long)i);
	return buf_text(ret);
}

/* path.1 becomes path.2 and so on up to the first gap, path becomes path.1; the oldest
 * ones over the number to keep go. */
static void shift(const struct log_file *f)
{
	struct buf from CLEANUP(buf_release) = { 0 }, to CLEANUP(buf_release) = { 0 };
	int64_t last = 0;

	buf_init(&from, strlen(f->path) + 32);
	buf_init(&to, strlen(f->path) + 32);
	while (access(numbered(f, last, &from), F_OK) == 0)
		last++;
	for (; last > f->max_files; last--)
		unlink(numbered(f, last - 1, &from));
	for (; last > 0; last--)
		rename(numbered(f, last - 1, &from), numbered(f, last, &to));
}

/* A failure leaves the file as it is: a log that grows is better than none. Whoever finds
 * the lock taken goes on as before and sees the new file at the next look. */
static void rotate(struct log_file *f)
{
	struct buf name CLEANUP(buf_release) = { 0 };
	struct lock l = { .fd = -1 };

	buf_init(&name, strlen(f->path) + 16);
	buf_addf(&name, "%s.lock", f->path);
	if (!lock_open(&l, buf_text(&name), NULL))
		return;
	if (lock_take(&l, clock_mono(), NULL, NULL)) {
		if (is_current(f))
			shift(f);
		attach(f, NULL);
	}
	lock_close(&l);
}

static bool is_full(const struct log_file *f, size_t n, int64_t day)
{
	struct stat st;

	if (f->daily && f->day >= 0 && day > f->day)
		return true;
	return f->max_size > 0 && fstat(f->fd, &st) == 0 && st.st_size > 0 &&
	       st.st_size + (int64_t)n > f->max_size;
}

static bool drop(struct log_file *f)
{
	f->dropped++;
	return false;
}

bool log_file_write(struct log_file *f, const char *line, size_t n, int64_t now_ms)
{
	int64_t mono = clock_mono(), day = now_ms / MS_PER_DAY;
	ssize_t done;

	if (mono - f->looked >= LOOK_MS || f->looked == 0) {
		f->looked = mono;
		if (!is_current(f))
			attach(f, NULL);
	}
	if (f->fd < 0)
		return drop(f);
	if (is_full(f, n, day))
		rotate(f);
	f->day = day;
	if (f->cut && write(f->fd, "\n", 1) != 1)
		return drop(f);
	f->cut = false;
	done = write(f->fd, line, n);
	if (done == (ssize_t)n)
		return true;
	f->cut = done > 0;
	return drop(f);
}
