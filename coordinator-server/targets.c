/* SPDX-License-Identifier: Apache-2.0 */
/* Running targets: single-flight start, back-off after deaths, idle stop. */
#include "coordinator-server/targets.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "common/base/buf.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/str.h"

#define START_MS   30000
#define IDLE_MS	   600000
#define BACKOFF_MS 16000 /* at most */
#define LINE_MAX   (10 * 1024 * 1024)
#define TOOLS_MAX  1000
#define PAGES_MAX  100

const char *const target_states[] = {
	"", "stopped", "starting", "ready", "backoff", NULL
};

struct target {
	struct target *next;
	char *name;
	char launch[DIGEST_HEX_LEN];
	char last_error[300];
	struct target_conn *conn; /* or NULL */
	bool starting;
	int deaths; /* in a row, without an answer between */
	int in_flight;
	int64_t starts, not_before, used_at;
};

struct targets {
	pthread_mutex_t mu;
	pthread_cond_t changed;
	struct client_hub *hub; /* made with the first start */
	struct target *list;
	bool stopping;
};

struct targets *targets_new(void)
{
	struct targets *ts = mem_alloc(sizeof(*ts));
	pthread_condattr_t attr;

	pthread_mutex_init(&ts->mu, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&ts->changed, &attr);
	pthread_condattr_destroy(&attr);
	return ts;
}

void targets_stop(struct targets *ts)
{
	pthread_mutex_lock(&ts->mu);
	ts->stopping = true;
	pthread_cond_broadcast(&ts->changed);
	pthread_mutex_unlock(&ts->mu);
}

/* The hub closes what is left, all at once. */
void targets_free(struct targets *ts)
{
	if (!ts)
		return;
	client_hub_free(ts->hub, true);
	while (ts->list) {
		struct target *t = ts->list;

		ts->list = t->next;
		if (t->conn) {
			arena_free(t->conn->arena);
			mem_free(t->conn);
		}
		mem_free(t->name);
		mem_free(t);
	}
	pthread_cond_destroy(&ts->changed);
	pthread_mutex_destroy(&ts->mu);
	mem_free(ts);
}

static void conn_free(struct target_conn *k)
{
	client_close(k->client, 500);
	arena_free(k->arena);
	mem_free(k);
}

/* Lock held; the caller frees what is returned, without the lock. */
static struct target_conn *detach(struct target *t)
{
	struct target_conn *k = t->conn;

	t->conn = NULL;
	if (!k)
		return NULL;
	k->stale = true;
	return k->refs ? NULL : k;
}

/* Lock held. */
static struct target *find(struct targets *ts, const char *name)
{
	struct target *t = ts->list;

	while (t && !str_eq(t->name, name))
		t = t->next;
	return t;
}

/* Lock held. */
static struct target *find_or_add(struct targets *ts, const char *name)
{
	struct target *t = find(ts, name);

	if (t)
		return t;
	t = mem_alloc(sizeof(*t));
	t->name = mem_strdup(name);
	t->next = ts->list;
	ts->list = t;
	return t;
}

/* Lock held: 0 after the first death, then 1, 2, 4 … seconds. */
static void note_death(struct target *t, const char *why)
{
	int64_t wait = t->deaths ? (int64_t)1000 << MIN(t->deaths - 1, 4) : 0;

	t->deaths++;
	t->not_before = clock_mono() + MIN(wait, BACKOFF_MS);
	snprintf(t->last_error, sizeof(t->last_error), "%s", why);
	t->last_error[utf8_cut(t->last_error, strlen(t->last_error))] = '\0';
	log_event(LOG_WARN, "target", "%s: %s", t->name, t->last_error);
}

/* ---- start ----------------------------------------------------------------- */

struct collect {
	struct target_conn *k;
};

static bool add_tool(void *arg, const struct node *item)
{
	struct target_conn *k = ((struct collect *)arg)->k;
	const char *name = node_str(node_get(item, "name"));
	const char *doc = node_str(node_get(item, "description"));
	const struct node *schema = node_get(item, "inputSchema");

	if (k->n_tools == TOOLS_MAX)
		return false;
	if (!name || strlen(name) > TOOL_MAX)
		return true;
	k->tools[k->n_tools++] = (struct target_tool){
		.name = arena_strdup(k->arena, name),
		.description = arena_strdup(k->arena, doc),
		.input_schema = schema ? node_raw(k->arena, schema) : NULL,
	};
	return true;
}

