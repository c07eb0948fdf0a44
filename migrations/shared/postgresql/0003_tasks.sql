-- SPDX-License-Identifier: Apache-2.0
-- Tasks of the protocol: calls that were answered at once and are done later.

CREATE TABLE mcp_tasks (
	task_id VARCHAR(100) PRIMARY KEY,
	tool VARCHAR(100) NOT NULL,
	status VARCHAR(20) NOT NULL CHECK (status IN ('working', 'completed', 'failed', 'cancelled')),
	status_message TEXT,
	result TEXT,
	error TEXT,
	ttl_ms BIGINT NOT NULL,
	poll_interval_ms BIGINT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	updated_at TIMESTAMP NOT NULL,
	expires_at TIMESTAMP NOT NULL
);

CREATE INDEX idx_mcp_tasks_expires ON mcp_tasks (expires_at);
