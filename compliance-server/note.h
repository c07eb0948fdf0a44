/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the audit chain that the services write themselves. */
#ifndef COMPLIANCE_SERVER_NOTE_H
#define COMPLIANCE_SERVER_NOTE_H

#include "common/app/audit.h"
#include "common/base/buf.h"

#define AUDIT_COMPONENT "compliance"

struct note {
	struct buf b;
	struct jsonw w; /* the open details: no null, no fractions, never a secret */
	struct audit_log row;
};

/* Begins with actor and result; result NULL: "ok". */
void note_open(struct ctx *c, struct note *n, const char *action, const char *type,
	       const char *id, const char *result);
/* Member ruleset_sha256. */
void note_ruleset(struct note *n);
/* Stores and releases; belongs inside the db_tx of what it tells of. */
bool note_store(struct ctx *c, struct note *n, struct err *e);
/* The same for what only reads: by the journal of the process, where it has one. */
void note_later(struct ctx *c, struct note *n);

#endif
