/* SPDX-License-Identifier: Apache-2.0 */
/* The hash chain of audit entries on both databases: what was changed is found. */
#define _GNU_SOURCE /* mkdtemp, fork */
#include <sys/wait.h>

#include "common/app/audit.h"
#include "common/app/audit_store.h"
#include "test/store/dbtest.h"

#define CHAIN	"testing"
#define ENTRIES 30
#define START	INT64_C(1767322800000) /* 2026-01-02T03:00:00Z */
#define WRITERS 4
#define EACH	25

static const struct migration_set *const sets[] = { &migrations_shared, NULL };
static const struct principal who = { .name = "tester", .perm = PERM_ADMIN };

struct add {
	const char *details, *resource_id, *action;
	struct stamp at;
};

static bool add_in_tx(struct ctx *c, void *arg, struct err *e)
{
	const struct add *a = arg;
	const struct audit_log row = { .action = a->action ? a->action : "thing.done",
				       .resource_type = "thing",
				       .resource_id = a->resource_id,
				       .details.text = a->details,
				       .timestamp = a->at };

	return audit_add(c, CHAIN, &row, e);
}

static bool add(struct dbtest *t, const char *details, const char *id, int64_t at)
{
	struct add a = { details, id, NULL, { at } };

	return db_tx(&t->c, add_in_tx, &a, &t->e);
}

static void fill(struct dbtest *t)
{
	char longer[400];
	bool ok = true;

	memset(longer, 'x', sizeof(longer));
	snprintf(longer + 380, 20, "end");
	for (int i = 0; i < ENTRIES; i++) {
		const char *details = arena_printf(
			t->c.arena,
			"{ \"n\" : %d, \"text\":\"\xc3\xa9 \\u0001 \xf0\x9f\x98\x80 \\\"\","
			" \"z\":[true,{\"b\":-5,\"a\":\"\"}], \"big\":9007199254740991 }",
			i);

		ok = ok && add(t, details, i % 2 ? NULL : longer, START + i * 1000);
	}
	DB_OK(t, ok, "%d entries are written", ENTRIES);
}

static void is(struct dbtest *t, enum audit_fault fault, int64_t seq, const char *what)
{
	struct audit_verdict v = { 0 };

	if (!OK(audit_verify(&t->c, CHAIN, &v, &t->e) && v.fault == fault && v.seq == seq,
		"%s: %s", what, v.why ? v.why : "intact"))
		printf("#   %s at %d, %d good: %s\n", audit_faults[v.fault], (int)v.seq,
		       (int)v.entries, t->e.msg);
}

/* ---- harm, inside a transaction that is rolled back ---------------------------- */

