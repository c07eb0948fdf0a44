-- SPDX-License-Identifier: Apache-2.0
-- Sessions between servers, approvals, audit trail.

CREATE TABLE integration_sessions (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	session_id TEXT UNIQUE NOT NULL,
	initiator TEXT NOT NULL,
	target TEXT NOT NULL,
	status TEXT NOT NULL DEFAULT 'pending',
	request_data TEXT,
	response_data TEXT,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	completed_at DATETIME
);

CREATE INDEX idx_integration_sessions_session_id ON integration_sessions(session_id);
CREATE INDEX idx_integration_sessions_initiator ON integration_sessions(initiator);
CREATE INDEX idx_integration_sessions_target ON integration_sessions(target);
CREATE INDEX idx_integration_sessions_status ON integration_sessions(status);
CREATE INDEX idx_integration_sessions_created_at ON integration_sessions(created_at);

CREATE TABLE approval_requests (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	approval_id TEXT UNIQUE NOT NULL,
	type TEXT NOT NULL,
	request_data TEXT NOT NULL,
	requested_by TEXT NOT NULL,
	status TEXT NOT NULL DEFAULT 'pending',
	approved_by TEXT,
	decision TEXT,
	expires_at DATETIME NOT NULL,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	approved_at DATETIME,
	rejected_at DATETIME
);

CREATE INDEX idx_approval_requests_approval_id ON approval_requests(approval_id);
CREATE INDEX idx_approval_requests_type ON approval_requests(type);
CREATE INDEX idx_approval_requests_status ON approval_requests(status);
CREATE INDEX idx_approval_requests_requested_by ON approval_requests(requested_by);
CREATE INDEX idx_approval_requests_expires_at ON approval_requests(expires_at);

CREATE TABLE audit_trails (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	session_id TEXT NOT NULL,
	action TEXT NOT NULL,
	actor TEXT NOT NULL,
	target_type TEXT NOT NULL,
	target_id TEXT,
	details TEXT,
	timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
	FOREIGN KEY (session_id) REFERENCES integration_sessions(id) ON DELETE CASCADE
);

CREATE INDEX idx_audit_trails_session_id ON audit_trails(session_id);
CREATE INDEX idx_audit_trails_action ON audit_trails(action);
CREATE INDEX idx_audit_trails_actor ON audit_trails(actor);
CREATE INDEX idx_audit_trails_target_type ON audit_trails(target_type);
CREATE INDEX idx_audit_trails_timestamp ON audit_trails(timestamp);
