/* SPDX-License-Identifier: Apache-2.0 */
/* Programs on PATH, and who can write the folders above a file. What was looked up once
 * is known for the rest of the run: many entries name the same few. */
#ifndef COMPLIANCE_PATH_LOOK_H
#define COMPLIANCE_PATH_LOOK_H

#include "common/base/arena.h"

enum path_writable { PATH_CLOSED, PATH_GROUP, PATH_OWNER, PATH_WORLD };

struct path_program {
	const char *path;	     /* without links */
	enum path_writable writable; /* the worst of it and the folders above it */
	const char *writable_at;     /* which; NULL: none */
};

struct path_cache;

/* Lives as long as the arena; for one thread. */
struct path_cache *path_cache_new(struct arena *a);
/* The program of an absolute path, or the first of a name on path_env (may be NULL; the
 * same in all calls). NULL: there is none. */
const struct path_program *path_program(struct path_cache *c, const char *name,
					const char *path_env);
/* Of an absolute path without links: by whom it or a folder above it can be written. */
enum path_writable path_writable_above(struct path_cache *c, const char *path,
				       const char **ret_at);

#endif
