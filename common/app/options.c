/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: global options, configuration flags, one sub-command with its own. */
#include "common/app/options.h"

#include "common/app/commands.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/bind.h"

#define NEAR_MAX 256

struct parser {
	struct arena *a;
	const struct app *app;
	struct options *o;
	int argc, at;
	char **argv;
	bool only_words; /* after "--" */
	struct strs words;
};

const struct command *options_command(const struct app *app, size_t i)
{
	size_t own = 0;

	for (; app->commands && app->commands[own].name; own++) {
		if (own == i)
			return &app->commands[own];
	}
	return i - own < common_commands_n ? &common_commands[i - own] : NULL;
}

const char *options_flag(struct arena *a, const char *name)
{
	char *s = arena_printf(a, "--%s", name);

	for (char *p = s; *p; p++) {
		if (*p == '_')
			*p = '-';
		else if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	}
	return s;
}

static bool applies(const struct app *app, const struct key *k)
{
	unsigned all = KEY_COMPLIANCE | KEY_MEMORY | KEY_COORDINATOR;

	return !(k->flags & KEY_SECRET) &&
	       (!(k->flags & all) || (k->flags & app->server));
}

bool options_is_flag(const struct command *cmd, const struct field *f)
{
	return !str_eq(f->name, cmd->words);
}

static size_t flag_names(struct parser *p, const char **names)
{
	static const char *const global[] = { "--help", "--version", "--config",
					      "--env-file", "--print-docs" };
	const struct command *cmd = p->o->command;
	size_t n = 0;

	for (const struct key *k = config_keys; k->name && n < NEAR_MAX - 40; k++) {
		if (applies(p->app, k))
			names[n++] = options_flag(p->a, k->env);
	}
	for (const struct field *f = cmd ? cmd->in : NULL;
	     f && f->name && n < NEAR_MAX - 8; f++) {
		if (options_is_flag(cmd, f))
			names[n++] = options_flag(p->a, f->name);
	}
	for (size_t i = 0; i < ARRAY_LEN(global); i++)
		names[n++] = global[i];
	return n;
}

static size_t word_names(struct parser *p, const char **names)
{
	const struct command *cmd;
	size_t n = 0;

	for (size_t i = 0; (cmd = options_command(p->app, i)) && n < NEAR_MAX - 2; i++) {
		size_t first = strcspn(cmd->name, " ");

		names[n++] = cmd->name;
		if (cmd->name[first])
			names[n++] = arena_strndup(p->a, cmd->name, first);
	}
	return n;
}

/* The first word of the usage: "FILE... [--live]" -> "FILE", "[ID]" -> "ID". */
static const char *word_name(struct arena *a, const struct command *cmd)
{
	const char *s = cmd->usage ? cmd->usage : "";

	s += *s == '[';
	return arena_strndup(a, s, strcspn(s, " .]…"));
}

/* The member as the command line names it. */
static struct field named(struct parser *p, const struct field *f)
{
	const struct command *cmd = p->o->command;
	struct field ret = *f;

	ret.json = options_is_flag(cmd, f) ? options_flag(p->a, f->name)
					   : word_name(p->a, cmd);
	return ret;
}

static const struct field *named_all(struct parser *p)
{
	const struct field *in = p->o->command->in;
	struct field *ret;
	size_t n = 0;

	while (in[n].name)
		n++;
	ret = arena_array(p->a, n + 1, sizeof(*ret));
	for (size_t i = 0; i < n; i++)
		ret[i] = named(p, &in[i]);
	return ret;
}

static bool usage(struct parser *p, const char *word, struct err *e)
{
	const char *names[NEAR_MAX], *near;

	near = str_nearest(word, names,
			   word[0] == '-' ? flag_names(p, names) : word_names(p, names));
	return err_set(e, ERR_USAGE, "unknown %s \"%s\"%s%s%s\nhint: %s --help",
		       word[0] == '-' ? "option" : "command",
		       str_printable(p->a, word, 80), near ? ", did you mean \"" : "",
		       near ? near : "", near ? "\"?" : "", p->app->name);
}

/* The value of "--name=value" or "--name value"; NULL with e set when there is none. */
static const char *value_of(struct parser *p, const char *name, const char *eq,
			    struct err *e)
{
	if (eq)
		return eq + 1;
	if (p->at + 1 < p->argc)
		return p->argv[++p->at];
	err_set(e, ERR_USAGE, "option %s needs a value", name);
	return NULL;
}

/* A list that is given in several options. */
static void put_before(struct arena *a, const struct strs *before, struct strs *list)
{
	const char **all = arena_array(a, before->n + list->n + 1, sizeof(*all));

	if (before->n > 0)
		memcpy(all, before->v, before->n * sizeof(*all));
	if (list->n > 0)
		memcpy(all + before->n, list->v, list->n * sizeof(*all));
	*list = (struct strs){ all, before->n + list->n };
}

