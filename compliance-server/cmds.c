/* SPDX-License-Identifier: Apache-2.0 */
/* Sub-commands: check, report, explain, trust, and the table of all. */
#define _GNU_SOURCE /* environ */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/cmds.h"
#include "compliance-server/input.h"
#include "compliance-server/report.h"
#include "compliance-server/run.h"
#include "compliance-server/stored_report.h"
#include "compliance-server/tools.h"
#include "compliance-server/trust.h"

#define INCOMPLETE   3
#define REPORT_LINES 10000
#define CHECKS_SHOWN 20

enum format { FORMAT_TEXT = 1, FORMAT_JSON };
static const char *const formats[] = { "", "text", "json", NULL };

struct check_in {
	struct strs files;
	bool discover, live, all, no_store, with_times;
	enum format format;
	enum severity fail_on;
	enum check_type type;
	const char *host;
};

static const struct field check_fields[] = {
	FIELD(struct check_in, files, .max = 1000, .item_max = 4096,
	      .doc = "Configuration files, or folders to look for them in."),
	FIELD(struct check_in, discover,
	      .doc = "Look where the hosts of this user, and of this folder, keep theirs."),
	FIELD(struct check_in, live,
	      .doc = "Start the servers and speak to them; this is your consent."),
	FIELD(struct check_in, format, .names = formats,
	      .doc = "Form of the report, default text."),
	FIELD(struct check_in, fail_on, .names = severities,
	      .doc = "Least severity that fails the check, default medium."),
	FIELD(struct check_in, type, .names = check_types,
	      .doc = "Which rules, default full."),
	FIELD(struct check_in, host, .max = 40,
	      .doc = "Read the files as this host does."),
	FIELD(struct check_in, all, .doc = "List lows, infos and previews one by one."),
	FIELD(struct check_in, with_times,
	      .doc = "Times and ids of checks in the JSON report; they differ from run to "
		     "run."),
	FIELD(struct check_in, no_store, .doc = "Keep nothing in the database."),
	FIELDS_END
};

static bool usage(struct err *e, const char *text)
{
	return err_set(e, ERR_USAGE, "%s", text);
}

static void add_paths(struct ctx *c, struct strs *all, struct strs more)
{
	const char **v = arena_array(c->arena, all->n + more.n + 1, sizeof(*v));

	if (all->n > 0)
		memcpy(v, all->v, all->n * sizeof(*v));
	if (more.n > 0)
		memcpy(v + all->n, more.v, more.n * sizeof(*v));
	all->v = v;
	all->n += more.n;
}

/* Files as given; a folder stands for the configuration files in it. */
static bool expand(struct ctx *c, const struct check_in *in, struct strs *ret,
		   struct err *e)
{
	struct discovered found;

	*ret = (struct strs){ NULL, 0 };
	for (size_t i = 0; i < in->files.n; i++) {
		struct strs some;

		/* what cannot be read is a fact of the report, not the end of it */
		if (!input_paths(c, NULL, in->files.v[i], &some, NULL))
			some = (struct strs){ &in->files.v[i], 1 };
		add_paths(c, ret, some);
	}
	if (in->discover) {
		discover_hosts(c->arena, getenv("HOME"), &found);
		add_paths(c, ret, input_found(c->arena, &found, getenv("HOME")));
		discover_project(c->arena, ".", &found);
		add_paths(c, ret, input_found(c->arena, &found, "."));
		return ret->n > 0 ||
		       err_set(e, ERR_NO_INPUT, "no host keeps a configuration here");
	}
	return ret->n > 0 || usage(e, "check needs a configuration file\n"
				      "hint: compliance-server check .mcp.json");
}

