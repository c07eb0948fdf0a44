/* SPDX-License-Identifier: Apache-2.0 */
/* The registry: who registered a server, what was approved of it, and servers whose
 * definition is gone, on both databases. */
#define _GNU_SOURCE /* mkdtemp */
#include "compliance-server/registry.h"
#include "test/store/checktest.h"

static struct server row_of(struct dbtest *t, const char *name)
{
	struct server s = { 0 };

	if (!server_by_name(&t->c, name, &s, &t->e))
		printf("# %s\n", t->e.msg);
	return s;
}

struct edit {
	const char *name, *key, *json;
	const struct registered *reg;
};

static bool edit_in_tx(struct ctx *c, void *arg, struct err *e)
{
	const struct edit *x = arg;
	struct server s;

	if (!server_lock(c, x->name, &s, e))
		return false;
	s.configuration.text =
		x->reg ? configuration_register(c->arena, s.configuration.text, x->reg,
						"tester")
		       : configuration_with(c->arena, s.configuration.text, x->key,
					    x->json);
	return server_change(c, &s, e);
}

static bool edit(struct dbtest *t, struct edit x)
{
	return db_tx(&t->c, edit_in_tx, &x, &t->e);
}

static const struct judgement *judged(const struct run *r, const char *rule,
				      const char *server)
{
	const struct rules_result *all = r->report->rules;

	for (size_t i = 0; i < all->n_judgements; i++)
		if (str_eq(all->judgements[i].rule->id, rule) &&
		    all->judgements[i].entry &&
		    str_eq(all->judgements[i].entry->name, server))
			return &all->judgements[i];
	return NULL;
}

static enum outcome outcome(const struct run *r, const char *rule, const char *server)
{
	const struct judgement *j = judged(r, rule, server);

	return j ? j->outcome : 0;
}

static void registered(struct dbtest *t)
{
	const char *dir = project(t, "reg");
	const char *path = file_in(t, dir, HEAD GOOD "," OTHER "}}");
	struct registered reg = { .owner = "ops" };
	bool any = true;
	struct run r;

	DB_OK(t, check_path(t, path, &r), "a file is checked");
	IS_INT(outcome(&r, "OPS-001", "one"), OUTCOME_NOT_APPLICABLE,
	       "nobody registers servers here");
	DB_OK(t, server_any_registered(&t->c, &any, &t->e) && !any,
	      "a check registers none");
	reg.definition_sha256 = target(&r, "one")->t->entry->definition_sha256;
	DB_OK(t, edit(t, (struct edit){ .name = "one", .reg = &reg }),
	      "one is registered");
	DB_OK(t, server_any_registered(&t->c, &any, &t->e) && any,
	      "a registry is in use");
	DB_OK(t, check_path(t, path, &r), "the file is checked again");
	IS_INT(outcome(&r, "OPS-001", "one"), OUTCOME_PASS, "one is known");
	IS_INT(outcome(&r, "OPS-001", "two"), OUTCOME_FAIL, "two is not");
	OK(outcome(&r, "OPS-002", "one") == OUTCOME_FAIL &&
		   outcome(&r, "OPS-002", "two") == OUTCOME_NOT_APPLICABLE,
	   "one lacks purpose and contact");
	reg = (struct registered){ reg.definition_sha256, NULL, "files",
				   "ops@localhost" };
	DB_OK(t, edit(t, (struct edit){ .name = "one", .reg = &reg }), "which are told");
	DB_OK(t, check_path(t, path, &r), "once more");
	IS_INT(outcome(&r, "OPS-002", "one"), OUTCOME_PASS, "the owner is still known");
	file_in(t, dir, HEAD BAD "," OTHER "}}");
	DB_OK(t, check_path(t, path, &r), "one is defined in another way");
	IS_INT(outcome(&r, "OPS-001", "one"), OUTCOME_FAIL, "which nobody registered");
	DB_OK(t, check_path(t, path, &r), "a check does not change that");
	IS_INT(outcome(&r, "OPS-001", "one"), OUTCOME_FAIL, "not the second time either");
}

