/* SPDX-License-Identifier: Apache-2.0 */
/* Data models of the coordinator: the specification's IntegrationSession and
 * ApprovalRequest, and the events of the audit trail. */
#ifndef COORDINATOR_SERVER_MODEL_H
#define COORDINATOR_SERVER_MODEL_H

#include "common/field/field.h"

#define ARGUMENTS_MAX (1024 * 1024) /* bytes of the arguments of one call */
#define PRINCIPAL_MAX 50	    /* bytes of an initiator, requester or approver */
#define TARGET_MAX    50	    /* bytes of a target's name */
#define TOOL_MAX      128	    /* bytes of a tool's name */
#define REASON_MAX    2000	    /* code points */
#define WAITING_MAX   20	    /* approvals of one requester that wait */
#define CALL_TIMEOUT  60000	    /* ms a target may take for one call */
#define EXTERNAL      "(external)"  /* target of what someone else carries out */

enum session_status {
	SESSION_PENDING = 1,
	SESSION_RUNNING,
	SESSION_COMPLETED,
	SESSION_FAILED
};
enum outcome {
	OUTCOME_OK = 1,
	OUTCOME_TOOL_ERROR,
	OUTCOME_TRANSPORT_ERROR,
	OUTCOME_TIMEOUT,
	OUTCOME_CANCELLED,
	OUTCOME_REJECTED,
	OUTCOME_EXPIRED,
	OUTCOME_UNKNOWN
};
enum approval_type {
	TYPE_ASSESSMENT = 1,
	TYPE_REMEDIATION,
	TYPE_CONFIGURATION,
	TYPE_DEPLOYMENT
};
enum approval_status {
	APPROVAL_PENDING = 1,
	APPROVAL_APPROVED,
	APPROVAL_REJECTED,
	APPROVAL_EXPIRED
};
enum effect { EFFECT_READ = 1, EFFECT_KEY, EFFECT_ONCE };
extern const char *const session_statuses[],
	*const outcomes[], *const approval_types[], *const approval_statuses[],
							    *const effects[];

struct session {
	const char *id;		/* UUID */
	const char *session_id; /* public id */
	const char *initiator, *target, *tool;
	enum session_status status;
	enum approval_type gate; /* 0: policy allowed it */
	enum effect effect;
	enum outcome outcome;
	const char *outcome_reason;
	const char *request_text; /* exactly what was asked, shown, hashed and sent */
	const char *response_text;
	struct json request_data, response_data; /* the same for queries; only written */
	const char *request_digest, *intent_digest;
	const char *owner; /* process that runs it */
	struct stamp lease_until, dispatched_at;
	int64_t fence;
	bool cancel_requested;
	struct stamp created_at, updated_at, completed_at;
	const char *approval_id; /* of its approval, or NULL */
	enum approval_status approval_status;
	struct stamp expires_at; /* of its approval */
};
extern const struct field session_fields[];

struct approval {
	const char *id;		 /* UUID */
	const char *approval_id; /* public id */
	const char *session_uuid, *session_id;
	enum approval_type type;
	const char *target, *tool;
	const char *request_text, *request_digest;
	struct json request_data; /* only written */
	const char *requested_by;
	enum approval_status
		status; /* with the time judged: never pending beyond its end */
	const char *approved_by, *decision;
	struct stamp expires_at, created_at, updated_at, approved_at, rejected_at;
	struct stamp consumed_at;
	const char *consumed_by;
};
extern const struct field approval_fields[];

struct event {
	const char *id;
	int64_t seq; /* place in the session's trail, from 1 */
	const char *action, *actor, *target_type, *target_id;
	struct json details;
	struct stamp timestamp;
};
extern const struct field event_fields[];

#endif