static struct client_hub *hub_of(struct targets *ts, struct err *e)
{
	struct client_hub *h;

	pthread_mutex_lock(&ts->mu);
	if (!ts->hub)
		ts->hub = client_hub_new(e);
	h = ts->hub;
	pthread_mutex_unlock(&ts->mu);
	return h;
}

/* Without the lock. The list is read with the caller's limits of time. */
static struct target_conn *start(struct targets *ts, struct ctx *c,
				 const struct entry *en, struct err *e)
{
	const struct client_options o = {
		.name = en->name,
		.spec = { .argv = en->argv, .envp = en->envp, .cwd = en->cwd },
		.era = CLIENT_AUTO,
		.start_ms = START_MS,
		.max_line = LINE_MAX,
		.as_name = "coordinator-server",
	};
	struct client_hub *h = hub_of(ts, e);
	struct arena *a = arena_new();
	struct ctx own = *c;
	struct target_conn *k;
	struct collect list;
	bool ok;

	own.arena = a;
	own.deadline = clock_mono() + START_MS;
	for (size_t i = 0; i < en->secrets.n; i++)
		log_mask(en->secrets.v[i]);
	k = mem_alloc(sizeof(*k));
	k->arena = arena_new();
	k->tools = arena_array(k->arena, TOOLS_MAX, sizeof(*k->tools));
	list.k = k;
	k->client = h ? client_open(h, &own, &o, e) : NULL;
	ok = k->client && client_list(k->client, &own, "tools/list", "tools", PAGES_MAX,
				      add_tool, &list, e);
	arena_free(a);
	if (ok)
		return k;
	conn_free(k);
	return NULL;
}

/* Lock held on entry and exit. */
static bool start_now(struct targets *ts, struct ctx *c, struct target *t,
		      const struct entry *en, struct err *e)
{
	struct target_conn *old = detach(t), *k;
	struct err why = { 0 };

	t->starting = true;
	t->starts++;
	memcpy(t->launch, en->launch, sizeof(t->launch));
	pthread_mutex_unlock(&ts->mu);
	if (old)
		conn_free(old);
	k = start(ts, c, en, &why);
	pthread_mutex_lock(&ts->mu);
	t->starting = false;
	t->conn = k;
	if (k)
		k->of = t;
	pthread_cond_broadcast(&ts->changed);
	if (k)
		return true;
	if (why.code != ERR_CANCELLED)
		note_death(t, log_masked(c->arena, why.msg));
	return err_set(e, why.code, "%s", log_masked(c->arena, why.msg));
}

/* ---- borrow ---------------------------------------------------------------- */

/* Lock held. Short, so that a cancel or the end of the process is seen. */
static void wait_changed(struct targets *ts)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += 100000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&ts->changed, &ts->mu, &t);
}

/* Lock held: somebody else's start is over. */
static bool wait_start(struct targets *ts, struct ctx *c, const struct target *t,
		       struct err *e)
{
	while (t->starting && !ts->stopping) {
		if (ctx_stop(c, e))
			return false;
		wait_changed(ts);
	}
	return !ts->stopping || err_set(e, ERR_CANCELLED, "the coordinator is ending");
}

/* Lock held. True: conn is usable or may be started now. */
static bool may_go_on(const struct target *t, struct err *e)
{
	int64_t left = t->not_before - clock_mono();

	if (t->conn || left <= 0)
		return true;
	return err_set(e, ERR_UNAVAILABLE,
		       "target \"%s\" ended %d times in a row; it is started again in"
		       " %lld ms: %s",
		       t->name, t->deaths, (long long)left, t->last_error);
}

/* Lock held. A child that died, or whose entry was edited, makes room for a new one; the
 * caller frees what is returned, without the lock. */
static struct target_conn *drop_unusable(struct target *t, const struct entry *en,
					 struct arena *a)
{
	if (!t->conn)
		return NULL;
	if (!client_alive(t->conn->client)) {
		note_death(t, client_post_mortem(a, t->conn->client));
		return detach(t);
	}
	if (str_eq(t->launch, en->launch))
		return NULL;
	t->deaths = 0;
	t->not_before = 0;
	return detach(t);
}

