/* SPDX-License-Identifier: Apache-2.0 */
/* Sub-commands for people: what waits for a decision, approve, reject; checks of
 * `doctor`. */
#ifndef COORDINATOR_SERVER_CMDS_H
#define COORDINATOR_SERVER_CMDS_H

#include "common/app/app.h"

extern const struct command coordinator_commands[];  /* closed by name NULL */
extern const struct doctor_row coordinator_doctor[]; /* closed by name NULL */

#endif
