/* SPDX-License-Identifier: Apache-2.0 */
/* Tools that take time, report progress, log, page, and tell of changes. */
#include <time.h>

#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/call.h"
#include "common/rpc/page.h"
#include "test/fixture-server/fixture.h"

enum { INFO = 2, ROWS = 300 };

bool fixture_nap(const struct ctx *c, int64_t ms, struct err *e)
{
	const struct timespec tick = { .tv_nsec = 5 * 1000 * 1000 };
	int64_t until = clock_mono() + ms;

	while (clock_mono() < until) {
		if (ctx_stop(c, e))
			return false;
		nanosleep(&tick, NULL);
	}
	return !ctx_stop(c, e);
}

static bool progress(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)args;
	ctx_progress(c, 0, 100, "started");
	if (!fixture_nap(c, 120, e))
		return false;
	ctx_progress(c, 50, 100, "half way");
	if (!fixture_nap(c, 120, e))
		return false;
	ctx_progress(c, 100, 100, "done");
	fixture_text(out, "Tool with progress executed");
	return true;
}

static bool logging(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const char *const texts[] = { "Tool execution started",
					     "Tool processing data",
					     "Tool execution completed" };

	(void)args;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (i > 0 && !fixture_nap(c, 50, e))
			return false;
		call_log(c, INFO, "fixture", texts[i]);
	}
	fixture_text(out, "Tool with logging executed");
	return true;
}

static bool stream(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)args, (void)e;
	ctx_progress(c, 1, 2, "working");
	call_log(c, INFO, "fixture", "working");
	fixture_text(out, "Nobody had to be asked.");
	return true;
}

static bool change_tools(struct ctx *c, const void *args, struct jsonw *out,
			 struct err *e)
{
	(void)args, (void)e;
	call_list_changed(c, "tools");
	fixture_text(out, "Tools changed.");
	return true;
}

static bool change_prompts(struct ctx *c, const void *args, struct jsonw *out,
			   struct err *e)
{
	(void)args, (void)e;
	call_list_changed(c, "prompts");
	fixture_text(out, "Prompts changed.");
	return true;
}

struct touch {
	const char *uri;
};

static const struct field touch_fields[] = {
	FIELD(struct touch, uri, .max = 200, .def = "\"test://watched-resource\"",
	      .doc = "Resource that changed."),
	FIELDS_END,
};

static bool touch(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct touch *in = args;

	(void)e;
	call_resource_updated(c, in->uri);
	fixture_text(out, "Resource changed.");
	return true;
}

struct nap {
	int64_t ms;
};

static const struct field nap_fields[] = {
	FIELD(struct nap, ms, .min = 0, .max = 600000, .def = "1000",
	      .doc = "Milliseconds."),
	FIELDS_END,
};

static bool slow(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct nap *in = args;

	if (!fixture_nap(c, in->ms, e))
		return false;
	fixture_text(out, "Slept.");
	return true;
}

struct echo {
	const char *text;
	int64_t times;
};

static const struct field echo_in[] = {
	FIELD(struct echo, text, .max = 100000, .req = true, .doc = "Text to return."),
	FIELD(struct echo, times, .min = 1, .max = 1000, .def = "1", .doc = "How often."),
	FIELDS_END,
};

struct echoed {
	const char *text;
	int64_t length;
};

static const struct field echo_out[] = {
	FIELD(struct echoed, text, .req = true, .doc = "The text."),
	FIELD(struct echoed, length, .req = true, .doc = "Its bytes."),
	FIELDS_END,
};

static bool echo(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct echo *in = args;
	size_t n = strlen(in->text);
	char *all = arena_alloc(c->arena, n * (size_t)in->times + 1);
	struct echoed r = { .text = all, .length = (int64_t)n * in->times };

	(void)e;
	for (int64_t i = 0; i < in->times; i++)
		memcpy(all + (size_t)i * n, in->text, n);
	fields_json(echo_out, &r, out);
	return true;
}

struct walk {
	const char *cursor;
	int64_t limit, size;
};

static const struct field walk_in[] = {
	PAGE_FIELDS(struct walk),
	FIELD(struct walk, size, .min = 0, .max = 100000, .def = "10",
	      .doc = "Bytes of a row."),
	FIELDS_END,
};

struct row {
	int64_t number;
	const char *text;
};

static const struct field row_fields[] = {
	FIELD(struct row, number, .req = true, .doc = "Counts from 1."),
	FIELD(struct row, text, .flags = FIELD_CUT, .doc = "Filling."),
	FIELDS_END,
};

