/* SPDX-License-Identifier: Apache-2.0 */
/* Whether git tracks a file, from its index and ignore files; git itself is not run. */
#ifndef COMPLIANCE_GIT_LOOK_H
#define COMPLIANCE_GIT_LOOK_H

#include "common/base/arena.h"
#include "common/base/defs.h"

enum git_state {
	GIT_NONE = 1, /* in no work tree */
	GIT_TRACKED,
	GIT_IGNORED,
	GIT_LOOSE, /* neither tracked nor ignored */
	GIT_UNREADABLE,
};

enum git_state git_state_of(struct arena *a, const char *real_path);

#endif