/* A person who asked for --live sees what that starts. */
static void tell_starts(struct ctx *c, const struct run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_targets; i++)
		n += run_starts(r, i);
	fprintf(stderr, "INFO: --live starts %zu server%s%s\n", n, n == 1 ? "" : "s",
		n > 0 ? ":" : "");
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct entry *entry = r->targets[i].t->entry;

		if (run_starts(r, i))
			fprintf(stderr, "INFO:   %s: %s\n",
				str_printable(c->arena, entry->name, 100),
				trust_command_text(c->arena, entry));
	}
}

static const char *const *check_ids(struct ctx *c, const struct run *r)
{
	const char **ids = arena_array(c->arena, r->n_targets + 1, sizeof(*ids));

	for (size_t i = 0; i < r->n_targets; i++)
		ids[i] = r->targets[i].check.check_id;
	return ids;
}

static int write_report(struct ctx *c, const struct run *r, const struct check_in *in,
			bool stored, struct buf *out)
{
	struct report_options o = { .width = 0 };

	report_options_for(STDOUT_FILENO, &o);
	o.all = in->all;
	o.with_times = in->with_times;
	o.began = r->began;
	o.ended = clock_now();
	o.fail_on = in->fail_on ? in->fail_on : SEV_MEDIUM;
	o.not_stored = !stored && !in->no_store;
	o.check_ids = stored ? check_ids(c, r) : NULL;
	if (in->format == FORMAT_JSON) {
		report_json(r->report, &o, out);
		buf_addc(out, '\n');
	} else {
		report_text(r->report, &o, out);
	}
	return report_exit_status(r->report, &o);
}

/* One sentence where nothing was examined; the text report has its own on a file
 * that could not be read. */
static void tell_nothing(struct ctx *c, const struct run *r, bool text)
{
	const struct facts *f = r->facts;

	if (r->n_servers > 0)
		return;
	for (size_t i = 0; i < f->n_files; i++) {
		const struct config_file *file = f->files[i];

		if (file->state == FILE_READ || file->state == FILE_EMPTY)
			continue;
		if (text && file->state != FILE_SYNTAX)
			return;
		fprintf(stderr, "compliance-server: %s: %s\n",
			str_printable(c->arena, file->path, 300),
			file->state == FILE_SYNTAX
				? "not JSON, so nothing in it has passed"
				: file->error);
		return;
	}
	fprintf(stderr, "compliance-server: no servers were found, so nothing has "
			"passed\n");
}

static bool not_stored(const struct err *why)
{
	fprintf(stderr,
		"compliance-server: the result is not stored: %s\n"
		"hint: --no-store checks without a database\n",
		why->msg);
	return false;
}

/* The report is written last and whatever the database does: it tells the exit status. */
static bool check_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		      struct err *e)
{
	const struct check_in *in = args;
	struct run_request q = { .host = in->host,
				 .type = in->type,
				 .live = in->live,
				 .consent = in->live,
				 .state_dir = c->env->state_dir };
	bool stored = false;
	struct err why = { 0 };
	struct run r;

	if (!expand(c, in, &q.paths, e))
		return false;
	if (!input_host(c, in->host, e)) {
		e->code = ERR_USAGE;
		return false;
	}
	if (!run_prepare(c, &q, &r, e))
		return false;
	if (in->live)
		tell_starts(c, &r);
	if (!in->no_store)
		stored = run_begin(c, &r, &why) || not_stored(&why);
	if (!run_examine(c, &r, e)) {
		run_fail(c, &r, e);
		fprintf(stderr, "compliance-server: %s\n", e->msg);
		*status = INCOMPLETE;
		return true;
	}
	if (stored && !run_finish(c, &r, &why)) {
		run_fail(c, &r, &why);
		stored = not_stored(&why);
	}
	*status = write_report(c, &r, in, stored, out);
	tell_nothing(c, &r, in->format != FORMAT_JSON);
	return true;
}

struct explain_in {
	const char *rule;
};

static const struct field explain_fields[] = {
	FIELD(struct explain_in, rule, .max = 20, .doc = "Such as SEC-001."), FIELDS_END
};

