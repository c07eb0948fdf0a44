/* SPDX-License-Identifier: Apache-2.0 */
/* MCP client: starting and ending children, calls and lists. The I/O is in client_io.c.
 */
#include "common/rpc/client.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "common/base/fd.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/rpc/client_priv.h"

#define STACK_SIZE (512 * 1024)
#define SETTLE_MS  300 /* pipes are closed a moment before the process has ended */

static bool start_thread(struct client_hub *h, struct err *e)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&h->thread, &attr, client_io_main, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (rc)
		return err_set(e, ERR_UNAVAILABLE, "cannot start a thread: %s",
			       strerror(rc));
	return true;
}

struct client_hub *client_hub_new(struct err *e)
{
	struct client_hub *h = mem_alloc(sizeof(*h));

	h->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (h->wake < 0) {
		err_set(e, ERR_UNAVAILABLE, "cannot make a wake descriptor: %s",
			strerror(errno));
		mem_free(h);
		return NULL;
	}
	pthread_mutex_init(&h->mu, NULL);
	if (start_thread(h, e))
		return h;
	pthread_mutex_destroy(&h->mu);
	fd_close(h->wake);
	mem_free(h);
	return NULL;
}

static struct client *client_new(struct client_hub *h, const struct client_options *o)
{
	struct client *cl = mem_alloc(sizeof(*cl));
	pthread_condattr_t attr;

	cl->hub = h;
	cl->arena = arena_new();
	cl->name = mem_strdup(o->name ? o->name : "the server");
	cl->as_name = mem_strdup(o->as_name ? o->as_name : "kilocode-mcp");
	cl->max_line = o->max_line ? o->max_line : 10 * 1024 * 1024;
	cl->max_bytes = o->max_bytes;
	cl->linger_ms = o->linger_ms;
	cl->wire = o->wire;
	cl->wire_arg = o->wire_arg;
	cl->ring = mem_alloc(CLIENT_RING);
	cl->next_id = 3; /* 1 and 2 are the handshake's */
	buf_init(&cl->in, (size_t)cl->max_line + CLIENT_CHUNK + 1);
	buf_init(&cl->out, CLIENT_OUT_MAX * 2);
	buf_init(&cl->err_line, CLIENT_ERR_LINE + 1);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&cl->changed, &attr);
	pthread_condattr_destroy(&attr);
	return cl;
}

static void client_delete(struct client *cl)
{
	pthread_cond_destroy(&cl->changed);
	buf_release(&cl->in);
	buf_release(&cl->out);
	buf_release(&cl->err_line);
	mem_free(cl->ring);
	mem_free(cl->name);
	mem_free(cl->as_name);
	arena_free(cl->arena);
	mem_free(cl);
}

void client_wait_change(struct client *cl, int64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&cl->changed, &cl->hub->mu, &t);
}

/* Every road of a stop ends in `ended`, CLIENT_KILL_WAIT after SIGKILL at the latest. */
static void wait_ended(struct client *cl)
{
	while (!cl->ended)
		client_wait_change(cl, 1000);
}

static bool hub_add(struct client_hub *h, struct client *cl, struct err *e)
{
	bool ok;

	pthread_mutex_lock(&h->mu);
	ok = h->n < CLIENT_MAX_CHILDREN && !h->stop;
	if (ok) {
		cl->next = h->clients;
		h->clients = cl;
		h->n++;
		cl->ended = true; /* until it is started */
	}
	pthread_mutex_unlock(&h->mu);
	if (!ok)
		return err_set(e, ERR_LIMIT, "%d servers are running already",
			       CLIENT_MAX_CHILDREN);
	return true;
}

static void hub_drop(struct client_hub *h, struct client *cl)
{
	struct client **at = &h->clients;

	pthread_mutex_lock(&h->mu);
	while (*at && *at != cl)
		at = &(*at)->next;
	if (*at) {
		*at = cl->next;
		h->n--;
	}
	pthread_mutex_unlock(&h->mu);
}

void client_finish(struct client *cl, int64_t eof_ms, int64_t term_ms,
		   struct client_end *ret)
{
	struct client_hub *h;
	bool before;

