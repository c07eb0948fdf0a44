/* SPDX-License-Identifier: Apache-2.0 */
/* What the protocol checks share: run a server on some lines, look at its answers. */
#ifndef TEST_TOOLS_PROTOCOL_H
#define TEST_TOOLS_PROTOCOL_H

#include <signal.h>

#include "common/field/jsonr.h"
#include "test/tap.h"
#include "test/tools/peer.h"

#define P_PREFIX "io.modelcontextprotocol/"
#define META(version, caps)                                                      \
	"\"_meta\":{\"" P_PREFIX "protocolVersion\":\"" version "\",\"" P_PREFIX \
	"clientInfo\":{\"name\":\"t\",\"version\":\"1\"},\"" P_PREFIX            \
	"clientCapabilities\":" caps "}"
#define ENVELOPE META("2026-07-28", "{}")
#define MODERN_CAPS(id, method, caps, params)                     \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method \
	"\",\"params\":{" params META("2026-07-28", caps) "}}\n"
/* params: members, each followed by a comma */
#define MODERN(id, method, params) MODERN_CAPS(id, method, "{}", params)
#define LEGACY(id, method, params)                                \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method \
	"\",\"params\":{" params "}}\n"
#define NOTE(method, params) \
	"{\"jsonrpc\":\"2.0\",\"method\":\"" method "\",\"params\":{" params "}}\n"
#define INIT_CAPS(version, caps)                                                   \
	"{\"jsonrpc\":\"2.0\",\"id\":\"i\",\"method\":\"initialize\",\"params\":{" \
	"\"protocolVersion\":\"" version "\",\"capabilities\":" caps               \
	",\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}\n"                   \
	"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
#define INIT(version) INIT_CAPS(version, "{}")

enum { RESULT = 0, SILENT = -1, MAX_LINES = 20000, END_MS = 60000 };

struct target {
	const char **argv; /* closed by NULL, room for more behind */
	size_t argc;
	char home[64];
	const char *extra[1]; /* one more variable of the environment */
	size_t n_extra;
	struct arena *a; /* memory of the whole program */
};

/* All that came back. */
struct run {
	const char *raw[MAX_LINES];
	const struct node *line[MAX_LINES];
	size_t n;
	int status;
	int64_t ms; /* from the end of input to the end of the process */
	bool bad;   /* a line was not JSON */
};

static inline void target_init(struct target *t, int argc, char **argv)
{
	char *full = strchr(argv[0], '/') ? realpath(argv[0], NULL) : NULL;

	t->a = arena_new();
	t->argv = arena_array(t->a, (size_t)argc + 20, sizeof(*t->argv));
	for (int i = 0; i < argc; i++)
		t->argv[t->argc++] = argv[i];
	if (full)
		t->argv[0] = arena_strdup(t->a, full);
	free(full);
	snprintf(t->home, sizeof(t->home), "/tmp/protocol.XXXXXX");
	if (!mkdtemp(t->home)) {
		printf("Bail out! no temporary folder\n");
		exit(1);
	}
}

static inline void target_release(struct target *t)
{
	peer_remove(t->home);
	arena_free(t->a);
}

static inline void target_start(struct target *t, struct peer *p)
{
	peer_start(p, t->argv, peer_env(t->a, t->home, t->extra, t->n_extra), t->home);
}

static inline void run_add(struct target *t, struct run *r, const char *line)
{
	struct err e = { 0 };

	if (r->n == MAX_LINES)
		return;
	r->raw[r->n] = line;
	r->line[r->n] = jsonr_parse(t->a, line, strlen(line), 0, NULL, &e);
	if (!r->line[r->n])
		r->bad = true;
	r->n++;
}

/* Closes stdin and collects the rest. */
static inline void run_end(struct target *t, struct peer *p, struct run *r)
{
	int64_t from = clock_mono();
	char *line;

	child_close_in(&p->c);
	r->status = peer_wait(p, END_MS);
	r->ms = clock_mono() - from;
	while ((line = peer_line(p, t->a, clock_mono())))
		run_add(t, r, line);
	peer_release(p);
}

