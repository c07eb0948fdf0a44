/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the log: lines, masking, files shared by processes, full disks and pipes. */
#define _GNU_SOURCE /* usleep, F_SETPIPE_SZ */
#include "common/base/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/child.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "test/scratch.h"
#include "test/tap.h"

#define LINES 300

static struct buf text;
static int real_stderr = -1, pipe_end = -1;

static const char *content(const char *name)
{
	buf_reset(&text);
	fd_read_file(scratch_path(name), &text, NULL);
	return buf_text(&text);
}

/* stderr becomes a pipe whose other end is read by grab(). */
static void redirect(void)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		abort();
	real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	pipe_end = fds[0];
	fcntl(pipe_end, F_SETFL, O_NONBLOCK);
}

static const char *grab(void)
{
	char piece[4096];
	ssize_t n;

	buf_reset(&text);
	while ((n = read(pipe_end, piece, sizeof(piece))) > 0)
		buf_add(&text, piece, (size_t)n);
	return buf_text(&text);
}

static bool open_log(struct log_options o)
{
	struct err e = { 0 };

	o.program = "tester";
	return OK(log_open(&o, &e), "log_open %s", e.msg);
}

static void test_stderr(void)
{
	log_event(LOG_INFO, "early", "not shown");
	log_event(LOG_WARN, "early", "shown");
	OK(strstr(grab(), " WARN ") && !strstr(buf_text(&text), "not shown"),
	   "before log_open");
	open_log((struct log_options){ .level = LOG_INFO, .format = LOG_TEXT });
	OK(log_enabled(LOG_INFO) && !log_enabled(LOG_DEBUG) && !log_enabled(LOG_OFF),
	   "levels");
	log_event(LOG_INFO, "call", "id=%d tool=%s", 7, "store_memory");
	OK(strstr(grab(), "INFO tester[") &&
		   strstr(buf_text(&text), "] call: id=7 tool=store_"),
	   "a line: %s", buf_text(&text));
	log_event(LOG_DEBUG, "call", "hidden");
	IS_STR(grab(), "", "a level too low");
	log_event(LOG_ERROR, "x", "a\nFAKE line\x1b[2J\xc2\x9b\xff");
	OK(strstr(grab(), "a\\u000aFAKE line\\u001b[2J\\u009b\\ufffd\n"), "escaped: %s",
	   buf_text(&text));
	open_log((struct log_options){ .level = LOG_OFF, .format = LOG_TEXT });
	log_event(LOG_ERROR, "x", "nothing");
	IS_STR(grab(), "", "off");
}

static void test_json(void)
{
	const char *want =
		"\"event\":\"x\",\"message\":\"say \\\"hi\\\" \\\\ \\u000a\\u202e é\"}\n";

	open_log((struct log_options){ .level = LOG_INFO, .format = LOG_JSON });
	log_event(LOG_INFO, "x", "say \"hi\" \\ \n\xe2\x80\xae é");
	OK(str_starts(grab(), "{\"time\":\"20") && str_ends(buf_text(&text), want) &&
		   strstr(buf_text(&text), "\"level\":\"INFO\""),
	   "JSON: %s", buf_text(&text));
}

static void test_masks(void)
{
	struct arena *a = arena_new();

	log_mask("s3cret-pass");
	log_mask("s3cret-pass-longer");
	log_mask("s3cret-pass");
	log_mask("short");
	log_mask(NULL);
	IS_STR(log_masked(a, "url=x:s3cret-pass@h s3cret-pass-longer short"),
	       "url=x:***@h *** short", "the longest secret is replaced");
	open_log((struct log_options){ .level = LOG_INFO, .format = LOG_TEXT });
	log_event(LOG_WARN, "db", "cannot connect: %s", "postgresql://u:s3cret-pass@h/");
	OK(strstr(grab(), "postgresql://u:***@h/") != NULL, "masked in a line");
	log_close();
	log_event(LOG_WARN, "db", "s3cret-pass");
	OK(strstr(grab(), "db: ***") != NULL, "also after the log was closed");
	arena_free(a);
}

static void test_long(void)
{
	static char big[200000];
	size_t n;

	for (int format = LOG_TEXT; format <= LOG_JSON; format++) {
		open_log((struct log_options){ .level = LOG_INFO,
					       .format = (enum log_format)format,
					       .file = scratch_path("long.log") });
		memset(big, '\n', sizeof(big) - 1);
		log_event(LOG_WARN, "x", "%s", big);
		n = strlen(grab());
		OK(n > 1000 && n <= 4096 && strstr(buf_text(&text), "…") &&
			   buf_text(&text)[n - 1] == '\n',
		   "a line for stderr is cut to what a pipe takes at once: %zu", n);
		n = strlen(content("long.log"));
		OK(n > 16000 && n <= 65536 &&
			   strchr(buf_text(&text), '\n') == text.data + n - 1,
		   "one for the file to 64 KiB: %zu", n);
		unlink(scratch_path("long.log"));
	}
	log_close();
}

