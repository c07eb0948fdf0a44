/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of memories, memory_tags and their full-text index. */
#include "memory-server/memory_store.h"

#include "common/base/id.h"

struct tag_row {
	const char *id, *memory_id, *tag;
	struct stamp created_at;
};

struct doc_row {
	const char *memory_id, *content, *words;
};

struct key_in {
	const char *memory_id, *id, *key;
	struct stamp now;
};

struct count_out {
	int64_t n;
};

static const struct field tag_row_fields[] = { COLUMN(struct tag_row, id),
					       COLUMN(struct tag_row, memory_id),
					       FIELD(struct tag_row, tag, .max = TAG_MAX),
					       COLUMN(struct tag_row, created_at),
					       FIELDS_END };

static const struct field doc_row_fields[] = { COLUMN(struct doc_row, memory_id),
					       COLUMN(struct doc_row, content),
					       COLUMN(struct doc_row, words),
					       FIELDS_END };

static const struct field key_fields[] = { COLUMN(struct key_in, memory_id),
					   COLUMN(struct key_in, id),
					   COLUMN(struct key_in, key),
					   COLUMN(struct key_in, now), FIELDS_END };

static const struct field count_fields[] = { COLUMN(struct count_out, n), FIELDS_END };

static const struct field filter_fields[] = { COLUMN(struct memory_filter, type),
					      COLUMN(struct memory_filter, source),
					      COLUMN(struct memory_filter, author),
					      COLUMN(struct memory_filter, tags_any),
					      COLUMN(struct memory_filter, tags_all),
					      COLUMN(struct memory_filter, tags_none),
					      COLUMN(struct memory_filter, tags_all_n),
					      COLUMN(struct memory_filter, since),
					      COLUMN(struct memory_filter, until),
					      COLUMN(struct memory_filter, now),
					      COLUMN(struct memory_filter, before),
					      COLUMN(struct memory_filter, before_id),
					      COLUMN(struct memory_filter, query),
					      COLUMN(struct memory_filter, limit),
					      COLUMN(struct memory_filter, offset),
					      COLUMN(struct memory_filter, as_of),
					      FIELDS_END };

const struct field tag_count_fields[] = {
	FIELD(struct tag_count, tag, .max = TAG_MAX, .req = true),
	FIELD(struct tag_count, count, .req = true, .doc = "Memories that carry it."),
	FIELDS_END
};

static const struct field tag_filter_fields[] = { COLUMN(struct tag_filter, prefix),
						  COLUMN(struct tag_filter, prefix_n),
						  COLUMN(struct tag_filter, now),
						  COLUMN(struct tag_filter, pos_count),
						  COLUMN(struct tag_filter, pos_tag),
						  COLUMN(struct tag_filter, limit),
						  FIELDS_END };

const struct field name_count_fields[] = { FIELD(struct name_count, name, .req = true),
					   FIELD(struct name_count, count, .req = true),
					   FIELDS_END };

static const struct field totals_fields[] = { COLUMN(struct memory_totals, memories),
					      COLUMN(struct memory_totals, expired),
					      COLUMN(struct memory_totals, tags),
					      COLUMN(struct memory_totals, searches),
					      COLUMN(struct memory_totals, content_bytes),
					      COLUMN(struct memory_totals, oldest),
					      COLUMN(struct memory_totals, newest),
					      FIELDS_END };

/* $1 now, $2 type, $3 source, $4 author, $5 since, $6 until, $7 any, $8 all, $9 count of
 * all, $10 none. The two dialects differ in how a list is searched. */
#define FILTER_BIND \
	"now type source author since until tags_any tags_all tags_all_n tags_none"
