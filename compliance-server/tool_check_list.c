/* SPDX-License-Identifier: Apache-2.0 */
/* list_compliance_checks: newest first, filtered, in pages. */
#include "common/base/names.h"
#include "common/rpc/page.h"
#include "compliance-server/pos.h"
#include "compliance-server/stored_report.h"
#include "compliance-server/tools.h"

struct in {
	const char *server_name;
	enum check_type check_type;
	enum check_status status;
	const char *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	struct items checks;
};

static const struct field in_fields[] = {
	FIELD(struct in, server_name, .max = NAME_MAX_CHARS, .doc = NULL),
	FIELD(struct in, check_type, .names = check_types, .doc = NULL),
	FIELD(struct in, status, .names = check_statuses, .doc = NULL),
	PAGE_FIELDS(struct in), FIELDS_END
};

static const struct field out_fields[] = {
	FIELD(struct out, checks, .of = compliance_check_fields,
	      .of_size = sizeof(struct compliance_check), .req = true),
	PAGE_OUT_FIELDS, FIELDS_END
};

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct compliance_check *k = row;

	return page_pos(c, k->created_at.ms, k->id);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct check_filter f = {
		.server_name = in->server_name,
		.check_type = in->check_type
				      ? names_text(check_types, (int)in->check_type)
				      : NULL,
		.status = in->status ? names_text(check_statuses, (int)in->status) : NULL,
		.limit = in->limit
	};
	const char *filter =
		arena_printf(c->arena, "%d %d %s", (int)in->check_type, (int)in->status,
			     in->server_name ? in->server_name : "");
	const char *pos;
	struct compliance_check *k;
	struct rows rows;

	if (!known_server(c, in->server_name, e) ||
	    !page_open(c, "list_compliance_checks", filter, in->cursor, &pos, e) ||
	    !pos_read(c, pos, NULL, &f.before, &f.before_id, e) ||
	    !check_list(c, &f, &rows, e))
		return false;
	k = rows.at;
	for (size_t i = 0; i < rows.n; i++)
		k[i].details = check_details_brief(c, k[i].details);
	return page_write(c,
			  &(struct page){ .list = "list_compliance_checks",
					  .filter = filter,
					  .limit = in->limit,
					  .key = "checks",
					  .fields = compliance_check_fields,
					  .size = sizeof(struct compliance_check),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_list_compliance_checks = {
	.name = "list_compliance_checks",
	.title = "List checks",
	.doc = "Lists past checks, newest first, with score, mode and counts.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.out_schema = LIST_SCHEMA("checks", ""),
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
