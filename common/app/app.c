/* SPDX-License-Identifier: Apache-2.0 */
/* One main for all servers: options, configuration, log, sub-commands, serving. */
#define _GNU_SOURCE /* environ */
#include "common/app/app.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "common/app/audit_store.h"
#include "common/app/commands.h"
#include "common/app/gate.h"
#include "common/app/journal.h"
#include "common/app/task_store.h"
#include "common/app/options.h"
#include "common/base/fd.h"
#include "common/base/id.h"
#include "common/base/log.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/rpc/page.h"

#define OUTPUT_MAX     (64 * 1024 * 1024)
#define JOURNAL_END_MS 600 /* a stop takes a second at most, closing files included */
#define JOURNAL_MIN_MS 100

/* Set by SIGINT and SIGTERM while a sub-command runs; a handler can reach nothing else.
 */
static atomic_bool interrupted;

static void on_signal(int sig)
{
	(void)sig;
	atomic_store(&interrupted, true);
}

static int fail(const struct app *app, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", app->name, e->msg);
	return err_exit_status(e);
}

/* All of out to stdout; a reader that went away is an error of the command. */
static int print(const struct app *app, const struct buf *out, int status)
{
	if (fwrite(buf_text(out), 1, out->len, stdout) != out->len ||
	    fflush(stdout) != 0) {
		if (errno != EPIPE) /* `| head` is no mistake */
			fprintf(stderr, "%s: cannot write the output: %s\n", app->name,
				strerror(errno));
		return err_row(ERR_IO)->exit_status;
	}
	if (out->overflow) {
		fprintf(stderr, "%s: the output was cut at %d bytes\n", app->name,
			OUTPUT_MAX);
		return err_row(ERR_IO)->exit_status;
	}
	return status;
}

bool env_make_dir(const char *dir, struct err *e)
{
	if (!dir)
		return err_set(e, ERR_CONFIG,
			       "no home directory is known\n"
			       "hint: set HOME, or DATABASE_URL and STATE_DIR");
	return fd_make_dirs(dir, 0700, e);
}

void env_ctx(struct env *env, struct arena *a, struct ctx *ret)
{
	*ret = (struct ctx){ .arena = a,
			     .who = &env->who,
			     .cfg = &env->cfg.v,
			     .env = env,
			     .app = env->services,
			     .db = env->db };
}

/* The account that the operating system knows; what it may do comes from LOCAL_ROLE. */
static void local_account(struct env *env)
{
	static const enum perm perms[] = { [ROLE_ADMIN] = PERM_ADMIN,
					   [ROLE_USER] = PERM_WRITE,
					   [ROLE_VIEWER] = PERM_READ,
					   [ROLE_GUEST] = PERM_READ };
	const struct passwd *pw = getpwuid(getuid());
	unsigned role = env->cfg.v.role ? env->cfg.v.role : ROLE_ADMIN;

	env->who = (struct principal){
		.name = pw ? arena_strndup(env->arena, pw->pw_name, 50)
			   : arena_printf(env->arena, "uid-%u", (unsigned)getuid()),
		.role = names_text(roles, (int)role),
		.perm = perms[role],
		.proof = "local",
	};
}

static bool open_log(struct env *env, const struct command *cmd, struct err *e)
{
	const struct config *v = &env->cfg.v;
	const struct log_options o = {
		.program = env->app->name,
		.level = (enum log_level)v->log_level,
		.format = (enum log_format)v->log_format,
		.file = v->log_file,
		.max_size = str_eq(v->log_rotation, "none") ? 0 : v->log_max_size,
		.daily = str_eq(v->log_rotation, "daily"),
		.max_files = v->log_max_files,
	};

	if (!log_open(&o, e))
		return false;
	if (cmd && cmd->warns)
		return true;
	for (const struct config_warning *w = env->cfg.warnings; w; w = w->next)
		log_event(LOG_WARN, "config", "%s", w->text);
	return true;
}

