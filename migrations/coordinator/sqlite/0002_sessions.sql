-- SPDX-License-Identifier: Apache-2.0
-- What a session calls and how it ended, who runs it, the single use of an approval.

ALTER TABLE integration_sessions ADD COLUMN tool TEXT;
ALTER TABLE integration_sessions ADD COLUMN gate TEXT CHECK (gate IN ('assessment', 'remediation', 'configuration', 'deployment'));
ALTER TABLE integration_sessions ADD COLUMN effect TEXT NOT NULL DEFAULT 'once' CHECK (effect IN ('read', 'key', 'once'));
ALTER TABLE integration_sessions ADD COLUMN outcome TEXT CHECK (outcome IN ('ok', 'tool_error', 'transport_error', 'timeout', 'cancelled', 'rejected', 'expired', 'unknown'));
ALTER TABLE integration_sessions ADD COLUMN outcome_reason TEXT CHECK (status IN ('pending', 'running', 'completed', 'failed') AND (status IN ('completed', 'failed')) = (completed_at IS NOT NULL AND outcome IS NOT NULL) AND (status <> 'completed' OR outcome = 'ok'));
ALTER TABLE integration_sessions ADD COLUMN request_text TEXT;
ALTER TABLE integration_sessions ADD COLUMN response_text TEXT;
ALTER TABLE integration_sessions ADD COLUMN request_digest TEXT;
ALTER TABLE integration_sessions ADD COLUMN intent_digest TEXT;
ALTER TABLE integration_sessions ADD COLUMN owner TEXT;
ALTER TABLE integration_sessions ADD COLUMN lease_until DATETIME CHECK (status <> 'running' OR (owner IS NOT NULL AND lease_until IS NOT NULL));
ALTER TABLE integration_sessions ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE integration_sessions ADD COLUMN dispatched_at DATETIME CHECK (dispatched_at IS NULL OR status <> 'pending');
ALTER TABLE integration_sessions ADD COLUMN cancel_requested INTEGER NOT NULL DEFAULT 0;
ALTER TABLE integration_sessions ADD COLUMN audit_seq INTEGER NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX idx_integration_sessions_intent ON integration_sessions(initiator, intent_digest) WHERE status = 'pending' AND gate IS NOT NULL;

ALTER TABLE approval_requests ADD COLUMN session_id TEXT REFERENCES integration_sessions(id);
ALTER TABLE approval_requests ADD COLUMN request_digest TEXT;
ALTER TABLE approval_requests ADD COLUMN consumed_at DATETIME;
ALTER TABLE approval_requests ADD COLUMN consumed_by TEXT CHECK (status IN ('pending', 'approved', 'rejected', 'expired') AND (approved_by IS NULL OR approved_by <> requested_by) AND expires_at > created_at AND (status <> 'approved' OR (approved_by IS NOT NULL AND approved_at IS NOT NULL AND approved_at < expires_at)) AND (consumed_at IS NULL OR (status = 'approved' AND consumed_at < expires_at)));

CREATE UNIQUE INDEX idx_approval_requests_live ON approval_requests(session_id) WHERE status IN ('pending', 'approved');
CREATE INDEX idx_approval_requests_session_id ON approval_requests(session_id);

ALTER TABLE audit_trails ADD COLUMN seq INTEGER;

CREATE UNIQUE INDEX idx_audit_trails_seq ON audit_trails(session_id, seq);

-- A spent approval stays spent, an ended session stays as it ended.
CREATE TRIGGER approval_requests_frozen BEFORE UPDATE ON approval_requests WHEN OLD.consumed_at IS NOT NULL
BEGIN
	SELECT RAISE(ABORT, 'the approval is spent');
END;

CREATE TRIGGER integration_sessions_frozen BEFORE UPDATE OF status, outcome, outcome_reason, response_data, response_text, completed_at ON integration_sessions WHEN OLD.status IN ('completed', 'failed')
BEGIN
	SELECT RAISE(ABORT, 'the session has ended');
END;

CREATE TRIGGER integration_sessions_gate BEFORE UPDATE OF dispatched_at ON integration_sessions WHEN NEW.dispatched_at IS NOT NULL AND (OLD.dispatched_at IS NOT NULL OR (NEW.gate IS NOT NULL AND NOT EXISTS (SELECT 1 FROM approval_requests a WHERE a.session_id = NEW.id AND a.status = 'approved' AND a.consumed_at IS NOT NULL AND a.type = NEW.gate AND a.request_digest = NEW.request_digest AND NEW.dispatched_at < a.expires_at)))
BEGIN
	SELECT RAISE(ABORT, 'no spent approval for this dispatch');
END;

CREATE TRIGGER audit_trails_kept BEFORE UPDATE ON audit_trails
BEGIN
	SELECT RAISE(ABORT, 'the audit trail is never changed');
END;

CREATE TRIGGER audit_trails_never_deleted BEFORE DELETE ON audit_trails
BEGIN
	SELECT RAISE(ABORT, 'the audit trail is never changed');
END;
