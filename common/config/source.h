/* SPDX-License-Identifier: Apache-2.0 */
/* Where values come from: checked files, the YAML tree, the environment. For config only.
 */
#ifndef COMMON_CONFIG_SOURCE_H
#define COMMON_CONFIG_SOURCE_H

#include <sys/types.h>

#include "common/base/arena.h"
#include "common/base/err.h"

struct source_file {
	const char *path, *text; /* text NULL: there is no such file */
	size_t n;
	mode_t mode;
	uid_t owner;
};

/* Reads a regular file or pipe of at most max bytes into the arena. Absent is no error:
 * text is NULL. ERR_CONFIG with the path and the reason otherwise, also for a symlink of
 * another user when own_links. */
bool source_read(struct arena *a, const char *path, size_t max, bool own_links,
		 struct source_file *ret, struct err *e);
/* True when others may read it: any right of group or others, except that a file of root
 * may be readable by its group (the form in which containers hand secrets over). */
bool source_is_open(const struct source_file *f);

const char *source_env(char *const *environ_, const char *name); /* NULL when not there */
/* Overwrites the value in place, wherever the name occurs. */
void source_env_wipe(char **environ_, const char *name);
/* Home of the user: HOME when it is absolute, else of the password file; NULL without. */
const char *source_home(struct arena *a, char *const *environ_);

#endif