static bool open_database(struct env *env, struct err *e)
{
	const struct config *v = &env->cfg.v;
	const struct db_options o = {
		.url = v->database_url,
		.default_path = env->data_dir
					? arena_printf(env->arena, "%s/%s.db",
						       env->data_dir, env->app->base)
					: NULL,
		.app_name = env->app->name,
		.pool_min = v->pool_min,
		.pool_max = v->pool_max,
		.acquire_ms = v->pool_acquire,
		.idle_ms = v->pool_idle,
		.statement_ms = v->request_timeout,
		.sets = env->app->sets,
		.tx_first = env->app->audit_chain ? &audit_queue_stmt : NULL,
	};

	env->db = db_new(&o, e);
	return env->db != NULL;
}

static bool env_open(struct env *env, const struct options *o, struct err *e)
{
	const struct config_source src = { .server = env->app->server,
					   .flag_names = o->flag_names,
					   .flag_values = o->flag_values,
					   .flags_n = o->flags_n,
					   .file = o->config_file,
					   .env_file = o->env_file,
					   .environ_ = environ };

	env->data_dir = fd_xdg_dir(env->arena, XDG_DATA, NULL);
	env->state_dir = fd_xdg_dir(env->arena, XDG_STATE, NULL);
	if (!config_load(env->arena, &src, &env->cfg, e))
		return false;
	if (env->cfg.v.state_dir)
		env->state_dir = env->cfg.v.state_dir;
	local_account(env);
	if (!open_log(env, o->command, e) || !open_database(env, e))
		return false;
	page_init(env->state_dir);
	env->journal = journal_new(env);
	if (!env->app->services_new)
		return true;
	env->services = env->app->services_new(env, e);
	return env->services != NULL;
}

static void env_close(struct env *env)
{
	int64_t deadline = (env->ended ? env->ended : clock_mono()) + JOURNAL_END_MS;

	if (env->services && env->app->services_free)
		env->app->services_free(env->services);
	journal_free(env->journal, MAX(clock_left(deadline), JOURNAL_MIN_MS));
	db_free(env->db);
	log_close();
}

struct command_run {
	const struct command *cmd;
	const void *in;
	struct buf *out;
	int *status;
};

static bool run_command(struct ctx *c, void *arg, struct err *e)
{
	struct command_run *r = arg;

	return r->cmd->run(c, r->in, r->out, r->status, e);
}

static void rewind_command(void *arg)
{
	struct command_run *r = arg;

	buf_reset(r->out);
}

/* A command may promise few exit statuses, so that scripts can tell them apart. */
static int promised(const struct command *cmd, int status)
{
	return cmd->failure && status > err_row(ERR_USAGE)->exit_status ? cmd->failure
									: status;
}

static int command(struct env *env, const struct options *o)
{
	const struct command *cmd = o->command;
	const struct sigaction sa = { .sa_handler = on_signal };
	struct arena *a = arena_new();
	int status = 0;
	struct err e = { 0 };
	struct buf out;
	struct ctx c;
	struct command_run r = { cmd, o->in, &out, &status };
	const struct work w = { .name = cmd->name,
				.order = cmd->order,
				.perm = cmd->perm,
				.flags = cmd->flags,
				.audit = cmd->audit,
				.resource = cmd->resource,
				.run = run_command,
				.rewind = rewind_command,
				.arg = &r };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	buf_init(&out, OUTPUT_MAX);
	env_ctx(env, a, &c);
	c.cancelled = &interrupted;
	status =
		gate_run(&c, &w, &e) ? print(env->app, &out, status) : fail(env->app, &e);
	buf_release(&out);
	arena_free(a);
	return promised(cmd, status);
}

/* The process could not be set up. */
static int stopped(struct env *env, const struct options *o, const struct err *why)
{
	int status = err_exit_status(why);
	struct buf out;

	if (!o->command || !o->command->stopped)
		return o->command ? promised(o->command, fail(env->app, why))
				  : fail(env->app, why);
	buf_init(&out, OUTPUT_MAX);
	o->command->stopped(env, o->in, why, &out);
	status = print(env->app, &out, status);
	buf_release(&out);
	return status;
}