#define LITE_SEQ "json_extract(details, '$.seq')"
#define PG_SEQ	 "(details->>'seq')::int"
#define HARM(id, lite, p) \
	static const struct stmt id = { .name = #id, .sqlite = lite, .pg = p }
#define SAME(id, text) HARM(id, text, text)
#define BOTH(id, what)                                                    \
	HARM(id, "UPDATE audit_logs SET " what " WHERE " LITE_SEQ " = 7", \
	     "UPDATE audit_logs SET " what " WHERE " PG_SEQ " = 7")
#define LOST(id, which)                                          \
	HARM(id, "DELETE FROM audit_logs WHERE " LITE_SEQ which, \
	     "DELETE FROM audit_logs WHERE " PG_SEQ which)
#define DETAIL(id, key, json)                                                         \
	HARM(id,                                                                      \
	     "UPDATE audit_logs SET details = json_set(details, '$." key              \
	     "', json('" json "')) WHERE " LITE_SEQ " = 7",                           \
	     "UPDATE audit_logs SET details = jsonb_set(details, '{" key "}', '" json \
	     "') WHERE " PG_SEQ " = 7")

BOTH(edit_action, "action = 'thing.dont'");
BOTH(edit_type, "resource_type = 'Thing'");
BOTH(edit_resource, "resource_id = 'other'");
BOTH(drop_resource, "resource_id = NULL");
BOTH(edit_id, "id = 'ffffffff-ffff-4fff-bfff-ffffffffffff'");
BOTH(drop_time, "timestamp = NULL");
HARM(edit_time,
     "UPDATE audit_logs SET timestamp = '2026-01-02 03:00:06.001' WHERE " LITE_SEQ " = 7",
     "UPDATE audit_logs SET timestamp = timestamp + interval '1 us' WHERE " PG_SEQ
     " = 7");
DETAIL(edit_number, "n", "700");
DETAIL(edit_nested, "z", "[true,{\"b\":-5,\"a\":\"x\"}]");
DETAIL(add_member, "more", "true");
DETAIL(edit_hash, "hash",
       "\"0123456789012345678901234567890123456789012345678901234567890123\"");
DETAIL(edit_prev, "prev",
       "\"0123456789012345678901234567890123456789012345678901234567890123\"");
DETAIL(short_prev, "prev", "\"0\"");
DETAIL(no_number, "seq", "\"7\"");
DETAIL(fraction, "seq", "7.5");
DETAIL(elsewhere, "component", "\"other\"");
DETAIL(far, "seq", "99");
LOST(lose_one, " = 7");
LOST(lose_three, " BETWEEN 7 AND 9");
LOST(lose_first, " = 1");
LOST(lose_last, " = 30");
LOST(lose_all, " > 0");
HARM(swap_numbers,
     "UPDATE audit_logs SET details = json_set(details, '$.seq', 15 - " LITE_SEQ
     ") WHERE " LITE_SEQ " IN (7, 8)",
     "UPDATE audit_logs SET details = jsonb_set(details, '{seq}',"
     " to_jsonb(15 - " PG_SEQ ")) WHERE " PG_SEQ " IN (7, 8)");
SAME(swap_up, "UPDATE audit_links SET seq = 1015 - seq WHERE seq IN (7, 8)");
SAME(swap_down, "UPDATE audit_links SET seq = seq - 1000 WHERE seq > 1000");
LOST(lose_begin, " <= 3");
SAME(unlink_begin, "DELETE FROM audit_links WHERE seq <= 3");
LOST(lose_end, " > 27");
SAME(unlink_end, "DELETE FROM audit_links WHERE seq > 27");
SAME(unlink_one, "DELETE FROM audit_links WHERE seq = 7");
#define COPY \
	"INSERT INTO audit_logs (id, action, resource_type, details, timestamp) SELECT"
HARM(twice,
     COPY " 'ffffffff-ffff-4fff-bfff-ffffffffffff', action, resource_type, details,"
	  " timestamp FROM audit_logs WHERE " LITE_SEQ " = 7",
     COPY " 'ffffffff-ffff-4fff-bfff-ffffffffffff', action, resource_type, details,"
	  " timestamp FROM audit_logs WHERE " PG_SEQ " = 7");
HARM(after_end,
     COPY " 'ffffffff-ffff-4fff-bfff-ffffffffffff', action, resource_type,"
	  " json_set(details, '$.seq', 31), timestamp FROM audit_logs WHERE " LITE_SEQ
	  " = 30",
     COPY " 'ffffffff-ffff-4fff-bfff-ffffffffffff', action, resource_type,"
	  " jsonb_set(details, '{seq}', '31'), timestamp FROM audit_logs WHERE " PG_SEQ
	  " = 30");
SAME(link_after, "INSERT INTO audit_links (component, seq, id) VALUES ('" CHAIN
		 "', 31, 'ffffffff-ffff-4fff-bfff-ffffffffffff')");
#define STRAY(id, details)                                                        \
	HARM(id,                                                                  \
	     "INSERT INTO audit_logs (action, resource_type, details, timestamp)" \
	     " VALUES ('x', 'y', " details ", '2026-01-02 03:00:10.000')",        \
	     "INSERT INTO audit_logs (action, resource_type, details, timestamp)" \
	     " VALUES ('x', 'y', " details ", '2026-01-02 03:00:10')")
STRAY(stray_bare, "NULL");
STRAY(stray_empty, "'{}'");
STRAY(stray_numberless, "'{\"component\":\"" CHAIN "\"}'");
STRAY(other_chain, "'{\"component\":\"other\",\"seq\":7}'");
HARM(head_back, "UPDATE audit_chains SET seq = 29", "UPDATE audit_chains SET seq = 29");
HARM(head_hash, "UPDATE audit_chains SET hash = 'x'",
     "UPDATE audit_chains SET hash = 'x'");
HARM(head_gone, "DELETE FROM audit_chains", "DELETE FROM audit_chains");

static const struct damage {
	const struct stmt *s, *then;
	enum audit_fault fault;
	int64_t seq;
} damages[] = {
	{ &edit_action, NULL, AUDIT_EDITED, 7 },
	{ &edit_type, NULL, AUDIT_EDITED, 7 },
	{ &edit_resource, NULL, AUDIT_EDITED, 7 },
	{ &drop_resource, NULL, AUDIT_EDITED, 7 },
	{ &edit_id, NULL, AUDIT_GAP, 7 },
	{ &edit_time, NULL, AUDIT_EDITED, 7 },
	{ &drop_time, NULL, AUDIT_EDITED, 7 },
	{ &edit_number, NULL, AUDIT_EDITED, 7 },
	{ &edit_nested, NULL, AUDIT_EDITED, 7 },
	{ &add_member, NULL, AUDIT_EDITED, 7 },
	{ &edit_hash, NULL, AUDIT_EDITED, 7 },
	{ &edit_prev, NULL, AUDIT_EDITED, 7 },
	{ &short_prev, NULL, AUDIT_EDITED, 7 },
	{ &no_number, NULL, AUDIT_EDITED, 7 },
	{ &fraction, NULL, AUDIT_EDITED, 7 },
	{ &elsewhere, NULL, AUDIT_EDITED, 7 },
	{ &far, NULL, AUDIT_EDITED, 7 },
	{ &lose_one, NULL, AUDIT_GAP, 7 },
	{ &lose_three, NULL, AUDIT_GAP, 7 },
	{ &lose_first, NULL, AUDIT_GAP, 1 },
	{ &lose_last, NULL, AUDIT_GAP, 30 },
	{ &lose_all, NULL, AUDIT_GAP, 1 },
	{ &lose_begin, &unlink_begin, AUDIT_GAP, 1 },
	{ &lose_end, &unlink_end, AUDIT_GAP, 28 },
	{ &unlink_one, NULL, AUDIT_GAP, 7 },
	{ &swap_numbers, NULL, AUDIT_EDITED, 7 },
	{ &swap_up, &swap_down, AUDIT_REORDERED, 7 },
	{ &twice, NULL, AUDIT_INSERTED, 0 },
	{ &after_end, NULL, AUDIT_INSERTED, 0 },
	{ &after_end, &link_after, AUDIT_EDITED, 31 },
	{ &stray_bare, NULL, AUDIT_INSERTED, 0 },
	{ &stray_empty, NULL, AUDIT_INSERTED, 0 },
	{ &stray_numberless, NULL, AUDIT_INSERTED, 0 },
	{ &other_chain, NULL, AUDIT_INTACT, 0 },
	{ &head_back, NULL, AUDIT_INSERTED, 30 },
	{ &head_hash, NULL, AUDIT_EDITED, 30 },
	{ &head_gone, NULL, AUDIT_INSERTED, 1 },
};

struct harm {
	struct dbtest *t;
	const struct damage *d;
};

static bool harm(struct ctx *c, void *arg, struct err *e)
{
	const struct harm *h = arg;
	int64_t n = 0;

	if (!db_exec(c, h->d->s, NULL, &n, e) || n == 0 ||
	    (h->d->then && !db_exec(c, h->d->then, NULL, &n, e)) || n == 0) {
		OK(false, "%s: %s", h->d->s->name, e->msg);
		return false;
	}
	is(h->t, h->d->fault, h->d->seq, h->d->s->name);
	return false;
}

static void damaged(struct dbtest *t)
{
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct harm h = { t, &damages[i] };

		(void)!db_tx(&t->c, harm, &h, &t->e);
	}
	is(t, AUDIT_INTACT, 0, "after all was rolled back");
}

