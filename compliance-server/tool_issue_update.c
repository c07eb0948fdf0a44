/* SPDX-License-Identifier: Apache-2.0 */
/* update_compliance_issue: moves an issue along its life, notes why. */
#include "common/base/str.h"
#include "compliance-server/changed.h"
#include "compliance-server/issue.h"
#include "compliance-server/tools.h"

#define NOTE_MAX 2000

struct in {
	const char *issue_id;
	enum issue_status status;
	const char *note;
};

static const struct field in_fields[] = {
	FIELD(struct in, issue_id, .min = 1, .max = 100, .req = true, .doc = "Its id."),
	FIELD(struct in, status, .names = issue_statuses,
	      .doc = "closed: accepted as it is; resolved: repaired."),
	FIELD(struct in, note, .min = 1, .max = NOTE_MAX,
	      .doc = "Why; kept in the audit log."),
	FIELDS_END
};

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	const struct issue_change ch = { in->status, in->note };
	struct compliance_issue i;

	if (!in->status && !in->note)
		return err_set(
			e, ERR_ARG,
			"give status (open, in-progress, resolved or closed), note or"
			" both");
	call_audit_id(c, in->issue_id);
	if (!issue_move(c, in->issue_id, &ch, &i, e))
		return false;
	changed_status(c);
	changed_server(c, i.server_name);
	fields_json(compliance_issue_fields, &i, out);
	return true;
}

const struct tool tool_update_compliance_issue = {
	.name = "update_compliance_issue",
	.title = "Update an issue",
	.doc = "Moves an issue to another status, or notes something about it.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = compliance_issue_fields,
	.out_schema = OBJECT_SCHEMA(SCHEMA_STR("issueId") "," SCHEMA_STR("status"),
				    "\"issueId\",\"status\""),
	.run = run,
	.order = ORDER_WRITE,
	.perm = PERM_WRITE,
	.audit = "issue.update",
	.resource = "compliance_issue",
};
