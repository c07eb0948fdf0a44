/* SPDX-License-Identifier: Apache-2.0 */
/* A component's audit entries as a chain: each holds the hash of the one before it, so
 * that a changed, missing or moved entry shows. */
#ifndef COMMON_APP_AUDIT_H
#define COMMON_APP_AUDIT_H

#include "common/base/ctx.h"
#include "common/field/jsonw.h"
#include "common/model/audit_log.h"

#define AUDIT_TURN_BACK_MS 60000 /* how far the time of an entry may go back */

/* The name of the MCP client as an entry keeps it, or NULL. */
const char *audit_client(struct ctx *c);
/* Writes the member actor: {id, name, client}, as far as they are known. */
void audit_actor(struct ctx *c, struct jsonw *w);

/* Writes the next entry. details must be an object of strings, integers within
 * ±(2^53-1), booleans, arrays and objects; component, seq, prev and hash are put into it.
 * id and timestamp are set when they are not; resource_id is cut to its column. Belongs
 * inside the db_tx of what it tells of: any number of processes may write. */
bool audit_add(struct ctx *c, const char *component, const struct audit_log *row,
	       struct err *e);

enum audit_fault {
	AUDIT_INTACT,
	AUDIT_EDITED,	 /* the content is not what its hash was made of */
	AUDIT_GAP,	 /* numbers are missing, or the end is */
	AUDIT_REORDERED, /* it does not follow the entry before it */
	AUDIT_INSERTED,	 /* a number twice, or a row outside the chain */
	AUDIT_TIME	 /* the time goes back by more than AUDIT_TURN_BACK_MS */
};
extern const char *const audit_faults[];

struct audit_verdict {
	int64_t entries;     /* examined and good */
	int64_t first, last; /* their numbers */
	enum audit_fault fault;
	int64_t seq;	/* of the first bad one, 0 when it has none */
	const char *id; /* its row, or NULL where a row is missing */
	const char *why;
};

/* Examines all entries of the chain from its beginning, or from the last pruning; false
 * only when they could not be read. */
bool audit_verify(struct ctx *c, const char *component, struct audit_verdict *ret,
		  struct err *e);

/* Removes up to `max` of the oldest entries that are older than `before`, and writes
 * audit.prune, where verification starts from then on. Entries that are not intact are
 * evidence and stay: ERR_CORRUPT. Belongs inside a db_tx. */
bool audit_prune(struct ctx *c, const char *component, struct stamp before, int64_t max,
		 int64_t *ret_removed, struct err *e);

#endif
