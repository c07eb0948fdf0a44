/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of its own for a test, removed at the end. The includer defines
 * _GNU_SOURCE. */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include <ftw.h>
#include <sys/stat.h>

#include "common/base/defs.h"

static char scratch_dir[200];

static inline void scratch_make(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(scratch_dir, sizeof(scratch_dir), "%s/suite-test-XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!mkdtemp(scratch_dir))
		abort();
}

/* dir/name, valid until the eighth call after this one. */
static inline const char *scratch_path(const char *name)
{
	static char paths[8][300];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", scratch_dir, name);
	return path;
}

static inline int scratch_remove(const char *path, const struct stat *st UNUSED,
				 int type UNUSED, struct FTW *where UNUSED)
{
	return remove(path);
}

static inline void scratch_clean(void)
{
	nftw(scratch_dir, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
