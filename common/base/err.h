/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: one code, one readable sentence, one table of what each code means outside. */
#ifndef COMMON_BASE_ERR_H
#define COMMON_BASE_ERR_H

#include "common/base/defs.h"

enum err_code {
	ERR_NONE,
	/* protocol errors: answered as JSON-RPC errors */
	ERR_PARSE,
	ERR_REQUEST,
	ERR_METHOD,
	ERR_PARAMS,
	ERR_VERSION,
	ERR_CAPABILITY,
	ERR_NO_RESOURCE, /* -32002 in legacy revisions, -32602 in 2026-07-28 */
	ERR_INTERNAL,
	/* tool errors: answered as a result with isError */
	ERR_ARG,
	ERR_NOT_FOUND,
	ERR_CONFLICT,
	ERR_DENIED,
	ERR_LIMIT,
	ERR_UNAVAILABLE,
	ERR_TIMEOUT,
	ERR_UNSURE, /* may or may not have been stored */
	ERR_CORRUPT,
	ERR_CONFIG,
	/* command line only */
	ERR_USAGE,
	ERR_NO_INPUT,
	ERR_CANT_CREATE,
	ERR_IO,
	/* silence */
	ERR_CANCELLED,
	ERR_MAX
};

enum err_surface { SURFACE_PROTOCOL, SURFACE_TOOL, SURFACE_SILENT };

struct err {
	enum err_code code;
	char msg[480];
	/* JSON text for the error's `data` member, or NULL; borrowed, lives as long as
	 * the call */
	const char *data;
};

struct err_row {
	const char *name; /* upper case, as in docs/errors.md */
	enum err_surface surface;
	int rpc_code;	 /* JSON-RPC code, 0 where the surface is not protocol */
	int exit_status; /* sysexits */
	const char *doc;
};

/* Sets code and message (cut at a UTF-8 boundary when too long); always returns false,
 * so that a failing function can `return err_set(...)`. e may be NULL. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Puts "prefix: " in front of the message that is there. Returns false. */
bool err_prefix(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
void err_clear(struct err *e);
const struct err_row *err_row(enum err_code code); /* never NULL */
int err_exit_status(const struct err *e);

#endif
