/* SPDX-License-Identifier: Apache-2.0 */
/* Memories on both databases: every statement, storing, changing, filters, questions. */
#define _GNU_SOURCE /* mkdtemp */
#include "common/app/task_store.h"
#include "test/payloads.h"
#include "test/store/memtest.h"

static void statements(struct dbtest *t)
{
	const struct stmt *const tables[] = { memory_stmts, history_stmts, audit_stmts,
					      task_stmts };

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		for (const struct stmt *s = tables[i]; s->name; s++)
			DB_OK(t, db_check_stmt(&t->c, s, &t->e), "%s is sound", s->name);
	}
}

static void one_memory(struct dbtest *t)
{
	static const char text[] = "It's \"5\" \xe2\x82\xac \\ \n\t -- \xf0\x9f\x98\x80";
	const char *v[] = { "One", "TWO three", "one" };
	const struct memory_new n = { .memory_id = "first",
				      .content = text,
				      .metadata =
					      "{\"own\":{\"b\":1.50,\"a\":[true,null]}}",
				      .given = { .tags = { v, 3 },
						 .has_tags = true,
						 .author = "Ann O'Neil",
						 .timestamp = { 1767000000123 } } };
	const struct memory_update u = { .memory_id = "first",
					 .content = "changed entirely",
					 .metadata = "{\"own\":null,\"new\":1}",
					 .add_tags = { v, 1 },
					 .remove_tags = { v + 1, 1 } };
	struct memory *m, *then;

	DB_OK(t, add(t, &n), "a memory is stored");
	m = get(t, "first");
	OK(m && str_eq(m->content, text), "its text comes back as it was");
	IS_STR(m ? m->metadata.text : NULL,
	       "{\"author\":\"Ann O'Neil\",\"own\":{\"a\":[true,null],\"b\":1.50},"
	       "\"source\":\"api\",\"tags\":[\"one\",\"two three\"],"
	       "\"timestamp\":\"2025-12-29T09:20:00.123Z\",\"type\":\"text\"}",
	       "its metadata too");
	OK(!add(t, &n) && t->e.code == ERR_CONFLICT && strstr(t->e.msg, "first"),
	   "the id again is refused: %s", t->e.msg);
	DB_OK(t, change(t, &u), "it is changed");
	then = get(t, "first");
	IS_STR(then ? then->content : NULL, "changed entirely", "its text");
	OK(then && strstr(then->metadata.text, "\"new\":1") &&
		   !strstr(then->metadata.text, "own") &&
		   strstr(then->metadata.text, "\"tags\":[\"one\"]"),
	   "its metadata: %s", then ? then->metadata.text : "");
	OK(then && m && then->created_at.ms == m->created_at.ms &&
		   then->updated_at.ms > m->updated_at.ms,
	   "and when");
	IS_STR(search(t, "euro 5"), "", "the old text is not found");
	IS_STR(search(t, "entirely"), " first", "the new one is");
	IS_STR(search(t, "neil"), " first", "as the author is");
	OK(!change(t, &(struct memory_update){ .memory_id = "first" }) &&
		   t->e.code == ERR_ARG,
	   "a change of nothing: %s", t->e.msg);
	OK(!change(t, &(struct memory_update){ .memory_id = "none", .content = "x" }) &&
		   t->e.code == ERR_NOT_FOUND,
	   "an unknown id: %s", t->e.msg);
	DB_OK(t, removed(t, "first"), "it is deleted");
	OK(!get(t, "first") && t->e.code == ERR_NOT_FOUND, "and gone");
	OK(!removed(t, "first") && t->e.code == ERR_NOT_FOUND, "once");
	IS_STR(search(t, "entirely"), "", "from the index too");
}