/* ---- what is written ----------------------------------------------------------- */

static void shape(struct dbtest *t)
{
	struct rows rows = { 0 };
	const struct audit_link *l;
	struct audit_verdict v;

	DB_OK(t, audit_links(&t->c, CHAIN, 0, 100, &rows, &t->e), "links");
	l = rows.at;
	IS_INT(rows.n, ENTRIES, "all of them");
	IS_STR(l[5].at, "2026-01-02T03:00:05.000000Z", "time in microseconds");
	IS_INT(strlen(l[0].resource_id), 100, "a long id is cut to its column");
	OK(strstr(l[0].details.text, "\"component\"") &&
		   strstr(l[0].details.text,
			  "000000000000000000000000000000000000000000000000000000000000"),
	   "the first follows nothing: %s", l[0].details.text);
	OK(audit_verify(&t->c, CHAIN, &v, &t->e) && v.entries == ENTRIES &&
		   v.first == 1 && v.last == ENTRIES && !v.id && !v.why,
	   "%d entries are good", ENTRIES);
	OK(audit_verify(&t->c, "none", &v, &t->e) && !v.fault && v.entries == 0,
	   "a chain without entries is intact");
}

static void refused(struct dbtest *t)
{
	static const char *const details[] = { "{\"a\":1.5}", "{\"a\":[null]}", "[1]",
					       "{", "{\"a\":9007199254740992}" };

	for (size_t i = 0; i < ARRAY_LEN(details); i++)
		OK(!add(t, details[i], NULL, START + 60000) && t->e.code == ERR_INTERNAL,
		   "%s is refused", details[i]);
	is(t, AUDIT_INTACT, 0, "and leaves no trace");
	DB_OK(t,
	      add(t, "{\"seq\":1,\"hash\":\"x\",\"prev\":\"y\",\"component\":\"z\"}",
		  NULL, START + 40000),
	      "members of the chain are not the caller's");
	is(t, AUDIT_INTACT, 0, "the chain goes on");
}