/* Sends input, closes stdin, collects everything. */
static inline struct run *run_input(struct target *t, const char *input)
{
	struct run *r = arena_alloc(t->a, sizeof(*r));
	struct peer p;

	target_start(t, &p);
	peer_send(&p, input, strlen(input));
	run_end(t, &p, r);
	return r;
}

/* The answer whose id has this JSON text, or NULL. */
static inline const struct node *answer(struct target *t, const struct run *r,
					const char *id)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct node *n = node_get(r->line[i], "id");

		if (n && !node_get(r->line[i], "method") && str_eq(node_raw(t->a, n), id))
			return r->line[i];
	}
	return NULL;
}

static inline size_t answers(struct target *t, const struct run *r, const char *id)
{
	size_t k = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct node *n = node_get(r->line[i], "id");

		k += n && !node_get(r->line[i], "method") &&
		     str_eq(node_raw(t->a, n), id);
	}
	return k;
}

/* RESULT, the error's code, or SILENT. */
static inline int64_t code(struct target *t, const struct run *r, const char *id)
{
	const struct node *a = answer(t, r, id);
	int64_t n = SILENT;

	if (!a)
		return SILENT;
	if (node_get(a, "result"))
		return RESULT;
	return node_get(a, "error") && node_i64(node_path(a, "error", "code", NULL), &n)
		       ? n
		       : 1;
}

static inline const struct node *result(struct target *t, const struct run *r,
					const char *id)
{
	return node_get(answer(t, r, id), "result");
}

static inline const char *error_text(struct target *t, const struct run *r,
				     const char *id)
{
	const char *s = node_str(node_path(answer(t, r, id), "error", "message", NULL));

	return s ? s : "";
}

/* Text of the first content block, or "". */
static inline const char *tool_text(struct target *t, const struct run *r, const char *id)
{
	const struct node *c = node_get(result(t, r, id), "content");
	const char *s = node_str(node_get(c ? c->first : NULL, "text"));

	return s ? s : "";
}

static inline bool is_error(struct target *t, const struct run *r, const char *id)
{
	const struct node *n = node_get(result(t, r, id), "isError");

	return n && n->truth;
}

/* Position of the first notification of this method from line `from` on, or -1. */
static inline int note_at(const struct run *r, const char *method, size_t from)
{
	for (size_t i = from; i < r->n; i++)
		if (str_eq(node_str(node_get(r->line[i], "method")), method))
			return (int)i;
	return -1;
}

static inline size_t notes(const struct run *r, const char *method)
{
	size_t k = 0;

	for (size_t i = 0; i < r->n; i++)
		k += str_eq(node_str(node_get(r->line[i], "method")), method);
	return k;
}

static inline bool has_raw(const struct run *r, const char *text)
{
	for (size_t i = 0; i < r->n; i++)
		if (strstr(r->raw[i], text))
			return true;
	return false;
}

/* A row that is one request and what must come: RESULT, a code, SILENT. */
struct check {
	int row;
	const char *what, *input, *id;
	int code;
	const char *text; /* in the error's message or the tool's text; may be NULL */
};

static inline void run_check(struct target *t, const struct check *c)
{
	struct run *r = run_input(t, c->input);
	int64_t got = code(t, r, c->id);
	const char *text =
		got == RESULT ? tool_text(t, r, c->id) : error_text(t, r, c->id);
	bool ok = got == c->code && r->status == 0 && !r->bad &&
		  answers(t, r, c->id) <= 1 && (!c->text || strstr(text, c->text));

	if (!OK(ok, "row %d: %s", c->row, c->what))
		printf("#   id %s: got %d, want %d, exit %d, text: %.300s\n", c->id,
		       (int)got, c->code, r->status, text);
}

#endif
