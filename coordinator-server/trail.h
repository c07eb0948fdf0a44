/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a session's audit trail, and the names of those who act. */
#ifndef COORDINATOR_SERVER_TRAIL_H
#define COORDINATOR_SERVER_TRAIL_H

#include "common/base/ctx.h"
#include "coordinator-server/model.h"

#define ACTOR_SYSTEM "system"

/* "agent:HOST/USER": the client's own name (claimed) and the account that runs us. */
const char *trail_agent(struct ctx *c);
/* "user:NAME": the operating system's user of this process. */
const char *trail_person(struct ctx *c);
/* A name of at most 50 bytes; a longer one ends in ~ and digits of its digest. */
const char *trail_short(struct arena *a, const char *name);

/* Facts of an event; those without a text are left out. Never a payload, never a
 * secret. The list is closed by a NULL name; NULL: none. */
struct fact {
	const char *name, *text;
};
struct json trail_facts(struct arena *a, const struct fact *facts);
#define FACTS(a, ...) \
	trail_facts((a), (const struct fact[]){ __VA_ARGS__, { NULL, NULL } })

/* Writes the next event; belongs inside the db_tx of the change. */
bool trail_session(struct ctx *c, const struct session *s, const char *action,
		   const char *actor, struct json facts, struct err *e);
bool trail_approval(struct ctx *c, const struct approval *a, const char *action,
		    const char *actor, struct json facts, struct err *e);

#endif
