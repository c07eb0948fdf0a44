-- SPDX-License-Identifier: Apache-2.0
-- Hash chains in audit_logs: the end of each component's chain, and which row has which
-- number.

CREATE TABLE audit_chains (
	component VARCHAR(50) PRIMARY KEY,
	seq BIGINT NOT NULL,
	hash VARCHAR(64) NOT NULL
);

CREATE TABLE audit_links (
	component VARCHAR(50) NOT NULL,
	seq BIGINT NOT NULL,
	id UUID UNIQUE NOT NULL,
	PRIMARY KEY (component, seq)
);
