/* SPDX-License-Identifier: Apache-2.0 */
/* Field tables of the compliance server's data models. */
#include "compliance-server/model.h"

const char *const server_statuses[] = { "",	    "running",	"stopped", "error",
					"starting", "stopping", NULL };
const char *const healths[] = { "", "healthy", "warning", "critical", "unknown", NULL };
const char *const check_statuses[] = { "",	    "pending", "running",
				       "completed", "failed",  NULL };
const char *const issue_statuses[] = { "",	   "open",   "in-progress",
				       "resolved", "closed", NULL };

const struct field server_fields[] = {
	FIELD(struct server, id, .max = 36, .req = true),
	FIELD(struct server, name, .max = NAME_MAX_CHARS, .req = true),
	FIELD(struct server, type, .max = 50, .req = true),
	FIELD(struct server, status, .names = server_statuses, .req = true),
	FIELD(struct server, health, .names = healths, .req = true),
	FIELD(struct server, version, .max = 20, .req = true),
	FIELD(struct server, description, .flags = FIELD_CUT),
	FIELD(struct server, configuration, .flags = FIELD_OBJECT,
	      .doc = "Where it stands and its definition, secrets left out."),
	COLUMN(struct server, last_check),
	FIELD(struct server, created_at, .req = true),
	FIELD(struct server, updated_at, .req = true),
	FIELDS_END
};

const struct field compliance_check_fields[] = {
	FIELD(struct compliance_check, id, .max = 36, .req = true),
	FIELD(struct compliance_check, check_id, .max = 100, .req = true),
	FIELD(struct compliance_check, server_name, .max = NAME_MAX_CHARS, .req = true),
	FIELD(struct compliance_check, check_type, .names = check_types, .req = true),
	FIELD(struct compliance_check, status, .names = check_statuses, .req = true),
	FIELD(struct compliance_check, overall_score, .scale = 2,
	      .doc = "0 to 100; absent when something could not be judged."),
	COLUMN(struct compliance_check, started_at),
	COLUMN(struct compliance_check, completed_at),
	FIELD(struct compliance_check, duration, .doc = "Milliseconds."),
	FIELD(struct compliance_check, details, .flags = FIELD_OBJECT,
	      .doc = "mode, grade, counts, unknown, ruleset."),
	FIELD(struct compliance_check, created_at, .req = true),
	FIELD(struct compliance_check, updated_at, .req = true),
	FIELDS_END
};

const struct field compliance_result_fields[] = {
	FIELD(struct compliance_result, id, .max = 36, .flags = FIELD_HIDDEN),
	FIELD(struct compliance_result, check_id, .max = 36, .flags = FIELD_HIDDEN),
	FIELD(struct compliance_result, category, .names = categories, .req = true),
	FIELD(struct compliance_result, score, .scale = 2, .req = true),
	FIELD(struct compliance_result, total_checks, .req = true),
	FIELD(struct compliance_result, passed_checks, .req = true),
	FIELD(struct compliance_result, failed_checks, .req = true),
	FIELD(struct compliance_result, details, .flags = FIELD_HIDDEN),
	FIELD(struct compliance_result, created_at, .flags = FIELD_HIDDEN),
	FIELDS_END
};

const struct field compliance_issue_fields[] = {
	FIELD(struct compliance_issue, id, .max = 36, .req = true),
	FIELD(struct compliance_issue, check_id, .max = 100, .req = true),
	FIELD(struct compliance_issue, issue_id, .max = 100, .req = true),
	FIELD(struct compliance_issue, server_name, .max = NAME_MAX_CHARS),
	FIELD(struct compliance_issue, severity, .names = severities, .req = true),
	FIELD(struct compliance_issue, category, .names = categories, .req = true),
	FIELD(struct compliance_issue, title, .max = 255, .req = true),
	FIELD(struct compliance_issue, description, .req = true, .flags = FIELD_CUT),
	FIELD(struct compliance_issue, recommendation, .flags = FIELD_CUT),
	FIELD(struct compliance_issue, affected_components, .req = true),
	FIELD(struct compliance_issue, status, .names = issue_statuses, .req = true),
	FIELD(struct compliance_issue, created_at, .req = true),
	FIELD(struct compliance_issue, updated_at, .req = true),
	COLUMN(struct compliance_issue, resolved_at),
	FIELDS_END
};

const struct field severity_counts_fields[] = {
	FIELD(struct severity_counts, critical, .req = true),
	FIELD(struct severity_counts, high, .req = true),
	FIELD(struct severity_counts, medium, .req = true),
	FIELD(struct severity_counts, low, .req = true), FIELDS_END
};

const struct field server_overview_fields[] = {
	FIELD(struct server_overview, name, .max = NAME_MAX_CHARS, .req = true),
	FIELD(struct server_overview, type, .max = 50, .req = true),
	FIELD(struct server_overview, status, .names = server_statuses, .req = true),
	FIELD(struct server_overview, health, .names = healths, .req = true),
	FIELD(struct server_overview, version, .max = 20, .req = true),
	COLUMN(struct server_overview, last_check),
	FIELD(struct server_overview, check_id, .max = 100, .doc = "Newest check."),
	COLUMN(struct server_overview, mode),
	FIELD(struct server_overview, overall_score, .scale = 2,
	      .doc = "Of that check; absent without one, and where a critical issue is "
		     "open that it did not look for."),
	FIELD(struct server_overview, critical, .req = true, .doc = "Unresolved issues."),
	FIELD(struct server_overview, high, .req = true),
	FIELD(struct server_overview, medium, .req = true),
	FIELD(struct server_overview, low, .req = true),
	FIELDS_END
};
