/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of a report relative to the root of the repository. */
#define _GNU_SOURCE /* realpath */
#include "compliance-server/report_place.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/str.h"

static const char *resolved(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL);
	const char *out = real ? arena_strdup(a, real) : NULL;

	free(real);
	return out;
}

const char *report_root(struct arena *a, const char *given)
{
	const char *here = resolved(a, given ? given : "."), *slash;
	char *dir;

	if (!here)
		return "";
	if (given)
		return str_eq(here, "/") ? "" : here;
	dir = arena_strdup(a, here);
	for (;;) {
		if (access(arena_printf(a, "%s/.git", dir), F_OK) == 0)
			return dir;
		slash = strrchr(dir, '/');
		if (!slash || slash == dir)
			return here;
		dir[slash - dir] = '\0';
	}
}

/* "a/./b//../c" -> "a/c": for files that are not there, which cannot be resolved. */
static const char *tidy(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, strlen(path) + 2);
	size_t n = 0;

	while (*path) {
		size_t m = strcspn(path, "/");

		if (m == 2 && strncmp(path, "..", 2) == 0) {
			while (n > 0 && out[--n] != '/')
				;
		} else if (m > 0 && !(m == 1 && path[0] == '.')) {
			out[n++] = '/';
			memcpy(out + n, path, m);
			n += m;
		}
		path += m + (path[m] == '/');
	}
	out[n] = '\0';
	return out;
}

static const char *absolute(struct arena *a, const struct config_file *f)
{
	const char *here;

	if (f->real[0] == '/')
		return tidy(a, f->real);
	here = resolved(a, ".");
	return tidy(a, arena_printf(a, "%s/%s", here ? here : "", f->real));
}

const char *report_uri(struct arena *a, const char *root, const struct config_file *f)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";
	const char *path = absolute(a, f);
	size_t n = strlen(root);
	struct buf b CLEANUP(buf_release) = { .max = 0 };

	if (strncmp(path, root, n) != 0 || path[n] != '/' || path[n + 1] == '\0')
		return NULL;
	buf_init(&b, 4 * PATH_MAX);
	for (const char *p = path + n + 1; *p; p++) {
		if (strchr(plain, *p))
			buf_addc(&b, *p);
		else
			buf_addf(&b, "%%%02X", (unsigned)(unsigned char)*p);
	}
	return arena_strdup(a, buf_text(&b));
}
