/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any bytes as input of a server with stub tools; every line that comes back
 * is JSON, and nothing stays in flight. */
#include <poll.h>
#include <sys/socket.h>

#include "common/base/clock.h"
#include "common/base/fd.h"
#include "common/base/mem.h"
#include "common/field/jsonw.h"
#include "common/rpc/ask.h"
#include "common/rpc/frame.h"
#include "common/rpc/listen.h"
#include "common/rpc/mcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct in {
	const char *text;
	int64_t n;
	struct strs list;
};

static const struct field in_fields[] = {
	FIELD(struct in, text, .max = 100, .req = true, .doc = "Text."),
	FIELD(struct in, n, .min = 1, .max = 10, .def = "1", .doc = "Number."),
	FIELD(struct in, list, .max = 5, .item_max = 10, .doc = "List."),
	FIELDS_END,
};

static bool echo(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)e;
	fields_json(in_fields, args, out);
	call_list_changed(c, "tools");
	call_resource_updated(c, "x://a");
	ctx_progress(c, 1, 2, "half");
	return true;
}

static bool question(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const struct question q = {
		.key = "k",
		.method = ASK_FORM,
		.params = "{\"message\":\"?\",\"requestedSchema\":{\"type\":\"object\","
			  "\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":1}},"
			  "\"required\":[\"a\"]}}",
	};
	const struct node *a;

	(void)args;
	return ask(c, &q, 1, true, &a, e) && (jsonw_node(out, "answer", a), true);
}

static bool read_one(struct ctx *c, const char *uri, const char *const *vars,
		     struct jsonw *contents, struct err *e)
{
	(void)c, (void)e;
	resource_text(contents, uri, "text/plain", vars[0] ? vars[0] : "");
	return true;
}

static bool get(struct ctx *c, const void *args, struct jsonw *messages, struct err *e)
{
	const struct in *in = args;

	(void)c, (void)e;
	prompt_text(messages, "user", in->text);
	return true;
}

static const struct field prompt_fields[] = {
	FIELD(struct in, text, .max = 100, .req = true, .doc = "Text."),
	FIELDS_END,
};
static const struct tool tool_e = { .name = "e",
				    .title = "E",
				    .doc = "E.",
				    .in = in_fields,
				    .in_size = sizeof(struct in),
				    .out = in_fields,
				    .run = echo,
				    .order = ORDER_READ };
static const struct tool tool_q = {
	.name = "q", .title = "Q", .doc = "Q.", .run = question, .order = ORDER_LONG
};
static const struct tool *const tools[] = { &tool_e, &tool_q, NULL };
static const struct resource resource_a = { .uri = "x://a",
					    .name = "a",
					    .read = read_one };
static const struct resource resource_t = {
	.uri = "x://{b}/c", .name = "t", .is_template = true, .read = read_one
};
static const struct resource *const resources[] = { &resource_a, &resource_t, NULL };
static const struct prompt prompt_p = { .name = "p",
					.title = "P",
					.doc = "P.",
					.in = prompt_fields,
					.in_size = sizeof(struct in),
					.get = get };
static const struct prompt *const prompts[] = { &prompt_p, NULL };
static const struct offer offer = { .name = "f",
				    .version = "1",
				    .tools = tools,
				    .resources = resources,
				    .prompts = prompts,
				    .logging = true,
				    .list_changed = true,
				    .subscribe = true,
				    .completions = true };

static void drain_output(int fd, struct buf *b)
{
	char part[4096];
	ssize_t k;

	while ((k = recv(fd, part, sizeof(part), MSG_DONTWAIT)) > 0)
		buf_add(b, part, (size_t)k);
}

static void check_output(struct buf *b)
{
	struct arena *a = arena_new();
	char *line = b->data, *end;

	while (line && (end = strchr(line, '\n'))) {
		struct err e = { 0 };

		if (!jsonr_parse(a, line, (size_t)(end - line), 0, NULL, &e)) {
			fprintf(stderr, "%s: %.*s\n", e.msg, (int)(end - line), line);
			abort();
		}
		line = end + 1;
	}
	arena_free(a);
}

static void feed(struct server *s, const char *data, size_t n, int out, struct buf *b)
{
	struct frame f;
	const char *line;
	size_t len;

	frame_init(&f, 100000);
	for (size_t at = 0;;) {
		size_t room;
		char *to = frame_space(&f, &room);
		size_t k = MIN(MIN(room, n - at), (size_t)(data[0] & 63) + 1);
		enum frame_got got;
		bool last = at == n;

		memcpy(to, data + at, k);
		frame_added(&f, k);
		at += k;
		while ((got = frame_next(&f, last, &line, &len)) != FRAME_NONE) {
			if (got == FRAME_LINE)
				mcp_line(s, line, len);
			else
				mcp_too_long(s);
			drain_output(out, b);
		}
		if (last)
			break;
	}
	frame_release(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static bool ready;
	struct server *s = mem_alloc(sizeof(*s));
	int64_t deadline = clock_mono() + 2000;
	struct err e = { 0 };
	struct buf b;
	char wakes[64];
	int fds[2];

	if (!ready && !fd_wake_init(&e))
		abort();
	ready = true;
	if (n == 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) {
		mem_free(s);
		return 0;
	}
	buf_init(&b, 64u << 20);
	s->opt = (struct server_options){ .offer = &offer,
					  .out = fds[0],
					  .max_line = 100000,
					  .page_size = 1,
					  .request_timeout_ms = 1000 };
	wire_init(&s->wire, fds[0]);
	sched_init(&s->sched, 2, call_run);
	feed(s, (const char *)data, n, fds[1], &b);
	wire_lock(&s->wire);
	s->no_answers = true;
	ask_wake(s, NULL);
	wire_unlock(&s->wire);
	if (!sched_drain(&s->sched, deadline))
		abort();
	listen_end_all(s);
	wire_flush(&s->wire);
	drain_output(fds[1], &b);
	call_cancel_all(s);
	if (s->n_open != 0 || s->n_listens != 0)
		abort();
	sched_release(&s->sched);
	mcp_release(s);
	calls_release(s);
	wire_release(&s->wire);
	mem_free(s);
	fd_wake_drain(wakes, sizeof(wakes));
	check_output(&b);
	buf_release(&b);
	fd_close(fds[0]);
	fd_close(fds[1]);
	return 0;
}
