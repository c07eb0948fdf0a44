/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of descriptors and files. */
#define _GNU_SOURCE /* dup3, setenv */
#include "common/base/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/child.h"
#include "common/base/clock.h"
#include "test/scratch.h"
#include "test/tap.h"

static void test_read(void)
{
	struct err e = { 0 };
	int64_t begin = clock_mono();
	struct buf b;

	OK(fd_replace_file(scratch_path("a"), "hello", 5, 0600, &e), "a file is written");
	buf_init(&b, 5);
	OK(fd_read_file(scratch_path("a"), &b, &e), "and read, as long as the limit");
	IS_STR(buf_text(&b), "hello", "same text");
	buf_release(&b);
	buf_init(&b, 4);
	OK(!fd_read_file(scratch_path("a"), &b, &e) && e.code == ERR_LIMIT,
	   "over the limit");
	buf_reset(&b);
	OK(!fd_read_file(scratch_path("none"), &b, &e) && e.code == ERR_NO_INPUT &&
		   strstr(e.msg, "/none: No such file"),
	   "absent: path and reason are named");
	OK(!fd_read_file(scratch_dir, &b, &e) && e.code == ERR_NO_INPUT, "a directory");
	OK(!fd_read_file("/dev/zero", &b, &e) && e.code == ERR_NO_INPUT, "a device");
	mkfifo(scratch_path("fifo"), 0600);
	fd_read_file(scratch_path("fifo"), &b, &e);
	OK(clock_mono() - begin < 5000, "a named pipe without a writer does not hang");
	buf_release(&b);
	buf_init(&b, 100000);
	OK(fd_read_file("/proc/self/status", &b, &e) && b.len > 100,
	   "a file that says size 0");
	buf_release(&b);
}

static int entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void test_replace(void)
{
	struct err e = { 0 };
	struct stat st;
	int before;
	char big[100000];

	memset(big, 'x', sizeof(big));
	mkdir(scratch_path("r"), 0700);
	OK(fd_replace_file(scratch_path("r/f"), "1", 1, 0644, &e), "new file");
	before = entries(scratch_path("r"));
	OK(fd_replace_file(scratch_path("r/f"), big, sizeof(big), 0600, &e), "replaced");
	stat(scratch_path("r/f"), &st);
	OK(st.st_size == sizeof(big) && (st.st_mode & 07777) == 0600, "size and mode");
	IS_INT(entries(scratch_path("r")), before, "no temporary file is left");
	OK(!fd_replace_file(scratch_path("none/f"), "1", 1, 0600, &e) &&
		   e.code == ERR_CANT_CREATE,
	   "no such directory");
	mkdir(scratch_path("r/d"), 0700);
	before = entries(scratch_path("r"));
	OK(!fd_replace_file(scratch_path("r/d"), "1", 1, 0600, &e) && e.code == ERR_IO,
	   "a directory is not replaced");
	IS_INT(entries(scratch_path("r")), before, "nor is a temporary file left then");
}

static void test_create(void)
{
	struct err e = { 0 };
	struct stat st;
	struct buf b;

	mkdir(scratch_path("c"), 0700);
	OK(fd_create_file(scratch_path("c/f"), "first", 5, 0600, &e), "a file is made");
	OK(fd_create_file(scratch_path("c/f"), "second", 6, 0644, &e), "but once only");
	buf_init(&b, 100);
	OK(fd_read_file(scratch_path("c/f"), &b, &e) &&
		   stat(scratch_path("c/f"), &st) == 0 && (st.st_mode & 07777) == 0600 &&
		   st.st_nlink == 1,
	   "with its mode and one name");
	IS_STR(buf_text(&b), "first", "it keeps its content");
	IS_INT(entries(scratch_path("c")), 3, "no temporary file is left");
	OK(!fd_create_file(scratch_path("none/f"), "1", 1, 0600, &e) &&
		   e.code == ERR_CANT_CREATE,
	   "no such directory");
	buf_release(&b);
}

static void test_dirs(void)
{
	struct err e = { 0 };
	struct stat st;

	OK(fd_make_dirs(scratch_path("x/y//z/"), 0700, &e), "directories are made");
	OK(stat(scratch_path("x/y/z"), &st) == 0 && (st.st_mode & 07777) == 0700,
	   "with the mode");
	OK(fd_make_dirs(scratch_path("x/y/z"), 0700, &e), "that exist is fine");
	OK(!fd_make_dirs(scratch_path("a/b"), 0700, &e) && e.code == ERR_CANT_CREATE &&
		   strstr(e.msg, "Not a directory"),
	   "a file is in the way");
	OK(fd_make_dirs("/", 0700, &e), "the root");
}

