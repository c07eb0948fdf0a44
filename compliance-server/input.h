/* SPDX-License-Identifier: Apache-2.0 */
/* Paths that a caller gives: a configuration file, or a folder to look for them in. */
#ifndef COMPLIANCE_SERVER_INPUT_H
#define COMPLIANCE_SERVER_INPUT_H

#include "common/base/ctx.h"
#include "common/field/field.h"
#include "compliance-server/discover.h"

/* One file, or all configuration files below a folder; ~/ is the home directory. A
 * relative path starts at base, or at our folder when base is NULL. ERR_NOT_FOUND when
 * nothing is there. */
bool input_paths(struct ctx *c, const char *base, const char *path, struct strs *ret,
		 struct err *e);
/* The files that were found, and the folder itself for what was not looked at. */
struct strs input_found(struct arena *a, const struct discovered *f, const char *folder);
/* Where the paths of tool calls start: the project folder of the configuration. */
const char *input_base(const struct ctx *c);
/* NULL, or the name of a host; ERR_ARG lists them. */
bool input_host(struct ctx *c, const char *host, struct err *e);

#endif
