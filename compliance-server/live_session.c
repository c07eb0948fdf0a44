/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a live check in order, how a server is asked, and its end. Every wait is
 * bounded by the step and by the budget; what the budget no longer allows stays unasked,
 * and its rules unknown. No tool is ever called. */
#include "compliance-server/live_session.h"

#include <poll.h>
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/live_strays.h"

#define LINE_MAX_IN  (64 * 1024 * 1024)
#define BYTES_MAX_IN (256 * 1024 * 1024)
#define TERM_MS	     2000
#define PAUSE_MS     20 /* nobody wakes us when the check is cancelled */

#define LIMIT_CPU_S 120
#define LIMIT_FILES 4096
#define LIMIT_FSIZE ((int64_t)1024 * 1024 * 1024)

static const char *const steps[STEPS] = {
	[STEP_START] = "waiting for the handshake",
	[STEP_LIST] = "reading its lists",
	[STEP_MEASURE] = "timing its lists",
	[STEP_ASK] = "asking what no client asks",
	[STEP_MALFORMED] = "sending malformed lines",
	[STEP_IDLE] = "watching it idle",
	[STEP_END] = "waiting for its end",
	[STEP_AGAIN] = "starting it again",
};

const char *session_step_text(int step)
{
	return step >= 0 && step < STEPS ? steps[step] : "";
}

static void enter(struct session *s, enum session_step step)
{
	atomic_store(&s->state->step, (int)step);
}

int64_t session_left(const struct session *s, int64_t want)
{
	return MIN(want, clock_left(s->c.deadline));
}

void session_pause(const struct session *s, int64_t ms)
{
	int64_t until = clock_mono() + session_left(s, ms);

	while (clock_left(until) > 0 && !ctx_stop(&s->c, NULL))
		poll(NULL, 0, (int)MIN(clock_left(until), PAUSE_MS));
}

/* Programs that become another user on their way to the server, and fail without. */
static bool needs_privileges(const struct entry *entry)
{
	static const char *const programs[] = { "podman", "snap", "flatpak", "firejail",
						"bwrap" };

	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (str_eq(entry->program, programs[i]))
			return true;
	return str_starts(entry->command.text, "/snap/");
}

struct client *session_open(struct session *s, const struct session_start *how,
			    struct err *e)
{
	struct client_options o = {
		.name = s->entry->name,
		.spec = { .argv = s->command.argv,
			  .envp = s->command.envp,
			  .cwd = s->command.cwd,
			  .max_memory = MAX(s->o.max_memory, 0),
			  .max_cpu_s = LIMIT_CPU_S,
			  .max_files = LIMIT_FILES,
			  .max_file_size = LIMIT_FSIZE,
			  .max_data = MAX(s->o.max_data, 0),
			  .max_processes = s->o.max_tasks,
			  .confined = true,
			  .no_privileges = !needs_privileges(s->entry) },
		.era = how->era,
		.start_ms = session_left(s, s->o.start_ms),
		.max_line = LINE_MAX_IN,
		.max_bytes = BYTES_MAX_IN,
		.as_name = how->as_name ? how->as_name : LIVE_CLIENT,
		.linger_ms = how->linger_ms,
		.wire = how->wire,
		.wire_arg = how->wire_arg,
	};
	struct client *cl;

	if (ctx_stop(&s->c, e))
		return NULL;
	cl = client_open(s->hub, &s->c, &o, e);
	if (cl)
		atomic_store(&s->state->pid, client_pid(cl));
	return cl;
}

void session_close(struct session *s)
{
	atomic_store(&s->state->pid, 0);
	client_finish(s->cl, session_left(s, 500), 200, NULL);
	s->cl = NULL;
}

static void note_reply(struct live_answer *a, const struct client_reply *r)
{
	a->result = r->error ? NULL : r->result;
	a->error = r->error;
	a->code = r->error_code;
	a->us = r->us;
	a->bytes = r->bytes;
	a->silent = !r->error && !r->result;
}

