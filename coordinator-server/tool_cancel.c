/* SPDX-License-Identifier: Apache-2.0 */
/* cancel_session: ends what waits, asks a running target to stop. */
#include "common/base/names.h"
#include "coordinator-server/session.h"
#include "coordinator-server/tools.h"

struct in {
	const char *session_id, *reason;
};

struct out {
	const char *session_id;
	enum cancel_result result;
	enum session_status status;
};

static const struct field in_fields[] = {
	FIELD(struct in, session_id, .max = 100, .req = true),
	FIELD(struct in, reason, .max = 500), FIELDS_END
};

static const struct field out_fields[] = {
	FIELD(struct out, session_id, .req = true),
	FIELD(struct out, result, .names = cancel_results, .req = true),
	FIELD(struct out, status, .names = session_statuses, .req = true), FIELDS_END
};

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct out o = { .session_id = in->session_id };
	struct session s;

	if (!session_cancel(c, in->session_id, in->reason, &o.result, &s, e))
		return false;
	call_audit_id(c, in->session_id);
	o.status = s.status;
	fields_json(out_fields, &o, out);
	return true;
}

/* WRITE, not LONG: it must start while open_session holds the threads for long calls. */
const struct tool tool_cancel_session = {
	.name = "cancel_session",
	.title = "Cancel a session",
	.doc = "Pending: ends it and withdraws its approval. Running: asks the target to stop;"
	       " how it ended shows get_session.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.prep = tools_look,
	.run = run,
	.order = ORDER_WRITE,
	.perm = PERM_WRITE,
	.hints = HINT_IDEMPOTENT,
	.audit = "session.cancel",
	.resource = "integration_session",
};
