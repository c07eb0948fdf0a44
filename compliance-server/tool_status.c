/* SPDX-License-Identifier: Apache-2.0 */
/* get_compliance_status: the set-up at a glance. */
#include "common/rpc/page.h"
#include "compliance-server/issue_store.h"
#include "compliance-server/server_store.h"
#include "compliance-server/tools.h"

struct in {
	const char *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	int64_t registered, checked, checks;
	struct stamp last_check;
	struct items servers;
	struct json open_issues;
	const char *next_step, *database;
};

static const struct field in_fields[] = { PAGE_FIELDS(struct in), FIELDS_END };

static const struct field out_fields[] = {
	FIELD(struct out, registered, .req = true, .doc = "Servers."),
	FIELD(struct out, checked, .req = true, .doc = "Of them with a check."),
	FIELD(struct out, checks, .req = true),
	COLUMN(struct out, last_check),
	FIELD(struct out, open_issues, .req = true, .flags = FIELD_OBJECT,
	      .doc = "critical, high, medium, low: open or in-progress."),
	FIELD(struct out, database, .req = true),
	COLUMN(struct out, next_step),
	FIELD(struct out, servers, .of = server_overview_fields,
	      .of_size = sizeof(struct server_overview), .req = true),
	PAGE_OUT_FIELDS,
	FIELDS_END
};

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct server_overview *s = row;

	(void)c;
	return s->name;
}

static const char *next_step(const struct server_totals *t,
			     const struct severity_counts *n)
{
	if (t->checks == 0)
		return "run_compliance_check with the path of an mcp.json";
	if (n->critical + n->high > 0)
		return "list_compliance_issues with status open shows the worst first";
	return NULL;
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct server_filter f = { .limit = in->limit };
	struct severity_counts n;
	struct server_totals t;
	struct rows rows;

	if (!page_open(c, "get_compliance_status", "", in->cursor, &f.after, e) ||
	    !server_totals(c, &t, e) || !issue_severities(c, NULL, &n, e) ||
	    !server_overviews(c, &f, &rows, e))
		return false;
	jsonw_i64(out, "registered", t.servers);
	jsonw_i64(out, "checked", t.checked);
	jsonw_i64(out, "checks", t.checks);
	jsonw_stamp(out, "lastCheck", t.last_check);
	jsonw_obj(out, "openIssues");
	fields_json(severity_counts_fields, &n, out);
	jsonw_end(out);
	jsonw_str(out, "database", db_where(c->db));
	jsonw_str(out, "nextStep", next_step(&t, &n));
	return page_write(c,
			  &(struct page){ .list = "get_compliance_status",
					  .filter = "",
					  .limit = in->limit,
					  .key = "servers",
					  .fields = server_overview_fields,
					  .size = sizeof(struct server_overview),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_get_compliance_status = {
	.name = "get_compliance_status",
	.title = "Compliance status",
	.doc = "Shows every server with its latest score and open issues by severity. Use it"
	       " to see where a set-up stands.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.out_schema = LIST_SCHEMA("servers", SCHEMA_INT("registered") "," SCHEMA_OF(
						     "openIssues", "object") ","),
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
