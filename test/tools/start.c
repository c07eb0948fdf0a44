/* SPDX-License-Identifier: Apache-2.0 */
/* Servers in odd surroundings and beside databases that do not answer, and
 * how fast they leave then.
 * usage: start PROGRAM… */
#define _GNU_SOURCE /* pipe2, memmem, nftw */
#include <netinet/in.h>
#include <sys/file.h>

#include "test/tools/spawn.h"

enum { START_MS = 50 };

/* ---- odd surroundings ---- */

static void surroundings(const char *what, const struct plan *plan, bool stores)
{
	const struct subject *sub = subject_of(plan->program);
	struct peer p;

	launch(&p, plan);
	if (plan->cwd && !str_eq(plan->cwd, "/"))
		rmdir(plan->cwd);
	say(&p, INIT);
	call_tool(&p, 1, sub->write);
	call_tool(&p, 2, sub->read);
	say(&p, PING);
	if (plan->fds[1] == 0) {
		bool ok = expect(&p, "\"protocolVersion\"", 20000);
		int64_t deadline = clock_mono() + 20000;

		while (p.c.out >= 0 && clock_left(deadline) > 0 &&
		       count_lines(&p, "\"jsonrpc\"") < 3)
			peer_pump(&p, 50, false);
		OK(ok && count_lines(&p, "\"id\":\"p\",\"result\":{}") == 1 &&
			   count_lines(&p, "\"result\"") == 3,
		   "%s: R-26 %s: serves", sub->name, what);
		IS_INT(count_lines(&p, "\"isError\":true"),
		       stores || !sub->stores ? 0 : 2,
		       stores ? "  and stores" : "  and says that it cannot store");
	}
	child_close_in(&p.c);
	ends_well(&p, 1500, sub->name, what);
	peer_release(&p);
}

static void test_surroundings(const struct plan *base)
{
	struct plan plan = *base;
	char gone[300], data[300], state[300];

	plan.home = "";
	snprintf(data, sizeof(data), "XDG_DATA_HOME=%s/xdg", scratch_dir);
	snprintf(state, sizeof(state), "XDG_STATE_HOME=%s/xdg", scratch_dir);
	plan.env[0] = data; /* else it is the home of whoever runs the test */
	plan.env[1] = state;
	surroundings("HOME unset", &plan, true);
	plan = *base;
	plan.home = "/proc";
	surroundings("home that takes no file", &plan, false);
	plan = *base;
	plan.cwd = "/";
	surroundings("working directory /", &plan, true);
	snprintf(gone, sizeof(gone), "%s/gone", scratch_dir);
	mkdir(gone, 0700);
	plan.cwd = gone;
	surroundings("working directory deleted", &plan, true);
	plan = *base;
	plan.env[0] = "LANG=tr_TR.UTF-8";
	plan.env[1] = "LC_ALL=tr_TR.UTF-8";
	surroundings("Turkish", &plan, true);
	for (int fd = 0; fd < 3; fd++) {
		static const char *const names[] = { "stdin closed at start",
						     "stdout closed at start",
						     "stderr closed at start" };

		plan = *base;
		plan.fds[fd] = -1;
		if (fd > 0) {
			surroundings(names[fd], &plan, true);
		} else {
			struct peer p;

			launch(&p, &plan);
			ends_well(&p, IDLE_MS, subject_of(plan.program)->name, names[0]);
			peer_release(&p);
		}
	}
}

/* ---- the first answer, whatever the state of databases ---- */

static int by_size(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static const char lists[] =
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/discover\",\"params\":{\"_meta\":{"
	"\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
	"\"io.modelcontextprotocol/clientCapabilities\":{}}}}\n"
	"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}\n"
	"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"resources/list\"}\n"
	"{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"resources/templates/list\"}\n"
	"{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"prompts/list\"}\n" PING;

/* Median of 7 starts, from the spawn to the answer to initialize; and the lists. */
static void first_answer(const char *what, const struct plan *plan)
{
	const char *who = subject_of(plan->program)->name;
	int64_t us[7];
	bool listed = true;

	for (size_t i = 0; i < ARRAY_LEN(us); i++) {
		int64_t began = clock_mono_us();
		struct peer p;

		launch(&p, plan);
		say(&p, INIT);
		if (!expect(&p, "\"protocolVersion\"", 20000))
			printf("# no answer: %s\n", buf_text(&p.err));
		us[i] = clock_mono_us() - began;
		say(&p, lists);
		listed = listed && expect(&p, "\"id\":2,\"result\":{\"tools\"", 2000);
		listed = listed && expect(&p, PONG, 2000);
		if (peer_wait(&p, 0) != -1)
			listed = false;
		peer_release(&p);
	}
	qsort(us, ARRAY_LEN(us), sizeof(us[0]), by_size);
	OK(us[3] <= bound(START_MS) * 1000, "%s: R-30 %s: first answer after %.1f ms",
	   who, what, (double)us[3] / 1000);
	OK(listed, "  and the lists");
}

/* The call itself gets a clear error within ms, and the server leaves as always. */
static void clear_error(const char *what, const struct plan *plan, int64_t ms)
{
	const struct subject *sub = subject_of(plan->program);
	int64_t took;
	struct peer p;
	bool ok;

	if (!sub->stores)
		return;
	launch_ready(&p, plan);
	took = -clock_mono();
	call_tool(&p, 1, sub->write);
	ok = expect(&p, "\"isError\":true", 20000);
	took += clock_mono();
	OK(ok && took <= bound(ms), "%s: R-30 %s: a call gets a tool error (%d ms)",
	   sub->name, what, (int)took);
	call_tool(&p, 2, sub->write);
	call_tool(&p, 3, sub->read);
	child_close_in(&p.c);
	ends_well(&p, 2 * ms, sub->name, what);
	IS_INT(count_lines(&p, "\"isError\":true"), 2,
	       "  and so do calls that wait at the end of input");
	peer_release(&p);
}

static int silent_port(int *ret_fd)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	*ret_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*ret_fd < 0 || bind(*ret_fd, (struct sockaddr *)&at, n) != 0 ||
	    listen(*ret_fd, 64) != 0 ||
	    getsockname(*ret_fd, (struct sockaddr *)&at, &n) != 0)
		abort();
	return ntohs(at.sin_port);
}