static void call_setup(struct ctx *c, void *arg)
{
	struct env *env = arg;

	c->env = env;
	c->who = &env->who;
	c->cfg = &env->cfg.v;
	c->app = env->services;
	c->db = env->db;
}

static void serving_ends(void *arg)
{
	struct env *env = arg;

	env->ended = clock_mono();
	if (env->app->services_stop)
		env->app->services_stop(env->services);
}

static int serve(struct env *env)
{
	const struct config *v = &env->cfg.v;
	const int out = fd_guard_stdout();
	const struct server_options o = { .offer = env->app->offer,
					  .in = STDIN_FILENO,
					  .out = out,
					  .workers = v->workers,
					  .request_timeout_ms = v->request_timeout,
					  .max_line = v->request_max_size,
					  .tasks = &task_store,
					  .gate = gate_run,
					  .setup = call_setup,
					  .arg = env,
					  .stopping = serving_ends };

	if (out < 0) {
		fprintf(stderr, "%s: cannot set standard output aside: %s\n",
			env->app->name, strerror(errno));
		return err_row(ERR_INTERNAL)->exit_status;
	}
	if (isatty(STDIN_FILENO))
		fprintf(stderr,
			"INFO: %s waits for MCP messages, one JSON object a line; an MCP host\n"
			"INFO: usually starts it. `%s --help` lists the commands. Ctrl-D ends it.\n",
			env->app->name, env->app->name);
	if (env->app->services_start)
		env->app->services_start(env->services);
	return server_run(&o);
}

static int version(const struct app *app, bool json, struct buf *out)
{
	if (json)
		buf_addf(out,
			 "{\"name\":\"%s\",\"version\":\"%s\",\"protocolVersions\":"
			 "[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\","
			 "\"2024-11-05\"]}\n",
			 app->name, SUITE_VERSION);
	else
		buf_addf(out, "%s (KiloCode MCP suite) %s\n", app->name, SUITE_VERSION);
	return print(app, out, 0);
}

/* What needs no configuration; -1 when there is more to do. */
static int early(const struct app *app, const struct options *o)
{
	struct err e = { 0 };
	int status = -1;
	struct buf out;

	buf_init(&out, OUTPUT_MAX);
	if (o->help) {
		if (o->group)
			options_help_group(app, o->group, &out);
		else
			options_help(app, o->command, &out);
		status = print(app, &out, 0);
	} else if (o->version) {
		status = version(app, o->json, &out);
	} else if (o->print_docs) {
		status = docs_print(app, o->print_docs, &out, &e) ? print(app, &out, 0)
								  : fail(app, &e);
	}
	buf_release(&out);
	return status;
}

/* Memory holds secrets: no core file, nobody attaches. The leak checker of the address
 * sanitizer has to attach. */
static void forbid_dumps(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_CORE, &r) == 0) {
		r.rlim_cur = 0;
		setrlimit(RLIMIT_CORE, &r);
	}
	if (!SANITIZED)
		prctl(PR_SET_DUMPABLE, 0);
}

int app_main(const struct app *app, int argc, char **argv)
{
	struct env env = { .app = app };
	struct err e = { 0 };
	struct options o;
	int status;

	fd_sanitize();
	forbid_dumps();
	clock_init();
	id_init();
	env.arena = arena_new();
	if (!options_parse(env.arena, app, argc, argv, &o, &e))
		status = fail(app, &e);
	else if ((status = early(app, &o)) < 0) {
		if (!env_open(&env, &o, &e))
			status = stopped(&env, &o, &e);
		else if (o.command && o.command->run)
			status = command(&env, &o);
		else
			status = serve(&env);
		env_close(&env);
	}
	arena_free(env.arena);
	return status;
}
