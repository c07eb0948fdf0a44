/* SPDX-License-Identifier: Apache-2.0 */
/* list_sessions: newest first. */
#include "common/base/names.h"
#include "common/rpc/page.h"
#include "coordinator-server/session_store.h"
#include "coordinator-server/show.h"
#include "coordinator-server/tools.h"

struct in {
	enum session_status status;
	const char *target, *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: its members are named in out_fields */
	struct items sessions;
};

static const struct field in_fields[] = {
	FIELD(struct in, status, .names = session_statuses),
	FIELD(struct in, target, .max = 100), PAGE_FIELDS(struct in), FIELDS_END
};

static const struct field brief_fields[] = {
	FIELD(struct session, session_id, .req = true), FIELDS_END
};

static const struct field out_fields[] = { FIELD(struct out, sessions, .of = brief_fields,
						 .of_size = sizeof(struct session),
						 .req = true),
					   COLUMN(struct page_out, next_cursor),
					   FIELDS_END };

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct session *s = row;

	return page_pos(c, s->created_at.ms, s->id);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct session_filter f = { .status = in->status,
				    .target = in->target,
				    .limit = in->limit };
	const char *filter, *pos;
	struct rows rows;

	filter = arena_printf(c->arena, "%s %s",
			      names_text(session_statuses, (int)in->status),
			      in->target ? in->target : "");
	if (!page_open(c, "list_sessions", filter, in->cursor, &pos, e) ||
	    !page_read_pos(c, pos, &f.before.ms, &f.before_id, e) ||
	    !session_list(c, &f, &rows, e))
		return false;
	return page_write(c,
			  &(struct page){ .list = "list_sessions",
					  .filter = filter,
					  .limit = in->limit,
					  .key = "sessions",
					  .fields = list_session_fields,
					  .size = sizeof(struct session),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_list_sessions = {
	.name = "list_sessions",
	.title = "List sessions",
	.doc = "Lists sessions, newest first, by status and target; get_session has the"
	       " answers.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.prep = tools_look,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
