/* SPDX-License-Identifier: Apache-2.0 */
/* Questions several rules ask about an entry: its values, options, package, container. */
#ifndef COMPLIANCE_ENTRY_LOOK_H
#define COMPLIANCE_ENTRY_LOOK_H

#include "compliance-server/facts.h"

enum look_place {
	LOOK_COMMAND = 1,
	LOOK_ARG,
	LOOK_ENV,
	LOOK_URL,
	LOOK_HEADER,
	LOOK_VAR,	  /* assignment of a .env file */
	LOOK_SERVICE,	  /* environment of a compose service */
	LOOK_SERVICE_ARG, /* word of its command or entrypoint */
};

/* Every string of the entry, one after the other; NULL behind the last. */
const struct value *look_value(const struct entry *e, size_t i, enum look_place *ret);

bool look_drive(const char *path); /* "C:\" or "C:/" */
bool look_foreign(
	const char *path); /* a path of another operating system, or a reference */
/* A path that is to be filled in: "/path/to/server.js", "<folder>/x". */
bool look_pattern(const char *path);
/* A path of the entry as the host resolves it: against cwd, else the project folder. */
char *look_path(struct arena *a, const struct entry *e, const char *path);
/* Length of the program's name when the command holds its arguments too, else 0. */
size_t look_joined_command(struct arena *a, const struct entry *e);
size_t look_distance(const char *a, const char *b,
		     size_t limit); /* Damerau-Levenshtein */

bool look_is_shell(const struct entry *e); /* sh, bash, … with -c */
const struct value *
look_shell_text(const struct entry *e); /* what it interprets, or NULL */

/* The script an interpreter is to run: node x.js, python x.py, deno run x.ts, bun x.ts.
 */
const struct value *look_script(const struct entry *e);

/* One name and value of the arguments: --name=value, --name value, NAME=value. */
struct look_pair {
	const char *name;
	const char *text;
	const struct value *at; /* the argument the value stands in */
};

bool look_pair(struct arena *a, const struct entry *e, size_t i, struct look_pair *ret);

enum ecosystem { ECO_NPM = 1, ECO_PYPI };

struct look_package {
	enum ecosystem eco;
	const struct value *at; /* the argument */
	const char *spec;	/* as written */
	const char *name;	/* without version; alias looked through */
	const char *version;	/* NULL: none written */
	bool local;		/* a path or a program of the workspace */
	bool remote;		/* git, URL or owner/repository */
};

/* What npx, bunx, pnpm dlx, uvx, pipx … are to fetch; false when the entry is none. */
bool look_package(struct arena *a, const struct entry *e, struct look_package *ret);
bool look_exact_version(const char *v); /* 1.2.3 with an optional suffix */

/* docker run and podman run: options stand in args[first .. image - 1]. */
struct look_container {
	size_t first, image; /* image == args.n: none found */
};

bool look_container(const struct entry *e, struct look_container *ret);
/* Value of option i ("-v x", "-vx", "--volume x", "--volume=x") when it is one of names,
 * a list closed by NULL; *ret_at is the argument it stands in. */
const char *look_option(const struct entry *e, size_t i, const char *const *names,
			const struct value **ret_at);

#endif