static void test_full_pipe(void)
{
	int64_t begin = clock_mono();

	open_log((struct log_options){ .level = LOG_INFO, .format = LOG_TEXT });
	for (int i = 0; i < 5000; i++)
		log_event(LOG_INFO, "flood", "%0100d", i);
	OK(clock_mono() - begin < 20000, "a pipe that nobody reads does not block");
	grab();
	log_event(LOG_INFO, "after", "room again");
	OK(strstr(grab(), "after: room again") && strstr(buf_text(&text), "WARN") &&
		   strstr(buf_text(&text), " lines could not be written"),
	   "the loss is reported: %.300s", buf_text(&text));
	log_event(LOG_INFO, "later", "x");
	OK(!strstr(grab(), "could not be written"), "once");
}

static void test_file(void)
{
	struct log_options o = { .level = LOG_INFO,
				 .format = LOG_TEXT,
				 .program = "tester" };
	struct err e = { 0 };
	struct stat st;

	o.file = scratch_path("state/logs/a.log");
	OK(log_open(&o, &e), "directories are made: %s", e.msg);
	log_event(LOG_INFO, "one", "to the file");
	log_event(LOG_WARN, "two", "to both");
	OK(strstr(content("state/logs/a.log"), "INFO") &&
		   strstr(buf_text(&text), "two: to both"),
	   "both lines are in the file");
	OK(!strstr(grab(), "INFO") && strstr(buf_text(&text), "two: to both"),
	   "stderr has the warning alone");
	stat(scratch_path("state/logs/a.log"), &st);
	IS_INT(st.st_mode & 07777, 0600, "mode");
	rename(scratch_path("state/logs/a.log"), scratch_path("state/logs/moved"));
	usleep(1100000);
	log_event(LOG_INFO, "three", "after the move");
	OK(strstr(content("state/logs/a.log"), "after the move") &&
		   !strstr(content("state/logs/moved"), "after the move"),
	   "a file that was moved away is followed by a new one");
	log_close();

	OK(symlink("state/logs/a.log", scratch_path("link.log")) == 0, "symbolic link");
	o.file = scratch_path("link.log");
	OK(!log_open(&o, &e) && strstr(e.msg, "symbolic link"), "is refused: %s", e.msg);
	log_event(LOG_INFO, "still", "on stderr");
	OK(strstr(grab(), "still: on stderr") != NULL, "the log stays on stderr");
	OK(link(scratch_path("state/logs/a.log"), scratch_path("hard.log")) == 0,
	   "hard link");
	o.file = scratch_path("hard.log");
	OK(!log_open(&o, &e) && e.code == ERR_CONFIG, "is refused: %s", e.msg);
	mkfifo(scratch_path("fifo.log"), 0600);
	o.file = scratch_path("fifo.log");
	OK(!log_open(&o, &e), "a named pipe is refused: %s", e.msg);
	o.file = scratch_dir;
	OK(!log_open(&o, &e), "a directory is refused: %s", e.msg);
	log_close();
}

static void test_rotation(void)
{
	struct timespec old[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };

	open_log((struct log_options){ .level = LOG_INFO,
				       .format = LOG_TEXT,
				       .file = scratch_path("r.log"),
				       .max_size = 1000,
				       .max_files = 2 });
	for (int i = 0; i < 100; i++)
		log_event(LOG_INFO, "n", "line %d", i);
	OK(strstr(content("r.log"), "line 99\n") && text.len <= 1000,
	   "newest in the file");
	OK(strlen(content("r.log.1")) > 500 && text.len <= 1000, "older ones in .1");
	OK(strlen(content("r.log.2")) > 500, "older still in .2");
	OK(access(scratch_path("r.log.3"), F_OK) < 0, "no more than wanted");
	open_log((struct log_options){ .level = LOG_INFO,
				       .format = LOG_TEXT,
				       .file = scratch_path("r.log"),
				       .max_size = 1000 });
	for (int i = 0; i < 100; i++)
		log_event(LOG_INFO, "n", "line %d", i);
	OK(strlen(content("r.log")) <= 1000, "none kept: the file stays small");
	log_close();

	OK(fd_replace_file(scratch_path("d.log"), "old\n", 4, 0600, NULL) &&
		   utimensat(AT_FDCWD, scratch_path("d.log"), old, 0) == 0,
	   "a file of another day");
	open_log((struct log_options){ .level = LOG_INFO,
				       .format = LOG_TEXT,
				       .file = scratch_path("d.log"),
				       .daily = true,
				       .max_files = 3 });
	log_event(LOG_INFO, "n", "today");
	log_event(LOG_INFO, "n", "today too");
	IS_STR(content("d.log.1"), "old\n", "is rotated by the first line of today");
	OK(strstr(content("d.log"), "today\n") && strstr(buf_text(&text), "today too"),
	   "once");
	log_close();
}

