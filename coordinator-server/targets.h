/* SPDX-License-Identifier: Apache-2.0 */
/* Running targets: started once when first needed, kept, started again after a death,
 * stopped when idle. Thread-safe. */
#ifndef COORDINATOR_SERVER_TARGETS_H
#define COORDINATOR_SERVER_TARGETS_H

#include "common/rpc/client.h"
#include "coordinator-server/entries.h"

struct targets;
struct target;

enum target_state { TARGET_STOPPED = 1, TARGET_STARTING, TARGET_READY, TARGET_BACKOFF };
extern const char *const target_states[];

struct target_tool {
	const char *name, *description, *input_schema; /* JSON text */
};

/* One started child. It lives until the last borrower has given it back. */
struct target_conn {
	struct target *of;
	struct arena *arena;
	struct client *client;
	struct target_tool *tools;
	size_t n_tools;
	int refs;
	bool stale; /* replaced or stopping: nobody new gets it */
};

struct target_info { /* for people; texts in the caller's arena */
	enum target_state state;
	int64_t starts, tools; /* tools: -1 while unknown */
	const char *era, *version, *last_error;
};

struct targets *targets_new(void);
/* Nobody gets a target any more; running calls are not touched. */
void targets_stop(struct targets *ts);
/* Every borrower has gone. Stops all children within a second. NULL is fine. */
void targets_free(struct targets *ts);

/* The running target of an entry, started and shaken hands with if needed, with its tools
 * known. While another thread starts it, waits for that. */
bool targets_borrow(struct targets *ts, struct ctx *c, const struct entry *en,
		    struct target_conn **ret, struct err *e);
/* worked: a call was answered, so deaths before no longer count. */
void targets_give(struct targets *ts, struct target_conn *k, bool worked);
void targets_info(struct targets *ts, struct arena *a, const char *name,
		  struct target_info *ret);
/* Closes children that were not used for a while; true when some are left. */
bool targets_tidy(struct targets *ts);

/* ERR_NOT_FOUND with the nearest name. */
const struct target_tool *target_tool_find(struct arena *a, const struct target_conn *k,
					   const char *target, const char *tool,
					   struct err *e);

#endif
