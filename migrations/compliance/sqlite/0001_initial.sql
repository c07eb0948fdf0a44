-- SPDX-License-Identifier: Apache-2.0
-- Servers, checks of them, results by category, issues found.

CREATE TABLE servers (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	name TEXT UNIQUE NOT NULL,
	type TEXT NOT NULL,
	status TEXT NOT NULL DEFAULT 'stopped',
	health TEXT NOT NULL DEFAULT 'unknown',
	version TEXT NOT NULL,
	description TEXT,
	configuration TEXT,
	last_check DATETIME,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	updated_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_servers_name ON servers(name);
CREATE INDEX idx_servers_type ON servers(type);
CREATE INDEX idx_servers_status ON servers(status);
CREATE INDEX idx_servers_health ON servers(health);
CREATE INDEX idx_servers_created_at ON servers(created_at);

CREATE TABLE compliance_checks (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	check_id TEXT UNIQUE NOT NULL,
	server_name TEXT NOT NULL,
	check_type TEXT NOT NULL,
	status TEXT NOT NULL DEFAULT 'pending',
	overall_score REAL,
	started_at DATETIME,
	completed_at DATETIME,
	duration INTEGER,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	FOREIGN KEY (server_name) REFERENCES servers(name) ON DELETE CASCADE
);

CREATE INDEX idx_compliance_checks_server_name ON compliance_checks(server_name);
CREATE INDEX idx_compliance_checks_status ON compliance_checks(status);
CREATE INDEX idx_compliance_checks_started_at ON compliance_checks(started_at);
CREATE INDEX idx_compliance_checks_check_id ON compliance_checks(check_id);

CREATE TABLE compliance_results (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	check_id TEXT NOT NULL,
	category TEXT NOT NULL,
	score REAL NOT NULL,
	total_checks INTEGER NOT NULL,
	passed_checks INTEGER NOT NULL,
	failed_checks INTEGER NOT NULL,
	details TEXT,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	FOREIGN KEY (check_id) REFERENCES compliance_checks(id) ON DELETE CASCADE
);

CREATE INDEX idx_compliance_results_check_id ON compliance_results(check_id);
CREATE INDEX idx_compliance_results_category ON compliance_results(category);
CREATE INDEX idx_compliance_results_score ON compliance_results(score);

CREATE TABLE compliance_issues (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	check_id TEXT NOT NULL,
	issue_id TEXT NOT NULL,
	severity TEXT NOT NULL,
	category TEXT NOT NULL,
	title TEXT NOT NULL,
	description TEXT NOT NULL,
	recommendation TEXT,
	affected_components TEXT,
	status TEXT NOT NULL DEFAULT 'open',
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	resolved_at DATETIME,
	FOREIGN KEY (check_id) REFERENCES compliance_checks(id) ON DELETE CASCADE
);

CREATE INDEX idx_compliance_issues_check_id ON compliance_issues(check_id);
CREATE INDEX idx_compliance_issues_severity ON compliance_issues(severity);
CREATE INDEX idx_compliance_issues_category ON compliance_issues(category);
CREATE INDEX idx_compliance_issues_status ON compliance_issues(status);
CREATE INDEX idx_compliance_issues_created_at ON compliance_issues(created_at);
