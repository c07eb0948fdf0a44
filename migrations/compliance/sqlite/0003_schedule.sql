-- SPDX-License-Identifier: Apache-2.0
-- When each task that runs by itself was last begun, by whichever process.

CREATE TABLE compliance_schedule (
	task TEXT PRIMARY KEY,
	last_run DATETIME NOT NULL
);
