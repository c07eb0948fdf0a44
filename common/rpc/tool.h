/* SPDX-License-Identifier: Apache-2.0 */
/* What a server offers: tools, resources, prompts, as const tables. */
#ifndef COMMON_RPC_TOOL_H
#define COMMON_RPC_TOOL_H

#include "common/base/ctx.h"
#include "common/field/bind.h"

enum order {		     /* see architecture.md 8 */
	     ORDER_READ = 1, /* one consistent read-only view */
	     ORDER_WRITE,    /* one transaction around run */
	     ORDER_LONG /* short transactions of its own; may wait for a child or a person
			 */
};

enum hint { /* annotations; all four are always published */
	    HINT_READ_ONLY = 1 << 0,
	    HINT_DESTRUCTIVE = 1 << 1,
	    HINT_IDEMPOTENT = 1 << 2,
	    HINT_OPEN_WORLD = 1 << 3
};

enum tool_flag {
	TOOL_SYNC = 1 << 0, /* reads journalled rows: the journal is flushed first */
	TOOL_RAW = 1 << 1,  /* run writes the members of the result object itself */
	TOOL_NO_DB = 1 << 2 /* never touches the database: no transaction, no view */
};

struct tool {
	const char *name, *title, *doc;
	const struct field *in; /* NULL: no arguments */
	size_t in_size;
	const struct field *out; /* NULL: no outputSchema */
	const char *in_schema;	 /* raw JSON Schema in place of in's (fixtures) */
	const char *out_schema;	 /* raw, in place of out's */
	/* Runs before the transaction and without any lock; may change args. */
	bool (*prep)(struct ctx *c, void *args, struct err *e);
	/* Writes the members of structuredContent into the open object `out`; the same
	 * text becomes content[0].text. May run again from the start after a rolled-back
	 * try. */
	bool (*run)(struct ctx *c, const void *args, struct jsonw *out, struct err *e);
	enum order order;
	enum perm perm;
	unsigned hints, flags;
	const char *audit;    /* audit action such as "issue.update"; NULL: not audited */
	const char *resource; /* resource_type of the audit row */
	/* The boolean argument that makes a call slow, "" when each is: such a call may
	 * run as a task. NULL: never. */
	const char *slow_if;
	const char *app; /* "ui://…": the page hosts show its result in; NULL: none */
};

/* Text of the argument `arg` so far -> candidates. Writes up to 100 strings with
 * jsonw_str(w, NULL, …) into the open array `values`, best first. total (may stay -1).
 * context: earlier arguments as an object node, or NULL. */
typedef bool (*complete_fn)(struct ctx *c, const char *arg, const char *text,
			    const struct node *context, struct jsonw *values,
			    int64_t *total, struct err *e);

#define MIME_APP "text/html;profile=mcp-app"

struct resource {
	const char *uri; /* or a template of level 1: "memory://{memoryId}" */
	const char *name, *title, *doc, *mime;
	bool is_template;
	bool immutable; /* reads may be cached: ttlMs 3600000, public */
	enum perm perm;
	/* Writes one or more items into the open array `contents` (resource_text and
	 * resource_blob below). vars: percent-decoded values of the template's variables
	 * in order. ERR_NOT_FOUND becomes the protocol's "resource not found" with
	 * data.uri. */
	bool (*read)(struct ctx *c, const char *uri, const char *const *vars,
		     struct jsonw *contents, struct err *e);
	complete_fn complete; /* for template variables; NULL: none */
};

void resource_text(struct jsonw *contents, const char *uri, const char *mime,
		   const char *text);
/* An MCP App: HTML that needs nothing from outside. */
void resource_app(struct jsonw *contents, const char *uri, const char *html);
void resource_blob(struct jsonw *contents, const char *uri, const char *mime,
		   const char *base64);

struct prompt {
	const char *name, *title, *doc;
	const struct field *in; /* strings only */
	size_t in_size;
	/* Writes messages into the open array with prompt_text or jsonw. ERR_NOT_FOUND:
	 * an argument names what is not there. */
	bool (*get)(struct ctx *c, const void *args, struct jsonw *messages,
		    struct err *e);
	complete_fn complete; /* for arguments without names of their own */
	bool no_db;
};

void prompt_text(struct jsonw *messages, const char *role, const char *text);

/* What initialize, server/discover and the lists say; never depends on a connection. */
struct offer {
	const char *name, *title, *version, *description, *instructions;
	const struct tool *const *tools; /* closed by NULL; order is the list's order */
	const struct resource *const *resources; /* resources and templates; NULL: none */
	const struct prompt *const *prompts;	 /* NULL: none */
	bool logging;	   /* legacy logging capability (fixture server only) */
	bool list_changed; /* really emitted; false for fixed lists */
	bool subscribe;	   /* resources/subscribe and listen on resources */
	bool completions;
};

/* Everything that runs passes the gate (common/app/gate.c); rpc only knows this shape. */
struct work {
	const char *name;
	enum order order;
	enum perm perm;
	unsigned flags;
	const char *audit, *resource;
	const char *arguments; /* JSON text as received, or NULL; the gate may audit its
				  keys */
	bool (*prep)(struct ctx *c, void *arg, struct err *e);
	bool (*run)(struct ctx *c, void *arg, struct err *e);
	/* Called before run is tried again, to drop what the failed try wrote. */
	void (*rewind)(void *arg);
	void *arg;
};
typedef bool (*gate_fn)(struct ctx *c, const struct work *w, struct err *e);

/* Notices about changes made by this call; sent after it succeeded, to subscribers of
 * either era. Without a call (command line) they do nothing. */
void call_resource_updated(struct ctx *c, const char *uri);
void call_list_changed(struct ctx *c,
		       const char *kind); /* "tools" "prompts" "resources" */
/* Where the audit says what was touched; text is copied into the arena. */
void call_audit_id(struct ctx *c, const char *resource_id);
/* What run writes tells that the work did not happen: isError beside the same members. */
void call_failed(struct ctx *c);
/* For the gate: audit id set by the call or NULL; JSON-RPC id text; client name or NULL.
 */
const char *call_get_audit_id(const struct ctx *c);
const char *call_client_name(const struct ctx *c);
bool call_is_modern(const struct ctx *c);

#endif
