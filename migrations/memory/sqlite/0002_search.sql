-- SPDX-License-Identifier: Apache-2.0
-- Full text of memories. memory_docs gives each memory a number that VACUUM never changes
-- (a rowid of memories would change); memories_fts.rowid is that number. The store keeps
-- both in the transaction of the change: a trigger that writes to FTS5 fails under
-- trusted_schema=OFF. Delete from memories_fts first, while the number is still known.

CREATE TABLE memory_docs (
	doc INTEGER PRIMARY KEY AUTOINCREMENT,
	memory_id TEXT NOT NULL UNIQUE,
	FOREIGN KEY (memory_id) REFERENCES memories(id) ON DELETE CASCADE
);

CREATE VIRTUAL TABLE memories_fts USING fts5(content, tags, tokenize = 'porter unicode61 remove_diacritics 0');

INSERT INTO memory_docs (memory_id) SELECT id FROM memories ORDER BY created_at, id;

INSERT INTO memories_fts (rowid, content, tags)
	SELECT d.doc, m.content, coalesce((SELECT group_concat(t.tag, ' ')
		FROM memory_tags t WHERE t.memory_id = m.id), '')
	FROM memory_docs d JOIN memories m ON m.id = d.memory_id;

CREATE UNIQUE INDEX idx_memory_tags_memory_id_tag ON memory_tags(memory_id, tag);