	if (!cl)
		return;
	h = cl->hub;
	pthread_mutex_lock(&h->mu);
	before = cl->exited || cl->ended;
	client_io_stop(cl, eof_ms, term_ms);
	wait_ended(cl);
	if (ret) {
		*ret = (struct client_end){ .before = before,
					    .needed_term = cl->needed_term,
					    .needed_kill = cl->needed_kill,
					    .left_behind = cl->left_behind,
					    .ms = before ? 0
							 : cl->exit_at - cl->stop_at };
		child_status_text(&cl->child, ret->status, sizeof(ret->status));
	}
	pthread_mutex_unlock(&h->mu);
	hub_drop(h, cl);
	client_delete(cl);
}

void client_close(struct client *cl, int64_t grace_ms)
{
	client_finish(cl, grace_ms, grace_ms, NULL);
}

void client_hub_hurry(struct client_hub *h)
{
	pthread_mutex_lock(&h->mu);
	h->hurry = true;
	for (struct client *cl = h->clients; cl; cl = cl->next)
		client_io_hurry(cl);
	pthread_mutex_unlock(&h->mu);
	client_io_wake(h);
}

void client_hub_free(struct client_hub *h, bool hurry)
{
	int64_t eof_ms = hurry ? CLIENT_HURRY : 1000,
		term_ms = hurry ? CLIENT_HURRY : 700;

	if (!h)
		return;
	pthread_mutex_lock(&h->mu);
	h->hurry = h->hurry || hurry;
	for (struct client *cl = h->clients; cl; cl = cl->next) {
		client_io_stop(cl, eof_ms, term_ms);
		cl->linger_ms = 0;
		if (hurry)
			client_io_hurry(cl);
	}
	for (struct client *cl = h->clients; cl; cl = cl->next)
		wait_ended(cl);
	h->stop = true;
	pthread_mutex_unlock(&h->mu);
	client_io_wake(h);
	pthread_join(h->thread, NULL);
	while (h->clients) {
		struct client *cl = h->clients;

		h->clients = cl->next;
		client_delete(cl);
	}
	pthread_mutex_destroy(&h->mu);
	fd_close(h->wake);
	mem_free(h);
}

static struct client *start(struct client_hub *h, const struct client_options *o,
			    struct err *e)
{
	struct client *cl = client_new(h, o);
	struct child child;

	if (!hub_add(h, cl, e)) {
		client_delete(cl);
		return NULL;
	}
	if (!child_start(&o->spec, &child, e)) {
		hub_drop(h, cl);
		client_delete(cl);
		err_prefix(e, "%s", o->name ? o->name : "server");
		return NULL;
	}
	pthread_mutex_lock(&h->mu);
	cl->child = child;
	cl->ended = false;
	pthread_mutex_unlock(&h->mu);
	client_io_wake(h);
	return cl;
}

static void append_last_words(struct client *cl, struct err *e)
{
	struct arena *a = arena_new();
	char *what = arena_strdup(a, e->msg);

	what[utf8_cut(what, MIN(strlen(what), 250))] = '\0';
	err_set(e, e->code, "%s\nhint: how it ended: %s", what,
		client_last_words(a, cl, 200));
	arena_free(a);
}

/* Of a process that never served: nobody asks what it leaves behind. */
static void drop(struct client *cl)
{
	pthread_mutex_lock(&cl->hub->mu);
	cl->linger_ms = 0;
	pthread_mutex_unlock(&cl->hub->mu);
	client_close(cl, 200);
}

static bool shake(struct client *cl, struct ctx *c, enum client_era era, int64_t until,
		  bool *ret_again, struct err *e)
{
	*ret_again = false;
	if (era == CLIENT_BARE || client_shake(cl, c, era, until, ret_again, e))
		return true;
	if (!client_alive(cl))
		append_last_words(cl, e);
	return false;
}

