/* SPDX-License-Identifier: Apache-2.0 */
/* Child programs: started without a shell in their own process group, stopped for
 * certain. The only file that starts programs. Rules C1-C12 of the reliability design. */
#ifndef COMMON_BASE_CHILD_H
#define COMMON_BASE_CHILD_H

#include <sys/types.h>

#include "common/base/buf.h"
#include "common/base/defs.h"
#include "common/base/err.h"

struct child_spec {
	const char *const
		*argv; /* NULL-terminated; argv[0] is searched in PATH of envp */
	const char *const *envp; /* NULL-terminated, complete: nothing is inherited */
	const char *cwd;	 /* NULL: ours */
	int64_t max_memory;	 /* bytes of address space, 0: no limit */
	int64_t max_cpu_s;	 /* 0: no limit */
	int64_t max_files;	 /* 0: no limit */
	int64_t max_file_size;	 /* 0: no limit */
	int64_t max_data;	 /* bytes of private writable memory, 0: no limit */
	int64_t max_processes;	 /* of its user, threads counted; 0: no limit */
	/* Own session, no core file, and killed when the thread that starts it ends. */
	bool confined;
	bool no_privileges; /* confined only: no program makes it another user */
};

struct child {
	pid_t pid;	  /* also its process group; 0 when not running */
	int pidfd;	  /* readable when it has ended */
	int in, out, err; /* our ends: write, read, read; close-on-exec, non-blocking; -1
			     closed */
	bool reaped;
	int status; /* waitpid status once reaped */
};

/* Puts the file that child_start would run for argv[0] into ret: a name with a slash as
 * it is (a relative one counts from the child's cwd), else what PATH of envp finds. Empty
 * and relative entries of PATH are passed over. ERR_UNAVAILABLE names the PATH searched.
 */
bool child_find_program(const struct child_spec *s, struct buf *ret, struct err *e);
/* ERR_UNAVAILABLE with the reason (not found, not executable …) and the path tried. */
bool child_start(const struct child_spec *s, struct child *ret, struct err *e);
void child_close_in(struct child *c);
/* Signals the whole group; does nothing once the leader was reaped. */
void child_signal(struct child *c, int sig);
/* True when it has ended: kills what is left of its group, reaps, fills status. */
bool child_reap(struct child *c);
/* Closes stdin, waits grace_ms, TERM to the group, waits grace_ms, KILL; reaps; closes
 * descriptors. Drains out and err meanwhile so that a full pipe cannot keep it alive. */
void child_stop(struct child *c, int64_t grace_ms);
/* "exit status 3", "killed by signal 9 (SIGKILL)", "running" */
const char *child_status_text(const struct child *c, char *out, size_t n);
/* Resident memory in KiB from /proc, 0 when gone; CPU time in ms. */
int64_t child_rss_kib(const struct child *c);
int64_t child_cpu_ms(const struct child *c);

#endif
