/* SPDX-License-Identifier: Apache-2.0 */
/* Which row of servers an entry of a file, or the files of a project, belong to. */
#ifndef COMPLIANCE_SERVER_TARGET_H
#define COMPLIANCE_SERVER_TARGET_H

#include "compliance-server/check.h"
#include "compliance-server/server_store.h"

struct target {
	const char *type;	   /* "mcp", "workspace", "host" */
	const char *name;	   /* as the files say */
	const struct entry *entry; /* of type mcp only */
	const struct config_file *file;
	/* of type workspace and host: what it looks at */
	const struct config_file *const *files;
	size_t n_files;
};

/* Where a registered server stands, out of its configuration; NULL where unknown. */
struct target_source {
	const char *path;    /* of the file; of the folder for a workspace */
	const char *pointer; /* of the entry in it */
	const char *host;    /* name of the host it is read for */
	const char *definition_sha256;
	struct strs files; /* workspace and host: the files read last */
	bool inline_text;  /* given as text: there is no file to read */
};

void target_of(const struct check_report *r, size_t i, struct target *ret);
void target_source(struct arena *a, const struct server *s, struct target_source *ret);
/* The row is about this target, wherever its name came from. */
bool target_is(const struct target *t, const char *type, const struct target_source *s);

/* Finds or makes the row: a name that another definition already has becomes name@host,
 * then name@host:<8 hex of the path>. taken: names this run has given away already.
 * Belongs inside a transaction. */
bool target_register(struct ctx *c, const struct target *t, const struct strs *taken,
		     struct server *ret, bool *ret_new, struct err *e);

#endif
