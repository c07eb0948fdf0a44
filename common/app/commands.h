/* SPDX-License-Identifier: Apache-2.0 */
/* The sub-commands and printed references that every server has. */
#ifndef COMMON_APP_COMMANDS_H
#define COMMON_APP_COMMANDS_H

#include "common/app/app.h"

extern const struct command common_commands[];
extern const size_t common_commands_n;

/* name "list" prints the names. ERR_USAGE for an unknown one. */
bool docs_print(const struct app *app, const char *name, struct buf *out, struct err *e);

/* Runs the common and the server's own checks; false result in *ret_ok: one failed. */
void doctor_run(struct ctx *c, bool json, struct buf *out, bool *ret_ok);
/* What can be checked when the process could not be set up. */
void doctor_stopped(struct env *env, bool json, const struct err *why, struct buf *out);

#endif