static void test_xdg(void)
{
	struct arena *a = arena_new();
	struct err e = { 0 };
	char *path;

	setenv("HOME", "/home/x", 1);
	setenv("XDG_DATA_HOME", "relative", 1);
	setenv("XDG_STATE_HOME", "/var/s", 1);
	unsetenv("XDG_CONFIG_HOME");
	IS_STR(fd_xdg_dir(a, XDG_CONFIG, &e), "/home/x/.config/kilocode-mcp", "default");
	IS_STR(fd_xdg_dir(a, XDG_DATA, &e), "/home/x/.local/share/kilocode-mcp",
	       "relative");
	IS_STR(fd_xdg_dir(a, XDG_STATE, &e), "/var/s/kilocode-mcp", "set");
	unsetenv("HOME");
	path = fd_xdg_dir(a, XDG_CONFIG, &e);
	OK(path ? path[0] == '/' : e.code == ERR_CONFIG,
	   "without HOME: the account's, or an error");
	arena_free(a);
}

static void test_wake(void)
{
	struct pollfd p = { .events = POLLIN };
	struct err e = { 0 };
	char why[8];

	OK(fd_wake_init(&e) && fd_wake_init(&e), "the pipe is made once");
	p.fd = fd_wake_fd();
	IS_INT(poll(&p, 1, 0), 0, "silent at first");
	fd_wake('a');
	fd_wake('b');
	IS_INT(poll(&p, 1, 1000), 1, "woken");
	OK(fd_wake_drain(why, sizeof(why)) == 2 && why[0] == 'a' && why[1] == 'b',
	   "reasons");
	IS_INT(fd_wake_drain(why, sizeof(why)), 0, "empty again");
	for (int i = 0; i < 100000; i++)
		fd_wake('x');
	IS_INT(poll(&p, 1, 0), 1, "a full pipe neither blocks nor forgets");
}

/* Run as a child, since it changes descriptors 0 to 2; the exit status tells what was
 * wrong. */
static int sanitized(void)
{
	struct sigaction pipe, chld;
	struct rlimit files, few; /* few: no descriptor left for stdout */
	int out;

	signal(SIGCHLD, SIG_IGN);
	close(STDIN_FILENO);
	dup2(STDOUT_FILENO, 100);
	fd_sanitize();
	sigaction(SIGPIPE, NULL, &pipe);
	sigaction(SIGCHLD, NULL, &chld);
	if (fcntl(STDIN_FILENO, F_GETFD) < 0)
		return 1;
	if (fcntl(100, F_GETFD) >= 0)
		return 2;
	if (pipe.sa_handler != SIG_IGN || chld.sa_handler != SIG_DFL)
		return 3;
	getrlimit(RLIMIT_NOFILE, &files);
	few = (struct rlimit){ STDERR_FILENO + 1, files.rlim_max };
	setrlimit(RLIMIT_NOFILE, &few);
	if (fd_guard_stdout() != -1)
		return 6;
	setrlimit(RLIMIT_NOFILE, &files);
	out = fd_guard_stdout();
	if (out < 3 || !(fcntl(out, F_GETFD) & FD_CLOEXEC))
		return 4;
	if (write(STDOUT_FILENO, "noise", 5) != 5 || write(out, "protocol", 8) != 8)
		return 5;
	return 42;
}

static void test_sanitize(const char *self)
{
	const char *const argv[] = { self, "sanitized", NULL }, *const envp[] = { NULL };
	struct child_spec spec = { .argv = argv, .envp = envp };
	char out[100] = "", err[100] = "", text[60];
	struct err e = { 0 };
	struct child c;
	struct pollfd p;

	if (!OK(child_start(&spec, &c, &e), "child: %s", e.msg))
		return;
	p = (struct pollfd){ .fd = c.pidfd, .events = POLLIN };
	poll(&p, 1, 20000);
	OK(read(c.out, out, sizeof(out) - 1) > 0 && read(c.err, err, sizeof(err) - 1) > 0,
	   "both streams had something");
	child_stop(&c, 1000);
	IS_STR(child_status_text(&c, text, sizeof(text)), "exit status 42", "sanitized");
	IS_STR(out, "protocol", "only the protocol is on stdout");
	IS_STR(err, "noise", "what is printed to 1 comes out at 2");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return sanitized();
	scratch_make();
	test_read();
	test_replace();
	test_create();
	test_dirs();
	test_xdg();
	test_wake();
	test_sanitize(argv[0]);
	scratch_clean();
	return tap_done();
}
