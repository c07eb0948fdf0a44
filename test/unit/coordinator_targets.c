/* SPDX-License-Identifier: Apache-2.0 */
/* Targets that are borrowed while somebody else starts them. */
#define _GNU_SOURCE /* realpath */
#include "coordinator-server/targets.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/fd.h"
#include "common/base/str.h"
#include "test/tap.h"

static char faulty[512];
static struct targets *targets;
static const struct target_policy policy = { .max_in_flight = 4 };

/* A target of one name, started with the given argument. */
struct user {
	const char *how;
	bool ok, as_asked;
	struct err e;
};

static struct entry entry_of(const char *const *argv, const char *launch)
{
	static const char *const env[] = { "PATH=/usr/bin:/bin", NULL };
	struct entry en = {
		.name = "target", .argv = argv, .envp = env, .cwd = "/", .policy = &policy
	};

	snprintf(en.launch, sizeof(en.launch), "%s", launch);
	return en;
}

static void *use(void *arg)
{
	struct user *u = arg;
	const char *const argv[] = { faulty, u->how, NULL };
	const struct entry en = entry_of(argv, u->how);
	struct ctx c = { .arena = arena_new() };
	struct target_info before, after;
	struct target_conn *k = NULL;

	targets_info(targets, c.arena, "target", &before);
	u->ok = targets_borrow(targets, &c, &en, &k, &u->e);
	targets_info(targets, c.arena, "target", &after);
	u->as_asked = after.starts > before.starts;
	if (u->ok)
		targets_give(targets, k, true);
	arena_free(c.arena);
	return NULL;
}

/* The entry was edited while the old one was being started. */
static void test_edited(void)
{
	struct user old = { .how = "slow-start" }, new = { .how = "modern" };
	pthread_t thread;

	pthread_create(&thread, NULL, use, &old);
	nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
	use(&new);
	pthread_join(thread, NULL);
	OK(old.ok, "the old one starts: %s", old.e.msg);
	OK(new.ok, "who asks for the new one waits: %s", new.e.msg);
	OK(new.as_asked, "and gets it, not the old one");
}

int main(void)
{
	const char *build = getenv("B");
	char *real = realpath(build ? build : "build", NULL);

	fd_sanitize();
	clock_init();
	snprintf(faulty, sizeof(faulty), "%s/test/faulty", real ? real : "");
	free(real);
	targets = targets_new();
	test_edited();
	targets_stop(targets);
	targets_free(targets);
	return tap_done();
}
