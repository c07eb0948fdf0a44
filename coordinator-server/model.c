/* SPDX-License-Identifier: Apache-2.0 */
/* Field tables of the coordinator's data models. */
#include "coordinator-server/model.h"

const char *const session_statuses[] = { "",	      "pending", "running",
					 "completed", "failed",	 NULL };
const char *const outcomes[] = { "",	    "ok",	 "tool_error", "transport_error",
				 "timeout", "cancelled", "rejected",   "expired",
				 "unknown", NULL };
const char *const approval_types[] = {
	"", "assessment", "remediation", "configuration", "deployment", NULL
};
const char *const approval_statuses[] = { "",	      "pending", "approved",
					  "rejected", "expired", NULL };
const char *const effects[] = { "", "read", "key", "once", NULL };

const struct field session_fields[] = {
	FIELD(struct session, id, .max = 36, .flags = FIELD_HIDDEN),
	FIELD(struct session, session_id, .max = 100, .req = true, .doc = "Public id."),
	FIELD(struct session, initiator, .max = PRINCIPAL_MAX),
	FIELD(struct session, target, .max = TARGET_MAX),
	FIELD(struct session, tool, .max = TOOL_MAX),
	FIELD(struct session, status, .names = session_statuses, .req = true),
	FIELD(struct session, gate, .names = approval_types, .json = "type"),
	FIELD(struct session, effect, .names = effects, .flags = FIELD_HIDDEN),
	FIELD(struct session, outcome, .names = outcomes),
	FIELD(struct session, outcome_reason, .max = 50),
	FIELD(struct session, request_text, .flags = FIELD_HIDDEN),
	FIELD(struct session, response_text, .flags = FIELD_HIDDEN),
	FIELD(struct session, request_data, .flags = FIELD_HIDDEN),
	FIELD(struct session, response_data, .flags = FIELD_HIDDEN),
	FIELD(struct session, request_digest, .max = 64, .flags = FIELD_HIDDEN),
	FIELD(struct session, intent_digest, .max = 64, .flags = FIELD_HIDDEN),
	FIELD(struct session, owner, .max = 100, .flags = FIELD_HIDDEN),
	FIELD(struct session, lease_until, .flags = FIELD_HIDDEN),
	FIELD(struct session, dispatched_at, .flags = FIELD_HIDDEN),
	FIELD(struct session, fence, .flags = FIELD_HIDDEN),
	FIELD(struct session, cancel_requested, .flags = FIELD_HIDDEN),
	COLUMN(struct session, created_at),
	COLUMN(struct session, updated_at),
	COLUMN(struct session, completed_at),
	FIELD(struct session, approval_id, .max = 100),
	FIELD(struct session, approval_status, .names = approval_statuses),
	FIELD(struct session, expires_at, .flags = FIELD_HIDDEN),
	FIELDS_END
};

const struct field approval_fields[] = {
	FIELD(struct approval, id, .max = 36, .flags = FIELD_HIDDEN),
	FIELD(struct approval, approval_id, .max = 100, .req = true, .doc = "Public id."),
	FIELD(struct approval, session_uuid, .max = 36, .flags = FIELD_HIDDEN),
	FIELD(struct approval, session_id, .max = 100),
	FIELD(struct approval, type, .names = approval_types),
	FIELD(struct approval, target, .max = TARGET_MAX),
	FIELD(struct approval, tool, .max = TOOL_MAX),
	FIELD(struct approval, request_text, .flags = FIELD_HIDDEN),
	FIELD(struct approval, request_data, .flags = FIELD_HIDDEN),
	FIELD(struct approval, request_digest, .max = 64, .flags = FIELD_HIDDEN),
	FIELD(struct approval, requested_by, .max = PRINCIPAL_MAX),
	FIELD(struct approval, status, .names = approval_statuses, .req = true),
	FIELD(struct approval, approved_by, .max = PRINCIPAL_MAX),
	COLUMN(struct approval, decision),
	COLUMN(struct approval, expires_at),
	COLUMN(struct approval, created_at),
	COLUMN(struct approval, updated_at),
	COLUMN(struct approval, approved_at),
	COLUMN(struct approval, rejected_at),
	FIELD(struct approval, consumed_at, .flags = FIELD_HIDDEN),
	FIELD(struct approval, consumed_by, .max = 100, .flags = FIELD_HIDDEN),
	FIELDS_END
};

const struct field event_fields[] = {
	FIELD(struct event, id, .max = 36, .flags = FIELD_HIDDEN),
	FIELD(struct event, seq, .req = true),
	FIELD(struct event, timestamp, .req = true),
	FIELD(struct event, actor, .max = PRINCIPAL_MAX, .req = true),
	FIELD(struct event, action, .max = 100, .req = true),
	FIELD(struct event, target_type, .max = 50),
	FIELD(struct event, target_id, .max = 100),
	FIELD(struct event, details, .flags = FIELD_OBJECT),
	FIELDS_END
};
