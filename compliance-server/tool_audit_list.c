/* SPDX-License-Identifier: Apache-2.0 */
/* list_audit_logs: who did what to what, newest first. */
#include <inttypes.h>

#include "common/app/audit_store.h"
#include "common/rpc/page.h"
#include "compliance-server/pos.h"
#include "compliance-server/tools.h"

struct in {
	const char *action, *resource_type, *resource_id;
	struct stamp since, until;
	const char *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	struct items logs;
};

static const struct field in_fields[] = {
	FIELD(struct in, action, .max = 100, .doc = "Such as issue.close."),
	FIELD(struct in, resource_type, .max = 50,
	      .doc = "compliance_check, compliance_issue or server."),
	FIELD(struct in, resource_id, .max = 100, .doc = NULL),
	COLUMN(struct in, since),
	COLUMN(struct in, until),
	PAGE_FIELDS(struct in),
	FIELDS_END
};

static const struct field out_fields[] = { FIELD(struct out, logs, .of = audit_log_fields,
						 .of_size = sizeof(struct audit_log),
						 .req = true),
					   PAGE_OUT_FIELDS, FIELDS_END };

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct audit_log *l = row;

	return page_pos(c, l->timestamp.ms, l->id);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct audit_filter f = { .action = in->action,
				  .resource_type = in->resource_type,
				  .resource_id = in->resource_id,
				  .since = in->since,
				  .until = in->until,
				  .limit = in->limit };
	const char *filter =
		arena_printf(c->arena, "%" PRId64 " %" PRId64 " %s\n%s\n%s", in->since.ms,
			     in->until.ms, in->action ? in->action : "",
			     in->resource_type ? in->resource_type : "",
			     in->resource_id ? in->resource_id : "");
	const char *pos;
	struct rows rows;

	if (!page_open(c, "list_audit_logs", filter, in->cursor, &pos, e) ||
	    !pos_read(c, pos, NULL, &f.before, &f.before_id, e) ||
	    !audit_list(c, &f, &rows, e))
		return false;
	return page_write(c,
			  &(struct page){ .list = "list_audit_logs",
					  .filter = filter,
					  .limit = in->limit,
					  .key = "logs",
					  .fields = audit_log_fields,
					  .size = sizeof(struct audit_log),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_list_audit_logs = {
	.name = "list_audit_logs",
	.title = "List audit logs",
	.doc = "Lists who did what and why, newest first.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.out_schema = LIST_SCHEMA("logs", ""),
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
	.flags = TOOL_SYNC,
};
