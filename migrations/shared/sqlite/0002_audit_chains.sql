-- SPDX-License-Identifier: Apache-2.0
-- Hash chains in audit_logs: the end of each component's chain, and which row has which
-- number.

CREATE TABLE audit_chains (
	component TEXT PRIMARY KEY,
	seq INTEGER NOT NULL,
	hash TEXT NOT NULL
);

CREATE TABLE audit_links (
	component TEXT NOT NULL,
	seq INTEGER NOT NULL,
	id TEXT UNIQUE NOT NULL,
	PRIMARY KEY (component, seq)
);
