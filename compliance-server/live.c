/* SPDX-License-Identifier: Apache-2.0 */
/* Live checks: a few servers at a time, each within its budget. */
#include "compliance-server/live.h"

#include <stdatomic.h>
#include <string.h>

#include "common/base/mem.h"
#include "common/base/pool.h"
#include "common/base/str.h"
#include "compliance-server/live_session.h"

#define WORDS_SHOWN 200
#define PROGRESS_MS 250
/* A sanitized build is tried on servers that are built alike. */
#define MEMORY_MAX (SANITIZED ? -1 : INT64_C(256) << 30)

struct job {
	struct ctx *c;
	struct client_hub *hub;
	const struct live_options *o;
	struct entry *entry;
	struct arena *arena; /* of the result; ours until it is handed to the facts */
	struct live *live;   /* NULL: not finished */
	atomic_size_t *done;
	struct live_metrics machine; /* its load when the run began */
};

/* "API_KEY … is required": the entry lacks what only its owner knows. */
static bool names_credential(const char *p, size_t n)
{
	for (size_t i = 0; i + 3 <= n; i++)
		if (!strncmp(p + i, "KEY", 3) ||
		    (i + 5 <= n && !strncmp(p + i, "TOKEN", 5)))
			return true;
	return false;
}

static bool wants_credential(const char *words)
{
	static const char *const verbs[] = { "missing", "required", "not set" };

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		for (const char *p = words; (p = strstr(p, verbs[i])); p++) {
			size_t before = MIN((size_t)(p - words), (size_t)40);
			size_t n = before + strlen(verbs[i]) + 40;

			if (names_credential(p - before, MIN(n, strlen(p - before))))
				return true;
		}
	}
	return false;
}

static const char *phase_of(const struct err *e)
{
	if (strstr(e->msg, "cannot start"))
		return "spawn";
	if (e->code == ERR_TIMEOUT)
		return "silence";
	return strstr(e->msg, "ended") ? "exit" : "refused";
}

static void note_failed_start(struct session *s, const struct err *e)
{
	struct live *live = s->live;
	const char *nl = strchr(e->msg, '\n');

	live->state = LIVE_FAILED;
	live->phase = phase_of(e);
	if (str_eq(live->phase, "exit") && wants_credential(buf_text(&s->watch.words)))
		live->state = LIVE_NEEDS_CREDENTIAL;
	live->error =
		watch_masked(&s->watch, s->c.arena,
			     arena_strndup(s->c.arena, e->msg,
					   nl ? (size_t)(nl - e->msg) : strlen(e->msg)),
			     300);
}

static void note_handshake(struct session *s)
{
	const struct client_info *info = client_info(s->cl);
	struct arena *a = s->c.arena;
	const char *caps = arena_strdup(a, info->capabilities);
	struct live *live = s->live;

	live->state = LIVE_OK;
	live->modern = info->modern;
	live->respawned = info->respawned;
	live->version = arena_strdup(a, info->version);
	live->server_name = arena_strdup(a, info->server_name);
	live->server_version = arena_strdup(a, info->server_version);
	live->instructions = arena_strdup(a, info->instructions);
	live->capabilities = jsonr_parse(a, caps, strlen(caps),
					 JSONR_DUPLICATES | JSONR_NUL, NULL, NULL);
	if (!live->capabilities)
		live->capabilities = jsonr_parse(a, "{}", 2, 0, NULL, NULL);
	live->start_ms = info->start_ms;
}

/* After the last process has ended: nobody writes to the watch any more. */
static void note_watch(struct session *s)
{
	const struct watch *w = &s->watch;
	struct live *live = s->live;
	struct arena *a = s->c.arena;

	live->noise = w->noise;
	live->noise_first_only = w->noise == 1 && w->noise_first;
	live->noise_text = watch_masked(w, a, w->noise_text, sizeof(w->noise_text));
	live->unended = w->unended;
	live->asked_us = w->asked;
	live->asked_method = str_printable(a, w->asked_method, sizeof(w->asked_method));
	live->words = watch_masked(w, a, buf_text(&w->words), WORDS_SHOWN);
	if (w->leak) {
		live->leak = w->leak->name;
		live->leak_where = w->leak_stderr ? "stderr" : "stdout";
	}
}