struct client *client_open(struct client_hub *h, struct ctx *c,
			   const struct client_options *o, struct err *e)
{
	enum client_era era = o->era ? o->era : CLIENT_AUTO;
	int64_t begin = clock_mono(), until = begin + o->start_ms;
	bool again = false, respawned = false;
	struct err why = { 0 };
	struct client *cl;

	if (!(cl = start(h, o, &why)))
		goto fail;
	if (!shake(cl, c, era, until, &again, &why)) {
		drop(cl);
		if (!again || !clock_left(until))
			goto fail;
		respawned = true;
		begin = clock_mono();
		if (!(cl = start(h, o, &why)))
			goto fail;
		if (!shake(cl, c, CLIENT_LEGACY, until, &again, &why)) {
			drop(cl);
			goto fail;
		}
	}
	cl->info.start_ms = clock_mono() - begin;
	cl->info.respawned = respawned;
	return cl;
fail:
	err_set(e, why.code, "%s", why.msg);
	return NULL;
}

const struct client_info *client_info(const struct client *cl)
{
	return &cl->info;
}

static pthread_mutex_t *mutex_of(const struct client *cl)
{
	return &cl->hub->mu;
}

bool client_alive(const struct client *cl)
{
	bool alive;

	pthread_mutex_lock(mutex_of(cl));
	alive = !cl->ended && !cl->exited && !cl->mute && cl->phase == STOP_NONE;
	pthread_mutex_unlock(mutex_of(cl));
	return alive;
}

/* Lock held. */
static void status_text(const struct client *cl, char *out, size_t n)
{
	if (cl->exited && !cl->ended)
		snprintf(out, n, "ended");
	else
		child_status_text(&cl->child, out, n);
}

static const char *shown_text(struct arena *a, char *text)
{
	size_t n = strlen(text);

	while (n && (text[n - 1] == '\n' || text[n - 1] == ' '))
		text[--n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\n' || text[i] == '\t')
			text[i] = ' ';
	return log_masked(a, str_printable(a, text, 2048));
}

char *client_post_mortem(struct arena *a, const struct client *cl)
{
	char status[64], *text, *shown;
	size_t n;

	pthread_mutex_lock(mutex_of(cl));
	status_text(cl, status, sizeof(status));
	n = MIN(cl->ring_len, (size_t)2048);
	text = arena_alloc(a, n + 1);
	for (size_t i = 0; i < n; i++)
		text[i] = cl->ring[(cl->ring_at + CLIENT_RING - n + i) % CLIENT_RING];
	shown = arena_printf(a, "%s%s%s", cl->reason, cl->reason[0] ? "; " : "", status);
	pthread_mutex_unlock(mutex_of(cl));
	for (size_t i = 0; i < n; i++)
		if (!text[i])
			text[i] = ' ';
	if (n && utf8_valid_prefix(text, n) < n)
		for (size_t i = 0; i < n; i++)
			if ((unsigned char)text[i] >= 0x80)
				text[i] = '?';
	if (!n)
		return shown;
	return arena_printf(a, "%s; stderr: %s", shown, shown_text(a, text));
}

char *client_last_words(struct arena *a, struct client *cl, size_t max)
{
	int64_t until = clock_mono() + SETTLE_MS, left;
	char *words;
	size_t n, from;

	pthread_mutex_lock(&cl->hub->mu);
	while (!cl->ended && (left = clock_left(until)) > 0)
		client_wait_change(cl, left);
	pthread_mutex_unlock(&cl->hub->mu);
	words = client_post_mortem(a, cl);
	n = strlen(words);
	from = n > max ? n - max : 0;
	while ((words[from] & 0xC0) == 0x80)
		from++;
	return from ? arena_printf(a, "…%s", words + from) : words;
}

int64_t client_rss_kib(const struct client *cl)
{
	int64_t v;

	pthread_mutex_lock(mutex_of(cl));
	v = cl->ended ? 0 : child_rss_kib(&cl->child);
	pthread_mutex_unlock(mutex_of(cl));
	return v;
}

pid_t client_pid(const struct client *cl)
{
	pid_t pid;

	pthread_mutex_lock(mutex_of(cl));
	pid = cl->ended || cl->exited ? 0 : cl->child.pid;
	pthread_mutex_unlock(mutex_of(cl));
	return pid;
}

int64_t client_bytes(const struct client *cl)
{
	int64_t n;

	pthread_mutex_lock(mutex_of(cl));
	n = cl->bytes;
	pthread_mutex_unlock(mutex_of(cl));
	return n;
}
