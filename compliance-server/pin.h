/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says about itself, in canonical form: as a person approved it, and as it
 * is now. Secrets are masked, so it may be stored and shown. */
#ifndef COMPLIANCE_SERVER_PIN_H
#define COMPLIANCE_SERVER_PIN_H

#include "common/base/clock.h"
#include "common/field/jsonw.h"
#include "compliance-server/live.h"
#include "compliance-server/program.h"

#define PIN_MAX ((size_t)4 * 1024 * 1024) /* bytes of all definitions */

struct pin_tool {
	const char *name; /* "" without one */
	const char *text; /* canonical definition: the members that reach a model */
	char sha256[65];  /* of text */
};

struct pin {
	struct pin_tool *tools; /* by name, then by hash */
	size_t n;
	const char *instructions, *server_name, *server_version; /* NULL: none */
	char server_sha256[65]; /* of hashes, instructions and name */
	struct program program;

	/* approved sets only */
	const char *definition_sha256; /* of the entry it was approved for */
	const char *approved_by;
	struct stamp approved_at;
};

/* For rules: the approved set of an entry beside what it shows now. */
struct pinned {
	struct pin approved;
	const struct pin *shown; /* NULL: not known, for this reason */
	const char *why;
};

/* A server with a complete tool list. environ_in as in live_command: what its variables
 * hold of secrets is masked. ERR_LIMIT beyond PIN_MAX; ERR_UNAVAILABLE when the list is
 * not complete, with the reason. program is not filled in. */
bool pin_of_live(struct arena *a, const struct entry *entry, const struct live *live,
		 char *const *environ_in, struct pin *ret, struct err *e) MUST_CHECK;
/* The approved set out of servers.configuration; NULL without one. */
const struct pin *pin_read(struct arena *a, const char *configuration);
/* As an object: in full, for servers.configuration. */
void pin_write(struct jsonw *w, const char *key, const struct pin *p);
/* Who approved what when, and how many tools: a number, or a list of names and hashes. */
void pin_write_summary(struct jsonw *w, const char *key, const struct pin *p, bool names);
/* The approved definitions as a list that a file kept, for rules about texts; NULL when
 * they cannot be read. */
struct live *pin_live(struct arena *a, const struct pin *p);

/* Equal names pair up in order: each pair, or one side NULL, in order of names. */
struct pin_pair {
	const struct pin_tool *was, *now;
};
struct pin_pair *pin_pairs(struct arena *a, const struct pin *was, const struct pin *now,
			   size_t *ret_n);

#endif
