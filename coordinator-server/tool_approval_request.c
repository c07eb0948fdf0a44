/* SPDX-License-Identifier: Apache-2.0 */
/* request_approval: asks a person about an action that someone else carries out. */
#include "coordinator-server/approval.h"
#include "coordinator-server/show.h"
#include "coordinator-server/tools.h"

struct in {
	enum approval_type type;
	struct json request_data;
	const char *reason;
	int64_t ttl_seconds;
};

static const struct field in_fields[] = {
	FIELD(struct in, type, .names = approval_types, .req = true),
	FIELD(struct in, request_data, .flags = FIELD_OBJECT, .req = true,
	      .doc = "What is to be done, shown to the person as it is."),
	FIELD(struct in, reason, .max = REASON_MAX),
	FIELD(struct in, ttl_seconds, .min = 30, .max = 86400, .def = "1800",
	      .doc = "From then on it cannot be approved."),
	FIELDS_END
};

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	const struct approval_ask ask = { .type = in->type,
					  .request_data = in->request_data,
					  .reason = in->reason,
					  .ttl_s = in->ttl_seconds };
	struct approval a;

	if (!approval_request(c, &ask, &a, e))
		return false;
	call_audit_id(c, a.approval_id);
	return show_approval(c, &a, NULL, out, e);
}

const struct tool tool_request_approval = {
	.name = "request_approval",
	.title = "Ask for an approval",
	.doc = "Asks a person to approve an action that is not a call of a target. The person"
	       " decides at a terminal with the command in howToApprove; poll get_approval.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = show_approval_fields,
	.prep = tools_look,
	.run = run,
	.order = ORDER_WRITE,
	.perm = PERM_WRITE,
	.audit = "approval.request",
	.resource = "approval_request",
};
