/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts: where each keeps its configuration, how it reads it, what it hands to a server.
 */
#ifndef COMPLIANCE_DISCOVER_H
#define COMPLIANCE_DISCOVER_H

#include "common/base/arena.h"
#include "common/base/defs.h"
#include "common/field/field.h"

enum host {
	HOST_GENERIC = 1,
	HOST_KILO_LEGACY,
	HOST_KILO,
	HOST_ROO,
	HOST_CLINE,
	HOST_VSCODE,
	HOST_CLAUDE_CODE,
	HOST_CLAUDE_DESKTOP,
	HOST_CURSOR,
	HOST_WINDSURF,
	HOST_GEMINI,
	HOST_KIRO,
	HOST_AMAZON_Q,
	HOST_OPENCODE,
	HOST_ZED,
	HOST_COPILOT_CLI,
	HOST_AMP,
	HOST_WARP,
	HOST_CODEX,
	HOST_ANTIGRAVITY,
	HOST_CONTINUE,
};

enum host_flag {
	HOST_STRICT_JSON =
		1 << 0, /* comments and trailing commas make it reject the file */
	HOST_NEEDS_TYPE = 1 << 1,      /* a remote entry must name its type */
	HOST_SECONDS = 1 << 2,	       /* timeout in seconds, 1 to 3600 */
	HOST_MILLISECONDS = 1 << 3,    /* timeout in milliseconds */
	HOST_ONE_REJECTS_ALL = 1 << 4, /* one bad entry: no server of the file starts */
	HOST_REDUCED_ENV = 1 << 5,     /* a server gets a reduced environment */
	HOST_FLAT = 1 << 6,	       /* the top-level object may be the server map */
	HOST_VAR_KILO = 1 << 7,	       /* ${env:NAME}, ${workspaceFolder}; nothing else */
	HOST_VAR_BRACE = 1 << 8,       /* {env:NAME}, {file:path} */
	HOST_VAR_DOLLAR = 1 << 9,      /* ${NAME}, ${NAME:-default} */
	HOST_VAR_VSCODE = 1 << 10,     /* ${input:id}, ${env:NAME}, ${workspaceFolder} */
	HOST_TYPES_KILO = 1 << 11,     /* stdio, sse, streamable-http */
	HOST_TYPES_LOCAL = 1 << 12,    /* local, remote */
};

enum file_place { PLACE_PROJECT = 1, PLACE_USER, PLACE_GIVEN, PLACE_SYSTEM };

/* A file of the host itself, not of a project. */
static inline bool place_of_host(enum file_place p)
{
	return p == PLACE_USER || p == PLACE_SYSTEM;
}

struct host_row {
	enum host id;
	const char *name;  /* "kilocode-legacy", as in --host and in results */
	const char *title; /* "Kilo Code (legacy extension)" */
	unsigned flags;	   /* enum host_flag */
	const char *key;   /* dotted path of its server map, "mcpServers" */
};

const struct host_row *host_by_name(const char *name); /* NULL when unknown */
const struct host_row *host_by_id(enum host id);       /* never NULL */
char *host_names(struct arena *a); /* "generic, kilocode-legacy, …" */
/* The host a path names, generic when it names none. home may be NULL. */
const struct host_row *host_of_path(const char *path, const char *home,
				    enum file_place *ret_place);
/* Folder the paths of a project file are relative to: the parent of .vscode and the like.
 */
char *host_project_root(struct arena *a, const char *path);

bool host_knows_path(const char *path); /* its end names the file of a host */
bool host_folder(const char *name);	/* ".vscode": a folder that holds such files */
/* "*" within a component, "**" for any number of folders; both relative or both not. */
bool path_fits(const char *pattern, const char *path);
/* Patterns of all files of user scope below home (NULL: none) and of system scope. */
struct strs host_paths(struct arena *a, const char *home);

/* What was found, in a fixed order, each once. */
struct discovered {
	struct strs files;
	const char *cut; /* why not everything was looked at, or NULL */
};

/* Files below a folder: those of hosts wherever they lie, .env and compose files,
 * Kubernetes objects, JSON and TOML that holds a server map. Links to folders are not
 * followed, node_modules, .git and the like are left out. */
void discover_folder(struct arena *a, const char *folder, struct discovered *ret);
/* The same of the folder itself and of .vscode and the like in it. */
void discover_project(struct arena *a, const char *folder, struct discovered *ret);
/* The files of hosts that a user and everybody on this computer has. home may be NULL. */
void discover_hosts(struct arena *a, const char *home, struct discovered *ret);

#endif
