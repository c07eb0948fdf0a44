-- SPDX-License-Identifier: Apache-2.0
-- What a session calls and how it ended, who runs it, the single use of an approval.

ALTER TABLE integration_sessions
	ADD COLUMN tool VARCHAR(128),
	ADD COLUMN gate VARCHAR(50),
	ADD COLUMN effect VARCHAR(10) NOT NULL DEFAULT 'once',
	ADD COLUMN outcome VARCHAR(20),
	ADD COLUMN outcome_reason VARCHAR(50),
	ADD COLUMN request_text TEXT,
	ADD COLUMN response_text TEXT,
	ADD COLUMN request_digest VARCHAR(64),
	ADD COLUMN intent_digest VARCHAR(64),
	ADD COLUMN owner VARCHAR(100),
	ADD COLUMN lease_until TIMESTAMP,
	ADD COLUMN fence BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN dispatched_at TIMESTAMP,
	ADD COLUMN cancel_requested BOOLEAN NOT NULL DEFAULT false,
	ADD COLUMN audit_seq BIGINT NOT NULL DEFAULT 0,
	ADD CHECK (status IN ('pending', 'running', 'completed', 'failed')),
	ADD CHECK (gate IN ('assessment', 'remediation', 'configuration', 'deployment')),
	ADD CHECK (effect IN ('read', 'key', 'once')),
	ADD CHECK (outcome IN ('ok', 'tool_error', 'transport_error', 'timeout', 'cancelled', 'rejected', 'expired', 'unknown')),
	ADD CHECK ((status IN ('completed', 'failed')) = (completed_at IS NOT NULL AND outcome IS NOT NULL)),
	ADD CHECK (status <> 'completed' OR outcome = 'ok'),
	ADD CHECK (status <> 'running' OR (owner IS NOT NULL AND lease_until IS NOT NULL)),
	ADD CHECK (dispatched_at IS NULL OR status <> 'pending'),
	ADD CHECK (request_text IS NULL OR request_data = request_text::jsonb),
	ADD CHECK (request_text IS NULL OR request_digest = encode(sha256(convert_to(request_text, 'UTF8')), 'hex'));

CREATE UNIQUE INDEX idx_integration_sessions_intent ON integration_sessions(initiator, intent_digest) WHERE status = 'pending' AND gate IS NOT NULL;

ALTER TABLE approval_requests
	ADD COLUMN session_id UUID REFERENCES integration_sessions(id),
	ADD COLUMN request_digest VARCHAR(64),
	ADD COLUMN consumed_at TIMESTAMP,
	ADD COLUMN consumed_by VARCHAR(100),
	ADD CHECK (status IN ('pending', 'approved', 'rejected', 'expired')),
	ADD CHECK (approved_by IS NULL OR approved_by <> requested_by),
	ADD CHECK (expires_at > created_at),
	ADD CHECK (status <> 'approved' OR (approved_by IS NOT NULL AND approved_at IS NOT NULL AND approved_at < expires_at)),
	ADD CHECK (consumed_at IS NULL OR (status = 'approved' AND consumed_at < expires_at));

CREATE UNIQUE INDEX idx_approval_requests_live ON approval_requests(session_id) WHERE status IN ('pending', 'approved');
CREATE INDEX idx_approval_requests_session_id ON approval_requests(session_id);

ALTER TABLE audit_trails ADD COLUMN seq BIGINT;

CREATE UNIQUE INDEX idx_audit_trails_seq ON audit_trails(session_id, seq);

-- A spent approval stays spent, an ended session stays as it ended.
CREATE FUNCTION approval_requests_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.consumed_at IS NOT NULL THEN
		RAISE EXCEPTION 'the approval is spent';
	END IF;
	RETURN NEW;
END $$;

CREATE TRIGGER approval_requests_frozen BEFORE UPDATE ON approval_requests FOR EACH ROW EXECUTE FUNCTION approval_requests_frozen();

CREATE FUNCTION integration_sessions_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.status IN ('completed', 'failed') AND (NEW.status, NEW.outcome, NEW.outcome_reason, NEW.response_data, NEW.response_text, NEW.completed_at)
		IS DISTINCT FROM (OLD.status, OLD.outcome, OLD.outcome_reason, OLD.response_data, OLD.response_text, OLD.completed_at) THEN
		RAISE EXCEPTION 'the session has ended';
	END IF;
	IF NEW.dispatched_at IS DISTINCT FROM OLD.dispatched_at THEN
		IF OLD.dispatched_at IS NOT NULL OR (NEW.gate IS NOT NULL AND NOT EXISTS (SELECT 1 FROM approval_requests a
			WHERE a.session_id = NEW.id AND a.status = 'approved' AND a.consumed_at IS NOT NULL AND a.type = NEW.gate
			AND a.request_digest = NEW.request_digest AND NEW.dispatched_at < a.expires_at)) THEN
			RAISE EXCEPTION 'no spent approval for this dispatch';
		END IF;
	END IF;
	RETURN NEW;
END $$;

CREATE TRIGGER integration_sessions_frozen BEFORE UPDATE ON integration_sessions FOR EACH ROW EXECUTE FUNCTION integration_sessions_frozen();

CREATE FUNCTION audit_trails_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the audit trail is never changed';
END $$;

CREATE TRIGGER audit_trails_kept BEFORE UPDATE OR DELETE ON audit_trails FOR EACH ROW EXECUTE FUNCTION audit_trails_kept();
