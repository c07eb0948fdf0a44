/* SPDX-License-Identifier: Apache-2.0 */
/* Pages while rows are added, expiry, tags, counts, search history, metadata there and
 * back, the index after it all: on both databases. */
#define _GNU_SOURCE /* mkdtemp, setenv */
#include "test/store/memtest.h"

#define MANY 60

struct count_row {
	int64_t n;
};
static const struct field count_fields[] = { COLUMN(struct count_row, n), FIELDS_END };

enum { Q_ORPHANS, Q_CHECK_INDEX, Q_INDEXED };
static const struct stmt own[] = {
	[Q_ORPHANS] = { .name = "t_orphans",
			.out = count_fields,
			.out_size = sizeof(struct count_row),
			.sql = "SELECT (SELECT count(*) FROM memory_docs WHERE memory_id NOT IN"
			       " (SELECT id FROM memories)) + (SELECT count(*) FROM memory_tags"
			       " WHERE memory_id NOT IN (SELECT id FROM memories))"
			       " + (SELECT count(*) FROM memories WHERE id NOT IN"
			       " (SELECT memory_id FROM memory_docs)) AS n" },
	[Q_CHECK_INDEX] = { .name = "t_check_index",
			    .sql = "INSERT INTO memories_fts (memories_fts)"
				   " VALUES ('integrity-check')" },
	[Q_INDEXED] = { .name = "t_indexed",
			.out = count_fields,
			.out_size = sizeof(struct count_row),
			.sqlite = "SELECT count(*) AS n FROM memories_fts"
				  " JOIN memory_docs d ON d.doc = memories_fts.rowid",
			.pg = "SELECT count(*) AS n FROM memory_docs WHERE tsv <> ''" },
};

/* mNN -> NN, other ids -1 */
static int number(const char *id)
{
	int64_t n;

	return id[0] == 'm' && str_to_i64(id + 1 + (id[1] == '0'), &n) ? (int)n : -1;
}

static void fill(struct dbtest *t)
{
	size_t failed = 0;

	for (int i = 0; i < MANY; i++) {
		char id[8], text[60];
		const char *v[] = { "all", i % 2 ? "odd" : "even", "t\xc3\xa4g" };

		snprintf(id, sizeof(id), "m%02d", i);
		snprintf(text, sizeof(text), "common thing number%d", i);
		failed += !add(
			t, &(struct memory_new){
				   .memory_id = id,
				   .content = text,
				   .given = { .tags = { v, i % 3 ? 2 : 3 },
					      .has_tags = true,
					      .type = i % 5 ? TYPE_TEXT : TYPE_CODE } });
	}
	IS_INT(failed, 0, "sixty memories");
}

struct walk {
	int seen[MANY];
	size_t rows, others, pages;
};

static void note(struct walk *w, const struct memory_hit *h, size_t n)
{
	w->pages++;
	for (size_t i = 0; i < n; i++) {
		int k = number(h[i].memory_id);

		w->rows++;
		if (k >= 0 && k < MANY)
			w->seen[k]++;
		else
			w->others++;
	}
}

static void judge(const struct walk *w, const char *what)
{
	size_t wrong = 0;

	for (size_t i = 0; i < MANY; i++)
		wrong += w->seen[i] != 1;
	IS_INT(wrong, 0, what);
}

static void list_pages(struct dbtest *t)
{
	struct memory_filter f = { .limit = 7, .now = { INT64_MAX / 4 } };
	struct walk w = { 0 };
	struct rows r;

	f.now = clock_now();
	do {
		const struct memory_hit *last;
		char id[20];

		if (!memory_list(&t->c, &f, &r, &t->e)) {
			OK(false, "a page: %s", t->e.msg);
			return;
		}
		note(&w, r.at, MIN(r.n, (size_t)7));
		last = (const struct memory_hit *)r.at + MIN(r.n, (size_t)7) - 1;
		f.before = last->created_at;
		f.before_id = last->id;
		snprintf(id, sizeof(id), "new%zu", w.pages);
		add_text(t, id, "common thing added meanwhile");
	} while (r.n > 7 && w.pages < 50);
	judge(&w, "a list walked while rows are added: each of the old once");
	IS_INT(w.others, 0, "new ones stand before the first page");
	IS_INT(w.pages, 9, "in nine pages");
}

static void search_pages(struct dbtest *t)
{
	struct memory_filter f = { .limit = 7, .now = clock_now() };
	struct walk w = { 0 };
	struct rows r;

	f.query = words_query(t->c.arena, "common", db_dialect(t->c.db));
	do {
		char id[20];

		if (!memory_search(&t->c, &f, &r, &t->e)) {
			OK(false, "a page: %s", t->e.msg);
			return;
		}
		note(&w, r.at, MIN(r.n, (size_t)7));
		f.offset += (int64_t)MIN(r.n, (size_t)7);
		f.as_of = f.now;
		snprintf(id, sizeof(id), "later%zu", w.pages);
		add_text(t, id, "common common common");
	} while (r.n > 7 && w.pages < 50);
	judge(&w, "a search walked while better rows are added: each of the old once");
	IS_INT(w.others, 9, "and those that were there");
}

