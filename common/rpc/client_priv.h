/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the MCP client: shared by client*.c only. Everything is guarded by hub->mu
 * unless it says otherwise. */
#ifndef COMMON_RPC_CLIENT_PRIV_H
#define COMMON_RPC_CLIENT_PRIV_H

#include <poll.h>
#include <pthread.h>

#include "common/base/buf.h"
#include "common/base/child.h"
#include "common/base/str.h"
#include "common/rpc/client.h"

#define CLIENT_MODERN_VERSION "2026-07-28"
#define CLIENT_LEGACY_VERSION "2025-11-25"

#define CLIENT_RING  (64 * 1024)
#define CLIENT_CHUNK (64 * 1024)
#define CLIENT_OUT_MAX \
	(16 * 1024 * 1024) /* bytes waiting for a child that does not read */
#define CLIENT_ERR_LINE	  4096
#define CLIENT_HURRY	  200  /* longest step of a stop in a hurry */
#define CLIENT_KILL_WAIT  3000 /* after SIGKILL, before a child is given up */
#define CLIENT_KILL_HURRY 500

enum stop_phase { STOP_NONE, STOP_EOF, STOP_TERM, STOP_KILL };

/* A request that waits for its reply; lives on the stack of its caller. */
struct pending {
	struct pending *next;
	const struct node *id;
	const struct buf *line; /* as it was sent */
	bool done;
	struct arena *arena; /* of msg; the waiter takes it over */
	const struct node *msg;
	size_t bytes;
	int64_t at_us;
	bool news; /* a progress notification nobody has seen yet */
	double progress, total;
	char message[256];
};

struct client {
	struct client_hub *hub;
	struct client *next;
	struct arena *arena; /* texts of info; written before open returns */
	struct client_info info;
	char *name, *as_name;
	int64_t max_line, max_bytes, linger_ms;
	void (*wire)(void *arg, char direction, const char *line, size_t n);
	void *wire_arg;

	struct child child;
	bool ended;  /* nothing of it is left to wait for */
	bool exited; /* the leader has ended, what it left is looked at after linger_ms */
	bool mute;   /* its stdout is closed */
	bool deaf;   /* its stdin is closed */
	bool any_line;	  /* something came on stdout */
	bool echoes;	  /* and that was a request of ours */
	char reason[200]; /* why we killed it, or "" */
	pthread_cond_t changed;

	struct buf in;	/* stdout not yet cut into lines; only the I/O thread */
	size_t scanned; /* of in: no newline before here */
	struct buf out; /* bytes for stdin from out_off on */
	size_t out_off;
	int64_t bytes; /* read in all */
	char *ring;    /* CLIENT_RING last bytes of stderr */
	size_t ring_at, ring_len;
	struct buf err_line; /* for the wire */
	int64_t junk;	     /* lines that were no messages */
	char junk_why[160];

	struct pending *pending;
	int64_t next_id;

	enum stop_phase phase;
	int64_t phase_end, term_ms; /* monotonic ms; wait after TERM */
	int64_t stop_at, exit_at;   /* stdin closed; end seen */
	bool needed_term, needed_kill;
	int left_behind;
};

struct client_hub {
	pthread_mutex_t mu;
	pthread_t thread;
	int wake; /* eventfd */
	bool stop, hurry;
	struct client *clients;
	size_t n;
	struct pollfd fds[1 + 4 * CLIENT_MAX_CHILDREN];
	char chunk[CLIENT_CHUNK];
};

/* client_io.c: the I/O thread */
void *client_io_main(void *hub);
void client_io_wake(struct client_hub *h);
void client_io_flush(struct client *cl); /* writes what the pipe takes */
/* Queues one line (newline added). ERR_UNAVAILABLE when it cannot read any more. */
bool client_io_send(struct client *cl, const char *line, size_t n, struct err *e);
void client_io_stop(struct client *cl, int64_t eof_ms, int64_t term_ms);
void client_io_hurry(struct client *cl);
void client_io_kill(struct client *cl, const char *reason, ...) PRINTF_LIKE(2, 3);

/* client_msg.c: lines and what they mean */
void client_msg_take(struct client *cl, const char *line, size_t n);
/* A request (id_text set) or notification with what the era wants in params._meta. */
bool client_msg_build(const struct client *cl, const char *id_text, const char *method,
		      const char *params, bool token, struct buf *ret, struct err *e);

/* client_shake.c: era and versions; false with *ret_again when a fresh process that is
 * asked the older way only is worth a try. e is not NULL. */
bool client_shake(struct client *cl, struct ctx *c, enum client_era era, int64_t until,
		  bool *ret_again, struct err *e);

/* client.c: waits for a change of cl, at most ms; lock held */
void client_wait_change(struct client *cl, int64_t ms);
/* The last max bytes of the post mortem of a child that is ending; lock not held. */
char *client_last_words(struct arena *a, struct client *cl, size_t max);

/* client_call.c: sends the line, waits for the reply with this id; lock not held. SILENT
 * when `until` came first. */
enum client_wait { WAIT_DONE = 1, WAIT_SILENT, WAIT_FAILED };
enum client_wait client_exchange(struct client *cl, struct ctx *c, const struct buf *line,
				 const char *id_text, int64_t until,
				 struct client_reply *ret, struct err *e);

#endif
