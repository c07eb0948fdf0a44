/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the resource of a URI. Private to rpc. */
#ifndef COMMON_RPC_RESOURCE_H
#define COMMON_RPC_RESOURCE_H

#include "common/rpc/tool.h"

/* The resource or template that serves uri, or NULL. With a template *ret_vars (may be
 * NULL) gets the percent-decoded values of its variables in order, from the arena. A
 * value that is empty, "." or "..", or holds a slash, backslash or control character
 * matches nothing. */
const struct resource *resource_find(const struct offer *o, const char *uri,
				     struct arena *a, const char *const **ret_vars);
/* Sets the protocol's "resource not found" with data.uri; returns false. */
bool resource_unknown(struct ctx *c, const char *uri, struct err *e);
/* Whether both name the same: %41 is A. */
bool resource_same(const char *a, const char *b);
/* True when the template has a variable of this name. */
bool resource_has_var(const struct resource *r, const char *name);

#endif
