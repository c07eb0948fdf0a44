/* SPDX-License-Identifier: Apache-2.0 */
/* Private to child*.c. */
#ifndef COMMON_BASE_CHILD_SPAWN_H
#define COMMON_BASE_CHILD_SPAWN_H

#include "common/base/child.h"

/* Runs file with theirs (all above 2) as 0, 1 and 2, in a group of its own. 0, or why it
 * could not be started: an errno value. */
int child_spawn(const struct child_spec *s, const char *file, const int theirs[3],
		pid_t *ret);

#endif
