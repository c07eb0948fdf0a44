/* SPDX-License-Identifier: Apache-2.0 */
/* The gate: who may, what is rolled back, what is audited. */
#define _GNU_SOURCE /* mkdtemp */
#include "test/unit/apptest.h"

struct plan { /* what a run does */
	struct apptest *x;
	bool add, read_audit;
	enum err_code fail;
	int runs, preps;
	size_t audit_seen;
};

static bool run(struct ctx *c, void *arg, struct err *e)
{
	struct plan *p = arg;
	const struct thing t = { .name = "x", .n = 1 };
	const struct audit_filter f = { .limit = 9 };
	struct rows r;

	p->runs++;
	if (p->add && !db_exec(c, &stmts[S_ADD], &t, NULL, e))
		return false;
	if (p->read_audit) {
		if (!audit_list(c, &f, &r, e))
			return false;
		p->audit_seen = r.n;
	}
	return !p->fail || err_set(e, p->fail, "as planned");
}

static bool prep(struct ctx *c UNUSED, void *arg, struct err *e)
{
	struct plan *p = arg;

	p->preps++;
	return !p->fail || err_set(e, p->fail, "as planned");
}

static struct work work(struct plan *p, const char *action, enum order order)
{
	return (struct work){ .name = "do_it",
			      .order = order,
			      .perm = PERM_WRITE,
			      .audit = action,
			      .resource = "thing",
			      .run = run,
			      .arg = p };
}

static bool add_audit(struct ctx *c, const void *in, struct err *e)
{
	struct audit_log row = *(const struct audit_log *)in;

	return audit_insert(c, &row, e);
}

static void outcome(struct apptest *x, const char *action, const char *text,
		    const char *what)
{
	size_t n = 0;
	const struct audit_log *row = audited(x, action, &n);

	if (!OK(row && strstr(row->details.text, text), "%s", what))
		printf("#   %s\n", row ? row->details.text : "no row");
}

static void writes(struct apptest *x)
{
	struct plan p = { .x = x, .add = true };
	struct work w = work(&p, "w.ok", ORDER_WRITE);
	size_t n = 0;

	DB_OK(&x->t, gate_run(&x->c, &w, &x->t.e), "a write");
	IS_INT(count(x), 1, "is there");
	outcome(x, "w.ok", "\"result\":\"ok\"", "with its audit row");
	outcome(x, "w.ok", "\"actor\":{\"name\":\"tester\"}", "which names who");
	p.fail = ERR_NOT_FOUND;
	w.audit = "w.fail";
	OK(!gate_run(&x->c, &w, &x->t.e) && x->t.e.code == ERR_NOT_FOUND,
	   "a failing write");
	IS_INT(count(x), 1, "leaves nothing");
	outcome(x, "w.fail", "\"result\":\"failed\"", "its failure is journalled");
	outcome(x, "w.fail", "\"error\":\"NOT_FOUND\"", "with the code");
	p.fail = ERR_ARG;
	w.audit = "w.arg";
	OK(!gate_run(&x->c, &w, &x->t.e) && !audited(x, "w.arg", &n),
	   "a wrong argument is not");
	p.fail = 0;
	w.audit = "w.fk";
	x->env.who.user_id = "11111111-1111-4111-8111-111111111111";
	OK(!gate_run(&x->c, &w, &x->t.e), "a write whose audit row fails: %s",
	   x->t.e.msg);
	x->env.who.user_id = NULL;
	IS_INT(count(x), 1, "is rolled back with it");
	OK(!audited(x, "w.fk", &n), "and not audited as done");
}

static void permission(struct apptest *x)
{
	struct plan p = { .x = x, .add = true };
	struct work w = work(&p, "p.no", ORDER_WRITE);

	x->env.who.perm = PERM_READ;
	w.prep = prep;
	OK(!gate_run(&x->c, &w, &x->t.e) && x->t.e.code == ERR_DENIED, "%s", x->t.e.msg);
	OK(p.runs == 0 && p.preps == 0, "nothing ran");
	outcome(x, "p.no", "\"result\":\"refused\"", "the refusal is audited");
	outcome(x, "p.no", "\"error\":\"DENIED\"", "as what it is");
	w = work(&p, "p.admin", ORDER_LONG);
	w.perm = PERM_ADMIN;
	x->env.who.perm = PERM_WRITE;
	OK(!gate_run(&x->c, &w, &x->t.e) && x->t.e.code == ERR_DENIED && p.runs == 0,
	   "write is not admin");
	w.perm = PERM_READ;
	OK(gate_run(&x->c, &w, &x->t.e) && p.runs == 1, "write includes read");
}

static void long_ones(struct apptest *x)
{
	struct plan p = { .x = x, .read_audit = true };
	struct work w = work(&p, "l.ok", ORDER_LONG);
	size_t n = 0;

	DB_OK(&x->t, gate_run(&x->c, &w, &x->t.e), "a long one");
	OK(p.audit_seen > 0, "its start is stored before it runs");
	audited(x, "l.ok", &n);
	IS_INT(n, 2, "start and end");
	p.fail = ERR_TIMEOUT;
	p.add = true;
	w.audit = "l.fail";
	OK(!gate_run(&x->c, &w, &x->t.e), "a long one that fails");
	audited(x, "l.fail", &n);
	IS_INT(n, 2, "start and failure");
	IS_INT(count(x), 3, "its own transactions stay");
}

static void reads(struct apptest *x)
{
	struct plan p = { .x = x };
	struct work w = work(&p, "r.ok", ORDER_READ);
	size_t n = 0;

	DB_OK(&x->t, gate_run(&x->c, &w, &x->t.e), "a read");
	outcome(x, "r.ok", "\"result\":\"ok\"", "is audited later");
	p.add = true;
	w.audit = "r.write";
	OK(!gate_run(&x->c, &w, &x->t.e), "a read that writes is refused");
	IS_INT(count(x), 3, "and changes nothing");
	w.audit = NULL;
	p.add = false;
	p.read_audit = true;
	w.flags = TOOL_SYNC;
	audited(x, "r.ok", &n);
	journal_add(x->env.journal, add_audit, audit_log_fields,
		    &(struct audit_log){ .id = "22222222-2222-4222-8222-222222222222",
					 .action = "j",
					 .resource_type = "r",
					 .timestamp = clock_now() });
	p.audit_seen = 0;
	OK(gate_run(&x->c, &w, &x->t.e) && audited(x, "j", &n) && n == 1,
	   "a synchronous read sees the journal");
}

static void others(struct apptest *x)
{
	struct plan p = { .x = x };
	struct work w = work(&p, NULL, ORDER_WRITE);
	struct ctx c = x->c;

	c.db = NULL;
	w.flags = TOOL_NO_DB;
	DB_OK(&x->t, gate_run(&c, &w, &x->t.e), "without a database");
	w = work(&p, "o.prep", ORDER_WRITE);
	w.prep = prep;
	p = (struct plan){ .x = x, .fail = ERR_UNAVAILABLE };
	OK(!gate_run(&x->c, &w, &x->t.e) && p.preps == 1 && p.runs == 0,
	   "a failing preparation stops it");
	outcome(x, "o.prep", "\"error\":\"UNAVAILABLE\"", "and is audited");
}

int main(void)
{
	struct apptest x;

	if (!OK(apptest_open(&x), "a process"))
		return tap_done();
	writes(&x);
	permission(&x);
	long_ones(&x);
	reads(&x);
	others(&x);
	apptest_close(&x);
	return tap_done();
}
