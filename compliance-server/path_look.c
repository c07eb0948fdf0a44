/* SPDX-License-Identifier: Apache-2.0 */
/* Programs on PATH, and who can write the folders above a file. */
#define _GNU_SOURCE /* realpath, S_ISVTX */
#include "compliance-server/path_look.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/defs.h"
#include "common/base/str.h"

/* The last so many are known: a search among them stays short. */
#define PROGRAMS_KNOWN 64
#define FOLDERS_KNOWN  32

struct path_cache {
	struct arena *a;
	struct {
		const char *name;
		const struct path_program *program; /* NULL: there is none */
	} programs[PROGRAMS_KNOWN];
	struct {
		const char *path;
		enum path_writable writable;
	} folders[FOLDERS_KNOWN];
	size_t n_programs, n_folders; /* ever put in */
};

struct path_cache *path_cache_new(struct arena *a)
{
	struct path_cache *c = arena_alloc(a, sizeof(*c));

	c->a = a;
	return c;
}

/* A group of the user's own has the number of the user. */
static bool own_group(gid_t g)
{
	return g == 0 || g == getegid() || g == (gid_t)getuid();
}

static enum path_writable writable(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return PATH_CLOSED;
	if ((st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX))
		return PATH_WORLD;
	if (st.st_uid != 0 && st.st_uid != getuid())
		return PATH_OWNER;
	if ((st.st_mode & S_IWGRP) && !(st.st_mode & S_ISVTX) && !own_group(st.st_gid))
		return PATH_GROUP;
	return PATH_CLOSED;
}

static enum path_writable folder_writable(struct path_cache *c, const char *path)
{
	size_t i;

	for (i = 0; i < MIN(c->n_folders, (size_t)FOLDERS_KNOWN); i++)
		if (str_eq(c->folders[i].path, path))
			return c->folders[i].writable;
	i = c->n_folders++ % FOLDERS_KNOWN;
	c->folders[i].path = arena_strdup(c->a, path);
	c->folders[i].writable = writable(path);
	return c->folders[i].writable;
}

enum path_writable path_writable_above(struct path_cache *c, const char *path,
				       const char **ret_at)
{
	char *p = arena_strdup(c->a, path), *slash;
	enum path_writable worst = writable(path);

	*ret_at = worst == PATH_CLOSED ? NULL : path;
	while ((slash = strrchr(p, '/'))) {
		const char *folder = slash == p ? "/" : p;
		enum path_writable w;

		*slash = '\0';
		w = folder_writable(c, folder);
		if (w > worst) {
			worst = w;
			*ret_at = arena_strdup(c->a, folder);
		}
	}
	return worst;
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static const char *find(struct arena *a, const char *name, const char *p)
{
	if (strchr(name, '/'))
		return is_program(name) ? name : NULL;
	while (p && *p != '\0') {
		size_t n = strcspn(p, ":");

		if (n > 0 && p[0] == '/') {
			const char *path = arena_printf(a, "%.*s/%s", (int)n, p, name);

			if (is_program(path))
				return path;
		}
		p += n + (p[n] == ':');
	}
	return NULL;
}

static const struct path_program *look(struct path_cache *c, const char *name,
				       const char *path_env)
{
	const char *path = find(c->a, name, path_env);
	char *real = path ? realpath(path, NULL) : NULL;
	struct path_program *p;

	if (!real)
		return NULL;
	p = arena_alloc(c->a, sizeof(*p));
	p->path = arena_strdup(c->a, real);
	free(real);
	p->writable = path_writable_above(c, p->path, &p->writable_at);
	return p;
}

const struct path_program *path_program(struct path_cache *c, const char *name,
					const char *path_env)
{
	size_t i;

	for (i = 0; i < MIN(c->n_programs, (size_t)PROGRAMS_KNOWN); i++)
		if (str_eq(c->programs[i].name, name))
			return c->programs[i].program;
	i = c->n_programs++ % PROGRAMS_KNOWN;
	c->programs[i].name = arena_strdup(c->a, name);
	c->programs[i].program = look(c, name, path_env);
	return c->programs[i].program;
}
