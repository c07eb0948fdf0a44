/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors and files: full writes, wake pipe, stdout guard, whole-file read and
 * replace. */
#ifndef COMMON_BASE_FD_H
#define COMMON_BASE_FD_H

#include <sys/types.h>

#include "common/base/defs.h"
#include "common/base/err.h"

struct arena;
struct buf;

/* Opens /dev/null for any of 0-2 that is closed, ignores SIGPIPE, no longer ignores
 * SIGCHLD (which would reap children unseen), closes 3 and up. */
void fd_sanitize(void);
/* Moves fd 1 to a private close-on-exec descriptor (returned) and points 1 at stderr; -1
 * and errno when there is no descriptor left. */
int fd_guard_stdout(void);
void fd_close(int fd);	    /* -1 is fine */
void fd_close_ptr(int *fd); /* for CLEANUP */

/* The wake pipe: fd_wake may be called from a signal handler or any thread. */
bool fd_wake_init(struct err *e);
int fd_wake_fd(void);
void fd_wake(char why); /* why is read back by the poller */
size_t fd_wake_drain(char *ret, size_t n);

/* Whole regular file or pipe into b (b->max is the limit; longer is ERR_LIMIT).
 * ERR_NO_INPUT when absent or unreadable; the message names the path and the reason. */
bool fd_read_file(const char *path, struct buf *b, struct err *e);
/* Temporary file in the same directory, fsync, rename, fsync of the directory. */
bool fd_replace_file(const char *path, const void *p, size_t n, mode_t mode,
		     struct err *e);
/* The same, but a file that is there already stays as it is, which is no error. */
bool fd_create_file(const char *path, const void *p, size_t n, mode_t mode,
		    struct err *e);
bool fd_make_dirs(const char *path, mode_t mode, struct err *e);

enum xdg { XDG_CONFIG = 1, XDG_DATA, XDG_STATE, XDG_CACHE };
/* $XDG_x_HOME/kilocode-mcp or its default below HOME (getpwuid without HOME); NULL with e
 * set when there is no home. Relative values are ignored. Nothing is created. */
char *fd_xdg_dir(struct arena *a, enum xdg which, struct err *e);

#endif