static bool unknown_rule(struct ctx *c, const char *id, struct err *e)
{
	const char **ids = arena_array(c->arena, rules_count() + 1, sizeof(*ids));
	const char *near;

	for (size_t i = 0; i < rules_count(); i++)
		ids[i] = rule_at(i)->id;
	near = str_nearest(id, ids, rules_count());
	return err_set(e, ERR_USAGE,
		       "no rule \"%s\"%s%s%s\nhint: compliance-server explain lists them",
		       str_printable(c->arena, id, 40), near ? ", did you mean \"" : "",
		       near ? near : "", near ? "\"?" : "");
}

static bool explain_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
			struct err *e)
{
	const struct explain_in *in = args;
	struct report_options o = { 0 };
	const struct rule *r;

	(void)status;
	report_options_for(STDOUT_FILENO, &o);
	if (str_empty(in->rule)) {
		for (size_t i = 0; (r = rule_at(i)); i++)
			buf_addf(out, "%-8s %-9s %s\n", r->id, severity_text(r->severity),
				 r->title);
		return true;
	}
	r = rule_find(in->rule);
	if (!r)
		return unknown_rule(c, in->rule, e);
	report_rule(r, &o, out);
	return true;
}

struct report_in {
	const char *check;
};

static const struct field report_fields[] = {
	FIELD(struct report_in, check, .max = 100,
	      .doc = "A check id, such as chk_…; without one the newest are listed."),
	FIELDS_END
};

static bool list_checks(struct ctx *c, struct buf *out, struct err *e)
{
	const struct check_filter f = { .limit = CHECKS_SHOWN };
	const struct compliance_check *k;
	struct rows rows;

	if (!check_list(c, &f, &rows, e))
		return false;
	k = rows.at;
	if (rows.n == 0)
		buf_adds(out, "No check is stored yet: compliance-server check FILE\n");
	for (size_t i = 0; i < rows.n && i < CHECKS_SHOWN; i++) {
		char at[STAMP_LEN];

		stamp_iso(k[i].created_at, at);
		buf_addf(out, "%s  %s  %-9s  %6s  %s\n", k[i].check_id, at,
			 names_text(check_statuses, (int)k[i].status),
			 k[i].overall_score.set
				 ? arena_printf(c->arena, "%.2f", k[i].overall_score.v)
				 : "-",
			 str_printable(c->arena, k[i].server_name, 400));
	}
	return true;
}

static bool report_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		       struct err *e)
{
	const struct report_in *in = args;
	struct stored_report r;

	(void)status;
	if (str_empty(in->check))
		return list_checks(c, out, e);
	if (!stored_report_load(c, in->check, &r, e))
		return false;
	stored_report_text(&r, REPORT_LINES, out);
	return true;
}

struct trust_in {
	struct strs files;
	const char *server, *host;
	bool revoke;
};

static const struct field trust_fields[] = {
	FIELD(struct trust_in, files, .max = 100, .item_max = 4096,
	      .doc = "Configuration files whose servers may be started."),
	FIELD(struct trust_in, server, .max = 1000, .doc = "Only the one of this name."),
	FIELD(struct trust_in, host, .max = 40,
	      .doc = "Read the files as this host does."),
	FIELD(struct trust_in, revoke, .doc = "Take the consent back."), FIELDS_END
};

static bool trust_one(struct ctx *c, const struct trust_in *in, const struct entry *entry,
		      struct buf *out, struct err *e)
{
	const char *dir = c->env->state_dir;
	const char *name = str_printable(c->arena, entry->name, 100);
	const char *names = trust_env_names(c->arena, entry);
	struct program_cache cache = { NULL };
	struct program p;
	bool was = false;