/* Lock held on entry and exit. Whenever the lock was given up meanwhile, the child may be
 * another one, started differently from what the caller may call: looks again. */
static bool settle(struct targets *ts, struct ctx *c, struct target *t,
		   const struct entry *en, struct err *e)
{
	struct target_conn *old;

	while (wait_start(ts, c, t, e)) {
		if (!(old = drop_unusable(t, en, c->arena)))
			return may_go_on(t, e);
		pthread_mutex_unlock(&ts->mu);
		conn_free(old);
		pthread_mutex_lock(&ts->mu);
	}
	return false;
}

bool targets_borrow(struct targets *ts, struct ctx *c, const struct entry *en,
		    struct target_conn **ret, struct err *e)
{
	struct target *t;
	bool ok;

	pthread_mutex_lock(&ts->mu);
	t = find_or_add(ts, en->name);
	ok = settle(ts, c, t, en, e);
	if (ok && t->in_flight >= en->policy->max_in_flight)
		ok = err_set(e, ERR_LIMIT, "target \"%s\" has %d calls in flight already",
			     en->name, t->in_flight);
	if (ok && !t->conn)
		ok = start_now(ts, c, t, en, e);
	if (ok) {
		*ret = t->conn;
		t->conn->refs++;
		t->in_flight++;
		t->used_at = clock_mono();
	}
	pthread_mutex_unlock(&ts->mu);
	return ok;
}

void targets_give(struct targets *ts, struct target_conn *k, bool worked)
{
	bool last;

	if (!k)
		return;
	pthread_mutex_lock(&ts->mu);
	last = --k->refs == 0 && k->stale;
	k->of->in_flight--;
	k->of->used_at = clock_mono();
	if (worked)
		k->of->deaths = 0;
	pthread_mutex_unlock(&ts->mu);
	if (last)
		conn_free(k);
}

void targets_info(struct targets *ts, struct arena *a, const char *name,
		  struct target_info *ret)
{
	const struct target *t;

	*ret = (struct target_info){ .state = TARGET_STOPPED, .tools = -1 };
	pthread_mutex_lock(&ts->mu);
	t = find(ts, name);
	if (t) {
		ret->starts = t->starts;
		if (*t->last_error)
			ret->last_error = arena_strdup(a, t->last_error);
		if (t->starting) {
			ret->state = TARGET_STARTING;
		} else if (t->conn && client_alive(t->conn->client)) {
			const struct client_info *i = client_info(t->conn->client);

			ret->state = TARGET_READY;
			ret->tools = (int64_t)t->conn->n_tools;
			ret->era = i->modern ? "stateless" : "handshake";
			ret->version = arena_strdup(a, i->version);
		} else if (t->not_before > clock_mono()) {
			ret->state = TARGET_BACKOFF;
		}
	}
	pthread_mutex_unlock(&ts->mu);
}

bool targets_tidy(struct targets *ts)
{
	int64_t old = clock_mono() - IDLE_MS;
	bool left = false;

	pthread_mutex_lock(&ts->mu);
	for (struct target *t = ts->list; t; t = t->next) {
		struct target_conn *k = NULL;

		if (t->conn && !t->conn->refs && t->used_at < old)
			k = detach(t);
		left = left || t->conn;
		if (k) {
			pthread_mutex_unlock(&ts->mu);
			conn_free(k);
			pthread_mutex_lock(&ts->mu);
		}
	}
	pthread_mutex_unlock(&ts->mu);
	return left;
}

const struct target_tool *target_tool_find(struct arena *a, const struct target_conn *k,
					   const char *target, const char *tool,
					   struct err *e)
{
	const char **names = arena_array(a, k->n_tools + 1, sizeof(char *)), *near;

	for (size_t i = 0; i < k->n_tools; i++) {
		names[i] = k->tools[i].name;
		if (str_eq(names[i], tool))
			return &k->tools[i];
	}
	near = str_nearest(tool, names, k->n_tools);
	err_set(e, ERR_NOT_FOUND,
		"target \"%s\" has no tool \"%s\"%s%s%s\n"
		"hint: list_targets with target \"%s\" lists its %zu tools",
		target, str_printable(a, tool, 60), near ? ", did you mean \"" : "",
		near ? str_printable(a, near, 128) : "", near ? "\"" : "", target,
		k->n_tools);
	return NULL;
}