static void tags(struct dbtest *t)
{
	struct tag_filter f = {
		.now = clock_now(), .pos_count = -1, .pos_tag = "", .limit = 2
	};
	const struct tag_count *k;
	struct rows r;

	DB_OK(t, tag_list(&t->c, &f, &r, &t->e), "tags");
	k = r.at;
	IS_INT(r.n, 3, "two and one more");
	OK(r.n == 3 && str_eq(k[0].tag, "all") && k[0].count == MANY &&
		   str_eq(k[1].tag, "even") && k[1].count == 30,
	   "most used first, then by name");
	f.pos_count = k[1].count;
	f.pos_tag = k[1].tag;
	DB_OK(t, tag_list(&t->c, &f, &r, &t->e), "the next page");
	k = r.at;
	OK(r.n == 2 && str_eq(k[0].tag, "odd") && str_eq(k[1].tag, "t\xc3\xa4g") &&
		   k[1].count == 20,
	   "goes on");
	f = (struct tag_filter){ .now = f.now,
				 .pos_count = -1,
				 .pos_tag = "",
				 .limit = 9,
				 .prefix = "t\xc3\xa4",
				 .prefix_n = 2 };
	DB_OK(t, tag_list(&t->c, &f, &r, &t->e), "by prefix");
	IS_INT(r.n, 1, "in code points");
	f.prefix = "%";
	f.prefix_n = 1;
	OK(tag_list(&t->c, &f, &r, &t->e) && r.n == 0, "a prefix is no pattern");
}

static void expiry(struct dbtest *t)
{
	struct memory_totals before, then;
	const char *v[] = { "onlyhere" };
	const struct memory_new n = { .memory_id = "brief",
				      .content = "shortlived words",
				      .given = { .tags = { v, 1 }, .has_tags = true },
				      .expires_at = { clock_now().ms + 60 } };
	struct tag_filter f = { .now = { 0 },
				.pos_count = -1,
				.pos_tag = "",
				.limit = 99,
				.prefix = "onlyhere",
				.prefix_n = 8 };
	struct rows r;

	DB_OK(t, add(t, &n), "a memory that will expire");
	OK(get(t, "brief") && str_eq(search(t, "shortlived"), " brief"), "is there");
	DB_OK(t, memory_totals(&t->c, &before, &t->e), "totals");
	while (clock_now().ms <= n.expires_at.ms)
		;
	OK(!get(t, "brief") && t->e.code == ERR_NOT_FOUND, "then it is not shown");
	IS_STR(search(t, "shortlived"), "", "not found");
	f.now = clock_now();
	OK(tag_list(&t->c, &f, &r, &t->e) && r.n == 0, "its tag is not counted");
	DB_OK(t, memory_totals(&t->c, &then, &t->e), "totals");
	OK(then.memories == before.memories - 1 && then.expired == before.expired + 1 &&
		   then.tags == before.tags - 1 &&
		   then.content_bytes ==
			   before.content_bytes - (int64_t)strlen(n.content) &&
		   then.newest.ms < before.newest.ms,
	   "hidden in every figure");
	OK(!change(t, &(struct memory_update){ .memory_id = "brief", .content = "x" }) &&
		   t->e.code == ERR_NOT_FOUND,
	   "cannot be changed");
	OK(!add_text(t, "brief", "another") && t->e.code == ERR_CONFLICT &&
		   strstr(t->e.msg, "expired"),
	   "keeps its id: %s", t->e.msg);
	answered("%d %d %d", (int)then.memories, (int)then.tags, (int)then.content_bytes);
}

static void counts(struct dbtest *t)
{
	const struct name_count *k;
	struct rows r;

	DB_OK(t, memory_counts(&t->c, "type", &r, &t->e), "counts by type");
	k = r.at;
	OK(r.n == 2 && str_eq(k[0].name, "text") && str_eq(k[1].name, "code") &&
		   k[1].count == 12,
	   "most first");
	DB_OK(t, memory_counts(&t->c, "' OR 1", &r, &t->e), "a strange key");
	IS_INT(r.n, 0, "has none");
}

