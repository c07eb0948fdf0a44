-- SPDX-License-Identifier: Apache-2.0
-- Servers, checks of them, results by category, issues found.

CREATE TABLE servers (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	name VARCHAR(100) UNIQUE NOT NULL,
	type VARCHAR(50) NOT NULL,
	status VARCHAR(20) NOT NULL DEFAULT 'stopped',
	health VARCHAR(20) NOT NULL DEFAULT 'unknown',
	version VARCHAR(20) NOT NULL,
	description TEXT,
	configuration JSONB,
	last_check TIMESTAMP,
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_servers_name ON servers(name);
CREATE INDEX idx_servers_type ON servers(type);
CREATE INDEX idx_servers_status ON servers(status);
CREATE INDEX idx_servers_health ON servers(health);
CREATE INDEX idx_servers_created_at ON servers(created_at);

CREATE TABLE compliance_checks (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	check_id VARCHAR(100) UNIQUE NOT NULL,
	server_name VARCHAR(100) NOT NULL,
	check_type VARCHAR(50) NOT NULL,
	status VARCHAR(20) NOT NULL DEFAULT 'pending',
	overall_score DECIMAL(5,2),
	started_at TIMESTAMP,
	completed_at TIMESTAMP,
	duration INTEGER,
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	FOREIGN KEY (server_name) REFERENCES servers(name) ON DELETE CASCADE
);

CREATE INDEX idx_compliance_checks_server_name ON compliance_checks(server_name);
CREATE INDEX idx_compliance_checks_status ON compliance_checks(status);
CREATE INDEX idx_compliance_checks_started_at ON compliance_checks(started_at);
CREATE INDEX idx_compliance_checks_check_id ON compliance_checks(check_id);

CREATE TABLE compliance_results (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	check_id UUID NOT NULL,
	category VARCHAR(50) NOT NULL,
	score DECIMAL(5,2) NOT NULL,
	total_checks INTEGER NOT NULL,
	passed_checks INTEGER NOT NULL,
	failed_checks INTEGER NOT NULL,
	details JSONB,
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	FOREIGN KEY (check_id) REFERENCES compliance_checks(id) ON DELETE CASCADE
);

CREATE INDEX idx_compliance_results_check_id ON compliance_results(check_id);
CREATE INDEX idx_compliance_results_category ON compliance_results(category);
CREATE INDEX idx_compliance_results_score ON compliance_results(score);

CREATE TABLE compliance_issues (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	check_id UUID NOT NULL,
	issue_id VARCHAR(100) NOT NULL,
	severity VARCHAR(20) NOT NULL,
	category VARCHAR(50) NOT NULL,
	title VARCHAR(255) NOT NULL,
	description TEXT NOT NULL,
	recommendation TEXT,
	affected_components TEXT[],
	status VARCHAR(20) NOT NULL DEFAULT 'open',
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	resolved_at TIMESTAMP,
	FOREIGN KEY (check_id) REFERENCES compliance_checks(id) ON DELETE CASCADE
);

CREATE INDEX idx_compliance_issues_check_id ON compliance_issues(check_id);
CREATE INDEX idx_compliance_issues_severity ON compliance_issues(severity);
CREATE INDEX idx_compliance_issues_category ON compliance_issues(category);
CREATE INDEX idx_compliance_issues_status ON compliance_issues(status);
CREATE INDEX idx_compliance_issues_created_at ON compliance_issues(created_at);
