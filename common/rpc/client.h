/* SPDX-License-Identifier: Apache-2.0 */
/* An MCP client over stdio for child servers of either era; one I/O thread for all
 * children of the process. Used by the coordinator's targets and the compliance server's
 * live checks. */
#ifndef COMMON_RPC_CLIENT_H
#define COMMON_RPC_CLIENT_H

#include "common/base/child.h"
#include "common/base/ctx.h"
#include "common/field/jsonr.h"

struct client_hub; /* the I/O thread */
struct client;	   /* one running child server */

/* SIGPIPE must be ignored by the process (fd_sanitize). */
struct client_hub *client_hub_new(struct err *e);
/* Stops every child together, in 1.7 s at most or, in a hurry, 400 ms; one that SIGKILL
 * does not end is given up 3 s or, in a hurry, 500 ms later. Then the thread; clients
 * still open are freed. No other thread may be using one. */
void client_hub_free(struct client_hub *h, bool hurry);
/* From now on every step of a stop, also of those under way, takes 200 ms at most, the
 * wait after SIGKILL 500 ms. */
void client_hub_hurry(struct client_hub *h);

/* BARE: no handshake at all, the caller speaks with client_raw. */
enum client_era { CLIENT_AUTO = 1, CLIENT_LEGACY, CLIENT_MODERN, CLIENT_BARE };

#define CLIENT_MAX_CHILDREN 64 /* per hub */

struct client_options {
	const char *name; /* for messages */
	struct child_spec spec;
	enum client_era era; /* AUTO: server/discover first, then initialize */
	int64_t start_ms;    /* limit for start and handshake together */
	int64_t max_line;    /* longest line accepted from the child; longer kills it */
	int64_t max_bytes;   /* total of stdout and stderr accepted, 0: no limit */
	const char *as_name; /* clientInfo.name, NULL: ours */
	/* Wait after its end before processes left in its group are counted and killed.
	 */
	int64_t linger_ms;
	/* Each line in order, n bytes without line end or NUL: '>' to the child, '<' from
	 * it, 'e' stderr (at most 4 KiB), 'x' a last piece of stdout that had no line
	 * end. Never two at once; comes from any thread under the hub's lock, must not
	 * call back. May be NULL. */
	void (*wire)(void *arg, char direction, const char *line, size_t n);
	void *wire_arg;
};

/* What the handshake told. Texts live as long as the client. */
struct client_info {
	bool modern;
	const char *version; /* protocol revision in use */
	const char *server_name, *server_version;
	const char *capabilities; /* JSON text */
	const char *instructions; /* or NULL */
	const char *supported;	  /* JSON text of supportedVersions, modern only */
	int64_t start_ms;	  /* spawn to handshake answer */
	bool respawned; /* the probe cost a process: it died or fell silent on it */
};

/* Spawns and shakes hands; NULL with e set otherwise (nothing is left running).
 * Thread-safe. */
struct client *client_open(struct client_hub *h, struct ctx *c,
			   const struct client_options *o, struct err *e);
const struct client_info *client_info(const struct client *cl);
bool client_alive(const struct client *cl);
/* Last lines of stderr (printable, at most 2 KiB) and how it ended, for error texts. */
char *client_post_mortem(struct arena *a, const struct client *cl);
int64_t client_rss_kib(const struct client *cl);
pid_t client_pid(const struct client *cl);     /* also its group; 0 when it has ended */
int64_t client_bytes(const struct client *cl); /* read from it so far */

/* Everything lives as long as the arena of the ctx it was made with. */
struct client_reply {
	const struct node *result; /* object, or NULL when error is set */
	int64_t error_code;
	const char *error_message; /* NULL: no error */
	const struct node *error;  /* the whole error object */
	size_t bytes;		   /* of the reply line */
	int64_t us;		   /* round trip */
};

/* Sends one request and waits for its reply, until the ctx's deadline or cancellation, at
 * most timeout_ms (0: no extra limit). params: JSON object text or NULL; the envelope is
 * added in the modern era, a progress token when c->progress is set. A JSON-RPC error
 * from the server is a successful call with error_message set. false: ERR_TIMEOUT (a
 * cancellation was sent), ERR_CANCELLED (likewise), ERR_UNAVAILABLE (child ended; post
 * mortem in the text). The reply lives in the ctx's arena. Several threads may call at
 * once. */
bool client_call(struct client *cl, struct ctx *c, const char *method, const char *params,
		 int64_t timeout_ms, struct client_reply *ret, struct err *e);
bool client_notify(struct client *cl, const char *method, const char *params,
		   struct err *e);
/* Sends bytes as they are plus a newline (live checks); the reply with that raw id text,
 * if any, within timeout_ms: ret->result and error as above, both NULL when silent. */
bool client_raw(struct client *cl, struct ctx *c, const char *line, const char *id_text,
		int64_t timeout_ms, struct client_reply *ret, struct err *e);
/* For walks over pages: {"cursor":…} in the arena, NULL for the first page; whether a
 * cursor came before. */
char *client_cursor_params(struct arena *a, const char *cursor);
bool client_cursor_seen(const char *const *seen, int n, const char *cursor);
/* Walks a list method over all pages (at most max_pages); calls each for every element of
 * member until it returns false; repeats of a cursor are an error. */
bool client_list(struct client *cl, struct ctx *c, const char *method, const char *member,
		 int max_pages, bool (*each)(void *arg, const struct node *item),
		 void *arg, struct err *e);
/* Close stdin, grace, TERM, grace, KILL; reaps. Frees. NULL is fine. grace_ms 0: KILL
 * now. */
void client_close(struct client *cl, int64_t grace_ms);

/* How a child ended. */
struct client_end {
	int64_t ms;  /* from the closing of its stdin to its end */
	bool before; /* it had ended before it was asked to */
	bool needed_term, needed_kill;
	int left_behind; /* processes found in its group after linger_ms */
	char status[64]; /* "exit status 0" */
};
/* The same with separate waits, and tells how it went. */
void client_finish(struct client *cl, int64_t eof_ms, int64_t term_ms,
		   struct client_end *ret);

#endif