static bool command_option(struct parser *p, const char *name, const char *eq,
			   bool *found, struct err *e)
{
	const struct command *cmd = p->o->command;
	struct strs before = { NULL, 0 };

	for (const struct field *f = cmd ? cmd->in : NULL; f && f->name; f++) {
		const char *value = "true";
		struct field own;

		if (!options_is_flag(cmd, f) ||
		    !str_eq(name, options_flag(p->a, f->name)))
			continue;
		*found = true;
		if (f->kind != KIND_BOOL || eq) {
			value = value_of(p, name, eq, e);
			if (!value)
				return false;
		}
		own = named(p, f);
		if (f->kind == KIND_STRS)
			before = *(struct strs *)field_at(f, p->o->in);
		if (!bind_text(p->a, &own, "option", value, p->o->in, e)) {
			e->code = ERR_USAGE;
			return false;
		}
		if (f->kind == KIND_STRS)
			put_before(p->a, &before, field_at(f, p->o->in));
		return true;
	}
	return true;
}

static bool global_option(struct parser *p, const char *name, const char *eq, bool *found,
			  struct err *e)
{
	const struct {
		const char *name;
		const char **value;
		bool *on;
	} rows[] = {
		{ "--help", NULL, &p->o->help },
		{ "-h", NULL, &p->o->help },
		{ "--version", NULL, &p->o->version },
		{ "--json", NULL, &p->o->json },
		{ "--config", &p->o->config_file, NULL },
		{ "--env-file", &p->o->env_file, NULL },
		{ "--print-docs", &p->o->print_docs, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!str_eq(name, rows[i].name))
			continue;
		*found = true;
		if (rows[i].on) {
			*rows[i].on = true;
			return true;
		}
		*rows[i].value = value_of(p, name, eq, e);
		return *rows[i].value != NULL;
	}
	return true;
}

static bool config_option(struct parser *p, const char *name, const char *eq, bool *found,
			  struct err *e)
{
	for (const struct key *k = config_keys; k->name; k++) {
		const char *value;

		if (!applies(p->app, k) || !str_eq(name, options_flag(p->a, k->env)))
			continue;
		*found = true;
		value = value_of(p, name, eq, e);
		if (!value)
			return false;
		p->o->flag_names[p->o->flags_n] = k->env;
		p->o->flag_values[p->o->flags_n++] = value;
		return true;
	}
	return true;
}

static bool option(struct parser *p, struct err *e)
{
	static bool (*const kinds[])(struct parser *, const char *, const char *, bool *,
				     struct err *) = { command_option, global_option,
						       config_option };
	char *word = p->argv[p->at];
	const char *eq = strchr(word, '=');
	const char *name = eq ? arena_strndup(p->a, word, (size_t)(eq - word)) : word;
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(kinds) && !found; i++) {
		if (!kinds[i](p, name, eq, &found, e))
			return false;
	}
	return found || usage(p, name, e);
}

static bool in_group(const struct command *cmd, const char *word)
{
	size_t n = strlen(word);

	return n > 0 && strncmp(cmd->name, word, n) == 0 && cmd->name[n] == ' ';
}

static bool asks_help(const struct parser *p)
{
	for (int i = p->at + 1; i < p->argc && !str_eq(p->argv[i], "--"); i++)
		if (str_eq(p->argv[i], "--help") || str_eq(p->argv[i], "-h"))
			return true;
	return p->o->help;
}

/* The first of two words: says which second ones there are. */
static bool half_command(struct parser *p, const char *word, struct err *e)
{
	const struct command *cmd;
	bool help = asks_help(p);
	struct buf b;

	buf_init(&b, 1000);
	for (size_t i = 0; (cmd = options_command(p->app, i)); i++)
		if (in_group(cmd, word))
			buf_addf(&b, "%s%s", b.len ? ", " : "",
				 cmd->name + strlen(word) + 1);
	help = help && b.len > 0;
	if (b.len == 0)
		usage(p, word, e);
	else if (!help)
		err_set(e, ERR_USAGE, "%s needs one of %s\nhint: %s %s --help", word,
			buf_text(&b), p->app->name, word);
	buf_release(&b);
	if (help) {
		p->o->help = true;
		p->o->group = word;
		p->at = p->argc;
	}
	return help;
}

/* "migrate status" is one command of two words; `serve` is what happens without one. */
static bool command_word(struct parser *p, struct err *e)
{
	const char *word = p->argv[p->at];
	const char *two = p->at + 1 < p->argc
				  ? arena_printf(p->a, "%s %s", word, p->argv[p->at + 1])
				  : word;
	const struct command *cmd, *found = NULL;

	for (size_t i = 0; (cmd = options_command(p->app, i)); i++) {
		if (str_eq(cmd->name, two)) {
			found = cmd;
			p->at++;
			break;
		}
		if (str_eq(cmd->name, word))
			found = cmd;
	}
	if (!found)
		return half_command(p, word, e);
	p->o->command = found;
	if (found->in)
		p->o->in = arena_alloc(p->a, found->in_size);
	return true;
}

