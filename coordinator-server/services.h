/* SPDX-License-Identifier: Apache-2.0 */
/* What the coordinator's process keeps between calls: ctx.app. */
#ifndef COORDINATOR_SERVER_SERVICES_H
#define COORDINATOR_SERVER_SERVICES_H

#include "coordinator-server/entries.h"
#include "coordinator-server/targets.h"

struct env;
struct runs;

struct services {
	struct env *env;
	struct targets *targets;
	struct runs *runs;
	char owner[100];  /* this process among all that ever were: see owner_alive */
	const char *self; /* resolved path of this program, or NULL */
	bool nested;	  /* started by another coordinator: calls nobody */
};

void *services_new(struct env *env, struct err *e);
void services_stop(void *services);
void services_free(void *services);

/* The entries of the host's file as they are now, in the ctx's arena. */
bool services_entries(struct ctx *c, struct entries *ret, struct err *e);
/* The entry of a target that may be called at all: it is there, it can be started, the
 * policy was accepted. Lives in the ctx's arena. */
const struct entry *services_entry(struct ctx *c, const char *target, struct err *e);
/* Does the process that `owner` names still run? Only a process of the same boot and the
 * same process namespace can be looked for. */
enum owner_state { OWNER_ALIVE = 1, OWNER_GONE, OWNER_OUT_OF_SIGHT };
enum owner_state owner_look(const char *owner);

#endif
