/* SPDX-License-Identifier: Apache-2.0 */
/* list_compliance_issues: worst first, filtered, in pages. */
#include "common/base/names.h"
#include "common/rpc/page.h"
#include "compliance-server/issue_store.h"
#include "compliance-server/pos.h"
#include "compliance-server/tools.h"

struct in {
	enum severity severity;
	enum category category;
	enum issue_status status;
	const char *server_name;
	const char *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	struct items issues;
	int64_t total;
};

static const struct field in_fields[] = {
	FIELD(struct in, severity, .names = severities, .doc = NULL),
	FIELD(struct in, category, .names = categories, .doc = NULL),
	FIELD(struct in, status, .names = issue_statuses, .doc = NULL),
	FIELD(struct in, server_name, .max = NAME_MAX_CHARS, .doc = NULL),
	PAGE_FIELDS(struct in),
	FIELDS_END
};

static const struct field out_fields[] = {
	FIELD(struct out, total, .req = true, .doc = "On all pages."),
	FIELD(struct out, issues, .of = compliance_issue_fields,
	      .of_size = sizeof(struct compliance_issue), .req = true),
	PAGE_OUT_FIELDS, FIELDS_END
};

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct compliance_issue *i = row;

	return page_pos(c, (int64_t)i->severity, page_pos(c, i->created_at.ms, i->id));
}

static const char *name_or_null(const char *const *names, int value)
{
	return value ? names_text(names, value) : NULL;
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct issue_filter f = { .severity = name_or_null(severities, (int)in->severity),
				  .category = name_or_null(categories, (int)in->category),
				  .status = name_or_null(issue_statuses, (int)in->status),
				  .server_name = in->server_name,
				  .limit = in->limit };
	const char *filter = arena_printf(c->arena, "%d %d %d %s", (int)in->severity,
					  (int)in->category, (int)in->status,
					  in->server_name ? in->server_name : "");
	const char *pos;
	struct rows rows;
	int64_t total;

	if (!known_server(c, in->server_name, e) ||
	    !page_open(c, "list_compliance_issues", filter, in->cursor, &pos, e) ||
	    !pos_read(c, pos, &f.rank, &f.before, &f.before_id, e) ||
	    !issue_list(c, &f, &rows, e) || !issue_count(c, &f, &total, e))
		return false;
	jsonw_i64(out, "total", total);
	return page_write(c,
			  &(struct page){ .list = "list_compliance_issues",
					  .filter = filter,
					  .limit = in->limit,
					  .key = "issues",
					  .fields = compliance_issue_fields,
					  .size = sizeof(struct compliance_issue),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_list_compliance_issues = {
	.name = "list_compliance_issues",
	.title = "List issues",
	.doc = "Lists issues, worst first, with place, reason and repair.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.out_schema = LIST_SCHEMA("issues", SCHEMA_INT("total") ","),
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
