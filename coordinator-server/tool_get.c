/* SPDX-License-Identifier: Apache-2.0 */
/* get_session: one session with its result; a long answer in parts. */
#include "common/rpc/page.h"
#include "coordinator-server/session_store.h"
#include "coordinator-server/show.h"
#include "coordinator-server/tools.h"

struct in {
	const char *session_id, *cursor;
};

static const struct field in_fields[] = {
	FIELD(struct in, session_id, .max = 100, .req = true),
	FIELD(struct in, cursor, .max = 1024,
	      .doc = "nextCursor, for the rest of a long answer."),
	FIELDS_END
};

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct session s;
	const char *pos;

	return page_open(c, "get_session", in->session_id, in->cursor, &pos, e) &&
	       session_by_id(c, in->session_id, &s, e) &&
	       show_session(c, &s, pos, out, e);
}

const struct tool tool_get_session = {
	.name = "get_session",
	.title = "Read a session",
	.doc = "Gives one session: state, what was asked, the target's answer. Poll it while a"
	       " session is pending or running.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = show_session_fields,
	.prep = tools_look,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