static void history(struct dbtest *t)
{
	static const char *const asked[] = { "Deploy 100%", "DEPLOY _x", "\xc3\x84rger",
					     "'; --" };
	struct history_filter f = { .limit = 2 };
	const struct search_history *h;
	struct rows r;

	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		char id[UUID_LEN];
		const struct search_history row = { .id = id,
						    .query = asked[i],
						    .filters = { "{\"tags\":[\"x\"]}" },
						    .results_count = (int64_t)i,
						    .execution_time = 3,
						    .created_at = clock_now() };

		id_uuid(id);
		DB_OK(t, history_add(&t->c, &row, &t->e), "a search");
	}
	DB_OK(t, history_list(&t->c, &f, &r, &t->e), "searches");
	h = r.at;
	OK(r.n == 3 && str_eq(h[0].query, asked[3]) && h[0].results_count == 3 &&
		   str_eq(h[1].query, asked[2]),
	   "newest first");
	f.before = h[1].created_at;
	f.before_id = h[1].id;
	OK(history_list(&t->c, &f, &r, &t->e) && r.n == 2, "the next page");
	f = (struct history_filter){ .limit = 9, .contains = "deploy" };
	OK(history_list(&t->c, &f, &r, &t->e) && r.n == 2, "inside, whatever the case");
	f.contains = "%";
	OK(history_list(&t->c, &f, &r, &t->e) && r.n == 1, "no pattern");
	f.contains = "_";
	OK(history_list(&t->c, &f, &r, &t->e) && r.n == 1, "nor this");
	f.contains = "\xc3\xa4";
	OK(history_list(&t->c, &f, &r, &t->e) && r.n == 0, "beyond ASCII as written");
	f = (struct history_filter){ .limit = 9, .until = { 1000 } };
	OK(history_list(&t->c, &f, &r, &t->e) && r.n == 0, "none that early");
}

/* ---- metadata there and back ---- */

static uint32_t dice(uint32_t n)
{
	static uint32_t x = 12345;

	x = x * 1664525 + 1013904223;
	return (x >> 8) % n;
}

static void value(struct buf *b, int depth)
{
	static const char *const texts[] = { "\"\"",	   "\"\\u00e9\\n\"",
					     "\"a\\\"b\"", "\"\\ud83d\\ude00\"",
					     "true",	   "null",
					     "-0.0",	   "1e2",
					     "1.50",	   "12345678901234567890",
					     "-1E-7",	   "0.1",
					     "[]",	   "{}",
					     "false",	   "\"\xe2\x82\xac\"" };
	uint32_t kind = depth > 4 ? 9 : dice(10);

	if (kind > 1) {
		buf_adds(b, texts[dice(ARRAY_LEN(texts))]);
		return;
	}
	buf_adds(b, kind ? "{" : "[");
	for (uint32_t i = 0, n = dice(5); i < n; i++) {
		buf_adds(b, i ? ", " : "");
		if (kind)
			buf_addf(b, "\"%s%u\":", i % 2 ? "Key" : "\xc3\xa4 key",
				 i * 7 % 5);
		value(b, depth + 1);
	}
	buf_adds(b, kind ? "}" : "]");
}

static void there_and_back(struct dbtest *t)
{
	size_t wrong = 0, unlike = 0;

	for (int i = 0; i < 300; i++) {
		struct buf b;
		struct memory_new n = { .content = "x" };
		struct job j = { .add = &n };
		struct memory *m;

		buf_init(&b, 1 << 16);
		buf_adds(&b, "{\"own\":{\"b\":");
		value(&b, 1);
		buf_adds(&b, ",\"a\":");
		value(&b, 1);
		buf_adds(&b, "}}");
		n.metadata = buf_text(&b);
		if (!db_tx(&t->c, job, &j, &t->e)) {
			printf("# %s: %s\n", n.metadata, t->e.msg);
			wrong++;
		} else {
			m = get(t, j.out.memory_id);
			if (!m || !str_eq(m->metadata.text, j.out.metadata.text)) {
				printf("# %s\n# %s\n", n.metadata,
				       m ? m->metadata.text : t->e.msg);
				unlike++;
			}
			removed(t, j.out.memory_id);
		}
		buf_release(&b);
	}
	IS_INT(wrong, 0, "generated metadata are stored");
	IS_INT(unlike, 0, "and come back byte for byte");
}

static void index_holds(struct dbtest *t)
{
	struct count_row orphans, indexed;
	struct memory_totals all;

	DB_OK(t, db_one(&t->c, &own[Q_ORPHANS], NULL, &orphans, &t->e), "orphans");
	IS_INT(orphans.n, 0, "none");
	DB_OK(t, db_one(&t->c, &own[Q_INDEXED], NULL, &indexed, &t->e), "index rows");
	DB_OK(t, memory_totals(&t->c, &all, &t->e), "memories");
	IS_INT(indexed.n, all.memories + all.expired, "one for each");
	if (db_dialect(t->c.db) == DB_SQLITE)
		DB_OK(t, db_exec(&t->c, &own[Q_CHECK_INDEX], NULL, NULL, &t->e),
		      "FTS5 finds its index in order");
}

static void all(struct dbtest *t)
{
	fill(t);
	tags(t);
	counts(t);
	list_pages(t);
	search_pages(t);
	expiry(t);
	history(t);
	there_and_back(t);
	index_holds(t);
}

int main(void)
{
	setenv("KILOCODE_TEST_CLOCK", "2026-01-02T03:04:05Z", 1);
	return on_both(all);
}