static void run_session(struct session *s)
{
	const struct session_start how = { .era = CLIENT_AUTO,
					   .linger_ms = s->o.linger_ms,
					   .wire = watch_line,
					   .wire_arg = &s->watch };
	struct live *live = s->live;
	struct secret *secrets = NULL;
	struct err e = { 0 };
	size_t n = 0;

	if (!live_command(s->c.arena, s->entry, s->o.environ_in, &s->command, &e)) {
		live->state = LIVE_NEEDS_CREDENTIAL;
		live->phase = "spawn";
		live->error = arena_strdup(s->c.arena, e.msg);
		live->words = "";
		return;
	}
	secrets = watch_secrets(s->c.arena, s->entry, s->command.envp, &n);
	watch_init(&s->watch, secrets, n);
	s->cl = session_open(s, &how, &e);
	if (s->cl) {
		note_handshake(s);
		session_measure_begin(s);
		session_examine(s);
		if (!s->o.lists_only) {
			session_examine_starts(s);
			session_measure_end(s);
		}
	} else {
		note_failed_start(s, &e);
	}
	note_watch(s);
	watch_release(&s->watch);
}

static void examine(struct job *j)
{
	int64_t began = clock_mono();
	struct session s = { .c = *j->c, .hub = j->hub, .entry = j->entry, .o = *j->o };
	int64_t deadline = began + s.o.budget_ms;

	if (ctx_stop(j->c, NULL))
		return;
	j->arena = arena_new();
	s.live = arena_alloc(j->arena, sizeof(*s.live));
	s.live->at = clock_now();
	s.live->texts = arena_alloc(j->arena, sizeof(*s.live->texts));
	s.live->metrics = j->machine;
	s.c.arena = j->arena;
	s.c.progress = NULL; /* that of the whole check, not of one request to a server */
	s.c.deadline = s.c.deadline ? MIN(s.c.deadline, deadline) : deadline;
	run_session(&s);
	s.live->ms = clock_mono() - began;
	/* A result that our own end cut short would blame the server. */
	if (!ctx_stop(j->c, NULL))
		j->live = s.live;
}

static void run_job(void *arg)
{
	struct job *j = arg;

	examine(j);
	atomic_fetch_add(j->done, 1);
}

static void free_arena(void *a)
{
	arena_free(a);
}

static struct live_options with_defaults(const struct live_options *o)
{
	struct live_options out = *o;

	out.budget_ms = o->budget_ms ? o->budget_ms : LIVE_BUDGET_MS;
	out.start_ms = o->start_ms ? o->start_ms : 30000;
	out.silence_ms = o->silence_ms ? o->silence_ms : 5000;
	out.exit_ms = o->exit_ms ? o->exit_ms : 5000;
	out.idle_ms = o->idle_ms ? o->idle_ms : 2000;
	out.linger_ms = o->linger_ms ? o->linger_ms : 1000;
	out.max_memory = o->max_memory ? o->max_memory : MEMORY_MAX;
	return out;
}

static struct live_metrics machine_of(const struct live_options *o)
{
	struct live_metrics m = { 0 };

	live_load(&m.load, &m.processors);
	if (o->load > 0)
		m.load = o->load;
	m.busy = m.load > m.processors;
	return m;
}

bool live_run(struct ctx *c, const struct facts *f, struct entry *const *entries,
	      size_t n, const struct live_options *o, struct err *e)
{
	struct live_options full = with_defaults(o);
	struct live_metrics machine = machine_of(o);
	struct client_hub *hub;
	struct pool *pool;
	atomic_size_t done = 0;
	struct job *jobs;

	if (!(hub = client_hub_new(e)))
		return false;
	if (!(pool = pool_new(LIVE_AT_ONCE, e))) {
		client_hub_free(hub, true);
		return false;
	}
	jobs = mem_array(n + 1, sizeof(*jobs));
	for (size_t i = 0; i < n; i++) {
		jobs[i] = (struct job){ .c = c,
					.hub = hub,
					.o = &full,
					.entry = entries[i],
					.done = &done,
					.machine = machine };
		pool_submit(pool, run_job, &jobs[i]);
	}
	/* Each job ends by its own budget, and soon once c is cancelled. */
	while (!pool_drain(pool, clock_mono() + PROGRESS_MS)) {
		if (ctx_stop(c, NULL))
			client_hub_hurry(hub);
		ctx_progress(c, (double)atomic_load(&done), (double)n,
			     "servers examined");
	}
	pool_free(pool);
	client_hub_free(hub, true);
	for (size_t i = 0; i < n; i++) {
		entries[i]->live = jobs[i].live;
		if (jobs[i].arena)
			arena_defer(f->arena, free_arena, jobs[i].arena);
	}
	mem_free(jobs);
	return !ctx_stop(c, e);
}
