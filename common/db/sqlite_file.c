/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite driver's files, seen without SQLite: creation, checks, names of copies. */
#define _GNU_SOURCE /* O_NOFOLLOW, realpath */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "common/base/fd.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/db/driver.h"

#define BACKUPS 3

bool sqlite_file_remote(const char *path)
{
	static const unsigned remote[] = {
		0x6969,	    0x517b,	0xff534d42, 0xfe534d42,
		0x01021997, 0x65735546, 0x00c36400, 0x5346414f
	};
	struct statfs s;
	size_t i;

	if (statfs(path, &s))
		return false;
	for (i = 0; i < ARRAY_LEN(remote); i++)
		if ((unsigned)s.f_type == remote[i])
			return true;
	return false;
}

/* SQLite alone would let others read it. Never opens a file that exists: closing it
 * would drop the locks of this process' connections. */
static bool create_file(const char *path, struct err *e)
{
	char *dir = mem_strdup(path), *slash = strrchr(dir, '/');
	bool ok = true;
	int fd;

	if (slash && slash != dir) {
		*slash = '\0';
		ok = fd_make_dirs(dir, 0700, e);
	}
	mem_free(dir);
	if (!ok)
		return false;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		return err_set(e, ERR_UNAVAILABLE, "cannot create the database %s: %s",
			       path, strerror(errno));
	return true;
}

char *sqlite_file_find(const char *path, bool create, struct err *e)
{
	struct stat st;
	char *real;

	if (create && !create_file(path, e))
		return NULL;
	real = realpath(path, NULL);
	if (!real || stat(real, &st)) {
		err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_UNAVAILABLE,
			"cannot open the database %s: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_CONFIG, "the database %s is not a regular file", real);
	} else if (st.st_nlink > 1) {
		err_set(e, ERR_CONFIG,
			"the database %s has more than one hard link; two names would mean"
			" two locks",
			real);
	} else {
		return real;
	}
	free(real);
	return NULL;
}

char *sqlite_file_backup(const char *path, int i)
{
	size_t n = strlen(path) + 16;
	char *s = mem_alloc(n);

	snprintf(s, n, "%s.backup-%d", path, i);
	return s;
}

/* backup-1 is the newest; the oldest falls off. */
void sqlite_file_shift(const char *path)
{
	int i;

	for (i = BACKUPS - 1; i >= 1; i--) {
		char *from = sqlite_file_backup(path, i),
		     *to = sqlite_file_backup(path, i + 1);

		if (rename(from, to) && errno != ENOENT)
			log_event(LOG_DEBUG, "sqlite", "what=backup rename %s: %s", from,
				  strerror(errno));
		mem_free(from);
		mem_free(to);
	}
}
