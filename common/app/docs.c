/* SPDX-License-Identifier: Apache-2.0 */
/* --print-docs: the references that come out of the tables. */
#include "common/app/commands.h"
#include "common/app/options.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/doc.h"

static const char *const surfaces[] = { "JSON-RPC error", "tool result with isError",
					"nothing" };

static void print_errors(const struct app *app, struct buf *b)
{
	(void)app;
	buf_adds(b, "# Errors\n\nPrinted by `--print-docs errors.md`.\n\n"
		    "| Code | Answered as | JSON-RPC code | Exit status | Meaning |\n"
		    "|---|---|---|---|---|\n");
	for (int i = ERR_NONE + 1; i < ERR_MAX; i++) {
		const struct err_row *r = err_row((enum err_code)i);

		buf_addf(b, "| %s | %s | ", r->name, surfaces[r->surface]);
		if (r->rpc_code)
			buf_addf(b, "%d", r->rpc_code);
		buf_addf(b, " | %d | ", r->exit_status);
		doc_cell(b, r->doc);
		buf_adds(b, " |\n");
	}
}

static void print_config(const struct app *app, struct buf *b)
{
	(void)app;
	config_print_docs(b);
}

static void print_env(const struct app *app, struct buf *b)
{
	(void)app;
	config_print_env_example(b);
}

static void tool_doc(const struct tool *t, struct buf *b)
{
	buf_addf(b, "\n### %s\n\n%s\n\n", t->name, t->doc);
	buf_addf(b, "%s%s%s", t->hints & HINT_READ_ONLY ? "Reads only" : "Writes",
		 t->hints & HINT_DESTRUCTIVE ? ", may destroy" : "",
		 t->hints & HINT_OPEN_WORLD ? ", reaches other programs" : "");
	buf_addf(b, "%s.\n",
		 t->hints & HINT_IDEMPOTENT ? ", same again when repeated" : "");
	if (t->slow_if && *t->slow_if)
		buf_addf(b,
			 "With `%s` it runs as a task where the client can, else it sends"
			 " progress.\n",
			 t->slow_if);
	if (t->in && t->in->name) {
		buf_adds(b, "\nArguments:\n\n");
		doc_fields(t->in, b);
	}
	if (t->out && t->out->name) {
		buf_adds(b, "\nResult:\n\n");
		doc_fields(t->out, b);
	}
}

/* This server's section of docs/tools.md; `make docs` joins the three. */
static void print_tools(const struct app *app, struct buf *b)
{
	const struct offer *o = app->offer;

	buf_addf(b, "\n## %s\n\n%s\n", app->name, app->about);
	for (size_t i = 0; o->tools && o->tools[i]; i++)
		tool_doc(o->tools[i], b);
	if (o->resources)
		buf_adds(b, "\n### Resources\n\n| URI | What it is |\n|---|---|\n");
	for (size_t i = 0; o->resources && o->resources[i]; i++) {
		buf_addf(b, "| `%s` | ", o->resources[i]->uri);
		doc_cell(b, o->resources[i]->doc);
		buf_adds(b, " |\n");
	}
	if (o->subscribe)
		buf_adds(b, "\nWhoever subscribes to one is told when a call of the same "
			    "server process changes it.\n");
	if (o->prompts)
		buf_adds(b, "\n### Prompts\n\n| Name | What it is for |\n|---|---|\n");
	for (size_t i = 0; o->prompts && o->prompts[i]; i++) {
		buf_addf(b, "| `%s` | ", o->prompts[i]->name);
		doc_cell(b, o->prompts[i]->doc);
		buf_adds(b, " |\n");
	}
}

static void command_options(const struct command *cmd, struct buf *b)
{
	struct arena *a = arena_new();

	for (const struct field *f = cmd->in; f && f->name; f++) {
		if (!options_is_flag(cmd, f))
			continue;
		buf_addf(b, "| `%s` | `%s` | ", cmd->name, options_flag(a, f->name));
		doc_cell(b, f->doc);
		if (f->names)
			doc_cell(b, arena_printf(a, " (%s)", names_list(a, f->names)));
		if (f->def)
			doc_cell(b, arena_printf(a, " Default: %s.", f->def));
		buf_adds(b, " |\n");
	}
	arena_free(a);
}

static void print_commands(const struct app *app, struct buf *b)
{
	const struct command *cmd;

	buf_addf(b, "\n## %s\n\n| Command | What it does |\n|---|---|\n", app->name);
	for (size_t i = 0; (cmd = options_command(app, i)); i++) {
		buf_addf(b, "| `%s %s%s", app->name, cmd->name, cmd->usage ? " " : "");
		doc_cell(b, cmd->usage);
		buf_adds(b, "` | ");
		doc_cell(b, cmd->doc);
		buf_adds(b, " |\n");
	}
	buf_adds(b, "\n| Command | Option | What it does |\n|---|---|---|\n");
	for (size_t i = 0; (cmd = options_command(app, i)); i++)
		command_options(cmd, b);
}

static const struct {
	const char *name;
	void (*print)(const struct app *app, struct buf *b);
} common_docs[] = {
	{ "configuration.md", print_config }, { "env.example", print_env },
	{ "errors.md", print_errors },	      { "tools.md", print_tools },
	{ "commands.md", print_commands },
};

bool docs_print(const struct app *app, const char *name, struct buf *out, struct err *e)
{
	bool list = str_eq(name, "list");

	for (size_t i = 0; i < ARRAY_LEN(common_docs); i++) {
		if (list)
			buf_addf(out, "%s\n", common_docs[i].name);
		else if (str_eq(name, common_docs[i].name))
			return common_docs[i].print(app, out), true;
	}
	for (const struct printed_doc *d = app->docs; d && d->name; d++) {
		if (list)
			buf_addf(out, "%s\n", d->name);
		else if (str_eq(name, d->name))
			return d->print(out), true;
	}
	return list ||
	       err_set(e, ERR_USAGE, "no reference named \"%s\"\nhint: --print-docs list",
		       name);
}