static void bad_memories(struct dbtest *t)
{
	static const char *const ids[] = { "a,b", " a", "a ", "a\nb", "", "a/b", "tags" };
	char *big = arena_alloc(t->c.arena, CONTENT_MAX + 2);
	struct memory *m;

	memset(big, 'a', CONTENT_MAX + 1);
	OK(!add_text(t, "big", big) && t->e.code == ERR_ARG, "a byte too many: %s",
	   t->e.msg);
	big[CONTENT_MAX] = '\0';
	for (size_t i = 0; i + 3 < CONTENT_MAX; i += 3)
		memcpy(big + i,
		       (char[]){ (char)('a' + i % 26), (char)('a' + i / 78 % 26), ' ' },
		       3);
	DB_OK(t, add_text(t, "big", big), "256 KiB");
	m = get(t, "big");
	OK(m && str_eq(m->content, big), "come back");
	DB_OK(t, removed(t, "big"), "and go");
	OK(!add_text(t, NULL, "") && t->e.code == ERR_ARG, "no text: %s", t->e.msg);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		OK(!add_text(t, ids[i], "x") && t->e.code == ERR_ARG, "id \"%s\"",
		   ids[i]);
	OK(!add(t, &(struct memory_new){ .content = "x", .expires_at = { 1000 } }) &&
		   t->e.code == ERR_ARG,
	   "an expiry in the past: %s", t->e.msg);
}

/* ---- filters, against the same question asked in C ---- */

#define MANY 60

struct made {
	char id[8], text[80], author[8];
	unsigned tags; /* bits of tag_names */
	enum memory_type type;
	enum memory_source source;
	struct stamp at;
};
static struct made made[MANY];
static const char *const tag_names[] = { "red", "green", "blue" };
static const int64_t base_ms = 1760000000000, day_ms = 86400000;

static void make_many(struct dbtest *t)
{
	size_t failed = 0;

	for (size_t i = 0; i < MANY; i++) {
		struct made *m = &made[i];
		struct memory_new n = { .memory_id = m->id, .content = m->text };
		const char *v[3];

		snprintf(m->id, sizeof(m->id), "m%02zu", i);
		snprintf(m->text, sizeof(m->text), "common number%zu group%zu", i, i % 7);
		snprintf(m->author, sizeof(m->author), "au%zu", i % 4);
		m->tags = (unsigned)(i * 5 % 8);
		m->type = (enum memory_type)(1 + i % 5);
		m->source = (enum memory_source)(1 + i % 4);
		m->at.ms = base_ms + (int64_t)(i * 7 % MANY) * day_ms;
		n.given = (struct metadata_in){ m->type, m->source,  m->author,
						m->at,	 { .v = v }, true };
		for (size_t k = 0; k < 3; k++) {
			if (m->tags & 1u << k)
				v[n.given.tags.n++] = tag_names[k];
		}
		failed += !add(t, &n);
	}
	IS_INT(failed, 0, "sixty memories are stored");
}

static bool passes(const struct made *m, const struct memory_filter *f, unsigned bits,
		   int mode, const char *since, const char *until)
{
	char at[STAMP_LEN];

	stamp_iso(m->at, at);
	return (!f->type || str_eq(f->type, memory_types[m->type])) &&
	       (!f->source || str_eq(f->source, memory_sources[m->source])) &&
	       (!f->author || str_eq(f->author, m->author)) &&
	       (!bits || mode != TAGS_ANY || (m->tags & bits)) &&
	       (!bits || mode != TAGS_ALL || (m->tags & bits) == bits) &&
	       (!bits || mode != TAGS_NONE || !(m->tags & bits)) &&
	       (!since || strcmp(at, since) >= 0) && (!until || strcmp(at, until) < 0);
}

static size_t compare(struct dbtest *t, struct memory_filter *f, unsigned bits, int mode)
{
	struct memory_filter q = *f;
	const struct memory_hit *h;
	struct rows r;
	int64_t n;
	size_t at = 0;

	q.now = clock_now();
	q.limit = 100;
	if (!memory_list(&t->c, &q, &r, &t->e) || !memory_count(&t->c, &q, &n, &t->e))
		return 1;
	h = r.at;
	for (size_t i = MANY; i-- > 0;) {
		if (!passes(&made[i], f, bits, mode, f->since, f->until))
			continue;
		if (at >= r.n || !str_eq(h[at].memory_id, made[i].id))
			return 1;
		at++;
	}
	q.query = words_query(t->c.arena, "common", db_dialect(t->c.db));
	return at != r.n || n != (int64_t)r.n || !memory_search(&t->c, &q, &r, &t->e) ||
	       r.n != at;
}