	if (in->revoke) {
		if (!trust_take(c->arena, dir, entry, &was, e))
			return false;
		buf_addf(out, "%s: %s\n", name,
			 was ? "consent taken back" : "there was no consent");
		return true;
	}
	program_look(c->arena, entry, environ, &cache, &p);
	if (!trust_give(c, dir, entry, &p, e))
		return false;
	buf_addf(out, "%s may be started for live checks:\n  %s\n", name,
		 trust_command_text(c->arena, entry));
	if (*names)
		buf_addf(out, "  with %s\n", names);
	for (size_t i = 0; i < p.n; i++)
		buf_addf(out, "  %s, sha256 %.12s\n",
			 str_printable(c->arena, p.files[i].path, 300),
			 p.files[i].sha256);
	if (p.error)
		buf_addf(out, "  its program cannot be told yet: %s\n",
			 str_printable(c->arena, p.error, 200));
	return true;
}

static bool trust_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		      struct err *e)
{
	const struct trust_in *in = args;
	const struct facts_options opt = { .host = in->host };
	struct facts *f;
	size_t n = 0;

	(void)status;
	if (in->files.n == 0)
		return usage(e, "trust needs a configuration file\n"
				"hint: compliance-server trust .mcp.json --server NAME");
	if (!input_host(c, in->host, e) ||
	    !facts_read(c->arena, in->files.v, in->files.n, &opt, &f, e))
		return false;
	for (size_t i = 0; i < f->n_files; i++) {
		if (f->files[i]->state != FILE_READ)
			return err_set(e, ERR_NO_INPUT, "%s: %s",
				       str_printable(c->arena, f->files[i]->path, 200),
				       f->files[i]->error ? f->files[i]->error
							  : "the file is empty");
	}
	for (size_t i = 0; i < f->n_entries; i++) {
		const struct entry *entry = f->entries[i];

		if (entry->transport != TRANSPORT_STDIO ||
		    (in->server && !str_eq(in->server, entry->name)))
			continue;
		if (!trust_one(c, in, entry, out, e))
			return false;
		n++;
	}
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "no server %s%sthat would be started",
			       in->server ? in->server : "", in->server ? " " : "");
	if (!in->revoke)
		buf_adds(out, "Any change of command, arguments, folder, environment or "
			      "of these files needs a new consent.\n");
	return true;
}

const struct command compliance_commands[] = {
	{ .name = "check",
	  .usage = "FILE|FOLDER... [--discover] [--live] [--format text|json] "
		   "[--fail-on SEVERITY]",
	  .doc = "Check the servers of configuration files; exit status 0 passed, 1 medium,"
		 " 2 high or critical, 3 incomplete.",
	  .in = check_fields,
	  .in_size = sizeof(struct check_in),
	  .words = "files",
	  .run = check_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_WRITE,
	  .flags = TOOL_NO_DB },
	{ .name = "report",
	  .usage = "[CHECK-ID]",
	  .doc = "Print the report of a stored check as Markdown, or list the newest.",
	  .in = report_fields,
	  .in_size = sizeof(struct report_in),
	  .words = "check",
	  .run = report_cmd,
	  .order = ORDER_READ,
	  .perm = PERM_READ },
	{ .name = "explain",
	  .usage = "[RULE]",
	  .doc = "Tell what a rule looks for, why, and how to repair it.",
	  .in = explain_fields,
	  .in_size = sizeof(struct explain_in),
	  .words = "rule",
	  .run = explain_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_READ,
	  .flags = TOOL_NO_DB },
	{ .name = "trust",
	  .usage = "FILE... [--server NAME] [--revoke]",
	  .doc = "Allow the servers of a file to be started by live checks.",
	  .in = trust_fields,
	  .in_size = sizeof(struct trust_in),
	  .words = "files",
	  .run = trust_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_ADMIN,
	  .flags = TOOL_NO_DB },
	{ .name = "verify-audit",
	  .usage = "[--json]",
	  .doc = "Verify the hash chain of the audit log; exit status 65 when it is broken.",
	  .in = verify_audit_fields,
	  .in_size = sizeof(struct verify_audit_in),
	  .run = verify_audit_cmd,
	  .order = ORDER_READ,
	  .perm = PERM_READ },
	{ .name = NULL },
};
