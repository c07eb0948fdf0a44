/* SPDX-License-Identifier: Apache-2.0 */
/* What a call carries through every layer. */
#ifndef COMMON_BASE_CTX_H
#define COMMON_BASE_CTX_H

#include <stdatomic.h>

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/defs.h"
#include "common/base/err.h"

struct config;
struct db;
struct db_conn;
struct call;
struct env;

enum perm { PERM_READ = 1, PERM_WRITE, PERM_ADMIN };

struct principal {
	const char *user_id; /* UUID of users.id, or NULL for the local account */
	const char *name;
	const char *role;  /* admin user viewer guest */
	enum perm perm;	   /* highest permission held */
	const char *proof; /* "local" or "token" */
};

struct ctx {
	struct arena *arena; /* memory of this call; results live here */
	const struct principal *who;
	const struct config *cfg;
	struct env *env; /* the process: see common/app/app.h; NULL in tests of parts */
	void *app;	 /* the server's own services, made by its struct app */
	struct db *db;	 /* NULL in calls that need none */
	struct db_conn
		*conn;	   /* borrowed by db.c for the running transaction, else NULL */
	struct call *call; /* the MCP call; NULL on the command line */
	int64_t deadline;  /* monotonic ms, 0: none */
	const atomic_bool *cancelled; /* may be NULL */
	/* May be NULL: nobody listens. total 0: unknown. Rate-limited by the receiver. */
	void (*progress)(struct ctx *c, double done, double total, const char *message);
};

/* True (with e set: ERR_CANCELLED, ERR_TIMEOUT) when work must stop. For loops. */
bool ctx_stop(const struct ctx *c, struct err *e);
void ctx_progress(struct ctx *c, double done, double total, const char *message);

#endif
