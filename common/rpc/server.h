/* SPDX-License-Identifier: Apache-2.0 */
/* The MCP server over two descriptors: both protocol eras, decided per message. */
#ifndef COMMON_RPC_SERVER_H
#define COMMON_RPC_SERVER_H

#include "common/rpc/task.h"
#include "common/rpc/tool.h"

struct server_options {
	const struct offer *offer;
	int in, out; /* descriptors; out is private to the protocol */
	int64_t workers;
	int64_t request_timeout_ms; /* READ and WRITE calls; LONG calls have none */
	int64_t max_line;
	int page_size;			/* of the MCP lists; 0: 100 */
	const struct task_store *tasks; /* NULL: no tasks */
	gate_fn gate;			/* NULL: run directly */
	/* Fills who, cfg, app, db of a new call's ctx. May be NULL. */
	void (*setup)(struct ctx *c, void *arg);
	void *arg;
	/* Called once when serving ends, before threads are joined: stop children. May be
	 * NULL. */
	void (*stopping)(void *arg);
};

/* Serves until end of input, loss of the reader, SIGTERM, SIGINT or SIGHUP, or the
 * parent's death. Answers what was read (bounded), returns the exit status. */
int server_run(const struct server_options *o);

#endif
