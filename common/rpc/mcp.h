/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of MCP in both eras: which era speaks, who answers. Private to rpc. */
#ifndef COMMON_RPC_MCP_H
#define COMMON_RPC_MCP_H

#include "common/rpc/call.h"

/* One line of input (or FRAME_TOO_LONG). On the main thread only. */
void mcp_line(struct server *s, const char *line, size_t n);
void mcp_too_long(struct server *s);
void mcp_release(struct server *s); /* session and cached lists */

/* What a server must have for a method to exist. */
enum need {
	NEED_NONE,
	NEED_TOOLS,
	NEED_PROMPTS,
	NEED_RESOURCES,
	NEED_SUBSCRIBE,
	NEED_LOGGING,
	NEED_COMPLETIONS,
	NEED_TASKS /* and 2025-11-25 or later */
};
bool mcp_offers(const struct offer *o, enum need need);

/* mcp_hello.c */
bool mcp_initialize(struct call *k, struct err *e);
bool mcp_discover(struct call *k, struct err *e);
/* Takes revision, capabilities and log level from the _meta of 2026-07-28. */
bool mcp_read_envelope(struct call *k, const struct node *meta, struct err *e);

/* mcp_lists.c */
bool tools_list(struct call *k, struct err *e);
bool prompts_list(struct call *k, struct err *e);
bool resources_list(struct call *k, struct err *e);
bool templates_list(struct call *k, struct err *e);

/* Rows of the method table: true when k->line holds the answer, k->job is set (a worker
 * answers) or the call listens. */
bool tools_call(struct call *k, struct err *e);
bool resources_read(struct call *k, struct err *e);
bool prompts_get(struct call *k, struct err *e);
bool completion_complete(struct call *k, struct err *e);

/* task.c */
bool task_wanted(const struct call *k, const struct tool *t);
bool task_job(struct call *k, struct err *e);
bool tasks_get(struct call *k, struct err *e);
bool tasks_cancel(struct call *k, struct err *e);
bool tasks_update(struct call *k, struct err *e);
bool tasks_result(struct call *k, struct err *e);
void tasks_cancel_all(struct server *s);      /* running ones */
bool tool_job(struct call *k, struct err *e); /* tools/call on its worker */

/* Items of the lists, shaped for a revision. */
void tool_item(const struct tool *t, enum rev rev, struct jsonw *w);
void resource_item(const struct resource *r, enum rev rev, struct jsonw *w);
void prompt_item(const struct prompt *p, enum rev rev, struct jsonw *w);

const struct tool *tool_find(const struct offer *o, const char *name);
const struct prompt *prompt_find(const struct offer *o, const char *name);

/* Runs through the gate, or plainly without one. */
bool call_pass(struct call *k, const struct work *w, struct err *e);

#endif
