/* SPDX-License-Identifier: Apache-2.0 */
/* Data models of the compliance server: the specification's Server, ComplianceCheck and
 * ComplianceIssue, and the rows of compliance_results. */
#ifndef COMPLIANCE_SERVER_MODEL_H
#define COMPLIANCE_SERVER_MODEL_H

#include "common/field/field.h"
#include "compliance-server/check.h"

#define NAME_MAX_CHARS 100

enum server_status {
	SERVER_RUNNING = 1,
	SERVER_STOPPED,
	SERVER_ERROR,
	SERVER_STARTING,
	SERVER_STOPPING
};
enum health { HEALTH_HEALTHY = 1, HEALTH_WARNING, HEALTH_CRITICAL, HEALTH_UNKNOWN };
enum check_status { STATUS_PENDING = 1, STATUS_RUNNING, STATUS_COMPLETED, STATUS_FAILED };
enum issue_status { ISSUE_OPEN = 1, ISSUE_IN_PROGRESS, ISSUE_RESOLVED, ISSUE_CLOSED };

extern const char *const server_statuses[],
	*const healths[], *const check_statuses[], *const issue_statuses[];

struct server {
	const char *id;
	const char *name;
	const char *type; /* "mcp", "workspace", or as it was given */
	enum server_status status;
	enum health health;
	const char *version, *description;
	struct json configuration; /* masked; see target.h */
	struct stamp last_check, created_at, updated_at;
};
extern const struct field server_fields[];

struct compliance_check {
	const char *id;
	const char *check_id; /* public id */
	const char *server_name;
	enum check_type check_type;
	enum check_status status;
	struct opt_f64 overall_score;
	struct stamp started_at, completed_at;
	struct opt_i64 duration; /* ms */
	struct json details;	 /* mode, grade, counts, ruleset, unknown, failed */
	struct stamp created_at, updated_at;
};
extern const struct field compliance_check_fields[];

struct compliance_result { /* one category of one check */
	const char *id;
	const char *check_id; /* UUID of the check */
	enum category category;
	double score;
	int64_t total_checks, passed_checks, failed_checks;
	struct json details;
	struct stamp created_at;
};
extern const struct field compliance_result_fields[];

struct compliance_issue {
	const char *id;
	const char *check_id; /* public id of the newest check that saw it */
	const char *issue_id; /* "CFG-008-<16 hex>": rule, category and server */
	const char *server_name;
	enum severity severity;
	enum category category;
	const char *title, *description, *recommendation;
	struct strs affected_components;
	enum issue_status status;
	struct stamp created_at, updated_at, resolved_at;
};
extern const struct field compliance_issue_fields[];

/* Unresolved issues by severity. */
struct severity_counts {
	int64_t critical, high, medium, low;
};
extern const struct field severity_counts_fields[];

/* One line of the overview. */
struct server_overview {
	const char *name, *type;
	enum server_status status;
	enum health health;
	const char *version;
	struct stamp last_check;
	const char *check_id; /* newest completed check */
	const char *mode;     /* of that one: "static" or "live" */
	struct opt_f64 overall_score;
	int64_t critical, high, medium, low; /* open and in-progress */
};
extern const struct field server_overview_fields[];

#endif
