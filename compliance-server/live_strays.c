/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and ending what servers under test left behind. */
#define _GNU_SOURCE /* PR_SET_CHILD_SUBREAPER */
#include "compliance-server/live_strays.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/id.h"
#include "common/base/proc.h"
#include "common/base/str.h"

#define NAME	  "KILOCODE_LIVE_CHECK"
#define END_MS	  1000 /* for processes that are started faster than they are ended */
#define LOOK_MS	  5
#define VALUE_MAX 200

/* Children are the process's own, so is the number of checks that may have some. */
static pthread_mutex_t checks_mu = PTHREAD_MUTEX_INITIALIZER;
static int checks;

static void namespace_of(char *out, size_t n)
{
	ssize_t got = readlink("/proc/self/ns/pid", out, n - 1);

	out[got > 0 ? got : 0] = '\0';
}

/* Who owns a tag: process, its start, and the namespace in which that is its number. */
static bool owner(const struct procs *all, pid_t pid, char *out, size_t n)
{
	const struct proc *p = procs_find(all, pid);
	char space[64];

	namespace_of(space, sizeof(space));
	snprintf(out, n, "%d.%lld.%s.", (int)pid, p ? (long long)p->started : 0LL, space);
	return p != NULL;
}

const char *strays_tag(struct arena *a)
{
	struct procs all = procs_all(a);
	char who[VALUE_MAX], id[UUID_LEN];

	owner(&all, getpid(), who, sizeof(who));
	id_uuid(id);
	return arena_printf(a, NAME "=%s%s", who, id);
}

static bool is_tag(void *arg, const char *value)
{
	return str_eq(value, (const char *)arg + sizeof(NAME));
}

/* Of an owner that is no more. One of another namespace may be alive there. */
static bool is_orphan(void *arg, const char *value)
{
	char who[VALUE_MAX], space[64];
	pid_t pid = (pid_t)strtol(value, NULL, 10);

	namespace_of(space, sizeof(space));
	return pid > 0 && space[0] != '\0' && strstr(value, space) &&
	       !(owner(arg, pid, who, sizeof(who)) && str_starts(value, who));
}

static int end_tagged(bool (*accept)(void *, const char *), void *arg, bool all_as_arg,
		      pid_t group)
{
	int64_t until = clock_mono() + END_MS;
	int found = 0;

	for (bool first = true; first || clock_left(until) > 0; first = false) {
		struct arena *a = arena_new();
		struct procs all = procs_all(a);
		struct procs mine =
			procs_tagged(a, &all, NAME, accept, all_as_arg ? &all : arg);

		for (size_t i = 0; i < mine.n; i++) {
			kill(mine.v[i].pid, SIGKILL);
			found += first && mine.v[i].group != group;
		}
		arena_free(a);
		if (mine.n == 0)
			break;
		poll(NULL, 0, LOOK_MS);
	}
	return found;
}

void strays_begin(void)
{
	pthread_mutex_lock(&checks_mu);
	checks++;
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	pthread_mutex_unlock(&checks_mu);
	end_tagged(is_orphan, NULL, true, 0);
}

int strays_end(const char *tag, pid_t group)
{
	char copy[VALUE_MAX + 64];

	snprintf(copy, sizeof(copy), "%s", tag);
	return end_tagged(is_tag, copy, false, group);
}

/* No server of ours runs: every child is one that lost its parent. */
static size_t end_children(void)
{
	struct arena *a = arena_new();
	struct procs all = procs_all(a);
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++) {
		const struct proc *p = &all.v[i];

		if (p->parent != getpid())
			continue;
		n++;
		if (!p->zombie)
			kill(p->pid, SIGKILL);
		waitpid(p->pid, NULL, WNOHANG);
	}
	arena_free(a);
	return n;
}

void strays_finish(void)
{
	int64_t until = clock_mono() + END_MS;

	pthread_mutex_lock(&checks_mu);
	if (--checks == 0)
		while (end_children() > 0 && clock_left(until) > 0)
			poll(NULL, 0, LOOK_MS);
	pthread_mutex_unlock(&checks_mu);
}
