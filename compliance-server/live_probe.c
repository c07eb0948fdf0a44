/* SPDX-License-Identifier: Apache-2.0 */
/* Live checks: questions about the protocol that no ordinary client asks. */
#include <string.h>

#include "common/base/mem.h"
#include "common/base/str.h"
#include "compliance-server/live_session.h"

#define RECOVER_MS 3000 /* for the request behind malformed input */
#define PARSE_MS   400	/* most servers say nothing about an unreadable line */
#define LONG_LINE  (1024 * 1024)

#define UNKNOWN_VERSION "1999-01-01"

#define DISCOVER(id, version)                                                           \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"server/discover\",\"params\":" \
	"{\"_meta\":" SESSION_ENVELOPE(version) "}}"
#define INITIALIZE(id, version)                                                     \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"initialize\",\"params\":"  \
	"{\"protocolVersion\":\"" version "\",\"capabilities\":{},"                 \
	"\"clientInfo\":{\"name\":\"" LIVE_CLIENT "\",\"version\":\"" SUITE_VERSION \
	"\"}}}"

/* notifications/initialized was sent by the handshake; here follows an unknown one. */
void session_ask_notification(struct session *s)
{
	struct live_answer after = { 0 };

	if (!session_can_ask(s))
		return;
	if (!client_notify(s->cl, "notifications/kilocode_unknown", NULL, NULL))
		return;
	session_ask(s, session_life(s), NULL, s->o.silence_ms, &after);
	/* An answer that comes a little later is still in time for this. */
	session_ask(s, session_life(s), NULL, s->o.silence_ms, &after);
	s->live->answered_notes = watch_null_replies(&s->watch);
}

void session_ask_unknown(struct session *s)
{
	const struct live_list *tools = &s->live->lists[LIVE_TOOLS];

	session_ask(s, "kilocode/no_such_method", NULL, s->o.silence_ms,
		    &s->live->unknown_method);
	if (tools->declared || tools->first.result)
		session_ask(s, "tools/call",
			    "{\"name\":\"__no_such_tool__\",\"arguments\":{}}",
			    s->o.silence_ms, &s->live->unknown_tool);
}

void session_ask_ids(struct session *s)
{
	static const char *const ids[LIVE_IDS] = { "\"abc-\xc3\xa9\"", "0", "2147483648",
						   "-1" };

	for (int i = 0; i < LIVE_IDS; i++) {
		struct live_id *id = &s->live->ids[i];
		const char *line = arena_printf(
			s->c.arena, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\"%s}",
			ids[i], session_life(s),
			s->live->modern ? ",\"params\":{\"_meta\":" SESSION_ENVELOPE(
						  "2026-07-28") "}"
					: "");

		id->sent = ids[i];
		session_ask_raw(s, line, ids[i], MIN(s->o.silence_ms, 2000), &id->answer);
		if (id->answer.silent)
			id->got = watch_last_id(&s->watch, s->c.arena);
		if (id->answer.died || id->answer.silent)
			return; /* one is enough, and each costs a wait */
	}
}

void session_ask_malformed(struct session *s)
{
	struct live *live = s->live;
	char *longer = mem_alloc(LONG_LINE + 1);
	const struct {
		const char *what, *line;
	} rows[LIVE_MALFORMED] = {
		{ "a truncated line", "{\"jsonrpc\":\"2.0\",\"id\":90,\"method\":" },
		{ "an empty array", "[]" },
		{ "a bare number", "42" },
		{ "bytes that are not UTF-8",
		  "{\"jsonrpc\":\"2.0\",\"method\":\"\xff\xfe\"}" },
		{ "an envelope of version 1.0",
		  "{\"jsonrpc\":\"1.0\",\"id\":91,\"method\":\"ping\"}" },
		{ "a line of 1 MiB", longer },
	};

	memset(longer, 'a', LONG_LINE);
	for (int i = 0; i < LIVE_MALFORMED; i++) {
		struct live_answer ignored = { 0 };
		struct live_malformed *m = &live->malformed[i];

		m->what = rows[i].what;
		if (!session_can_ask(s))
			break;
		session_ask_raw(s, rows[i].line, i == 0 ? "null" : NULL, PARSE_MS,
				i == 0 ? &live->parse_error : &ignored);
		m->after.asked = true;
		if (client_alive(s->cl))
			session_ask(s, session_life(s), NULL, RECOVER_MS, &m->after);
		else
			m->after.died = true;
		if (m->after.died || m->after.silent)
			break;
	}
	mem_free(longer);
}

void session_ask_version(struct session *s)
{
	const struct session_start bare = { .era = CLIENT_BARE };
	struct live_answer *a = &s->live->version_probe;
	int64_t began = clock_mono();

	if (!(s->cl = session_open(s, &bare, NULL)))
		return;
	session_ask_raw(s,
			s->live->modern ? DISCOVER("80", UNKNOWN_VERSION)
					: INITIALIZE("80", UNKNOWN_VERSION),
			"80", s->o.start_ms, a);
	if (a->result || a->error)
		session_note_start(s, clock_mono() - began);
	session_close(s);
}

/* Only the answer to the first line; the handshake's is waited for by its id. */
static void note_early(void *arg, char direction, const char *line, size_t n)
{
	struct live_answer *a = arg;
	struct arena *scratch;
	const struct node *msg;
	int64_t id;

	if (direction != '<')
		return;
	scratch = arena_new();
	msg = jsonr_parse(scratch, line, n, JSONR_DUPLICATES | JSONR_NUL, NULL, NULL);
	if (node_i64(node_get(msg, "id"), &id) && id == 81) {
		a->silent = false;
		if (!node_i64(node_path(msg, "error", "code", NULL), &a->code))
			a->code = 0;
	}
	arena_free(scratch);
}

void session_ask_early(struct session *s)
{
	struct live_answer *early = &s->live->early_list, hello = { 0 };
	const struct session_start bare = { .era = CLIENT_BARE,
					    .wire = note_early,
					    .wire_arg = early };
	int64_t began = clock_mono();

	early->silent = true; /* from here on it is the I/O thread's */
	if (!(s->cl = session_open(s, &bare, NULL)))
		return;
	session_ask_raw(s, "{\"jsonrpc\":\"2.0\",\"id\":81,\"method\":\"tools/list\"}",
			NULL, s->o.silence_ms, &(struct live_answer){ 0 });
	session_ask_raw(s,
			s->live->modern ? DISCOVER("82", "2026-07-28")
					: INITIALIZE("82", "2025-11-25"),
			"82", s->o.start_ms, &hello);
	if (hello.result)
		session_note_start(s, clock_mono() - began);
	early->died = hello.died;
	session_close(s);
	early->asked = true;
}
