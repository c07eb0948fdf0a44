/* SPDX-License-Identifier: Apache-2.0 */
/* A row of audit_logs: who did what to what. */
#ifndef COMMON_MODEL_AUDIT_LOG_H
#define COMMON_MODEL_AUDIT_LOG_H

#include "common/field/field.h"

struct audit_log {
	const char *id; /* UUID */
	const char *
		user_id; /* UUID of users.id; NULL: the local account, named in details */
	const char *action, *resource_type, *resource_id;
	struct json details;
	const char *ip_address, *user_agent;
	struct stamp timestamp;
};

extern const struct field audit_log_fields[];

#endif
