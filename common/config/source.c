/* SPDX-License-Identifier: Apache-2.0 */
/* Where values come from: checked files and the environment block. */
#include "common/config/source.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>

#include "common/base/buf.h"
#include "common/base/fd.h"
#include "common/base/str.h"

static bool is_absent(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

static bool check_link(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISLNK(st.st_mode) || st.st_uid == geteuid())
		return true;
	return err_set(
		e, ERR_CONFIG,
		"%s is a symbolic link that belongs to another user, so it is not followed\n"
		"hint: name the file itself",
		path);
}

static bool read_all(int fd, const char *path, struct buf *b, struct err *e)
{
	char part[8192];
	ssize_t n;

	for (;;) {
		n = read(fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, ERR_CONFIG, "%s cannot be read: %s", path,
				       strerror(errno));
		if (n == 0)
			return true;
		buf_add(b, part, (size_t)n);
		if (b->overflow)
			return err_set(e, ERR_CONFIG, "%s is longer than %zu bytes", path,
				       b->max);
	}
}

bool source_read(struct arena *a, const char *path, size_t max, bool own_links,
		 struct source_file *ret, struct err *e)
{
	CLEANUP(fd_close_ptr) int fd = -1;
	CLEANUP(buf_release) struct buf b = { 0 };
	struct stat st;

	*ret = (struct source_file){ .path = arena_strdup(a, path) };
	if (own_links && !check_link(path, e))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && is_absent(errno))
		return true;
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_set(e, ERR_CONFIG, "%s cannot be opened: %s", path,
			       strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s is not a regular file", path);
	buf_init(&b, max);
	if (!read_all(fd, path, &b, e))
		return false;
	ret->text = arena_strndup(a, buf_text(&b), b.len);
	ret->n = b.len;
	ret->mode = st.st_mode & 0777;
	ret->owner = st.st_uid;
	return true;
}

bool source_is_open(const struct source_file *f)
{
	return (f->mode & (f->owner == 0 ? 027U : 077U)) != 0;
}

static char *value_in(char *entry, const char *name)
{
	size_t n = strlen(name);

	return strncmp(entry, name, n) == 0 && entry[n] == '=' ? entry + n + 1 : NULL;
}

const char *source_env(char *const *environ_, const char *name)
{
	for (size_t i = 0; environ_ && environ_[i]; i++) {
		const char *value = value_in(environ_[i], name);

		if (value)
			return value;
	}
	return NULL;
}

void source_env_wipe(char **environ_, const char *name)
{
	for (size_t i = 0; environ_ && environ_[i]; i++) {
		volatile char *value = value_in(environ_[i], name);

		while (value && *value)
			*value++ = '\0';
	}
}

const char *source_home(struct arena *a, char *const *environ_)
{
	const char *home = source_env(environ_, "HOME");
	struct passwd pw, *found = NULL;
	char *room;

	if (home && home[0] == '/')
		return arena_strdup(a, home);
	room = arena_alloc(a, 16384);
	if (getpwuid_r(geteuid(), &pw, room, 16384, &found) != 0 || !found ||
	    found->pw_dir[0] != '/')
		return NULL;
	return arena_strdup(a, found->pw_dir);
}
