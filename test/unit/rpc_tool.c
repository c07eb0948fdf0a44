/* SPDX-License-Identifier: Apache-2.0 */
/* A call from its arguments to the bytes on the wire: what is too large is refused before
 * anything is committed, and never sent in part. */
#include <stdio.h>

#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/rpc/call.h"
#include "common/rpc/mcp.h"
#include "common/rpc/tool.h"
#include "test/tap.h"

static struct {
	size_t bytes; /* that the tool returns */
	int tries;    /* that the gate makes */
	bool passed;
} plan;

static bool fill(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	char *text = arena_alloc(c->arena, plan.bytes + 1);

	(void)args, (void)e;
	memset(text, 'x', plan.bytes);
	jsonw_str(out, "text", text);
	return true;
}

static const struct tool tool = { .name = "fill",
				  .title = "Fill",
				  .doc = "Fills.",
				  .run = fill,
				  .order = ORDER_WRITE };
static const struct tool *const tools[] = { &tool, NULL };
static const struct offer offer = { .name = "t", .version = "1", .tools = tools };

/* As the database does: after a conflict everything runs again. */
static bool gate(struct ctx *c, const struct work *w, struct err *e)
{
	for (int i = 0; i < plan.tries; i++) {
		if (i > 0)
			w->rewind(w->arg);
		plan.passed = w->run(c, w->arg, e);
	}
	return plan.passed;
}

static struct call *a_call(struct server *s, const char *id)
{
	static const struct node no_params = { .kind = NODE_OBJECT };
	struct call *k = call_new(s);

	k->id = id;
	k->key = id;
	k->rev = REV_2025_11;
	k->method = "tools/call";
	k->params = &no_params;
	k->target = &tool;
	return k;
}

static bool called(struct server *s, size_t bytes, int tries, struct err *e)
{
	struct call *k = a_call(s, "1");
	bool ok;

	k->params = jsonr_parse(k->ctx.arena, "{\"name\":\"fill\"}", 15, 0, NULL, e);
	plan.bytes = bytes;
	plan.tries = tries;
	ok = tools_call(k, e) && k->job(k, e);
	if (ok)
		OK(str_starts(buf_text(&k->line), "{\"jsonrpc\":\"2.0\",\"id\":1,") &&
			   jsonr_parse(k->ctx.arena, k->line.data, k->line.len, 0, NULL,
				       e),
		   "  an answer that can be read");
	call_free(k);
	return ok;
}

static void check_sizes(struct server *s)
{
	struct err e = { 0 };

	OK(called(s, 100, 1, &e) && plan.passed, "a small result passes");
	OK(called(s, 100, 3, &e) && plan.passed, "also after two conflicts");
	OK(!called(s, 30000, 1, &e) && e.code == ERR_LIMIT, "a large one is refused");
	OK(!plan.passed, "while the gate can still take back what was written");
	err_clear(&e);
	OK(!called(s, 30000, 2, &e) && !plan.passed, "and again after a conflict");
}

/* What stands on the wire after the line of a call was made n bytes long. */
static char *sent(struct arena *a, struct server *s, FILE *f, const char *id, size_t n)
{
	struct call *k = a_call(s, id);
	char *got;
	long end;

	rewind(f);
	OK(ftruncate(fileno(f), 0) == 0, "an empty file");
	buf_reset(&k->line);
	for (size_t i = 0; i < n; i++)
		buf_addc(&k->line, 'x');
	reply_send(k);
	call_free(k);
	end = lseek(fileno(f), 0, SEEK_END);
	got = arena_alloc(a, (size_t)end + 1);
	OK(pread(fileno(f), got, (size_t)end, 0) == end, "read back");
	return got;
}

static void check_lines(struct server *s, FILE *f)
{
	size_t max = LIMIT_LINE_OUT - 1024;
	struct arena *a = arena_new();
	char *id = arena_alloc(a, 5u << 20), *got;

	got = sent(a, s, f, "7", max - 1);
	OK(strlen(got) == max && got[max - 1] == '\n', "the longest line, whole");
	got = sent(a, s, f, "7", max);
	OK(strstr(got, "\"id\":7,\"error\":{\"code\":-32603") && strlen(got) < 200 &&
		   got[strlen(got) - 1] == '\n',
	   "no room for the line's end: an error instead");
	memset(id, '1', (5u << 20) - 1);
	got = sent(a, s, f, id, max);
	OK(got[0] == '\0', "an error that does not fit either: nothing, not a part");
	arena_free(a);
}

int main(void)
{
	FILE *f = tmpfile();
	struct server *s = mem_alloc(sizeof(*s));

	if (!f) {
		OK(false, "a temporary file");
		return tap_done();
	}
	s->opt = (struct server_options){ .offer = &offer, .gate = gate };
	wire_init(&s->wire, fileno(f));
	check_sizes(s);
	check_lines(s, f);
	calls_release(s);
	wire_release(&s->wire);
	mem_free(s);
	fclose(f);
	return tap_done();
}
