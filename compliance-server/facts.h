/* SPDX-License-Identifier: Apache-2.0 */
/* What rules look at: files, server entries, values with their places. Built once from
 * files, never changed afterwards, all in one arena. Rules are pure functions of it. */
#ifndef COMPLIANCE_FACTS_H
#define COMPLIANCE_FACTS_H

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/defs.h"
#include "common/base/err.h"
#include "common/field/jsonr.h"
#include "compliance-server/discover.h"

struct compose_file;  /* what a compose file says: compose_facts.h */
struct suppressions;  /* suppress.h */
struct live;	      /* what a server showed when it was run: live.h */
struct registered;    /* what the registry says of one: configuration.h */
struct pinned;	      /* what of it a person approved: pin.h */
struct live_baseline; /* what earlier live checks measured */

enum file_state {
	FILE_READ = 1,	 /* parsed; top is set */
	FILE_EMPTY,	 /* nothing but blanks: an empty configuration */
	FILE_SYNTAX,	 /* not JSON even when read tolerantly; error and error_at */
	FILE_UNREADABLE, /* absent, too long, not permitted; error */
	FILE_OTHER,	 /* not looked into, or not to the end; error says why */
};

/* What a file holds: decides which rules look at it. */
enum file_form {
	FORM_SERVERS = 1, /* server entries of an MCP host */
	FORM_DOTENV,
	FORM_COMPOSE,
	FORM_KUBERNETES,
	FORM_TOOLS, /* what a server answered to tools/list */
	FORM_MAX
};

enum encoding_fault {
	ENC_NONE,
	ENC_UTF16,
	ENC_UTF32,
	ENC_BOM,     /* UTF-8 byte order mark */
	ENC_INVALID, /* not UTF-8 */
	ENC_NUL,     /* a NUL byte */
};

struct server_map {
	const struct node *node;
	const char *pointer; /* "/mcpServers"; "" when the top-level object is the map */
	const char *key;     /* "mcpServers" */
	bool hosts;	     /* this host reads this key */
};

/* One value of a configuration and where it stands. */
struct value {
	const char *name;    /* key, or the index as text for a list element */
	const char *text;    /* the string; NULL when the node is no string */
	const char *pointer; /* JSON pointer from the top of the file */
	const struct node *node;
	bool element; /* stands in a list: its fingerprint goes by its text */
};

struct values {
	struct value *v;
	size_t n;
};

struct config_file {
	size_t index; /* in facts.files */
	enum file_form form;
	const char *path;      /* as given or found */
	const char *shown;     /* relative to the project folder where it lies in one */
	const char *real;      /* absolute; equals path when it cannot be resolved */
	const char *root;      /* project folder, or the folder of a user-scope file */
	const char *root_name; /* last part of root */
	const struct host_row *host;
	enum file_place place;
	enum file_state state;
	const char *error; /* sentence without the path */
	struct pos error_at;
	const char *text; /* as it was parsed: UTF-8; NULL: not read */
	size_t text_len;
	bool strict; /* valid as strict JSON */
	struct pos strict_at;
	const char *strict_error;
	enum encoding_fault encoding;
	struct pos encoding_at;
	const struct node *top;	  /* NULL unless FILE_READ; of YAML the first document */
	const struct node **docs; /* YAML: the documents that are objects, in order */
	size_t n_docs;
	/* .env: the assignments in order, pointer is the name. Compose: the environment
	 * of all services, pointer is "services/NAME/environment/KEY". Without a value in
	 * the file text is NULL. */
	struct values vars;
	const struct value **vars_sorted; /* by pointer, of equal ones in order */
	unsigned char *claims; /* .env: what claim.c found about each, 0: not asked yet */
	const struct dotenv *dotenv; /* .env: the same with what is odd about its lines */
	struct compose_file *compose; /* NULL unless a compose file that was read */
	struct server_map *maps;      /* every server map of the file, in order */
	size_t n_maps;
	bool hosts_map;	    /* one of them stands under a key this host reads */
	size_t entry_bytes; /* JSON text of its entries so far */
	size_t n_entries;
	bool on_disk;	 /* paths of the file can be looked up */
	bool sample;	 /* *.example, *.sample, *template*, *.dist: to be copied */
	char sha256[65]; /* of the bytes; "" when unreadable */
	unsigned mode;	 /* permission bits, 0 when unknown */
	long uid, gid;
};

enum transport { TRANSPORT_NONE, TRANSPORT_STDIO, TRANSPORT_REMOTE };

