/* SPDX-License-Identifier: Apache-2.0 */
/* A lock between processes (and connections of one process): flock on a file of its own.
 * The file is never deleted, 0600, no links, opened by each holder for itself: rules W1
 * to W4 of docs/decisions/006-sqlite-processes.md. */
#ifndef COMMON_BASE_LOCK_H
#define COMMON_BASE_LOCK_H

#include <stdatomic.h>

#include "common/base/defs.h"
#include "common/base/err.h"

struct lock {
	int fd;
	char *path;
	bool held;
};

bool lock_open(struct lock *l, const char *path, struct err *e);
/* Blocks until held, until deadline (monotonic ms; 0: none) or until *stop becomes true
 * (may be NULL). ERR_TIMEOUT names the holding process where it can be found. */
bool lock_take(struct lock *l, int64_t deadline, const atomic_bool *stop, struct err *e);
void lock_drop(struct lock *l);
void lock_close(struct lock *l); /* drops too */

#endif
