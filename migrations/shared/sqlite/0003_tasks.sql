-- SPDX-License-Identifier: Apache-2.0
-- Tasks of the protocol: calls that were answered at once and are done later.

CREATE TABLE mcp_tasks (
	task_id TEXT PRIMARY KEY,
	tool TEXT NOT NULL,
	status TEXT NOT NULL CHECK (status IN ('working', 'completed', 'failed', 'cancelled')),
	status_message TEXT,
	result TEXT,
	error TEXT,
	ttl_ms INTEGER NOT NULL,
	poll_interval_ms INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL
);

CREATE INDEX idx_mcp_tasks_expires ON mcp_tasks (expires_at);
