/* SPDX-License-Identifier: Apache-2.0 */
/* kill ROUNDS SERVER: memory-server on stdio is killed (-9) that many times while it
 * stores, changes and deletes. Whatever it acknowledged must hold afterwards, the file be
 * intact and the index belong to the rows. */
#define _GNU_SOURCE /* realpath, mkdtemp */
#include <signal.h>

#include "common/field/jsonr.h"
#include "test/store/dbtest.h"
#include "test/tools/peer.h"

enum { CALLS = 60, MAX_ROUNDS = 2000 };
enum op { OP_STORE, OP_CHANGE, OP_DELETE };

/* What was asked and what was acknowledged about one memory, in the order of sending. */
struct fate {
	bool stored, change_asked, changed, delete_asked, deleted;
};

static struct fate fates[MAX_ROUNDS][CALLS];
static size_t acked, refused;

static const struct migration_set *const sets[] = { &migrations_shared,
						    &migrations_memory, NULL };

struct row {
	const char *memory_id, *content;
	int64_t n;
};
static const struct field row_fields[] = { FIELD(struct row, memory_id, .max = 0),
					   FIELD(struct row, content, .max = 0),
					   FIELD(struct row, n, .max = 0), FIELDS_END };

enum { S_ALL, S_INTACT, S_ORPHANS, S_INDEX };
static const struct stmt stmts[] = {
	[S_ALL] = { .name = "k_all",
		    .out = row_fields,
		    .out_size = sizeof(struct row),
		    .sql = "SELECT memory_id, content FROM memories" },
	[S_INTACT] = { .name = "k_intact",
		       .out = row_fields,
		       .out_size = sizeof(struct row),
		       .sql = "SELECT integrity_check AS content FROM pragma_integrity_check" },
	[S_ORPHANS] = { .name = "k_orphans",
			.out = row_fields,
			.out_size = sizeof(struct row),
			.sql = "SELECT (SELECT count(*) FROM memories m LEFT JOIN memory_docs d"
			       " ON d.memory_id = m.id WHERE d.doc IS NULL)"
			       " + (SELECT count(*) FROM memory_docs d LEFT JOIN memories m"
			       " ON m.id = d.memory_id WHERE m.id IS NULL)"
			       " + (SELECT count(*) FROM memories_fts f LEFT JOIN memory_docs d"
			       " ON d.doc = f.rowid WHERE d.doc IS NULL)"
			       " + (SELECT count(*) FROM memories m"
			       " WHERE (SELECT count(*) FROM memory_tags t"
			       " WHERE t.memory_id = m.id) <> 2) AS n" },
	[S_INDEX] = { .name = "k_index",
		      .sql = "INSERT INTO memories_fts (memories_fts)"
			     " VALUES ('integrity-check')" },
};

/* Call i of a round: mostly stores, then changes and deletions of earlier ones. */
static enum op op_of(int i, int *ret_target)
{
	if (i % 4 == 3) {
		*ret_target = i - 2;
		return OP_CHANGE;
	}
	if (i % 10 == 8) {
		*ret_target = i - 4;
		return OP_DELETE;
	}
	*ret_target = i;
	return OP_STORE;
}

static void send_call(struct peer *p, struct arena *a, int round, int i)
{
	static const char *const forms[] = {
		[OP_STORE] = "store_memory",
		[OP_CHANGE] = "update_memory",
		[OP_DELETE] = "delete_memory",
	};
	int target;
	enum op op = op_of(i, &target);
	const char *more =
		op == OP_STORE	  ? ",\"content\":\"first words\",\"tags\":[\"a\",\"b\"]"
		: op == OP_CHANGE ? ",\"content\":\"second words\",\"addTags\":[\"a\"]"
				  : "";
	char *line = arena_printf(
		a,
		"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":"
		"{\"name\":\"%s\",\"arguments\":{\"memoryId\":\"k%d-%d\"%s}}}\n",
		i, forms[op], round, target, more);
	struct fate *f = &fates[round][target];

	f->change_asked |= op == OP_CHANGE;
	f->delete_asked |= op == OP_DELETE;
	peer_send(p, line, strlen(line));
}

static void take_answer(struct arena *a, int round, const char *line)
{
	struct err e = { 0 };
	const struct node *n = jsonr_parse(a, line, strlen(line), 0, NULL, &e);
	int target;
	int64_t i;
	struct fate *f;
	enum op op;

	if (!n || !node_i64(node_get(n, "id"), &i) || i < 0 || i >= CALLS)
		return;
	if (!node_get(n, "result") || node_path(n, "result", "isError", NULL)) {
		printf("# %s\n", line);
		refused++;
		return;
	}
	op = op_of((int)i, &target);
	f = &fates[round][target];
	f->stored |= op == OP_STORE;
	f->changed |= op == OP_CHANGE;
	f->deleted |= op == OP_DELETE;
	acked++;
}

