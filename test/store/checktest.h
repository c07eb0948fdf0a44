/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of checks and issues on a database: project folders, runs, issues. */
#ifndef TEST_STORE_CHECKTEST_H
#define TEST_STORE_CHECKTEST_H

#include <sys/stat.h>

#include "common/app/audit_store.h"
#include "common/base/fd.h"
#include "common/field/bind.h"
#include "compliance-server/check_store.h"
#include "compliance-server/issue.h"
#include "compliance-server/keep.h"
#include "compliance-server/run.h"
#include "compliance-server/stored_report.h"
#include "compliance-server/trust.h"
#include "test/store/dbtest.h"

static const struct migration_set *const sets[] = { &migrations_shared,
						    &migrations_compliance, NULL };
static const struct principal who = {
	.name = "tester", .role = "admin", .perm = PERM_ADMIN, .proof = "local"
};

#define CANARY "ghp_Qm7XvT2bLw9RkZ4nYc8HsJd3PfGa5UoEi6Nt"
#define HEAD   "{\"mcpServers\":{"
#define BAD                                                               \
	"\"one\":{\"command\":\"npx\",\"args\":[\"-y\",\"some-server\"]," \
	"\"env\":{\"API_TOKEN\":\"" CANARY "\"}}"
#define GOOD                                                                    \
	"\"one\":{\"command\":\"npx\",\"args\":[\"-y\",\"some-server@1.2.3\"]," \
	"\"env\":{\"API_TOKEN\":\"${env:API_TOKEN}\"}}"
#define OTHER "\"two\":{\"command\":\"uvx\",\"args\":[\"other-server==2.0.0\"]}"

/* ---- a project folder ---- */

static inline const char *project(struct dbtest *t, const char *name)
{
	const char *dir = arena_printf(t->c.arena, "%s/%s", t->dir, name);

	if (!fd_make_dirs(dir, 0700, &t->e))
		abort();
	return dir;
}

static inline const char *file_in(struct dbtest *t, const char *dir, const char *text)
{
	const char *path = arena_printf(t->c.arena, "%s/mcp.json", dir);

	if (!fd_replace_file(path, text, strlen(text), 0600, &t->e))
		abort();
	return path;
}

/* ---- runs ---- */

static inline bool check_path(struct dbtest *t, const char *path, struct run *r)
{
	const char *paths[] = { path };
	const struct run_request q = { .paths = { paths, 1 } };

	return run_all(&t->c, &q, r, &t->e);
}

static inline const struct run_target *target(const struct run *r, const char *name)
{
	for (size_t i = 0; i < r->n_targets; i++) {
		if (str_eq(r->targets[i].server.name, name))
			return &r->targets[i];
	}
	return NULL;
}

static inline struct compliance_issue issue_of_category(struct dbtest *t,
							const char *rule,
							enum category category,
							const char *server)
{
	struct compliance_issue i = { 0 };
	char id[ISSUE_ID_LEN];

	issue_make_id(rule, category, server, id);
	if (!issue_by_id(&t->c, id, &i, &t->e))
		i = (struct compliance_issue){ 0 };
	return i;
}

static inline struct compliance_issue issue_of(struct dbtest *t, const char *rule,
					       const char *server)
{
	return issue_of_category(t, rule, CAT_SECURITY, server);
}

struct move {
	const char *id;
	struct issue_change ch;
	struct compliance_issue out;
};

static inline bool move_in_tx(struct ctx *c, void *arg, struct err *e)
{
	struct move *m = arg;

	return issue_move(c, m->id, &m->ch, &m->out, e);
}

static inline bool move(struct dbtest *t, const char *id, enum issue_status to,
			const char *note)
{
	struct move m = { .id = id, .ch = { to, note } };

	return db_tx(&t->c, move_in_tx, &m, &t->e) &&
	       (!to || m.out.status == to || err_set(&t->e, ERR_INTERNAL, "not moved"));
}

static inline size_t audit_count(struct dbtest *t, const char *action, const char *id)
{
	const struct audit_filter f = { .action = action,
					.resource_id = id,
					.limit = 100 };
	struct rows rows;

	return audit_list(&t->c, &f, &rows, &t->e) ? rows.n : 999;
}

#endif
