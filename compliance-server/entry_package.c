/* SPDX-License-Identifier: Apache-2.0 */
/* Which package a runner (npx, bunx, pnpm dlx, uvx, pipx) is to fetch, and its version.
 */
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "common/base/str.h"
#include "compliance-server/entry_look.h"

static bool one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (str_eq(text, *list))
			return true;
	return false;
}

/* A runner: program, the words that must follow it, its ecosystem. */
static const struct runner {
	const char *program, *first, *second;
	enum ecosystem eco;
} runners[] = {
	{ "npx", NULL, NULL, ECO_NPM },	   { "bunx", NULL, NULL, ECO_NPM },
	{ "pnpx", NULL, NULL, ECO_NPM },   { "pnpm", "dlx", NULL, ECO_NPM },
	{ "yarn", "dlx", NULL, ECO_NPM },  { "npm", "exec", NULL, ECO_NPM },
	{ "npm", "x", NULL, ECO_NPM },	   { "bun", "x", NULL, ECO_NPM },
	{ "uvx", NULL, NULL, ECO_PYPI },   { "uv", "tool", "run", ECO_PYPI },
	{ "pipx", "run", NULL, ECO_PYPI },
};

static const char *const npm_values[] = { "-c",		  "--call",	 "--registry",
					  "--userconfig", "--cache",	 "--prefix",
					  "-w",		  "--workspace", "-C",
					  "--loglevel",	  NULL };
static const char *const npm_package[] = { "-p", "--package", NULL };
static const char *const pypi_values[] = { "--with",
					   "--with-editable",
					   "--python",
					   "-p",
					   "--index-url",
					   "-i",
					   "--extra-index-url",
					   "--index",
					   "--default-index",
					   "--directory",
					   "--project",
					   "--env-file",
					   "--cache-dir",
					   "--refresh-package",
					   "--find-links",
					   "-f",
					   "--pip-args",
					   "--constraints",
					   "-c",
					   "--with-requirements",
					   "--config-file",
					   "--prerelease",
					   "--resolution",
					   "--allow-insecure-host",
					   "--color",
					   "--overrides",
					   "-b",
					   "--link-mode",
					   NULL };
static const char *const pypi_package[] = { "--from", "--spec", NULL };

static const struct runner *runner_of(const struct entry *e, size_t *ret_from)
{
	for (size_t i = 0; i < ARRAY_LEN(runners); i++) {
		const struct runner *r = &runners[i];

		if (!str_eq(e->program, r->program))
			continue;
		*ret_from = 0;
		if (r->first && (e->args.n < 1 || !str_eq(e->args.v[0].text, r->first)))
			continue;
		*ret_from += r->first != NULL;
		if (r->second && (e->args.n < 2 || !str_eq(e->args.v[1].text, r->second)))
			continue;
		*ret_from += r->second != NULL;
		return r;
	}
	return NULL;
}

/* The package operand: the value of --package or --from, else the first operand. */
static const char *find_spec(const struct entry *e, const struct runner *r, size_t from,
			     const struct value **ret_at)
{
	const char *const *own = r->eco == ECO_NPM ? npm_package : pypi_package;
	const char *const *values = r->eco == ECO_NPM ? npm_values : pypi_values;

	for (size_t i = from; i < e->args.n; i++) {
		const char *a = e->args.v[i].text;
		const char *given = look_option(e, i, own, ret_at);

		if (given)
			return given;
		*ret_at = &e->args.v[i];
		if (str_eq(a, "--")) {
			if (i + 1 == e->args.n)
				return NULL;
			*ret_at = &e->args.v[i + 1];
			return (*ret_at)->text;
		}
		if (a[0] != '-')
			return a;
		if (one_of(a, values))
			i++;
	}
	return NULL;
}

static bool is_path(const char *s)
{
	return s[0] == '.' || s[0] == '/' || s[0] == '~' || s[0] == '$' || s[0] == '{' ||
	       s[0] == '<' || s[0] == '%' || str_starts(s, "file:") || look_drive(s) ||
	       str_ends(s, ".tgz") || str_ends(s, ".whl") || strchr(s, '\\');
}

/* Compilers and runners of scripts: they run the project's own code. */
static bool is_tool(const char *name)
{
	static const char *const tools[] = { "tsx",	   "ts-node",	"ts-node-esm",
					     "tsc",	   "nodemon",	"vite-node",
					     "esno",	   "jiti",	"dotenv",
					     "dotenv-cli", "cross-env", NULL };

	return one_of(name, tools);
}

static bool in_workspace(struct arena *a, const struct entry *e, const char *name)
{
	return e->file->on_disk && !strchr(name, '/') &&
	       access(arena_printf(a, "%s/node_modules/.bin/%s", e->file->root, name),
		      F_OK) == 0;
}

static bool is_remote(const char *s)
{
	static const char *const begins[] = { "git+",	 "git:",     "git@",
					      "github:", "gitlab:",  "bitbucket:",
					      "http://", "https://", "ssh://",
					      NULL };

	for (size_t i = 0; begins[i]; i++)
		if (str_starts(s, begins[i]))
			return true;
	return strstr(s, " @ git+") || strstr(s, "@git+") || strstr(s, " @ http");
}

static void split_npm(struct arena *a, struct look_package *p)
{
	const char *alias = strstr(p->spec, "@npm:");
	const char *s = alias ? alias + 5 : p->spec;
	const char *at = s[0] != '\0' ? strchr(s + 1, '@') : NULL;
	const char *slash = strchr(s, '/');

	/* owner/repository without a scope is a GitHub repository to npm */
	if (slash && s[0] != '@' && !alias && !is_path(s))
		p->remote = true;
	p->name = at ? arena_strndup(a, s, (size_t)(at - s)) : arena_strdup(a, s);
	p->version = at && at[1] != '\0' ? arena_strdup(a, at + 1) : NULL;
}

static void split_pypi(struct arena *a, struct look_package *p)
{
	size_t n = strcspn(p->spec, "=@<>~![; ");
	const char *rest = p->spec + n;
	const char *eq;

	p->name = arena_strndup(a, p->spec, n);
	if (*rest == '[')
		rest = strchr(rest, ']') ? strchr(rest, ']') + 1 : rest;
	eq = str_starts(rest, "==") ? rest + 2 + (rest[2] == '=')
	     : *rest == '@'	    ? rest + 1
				    : NULL;
	p->version = eq && *eq != '\0' ? arena_strdup(a, eq) : NULL;
}

bool look_package(struct arena *a, const struct entry *e, struct look_package *ret)
{
	size_t from;
	const struct runner *r = runner_of(e, &from);

	if (!r)
		return false;
	*ret = (struct look_package){ .eco = r->eco };
	ret->spec = find_spec(e, r, from, &ret->at);
	if (str_empty(ret->spec))
		return false;
	if (is_remote(ret->spec)) {
		ret->remote = true;
		ret->name = ret->spec;
		return true;
	}
	if (r->eco == ECO_NPM)
		split_npm(a, ret);
	else
		split_pypi(a, ret);
	ret->local = is_path(ret->spec) || str_ends(ret->spec, ".py") ||
		     is_tool(ret->name) ||
		     (r->eco == ECO_NPM && in_workspace(a, e, ret->name));
	return true;
}
