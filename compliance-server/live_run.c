/* SPDX-License-Identifier: Apache-2.0 */
/* Live checks: a few servers at a time, each within its budget, watched from outside. */
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/mem.h"
#include "common/base/pool.h"
#include "common/base/proc.h"
#include "common/base/str.h"
#include "compliance-server/live_session.h"
#include "compliance-server/live_strays.h"

#define LOOK_MS	      250
#define PROGRESS_MS   1000
#define NAME_SHOWN    60
#define RESIDENT_MAX  ((int64_t)4 * 1024 * 1024 * 1024)
#define PROCESSES_MAX 1000 /* of one server; the kernel does not hold root to a limit */
#define TASKS_MORE    4096 /* processes and threads beside those its user has already */
/* A sanitized build is tried on servers that are built alike: they reserve terabytes. */
#define MEMORY_MAX (SANITIZED ? -1 : INT64_C(256) << 30)
#define DATA_MAX   (SANITIZED ? -1 : INT64_C(8) << 30)

struct job {
	struct ctx *c;
	struct client_hub *hub;
	const struct live_options *o;
	struct entry *entry;
	struct arena *arena; /* of the result; ours until it is handed to the facts */
	struct live *live;   /* NULL: not finished */
	struct live_metrics machine; /* its load when the run began */
	struct session_state state;
	_Atomic int64_t began; /* monotonic ms; 0: it waits for its turn */
	atomic_bool done;
};

static void examine(struct job *j)
{
	int64_t began = clock_mono();
	struct session s = { .c = *j->c,
			     .hub = j->hub,
			     .entry = j->entry,
			     .o = *j->o,
			     .state = &j->state };
	int64_t deadline = began + s.o.budget_ms;

	if (ctx_stop(j->c, NULL))
		return;
	atomic_store(&j->began, began);
	j->arena = arena_new();
	s.live = arena_alloc(j->arena, sizeof(*s.live));
	s.live->at = clock_now();
	s.live->texts = arena_alloc(j->arena, sizeof(*s.live->texts));
	s.live->metrics = j->machine;
	s.c.arena = j->arena;
	s.c.progress = NULL; /* that of the whole check, not of one request to a server */
	s.c.deadline = s.c.deadline ? MIN(s.c.deadline, deadline) : deadline;
	session_run(&s);
	s.live->ms = clock_mono() - began;
	/* A result that our own end cut short would blame the server. */
	if (!ctx_stop(j->c, NULL))
		j->live = s.live;
}

static void run_job(void *arg)
{
	struct job *j = arg;

	examine(j);
	atomic_store(&j->done, true);
}

static void free_arena(void *a)
{
	arena_free(a);
}

static int64_t half_of_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ? (int64_t)pages * size / 2 : RESIDENT_MAX;
}

static int64_t tasks_now(void)
{
	struct arena *a = arena_new();
	struct procs all = procs_all(a);
	int64_t n = procs_tasks_of(&all, getuid());

	arena_free(a);
	return n;
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
	out.max_data = DATA_MAX;
	out.max_resident =
		o->max_resident ? o->max_resident : MIN(RESIDENT_MAX, half_of_memory());
	out.max_tasks = tasks_now() + TASKS_MORE;
	return out;
}

static struct live_metrics machine_of(const struct live_options *o)
{
	struct live_metrics m = { 0 };

	live_load(&m.load, &m.processors);
	if (o->load > 0)
		m.load = o->load;
	m.busy = m.load > m.processors;
	m.needed = o->measure;
	return m;
}

/* Limits of the kernel are for one process; a server may have many. */
static void end_if_too_big(struct job *j, const struct procs *all, struct arena *a)
{
	pid_t pid = atomic_load(&j->state.pid);
	const struct proc *leader = pid > 0 ? procs_find(all, pid) : NULL;
	struct procs family;
	int64_t kib;

	/* a number that is somebody else's by now has another parent */
	if (!leader || leader->parent != getpid())
		return;
	family = procs_family(a, all, pid);
	kib = procs_rss_kib(&family);
	if (kib > j->o->max_resident / 1024)
		atomic_store(&j->state.too_big_kib, kib);
	else if (family.n > PROCESSES_MAX)
		atomic_store(&j->state.too_many, (int64_t)family.n);
	else
		return;
	kill(-pid, SIGKILL);
	for (size_t i = 0; i < family.n; i++)
		kill(family.v[i].pid, SIGKILL);
}

