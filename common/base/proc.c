/* SPDX-License-Identifier: Apache-2.0 */
/* Reading /proc. */
#include "common/base/proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/fd.h"
#include "common/base/str.h"

#define TEXT_MAX    4096
#define ENVIRON_MAX (64 * 1024) /* a tag further behind is not seen */

/* The first n - 1 bytes of a file of /proc/<pid>; 0 when it is gone. */
static size_t read_some(pid_t pid, const char *name, char *out, size_t n)
{
	char path[64];
	size_t len = 0;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (len < n - 1 && (got = read(fd, out + len, n - 1 - len)) > 0)
		len += (size_t)got;
	fd_close(fd);
	out[len] = '\0';
	return len;
}

/* Numbers with single blanks between, from field 4 of stat on. */
static size_t numbers(const char *p, int64_t *v, size_t max)
{
	size_t n = 0;
	char *end;

	while (n < max) {
		v[n] = strtoll(p, &end, 10);
		if (end == p)
			break;
		n++;
		p = end;
	}
	return n;
}

static bool read_stat(pid_t pid, struct proc *ret)
{
	enum { PPID, PGRP, SESSION, UTIME = 10, STIME, THREADS = 16, START = 18, FIELDS };
	char text[TEXT_MAX];
	int64_t v[FIELDS];
	const char *p;

	/* the name, in brackets, may hold blanks and brackets itself */
	if (!read_some(pid, "stat", text, sizeof(text)) || !(p = strrchr(text, ')')) ||
	    p[1] != ' ' || p[2] == '\0' || numbers(p + 3, v, FIELDS) < FIELDS)
		return false;
	*ret = (struct proc){
		.pid = pid,
		.parent = (pid_t)v[PPID],
		.group = (pid_t)v[PGRP],
		.session = (pid_t)v[SESSION],
		.zombie = p[2] == 'Z' || p[2] == 'X',
		.threads = v[THREADS],
		.cpu_ms = (v[UTIME] + v[STIME]) * 1000 / sysconf(_SC_CLK_TCK),
		.started = v[START],
	};
	return true;
}

struct procs procs_all(struct arena *a)
{
	struct procs out = { NULL, 0 };
	const struct dirent *de;
	DIR *d = opendir("/proc");
	size_t cap = 0;
	int64_t pid;

	while (d && (de = readdir(d))) {
		if (!str_to_i64(de->d_name, &pid) || pid <= 0)
			continue;
		if (out.n == cap) {
			struct proc *more;

			cap = cap > 0 ? 2 * cap : 256;
			more = arena_array(a, cap, sizeof(*more));
			if (out.n > 0)
				memcpy(more, out.v, out.n * sizeof(*more));
			out.v = more;
		}
		out.n += read_stat((pid_t)pid, &out.v[out.n]);
	}
	if (d)
		closedir(d);
	return out;
}

const struct proc *procs_find(const struct procs *all, pid_t pid)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].pid == pid)
			return &all->v[i];
	return NULL;
}

struct procs procs_family(struct arena *a, const struct procs *all, pid_t leader)
{
	struct procs out = { arena_array(a, all->n + 1, sizeof(*out.v)), 0 };
	bool *in = arena_array(a, all->n + 1, sizeof(*in));

	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < all->n; i++) {
			const struct proc *p = &all->v[i];

			if (in[i] || p->zombie ||
			    !(p->pid == leader || p->group == leader ||
			      p->session == leader || procs_find(&out, p->parent)))
				continue;
			out.v[out.n++] = *p;
			in[i] = more = true;
		}
	}
	return out;
}

static const char *env_value(const char *text, size_t n, const char *name)
{
	size_t k = strlen(name);

	for (const char *p = text; p < text + n; p += strlen(p) + 1)
		if (!strncmp(p, name, k) && p[k] == '=')
			return p + k + 1;
	return NULL;
}

struct procs procs_tagged(struct arena *a, const struct procs *all, const char *name,
			  bool (*accept)(void *arg, const char *value), void *arg)
{
	struct procs out = { arena_array(a, all->n + 1, sizeof(*out.v)), 0 };
	char *text = arena_alloc(a, ENVIRON_MAX);

	for (size_t i = 0; i < all->n; i++) {
		size_t n = all->v[i].zombie ? 0
					    : read_some(all->v[i].pid, "environ", text,
							ENVIRON_MAX);
		const char *value = n > 0 ? env_value(text, n, name) : NULL;

		if (value && accept(arg, value))
			out.v[out.n++] = all->v[i];
	}
	return out;
}

int64_t procs_cpu_ms(const struct procs *p)
{
	int64_t sum = 0;
	struct proc now;

	for (size_t i = 0; i < p->n; i++)
		sum += read_stat(p->v[i].pid, &now) && now.started == p->v[i].started
			       ? now.cpu_ms
			       : p->v[i].cpu_ms;
	return sum;
}

/* Number behind "Name:" in status, or the k-th of several. */
static int64_t status_number(const char *status, const char *name, int k)
{
	const char *p = strstr(status, name);
	int64_t v[4];

	if (!p || numbers(p + strlen(name), v, 4) <= (size_t)k)
		return 0;
	return v[k];
}

static int64_t sum_status(const struct procs *p, const char *name)
{
	char text[TEXT_MAX];
	int64_t sum = 0;

	for (size_t i = 0; i < p->n; i++)
		if (read_some(p->v[i].pid, "status", text, sizeof(text)))
			sum += status_number(text, name, 0);
	return sum;
}

int64_t procs_rss_kib(const struct procs *p)
{
	return sum_status(p, "\nVmRSS:");
}

int64_t procs_peak_kib(const struct procs *p)
{
	return sum_status(p, "\nVmHWM:");
}

int64_t procs_tasks_of(const struct procs *p, uid_t uid)
{
	char path[64];
	struct stat st;
	int64_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		snprintf(path, sizeof(path), "/proc/%d", (int)p->v[i].pid);
		if (stat(path, &st) == 0 && st.st_uid == uid)
			n += p->v[i].threads;
	}
	return n;
}

bool procs_any_root(const struct procs *p)
{
	char text[TEXT_MAX];

	for (size_t i = 0; i < p->n; i++)
		if (read_some(p->v[i].pid, "status", text, sizeof(text)) &&
		    strstr(text, "\nUid:") &&
		    (status_number(text, "\nUid:", 0) == 0 ||
		     status_number(text, "\nUid:", 1) == 0))
			return true;
	return false;
}
