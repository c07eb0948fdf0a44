/* SPDX-License-Identifier: Apache-2.0 */
/* list_approvals: newest first. */
#include "common/base/names.h"
#include "common/rpc/page.h"
#include "coordinator-server/approval_store.h"
#include "coordinator-server/show.h"
#include "coordinator-server/tools.h"

struct in {
	enum approval_status status;
	enum approval_type type;
	const char *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: its members are named in out_fields */
	struct items approvals;
};

static const struct field in_fields[] = { FIELD(struct in, status,
						.names = approval_statuses),
					  FIELD(struct in, type, .names = approval_types),
					  PAGE_FIELDS(struct in), FIELDS_END };

static const struct field brief_fields[] = {
	FIELD(struct approval, approval_id, .req = true), FIELDS_END
};

static const struct field out_fields[] = {
	FIELD(struct out, approvals, .of = brief_fields,
	      .of_size = sizeof(struct approval), .req = true),
	COLUMN(struct page_out, next_cursor), FIELDS_END
};

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct approval *a = row;

	return page_pos(c, a->created_at.ms, a->id);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct approval_filter f = { .status = in->status,
				     .type = in->type,
				     .limit = in->limit };
	const char *filter, *pos;
	struct rows rows;

	filter = arena_printf(c->arena, "%s %s",
			      names_text(approval_statuses, (int)in->status),
			      names_text(approval_types, (int)in->type));
	if (!page_open(c, "list_approvals", filter, in->cursor, &pos, e) ||
	    !page_read_pos(c, pos, &f.before.ms, &f.before_id, e) ||
	    !approval_list(c, &f, &rows, e))
		return false;
	return page_write(c,
			  &(struct page){ .list = "list_approvals",
					  .filter = filter,
					  .limit = in->limit,
					  .key = "approvals",
					  .fields = list_approval_fields,
					  .size = sizeof(struct approval),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_list_approvals = {
	.name = "list_approvals",
	.title = "List approvals",
	.doc = "Lists approvals, newest first, by status and type.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.prep = tools_look,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
