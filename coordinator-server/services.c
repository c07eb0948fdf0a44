/* SPDX-License-Identifier: Apache-2.0 */
/* What the coordinator's process keeps between calls, and who it is among others. */
#define _GNU_SOURCE /* environ, realpath */
#include "coordinator-server/services.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include "common/app/app.h"
#include "common/app/journal.h"
#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/fd.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/str.h"
#include "coordinator-server/runs.h"

#define LAST_MS 100 /* for what is left to audit, when we cannot wait any more */

/* Boot and process namespace: where a process number means something. */
static void read_place(char *out, size_t n)
{
	char boot[40] = "?", ns[64] = "?";
	ssize_t len = readlink("/proc/self/ns/pid", ns, sizeof(ns) - 1);
	char *open;
	struct buf b;

	ns[len > 0 ? len : 0] = '\0';
	open = strchr(ns, '[');
	buf_init(&b, 100);
	if (fd_read_file("/proc/sys/kernel/random/boot_id", &b, NULL))
		snprintf(boot, sizeof(boot), "%.8s", buf_text(&b));
	buf_release(&b);
	snprintf(out, n, "%.8s.%.*s", boot, open ? (int)strcspn(open + 1, "]") : 1,
		 open ? open + 1 : "?");
}

/* Start of a process in clock ticks: with the number it names one process of a boot.
 * False when it is gone, or has ended and nobody has asked for its status yet. Field 22
 * of stat, counted behind the name in brackets. */
static bool read_start(long pid, char *out, size_t n)
{
	char path[64];
	const char *p;
	struct buf b;
	bool ok, ended;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	buf_init(&b, 4096);
	ok = fd_read_file(path, &b, NULL);
	p = ok ? strrchr(buf_text(&b), ')') : NULL;
	ended = p && (str_starts(p, ") Z") || str_starts(p, ") X"));
	for (int i = 0; p && i < 20; i++)
		p = strchr(p + 1, ' ');
	ok = p && !ended;
	if (ok)
		snprintf(out, n, "%.*s", (int)strcspn(p + 1, " "), p + 1);
	buf_release(&b);
	return ok;
}

static void make_owner(char *out, size_t n)
{
	char place[40], start[24] = "?";
	unsigned char r[4];

	read_place(place, sizeof(place));
	(void)read_start((long)getpid(), start, sizeof(start));
	digest_random(r, sizeof(r));
	snprintf(out, n, "%s:%ld:%s:%02x%02x%02x%02x", place, (long)getpid(), start, r[0],
		 r[1], r[2], r[3]);
}

enum owner_state owner_look(const char *owner)
{
	char place[40], start[24];
	const char *pid, *begun;
	int64_t number;
	char text[24];

	read_place(place, sizeof(place));
	pid = owner ? strchr(owner, ':') : NULL;
	begun = pid ? strchr(pid + 1, ':') : NULL;
	if (!begun || strncmp(owner, place, strlen(place)) != 0 ||
	    owner[strlen(place)] != ':')
		return OWNER_OUT_OF_SIGHT;
	snprintf(text, sizeof(text), "%.*s", (int)(begun - pid - 1), pid + 1);
	if (!str_to_i64(text, &number))
		return OWNER_OUT_OF_SIGHT;
	if (!read_start((long)number, start, sizeof(start)))
		return OWNER_GONE;
	return !strncmp(begun + 1, start, strlen(start)) &&
			       begun[1 + strlen(start)] == ':'
		       ? OWNER_ALIVE
		       : OWNER_GONE;
}

void *services_new(struct env *env, struct err *e)
{
	struct services *s = mem_alloc(sizeof(*s));
	char *self = realpath("/proc/self/exe", NULL);

	(void)e;
	s->env = env;
	s->self = arena_strdup(env->arena, self);
	free(self);
	for (char *const *v = environ; *v; v++)
		s->nested = s->nested || str_starts(*v, "COORD_DEPTH=");
	make_owner(s->owner, sizeof(s->owner));
	s->targets = targets_new();
	s->runs = runs_new(s);
	return s;
}

void services_stop(void *services)
{
	struct services *s = services;

	targets_stop(s->targets);
	runs_stop(s->runs);
}

void services_free(void *services)
{
	struct services *s = services;

	if (!s)
		return;
	services_stop(s);
	if (!runs_free(s->runs)) {
		/* what was stored is safe, what a session holds dies with us */
		log_event(LOG_WARN, "server", "a session did not end in time");
		journal_free(s->env->journal, LAST_MS);
		log_close();
		_exit(0);
	}
	targets_free(s->targets);
	mem_free(s);
}

bool services_entries(struct ctx *c, struct entries *ret, struct err *e)
{
	const struct services *s = c->app;
	const struct entries_options o = { .file = c->cfg->mcp_config,
					   .project = c->cfg->project_path,
					   .self = s->self,
					   .environ_ = environ };

	return entries_read(c->arena, &o, ret, e);
}

const struct entry *services_entry(struct ctx *c, const char *target, struct err *e)
{
	const struct services *s = c->app;
	const struct entry *en;
	struct entries es;

	if (!services_entries(c, &es, e))
		return NULL;
	if (!(en = entries_find(c->arena, &es, target, e)))
		return NULL;
	if (es.policy_error) {
		err_set(e, ERR_CONFIG, "%s", es.policy_error);
		return NULL;
	}
	if (s->nested) {
		err_set(e, ERR_DENIED,
			"this coordinator was started by another one;"
			" it calls no targets");
		return NULL;
	}
	return en;
}