#define LIVE " (m.expires_at IS NULL OR m.expires_at > $1::timestamp)"
#define FILTER_COMMON                                                                        \
	LIVE " AND ($2::text IS NULL OR m.metadata->>'type' = $2::text)"                     \
	     " AND ($3::text IS NULL OR m.metadata->>'source' = $3::text)"                   \
	     " AND ($4::text IS NULL OR m.metadata->>'author' = $4::text)"                   \
	     " AND ($5::text IS NULL OR m.metadata->>'timestamp' COLLATE \"C\" >= $5::text)" \
	     " AND ($6::text IS NULL OR m.metadata->>'timestamp' COLLATE \"C\" < $6::text)"
#define FILTER_SQLITE                                                                       \
	FILTER_COMMON                                                                       \
	" AND ($7::_text IS NULL OR EXISTS (SELECT 1 FROM memory_tags t"                    \
	" WHERE t.memory_id = m.id AND t.tag IN (SELECT value FROM json_each($7::_text))))" \
	" AND ($9 = 0 OR (SELECT count(*) FROM memory_tags t WHERE t.memory_id = m.id"      \
	" AND t.tag IN (SELECT value FROM json_each($8::_text))) = $9)"                     \
	" AND ($10::_text IS NULL OR NOT EXISTS (SELECT 1 FROM memory_tags t"               \
	" WHERE t.memory_id = m.id"                                                         \
	" AND t.tag IN (SELECT value FROM json_each($10::_text))))"
#define FILTER_PG                                                             \
	FILTER_COMMON                                                         \
	" AND ($7::_text IS NULL OR EXISTS (SELECT 1 FROM memory_tags t"      \
	" WHERE t.memory_id = m.id AND t.tag = ANY($7::_text)))"              \
	" AND ($9::bigint = 0 OR (SELECT count(*) FROM memory_tags t"         \
	" WHERE t.memory_id = m.id AND t.tag = ANY($8::_text)) = $9::bigint)" \
	" AND ($10::_text IS NULL OR NOT EXISTS (SELECT 1 FROM memory_tags t" \
	" WHERE t.memory_id = m.id AND t.tag = ANY($10::_text)))"

/* Later pages of a search leave out what came after the first. */
#define AS_OF " AND ($14::timestamp IS NULL OR m.created_at <= $14::timestamp)"

#define HIT_COLUMNS                                                                           \
	"m.id AS id, m.memory_id AS memory_id, m.content AS content, m.metadata AS metadata," \
	" m.created_at AS created_at, m.updated_at AS updated_at"

#define LIST_ORDER                                                  \
	" AND ($12::uuid IS NULL OR m.created_at < $11::timestamp"  \
	" OR (m.created_at = $11::timestamp AND m.id < $12::uuid))" \
	" ORDER BY m.created_at DESC, m.id DESC LIMIT $13"

enum {
	S_INSERT,
	S_CHANGE,
	S_REMOVE,
	S_GET,
	S_TAG_ADD,
	S_TAGS_CLEAR,
	S_DOC_ADD,
	S_DOC_INDEX,
	S_DOC_CLEAR,
	S_LIST,
	S_SEARCH,
	S_COUNT,
	S_TAGS,
	S_TOTALS,
	S_COUNTS,
	S_MAX
};