struct backwards {
	struct dbtest *t;
	int64_t at;
	enum audit_fault want;
};

static bool go_back(struct ctx *c, void *arg, struct err *e)
{
	struct backwards *b = arg;
	struct add a = { "{}", NULL, NULL, { b->at } };

	(void)(add_in_tx(c, &a, e) || OK(false, "added"));
	is(b->t, b->want, b->want ? ENTRIES + 2 : 0,
	   b->want ? "61 s back" : "60 s back is allowed");
	return false;
}

static void clock_back(struct dbtest *t)
{
	struct backwards b = { t, START + 40000 - 60000, AUDIT_INTACT };

	(void)!db_tx(&t->c, go_back, &b, &t->e);
	b = (struct backwards){ t, START + 40000 - 61000, AUDIT_TIME };
	(void)!db_tx(&t->c, go_back, &b, &t->e);
}

/* ---- pruning ------------------------------------------------------------------- */

struct prune {
	int64_t before, max, removed;
};

static bool prune_in_tx(struct ctx *c, void *arg, struct err *e)
{
	struct prune *p = arg;

	return audit_prune(c, CHAIN, (struct stamp){ p->before }, p->max, &p->removed, e);
}

LOST(lose_more, " <= 14");
SAME(unlink_more, "DELETE FROM audit_links WHERE seq <= 14");
HARM(edit_third, "UPDATE audit_logs SET action = 'x' WHERE " LITE_SEQ " = 12",
     "UPDATE audit_logs SET action = 'x' WHERE " PG_SEQ " = 12");

static bool broken_prune(struct ctx *c, void *arg, struct err *e)
{
	struct dbtest *t = arg;
	struct prune p = { START + 20000, 100, 0 };

	(void)!db_exec(c, &edit_third, NULL, NULL, e);
	OK(!prune_in_tx(c, &p, e) && e->code == ERR_CORRUPT && strstr(e->msg, "entry 12"),
	   "what is not intact is kept: %s", e->msg);
	(void)t;
	return false;
}

static bool without_prune(struct ctx *c, void *arg, struct err *e)
{
	struct dbtest *t = arg;

	(void)!(db_exec(c, &lose_more, NULL, NULL, e) &&
		db_exec(c, &unlink_more, NULL, NULL, e));
	is(t, AUDIT_GAP, 1, "nobody tells of the beginning");
	return false;
}

