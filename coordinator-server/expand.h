/* SPDX-License-Identifier: Apache-2.0 */
/* Variables in the values of a host's file, as the hosts write them. */
#ifndef COORDINATOR_SERVER_EXPAND_H
#define COORDINATOR_SERVER_EXPAND_H

#include "common/base/arena.h"

struct expand {
	struct arena *arena;
	const char *workspace; /* ${workspaceFolder} */
	char *const *environ_;
};

/* Replaces ${NAME}, ${NAME:-default}, ${env:NAME}, {env:NAME} and ${workspaceFolder}; a
 * dollar sign before anything else stays. NULL with the reason when one has no value. */
const char *expand_text(const struct expand *x, const char *text, const char **ret_why);

#endif
