/* SPDX-License-Identifier: Apache-2.0 */
/* The sub-command check: reads, judges, keeps, writes the reports. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/cmds.h"
#include "compliance-server/input.h"
#include "compliance-server/report.h"
#include "compliance-server/report_file.h"
#include "compliance-server/run.h"
#include "compliance-server/trust.h"

#define INCOMPLETE 3

static const char *const thresholds[] = { "",	      "low",   "medium", "high",
					  "critical", "never", NULL };

const struct field check_fields[] = {
	FIELD(struct check_in, files, .max = 1000, .item_max = 4096,
	      .doc = "Configuration files, or folders to look for them in."),
	FIELD(struct check_in, discover,
	      .doc = "Look where the hosts of this user, and of this folder, keep theirs."),
	FIELD(struct check_in, live,
	      .doc = "Start the servers and speak to them; this is your consent."),
	FIELD(struct check_in, tools, .max = 100, .item_max = 4200,
	      .doc = "With --live: FILE or SERVER=FILE with the tools of a server that "
		     "needs a credential to start."),
	FIELD(struct check_in, format, .max = 20, .item_max = 4200,
	      .doc = "text, json, sarif, junit, markdown or html, for standard output; or "
		     "NAME=FILE, any number of them. Default text."),
	FIELD(struct check_in, output, .max = 4096,
	      .doc = "File for the report that would go to standard output."),
	FIELD(struct check_in, fail_on, .names = thresholds,
	      .doc = "Least severity that fails the check, default medium."),
	FIELD(struct check_in, type, .names = check_types,
	      .doc = "Which rules, default full."),
	FIELD(struct check_in, host, .max = 40,
	      .doc = "Read the files as this host does."),
	FIELD(struct check_in, all, .doc = "List lows, infos and previews one by one."),
	FIELD(struct check_in, suppressions, .max = 4096,
	      .doc = "Suppressions for everything, in place of the "
		     "mcp-compliance.suppressions.json of each project."),
	FIELD(struct check_in, baseline, .max = 4096,
	      .doc = "An earlier JSON report: what stands in it does not fail the check."),
	FIELD(struct check_in, write_baseline, .max = 4096,
	      .doc = "Write the JSON report to this file, as the next baseline."),
	FIELD(struct check_in, root, .max = 4096,
	      .doc = "Folder that paths in SARIF are relative to, default the git work "
		     "tree."),
	FIELD(struct check_in, with_times,
	      .doc = "Times and ids of checks in the JSON report; they differ from run to "
		     "run."),
	FIELD(struct check_in, fix,
	      .doc = "Repair what can be repaired first; the bytes before are kept in the "
		     "state folder."),
	FIELD(struct check_in, dry_run, .doc = "With --fix: only show it."),
	FIELD(struct check_in, pin, .max = 100, .item_max = 300,
	      .doc = "With --fix: PACKAGE=VERSION, for a package nobody installed here."),
	FIELD(struct check_in, no_store, .doc = "Keep nothing in the database."),
	FIELDS_END
};

static bool usage(struct err *e, const char *text)
{
	return err_set(e, ERR_USAGE, "%s", text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In order and each once, so that the order of arguments changes no byte. */
static void in_order(struct strs *s)
{
	size_t n = 0;

	if (s->n > 0)
		qsort(s->v, s->n, sizeof(*s->v), by_name);
	for (size_t i = 0; i < s->n; i++)
		if (i == 0 || !str_eq(s->v[i], s->v[i - 1]))
			s->v[n++] = s->v[i];
	s->n = n;
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
		in_order(ret);
		return ret->n > 0 ||
		       err_set(e, ERR_NO_INPUT, "no host keeps a configuration here");
	}
	in_order(ret);
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

/* One sentence where nothing was examined; the text report has its own on a file
 * that could not be read. */