static void test_disk_full(void)
{
	struct rlimit before, tight;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	open_log((struct log_options){ .level = LOG_INFO,
				       .format = LOG_TEXT,
				       .file = scratch_path("full.log") });
	log_event(LOG_INFO, "n", "fits");
	tight = before;
	tight.rlim_cur = strlen(content("full.log")) + 10;
	setrlimit(RLIMIT_FSIZE, &tight);
	for (int i = 0; i < 5; i++)
		log_event(LOG_INFO, "n", "lost %d", i);
	setrlimit(RLIMIT_FSIZE, &before);
	log_event(LOG_INFO, "n", "room again");
	content("full.log");
	OK(strstr(buf_text(&text), "fits\n") && !strstr(buf_text(&text), "lost") &&
		   strstr(buf_text(&text), "\n20") &&
		   strstr(buf_text(&text), "n: room again\n") &&
		   strstr(buf_text(&text), "dropped=5 lines"),
	   "lines are dropped and counted: %s", buf_text(&text));
	log_close();
}

static void *write_lines(void *arg)
{
	for (int i = 0; i < LINES; i++)
		log_event(LOG_INFO, "many", "<%s %d>", (const char *)arg, i);
	return NULL;
}

/* Child: shares the log file with others, rotation included. */
static int writer(const char *path, const char *name)
{
	static char names[2][30];
	struct log_options o = { .program = "tester",
				 .level = LOG_INFO,
				 .format = LOG_TEXT,
				 .file = path,
				 .max_size = 4000,
				 .max_files = 500 };
	pthread_t threads[2];

	if (!log_open(&o, NULL))
		return 1;
	for (size_t i = 0; i < 2; i++) {
		snprintf(names[i], sizeof(names[i]), "%s%zu", name, i);
		pthread_create(&threads[i], NULL, write_lines, names[i]);
	}
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	log_close();
	return 0;
}

static void test_many(const char *self)
{
	static const char *const names[] = { "a", "b", "c" };
	const char *const envp[] = { NULL };
	struct child c[ARRAY_LEN(names)];
	int whole = 0, torn = 0, files = 0;
	bool good = true;
	char file[40];

	for (size_t i = 0; i < ARRAY_LEN(names) && good; i++) {
		const char *const argv[] = { self, scratch_path("many.log"), names[i],
					     NULL };
		struct child_spec spec = { .argv = argv, .envp = envp };

		good = child_start(&spec, &c[i], NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(names) && good; i++) {
		child_stop(&c[i], 60000);
		good = c[i].status == 0;
	}
	OK(good, "three processes with two threads each wrote");
	snprintf(file, sizeof(file), "many.log");
	for (; access(scratch_path(file), F_OK) == 0; files++) {
		content(file);
		for (char *at = text.data; at && *at; at = strchr(at, '\n') + 1) {
			char *end = strchr(at, '\n');

			if (!end) {
				torn++;
				break;
			}
			if (str_starts(at, "20") && end[-1] == '>')
				whole++;
			else
				torn++;
		}
		snprintf(file, sizeof(file), "many.log.%d", files + 1);
	}
	OK(files > 5, "files: %d", files);
	IS_INT(torn, 0, "no line is torn");
	IS_INT(whole, 3 * 2 * LINES, "and none is lost");
}

int main(int argc, char **argv)
{
	static char room[1000000];

	if (argc > 2)
		return writer(argv[1], argv[2]);
	/* grown once: arguments of OK() are evaluated in any order, so it must not move
	 */
	buf_init(&text, sizeof(room));
	buf_add(&text, room, sizeof(room));
	scratch_make();
	redirect();
	test_stderr();
	test_json();
	test_masks();
	test_long();
	test_full_pipe();
	test_file();
	test_rotation();
	test_disk_full();
	test_many(argv[0]);
	scratch_clean();
	buf_release(&text);
	return tap_done();
}