struct walked {
	struct items rows;
};

static const struct field walk_out[] = {
	FIELD(struct walked, rows, .of = row_fields, .of_size = sizeof(struct row),
	      .doc = "The rows."),
	PAGE_OUT_FIELDS,
	FIELDS_END,
};

static const char *row_pos(struct ctx *c, const void *row)
{
	return arena_printf(c->arena, "%lld",
			    (long long)((const struct row *)row)->number);
}

static bool walk(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct walk *in = args;
	struct page p = { .list = "walk",
			  .filter = "",
			  .limit = in->limit,
			  .key = "rows",
			  .fields = row_fields,
			  .size = sizeof(struct row),
			  .pos_of = row_pos };
	struct row *rows = arena_array(c->arena, (size_t)in->limit + 1, sizeof(*rows));
	char *text = arena_alloc(c->arena, (size_t)in->size + 1);
	const char *pos;
	int64_t from = 0;
	size_t n = 0;

	if (!page_open(c, p.list, p.filter, in->cursor, &pos, e))
		return false;
	if (pos && !str_to_i64(pos, &from))
		return err_set(e, ERR_ARG, "argument \"cursor\" is damaged");
	memset(text, '"', (size_t)in->size);
	for (int64_t i = from + 1; i <= ROWS && n <= (size_t)in->limit; i++)
		rows[n++] = (struct row){ .number = i, .text = text };
	return page_write(c, &p, rows, n, out, e);
}

#define WORK_TOOL(var, id, head, text, fn, ...)             \
	static const struct tool var = { .name = (id),      \
					 .title = (head),   \
					 .doc = (text),     \
					 .run = (fn),       \
					 .perm = PERM_READ, \
					 __VA_ARGS__ }
#define RAW   .order = ORDER_READ, .hints = HINT_READ_ONLY, .flags = TOOL_RAW | TOOL_NO_DB
#define WRITE .order = ORDER_WRITE, .flags = TOOL_RAW | TOOL_NO_DB
#define NAP   .in = nap_fields, .in_size = sizeof(struct nap)

WORK_TOOL(tool_progress, "test_tool_with_progress", "Progress", "Reports progress.",
	  progress, RAW);
WORK_TOOL(tool_logging, "test_tool_with_logging", "Log", "Logs three messages.", logging,
	  RAW);
WORK_TOOL(tool_log2, "test_logging_tool", "Log", "Logs three messages.", logging, RAW);
WORK_TOOL(tool_stream, "test_streaming_elicitation", "Stream", "Reports and logs.",
	  stream, RAW);
WORK_TOOL(tool_change_tools, "test_trigger_tool_change", "Change tools",
	  "Tells that the tools changed.", change_tools, WRITE);
WORK_TOOL(tool_change_prompts, "test_trigger_prompt_change", "Change prompts",
	  "Tells that the prompts changed.", change_prompts, WRITE);
WORK_TOOL(tool_touch, "test_touch_resource", "Change a resource",
	  "Tells that a resource changed.", touch, WRITE, .in = touch_fields,
	  .in_size = sizeof(struct touch));
WORK_TOOL(tool_slow, "test_slow", "Sleep", "Sleeps as a reader.", slow, RAW, NAP);
WORK_TOOL(tool_slow_write, "test_slow_write", "Sleep writing", "Sleeps as a writer.",
	  slow, WRITE, NAP);
WORK_TOOL(tool_slow_long, "test_slow_long", "Sleep long", "Sleeps without a deadline.",
	  slow, .order = ORDER_LONG, .flags = TOOL_RAW | TOOL_NO_DB, NAP);
WORK_TOOL(tool_echo, "test_echo", "Echo", "Returns a text, repeated.", echo,
	  .in = echo_in, .in_size = sizeof(struct echo), .out = echo_out,
	  .order = ORDER_READ, .hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
	  .flags = TOOL_NO_DB);
WORK_TOOL(tool_walk, "test_walk", "Walk", "Returns 300 rows page by page.", walk,
	  .in = walk_in, .in_size = sizeof(struct walk), .out = walk_out,
	  .order = ORDER_READ, .hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
	  .flags = TOOL_NO_DB);

const struct tool *const work_tools[] = {
	&tool_progress,
	&tool_logging,
	&tool_log2,
	&tool_stream,
	&tool_change_tools,
	&tool_change_prompts,
	&tool_touch,
	&tool_slow,
	&tool_slow_write,
	&tool_slow_long,
	&tool_echo,
	&tool_walk,
	NULL,
};