static bool give_words(struct parser *p, struct err *e)
{
	const struct command *cmd = p->o->command;
	const struct field *f;
	struct field own;

	if (!p->words.n)
		return true;
	if (!cmd->words)
		return err_set(e, ERR_USAGE, "%s takes no argument, but got \"%s\"",
			       cmd->name, str_printable(p->a, p->words.v[0], 80));
	f = field_find(cmd->in, cmd->words, strlen(cmd->words));
	if (f->kind == KIND_STRS) {
		memcpy(field_at(f, p->o->in), &p->words, sizeof(p->words));
		return true;
	}
	if (p->words.n > 1)
		return err_set(e, ERR_USAGE, "%s takes one argument, but got %zu",
			       cmd->name, p->words.n);
	own = named(p, f);
	if (!bind_text(p->a, &own, "argument", p->words.v[0], p->o->in, e)) {
		e->code = ERR_USAGE;
		return false;
	}
	return true;
}

/* Defaults, and what is required but was not given. */
static bool complete(struct parser *p, struct err *e)
{
	const struct command *cmd = p->o->command;
	const struct field *json = cmd->in ? field_find(cmd->in, "json", 4) : NULL;
	const struct field *words =
		cmd->words ? field_find(cmd->in, cmd->words, strlen(cmd->words)) : NULL;

	/* --json may stand before the command that takes it */
	if (p->o->json && json && json->kind == KIND_BOOL)
		*(bool *)field_at(json, p->o->in) = true;
	if (words && words->req && !p->words.n)
		err_set(e, ERR_USAGE, "%s is missing", word_name(p->a, cmd));
	else if (!cmd->in || bind_object(p->a, named_all(p), "option", NULL, p->o->in, e))
		return true;
	e->code = ERR_USAGE;
	return err_prefix(e, "usage: %s %s %s", p->app->name, cmd->name,
			  cmd->usage ? cmd->usage : "");
}

bool options_parse(struct arena *a, const struct app *app, int argc, char **argv,
		   struct options *ret, struct err *e)
{
	struct parser p = {
		.a = a, .app = app, .o = ret, .argc = argc, .argv = argv, .at = 1
	};
	size_t max = (size_t)argc + 1;

	*ret = (struct options){ .flag_names = arena_array(a, max, sizeof(char *)),
				 .flag_values = arena_array(a, max, sizeof(char *)) };
	p.words.v = arena_array(a, max, sizeof(char *));
	for (; p.at < argc; p.at++) {
		const char *word = argv[p.at];

		if (!p.only_words && str_eq(word, "--")) {
			p.only_words = true;
		} else if (!p.only_words && word[0] == '-' && word[1]) {
			if (!option(&p, e))
				return false;
		} else if (!ret->command) {
			if (!command_word(&p, e))
				return false;
		} else {
			p.words.v[p.words.n++] = word;
		}
	}
	if (!ret->command || ret->help)
		return true;
	return give_words(&p, e) && complete(&p, e);
}

static void help_command(const struct app *app, const struct command *cmd,
			 struct buf *out)
{
	struct arena *a = arena_new();

	buf_addf(out, "usage: %s %s%s%s\n\n%s\n", app->name, cmd->name,
		 cmd->usage ? " " : "", cmd->usage ? cmd->usage : "", cmd->doc);
	for (const struct field *f = cmd->in; f && f->name; f++) {
		if (!options_is_flag(cmd, f))
			continue;
		buf_addf(out, "  %-24s %s", options_flag(a, f->name),
			 f->doc ? f->doc : "");
		if (f->names)
			buf_addf(out, " (%s)", names_list(a, f->names));
		if (f->def)
			buf_addf(out, " Default: %s.", f->def);
		buf_addc(out, '\n');
	}
	arena_free(a);
}

void options_help_group(const struct app *app, const char *word, struct buf *out)
{
	const struct command *cmd;
	const char *gap = "";

	for (size_t i = 0; (cmd = options_command(app, i)); i++) {
		if (!in_group(cmd, word))
			continue;
		buf_adds(out, gap);
		help_command(app, cmd, out);
		gap = "\n";
	}
}

void options_help(const struct app *app, const struct command *cmd, struct buf *out)
{
	if (cmd) {
		help_command(app, cmd, out);
		return;
	}
	buf_addf(out, "%s - %s\n\nusage: %s [OPTION…] [COMMAND]\n\n", app->name,
		 app->about, app->name);
	buf_adds(
		out,
		"Without a command it speaks MCP on stdin and stdout; an MCP host starts it.\n"
		"\ncommands:\n");
	for (size_t i = 0; (cmd = options_command(app, i)); i++)
		buf_addf(out, "  %-16s %s\n", cmd->name, cmd->doc);
	buf_adds(
		out,
		"\noptions:\n"
		"  -h, --help       this text; COMMAND --help for one command\n"
		"  --version        version of the program, with --json also of the protocol\n"
		"  --config FILE    YAML configuration file\n"
		"  --env-file FILE  .env file\n"
		"  --json           JSON output of config, doctor, migrate, --version\n"
		"  --print-docs X   a reference from the program's tables, or `list`\n"
		"  --KEY VALUE      any configuration key, such as --log-level debug;\n"
		"                   `config` shows all with their values and origin\n");
}
