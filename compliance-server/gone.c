/* SPDX-License-Identifier: Apache-2.0 */
/* Servers whose definition is no longer in the file it stood in. */
#include "compliance-server/gone.h"

#include "common/base/str.h"
#include "compliance-server/note.h"

#define PAGE 200

/* An empty file has no servers; of one that cannot be understood nobody knows. */
static bool was_read(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->n_files; i++) {
		const struct config_file *file = f->files[i];

		if (str_eq(file->real, path))
			return file->on_disk &&
			       (file->state == FILE_READ || file->state == FILE_EMPTY);
	}
	return false;
}

static bool is_target(const struct run *r, const struct server *row)
{
	for (size_t i = 0; i < r->n_servers; i++)
		if (str_eq(r->targets[i].server.id, row->id))
			return true;
	return false;
}

static bool is_gone(struct ctx *c, const struct run *r, const struct server *row)
{
	struct target_source s;

	if (is_target(r, row))
		return false;
	target_source(c->arena, row, &s);
	return s.path && s.pointer && !s.inline_text && was_read(r->facts, s.path);
}

static bool all(const void *arg, const char *rule, const struct compliance_issue *i)
{
	(void)arg;
	(void)rule;
	(void)i;
	return true;
}

static bool record(struct ctx *c, const struct server *row, const struct settled *t,
		   struct err *e)
{
	struct note n;

	note_open(c, &n, "server.remove", "server", row->name, NULL);
	jsonw_str(&n.w, "server", row->name);
	jsonw_i64(&n.w, "resolved", t->resolved);
	return note_store(c, &n, e);
}

static bool let_go(struct ctx *c, const struct server *given, const char *check_id,
		   struct err *e)
{
	struct settlement s = { .server_name = given->name,
				.check_id = check_id,
				.at = clock_now(),
				.judged = all };
	struct settled t;
	struct server row;

	if (!server_lock(c, given->name, &row, e) || !issues_settle(c, &s, &t, e))
		return false;
	if (row.health == HEALTH_UNKNOWN && t.resolved == 0)
		return true;
	row.health = HEALTH_UNKNOWN;
	row.updated_at = s.at;
	return server_checked(c, &row, e) && record(c, &row, &t, e);
}

static const char *check_of(const struct run *r)
{
	for (size_t i = r->n_targets; i-- > 0;)
		if (r->targets[i].wanted && r->targets[i].check.check_id)
			return r->targets[i].check.check_id;
	return NULL;
}

bool gone_save(struct ctx *c, const struct run *r, struct err *e)
{
	struct server_filter f = { .limit = PAGE };
	const char *check_id = check_of(r);
	struct rows rows = { .n = PAGE + 1 };

	if (r->q->paths.n == 0 || !check_id)
		return true;
	while (rows.n > PAGE) {
		const struct server *s;

		if (!server_list(c, &f, &rows, e))
			return false;
		s = rows.at;
		for (size_t i = 0; i < rows.n && i < PAGE; i++) {
			if (is_gone(c, r, &s[i]) && !let_go(c, &s[i], check_id, e))
				return false;
			f.after = s[i].name;
		}
	}
	return true;
}