static uint32_t dice(uint32_t n)
{
	static uint32_t x = 1;

	x = x * 1664525 + 1013904223;
	return (x >> 8) % n;
}

static void round_of(int round, const char *server, const char *home)
{
	static const char hello[] =
		"{\"jsonrpc\":\"2.0\",\"id\":\"i\",\"method\":\"initialize\",\"params\":"
		"{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":"
		"{\"name\":\"kill\",\"version\":\"1\"}}}\n";
	struct arena *a = arena_new();
	const char *argv[] = { server, NULL };
	int64_t end = 0, delay = (int64_t)dice(120);
	size_t before = acked;
	struct peer p;
	char *line;

	peer_start(&p, argv, peer_env(a, home, NULL, 0), home);
	peer_send(&p, hello, strlen(hello));
	for (int i = 0; i < CALLS; i++)
		send_call(&p, a, round, i);
	/* the delay counts from the first answer to a call: start-up is not the subject
	 */
	while ((line = peer_line(&p, a, end ? end : clock_mono() + 10000))) {
		take_answer(a, round, line);
		if (!end && acked > before)
			end = clock_mono() + delay;
	}
	kill(p.c.pid, SIGKILL);
	peer_wait(&p, 10000);
	while ((line = peer_line(&p, a, clock_mono())))
		take_answer(a, round, line);
	peer_release(&p);
	arena_free(a);
}

static size_t broken_promises(const struct row *rows, size_t n, int rounds)
{
	static const char *found[MAX_ROUNDS][CALLS];
	size_t broken = 0;

	for (size_t k = 0; k < n; k++) {
		char *dash = strchr(rows[k].memory_id, '-');
		int64_t round, i;

		*dash = '\0';
		if (str_to_i64(rows[k].memory_id + 1, &round) && str_to_i64(dash + 1, &i))
			found[round][i] = rows[k].content;
		*dash = '-';
	}
	for (int r = 0; r < rounds; r++) {
		for (int i = 0; i < CALLS; i++) {
			const struct fate *f = &fates[r][i];
			const char *text = found[r][i];
			bool bad =
				(f->deleted && text) ||
				(f->stored && !f->delete_asked && !text) ||
				(f->changed && text && !str_eq(text, "second words")) ||
				(text && !f->change_asked &&
				 !str_eq(text, "first words"));

			if (bad)
				printf("# k%d-%d: %s\n", r, i, text ? text : "lost");
			broken += bad;
		}
	}
	return broken;
}

static void look(const char *home, int rounds)
{
	struct dbtest t;
	struct rows r;
	struct row one;

	dbtest_init(&t, sets);
	snprintf(t.url, sizeof(t.url), "sqlite:%s/.local/share/kilocode-mcp/memory.db",
		 home);
	t.c.db = db_new(&t.o, &t.e);
	if (!OK(t.c.db != NULL, "the database opens"))
		return;
	DB_OK(&t, db_query(&t.c, &stmts[S_ALL], NULL, &r, &t.e), "what is there");
	printf("# %zu memories\n", r.n);
	IS_INT(broken_promises(r.at, r.n, rounds), 0, "nothing acknowledged is lost");
	fates[0][CALLS - 1].stored = true;
	IS_INT(broken_promises(r.at, r.n, rounds), 1, "a loss would be seen");
	DB_OK(&t, db_query(&t.c, &stmts[S_INTACT], NULL, &r, &t.e),
	      "PRAGMA integrity_check");
	IS_STR(r.n ? ((struct row *)r.at)->content : NULL, "ok", "is content");
	DB_OK(&t, db_one(&t.c, &stmts[S_ORPHANS], NULL, &one, &t.e),
	      "rows without the other");
	IS_INT(one.n, 0,
	       "none: memory, number, tags and index entry live and die as one");
	DB_OK(&t, db_exec(&t.c, &stmts[S_INDEX], NULL, NULL, &t.e),
	      "FTS5 finds its index in order");
	dbtest_close(&t);
}

int main(int argc, char **argv)
{
	char home[] = "/tmp/kill.XXXXXX", *server;
	int64_t rounds = 0;

	if (argc != 3 || !str_to_i64(argv[1], &rounds) || rounds < 1 ||
	    rounds > MAX_ROUNDS || !(server = realpath(argv[2], NULL)) ||
	    !mkdtemp(home)) {
		fprintf(stderr, "usage: kill ROUNDS SERVER\n");
		return 64;
	}
	for (int r = 0; r < (int)rounds; r++)
		round_of(r, server, home);
	OK(acked >= (size_t)rounds && acked < (size_t)rounds * CALLS,
	   "killed %d times, %zu calls acknowledged, %zu cut off", (int)rounds, acked,
	   (size_t)rounds * CALLS - acked);
	IS_INT(refused, 0, "none was refused");
	look(home, (int)rounds);
	peer_remove(home);
	free(server);
	return tap_done();
}
