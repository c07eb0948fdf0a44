/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, approvals and the trail on both databases: the legal moves, the refusals, the
 * single use of an approval, the judgement of time behind a lock. */
#include <pthread.h>

#include "common/app/app.h"
#include "common/base/id.h"
#include "coordinator-server/approval.h"
#include "coordinator-server/approval_store.h"
#include "coordinator-server/dispatch.h"
#include "coordinator-server/request.h"
#include "coordinator-server/runs.h"
#include "coordinator-server/services.h"
#include "coordinator-server/session_store.h"
#include "coordinator-server/trail.h"
#include "coordinator-server/trail_store.h"
#include "test/store/dbtest.h"

static const struct migration_set *const sets[] = { &migrations_shared,
						    &migrations_coordinator, NULL };
static const struct principal ann = { .name = "ann",
				      .role = "admin",
				      .perm = PERM_ADMIN };
static struct services here = { .owner = "boot.1:1:1:a" };

static void be(struct ctx *c)
{
	c->who = &ann;
	c->app = &here;
}

/* ---- parts that the tests put together ------------------------------------- */

struct opening {
	struct session s;
	struct approval a;
	int64_t ttl_s;
	bool done;
};

static bool open_gated(struct ctx *c, void *arg, struct err *e)
{
	struct opening *o = arg;

	return session_insert(c, &o->s, e) &&
	       trail_session(c, &o->s, "session.opened", o->s.initiator,
			     trail_facts(c->arena, NULL), e) &&
	       (!o->s.gate || approval_open(c, &o->s, o->ttl_s, &o->a, e));
}

/* A pending session that was asked for `age` ms ago; gated when type is given. */
static bool ask(struct dbtest *t, const char *arguments, enum approval_type type,
		int64_t age, int64_t ttl_s, struct opening *o)
{
	const struct request r = { .target = "memory",
				   .launch = "x",
				   .tool = "store_memory",
				   .arguments.text = arguments,
				   .type = type,
				   .timeout_ms = 1000 };

	*o = (struct opening){ .ttl_s = ttl_s };
	be(&t->c);
	if (!request_write(&t->c, &r, &o->s, &t->e))
		return false;
	o->s.created_at.ms -= age;
	return db_tx(&t->c, open_gated, o, &t->e);
}

static bool decide(struct ctx *c, const struct opening *o, bool yes, const char *person,
		   struct err *e)
{
	const struct decision d = { .yes = yes,
				    .person = person,
				    .digest = o->s.request_digest };
	struct approval a;

	return approval_decide(c, o->a.approval_id, &d, &a, e);
}

struct marking {
	const char *id;
	bool done;
};

static bool mark_tx(struct ctx *c, void *arg, struct err *e)
{
	struct marking *m = arg;
	struct session s;

	m->done = false;
	return session_lock(c, m->id, &s, e) && dispatch_mark(c, &s, &m->done, e);
}

static bool mark(struct ctx *c, const struct opening *o, bool *done, struct err *e)
{
	struct marking m = { .id = o->s.id };

	if (!db_tx(c, mark_tx, &m, e))
		return false;
	*done = m.done;
	return true;
}

static struct session now_of(struct dbtest *t, const struct opening *o)
{
	struct session s = { 0 };

	if (!session_by_id(&t->c, o->s.session_id, &s, &t->e))
		OK(false, "%s", t->e.msg);
	return s;
}

static bool exec(struct dbtest *t, const char *sql)
{
	const struct stmt s = { .name = "by_hand", .sql = sql };
	int64_t n;

	return db_exec(&t->c, &s, NULL, &n, &t->e);
}

/* ---- tests ----------------------------------------------------------------- */

static void check_statements(struct dbtest *t)
{
	static const struct stmt *const all[] = { session_stmts, approval_stmts,
						  trail_stmts };

	for (size_t k = 0; k < ARRAY_LEN(all); k++)
		for (const struct stmt *s = all[k]; s->name; s++)
			DB_OK(t, db_check_stmt(&t->c, s, &t->e), "%s fits its tables",
			      s->name);
}

static void check_trail(struct dbtest *t, const struct opening *o, const char *want)
{
	struct rows rows;
	struct buf b;

	buf_init(&b, 4096);
	DB_OK(t, trail_list(&t->c, o->s.id, 0, 100, &rows, &t->e), "the trail is read");
	for (size_t i = 0; i < rows.n; i++) {
		const struct event *ev = (const struct event *)rows.at + i;

		buf_addf(&b, "%s%lld %s", i ? ", " : "", (long long)ev->seq, ev->action);
	}
	IS_STR(buf_text(&b), want, "every move has its event");
	buf_release(&b);
}

