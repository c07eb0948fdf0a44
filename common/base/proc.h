/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of this machine as /proc shows them: whole families of a child, also those
 * that left its group. Without /proc every list is empty. */
#ifndef COMMON_BASE_PROC_H
#define COMMON_BASE_PROC_H

#include <sys/types.h>

#include "common/base/arena.h"
#include "common/base/defs.h"

struct proc {
	pid_t pid, parent, group, session;
	bool zombie;
	int64_t threads, cpu_ms;
	int64_t started; /* ticks since the machine was started */
};

struct procs {
	struct proc *v;
	size_t n;
};

/* Every process one may see. */
struct procs procs_all(struct arena *a);
/* Of these, the ones alive in the group or session of leader or descended from one that
 * is, the leader included. */
struct procs procs_family(struct arena *a, const struct procs *all, pid_t leader);
/* Of these, the ones alive whose environment has a variable `name` that accept says yes
 * to. Those of other users are passed over. */
struct procs procs_tagged(struct arena *a, const struct procs *all, const char *name,
			  bool (*accept)(void *arg, const char *value), void *arg);
const struct proc *procs_find(const struct procs *all, pid_t pid);

/* Sums over processes that may be gone by now. */
int64_t procs_cpu_ms(const struct procs *p);
int64_t procs_rss_kib(const struct procs *p);  /* now */
int64_t procs_peak_kib(const struct procs *p); /* each at its largest */
/* Processes and threads of a user. */
int64_t procs_tasks_of(const struct procs *p, uid_t uid);
bool procs_any_root(const struct procs *p); /* real or effective user 0 */

#endif
