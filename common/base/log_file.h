/* SPDX-License-Identifier: Apache-2.0 */
/* The file of the log: opened safely, rotated by one of several processes, reopened by
 * the others. Used by log.c alone, under its lock. */
#ifndef COMMON_BASE_LOG_FILE_H
#define COMMON_BASE_LOG_FILE_H

#include "common/base/defs.h"
#include "common/base/err.h"

struct log_file {
	char *path; /* owned; NULL: no file */
	int fd;	    /* -1 when it could not be reopened */
	int64_t max_size, max_files;
	bool daily;
	int64_t day;	 /* UTC day of what the file holds */
	int64_t looked;	 /* monotonic ms of the last comparison with the path */
	bool cut;	 /* the last line is incomplete */
	int64_t dropped; /* lines that could not be written */
};

/* Missing directories are made. Fails with ERR_CANT_CREATE or ERR_CONFIG. */
bool log_file_open(struct log_file *f, const char *path, struct err *e);
void log_file_close(struct log_file *f);
/* One line with its newline, in one write. What cannot be written is dropped and counted.
 * now_ms is the wall clock. */
bool log_file_write(struct log_file *f, const char *line, size_t n, int64_t now_ms);

#endif