static const char *database(const char *name, const char *bytes, int64_t size)
{
	static char env[400];
	const char *path = scratch_path(name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes, strlen(bytes)) < 0 ||
	    ftruncate(fd, (off_t)size) != 0)
		abort();
	close(fd);
	snprintf(env, sizeof(env), "DATABASE_URL=sqlite:%s", path);
	return env;
}

/* Leaves as fast as ever while the database holds up calls and what is to be journalled.
 */
static void stuck(const char *what, const struct plan *plan, bool by_signal)
{
	const struct subject *sub = subject_of(plan->program);
	struct peer p;

	launch_ready(&p, plan);
	call_tool(&p, 1, sub->write);
	call_tool(&p, 2, sub->read);
	call_tool(&p, 3, sub->write);
	say(&p, PING);
	OK(expect(&p, PONG, 2000), "%s: R-10 %s: serves on", sub->name, what);
	say(&p, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{"
		"\"requestId\":1}}\n");
	nap_us(300000);
	if (by_signal)
		kill(p.c.pid, SIGTERM);
	else
		fd_close_ptr(&p.c.out);
	ends_well(&p, STOP_MS, sub->name,
		  by_signal ? "SIGTERM then" : "reader lost then");
	peer_release(&p);
}

static void test_stuck(const struct plan *base)
{
	struct plan plan = *base;
	char url[120], lock[300];
	int port, fd;

	if (!subject_of(base->program)->stores)
		return;
	port = silent_port(&fd);
	snprintf(url, sizeof(url), "DATABASE_URL=postgresql://u:p@127.0.0.1:%d/d", port);
	plan.env[0] = url;
	stuck("database that never answers", &plan, true);
	stuck("database that never answers", &plan, false);
	close(fd);
	plan.env[0] = database("locked.db", "", 0);
	snprintf(lock, sizeof(lock), "%s/locked.db.lock", scratch_dir);
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) != 0)
		abort();
	stuck("write lock held by another process", &plan, true);
	stuck("write lock held by another process", &plan, false);
	plan.env[1] = "REQUEST_TIMEOUT=1s";
	clear_error("write lock held by another process", &plan, 1500);
	close(fd);
}

static bool empty_dir(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *de;
	int n = 0;

	while (d && (de = readdir(d)))
		n += de->d_name[0] != '.' || strlen(de->d_name) > 2;
	if (d)
		closedir(d);
	return n == 0;
}

static void test_start(const struct plan *base)
{
	struct plan plan = *base;
	char empty[300], url[120];
	int port, fd;

	snprintf(empty, sizeof(empty), "%s/empty", scratch_dir);
	mkdir(empty, 0700);
	plan.home = empty;
	first_answer("empty home", &plan);
	OK(empty_dir(empty), "  and nothing was written");
	port = silent_port(&fd);
	snprintf(url, sizeof(url), "DATABASE_URL=postgresql://u:p@127.0.0.1:%d/d", port);
	plan.env[0] = url;
	plan.env[1] = "DATABASE_POOL_ACQUIRE=1s";
	plan.env[2] = "REQUEST_TIMEOUT=3s";
	first_answer("PostgreSQL that never answers", &plan);
	clear_error("PostgreSQL that never answers", &plan, 4000);
	close(fd);
	plan.env[0] = database("corrupt.db",
			       "this is no database, but long enough to be read"
			       " as the header of one: 0123456789 0123456789"
			       " 0123456789",
			       100000);
	first_answer("SQLite file that is none", &plan);
	clear_error("SQLite file that is none", &plan, 1000);
	plan.env[0] = database("huge.db", "SQLite format 3", (int64_t)10 << 30);
	first_answer("SQLite file of 10 GB", &plan);
	plan.env[0] = "DATABASE_URL=sqlite:/proc/1/mem";
	first_answer("SQLite file that cannot be read", &plan);
	clear_error("SQLite file that cannot be read", &plan, 1000);
	OK(empty_dir(empty), "nothing was written");
}

static void test_program(const char *path)
{
	char *program = realpath(path, NULL);
	struct plan plan = { .program = program };

	if (!OK(program != NULL, "%s is built", path))
		return;
	scratch_make();
	test_surroundings(&plan);
	test_start(&plan);
	test_stuck(&plan);
	scratch_clean();
	free(program);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	clock_init();
	for (int i = 1; i < argc; i++)
		test_program(argv[i]);
	OK(argc > 1, "there is a server to try");
	return tap_done();
}
