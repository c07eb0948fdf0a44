/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of an npm package is on this machine: the project's own copy, else the
 * newest that npx keeps. No program is run. */

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/fd.h"
#include "common/base/str.h"
#include "compliance-server/fix_rules.h"

#define MANIFEST_MAX (256u * 1024)
#define COPIES	     1000

static const char *version_in(struct arena *a, const char *manifest)
{
	struct buf b CLEANUP(buf_release);
	struct err e = { 0 };
	const char *text;

	buf_init(&b, MANIFEST_MAX);
	if (!fd_read_file(manifest, &b, &e))
		return NULL;
	text = arena_strndup(a, buf_text(&b), b.len);
	return node_str(
		node_get(jsonr_parse(a, text, b.len, JSONR_BOM, NULL, &e), "version"));
}

/* A name that is one: no way out of node_modules. */
static bool plain(const char *package)
{
	return !strstr(package, "..") && package[0] != '/' && package[0] != '.';
}

const char *fix_installed(struct fix_work *w, const struct entry *e, const char *package)
{
	const char *cache, *best = NULL;
	struct dirent *d;
	time_t newest = 0;
	DIR *dir;

	if (!plain(package))
		return NULL;
	best = version_in(w->a, arena_printf(w->a, "%s/node_modules/%s/package.json",
					     e->file->root, package));
	cache = arena_printf(w->a, "%s/.npm/_npx", w->facts->home ? w->facts->home : "");
	dir = best ? NULL : opendir(cache);
	for (int n = 0; dir && n < COPIES && (d = readdir(dir)); n++) {
		const char *path =
			arena_printf(w->a, "%s/%s/node_modules/%s/package.json", cache,
				     d->d_name, package);
		struct stat st;
		const char *version;

		if (d->d_name[0] == '.' || stat(path, &st) != 0 || st.st_mtime < newest)
			continue;
		version = version_in(w->a, path);
		if (!version)
			continue;
		best = version;
		newest = st.st_mtime;
	}
	if (dir)
		closedir(dir);
	return best;
}
