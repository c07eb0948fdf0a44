/* SPDX-License-Identifier: Apache-2.0 */
/* The table of errors, and how one is filled in. */
#include "common/base/err.h"

#include <stdarg.h>

#include "common/base/str.h"

static const struct err_row rows[ERR_MAX] = {
	[ERR_NONE] = { "NONE", SURFACE_SILENT, 0, 0, "Done." },
	[ERR_PARSE] = { "PARSE", SURFACE_PROTOCOL, -32700, 65,
			"The line is not valid JSON, not UTF-8, too long or too deep." },
	[ERR_REQUEST] = { "REQUEST", SURFACE_PROTOCOL, -32600, 64,
			  "The JSON is not a valid JSON-RPC request." },
	[ERR_METHOD] = { "METHOD", SURFACE_PROTOCOL, -32601, 64,
			 "The method does not exist in the revision in use." },
	[ERR_PARAMS] = { "PARAMS", SURFACE_PROTOCOL, -32602, 64,
			 "Unknown tool, prompt or cursor, or parameters of a wrong shape." },
	[ERR_VERSION] = { "VERSION", SURFACE_PROTOCOL, -32022, 64,
			  "The protocol version is not served; the data list those that are." },
	[ERR_CAPABILITY] = { "CAPABILITY", SURFACE_PROTOCOL, -32021, 64,
			     "The client did not declare a capability that the request needs." },
	[ERR_NO_RESOURCE] = { "NO_RESOURCE", SURFACE_PROTOCOL, -32002, 66,
			      "No resource has this URI (-32602 in revision 2026-07-28)." },
	[ERR_INTERNAL] = { "INTERNAL", SURFACE_PROTOCOL, -32603, 70,
			   "A fault of the program; the log has the details." },
	[ERR_ARG] = { "ARG", SURFACE_TOOL, 0, 64,
		      "An argument has a wrong value; the text names it and what is accepted." },
	[ERR_NOT_FOUND] = { "NOT_FOUND", SURFACE_TOOL, 0, 66,
			    "The object that was named does not exist." },
	[ERR_CONFLICT] = { "CONFLICT", SURFACE_TOOL, 0, 75,
			   "The object changed meanwhile or its state forbids this; read it again." },
	[ERR_DENIED] = { "DENIED", SURFACE_TOOL, 0, 77,
			 "The caller's role does not permit this." },
	[ERR_LIMIT] = { "LIMIT", SURFACE_TOOL, 0, 75,
			"Too much at once: too long, too many, or too often." },
	[ERR_UNAVAILABLE] = { "UNAVAILABLE", SURFACE_TOOL, 0, 69,
			      "A service or program that is needed cannot be reached or started." },
	[ERR_TIMEOUT] = { "TIMEOUT", SURFACE_TOOL, 0, 75,
			  "The time allowed for the request is over; nothing was stored." },
	[ERR_UNSURE] = { "UNSURE", SURFACE_TOOL, 0, 74,
			 "The outcome is unknown: it may or may not have been stored." },
	[ERR_CORRUPT] = { "CORRUPT", SURFACE_TOOL, 0, 65,
			  "Stored data are damaged: a chain or checksum does not match." },
	[ERR_CONFIG] = { "CONFIG", SURFACE_TOOL, 0, 78,
			 "The configuration is wrong, or the database is newer than the program." },
	[ERR_USAGE] = { "USAGE", SURFACE_TOOL, 0, 64, "The command line is wrong." },
	[ERR_NO_INPUT] = { "NO_INPUT", SURFACE_TOOL, 0, 66,
			   "A file to be read is absent or unreadable." },
	[ERR_CANT_CREATE] = { "CANT_CREATE", SURFACE_TOOL, 0, 73,
			      "A file or directory cannot be created." },
	[ERR_IO] = { "IO", SURFACE_TOOL, 0, 74, "Reading or writing failed." },
	[ERR_CANCELLED] = { "CANCELLED", SURFACE_SILENT, 0, 75,
			    "The client cancelled the request; nothing is sent." },
};

static void cut(char *msg, size_t size, int wanted)
{
	if (wanted >= 0 && (size_t)wanted >= size)
		msg[utf8_cut(msg, size - 1)] = '\0';
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	char msg[sizeof(e->msg)] = ""; /* an argument may point into e->msg */
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	cut(msg, sizeof(msg), vsnprintf(msg, sizeof(msg), fmt, ap));
	va_end(ap);
	memcpy(e->msg, msg, sizeof(msg));
	e->code = code;
	e->data = NULL;
	return false;
}

bool err_prefix(struct err *e, const char *fmt, ...)
{
	char front[sizeof(e->msg)] = "", msg[sizeof(e->msg)];
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	cut(front, sizeof(front), vsnprintf(front, sizeof(front), fmt, ap));
	va_end(ap);
	cut(msg, sizeof(msg), snprintf(msg, sizeof(msg), "%s: %s", front, e->msg));
	memcpy(e->msg, msg, sizeof(msg));
	return false;
}

void err_clear(struct err *e)
{
	if (e)
		*e = (struct err){ 0 };
}

const struct err_row *err_row(enum err_code code)
{
	unsigned i = (unsigned)code;

	return &rows[i < ERR_MAX ? i : (unsigned)ERR_INTERNAL];
}

int err_exit_status(const struct err *e)
{
	return e ? err_row(e->code)->exit_status : 0;
}
