/* SPDX-License-Identifier: Apache-2.0 */
/* The fixture server's start. usage: fixture-server [--page-size N] [--workers N]
 * [--timeout MS] [--state DIR] [--bare], the last without prompts, resources,
 * completions. */
#include "common/base/fd.h"
#include "common/base/id.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "common/rpc/page.h"
#include "common/rpc/server.h"
#include "test/fixture-server/fixture.h"

enum { MAX_TOOLS = 64 };

static size_t add(const struct tool **to, size_t n, const struct tool *const *from)
{
	while (*from && n < MAX_TOOLS)
		to[n++] = *from++;
	return n;
}

struct options {
	int64_t page_size, workers, timeout;
	const char *state;
	bool bare;
};

static bool read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		int64_t *number = str_eq(argv[i], "--page-size") ? &o->page_size
				  : str_eq(argv[i], "--workers") ? &o->workers
				  : str_eq(argv[i], "--timeout") ? &o->timeout
								 : NULL;

		if (str_eq(argv[i], "--bare")) {
			o->bare = true;
			continue;
		}
		if (str_eq(argv[i], "--state") && *value)
			o->state = value;
		else if (!number || !str_to_i64(value, number))
			return false;
		i++;
	}
	return true;
}

int main(int argc, char **argv)
{
	const struct tool *tools[MAX_TOOLS + 1] = { NULL };
	struct options given = { .workers = 4, .timeout = 30000 };
	struct offer offer = {
		.name = "fixture-server",
		.title = "Fixture server",
		.version = SUITE_VERSION,
		.description = "Fixtures for protocol tests.",
		.instructions = "Every tool is a fixture of a test.",
		.tools = tools,
		.resources = fixture_resources,
		.prompts = fixture_prompts,
		.logging = true,
		.list_changed = true,
		.subscribe = true,
		.completions = true,
	};
	struct server_options o = { .offer = &offer,
				    .in = 0,
				    .max_line = 10 * 1024 * 1024 };
	size_t n = 0;

	fd_sanitize();
	clock_init();
	id_init();
	if (!read_options(argc, argv, &given)) {
		fprintf(stderr, "fixture-server: ERROR unknown option\n");
		return 64;
	}
	if (given.state)
		page_init(given.state);
	if (given.bare) {
		n = add(tools, n, content_tools);
		offer.resources = NULL;
		offer.prompts = NULL;
		offer.logging = offer.list_changed = offer.subscribe = offer.completions =
			false;
	} else {
		n = add(tools, n, content_tools);
		n = add(tools, n, work_tools);
		n = add(tools, n, ask_tools);
		n = add(tools, n, task_tools);
		o.tasks = &fixture_tasks;
	}
	o.page_size = (int)given.page_size;
	o.workers = given.workers;
	o.request_timeout_ms = given.timeout;
	o.out = fd_guard_stdout();
	return server_run(&o);
}