static void look_after(struct job *jobs, size_t n)
{
	struct arena *a = arena_new();
	struct procs all = procs_all(a);

	for (size_t i = 0; i < n; i++)
		if (!atomic_load(&jobs[i].done))
			end_if_too_big(&jobs[i], &all, a);
	arena_free(a);
}

/* Grows with every second of a server that takes long, and never stands before its end.
 */
static double part_done(const struct job *j, int64_t now)
{
	int64_t began = atomic_load(&j->began);

	if (atomic_load(&j->done))
		return 1;
	return began ? MIN((double)(now - began) / (double)j->o->budget_ms, 0.99) : 0;
}

/* How far all are, and what the one is at that runs longest. */
static void tell(struct ctx *c, const struct job *jobs, size_t n, size_t done)
{
	const struct job *longest = NULL;
	int64_t now = clock_mono();
	struct arena *a;
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t began = atomic_load(&jobs[i].began);

		sum += part_done(&jobs[i], now);
		if (began && !atomic_load(&jobs[i].done) &&
		    (!longest || began < atomic_load(&longest->began)))
			longest = &jobs[i];
	}
	a = arena_new();
	ctx_progress(
		c, round(sum * 1000) / 1000, (double)n,
		longest ? arena_printf(
				  a, "%zu of %zu servers examined; %s: %s, %" PRId64 " s",
				  done, n,
				  str_printable(a, longest->entry->name, NAME_SHOWN),
				  session_step_text(atomic_load(&longest->state.step)),
				  (now - atomic_load(&longest->began)) / 1000)
			: arena_printf(a, "%zu of %zu servers examined", done, n));
	arena_free(a);
}

static size_t count_done(const struct job *jobs, size_t n)
{
	size_t done = 0;

	for (size_t i = 0; i < n; i++)
		done += atomic_load(&jobs[i].done);
	return done;
}

/* Each job ends by its own budget, and soon once c is cancelled. */
static void wait_for(struct ctx *c, struct pool *pool, struct client_hub *hub,
		     struct job *jobs, size_t n)
{
	int64_t told_at = 0;
	size_t told = n + 1;

	while (!pool_drain(pool, clock_mono() + LOOK_MS)) {
		size_t done = count_done(jobs, n);

		if (ctx_stop(c, NULL))
			client_hub_hurry(hub);
		look_after(jobs, n);
		if (done == told && clock_mono() - told_at < PROGRESS_MS)
			continue;
		tell(c, jobs, n, done);
		told = done;
		told_at = clock_mono();
	}
}

bool live_run(struct ctx *c, const struct facts *f, struct entry *const *entries,
	      size_t n, const struct live_options *o, struct err *e)
{
	struct live_options full = with_defaults(o);
	struct live_metrics machine = machine_of(o);
	struct client_hub *hub;
	struct pool *pool;
	struct job *jobs;

	if (!(hub = client_hub_new(e)))
		return false;
	if (!(pool = pool_new(LIVE_AT_ONCE, e))) {
		client_hub_free(hub, true);
		return false;
	}
	strays_begin();
	jobs = mem_array(n + 1, sizeof(*jobs));
	for (size_t i = 0; i < n; i++) {
		jobs[i].c = c;
		jobs[i].hub = hub;
		jobs[i].o = &full;
		jobs[i].entry = entries[i];
		jobs[i].machine = machine;
		pool_submit(pool, run_job, &jobs[i]);
	}
	wait_for(c, pool, hub, jobs, n);
	pool_free(pool);
	client_hub_free(hub, true);
	strays_finish();
	for (size_t i = 0; i < n; i++) {
		entries[i]->live = jobs[i].live;
		if (jobs[i].arena)
			arena_defer(f->arena, free_arena, jobs[i].arena);
	}
	mem_free(jobs);
	return !ctx_stop(c, e);
}