static void filters(struct dbtest *t)
{
	static const char *const since[] = { NULL, "2025-10-20T00:00:00.000Z" };
	static const char *const until[] = { NULL, "2025-11-20T00:00:00.000Z" };
	size_t wrong = 0, n = 0;

	for (int mode = TAGS_ANY; mode <= TAGS_NONE; mode++) {
		for (unsigned bits = 0; bits < 8; bits++) {
			for (unsigned k = 0; k < 16; k++) {
				const char *v[3];
				struct strs tags = { .v = v };
				struct memory_filter f = {
					.type = k & 1 ? "code" : NULL,
					.source = k & 2 ? "system" : NULL,
					.author = k & 4 ? "au1" : NULL,
					.since = since[k >> 3 & 1],
					.until = until[k >> 2 & 1],
				};

				for (size_t b = 0; b < 3; b++) {
					if (bits & 1u << b)
						v[tags.n++] = tag_names[b];
				}
				if (mode == TAGS_ANY)
					f.tags_any = tags;
				else if (mode == TAGS_ALL)
					f.tags_all = tags;
				else
					f.tags_none = tags;
				wrong += compare(t, &f, bits, mode);
				n++;
			}
		}
	}
	IS_INT(wrong, 0, "each filter gives what it should");
	IS_INT(n, 384, "all of them");
}

static void hostile_filters(struct dbtest *t)
{
	size_t wrong = 0;

	for (size_t i = 0; i < PAYLOADS; i += 3) {
		const char *text = payload(t->c.arena, i);
		const struct memory_filter f = { .author = text,
						 .tags_any = { &text, 1 },
						 .now = clock_now(),
						 .limit = 5 };
		struct rows r;

		if (!memory_list(&t->c, &f, &r, &t->e) || r.n != 0) {
			wrong++;
			printf("# %s: %s\n", text, t->e.msg);
		}
	}
	IS_INT(wrong, 0, "hostile text in a filter is only compared");
}

static void hostile_questions(struct dbtest *t)
{
	size_t failed = 0;

	for (size_t i = 0; i < PAYLOADS; i++) {
		t->e.code = 0;
		search(t, payload(t->c.arena, i));
		failed += t->e.code != 0;
	}
	IS_INT(failed, 0, "hostile questions find something or nothing");
}

static void questions(struct dbtest *t)
{
	DB_OK(t, add_text(t, "cafe", "Das Caf\xc3\xa9 M\xc3\xbcller"), "accents");
	DB_OK(t, add_text(t, "run", "She was running and deploys servers"), "forms");
	DB_OK(t, add_text(t, "who", "who is it"), "stop words only");
	DB_OK(t, add_text(t, "jp", "\xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80 x"),
	      "Japanese");
	IS_STR(search(t, "cafe MULLER"), " cafe", "accents do not matter");
	IS_STR(search(t, "CAFE\xcc\x81"), " cafe", "nor how they are written");
	IS_STR(search(t, "run deployed server"), " run", "nor the form of a word");
	IS_STR(search(t, "who is it?"), " who", "a question of stop words");
	IS_STR(search(t, "\xe6\x97\xa5\xe6\x9c\xac"), " jp", "other scripts");
	IS_STR(search(t, "\xf0\x9f\x98\x80"), "", "emoji are no words");

	IS_STR(search(t, "nothinglikeit"), "", "nothing");
	for (size_t i = 0; i < 4; i++)
		removed(t, ((const char *[]){ "cafe", "run", "who", "jp" })[i]);
}

static void all(struct dbtest *t)
{
	statements(t);
	one_memory(t);
	bad_memories(t);
	questions(t);
	make_many(t);
	filters(t);
	hostile_filters(t);
	hostile_questions(t);
}

int main(void)
{
	return on_both(all);
}