struct entry {
	size_t index; /* in facts.entries */
	const struct config_file *file;
	const char *name;
	const char *pointer; /* of the entry */
	const struct node *node;
	bool enabled;
	/* Longer than any real one: not looked into, and no rule about it is ever passed.
	 */
	bool too_long;
	bool listed; /* no configuration: the file is a list of tools, live holds it */
	enum transport transport;

	/* normalised form (arrays split, `cmd /c` unwrapped) */
	struct value command; /* .text NULL without one */
	const char *program;  /* base name of the command, lower case, no .exe .cmd .bat
				 .ps1 */
	struct values args;   /* strings only, in order */
	struct values env;    /* every member, .text NULL for a value that is no string */
	struct value url;     /* url, serverUrl or httpUrl */
	struct values headers;
	struct value cwd, env_file, type, timeout;
	const char *description;
	bool array_command; /* the command stood in a list together with its arguments */
	bool cmd_wrapped;   /* was `cmd /c …` */

	/* SHA-256 of the normalised entry, values of env and headers left out */
	char definition_sha256[65];
	/* The entry as JSON with each secret replaced by {"redacted":"<kind>"}. */
	const char *definition;

	const struct live *live; /* NULL in a static check, and when it was not started */
	const struct registered *registered; /* NULL: not looked up */
	const struct pinned *pinned;	     /* NULL: no approved set, or not looked up */
	/* Where live lacks a credential: what was approved, or a file that was given, for
	 * rules about texts; or NULL. */
	const struct live *kept;
	const char *kept_note;		      /* says so of a file */
	const struct live_baseline *baseline; /* NULL: too few earlier live checks */
};

/* The files of one project folder: one target of type workspace. */
struct project {
	size_t index; /* in facts.projects */
	const char *root, *name;
	const struct config_file **files; /* as in facts.files, user files left out */
	size_t n_files;
	unsigned forms;	       /* 1u << enum file_form of the files that were read … */
	unsigned forms_unread; /* … and of those that could not be */
	const struct k8s *k8s; /* the objects of its Kubernetes files, or NULL */
};

/* What one host runs: one target of type host. */
struct host_set {
	size_t index; /* in facts.hosts */
	const struct host_row *host;
	const struct config_file **files; /* of user scope */
	size_t n_files;
	const struct entry **entries; /* the enabled ones, of all its files */
	size_t n_entries;
};

/* What the database knows of itself and of earlier checks. */
struct record {
	struct stamp now;
	const char *unread;   /* why the audit log could not be read, or NULL */
	const char *broken;   /* what is wrong in it; NULL: as it was written */
	struct stamp stalest; /* the oldest last check of these targets; 0: none */
	const char *stalest_name;
	struct stamp known; /* the day of what is known of packages */
};

struct facts {
	struct arena *arena;
	struct config_file **files;
	size_t n_files, cap_files;
	struct entry **entries; /* in order of files, then of the file */
	size_t n_entries, cap_entries;
	struct project **projects; /* in order of their first file */
	size_t n_projects;
	struct host_set *
		*hosts; /* with a user file or an enabled entry; the same order */
	size_t n_hosts;
	const char *home;		   /* may be NULL */
	const char *path_env;		   /* PATH the rules look programs up in */
	bool resolve_env;		   /* CFG-021 looks into the environment */
	const struct record *record;	   /* NULL: the check is kept nowhere */
	struct suppressions *suppressions; /* NULL: none were looked for */
	bool registry;			   /* somebody registers servers here */
};

struct facts_options {
	const char *host;     /* name of a host for all files; NULL: from the path */
	const char *home;     /* NULL: $HOME */
	const char *path_env; /* NULL: $PATH and the folders every login has */
	bool resolve_env;
	const char *suppressions; /* a file of them; NULL: those of the projects */
};

/* "JSON", "TOML", "YAML": what the text of a file has to be. */
const char *form_language(const struct config_file *f);
/* The assignment that counts of those with this pointer: the last; NULL: none. */
const struct value *file_var(const struct config_file *f, const char *pointer);

/* Reads and parses the files; a file that cannot be read becomes a fact, not an error.
 * False only for a wrong option. Everything lives in the arena. */
bool facts_read(struct arena *a, const char *const *paths, size_t n,
		const struct facts_options *opt, struct facts **ret,
		struct err *e) MUST_CHECK;
/* The same for text that stands in memory: path serves as its name. */
bool facts_add_text(struct facts *f, const char *path, const char *text, size_t n,
		    const struct facts_options *opt, struct err *e) MUST_CHECK;

#endif