static void test_approve_once(struct dbtest *t)
{
	struct opening o;
	struct session s;
	bool done = false;

	DB_OK(t, ask(t, "{\"content\":\"a\"}", TYPE_CONFIGURATION, 0, 60, &o),
	      "a session asks");
	DB_OK(t, mark(&t->c, &o, &done, &t->e) && !done, "pending: nothing to spend");
	OK(!decide(&t->c, &o, true, o.s.initiator, &t->e) && t->e.code == ERR_DENIED,
	   "who asks does not approve");
	DB_OK(t, decide(&t->c, &o, true, "user:bob", &t->e), "a person approves");
	OK(!decide(&t->c, &o, true, "user:bob", &t->e) && t->e.code == ERR_CONFLICT,
	   "not twice");
	DB_OK(t, mark(&t->c, &o, &done, &t->e) && done, "it is spent");
	s = now_of(t, &o);
	IS_INT(s.status, SESSION_RUNNING, "the session runs");
	IS_INT(s.fence, 1, "with its first fence");
	DB_OK(t, mark(&t->c, &o, &done, &t->e) && !done, "not spent again");
	OK(!decide(&t->c, &o, false, "user:bob", &t->e) && t->e.code == ERR_CONFLICT,
	   "what is spent is not revoked");
	check_trail(t, &o,
		    "1 session.opened, 2 approval.requested, 3 approval.approved,"
		    " 4 execution.claimed, 5 execution.dispatched");
}

static void test_refusals(struct dbtest *t)
{
	struct opening o, again;
	struct decision d = { .yes = true, .person = "user:bob", .digest = "0000" };
	struct approval a;
	bool done;

	DB_OK(t, ask(t, "{\"content\":\"b\"}", TYPE_CONFIGURATION, 10000, 5, &o),
	      "a request whose life is over");
	DB_OK(t, approval_by_id(&t->c, o.a.approval_id, &a, &t->e), "is read");
	IS_INT(a.status, APPROVAL_EXPIRED, "as expired, before anybody swept");
	OK(!decide(&t->c, &o, true, "user:bob", &t->e) && t->e.code == ERR_CONFLICT,
	   "cannot be approved: %s", t->e.msg);
	IS_INT(now_of(t, &o).outcome, OUTCOME_EXPIRED, "its session ended");
	DB_OK(t, ask(t, "{\"content\":\"c\"}", TYPE_CONFIGURATION, 0, 60, &o), "another");
	OK(!ask(t, "{\"content\":\"c\"}", TYPE_CONFIGURATION, 0, 60, &again),
	   "the same again is refused by the table");
	OK(!approval_decide(&t->c, o.a.approval_id, &d, &a, &t->e) &&
		   t->e.code == ERR_CONFLICT,
	   "a digest that was not shown");
	DB_OK(t, decide(&t->c, &o, true, "user:bob", &t->e), "approved");
	DB_OK(t, decide(&t->c, &o, false, "user:bob", &t->e), "revoked before its use");
	IS_INT(now_of(t, &o).outcome, OUTCOME_REJECTED, "which ends the session");
	DB_OK(t, mark(&t->c, &o, &done, &t->e) && !done, "nothing is left to spend");
}

static void test_sweep(struct dbtest *t)
{
	struct opening waiting, approved;

	DB_OK(t, ask(t, "{\"s\":1}", TYPE_ASSESSMENT, 10000, 5, &waiting), "one waits");
	DB_OK(t, ask(t, "{\"s\":2}", TYPE_ASSESSMENT, 0, 1, &approved), "one is short");
	DB_OK(t, decide(&t->c, &approved, true, "user:bob", &t->e), "and is approved");
	dbtest_sleep(1100);
	DB_OK(t, approval_sweep(&t->c, &t->e), "the sweep");
	IS_INT(now_of(t, &waiting).outcome, OUTCOME_EXPIRED, "ends what waits too long");
	IS_INT(now_of(t, &approved).outcome, OUTCOME_EXPIRED,
	       "and what nobody used in time");
}

