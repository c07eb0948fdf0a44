/* SPDX-License-Identifier: Apache-2.0 */
/* Log: one line an event, to stderr and/or a file; escaped, secrets masked, never
 * blocking a request. Thread-safe. */
#ifndef COMMON_BASE_LOG_H
#define COMMON_BASE_LOG_H

#include "common/base/defs.h"
#include "common/base/err.h"

enum log_level { LOG_OFF = 1, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT = 1, LOG_JSON };
extern const char *const log_levels[];	/* names: off error warn info debug */
extern const char *const log_formats[]; /* names: text json */

struct log_options {
	const char *program; /* borrowed, static */
	enum log_level level;
	enum log_format format;
	const char *file;  /* NULL: stderr only; else stderr gets warnings and errors */
	int64_t max_size;  /* bytes before the file is rotated, 0: never */
	bool daily;	   /* also rotate when the UTC day changes */
	int64_t max_files; /* rotated files kept */
};

/* Before log_open events go to stderr at level warn. A file that cannot be opened is an
 * error; the log then stays on stderr. */
bool log_open(const struct log_options *o, struct err *e);
void log_close(void);
/* Registers a value that is replaced by "***" in every later line; shorter than 6 is
 * ignored. The text is copied. */
void log_mask(const char *secret);
/* A copy of text with every registered secret replaced, in arena a. */
struct arena;
char *log_masked(struct arena *a, const char *text);
bool log_enabled(enum log_level level);
/* event: a short constant such as "call"; the rest a sentence or key=value pairs. Lines
 * of level info and below contain "INFO" or "DEBUG" (a host shows other stderr text as
 * error). */
void log_event(enum log_level level, const char *event, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#endif
