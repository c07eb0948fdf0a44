/* SPDX-License-Identifier: Apache-2.0 */
/* The files that starting an entry would run: what its command is found as, and the files
 * of code among its arguments, each with the hash of its content. */
#ifndef COMPLIANCE_SERVER_PROGRAM_H
#define COMPLIANCE_SERVER_PROGRAM_H

#include "compliance-server/facts.h"

struct program_file {
	const char *path;
	char sha256[65]; /* of what cannot be read: of its inode, size and times */
};

struct program {
	struct program_file *files; /* the command's first, if it was found */
	size_t n;
	const char *error; /* why the command's was not found, or NULL */
};

/* Files hashed already, so that many entries of one interpreter read it once. Zeroed
 * before the first use; lives as long as the arena it is used with. */
struct program_cache {
	struct program_seen *first;
};

/* References are replaced and PATH is searched as for a start with this environment. */
void program_look(struct arena *a, const struct entry *e, char *const *environ_in,
		  struct program_cache *cache, struct program *ret);

#endif
