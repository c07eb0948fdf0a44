/* SPDX-License-Identifier: Apache-2.0 */
/* get_approval: one approval with the exact request a person would approve. */
#include "common/rpc/page.h"
#include "coordinator-server/approval_store.h"
#include "coordinator-server/show.h"
#include "coordinator-server/tools.h"

struct in {
	const char *approval_id, *cursor;
};

static const struct field in_fields[] = {
	FIELD(struct in, approval_id, .max = 100, .req = true),
	FIELD(struct in, cursor, .max = 1024,
	      .doc = "nextCursor, for the rest of a long request."),
	FIELDS_END
};

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct approval a;
	const char *pos;

	return page_open(c, "get_approval", in->approval_id, in->cursor, &pos, e) &&
	       approval_by_id(c, in->approval_id, &a, e) &&
	       show_approval(c, &a, pos, out, e);
}

const struct tool tool_get_approval = {
	.name = "get_approval",
	.title = "Read an approval",
	.doc = "Gives one approval: state, who decided, and the exact request. Poll it after"
	       " request_approval.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = show_approval_fields,
	.prep = tools_look,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
