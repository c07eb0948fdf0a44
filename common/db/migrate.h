/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations embedded in the program: order, lock, checksums, refusal of newer databases.
 */
#ifndef COMMON_DB_MIGRATE_H
#define COMMON_DB_MIGRATE_H

#include "common/base/buf.h"
#include "common/base/ctx.h"

/* Printed by common/gen/embed.awk from
 * migrations/<set>/{postgresql,sqlite}/NNNN_title.sql */
struct migration {
	int version;
	const char *title;   /* file name without number and suffix */
	const char *variant; /* "" or "no-vector": NNNN_title.no-vector.sql */
	const char *dialect; /* "postgresql" or "sqlite" */
	const char *sql;
};

struct migration_set {
	const char *component; /* "shared", "compliance", "memory", "coordinator" */
	const struct migration
		*files; /* by dialect, then version; closed by sql == NULL */
};

extern const struct migration_set migrations_shared, migrations_compliance,
	migrations_memory, migrations_coordinator;

struct migration_state {
	const char *component, *title;
	int version;
	bool applied, newer; /* newer: this program has no such file yet */
	struct stamp applied_at;
	const char *sha256,
		*applied_sha256; /* of the file; of what was applied, or NULL */
};

/* The sub-commands `migrate status|up|verify`; up applies what is missing (also done by
 * the first connection of a process). status and verify never write. */
bool migrate_up(struct ctx *c, int *ret_applied, struct err *e);
bool migrate_status(struct ctx *c, struct migration_state **ret, size_t *ret_n,
		    struct err *e);
/* ERR_CORRUPT with both checksums when an applied file has changed; ERR_CONFIG when the
 * database is newer than the program. */
bool migrate_verify(struct ctx *c, struct err *e);

#endif
