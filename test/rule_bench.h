/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of rules: a folder of its own, files made from templates, findings by name.
 */
#ifndef TEST_RULE_BENCH_H
#define TEST_RULE_BENCH_H

#include <dirent.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/fd.h"
#include "compliance-server/check.h"
#include "test/tap.h"

static inline bool bench_is_temporary(const char *path)
{
	return str_starts(path, "/tmp/") || str_starts(path, "/var/tmp/") ||
	       str_starts(path, "/dev/shm/");
}

/* A fresh folder outside the temporary ones, which would be findings themselves: below
 * the build folder, else at home, else where programs keep their data. */
static inline char *bench_folder(struct arena *a)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *b = getenv("B"), *home = getenv("HOME");
	char build[4096];
	const char *const places[] = { realpath(b && b[0] ? b : "build", build), home,
				       pw ? pw->pw_dir : NULL, "/var/lib" };

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char *path;

		if (!places[i] || bench_is_temporary(places[i]))
			continue;
		path = arena_printf(a, "%s/rules-XXXXXX", places[i]);
		if (mkdtemp(path))
			return path;
	}
	return NULL;
}

static inline int bench_remove(const char *path, const struct stat *st, int kind,
			       struct FTW *at)
{
	(void)st;
	(void)at;
	(void)kind;
	return remove(path);
}

static inline void bench_clean(const char *folder)
{
	nftw(folder, bench_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static inline bool bench_read(const char *path, struct buf *b)
{
	struct err e;

	buf_init(b, 16 * 1024 * 1024);
	return fd_read_file(path, b, &e);
}

static inline bool bench_write(struct arena *a, const char *path, const char *text,
			       size_t n, mode_t mode)
{
	char *dir = arena_strdup(a, path), *slash = strrchr(dir, '/');
	struct err e = { .code = ERR_NONE };

	if (slash)
		*slash = '\0';
	return fd_make_dirs(dir, 0700, &e) && fd_replace_file(path, text, n, mode, &e) &&
	       chmod(path, mode) == 0;
}

#endif
