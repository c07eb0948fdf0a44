/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the memory server's stores: the services in transactions as the gate runs
 * them, and what the database under test answers, to be compared with the other's. */
#ifndef TEST_STORE_MEMTEST_H
#define TEST_STORE_MEMTEST_H

#include "common/app/audit_store.h"
#include "common/base/buf.h"
#include "common/base/id.h"
#include "memory-server/history_store.h"
#include "memory-server/memory.h"
#include "memory-server/memory_store.h"
#include "memory-server/tools.h"
#include "memory-server/words.h"
#include "test/store/dbtest.h"

static const struct migration_set *const sets[] = { &migrations_shared,
						    &migrations_memory, NULL };
static struct buf *answers; /* of the database under test */

struct job {
	const struct memory_new *add;
	const struct memory_update *change;
	const char *remove;
	struct memory out;
};

static inline bool job(struct ctx *c, void *arg, struct err *e)
{
	struct job *j = arg;

	if (j->add)
		return memory_store(c, j->add, &j->out, e);
	if (j->change)
		return memory_modify(c, j->change, &j->out, e);
	return memory_delete(c, j->remove, e);
}

static inline bool add(struct dbtest *t, const struct memory_new *in)
{
	struct job j = { .add = in };

	return db_tx(&t->c, job, &j, &t->e);
}

static inline bool add_text(struct dbtest *t, const char *id, const char *content)
{
	return add(t, &(struct memory_new){ .memory_id = id, .content = content });
}

static inline bool change(struct dbtest *t, const struct memory_update *in)
{
	struct job j = { .change = in };

	return db_tx(&t->c, job, &j, &t->e);
}

static inline bool removed(struct dbtest *t, const char *id)
{
	struct job j = { .remove = id };

	return db_tx(&t->c, job, &j, &t->e);
}

static inline const char *say(struct dbtest *t, const char *what, const struct rows *r)
{
	const struct memory_hit *h = r->at;
	struct buf b;
	char *out;

	buf_init(&b, 1 << 20);
	buf_addf(&b, "%s:", what);
	for (size_t i = 0; i < r->n; i++)
		buf_addf(&b, " %s", h[i].memory_id);
	out = arena_strdup(t->c.arena, buf_text(&b));
	buf_addc(&b, '\n');
	buf_adds(answers, buf_text(&b));
	buf_release(&b);
	return out;
}

static inline const char *search(struct dbtest *t, const char *question)
{
	struct memory_filter f = { .now = clock_now(), .limit = 50 };
	struct rows r = { NULL, 0 };

	f.query = words_query(t->c.arena, question, db_dialect(t->c.db));
	if (f.query && !memory_search(&t->c, &f, &r, &t->e))
		return t->e.msg;
	return say(t, question, &r) + strlen(question) + 1;
}

static inline struct memory *get(struct dbtest *t, const char *id)
{
	struct memory *m = arena_alloc(t->c.arena, sizeof(*m));

	return memory_get(&t->c, id, m, &t->e) ? m : NULL;
}

/* One line of what this database answered. */
static inline void PRINTF_LIKE(1, 2) answered(const char *fmt, ...)
{
	char line[2000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_addf(answers, "%s\n", line);
}

/* Runs the test on both databases and compares what they answered. */
static inline int on_both(void (*test)(struct dbtest *t))
{
	struct buf said[2];
	struct dbtest t;
	const char *a, *b;

	clock_init();
	id_init();
	buf_init(&said[0], 16u << 20);
	buf_init(&said[1], 16u << 20);
	answers = &said[0];
	if (OK(dbtest_open_sqlite(&t, sets), "SQLite opens")) {
		test(&t);
		dbtest_close(&t);
	}
	answers = &said[1];
	if (dbtest_have_pg() && OK(dbtest_open_pg(&t, sets), "PostgreSQL opens")) {
		test(&t);
		dbtest_close(&t);
		a = buf_text(&said[0]);
		b = buf_text(&said[1]);
		if (!OK(said[0].len > 0 && str_eq(a, b),
			"both answered the same, %zu bytes", said[0].len)) {
			size_t at = 0;

			while (a[at] && a[at] == b[at])
				at++;
			while (at && a[at - 1] != '\n')
				at--;
			printf("# SQLite:     %.300s\n# PostgreSQL: %.300s\n", a + at,
			       b + at);
		}
	}
	buf_release(&said[0]);
	buf_release(&said[1]);
	return tap_done();
}

#endif
