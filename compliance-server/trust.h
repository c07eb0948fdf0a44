/* SPDX-License-Identifier: Apache-2.0 */
/* Consent of a person that a server may be started for a live check: one file for each
 * definition in the state directory. Only the command line writes them. */
#ifndef COMPLIANCE_SERVER_TRUST_H
#define COMPLIANCE_SERVER_TRUST_H

#include "common/base/ctx.h"
#include "compliance-server/program.h"

/* True when a person consented to exactly this: command, arguments, working folder,
 * environment (of secrets the names only), and the content of the files behind them.
 * state_dir NULL: false. *ret_changed, if not NULL, becomes the file that is not what it
 * was, where that alone is missing. */
bool trust_has(struct arena *a, const char *state_dir, const struct entry *entry,
	       const struct program *p, const char **ret_changed);
bool trust_give(struct ctx *c, const char *state_dir, const struct entry *entry,
		const struct program *p, struct err *e);
/* *ret_was tells whether there was one. */
bool trust_take(struct arena *a, const char *state_dir, const struct entry *entry,
		bool *ret_was, struct err *e);
/* What would be started, for a person: command and arguments with secrets left out. */
const char *trust_command_text(struct arena *a, const struct entry *entry);
const char *trust_env_names(struct arena *a, const struct entry *entry); /* "A, B" */

#endif
