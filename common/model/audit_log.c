/* SPDX-License-Identifier: Apache-2.0 */
/* The field table of audit_logs. */
#include "common/model/audit_log.h"

const struct field audit_log_fields[] = {
	FIELD(struct audit_log, id, .max = 36, .doc = "Row id."),
	FIELD(struct audit_log, user_id, .max = 36,
	      .doc = "Account, when not the local one."),
	FIELD(struct audit_log, action, .max = 100, .req = true, .doc = "What was done."),
	FIELD(struct audit_log, resource_type, .max = 50, .req = true,
	      .doc = "Kind of object."),
	FIELD(struct audit_log, resource_id, .max = 100,
	      .doc = "Public id of the object."),
	FIELD(struct audit_log, details, .flags = FIELD_OBJECT,
	      .doc = "Actor, outcome, time."),
	FIELD(struct audit_log, ip_address, .max = 45, .flags = FIELD_HIDDEN),
	FIELD(struct audit_log, user_agent, .max = 1000,
	      .doc = "Name of the MCP client."),
	FIELD(struct audit_log, timestamp, .req = true, .doc = "When."),
	FIELDS_END
};
