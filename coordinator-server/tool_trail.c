/* SPDX-License-Identifier: Apache-2.0 */
/* get_audit_trail: the events of a session in order. */
#include <inttypes.h>

#include "common/base/str.h"
#include "common/rpc/page.h"
#include "coordinator-server/session_store.h"
#include "coordinator-server/tools.h"
#include "coordinator-server/trail_store.h"

struct in {
	const char *session_id, *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: its members are named in out_fields */
	struct items events;
	const char *session_id;
};

static const struct field in_fields[] = { FIELD(struct in, session_id, .max = 100,
						.req = true),
					  PAGE_FIELDS(struct in), FIELDS_END };

static const struct field brief_fields[] = { FIELD(struct event, seq, .req = true),
					     FIELDS_END };

static const struct field out_fields[] = { FIELD(struct out, session_id, .req = true),
					   FIELD(struct out, events, .of = brief_fields,
						 .of_size = sizeof(struct event),
						 .req = true),
					   COLUMN(struct page_out, next_cursor),
					   FIELDS_END };

static const char *pos_of(struct ctx *c, const void *row)
{
	return arena_printf(c->arena, "%" PRId64, ((const struct event *)row)->seq);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	int64_t after = 0;
	struct session s;
	const char *pos;
	struct rows rows;

	if (!page_open(c, "get_audit_trail", in->session_id, in->cursor, &pos, e))
		return false;
	if (pos && !str_to_i64(pos, &after))
		return err_set(e, ERR_ARG, "argument \"cursor\" is not one of this list");
	if (!session_by_id(c, in->session_id, &s, e) ||
	    !trail_list(c, s.id, after, in->limit, &rows, e))
		return false;
	jsonw_str(out, "sessionId", s.session_id);
	return page_write(c,
			  &(struct page){ .list = "get_audit_trail",
					  .filter = in->session_id,
					  .limit = in->limit,
					  .key = "events",
					  .fields = event_fields,
					  .size = sizeof(struct event),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_get_audit_trail = {
	.name = "get_audit_trail",
	.title = "Read the audit trail",
	.doc = "Gives the events of a session in order: who did what, when, by which approval.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.prep = tools_look,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
