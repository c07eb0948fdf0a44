/* SPDX-License-Identifier: Apache-2.0 */
/* One server under test: the steps of its examination. Private to live*.c. */
#ifndef COMPLIANCE_LIVE_SESSION_H
#define COMPLIANCE_LIVE_SESSION_H

#include <stdatomic.h>

#include "common/rpc/client.h"
#include "compliance-server/live.h"
#include "compliance-server/live_watch.h"

/* What is going on, for whoever waits for it. */
enum session_step {
	STEP_START,
	STEP_LIST,
	STEP_MEASURE,
	STEP_ASK,
	STEP_MALFORMED,
	STEP_IDLE,
	STEP_END,
	STEP_AGAIN,
	STEPS
};
const char *session_step_text(int step);

struct session_state {
	atomic_int pid;		     /* of the running process and its group; 0: none */
	atomic_int step;	     /* enum session_step */
	_Atomic int64_t too_big_kib; /* what it took when it was ended for that */
	_Atomic int64_t too_many;    /* the same for the number of its processes */
};

struct session {
	struct live *live;
	struct ctx c; /* arena of the result, deadline of the budget */
	struct client_hub *hub;
	const struct entry *entry;
	struct live_options o;
	struct live_command command;
	struct watch watch;
	struct client *cl; /* the process that is asked now */
	struct session_state *state;
	const char *tag; /* of its processes */
};

/* How one process is started. */
struct session_start {
	enum client_era era;
	const char *as_name; /* NULL: LIVE_CLIENT */
	int64_t linger_ms;   /* before what it leaves is counted */
	void (*wire)(void *arg, char direction, const char *line, size_t n);
	void *wire_arg;
};

/* Parameters of a raw request in the modern era. */
#define SESSION_ENVELOPE(version)                                            \
	"{\"io.modelcontextprotocol/protocolVersion\":\"" version            \
	"\",\"io.modelcontextprotocol/clientInfo\":{\"name\":\"" LIVE_CLIENT \
	"\",\"version\":\"" SUITE_VERSION                                    \
	"\"},\"io.modelcontextprotocol/clientCapabilities\":{}}"

/* ---- live_session.c ---- */
/* NULL as well when the budget is over or the check was cancelled. */
struct client *session_open(struct session *s, const struct session_start *how,
			    struct err *e);
/* Everything; sets s->live. */
void session_run(struct session *s);
/* Ends s->cl at once: of a process whose end nobody judges. */
void session_close(struct session *s);
/* Runs every step on the main process, which is open, up to its end. */
void session_examine(struct session *s);
/* The processes after it: other names, other versions. */
void session_examine_starts(struct session *s);
/* Milliseconds this step may take: `want`, or what the budget leaves. */
int64_t session_left(const struct session *s, int64_t want);
void session_pause(const struct session *s, int64_t ms);
bool session_can_ask(const struct session *s);
/* What cannot be asked any more leaves ret as it is: not asked. */
void session_ask(struct session *s, const char *method, const char *params, int64_t ms,
		 struct live_answer *ret);
/* id NULL: no answer is waited for. */
void session_ask_raw(struct session *s, const char *line, const char *id, int64_t ms,
		     struct live_answer *ret);
/* A request that any server of the era answers. */
const char *session_life(const struct session *s);

/* ---- live_list.c ---- */
void session_walk(struct session *s, struct live_list *l);
void session_list(struct session *s);
/* In a process of its own, under another client name. */
void session_list_again(struct session *s);

/* ---- live_measure.c ---- */
/* Load of the machine, and its processors. */
void live_load(double *ret_load, int *ret_processors);
void session_measure_begin(struct session *s);
void session_measure_lists(struct session *s);
void session_measure_idle(struct session *s);
/* Of a process started in another step. */
void session_note_start(struct session *s, int64_t ms);
/* Plain starts up to LIVE_STARTS. */
void session_measure_starts(struct session *s);
void session_measure_end(struct session *s);

/* ---- live_probe.c ---- */
void session_ask_notification(struct session *s);
void session_ask_unknown(struct session *s);
void session_ask_ids(struct session *s);
void session_ask_malformed(struct session *s);
/* As the first request to a process of its own. */
void session_ask_version(struct session *s);
/* tools/list first, then the handshake, in a process of its own. */
void session_ask_early(struct session *s);

#endif