static void test_guards(struct dbtest *t)
{
	const struct session start = { .owner = "x",
				       .lease_until.ms = 1,
				       .dispatched_at.ms = 1 };
	struct session direct = start, end;
	struct opening o;
	bool done;

	ask(t, "{\"g\":1}", TYPE_DEPLOYMENT, 0, 60, &o);
	direct.id = o.s.id;
	OK(!session_start(&t->c, &direct, &done, &t->e),
	   "no dispatch of a gated session without a spent approval");
	decide(&t->c, &o, true, "user:bob", &t->e);
	mark(&t->c, &o, &done, &t->e);
	OK(!exec(t, "UPDATE approval_requests SET consumed_at = NULL"
		    " WHERE consumed_at IS NOT NULL"),
	   "a spent approval stays spent");
	end = now_of(t, &o);
	end.status = SESSION_COMPLETED;
	end.outcome = OUTCOME_OK;
	end.completed_at = clock_now();
	end.fence++;
	DB_OK(t, session_end(&t->c, &end, SESSION_RUNNING, &done, &t->e) && !done,
	      "another fence changes nothing");
	end.fence--;
	DB_OK(t, session_end(&t->c, &end, SESSION_RUNNING, &done, &t->e) && done,
	      "the owner ends it");
	OK(!exec(t, "UPDATE integration_sessions SET outcome = 'unknown'"
		    " WHERE status = 'completed'"),
	   "an ended session stays as it ended");
	OK(!exec(t, "UPDATE audit_trails SET actor = 'nobody'"), "no event is changed");
	OK(!exec(t, "DELETE FROM audit_trails"), "no event is deleted");
	OK(!exec(t, "DELETE FROM integration_sessions"),
	   "no session takes its trail away");
}

/* ---- races: two processes, each with a database handle of its own ---------- */

struct racer {
	struct dbtest *t;
	const struct opening *o;
	pthread_barrier_t *start;
	bool ok, done;
	struct err e;
};

static void *race(void *arg)
{
	struct racer *r = arg;
	struct ctx c = { .arena = arena_new() };

	be(&c);
	c.db = dbtest_again(r->t);
	pthread_barrier_wait(r->start);
	r->ok = c.db && mark(&c, r->o, &r->done, &r->e);
	db_free(c.db);
	arena_free(c.arena);
	return NULL;
}

static void test_race(struct dbtest *t)
{
	pthread_barrier_t start;
	int won = 0, failed = 0;

	for (int round = 0; round < 10; round++) {
		struct opening o;
		struct racer r[2];
		pthread_t threads[2];
		char arguments[32];

		snprintf(arguments, sizeof(arguments), "{\"round\":%d}", round);
		if (!ask(t, arguments, TYPE_REMEDIATION, 0, 60, &o) ||
		    !decide(&t->c, &o, true, "user:bob", &t->e))
			failed++;
		pthread_barrier_init(&start, NULL, 2);
		for (int i = 0; i < 2; i++) {
			r[i] = (struct racer){ .t = t, .o = &o, .start = &start };
			pthread_create(&threads[i], NULL, race, &r[i]);
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(threads[i], NULL);
			won += r[i].done;
			if (!r[i].ok)
				printf("# %s\n", r[i].e.msg);
			failed += !r[i].ok;
		}
		pthread_barrier_destroy(&start);
	}
	IS_INT(failed, 0, "nobody fails");
	IS_INT(won, 10, "of two processes exactly one spends each approval");
}

struct holder {
	struct dbtest *t;
	const struct opening *o;
	pthread_barrier_t *held;
};

static bool hold_tx(struct ctx *c, void *arg, struct err *e)
{
	struct holder *h = arg;
	struct session s;

	if (!session_lock(c, h->o->s.id, &s, e))
		return false;
	pthread_barrier_wait(h->held);
	dbtest_sleep(1200);
	return err_set(e, ERR_CONFLICT, "rolled back on purpose");
}

static void *hold(void *arg)
{
	struct holder *h = arg;
	struct ctx c = { .arena = arena_new() };
	struct err e = { 0 };

	be(&c);
	c.db = dbtest_again(h->t);
	if (!db_tx(&c, hold_tx, h, &e) && e.code != ERR_CONFLICT)
		printf("# %s\n", e.msg);
	db_free(c.db);
	arena_free(c.arena);
	return NULL;
}

/* The end of its life passes while the decision waits for the lock. */
static void test_late(struct dbtest *t)
{
	pthread_barrier_t held;
	struct opening o;
	struct holder h = { .t = t, .o = &o, .held = &held };
	pthread_t thread;

	DB_OK(t, ask(t, "{\"late\":1}", TYPE_CONFIGURATION, 0, 1, &o), "a short life");
	pthread_barrier_init(&held, NULL, 2);
	pthread_create(&thread, NULL, hold, &h);
	pthread_barrier_wait(&held);
	OK(!decide(&t->c, &o, true, "user:bob", &t->e) && t->e.code == ERR_CONFLICT,
	   "a decision that waited past the end is refused: %s", t->e.msg);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&held);
	IS_INT(now_of(t, &o).outcome, OUTCOME_EXPIRED, "and the session expired");
}