/* Whatever the database makes of JSON, the definitions come back as they were. */
static void approved(struct dbtest *t)
{
	static const char text[] =
		"{\"name\":\"a\",\"x\":[1e+21,0.1,\"\\u0001\xe2\x80\xa8\\\\\"],\"z\":{}}";
	struct pin_tool tool = { .name = "a", .text = text };
	struct pin p = { .tools = &tool,
			 .n = 1,
			 .instructions = "Line\none",
			 .definition_sha256 = "d",
			 .approved_by = "tester",
			 .approved_at = { 1700000000123 } };
	const char *path =
		file_in(t, project(t, "pin"), HEAD "\"p\":{\"command\":\"p\"}}}");
	const struct pin *q;
	struct buf b CLEANUP(buf_release);
	struct jsonw w;
	struct run r;

	DB_OK(t, check_path(t, path, &r), "a server");
	buf_init(&b, 1 << 20);
	jsonw_init(&w, &b);
	pin_write(&w, NULL, &p);
	DB_OK(t, edit(t, (struct edit){ "p", "pin", buf_text(&b), NULL }), "is approved");
	q = pin_read(t->c.arena, row_of(t, "p").configuration.text);
	OK(q && q->n == 1, "the set is there");
	IS_STR(q ? q->tools[0].text : NULL, text, "byte by byte");
	IS_STR(q ? q->instructions : NULL, "Line\none", "with instructions");
	DB_OK(t, check_path(t, path, &r), "after a check");
	q = pin_read(t->c.arena, row_of(t, "p").configuration.text);
	OK(q && q->approved_at.ms == 1700000000123 && str_eq(q->tools[0].text, text),
	   "it is what it was");
	OK(target(&r, "p")->t->entry->pinned != NULL, "rules see it");
	OK(!strstr(configuration_shown(t->c.arena, row_of(t, "p").configuration.text),
		   "definition\":\"{"),
	   "clients do not");
	DB_OK(t, edit(t, (struct edit){ "p", "pin", NULL, NULL }), "taken back");
	OK(!pin_read(t->c.arena, row_of(t, "p").configuration.text) &&
		   strstr(row_of(t, "p").configuration.text, "transport"),
	   "it is gone, the rest stays");
}

static void gone(struct dbtest *t)
{
	const char *dir = project(t, "gone");
	const char *elsewhere = file_in(t, project(t, "elsewhere"),
					HEAD "\"far\":{\"command\":\"npx\",\"args\":"
					     "[\"far-server\"]}}}");
	const char *path = file_in(t, dir,
				   HEAD "\"stays\":{\"command\":\"npx\",\"args\":"
					"[\"s\"]},\"goes\":{\"command\":\"npx\",\"args\":"
					"[\"-y\",\"goes-server\"],\"env\":{\"API_TOKEN\":"
					"\"" CANARY "\"}}}}");
	struct run r;

	DB_OK(t, check_path(t, elsewhere, &r) && check_path(t, path, &r), "two files");
	OK(issue_of(t, "SUP-001", "goes").status == ISSUE_OPEN &&
		   row_of(t, "goes").health != HEALTH_UNKNOWN,
	   "a server with issues");
	file_in(t, dir, HEAD "\"stays\":{\"command\":\"npx\",\"args\":[\"s\"]}");
	DB_OK(t, check_path(t, path, &r), "a file that breaks off");
	IS_INT(issue_of(t, "SUP-001", "goes").status, ISSUE_OPEN, "tells nothing");
	file_in(t, dir, HEAD "\"stays\":{\"command\":\"npx\",\"args\":[\"s\"]}}}");
	DB_OK(t, check_path(t, path, &r), "its definition disappears");
	IS_INT(row_of(t, "goes").health, HEALTH_UNKNOWN, "the row stays, health unknown");
	IS_INT(issue_of(t, "SUP-001", "goes").status, ISSUE_RESOLVED,
	       "its issues are resolved");
	OK(issue_of(t, "SUP-001", "stays").status == ISSUE_OPEN &&
		   issue_of(t, "SUP-001", "far").status == ISSUE_OPEN,
	   "those of others are not");
	IS_INT(audit_count(t, "server.remove", "goes"), 1, "the audit log has it");
	DB_OK(t, check_path(t, path, &r), "the next check");
	IS_INT(audit_count(t, "server.remove", "goes"), 1, "does not say it again");
}

static void run_everything(struct dbtest *t)
{
	printf("# %s\n", db_where(t->c.db));
	t->c.who = &who;
	registered(t);
	approved(t);
	gone(t);
	dbtest_close(t);
}

int main(void)
{
	struct dbtest t;

	clock_init();
	if (OK(dbtest_open_sqlite(&t, sets), "SQLite opens"))
		run_everything(&t);
	if (dbtest_have_pg() && OK(dbtest_open_pg(&t, sets), "PostgreSQL opens"))
		run_everything(&t);
	return tap_done();
}
