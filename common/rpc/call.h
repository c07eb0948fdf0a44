/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way, and what all requests of the process share. Private to rpc. */
#ifndef COMMON_RPC_CALL_H
#define COMMON_RPC_CALL_H

#include "common/rpc/jsonrpc.h"
#include "common/rpc/sched.h"
#include "common/rpc/server.h"
#include "common/rpc/wire.h"

#define P_PREFIX	"io.modelcontextprotocol/"
#define TASKS_EXTENSION P_PREFIX "tasks"

enum rev {
	REV_NONE,
	REV_2024_11,
	REV_2025_03,
	REV_2025_06,
	REV_2025_11,
	REV_2026,
	REV_MAX
};
extern const char *const rev_names[]; /* by enum, closed by NULL */

enum cap { /* of a client */
	   CAP_FORM = 1,
	   CAP_URL = 2,
	   CAP_SAMPLING = 4,
	   CAP_ROOTS = 8,
	   CAP_TASKS = 16 /* the extension */
};

enum cache { CACHE_NONE = 1, CACHE_STATIC, CACHE_ONCE }; /* ONCE: private, ttl 0 */

enum { LIST_TOOLS, LIST_PROMPTS, LIST_RESOURCES, LIST_TEMPLATES, LIST_MAX };

#define LIMIT_LISTENS	  32
#define LIMIT_SUBSCRIBED  256
#define LIMIT_URI	  4096 /* bytes of the JSON text of a subscribed URI */
#define LIMIT_BATCH	  1000
#define LIMIT_SPARE_CALLS 16

enum notice_kind {
	NOTICE_TOOLS = 1,
	NOTICE_PROMPTS = 2,
	NOTICE_RESOURCES = 4,
	NOTICE_URI = 8
};

struct notice {
	struct notice *next;
	enum notice_kind kind;
	const char *uri; /* NOTICE_URI */
};

/* A 2025-03-26 batch: its answers leave as one array. Guarded by the output lock. */
struct batch {
	struct buf out;
	size_t open; /* requests not yet answered, and one while it is being read */
};

/* What an initialize set up. The main thread reads and writes it; workers read the
 * members from log_level on, under the output lock. */
struct session {
	enum rev rev; /* REV_NONE: no handshake yet */
	unsigned caps;
	char *client_name;
	int log_level;
	bool initialized;
	char *uris[LIMIT_SUBSCRIBED]; /* resources/subscribe */
	size_t n_uris;
};

struct call {
	struct sched_item item; /* first: an item is its call */
	struct server *srv;
	struct ctx ctx;
	enum rev rev;
	const char *id, *key, *method; /* id is JSON text */
	const struct node *params; /* never NULL once dispatched; may lack everything */
	const char *token;	   /* progress token as JSON text, or NULL */
	unsigned caps;
	int log_level; /* of the envelope; 0: silent */
	const char *client_name;
	int64_t started_us;

	bool (*job)(struct call *k, struct err *e); /* runs on a worker; NULL: answered */
	enum order order;
	const void *target; /* tool, resource or prompt of the job */
	const char *const *vars;

	atomic_bool cancelled; /* set under the output lock */
	bool registered;       /* in the table; lock */
	struct call *peer;     /* chain of the table, of spare calls */

	bool listening; /* subscriptions/listen, stays until cancelled */
	unsigned kinds; /* set of notice_kind */
	const char **uris;
	size_t n_uris;

	struct batch *batch;
	struct notice *notices, **notices_end;
	const char *audit_id;
	bool failed;		    /* the result tells of a failure */
	struct ask_round *asked;    /* what ask() knows of this call, or NULL */
	const char *input_requests; /* JSON text when the result asks back, else NULL */
	const char *request_state;  /* goes with it, or NULL */
	const struct task *task;    /* while it runs as one */
	struct call *task_next;	    /* lock */
	int64_t touched_ms;	    /* when its progress was stored */
	bool creates_task;	    /* the answer being written says so */
	bool told;		    /* a progress message was sent */
	double progress;
	int64_t progress_ms;
	struct buf body; /* structuredContent or the like */
	struct buf line; /* the answer */
};

struct question_wait;

struct server {
	struct server_options opt;
	struct wire wire;
	struct sched sched;
	struct session session;
	struct call *table[256]; /* in flight, by key and era; lock */
	size_t n_open;		 /* handed to workers and not finished; lock */
	struct call *spare;	 /* lock */
	size_t n_spare;
	size_t n_listens;
	bool listens_ended;
	struct call *tasks;		 /* running ones; lock */
	struct question_wait *questions; /* put to the client, unanswered; lock */
	uint64_t n_questions;
	bool no_answers; /* end of input: no client will answer any more; lock */
	bool ending;	 /* wake the main thread when the last call is finished; lock */
	struct buf lists[REV_MAX][LIST_MAX]; /* serialized results; main thread */
};

struct call *call_new(struct server *s);
void call_free(struct call *k); /* an unregistered call */
void calls_release(struct server *s);

/* Enters the table; ERR_REQUEST when the id is in use in the same era. */
bool call_register(struct call *k, struct err *e);
/* Cancels what is in flight under this id: in the modern table only, or there when the
 * other era has none. Unknown ids are ignored. */
void call_cancel_id(struct server *s, const char *key, bool modern_only);
void call_cancel_all(struct server *s);
void call_leave(struct call *k);      /* out of the table; lock held */
void call_run(struct sched_item *it); /* the worker's side */
bool call_queue(struct call *k, struct err *e);

/* reply.c: reply_open begins the result object in k->line; members go between. */
void reply_open(struct call *k, struct jsonw *w);
void reply_close(struct call *k, struct jsonw *w, enum cache cache);
void reply_result(struct call *k, const char *result,
		  size_t n); /* a whole result object */
void reply_error(struct call *k, const struct err *e);
/* The JSON-RPC code of an error of this call. */
int reply_code(const struct call *k, enum err_code code);
void reply_ask(struct call *k); /* the result that asks the user (2026-07-28) */
void reply_send(
	struct call *k); /* writes k->line unless cancelled; the call leaves the table */
void batch_done(struct server *s, struct batch *b); /* lock held */
/* serverInfo of every modern result, into the open _meta object. */
void result_server_info(const struct server *s, struct jsonw *w);

/* A message of the protocol's log, by the rules of the call's era. level: 1 debug … 8. */
extern const char *const log_level_names[];
void call_log(struct ctx *c, int level, const char *logger, const char *text);

void call_progress(struct ctx *c, double done, double total, const char *message);

static inline bool call_modern(const struct call *k)
{
	return k->rev == REV_2026;
}

#endif