const struct stmt memory_stmts[] = {
	[S_INSERT] = { .name = "memory_insert",
		       .in = memory_fields,
		       .bind = "id memory_id content metadata created_at updated_at expires_at"
			       " is_consolidated",
		       .sql = "INSERT INTO memories (id, memory_id, content, metadata, created_at,"
			      " updated_at, expires_at, is_consolidated)"
			      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" },
	[S_CHANGE] = { .name = "memory_change",
		       .in = memory_fields,
		       .bind = "id content metadata updated_at expires_at",
		       .sql = "UPDATE memories SET content = $2, metadata = $3, updated_at = $4,"
			      " expires_at = $5 WHERE id = $1" },
	[S_REMOVE] = { .name = "memory_remove",
		       .in = key_fields,
		       .bind = "id",
		       .sql = "DELETE FROM memories WHERE id = $1" },
	[S_GET] = { .name = "memory_get",
		    .in = key_fields,
		    .bind = "memory_id now",
		    .out = memory_fields,
		    .out_size = sizeof(struct memory),
		    .sql = "SELECT m.id AS id, m.memory_id AS memory_id, m.content AS content,"
			   " m.metadata AS metadata, m.created_at AS created_at,"
			   " m.updated_at AS updated_at, m.expires_at AS expires_at,"
			   " m.is_consolidated AS is_consolidated,"
			   " k.consolidation_id AS consolidation_id"
			   " FROM memories m LEFT JOIN consolidations k ON k.id = m.consolidation_id"
			   " WHERE m.memory_id = $1"
			   " AND (m.expires_at IS NULL OR m.expires_at > $2::timestamp)" },
	[S_TAG_ADD] = { .name = "memory_tag_add",
			.in = tag_row_fields,
			.bind = "id memory_id tag created_at",
			.sql = "INSERT INTO memory_tags (id, memory_id, tag, created_at)"
			       " VALUES ($1, $2, $3, $4)" },
	[S_TAGS_CLEAR] = { .name = "memory_tags_clear",
			   .in = key_fields,
			   .bind = "id",
			   .sql = "DELETE FROM memory_tags WHERE memory_id = $1" },
	[S_DOC_ADD] = { .name = "memory_doc_add",
			.in = doc_row_fields,
			.bind = "memory_id",
			.sql = "INSERT INTO memory_docs (memory_id) VALUES ($1)" },
	[S_DOC_INDEX] = { .name = "memory_doc_index",
			  .in = doc_row_fields,
			  .bind = "memory_id content words",
			  .sqlite =
				  "INSERT INTO memories_fts (rowid, content, tags)"
				  " SELECT doc, $2, $3 FROM memory_docs WHERE memory_id = $1",
			  .pg = "UPDATE memory_docs SET tsv ="
				" setweight(to_tsvector('memory_words', $2::text), 'B') ||"
				" setweight(to_tsvector('memory_words', $3::text), 'A')"
				" WHERE memory_id = $1" },
	[S_DOC_CLEAR] = { .name = "memory_doc_clear",
			  .in = key_fields,
			  .bind = "id",
			  .sqlite = "DELETE FROM memories_fts WHERE rowid ="
				    " (SELECT doc FROM memory_docs WHERE memory_id = $1)",
			  .pg = "UPDATE memory_docs SET tsv = ''::tsvector WHERE memory_id = $1" },
	[S_LIST] = { .name = "memory_list",
		     .in = filter_fields,
		     .bind = FILTER_BIND " before before_id limit",
		     .out = memory_hit_fields,
		     .out_size = sizeof(struct memory_hit),
		     .sqlite = "SELECT " HIT_COLUMNS
			       " FROM memories m WHERE" FILTER_SQLITE LIST_ORDER,
		     .pg = "SELECT " HIT_COLUMNS
			   " FROM memories m WHERE" FILTER_PG LIST_ORDER },
	[S_SEARCH] = { .name = "memory_search",
		       .in = filter_fields,
		       .bind = FILTER_BIND " query limit offset as_of",
		       .out = memory_hit_fields,
		       .out_size = sizeof(struct memory_hit),
		       .sqlite =
			       "SELECT " HIT_COLUMNS ", q.score AS score FROM"
			       " (SELECT m.id AS id, m.created_at AS at,"
			       " -bm25(memories_fts, 1.0, 2.0) AS score"
			       " FROM memories_fts JOIN memory_docs d ON d.doc = memories_fts.rowid"
			       " JOIN memories m ON m.id = d.memory_id"
			       " WHERE memories_fts MATCH $11 AND" FILTER_SQLITE AS_OF
			       " ORDER BY score DESC, at DESC, m.id DESC"
			       " LIMIT $12 OFFSET $13) q JOIN memories m ON m.id = q.id"
			       " ORDER BY q.score DESC, q.at DESC, q.id DESC",
		       .pg = "SELECT " HIT_COLUMNS ","
			     " ts_rank_cd('{0.1,0.2,0.5,1.0}', d.tsv,"
			     " to_tsquery('memory_words', $11::text), 1)::double precision AS score"
			     " FROM memory_docs d JOIN memories m ON m.id = d.memory_id"
			     " WHERE d.tsv @@ to_tsquery('memory_words', $11::text) AND" FILTER_PG
				     AS_OF
			     " ORDER BY score DESC, m.created_at DESC, m.id DESC"
			     " LIMIT $12 OFFSET $13" },
	[S_COUNT] = { .name = "memory_count",
		      .in = filter_fields,
		      .bind = FILTER_BIND,
		      .out = count_fields,
		      .out_size = sizeof(struct count_out),
		      .sqlite =
			      "SELECT count(*) AS n FROM memories m WHERE" FILTER_SQLITE,
		      .pg = "SELECT count(*) AS n FROM memories m WHERE" FILTER_PG },
	[S_TAGS] = { .name = "tag_list",
		     .in = tag_filter_fields,
		     .bind = "now prefix prefix_n pos_count pos_tag limit",
		     .out = tag_count_fields,
		     .out_size = sizeof(struct tag_count),
		     .sql = "SELECT q.tag AS tag, q.n AS count FROM"
			    " (SELECT t.tag AS tag, count(*) AS n FROM memory_tags t"
			    " JOIN memories m ON m.id = t.memory_id"
			    " WHERE (m.expires_at IS NULL OR m.expires_at > $1::timestamp)"
			    " AND ($2::text IS NULL OR substr(t.tag, 1, $3::int) = $2::text)"
			    " GROUP BY t.tag) q"
			    " WHERE $4::bigint < 0 OR q.n < $4::bigint"
			    " OR (q.n = $4::bigint AND q.tag COLLATE \"C\" > $5::text)"
			    " ORDER BY q.n DESC, q.tag COLLATE \"C\" LIMIT $6" },
	[S_TOTALS] = { .name = "memory_totals",
		       .in = key_fields,
		       .bind = "now",
		       .out = totals_fields,
		       .out_size = sizeof(struct memory_totals),
		       .sql = "SELECT"
			      " (SELECT count(*) FROM memories m WHERE" LIVE
			      ") AS memories,"
			      " (SELECT count(*) FROM memories WHERE expires_at <= $1::timestamp)"
			      " AS expired,"
			      " (SELECT count(DISTINCT t.tag) FROM memory_tags t JOIN memories m"
			      " ON m.id = t.memory_id WHERE" LIVE ") AS tags,"
			      " (SELECT count(*) FROM search_history) AS searches,"
			      " (SELECT coalesce(sum(length(m.content)), 0) FROM memories m"
			      " WHERE" LIVE ") AS content_bytes,"
			      " (SELECT min(m.created_at) FROM memories m WHERE" LIVE
			      ") AS oldest,"
			      " (SELECT max(m.created_at) FROM memories m WHERE" LIVE
			      ") AS newest" },
	[S_COUNTS] = { .name = "memory_counts",
		       .in = key_fields,
		       .bind = "now key",
		       .out = name_count_fields,
		       .out_size = sizeof(struct name_count),
		       .sql = "SELECT q.name AS name, count(*) AS count FROM"
			      " (SELECT m.metadata->>$2::text AS name FROM memories m"
			      " WHERE m.expires_at IS NULL OR m.expires_at > $1::timestamp) q"
			      " WHERE q.name IS NOT NULL GROUP BY q.name ORDER BY 2 DESC, 1" },
	[S_MAX] = { .name = NULL },
};

bool memory_insert(struct ctx *c, const struct memory *m, struct err *e)
{
	const struct doc_row doc = { .memory_id = m->id };

	return db_exec(c, &memory_stmts[S_INSERT], m, NULL, e) &&
	       db_exec(c, &memory_stmts[S_DOC_ADD], &doc, NULL, e);
}

bool memory_change(struct ctx *c, const struct memory *m, struct err *e)
{
	return db_exec(c, &memory_stmts[S_CHANGE], m, NULL, e);
}

/* The index entry goes first: its number is known only while the row is there. */
bool memory_remove(struct ctx *c, const char *id, struct err *e)
{
	const struct key_in in = { .id = id };

	return memory_unindex(c, id, e) &&
	       db_exec(c, &memory_stmts[S_REMOVE], &in, NULL, e);
}

bool memory_by_id(struct ctx *c, const char *memory_id, struct memory *ret, struct err *e)
{
	const struct key_in in = { .memory_id = memory_id, .now = clock_now() };

	if (db_one(c, &memory_stmts[S_GET], &in, ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND,
			"no memory \"%.100s\"\n"
			"hint: search_memories and list_memories give the ids",
			memory_id);
	return false;
}

bool memory_set_tags(struct ctx *c, const char *id, const struct strs *tags,
		     struct err *e)
{
	const struct key_in in = { .id = id };

	if (!db_exec(c, &memory_stmts[S_TAGS_CLEAR], &in, NULL, e))
		return false;
	for (size_t i = 0; i < tags->n; i++) {
		char row_id[UUID_LEN];
		const struct tag_row row = { .id = row_id,
					     .memory_id = id,
					     .tag = tags->v[i],
					     .created_at = clock_now() };

		id_uuid(row_id);
		if (!db_exec(c, &memory_stmts[S_TAG_ADD], &row, NULL, e))
			return false;
	}
	return true;
}

bool memory_index(struct ctx *c, const char *id, const char *content, const char *words,
		  struct err *e)
{
	const struct doc_row doc = { id, content, words };

	return db_exec(c, &memory_stmts[S_DOC_INDEX], &doc, NULL, e);
}

bool memory_unindex(struct ctx *c, const char *id, struct err *e)
{
	const struct key_in in = { .id = id };

	return db_exec(c, &memory_stmts[S_DOC_CLEAR], &in, NULL, e);
}

static bool hits(struct ctx *c, const struct stmt *s, const struct memory_filter *f,
		 struct rows *ret, struct err *e)
{
	struct memory_filter one_more = *f;

	one_more.limit++;
	one_more.tags_all_n = (int64_t)f->tags_all.n;
	return db_query(c, s, &one_more, ret, e);
}

bool memory_list(struct ctx *c, const struct memory_filter *f, struct rows *ret,
		 struct err *e)
{
	return hits(c, &memory_stmts[S_LIST], f, ret, e);
}

bool memory_search(struct ctx *c, const struct memory_filter *f, struct rows *ret,
		   struct err *e)
{
	return hits(c, &memory_stmts[S_SEARCH], f, ret, e);
}

bool memory_count(struct ctx *c, const struct memory_filter *f, int64_t *ret,
		  struct err *e)
{
	struct memory_filter all = *f;
	struct count_out out;

	all.tags_all_n = (int64_t)f->tags_all.n;
	if (!db_one(c, &memory_stmts[S_COUNT], &all, &out, e))
		return false;
	*ret = out.n;
	return true;
}

bool tag_list(struct ctx *c, const struct tag_filter *f, struct rows *ret, struct err *e)
{
	struct tag_filter one_more = *f;

	one_more.limit++;
	return db_query(c, &memory_stmts[S_TAGS], &one_more, ret, e);
}

bool memory_totals(struct ctx *c, struct memory_totals *ret, struct err *e)
{
	const struct key_in in = { .now = clock_now() };

	return db_one(c, &memory_stmts[S_TOTALS], &in, ret, e);
}

bool memory_counts(struct ctx *c, const char *key, struct rows *ret, struct err *e)
{
	const struct key_in in = { .key = key, .now = clock_now() };

	return db_query(c, &memory_stmts[S_COUNTS], &in, ret, e);
}
