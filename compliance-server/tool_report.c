/* SPDX-License-Identifier: Apache-2.0 */
/* get_compliance_report: one check in full. */
#include <inttypes.h>

#include "common/base/str.h"
#include "common/rpc/page.h"
#include "compliance-server/report.h"
#include "compliance-server/stored_report.h"
#include "compliance-server/tools.h"

#define TEXT_LINES   30
#define TEXT_MAX     6000 /* bytes; it stands twice in the result */
#define DOCUMENT_MAX 16000

struct in {
	const char *check_id, *format;
	const char *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	struct json check;
	struct items results, failed;
	const char *report;
};

static const struct field in_fields[] = { FIELD(struct in, check_id, .min = 1, .max = 100,
						.req = true, .doc = NULL),
					  FIELD(struct in, format, .max = 10,
						.doc = "Of report: markdown, junit, "
						       "json."),
					  PAGE_FIELDS(struct in), FIELDS_END };

static const struct field out_fields[] = {
	FIELD(struct out, report, .doc = "For people, on the first page."),
	FIELD(struct out, check, .req = true, .flags = FIELD_OBJECT,
	      .doc = "As in list_compliance_checks."),
	FIELD(struct out, results, .of = compliance_result_fields,
	      .of_size = sizeof(struct compliance_result), .req = true),
	FIELD(struct out, failed, .of = failed_rule_fields,
	      .of_size = sizeof(struct failed_rule), .req = true),
	PAGE_OUT_FIELDS,
	FIELDS_END
};

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct failed_rule *f = row;

	return arena_printf(c->arena, "%" PRId64, f->index);
}

static void put_text(struct ctx *c, const struct stored_report *r, struct jsonw *out)
{
	struct buf b CLEANUP(buf_release);
	const char *text;

	buf_init(&b, 256 * 1024);
	stored_report_text(r, TEXT_LINES, &b);
	text = buf_text(&b);
	if (b.len > TEXT_MAX)
		text = arena_printf(c->arena, "%.*s…\n", (int)utf8_cut(text, TEXT_MAX),
				    text);
	jsonw_str(out, "report", text);
}

/* The whole document or none: half a one is of no use to a program. */
static bool put_document(struct ctx *c, const struct stored_report *r, const char *name,
			 struct jsonw *out, struct err *e)
{
	const struct report_format *f = report_format_find(name);
	struct report_options o = { .fail_on = SEV_MEDIUM,
				    .check_ids = &r->check.check_id };
	const struct check_report *report;
	struct buf b CLEANUP(buf_release) = { .max = 0 };

	if (!f)
		return err_set(e, ERR_ARG,
			       "argument \"format\": \"%s\" is unknown; accepted are %s",
			       str_printable(c->arena, name, 40),
			       report_format_names(c->arena));
	if (!stored_report_check(c, r, &report, e))
		return false;
	buf_init(&b, DOCUMENT_MAX);
	f->write(report, &o, &b);
	if (b.overflow)
		return err_set(e, ERR_LIMIT,
			       "the report as %s is longer than %d bytes\n"
			       "hint: compliance-server report %s --format %s",
			       f->name, DOCUMENT_MAX, r->check.check_id, f->name);
	jsonw_str(out, "report", buf_text(&b));
	return true;
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct stored_report r;
	const char *pos;
	int64_t from = 0;
	size_t n;

	if (!stored_report_load(c, in->check_id, &r, e) ||
	    !page_open(c, "get_compliance_report", in->check_id, in->cursor, &pos, e))
		return false;
	if (pos && (!str_to_i64(pos, &from) || from < 0 || from > (int64_t)r.n_failed))
		return err_set(e, ERR_ARG, "argument \"cursor\" is not one of this list");
	if (!pos && in->format && !str_eq(in->format, "text")) {
		if (!put_document(c, &r, in->format, out, e))
			return false;
	} else if (!pos) {
		put_text(c, &r, out);
	}
	jsonw_obj(out, "check");
	r.check.details = check_details_brief(c, r.check.details);
	fields_json(compliance_check_fields, &r.check, out);
	jsonw_end(out);
	fields_json_array(compliance_result_fields, "results", r.results, r.n_results,
			  sizeof(struct compliance_result), out);
	n = MIN(r.n_failed - (size_t)from, (size_t)in->limit + 1);
	return page_write(c,
			  &(struct page){ .list = "get_compliance_report",
					  .filter = in->check_id,
					  .limit = in->limit,
					  .key = "failed",
					  .fields = failed_rule_fields,
					  .size = sizeof(struct failed_rule),
					  .pos_of = pos_of },
			  r.failed + from, n, out, e);
}

const struct tool tool_get_compliance_report = {
	.name = "get_compliance_report",
	.title = "Report of a check",
	.doc = "Tells what a check found: scores, what to fix first, each place, what could"
	       " not be judged.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.out_schema = LIST_SCHEMA(
		"failed", SCHEMA_STR("report") "," SCHEMA_OF(
				  "check", "object") "," SCHEMA_ROWS("results") ","),
	.app = COMPLIANCE_APP,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
