/* SPDX-License-Identifier: Apache-2.0 */
/* Paths that a caller gives: a configuration file, or a folder to look for them in. */
#include "compliance-server/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/str.h"
#include "common/config/config.h"

const char *input_base(const struct ctx *c)
{
	return c->cfg ? c->cfg->project_path : NULL;
}

static const char *full_path(struct ctx *c, const char *base, const char *path)
{
	const char *home = getenv("HOME");

	if (str_starts(path, "~/") && home)
		return arena_printf(c->arena, "%s/%s", home, path + 2);
	if (path[0] != '/' && !str_empty(base))
		return arena_printf(c->arena, "%s/%s", base, path);
	return path;
}

struct strs input_found(struct arena *a, const struct discovered *f, const char *folder)
{
	struct strs out = { arena_array(a, f->files.n + 1, sizeof(*out.v)), 0 };

	for (size_t i = 0; i < f->files.n; i++)
		out.v[out.n++] = f->files.v[i];
	if (f->cut)
		out.v[out.n++] = folder;
	return out;
}

bool input_paths(struct ctx *c, const char *base, const char *path, struct strs *ret,
		 struct err *e)
{
	const char *full = full_path(c, base, path);
	const char *shown = str_printable(c->arena, full, 200);
	struct stat st;

	if (stat(full, &st) != 0)
		return err_set(e, ERR_NOT_FOUND, "path \"%s\": %s", shown,
			       strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		struct discovered f;

		discover_folder(c->arena, full, &f);
		*ret = input_found(c->arena, &f, full);
		return ret->n > 0 ||
		       err_set(e, ERR_NOT_FOUND,
			       "folder \"%s\" holds no MCP configuration\n"
			       "hint: accepted are .mcp.json, .kilocode/mcp.json,"
			       " .vscode/mcp.json, .cursor/mcp.json and others; or name the"
			       " file",
			       shown);
	}
	if (!S_ISREG(st.st_mode) || access(full, R_OK) != 0)
		return err_set(e, ERR_NOT_FOUND, "path \"%s\" is not a file we can read",
			       shown);
	ret->v = arena_array(c->arena, 1, sizeof(*ret->v));
	ret->v[0] = full;
	ret->n = 1;
	return true;
}

bool input_host(struct ctx *c, const char *host, struct err *e)
{
	if (!host || host_by_name(host))
		return true;
	return err_set(e, ERR_ARG,
		       "argument \"host\": \"%s\" is unknown; accepted are %s",
		       str_printable(c->arena, host, 40), host_names(c->arena));
}
