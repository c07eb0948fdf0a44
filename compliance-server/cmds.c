/* SPDX-License-Identifier: Apache-2.0 */
/* Sub-commands: report, explain, trust, and the table of all. */
#define _GNU_SOURCE /* environ */
#include <stdio.h>
#include <unistd.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/cmds.h"
#include "compliance-server/html.h"
#include "compliance-server/input.h"
#include "compliance-server/note.h"
#include "compliance-server/report.h"
#include "compliance-server/run.h"
#include "compliance-server/stored_report.h"
#include "compliance-server/tools.h"
#include "compliance-server/trust.h"

#define REPORT_LINES 10000
#define CHECKS_SHOWN 20

struct explain_in {
	const char *rule;
};

static const struct field explain_fields[] = {
	FIELD(struct explain_in, rule, .max = 20, .doc = "Such as SEC-001."), FIELDS_END
};

static bool explain_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
			struct err *e)
{
	const struct explain_in *in = args;
	struct report_options o = { 0 };
	const struct rule *r;

	(void)status;
	report_options_for(STDOUT_FILENO, &o);
	if (str_empty(in->rule)) {
		for (size_t i = 0; (r = rule_at(i)); i++)
			buf_addf(out, "%-8s %-9s %s\n", r->id, severity_text(r->severity),
				 r->title);
		return true;
	}
	r = rule_get(c->arena, in->rule, e);
	if (!r)
		return err_set(e, ERR_USAGE,
			       "%s\nhint: compliance-server explain lists them", e->msg);
	report_rule(r, &o, out);
	return true;
}

struct report_in {
	const char *check, *format, *root;
};

static const struct field report_fields[] = {
	FIELD(struct report_in, check, .max = 100,
	      .doc = "A check id, such as chk_…; without one the newest are listed."),
	FIELD(struct report_in, format, .max = 20,
	      .doc = "json, sarif, junit, markdown or html, as far as it is kept. Default "
		     "text."),
	FIELD(struct report_in, root, .max = 4096,
	      .doc = "Folder that paths in SARIF are relative to, default the git work "
		     "tree."),
	FIELDS_END
};

static bool list_checks(struct ctx *c, struct buf *out, struct err *e)
{
	const struct check_filter f = { .limit = CHECKS_SHOWN };
	const struct compliance_check *k;
	struct rows rows;

	if (!check_list(c, &f, &rows, e))
		return false;
	k = rows.at;
	if (rows.n == 0)
		buf_adds(out, "No check is stored yet: compliance-server check FILE\n");
	for (size_t i = 0; i < rows.n && i < CHECKS_SHOWN; i++) {
		char at[STAMP_LEN];

		stamp_iso(k[i].created_at, at);
		buf_addf(out, "%s  %s  %-10s  %6s  %s\n", k[i].check_id, at,
			 k[i].status == STATUS_COMPLETED && !k[i].overall_score.set
				 ? "incomplete"
				 : names_text(check_statuses, (int)k[i].status),
			 k[i].overall_score.set
				 ? arena_printf(c->arena, "%.2f", k[i].overall_score.v)
				 : "-",
			 str_printable(c->arena, k[i].server_name, 400));
	}
	return true;
}

static bool report_as(struct ctx *c, const struct report_in *in,
		      const struct stored_report *s, struct buf *out, struct err *e)
{
	const struct report_format *f = report_format_find(in->format);
	struct report_options o = { .fail_on = SEV_MEDIUM,
				    .root = in->root,
				    .check_ids = &s->check.check_id,
				    .with_times = true,
				    .began = s->check.started_at,
				    .ended = s->check.completed_at };
	const struct check_report *r;
	struct html_page page;

	if (!f)
		return err_set(e, ERR_USAGE,
			       "option --format: \"%s\" is unknown; accepted are %s",
			       str_printable(c->arena, in->format, 40),
			       report_format_names(c->arena));
	if (str_eq(f->name, "html")) { /* with the trend of the server */
		if (!html_of_stored(c, s, &page, e))
			return false;
		html_write(&page, c->arena, out);
		return true;
	}
	if (!stored_report_check(c, s, &r, e))
		return false;
	f->write(r, &o, out);
	return true;
}

static void record_export(struct ctx *c, const struct report_in *in)
{
	struct note n;

	note_open(c, &n, "report.export", "report", in->check, NULL);
	jsonw_str(&n.w, "format", in->format ? in->format : "text");
	note_later(c, &n);
}

