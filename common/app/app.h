/* SPDX-License-Identifier: Apache-2.0 */
/* One main for all servers: options, configuration, log, sub-commands, serving. */
#ifndef COMMON_APP_APP_H
#define COMMON_APP_APP_H

#include "common/config/config.h"
#include "common/db/db.h"
#include "common/rpc/server.h"

struct env;
struct journal;

/* A sub-command is a row: options are its field table (--fail-on high for fail_on;
 * booleans are flags), words without a dash fill the member named by .words. */
struct command {
	const char *name;  /* "check", "migrate status" */
	const char *usage; /* "FILE… [--live]" */
	const char *doc;
	const struct field *in;
	size_t in_size;
	const char *
		words; /* member (strs, or a string for one word); NULL: takes no words */
	/* Writes text for stdout into out and, when the exit status is neither 0 nor a
	 * failure (check's 1 to 3), sets *status. */
	bool (*run)(struct ctx *c, const void *in, struct buf *out, int *status,
		    struct err *e);
	/* Instead of run when the process could not be set up for the reason why; NULL:
	 * the reason alone is told. */
	void (*stopped)(struct env *env, const void *in, const struct err *why,
			struct buf *out);
	bool warns; /* prints the warnings of the configuration itself */
	enum order order;
	enum perm perm;
	unsigned flags; /* TOOL_NO_DB */
	const char *audit, *resource;
	int failure; /* exit status of any failure but wrong usage; 0: sysexits */
};

/* What a check of `doctor` found; text says what and, when not ok, the next step. */
enum doctor_state { DOCTOR_OK = 1, DOCTOR_NOTE, DOCTOR_WARN, DOCTOR_FAIL };
struct doctor_row {
	const char *name;
	enum doctor_state (*check)(struct ctx *c, const char **ret_text);
};

/* A reference that --print-docs prints besides the common ones. */
struct printed_doc {
	const char *name; /* "rules.md" */
	void (*print)(struct buf *b);
};

struct app {
	const char *name; /* "memory-server" */
	const char *base; /* "memory": memory.db */
	const char *about;
	unsigned server; /* KEY_MEMORY … */
	const struct offer *offer;
	bool audit_chain; /* its audit entries form a hash chain named `base` */
	const struct migration_set *const *sets; /* closed by NULL */
	const struct command *commands; /* own ones; closed by name NULL; may be NULL */
	const struct doctor_row
		*doctor;		/* own checks; closed by name NULL; may be NULL */
	const struct printed_doc *docs; /* closed by name NULL; may be NULL */
	/* Services of the process, as ctx.app. Made before serving or running a command;
	 * must not touch database, network or children. All of these may be NULL. */
	void *(*services_new)(struct env *env, struct err *e);
	void (*services_start)(void *services); /* serving begins: threads may start */
	void (*services_stop)(void *services);	/* serving ends: stop children */
	void (*services_free)(void *services);
};

/* The process. */
struct env {
	const struct app *app;
	struct arena *arena;
	struct config_set cfg;
	const char *data_dir, *state_dir; /* may not exist yet: env_make_dir */
	struct db *db;
	struct journal *journal;
	struct principal who;
	void *services;
	int64_t ended; /* monotonic ms when serving ended, 0 before */
};

int app_main(const struct app *app, int argc, char **argv);
/* A ctx outside MCP calls: commands, tests, the journal. The arena is the caller's. */
void env_ctx(struct env *env, struct arena *a, struct ctx *ret);
/* Creates the directory (0700) and its parents when missing. */
bool env_make_dir(const char *dir, struct err *e);

#endif