static void note_failure(struct session *s, struct live_answer *a, const struct err *e)
{
	if (e->code == ERR_CANCELLED || clock_left(s->c.deadline) == 0 ||
	    atomic_load(&s->state->too_big_kib) || atomic_load(&s->state->too_many))
		a->asked = false; /* our end, not the server's */
	else if (!client_alive(s->cl))
		a->died = true;
	else
		a->silent = true;
}

bool session_can_ask(const struct session *s)
{
	return session_left(s, 1) > 0 && client_alive(s->cl);
}

void session_ask(struct session *s, const char *method, const char *params, int64_t ms,
		 struct live_answer *ret)
{
	struct client_reply r = { 0 };
	struct err e = { 0 };

	if (!session_can_ask(s))
		return;
	ret->asked = true;
	if (client_call(s->cl, &s->c, method, params, session_left(s, ms), &r, &e))
		note_reply(ret, &r);
	else
		note_failure(s, ret, &e);
}

const char *session_life(const struct session *s)
{
	return s->live->modern ? "server/discover" : "ping";
}

void session_ask_raw(struct session *s, const char *line, const char *id, int64_t ms,
		     struct live_answer *ret)
{
	struct client_reply r = { 0 };
	struct err e = { 0 };

	if (!session_can_ask(s))
		return;
	ret->asked = true;
	if (client_raw(s->cl, &s->c, line, id, session_left(s, ms), &r, &e))
		note_reply(ret, &r);
	else
		note_failure(s, ret, &e);
}

static void end_process(struct session *s)
{
	struct live *live = s->live;
	bool whole = session_left(s, s->o.exit_ms) >= s->o.exit_ms;
	int64_t eof_ms = MAX(session_left(s, s->o.exit_ms), 200), term_ms = TERM_MS;
	struct client_end end;
	char *words;
	pid_t pid;

	/* Behind the budget lie two seconds for the ending, the linger included. */
	if (clock_left(s->c.deadline) < eof_ms + TERM_MS + s->o.linger_ms)
		term_ms = 200;
	if (ctx_stop(&s->c, NULL))
		eof_ms = term_ms = 200;
	words = client_post_mortem(s->c.arena, s->cl);
	pid = atomic_exchange(&s->state->pid, 0);
	client_finish(s->cl, eof_ms, term_ms, &end);
	s->cl = NULL;
	if (end.before && !live->died) {
		live->died = true;
		live->error = watch_masked(&s->watch, s->c.arena, words, 300);
	}
	live->end_seen = !end.before && (whole || !end.needed_term);
	live->end_ms = end.ms;
	live->needed_term = end.needed_term;
	live->needed_kill = end.needed_kill;
	live->left_behind = end.left_behind + strays_end(s->tag, pid);
}

void session_examine(struct session *s)
{
	struct live *live = s->live;

	enter(s, STEP_LIST);
	session_list(s);
	if (s->o.lists_only) {
		end_process(s);
		return;
	}
	enter(s, STEP_MEASURE);
	session_measure_lists(s);
	enter(s, STEP_ASK);
	session_ask_notification(s);
	session_ask_unknown(s);
	session_ask_ids(s);
	enter(s, STEP_MALFORMED);
	session_ask_malformed(s);
	enter(s, STEP_IDLE);
	session_measure_idle(s);
	enter(s, STEP_END);
	live->died = !client_alive(s->cl);
	if (live->died)
		live->error = watch_masked(&s->watch, s->c.arena,
					   client_post_mortem(s->c.arena, s->cl), 300);
	live->budget_over = clock_left(s->c.deadline) == 0;
	end_process(s);
}

void session_examine_starts(struct session *s)
{
	enter(s, STEP_AGAIN);
	session_list_again(s);
	session_ask_version(s);
	session_ask_early(s);
	session_measure_starts(s);
}