static bool report_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		       struct err *e)
{
	const struct report_in *in = args;
	struct stored_report r;

	(void)status;
	if (str_empty(in->check))
		return list_checks(c, out, e);
	if (!stored_report_load(c, in->check, &r, e))
		return false;
	record_export(c, in);
	if (in->format && !str_eq(in->format, "text"))
		return report_as(c, in, &r, out, e);
	stored_report_text(&r, REPORT_LINES, out);
	return true;
}

const struct command compliance_commands[] = {
	{ .name = "check",
	  .usage = "FILE|FOLDER... [--discover] [--live] [--format NAME[=FILE]] "
		   "[--fail-on SEVERITY] [--fix [--dry-run]]",
	  .doc = "Check the servers of configuration files; exit status 0 passed, 1 medium,"
		 " 2 high or critical, 3 incomplete or failed, 64 wrong usage.",
	  .in = check_fields,
	  .in_size = sizeof(struct check_in),
	  .words = "files",
	  .run = check_cmd,
	  .failure = 3,
	  .order = ORDER_LONG,
	  .perm = PERM_WRITE,
	  .flags = TOOL_NO_DB },
	{ .name = "report",
	  .usage = "[CHECK-ID] [--format NAME]",
	  .doc = "Print the report of a stored check, or list the newest.",
	  .in = report_fields,
	  .in_size = sizeof(struct report_in),
	  .words = "check",
	  .run = report_cmd,
	  .order = ORDER_READ,
	  .perm = PERM_READ },
	{ .name = "suppress",
	  .usage = "RULE TARGET --reason TEXT --expires DATE [--finding FINGERPRINT]",
	  .doc = "Accept what a rule finds on a target for a while.",
	  .in = suppress_fields,
	  .in_size = sizeof(struct suppress_in),
	  .words = "words",
	  .run = suppress_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_WRITE,
	  .flags = TOOL_NO_DB },
	{ .name = "explain",
	  .usage = "[RULE]",
	  .doc = "Tell what a rule looks for, why, and how to repair it.",
	  .in = explain_fields,
	  .in_size = sizeof(struct explain_in),
	  .words = "rule",
	  .run = explain_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_READ,
	  .flags = TOOL_NO_DB },
	{ .name = "trust",
	  .usage = "FILE... [--server NAME] [--revoke]",
	  .doc = "Allow the servers of a file to be started by live checks.",
	  .in = trust_fields,
	  .in_size = sizeof(struct trust_in),
	  .words = "files",
	  .run = trust_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_ADMIN,
	  .flags = TOOL_NO_DB },
	{ .name = "verify-audit",
	  .usage = "[--json]",
	  .doc = "Verify the hash chain of the audit log; exit status 65 when it is broken.",
	  .in = verify_audit_fields,
	  .in_size = sizeof(struct verify_audit_in),
	  .run = verify_audit_cmd,
	  .order = ORDER_READ,
	  .perm = PERM_READ },
	{ .name = "pin approve",
	  .usage = "SERVER",
	  .doc = "Approve the tools that a server shows now, at a terminal, after showing them.",
	  .in = pin_fields,
	  .in_size = sizeof(struct pin_in),
	  .words = "server",
	  .run = pin_approve_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_ADMIN },
	{ .name = "pin diff",
	  .usage = "SERVER",
	  .doc = "Start a server and show how its tools differ from what was approved; exit status 1 when they do.",
	  .in = pin_fields,
	  .in_size = sizeof(struct pin_in),
	  .words = "server",
	  .run = pin_diff_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_WRITE },
	{ .name = "pin list",
	  .doc = "List the servers whose tools are approved.",
	  .run = pin_list_cmd,
	  .order = ORDER_READ,
	  .perm = PERM_READ },
	{ .name = "pin revoke",
	  .usage = "SERVER",
	  .doc = "Take the approval of a server's tools back.",
	  .in = pin_fields,
	  .in_size = sizeof(struct pin_in),
	  .words = "server",
	  .run = pin_revoke_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_ADMIN },
	{ .name = "pin show",
	  .usage = "SERVER",
	  .doc = "Show the approved tools of a server in full.",
	  .in = pin_fields,
	  .in_size = sizeof(struct pin_in),
	  .words = "server",
	  .run = pin_show_cmd,
	  .order = ORDER_READ,
	  .perm = PERM_READ },
	{ .name = NULL },
};
