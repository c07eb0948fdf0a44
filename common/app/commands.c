/* SPDX-License-Identifier: Apache-2.0 */
/* The sub-commands that every server has: serve, config, migrate, doctor. */
#include "common/app/commands.h"

#include "common/field/jsonw.h"

struct json_in {
	bool json;
};

static const struct field json_fields[] = {
	FIELD(struct json_in, json, .doc = "Print JSON."), FIELDS_END
};

static bool config_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		       struct err *e)
{
	const struct json_in *in = args;

	(void)status;
	(void)e;
	config_print(&c->env->cfg, c->env->app->server, in->json, out);
	return true;
}

static bool doctor_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		       struct err *e)
{
	const struct json_in *in = args;
	bool ok;

	(void)e;
	doctor_run(c, in->json, out, &ok);
	*status = ok ? 0 : err_row(ERR_UNAVAILABLE)->exit_status;
	return true;
}

static void doctor_stopped_cmd(struct env *env, const void *args, const struct err *why,
			       struct buf *out)
{
	const struct json_in *in = args;

	doctor_stopped(env, in->json, why, out);
}

static bool migrate_up_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
			   struct err *e)
{
	int applied;

	(void)args;
	(void)status;
	if (!migrate_up(c, &applied, e))
		return false;
	if (applied)
		buf_addf(out, "%d migration%s applied to %s\n", applied,
			 applied == 1 ? "" : "s", db_where(c->db));
	else
		buf_addf(out, "%s is up to date\n", db_where(c->db));
	return true;
}

static void status_json(const struct migration_state *rows, size_t n, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_arr(&w, NULL);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(&w, NULL);
		jsonw_str(&w, "component", rows[i].component);
		jsonw_i64(&w, "version", rows[i].version);
		jsonw_str(&w, "title", rows[i].title);
		jsonw_bool(&w, "applied", rows[i].applied);
		jsonw_bool(&w, "newer", rows[i].newer);
		jsonw_stamp(&w, "appliedAt", rows[i].applied_at);
		jsonw_str(&w, "sha256", rows[i].sha256);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	buf_addc(out, '\n');
}

static void status_text(const struct ctx *c, const struct migration_state *rows, size_t n,
			struct buf *out)
{
	size_t missing = 0, newer = 0;

	buf_addf(out, "%s\n\n%-12s %-7s %-32s %s\n", db_where(c->db), "SET", "NUMBER",
		 "TITLE", "APPLIED");
	for (size_t i = 0; i < n; i++) {
		char at[STAMP_LEN] = "not yet";

		if (rows[i].applied)
			stamp_iso(rows[i].applied_at, at);
		missing += !rows[i].applied;
		newer += rows[i].newer;
		buf_addf(out, "%-12s %04d    %-32s %s%s\n", rows[i].component,
			 rows[i].version, rows[i].title, at,
			 rows[i].newer ? "  newer than this program" : "");
	}
	if (missing)
		buf_addf(
			out,
			"\n%zu not applied: the first call that needs the database applies"
			" them, or `%s migrate up`\n",
			missing, c->env->app->name);
	if (newer)
		buf_adds(
			out,
			"\nthe database is newer than this program, which does not use it:"
			" install the newer version\n");
}

static bool migrate_status_cmd(struct ctx *c, const void *args, struct buf *out,
			       int *status, struct err *e)
{
	const struct json_in *in = args;
	struct migration_state *rows;
	size_t n;

	if (!migrate_status(c, &rows, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (rows[i].newer)
			*status = err_row(ERR_CONFIG)->exit_status;
	if (in->json)
		status_json(rows, n, out);
	else
		status_text(c, rows, n, out);
	return true;
}

static bool migrate_verify_cmd(struct ctx *c, const void *args, struct buf *out,
			       int *status, struct err *e)
{
	struct migration_state *rows;
	size_t n, applied = 0;

	(void)args;
	(void)status;
	if (!migrate_verify(c, e) || !migrate_status(c, &rows, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		applied += rows[i].applied;
	if (applied)
		buf_addf(out,
			 "%s: each of %zu applied migrations is the one this program"
			 " carries\n",
			 db_where(c->db), applied);
	else
		buf_addf(out, "%s: no migration is applied yet\n", db_where(c->db));
	return true;
}

/* LONG: a migration runs in transactions of its own, and status must not migrate. */
const struct command common_commands[] = {
	{ .name = "serve",
	  .doc = "Serve MCP on stdin and stdout (what happens without a command).",
	  .perm = PERM_READ },
	{ .name = "config",
	  .usage = "[--json]",
	  .doc = "Show every configuration value and where it came from.",
	  .in = json_fields,
	  .in_size = sizeof(struct json_in),
	  .run = config_cmd,
	  .warns = true,
	  .order = ORDER_LONG,
	  .perm = PERM_READ,
	  .flags = TOOL_NO_DB },
	{ .name = "doctor",
	  .usage = "[--json]",
	  .doc = "Check configuration, directories and database; says what to do.",
	  .in = json_fields,
	  .in_size = sizeof(struct json_in),
	  .run = doctor_cmd,
	  .stopped = doctor_stopped_cmd,
	  .warns = true,
	  .order = ORDER_LONG,
	  .perm = PERM_READ,
	  .flags = TOOL_NO_DB },
	{ .name = "migrate status",
	  .usage = "[--json]",
	  .doc = "List the migrations and which of them are applied.",
	  .in = json_fields,
	  .in_size = sizeof(struct json_in),
	  .run = migrate_status_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_READ,
	  .flags = TOOL_NO_DB },
	{ .name = "migrate up",
	  .doc = "Apply what is missing.",
	  .run = migrate_up_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_ADMIN,
	  .flags = TOOL_NO_DB },
	{ .name = "migrate verify",
	  .doc = "Compare the applied migrations with this program's by checksum.",
	  .run = migrate_verify_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_READ,
	  .flags = TOOL_NO_DB },
};
const size_t common_commands_n = ARRAY_LEN(common_commands);
