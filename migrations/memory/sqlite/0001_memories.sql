-- SPDX-License-Identifier: Apache-2.0
-- Memories with their tags, consolidations, search history.

CREATE TABLE consolidations (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	consolidation_id TEXT UNIQUE NOT NULL,
	status TEXT NOT NULL DEFAULT 'pending',
	criteria TEXT NOT NULL,
	options TEXT NOT NULL,
	started_at DATETIME,
	completed_at DATETIME,
	duration INTEGER,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	updated_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_consolidations_consolidation_id ON consolidations(consolidation_id);
CREATE INDEX idx_consolidations_status ON consolidations(status);
CREATE INDEX idx_consolidations_started_at ON consolidations(started_at);

CREATE TABLE memories (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	memory_id TEXT UNIQUE NOT NULL,
	content TEXT NOT NULL,
	metadata TEXT NOT NULL,
	vector_embedding BLOB,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	expires_at DATETIME,
	is_consolidated INTEGER DEFAULT 0,
	consolidation_id TEXT,
	FOREIGN KEY (consolidation_id) REFERENCES consolidations(id) ON DELETE SET NULL
);

CREATE INDEX idx_memories_memory_id ON memories(memory_id);
CREATE INDEX idx_memories_created_at ON memories(created_at);
CREATE INDEX idx_memories_expires_at ON memories(expires_at);
CREATE INDEX idx_memories_is_consolidated ON memories(is_consolidated);
CREATE INDEX idx_memories_consolidation_id ON memories(consolidation_id);

CREATE TABLE memory_tags (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	memory_id TEXT NOT NULL,
	tag TEXT NOT NULL,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
	FOREIGN KEY (memory_id) REFERENCES memories(id) ON DELETE CASCADE
);

CREATE INDEX idx_memory_tags_memory_id ON memory_tags(memory_id);
CREATE INDEX idx_memory_tags_tag ON memory_tags(tag);

CREATE TABLE search_history (
	id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6)))),
	query TEXT NOT NULL,
	filters TEXT,
	results_count INTEGER NOT NULL,
	execution_time INTEGER NOT NULL,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_search_history_created_at ON search_history(created_at);
CREATE INDEX idx_search_history_query ON search_history(query);
