/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program to its end some times: once RUNS PROGRAM ARGUMENTS…. Prints the median,
 * least and greatest wall time and the least processor time in milliseconds, and the
 * greatest resident size in MiB. */
#define _GNU_SOURCE /* environ, wait4 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 64
#define EXIT_MAX 3 /* the last status a check ends with by itself */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1e3 +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e3;
}

static double run(char **argv, double *cpu, long *kib)
{
	posix_spawn_file_actions_t files;
	double begin = now_ms();
	struct rusage used;
	int status, rc;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
	rc = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	if (rc != 0) {
		fprintf(stderr, "once: %s: %s\n", argv[0], strerror(rc));
		exit(1);
	}
	while (wait4(pid, &status, 0, &used) < 0)
		if (errno != EINTR)
			exit(1);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > EXIT_MAX) {
		fprintf(stderr, "once: %s failed\n", argv[0]);
		exit(1);
	}
	if (cpu_ms(&used) < *cpu)
		*cpu = cpu_ms(&used);
	if (used.ru_maxrss > *kib)
		*kib = used.ru_maxrss;
	return now_ms() - begin;
}

int main(int argc, char **argv)
{
	int runs = argc > 2 ? atoi(argv[1]) : 0;
	double ms[RUNS_MAX], cpu = 1e9;
	long kib = 0;

	if (runs < 1 || runs > RUNS_MAX)
		return 64;
	for (int i = 0; i < runs; i++)
		ms[i] = run(argv + 2, &cpu, &kib);
	qsort(ms, (size_t)runs, sizeof(*ms), by_size);
	printf("%.1f %.1f %.1f %.1f %.1f\n", ms[runs / 2], ms[0], ms[runs - 1], cpu,
	       (double)kib / 1024);
	return 0;
}