static void test_external(struct dbtest *t)
{
	const struct approval_ask in = { .type = TYPE_DEPLOYMENT,
					 .request_data.text = "{\"n\":1e2}",
					 .ttl_s = 60 };
	struct opening o = { 0 };
	struct approval same;

	be(&t->c);
	DB_OK(t, approval_request(&t->c, &in, &o.a, &t->e), "an approval by itself");
	DB_OK(t, approval_request(&t->c, &in, &same, &t->e), "asked for again");
	IS_STR(same.approval_id, o.a.approval_id, "is the one that waits");
	OK(strstr(same.request_text, "{\"n\":1e2}") != NULL, "its bytes are kept");
	o.s.session_id = o.a.session_id;
	o.s.request_digest = o.a.request_digest;
	DB_OK(t, decide(&t->c, &o, true, "user:bob", &t->e), "it is approved");
	IS_INT(now_of(t, &o).status, SESSION_COMPLETED, "which is all there was to do");
}

/* ---- whose process has gone ------------------------------------------------ */

static bool start_tx(struct ctx *c, void *arg, struct err *e)
{
	struct session *s = arg;
	bool done;

	return session_insert(c, s, e) &&
	       trail_session(c, s, "session.opened", s->initiator,
			     trail_facts(c->arena, NULL), e) &&
	       session_start(c, s, &done, e);
}

/* A running session of `owner`, whose lease ends in left_ms. */
static bool running(struct dbtest *t, const char *owner, int64_t left_ms,
		    struct opening *o)
{
	const struct request r = { .target = "memory",
				   .launch = "x",
				   .tool = "store_memory",
				   .arguments.text = "{}",
				   .timeout_ms = 1000 };

	*o = (struct opening){ 0 };
	be(&t->c);
	if (!request_write(&t->c, &r, &o->s, &t->e))
		return false;
	o->s.owner = owner;
	o->s.dispatched_at = clock_now();
	o->s.lease_until.ms = clock_now().ms + left_ms;
	return db_tx(&t->c, start_tx, &o->s, &t->e);
}

static void test_lost(struct dbtest *t)
{
	struct env env = { .arena = t->c.arena, .db = t->c.db, .who = ann };
	struct services *me = services_new(&env, &t->e);
	struct services *other = services_new(&env, &t->e);
	char *gone = arena_strdup(t->c.arena, other->owner);
	struct opening live, dead, far, far_live, forgotten;
	struct ctx c = t->c;

	*strrchr(gone, ':') = '\0'; /* now it began at another time */
	gone = arena_printf(t->c.arena, "%s7:00000000", gone);
	OK(running(t, other->owner, -60000, &live) && running(t, gone, 60000, &dead) &&
		   running(t, "elsewhere.1:1:1:a", -60000, &far) &&
		   running(t, "elsewhere.1:1:1:a", 60000, &far_live) &&
		   running(t, me->owner, -60000, &forgotten),
	   "sessions of five kinds of owners: %s", t->e.msg);
	env.services = me;
	env_ctx(&env, t->c.arena, &c);
	DB_OK(t, runs_look(&c, &t->e), "one look");
	IS_INT(now_of(t, &live).status, SESSION_RUNNING,
	       "a live process keeps its session without a lease");
	IS_INT(now_of(t, &dead).outcome, OUTCOME_UNKNOWN,
	       "a dead one loses it in spite of a lease");
	IS_INT(now_of(t, &far).outcome, OUTCOME_UNKNOWN,
	       "elsewhere the lease decides: over");
	IS_INT(now_of(t, &far_live).status, SESSION_RUNNING, "or not");
	IS_INT(now_of(t, &forgotten).outcome, OUTCOME_UNKNOWN,
	       "what this process has forgotten ends with its lease");
	services_free(other);
	services_free(me);
}

/* A person is not drowned in requests. */
static void test_flood(struct dbtest *t)
{
	struct opening o;
	char arguments[32];
	int n = 0;

	be(&t->c);
	while (n < 100) {
		snprintf(arguments, sizeof(arguments), "{\"flood\":%d}", n);
		if (!ask(t, arguments, TYPE_ASSESSMENT, 0, 60, &o))
			break;
		n++;
	}
	OK(n > 0 && n <= WAITING_MAX && t->e.code == ERR_LIMIT, "%d more can wait: %s", n,
	   t->e.msg);
}

static void on(struct dbtest *t)
{
	be(&t->c);
	check_statements(t);
	test_approve_once(t);
	test_refusals(t);
	test_sweep(t);
	test_guards(t);
	test_race(t);
	test_late(t);
	test_external(t);
	test_lost(t);
	test_flood(t);
}

int main(void)
{
	struct dbtest t;

	clock_init();
	id_init();
	if (OK(dbtest_open_sqlite(&t, sets), "SQLite opens"))
		on(&t);
	dbtest_close(&t);
	if (dbtest_have_pg() && OK(dbtest_open_pg(&t, sets), "PostgreSQL opens")) {
		on(&t);
		dbtest_close(&t);
	}
	return tap_done();
}
