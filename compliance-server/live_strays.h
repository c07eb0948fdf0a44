/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that servers under test leave behind, also where they left their group and
 * session. They are known by a variable in their environment; those that took it away
 * become our children when they lose their parent, and end with the last check. */
#ifndef COMPLIANCE_LIVE_STRAYS_H
#define COMPLIANCE_LIVE_STRAYS_H

#include <sys/types.h>

#include "common/base/arena.h"

/* "NAME=value" for the environment of one server's processes. */
const char *strays_tag(struct arena *a);
/* Before servers are started; ends those of a check that was killed. */
void strays_begin(void);
/* Ends the tagged processes; how many there were outside of the group. */
int strays_end(const char *tag, pid_t group);
/* For each strays_begin, when its servers have ended. */
void strays_finish(void);

#endif
