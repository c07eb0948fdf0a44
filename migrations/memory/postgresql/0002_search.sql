-- SPDX-License-Identifier: Apache-2.0
-- Full text of memories, the same shape as on SQLite. The store fills tsv from words that it
-- has split itself, so that both databases find the same: content with weight B, tags and
-- author with weight A.

-- The English configuration without its stop words: a question of nothing else ("who is it")
-- finds what it finds on SQLite.
CREATE TEXT SEARCH DICTIONARY memory_stem (TEMPLATE = snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION memory_words (COPY = english);
ALTER TEXT SEARCH CONFIGURATION memory_words ALTER MAPPING REPLACE english_stem WITH memory_stem;

CREATE TABLE memory_docs (
    doc BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    memory_id UUID NOT NULL UNIQUE,
    tsv TSVECTOR NOT NULL DEFAULT ''::tsvector,
    FOREIGN KEY (memory_id) REFERENCES memories(id) ON DELETE CASCADE
);

CREATE INDEX idx_memory_docs_tsv ON memory_docs USING gin (tsv);

INSERT INTO memory_docs (memory_id, tsv)
    SELECT m.id, setweight(to_tsvector('memory_words', m.content), 'B') ||
        setweight(to_tsvector('memory_words', coalesce((SELECT string_agg(t.tag, ' ')
            FROM memory_tags t WHERE t.memory_id = m.id), '')), 'A')
    FROM memories m ORDER BY m.created_at, m.id;

CREATE UNIQUE INDEX idx_memory_tags_memory_id_tag ON memory_tags(memory_id, tag);
