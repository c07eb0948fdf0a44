-- SPDX-License-Identifier: Apache-2.0
-- What a check knows besides its score (mode, grade, counts, rule set, what it could not
-- judge), and one unresolved row for each issue.

ALTER TABLE compliance_checks ADD COLUMN details TEXT;

CREATE UNIQUE INDEX uq_compliance_issues_live ON compliance_issues (issue_id)
	WHERE status <> 'resolved';
