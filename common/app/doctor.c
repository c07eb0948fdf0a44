/* SPDX-License-Identifier: Apache-2.0 */
/* `doctor`: one row a check, each saying what was found and what to do. */
#include <errno.h>
#include <sys/stat.h>

#include "common/app/commands.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"

static const char *const states[] = { "", "ok", "note", "warn", "fail", NULL };

static enum doctor_state check_config(struct ctx *c, const char **ret)
{
	const struct config_warning *w = c->env->cfg.warnings;
	struct buf b;

	if (!w) {
		*ret = "every value is readable; `config` shows them";
		return DOCTOR_OK;
	}
	buf_init(&b, 8192);
	for (; w; w = w->next)
		buf_addf(&b, "%s%s", w->text, w->next ? "\n" : "");
	*ret = arena_strdup(c->arena, buf_text(&b));
	buf_release(&b);
	return DOCTOR_WARN;
}

static enum doctor_state check_dir(struct ctx *c, const char *dir, const char **ret)
{
	struct stat st;

	if (!dir) {
		*ret = "no home directory: set HOME, or DATABASE_URL and STATE_DIR";
		return DOCTOR_FAIL;
	}
	if (stat(dir, &st) != 0 && errno == ENOENT) {
		*ret = arena_printf(c->arena, "%s will be made on first use", dir);
		return DOCTOR_OK;
	}
	if (access(dir, W_OK | X_OK) != 0) {
		*ret = arena_printf(c->arena, "%s cannot be written: %s", dir,
				    strerror(errno));
		return DOCTOR_FAIL;
	}
	if (st.st_mode & 077) {
		*ret = arena_printf(c->arena, "%s is open to other users; chmod 700 it",
				    dir);
		return DOCTOR_WARN;
	}
	*ret = dir;
	return DOCTOR_OK;
}

/* The folder that DATABASE_URL names is not ours: who may read it is not our business. */
static enum doctor_state check_named_dir(struct ctx *c, const char *dir, const char **ret)
{
	if (access(dir, F_OK) == 0 && access(dir, W_OK | X_OK) != 0) {
		*ret = arena_printf(c->arena,
				    "%s, which DATABASE_URL names, cannot be written: %s",
				    dir, strerror(errno));
		return DOCTOR_FAIL;
	}
	*ret = arena_printf(c->arena, "%s, which DATABASE_URL names%s", dir,
			    access(dir, F_OK) == 0 ? "" : ", will be made on first use");
	return DOCTOR_OK;
}

static enum doctor_state check_data(struct ctx *c, const char **ret)
{
	const char *path, *slash;

	if (db_dialect(c->db) != DB_SQLITE) {
		*ret = "not used: DATABASE_URL names a database server";
		return DOCTOR_OK;
	}
	path = db_where(c->db);
	path += str_starts(path, "sqlite:") ? strlen("sqlite:") : 0;
	slash = strrchr(path, '/');
	if (slash && slash > path) {
		const char *dir = arena_strndup(c->arena, path, (size_t)(slash - path));

		if (!str_eq(dir, c->env->data_dir))
			return check_named_dir(c, dir, ret);
	}
	return check_dir(c, c->env->data_dir, ret);
}

static enum doctor_state check_state(struct ctx *c, const char **ret)
{
	return check_dir(c, c->env->state_dir, ret);
}

static enum doctor_state check_database(struct ctx *c, const char **ret)
{
	const char *version;
	struct err e = { 0 };

	if (!db_look(c, &version, &e) && e.code == ERR_NOT_FOUND) {
		*ret = arena_printf(c->arena, "%s will be made on first use",
				    db_where(c->db));
		return DOCTOR_OK;
	}
	if (e.code != ERR_NONE) {
		*ret = strstr(e.msg, db_where(c->db))
			       ? arena_strdup(c->arena, e.msg)
			       : arena_printf(c->arena, "%s: %s", db_where(c->db), e.msg);
		if (e.code == ERR_UNAVAILABLE && !strstr(e.msg, "\nhint: "))
			*ret = arena_printf(c->arena,
					    "%s\nhint: start the database server, or"
					    " correct DATABASE_URL",
					    *ret);
		return DOCTOR_FAIL;
	}
	*ret = arena_printf(c->arena, "%s, %s", db_where(c->db), version);
	return DOCTOR_OK;
}