static void pruning(struct dbtest *t)
{
	struct prune p = { START, 100, -1 };
	struct audit_verdict v;

	DB_OK(t, db_tx(&t->c, prune_in_tx, &p, &t->e) && p.removed == 0,
	      "nothing is old enough");
	is(t, AUDIT_INTACT, 0, "and nothing is told");
	p = (struct prune){ START + 10000, 4, 0 };
	DB_OK(t, db_tx(&t->c, prune_in_tx, &p, &t->e) && p.removed == 4, "a small batch");
	is(t, AUDIT_INTACT, 0, "the chain begins later");
	p.max = 100;
	DB_OK(t, db_tx(&t->c, prune_in_tx, &p, &t->e) && p.removed == 6, "the rest");
	is(t, AUDIT_INTACT, 0, "once more");
	OK(audit_verify(&t->c, CHAIN, &v, &t->e) && v.first == 11, "from entry 11 on");
	(void)!db_tx(&t->c, broken_prune, t, &t->e);
	(void)!db_tx(&t->c, without_prune, t, &t->e);
	p = (struct prune){ clock_now().ms + 1000, 1000, 0 };
	DB_OK(t, db_tx(&t->c, prune_in_tx, &p, &t->e) && p.removed > 20,
	      "everything, the earlier prunings too");
	OK(audit_verify(&t->c, CHAIN, &v, &t->e) && !v.fault && v.entries == 1,
	   "what is left tells of them");
	DB_OK(t, add(t, NULL, NULL, 0), "and the chain goes on");
	is(t, AUDIT_INTACT, 0, "from there");
}

/* ---- several processes --------------------------------------------------------- */

static int writer(const struct dbtest *parent)
{
	struct dbtest t = { .o = parent->o };
	int failed = 0;

	t.c = (struct ctx){ .arena = arena_new(), .who = &who };
	t.c.db = db_new(&t.o, &t.e);
	for (int i = 0; t.c.db && i < EACH; i++) {
		int tries = 0;

		/* without the queue PostgreSQL may refuse a writer */
		while (!add(&t, "{\"a\":1}", NULL, 0) && t.e.code == ERR_CONFLICT &&
		       !t.o.tx_first && tries++ < 1000)
			;
		failed += t.e.code != ERR_NONE && t.e.code != ERR_CONFLICT;
		failed += t.o.tx_first && t.e.code != ERR_NONE;
		err_clear(&t.e);
	}
	db_free(t.c.db);
	arena_free(t.c.arena);
	return failed;
}

static void processes(struct dbtest *t, const struct stmt *first)
{
	struct audit_verdict v = { 0 };
	pid_t pids[WRITERS];
	int64_t before, began = clock_mono();
	int failed = 0, status;

	/* a thread sanitizer does not start threads behind a fork */
	tap_excuse = SANITIZED ? "processes of the plain builds show it" : NULL;
	OK(audit_verify(&t->c, CHAIN, &v, &t->e), "before");
	before = v.last;
	t->o.tx_first = first;
	for (int i = 0; i < WRITERS; i++) {
		fflush(stdout);
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(writer(t));
	}
	for (int i = 0; i < WRITERS; i++) {
		waitpid(pids[i], &status, 0);
		failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	IS_INT(failed, 0, "no writer was refused");
	is(t, AUDIT_INTACT, 0, "the chain of several processes");
	OK(audit_verify(&t->c, CHAIN, &v, &t->e) && v.last == before + WRITERS * EACH,
	   "has every entry, %d in %d ms", WRITERS * EACH, (int)(clock_mono() - began));
	tap_excuse = NULL;
}

static void run_everything(struct dbtest *t)
{
	t->c.who = &who;
	for (const struct stmt *s = audit_stmts; s->name; s++)
		DB_OK(t, db_check_stmt(&t->c, s, &t->e), "%s is sound", s->name);
	fill(t);
	shape(t);
	damaged(t);
	refused(t);
	clock_back(t);
	pruning(t);
	processes(t, &audit_queue_stmt);
	processes(t, NULL);
}

int main(void)
{
	struct dbtest t;

	if (OK(dbtest_open_sqlite(&t, sets), "SQLite"))
		run_everything(&t);
	dbtest_close(&t);
	if (dbtest_have_pg()) {
		if (OK(dbtest_open_pg(&t, sets), "PostgreSQL"))
			run_everything(&t);
		dbtest_close(&t);
	}
	return tap_done();
}