static void tell_nothing(struct ctx *c, const struct run *r, bool text)
{
	const struct facts *f = r->facts;

	if (r->n_servers > 0)
		return;
	for (size_t i = 0; i < f->n_files; i++) {
		const struct config_file *file = f->files[i];

		if (file->state == FILE_READ && file->form != FORM_SERVERS)
			return; /* a .env file or a manifest was */
		if (file->state == FILE_READ || file->state == FILE_EMPTY)
			continue;
		if (text && file->state != FILE_SYNTAX)
			return;
		fprintf(stderr, "compliance-server: %s: %s\n",
			str_printable(c->arena, file->path, 300),
			file->state == FILE_SYNTAX
				? "its syntax is wrong, so nothing in it has passed"
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

/* The report for standard output, and one for each NAME=FILE. */
struct reports {
	const struct report_format *shown;
	const struct report_format *formats[20];
	const char *files[20];
	size_t n;
};

static bool read_format(struct ctx *c, const char *text, struct reports *ret,
			struct err *e)
{
	const char *eq = strchr(text, '=');
	const char *name = eq ? arena_strndup(c->arena, text, (size_t)(eq - text)) : text;
	const struct report_format *f = report_format_find(name);

	if (!f)
		return err_set(e, ERR_USAGE,
			       "option --format: \"%s\" is unknown; accepted are %s",
			       str_printable(c->arena, name, 40),
			       report_format_names(c->arena));
	if (!eq && ret->shown)
		return usage(e, "option --format: only one without =FILE goes to "
				"standard output");
	if (!eq)
		ret->shown = f;
	else if (eq[1] == '\0')
		return usage(e, "option --format: a file name is missing behind =");
	else if (ret->n < ARRAY_LEN(ret->files)) {
		ret->formats[ret->n] = f;
		ret->files[ret->n++] = eq + 1;
	}
	return true;
}

static bool read_formats(struct ctx *c, const struct check_in *in, struct reports *ret,
			 struct err *e)
{
	*ret = (struct reports){ .n = 0 };
	for (size_t i = 0; i < in->format.n; i++)
		if (!read_format(c, in->format.v[i], ret, e))
			return false;
	if (!ret->shown)
		ret->shown = &report_formats[0];
	return true;
}

static void describe(struct ctx *c, const struct run *r, const struct check_in *in,
		     bool stored, struct report_options *ret)
{
	report_options_for(STDOUT_FILENO, ret);
	ret->all = in->all;
	ret->root = in->root;
	ret->with_times = in->with_times;
	ret->began = r->began;
	ret->ended = clock_now();
	ret->fail_on = in->fail_on ? in->fail_on : SEV_MEDIUM;
	ret->not_stored = !stored && !in->no_store;
	ret->check_ids = stored ? check_ids(c, r) : NULL;
}

static bool write_reports(const struct run *r, const struct check_in *in,
			  const struct reports *reports, const struct report_options *o,
			  struct buf *out, struct err *e)
{
	if (in->output) {
		if (!report_to_file(r->report, reports->shown, o, in->output, e))
			return false;
	} else {
		reports->shown->write(r->report, o, out);
	}
	for (size_t i = 0; i < reports->n; i++)
		if (!report_to_file(r->report, reports->formats[i], o, reports->files[i],
				    e))
			return false;
	return !in->write_baseline ||
	       report_to_file(r->report, report_format_find("json"), o,
			      in->write_baseline, e);
}

static bool prepare(struct ctx *c, const struct check_in *in, struct run_request *q,
		    struct run *r, struct err *e)
{
	if (in->tools.n > 0 && !in->live)
		return usage(e, "option --tools goes with --live; without it a file with "
				"a list of tools is checked like any other");
	if (!expand(c, in, &q->paths, e))
		return false;
	if (!input_host(c, in->host, e)) {
		e->code = ERR_USAGE;
		return false;
	}
	if (in->baseline) {
		q->baseline = arena_alloc(c->arena, sizeof(*q->baseline));
		if (!baseline_read(c->arena, in->baseline, q->baseline, e))
			return false;
	}
	return run_prepare(c, q, r, e);
}

/* Judges the files as they are, repairs them, and reads them again for the check. */
static bool repair(struct ctx *c, const struct check_in *in, const struct reports *to,
		   struct run_request *q, struct run *r, struct err *e)
{
	struct run_request still = *q;
	FILE *out = to->shown == &report_formats[0] && !in->output ? stdout : stderr;
	struct run before;

	still.live = still.consent = false;
	if (!run_prepare(c, &still, &before, e) || !run_examine(c, &before, e) ||
	    !fix_before_check(c, in, before.report, out, e))
		return false;
	fflush(out);
	return run_prepare(c, q, r, e);
}

/* The reports are written last and whatever the database does. */
bool check_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
	       struct err *e)
{
	const struct check_in *in = args;
	struct run_request q = { .host = in->host,
				 .type = in->type,
				 .live = in->live,
				 .consent = in->live,
				 .tools = in->tools,
				 .suppressions = in->suppressions,
				 .state_dir = c->env->state_dir };
	struct report_options o;
	struct reports reports;
	bool stored = false;
	struct err why = { 0 };
	struct run r;

	if (!in->fix && (in->dry_run || in->pin.n > 0))
		return usage(e, "options --dry-run and --pin go with --fix");
	if (!read_formats(c, in, &reports, e) || !prepare(c, in, &q, &r, e))
		return false;
	if (in->fix && !repair(c, in, &reports, &q, &r, e))
		return false;
	if (in->live)
		tell_starts(c, &r);
	if (!in->no_store)
		stored = run_begin(c, &r, &why) || not_stored(&why);
	if (!run_examine(c, &r, e)) {
		run_fail(c, &r, e);
		return false;
	}
	if (stored && !run_finish(c, &r, &why)) {
		run_fail(c, &r, &why);
		stored = not_stored(&why);
	}
	describe(c, &r, in, stored, &o);
	if (!write_reports(&r, in, &reports, &o, out, e))
		return false;
	*status = report_exit_status(r.report, &o);
	tell_nothing(c, &r, reports.shown == &report_formats[0]);
	return true;
}
