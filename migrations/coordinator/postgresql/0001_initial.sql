-- SPDX-License-Identifier: Apache-2.0
-- Sessions between servers, approvals, audit trail.

CREATE TABLE integration_sessions (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	session_id VARCHAR(100) UNIQUE NOT NULL,
	initiator VARCHAR(50) NOT NULL,
	target VARCHAR(50) NOT NULL,
	status VARCHAR(20) NOT NULL DEFAULT 'pending',
	request_data JSONB,
	response_data JSONB,
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	completed_at TIMESTAMP
);

CREATE INDEX idx_integration_sessions_session_id ON integration_sessions(session_id);
CREATE INDEX idx_integration_sessions_initiator ON integration_sessions(initiator);
CREATE INDEX idx_integration_sessions_target ON integration_sessions(target);
CREATE INDEX idx_integration_sessions_status ON integration_sessions(status);
CREATE INDEX idx_integration_sessions_created_at ON integration_sessions(created_at);

CREATE TABLE approval_requests (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	approval_id VARCHAR(100) UNIQUE NOT NULL,
	type VARCHAR(50) NOT NULL,
	request_data JSONB NOT NULL,
	requested_by VARCHAR(50) NOT NULL,
	status VARCHAR(20) NOT NULL DEFAULT 'pending',
	approved_by VARCHAR(50),
	decision TEXT,
	expires_at TIMESTAMP NOT NULL,
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	approved_at TIMESTAMP,
	rejected_at TIMESTAMP
);

CREATE INDEX idx_approval_requests_approval_id ON approval_requests(approval_id);
CREATE INDEX idx_approval_requests_type ON approval_requests(type);
CREATE INDEX idx_approval_requests_status ON approval_requests(status);
CREATE INDEX idx_approval_requests_requested_by ON approval_requests(requested_by);
CREATE INDEX idx_approval_requests_expires_at ON approval_requests(expires_at);

CREATE TABLE audit_trails (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	session_id UUID NOT NULL,
	action VARCHAR(100) NOT NULL,
	actor VARCHAR(50) NOT NULL,
	target_type VARCHAR(50) NOT NULL,
	target_id VARCHAR(100),
	details JSONB,
	timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	FOREIGN KEY (session_id) REFERENCES integration_sessions(id) ON DELETE CASCADE
);

CREATE INDEX idx_audit_trails_session_id ON audit_trails(session_id);
CREATE INDEX idx_audit_trails_action ON audit_trails(action);
CREATE INDEX idx_audit_trails_actor ON audit_trails(actor);
CREATE INDEX idx_audit_trails_target_type ON audit_trails(target_type);
CREATE INDEX idx_audit_trails_timestamp ON audit_trails(timestamp);
