/* SPDX-License-Identifier: Apache-2.0 */
/* Field tables of the memory server's data models. */
#include "memory-server/model.h"

const char *const memory_types[] = { "",     "text",  "image", "document",
				     "code", "other", NULL };
const char *const memory_sources[] = { "",    "user-input",  "system",
				       "api", "integration", NULL };
const char *const tag_matches[] = { "", "any", "all", "none", NULL };

const struct field memory_fields[] = {
	FIELD(struct memory, id, .max = 36, .req = true, .doc = "Row id (UUID)."),
	FIELD(struct memory, memory_id, .max = 100, .req = true, .doc = "Public id."),
	FIELD(struct memory, content, .max = CONTENT_MAX, .req = true, .flags = FIELD_CUT,
	      .doc = "The text as stored."),
	FIELD(struct memory, metadata, .req = true, .flags = FIELD_OBJECT,
	      .doc = "type, source, tags, timestamp and own keys."),
	FIELD(struct memory, created_at, .req = true),
	FIELD(struct memory, updated_at, .req = true),
	COLUMN(struct memory, expires_at),
	COLUMN(struct memory, is_consolidated),
	FIELD(struct memory, consolidation_id, .max = 100),
	FIELDS_END
};

const struct field memory_hit_fields[] = {
	FIELD(struct memory_hit, id, .flags = FIELD_HIDDEN),
	FIELD(struct memory_hit, memory_id, .max = 100, .req = true),
	FIELD(struct memory_hit, content, .flags = FIELD_HIDDEN),
	FIELD(struct memory_hit, metadata, .flags = FIELD_HIDDEN),
	FIELD(struct memory_hit, snippet,
	      .doc = "The part that matches; get_memory has all."),
	COLUMN(struct memory_hit, type),
	COLUMN(struct memory_hit, source),
	COLUMN(struct memory_hit, author),
	COLUMN(struct memory_hit, tags),
	FIELD(struct memory_hit, timestamp, .doc = "When it was said or happened."),
	FIELD(struct memory_hit, created_at, .flags = FIELD_HIDDEN),
	COLUMN(struct memory_hit, updated_at),
	FIELD(struct memory_hit, score, .flags = FIELD_HIDDEN),
	FIELD(struct memory_hit, rank, .flags = FIELD_HIDDEN),
	FIELD(struct memory_hit, as_of, .flags = FIELD_HIDDEN),
	FIELDS_END
};

const struct field search_history_fields[] = {
	FIELD(struct search_history, id, .max = 36, .flags = FIELD_HIDDEN),
	FIELD(struct search_history, query, .max = QUERY_KEPT, .req = true),
	FIELD(struct search_history, filters, .flags = FIELD_OBJECT,
	      .doc = "What was applied."),
	FIELD(struct search_history, results_count, .req = true),
	FIELD(struct search_history, execution_time, .req = true, .doc = "Milliseconds."),
	FIELD(struct search_history, created_at, .req = true),
	FIELDS_END
};
