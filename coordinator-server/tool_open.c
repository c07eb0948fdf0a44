/* SPDX-License-Identifier: Apache-2.0 */
/* open_session: calls one tool of one target. */
#include "coordinator-server/session.h"
#include "coordinator-server/show.h"
#include "coordinator-server/tools.h"

struct in {
	const char *target, *tool, *reason;
	struct json arguments;
	enum approval_type type;
	int64_t ttl_seconds, wait_ms;
	struct opt_i64 timeout_ms;
};

static const struct field in_fields[] = {
	FIELD(struct in, target, .min = 1, .max = 100, .req = true,
	      .doc = "A name of list_targets."),
	FIELD(struct in, tool, .min = 1, .max = TOOL_MAX, .req = true),
	FIELD(struct in, arguments, .flags = FIELD_OBJECT,
	      .doc = "Passed on as they are; default {}."),
	FIELD(struct in, type, .names = approval_types,
	      .doc = "Want this approval; policy may want a stricter one."),
	FIELD(struct in, reason, .max = REASON_MAX, .doc = "Shown to the person asked."),
	FIELD(struct in, ttl_seconds, .min = 30, .max = 86400, .def = "1800",
	      .doc = "Life of the approval."),
	FIELD(struct in, timeout_ms, .min = 100, .max = 600000,
	      .doc = "Limit of the call; default 60000 or the policy's."),
	FIELD(struct in, wait_ms, .min = 0, .max = 45000, .def = "25000",
	      .doc = "Wait so long for the end; it goes on afterwards."),
	FIELDS_END
};

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	const struct session_ask ask = {
		.target = in->target,
		.tool = in->tool,
		.arguments.text = in->arguments.text ? in->arguments.text : "{}",
		.type = in->type,
		.reason = in->reason,
		.timeout_ms = in->timeout_ms.set ? in->timeout_ms.v : 0,
		.ttl_s = in->ttl_seconds,
		.wait_ms = in->wait_ms,
	};
	struct session s;

	if (!session_open(c, &ask, &s, e))
		return false;
	call_audit_id(c, s.session_id);
	if (s.status == SESSION_FAILED)
		call_failed(c);
	s.request_text = NULL; /* the caller knows; get_session shows it */
	return show_session(c, &s, NULL, out, e);
}

const struct tool tool_open_session = {
	.name = "open_session",
	.title = "Call a tool of another server",
	.doc = "Calls one tool of one target. Runs at once if policy allows it; else it stays"
	       " pending until a person approves: poll get_session, do not open it again.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = show_session_fields,
	.run = run,
	.order = ORDER_LONG,
	.perm = PERM_WRITE,
	.hints = HINT_DESTRUCTIVE | HINT_OPEN_WORLD,
	.audit = "session.open",
	.resource = "integration_session",
};
