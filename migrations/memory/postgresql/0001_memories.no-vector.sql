-- SPDX-License-Identifier: Apache-2.0
-- Memories with their tags, consolidations, search history.
-- Stands in where the vector extension cannot be had.

CREATE TABLE consolidations (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	consolidation_id VARCHAR(100) UNIQUE NOT NULL,
	status VARCHAR(20) NOT NULL DEFAULT 'pending',
	criteria JSONB NOT NULL,
	options JSONB NOT NULL,
	started_at TIMESTAMP,
	completed_at TIMESTAMP,
	duration INTEGER,
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_consolidations_consolidation_id ON consolidations(consolidation_id);
CREATE INDEX idx_consolidations_status ON consolidations(status);
CREATE INDEX idx_consolidations_started_at ON consolidations(started_at);

CREATE TABLE memories (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	memory_id VARCHAR(100) UNIQUE NOT NULL,
	content TEXT NOT NULL,
	metadata JSONB NOT NULL,
	vector_embedding REAL[],
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	expires_at TIMESTAMP,
	is_consolidated BOOLEAN DEFAULT false,
	consolidation_id UUID,
	FOREIGN KEY (consolidation_id) REFERENCES consolidations(id) ON DELETE SET NULL
);

CREATE INDEX idx_memories_memory_id ON memories(memory_id);
CREATE INDEX idx_memories_created_at ON memories(created_at);
CREATE INDEX idx_memories_expires_at ON memories(expires_at);
CREATE INDEX idx_memories_is_consolidated ON memories(is_consolidated);
CREATE INDEX idx_memories_consolidation_id ON memories(consolidation_id);

CREATE TABLE memory_tags (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	memory_id UUID NOT NULL,
	tag VARCHAR(100) NOT NULL,
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
	FOREIGN KEY (memory_id) REFERENCES memories(id) ON DELETE CASCADE
);

CREATE INDEX idx_memory_tags_memory_id ON memory_tags(memory_id);
CREATE INDEX idx_memory_tags_tag ON memory_tags(tag);

CREATE TABLE search_history (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	query TEXT NOT NULL,
	filters JSONB,
	results_count INTEGER NOT NULL,
	execution_time INTEGER NOT NULL,
	created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_search_history_created_at ON search_history(created_at);
CREATE INDEX idx_search_history_query ON search_history(query);