static enum doctor_state check_migrations(struct ctx *c, const char **ret)
{
	struct migration_state *rows;
	size_t n, missing = 0;
	struct err e = { 0 };

	if (!migrate_status(c, &rows, &n, &e) || !migrate_verify(c, &e)) {
		*ret = arena_strdup(c->arena, e.msg);
		return DOCTOR_FAIL;
	}
	for (size_t i = 0; i < n; i++)
		missing += !rows[i].applied;
	*ret = missing ? arena_printf(c->arena, "%zu of %zu will be applied on first use",
				      missing, n)
		       : arena_printf(c->arena, "all %zu applied and unchanged", n);
	return missing ? DOCTOR_NOTE : DOCTOR_OK;
}

static enum doctor_state check_writing(struct ctx *c, const char **ret)
{
	if (db_dialect(c->db) == DB_SQLITE)
		*ret = "write lock in force: other programs must open the file read-only";
	else
		*ret = "the database server keeps writers apart";
	return DOCTOR_OK;
}

static const struct doctor_row common_rows[] = {
	{ "configuration", check_config },
	{ "data directory", check_data },
	{ "state directory", check_state },
	{ "database", check_database },
	{ "migrations", check_migrations },
	{ "writers", check_writing },
	{ NULL, NULL },
};

/* Further lines stand under the first. */
static void text_row(struct buf *out, const char *state, const char *name,
		     const char *said)
{
	buf_addf(out, "%-4s  %-16s ", state, name);
	for (; *said; said++) {
		buf_addc(out, *said);
		if (*said == '\n')
			buf_addf(out, "%-23s", "");
	}
	buf_addc(out, '\n');
}

static enum doctor_state run_rows(struct ctx *c, const struct doctor_row *rows,
				  struct jsonw *w, struct buf *text)
{
	enum doctor_state worst = DOCTOR_OK;

	for (; rows && rows->name; rows++) {
		const char *said = "";
		enum doctor_state state = rows->check(c, &said);

		worst = MAX(worst, state);
		if (w) {
			jsonw_obj(w, NULL);
			jsonw_str(w, "name", rows->name);
			jsonw_str(w, "state", states[state]);
			jsonw_str(w, "text", said);
			jsonw_end(w);
		} else {
			text_row(text, states[state], rows->name, said);
		}
	}
	return worst;
}

static enum doctor_state run_all(struct ctx *c, const struct doctor_row *first,
				 const struct doctor_row *then, bool json,
				 struct buf *out)
{
	enum doctor_state one, two;
	struct jsonw w;

	if (json) {
		jsonw_init(&w, out);
		jsonw_arr(&w, NULL);
	}
	one = run_rows(c, first, json ? &w : NULL, out);
	two = run_rows(c, then, json ? &w : NULL, out);
	if (json) {
		jsonw_end(&w);
		buf_addc(out, '\n');
	}
	return MAX(one, two);
}

void doctor_run(struct ctx *c, bool json, struct buf *out, bool *ret_ok)
{
	*ret_ok = run_all(c, common_rows, c->env->app->doctor, json, out) != DOCTOR_FAIL;
}

/* ---- without a configuration ---- */

static enum doctor_state tell_why(struct ctx *c, const char **ret)
{
	const struct err *why = c->app;

	*ret = why->msg;
	return DOCTOR_FAIL;
}

static enum doctor_state tell_rest(struct ctx *c, const char **ret)
{
	(void)c;
	*ret = "the other checks need a configuration that can be used";
	return DOCTOR_NOTE;
}

void doctor_stopped(struct env *env, bool json, const struct err *why, struct buf *out)
{
	static const struct doctor_row first[] = { { "configuration", tell_why },
						   { NULL, NULL } };
	static const struct doctor_row then[] = { { "state directory", check_state },
						  { "not looked at", tell_rest },
						  { NULL, NULL } };
	struct err copy = *why;
	struct ctx c;

	env_ctx(env, env->arena, &c);
	c.app = &copy;
	run_all(&c, first, then, json, out);
}
