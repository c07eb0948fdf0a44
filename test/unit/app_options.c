/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: commands of one and two words, flags, words, defaults, refusals. */
#include "common/app/options.h"

#include "test/tap.h"

enum level { LOW = 1, HIGH };
static const char *const levels[] = { "", "low", "high", NULL };

struct check_in {
	struct strs files;
	enum level fail_on;
	bool live, json;
	int64_t limit;
};
static const struct field check_fields[] = {
	FIELD(struct check_in, files, .min = 1, .req = true),
	FIELD(struct check_in, fail_on, .names = levels, .def = "\"high\"",
	      .doc = "Exit status."),
	FIELD(struct check_in, live, .doc = "Start them."),
	FIELD(struct check_in, json, .doc = "Print JSON."),
	FIELD(struct check_in, limit, .min = 1, .max = 9, .def = "5"),
	FIELDS_END
};

struct approve_in {
	const char *id, *note;
};
static const struct field approve_fields[] = {
	FIELD(struct approve_in, id, .max = 10, .req = true),
	FIELD(struct approve_in, note, .max = 20), FIELDS_END
};

static bool run(struct ctx *c UNUSED, const void *in UNUSED, struct buf *out UNUSED,
		int *status UNUSED, struct err *e UNUSED)
{
	return true;
}

static const struct command commands[] = {
	{ .name = "check",
	  .usage = "FILE",
	  .doc = "Checks.",
	  .in = check_fields,
	  .in_size = sizeof(struct check_in),
	  .words = "files",
	  .run = run },
	{ .name = "approve",
	  .usage = "ID",
	  .doc = "Approves.",
	  .in = approve_fields,
	  .in_size = sizeof(struct approve_in),
	  .words = "id",
	  .run = run },
	{ .name = NULL },
};
static const struct app app = { .name = "some-server",
				.about = "for tests",
				.server = KEY_MEMORY,
				.commands = commands };

static struct arena *a;
static struct options o;
static struct err e;

/* Words are separated by one blank. */
static bool parse(const char *line)
{
	char *text = arena_printf(a, "some-server%s%s", *line ? " " : "", line);
	char **argv = arena_array(a, strlen(text) + 2, sizeof(*argv));
	int argc = 0;

	e = (struct err){ 0 };
	for (char *p = text; p;) {
		char *blank = strchr(p, ' ');

		if (blank)
			*blank++ = '\0';
		argv[argc++] = p;
		p = blank;
	}
	return options_parse(a, &app, argc, argv, &o, &e);
}

static void refused(const char *line, const char *text)
{
	bool no = !parse(line);

	if (!OK(no && e.code == ERR_USAGE && strstr(e.msg, text), "refused: %s", line))
		printf("#   %s\n", e.msg);
}

static void accepted(void)
{
	const struct check_in *in;
	const struct approve_in *ap;

	OK(parse("") && !o.command && !o.flags_n, "no words: it serves");
	OK(parse("serve") && o.command && !o.command->run, "serve");
	OK(parse("migrate status") && str_eq(o.command->name, "migrate status"),
	   "a command of two words");
	OK(parse("check a.json -- --live b") && o.command, "words");
	in = o.in;
	OK(in->files.n == 3 && str_eq(in->files.v[1], "--live") && !in->live,
	   "after -- everything is a word");
	OK(in->fail_on == HIGH && in->limit == 5, "defaults");
	OK(parse("check --live --fail-on low --limit=9 x"), "options of the command");
	in = o.in;
	OK(in->live && in->fail_on == LOW && in->limit == 9 && in->files.n == 1, "bound");
	OK(parse("check --live=false -") && !((struct check_in *)o.in)->live &&
		   str_eq(((struct check_in *)o.in)->files.v[0], "-"),
	   "a dash alone is a word");
	OK(parse("approve apr_1 --note=a=b"), "one word");
	ap = o.in;
	OK(str_eq(ap->id, "apr_1") && str_eq(ap->note, "a=b"), "the first = separates");
	OK(parse("--log-level debug --workers=2") && o.flags_n == 2 &&
		   str_eq(o.flag_names[0], "LOG_LEVEL") &&
		   str_eq(o.flag_values[0], "debug") && str_eq(o.flag_values[1], "2"),
	   "configuration keys");
	OK(parse("--config c.yaml --env-file=e check x") &&
		   str_eq(o.config_file, "c.yaml") && str_eq(o.env_file, "e"),
	   "files");
	OK(parse("--help") && o.help && parse("-h") && o.help, "help");
	OK(parse("check --help") && o.help && o.command,
	   "help of a command needs no words");
	OK(parse("migrate --help") && o.help && str_eq(o.group, "migrate") &&
		   parse("--help migrate") && str_eq(o.group, "migrate") &&
		   parse("migrate -h") && o.help,
	   "help of the first of two words");
	OK(parse("migrate up --help") && o.help && !o.group && o.command, "help of both");
	OK(parse("--version --json") && o.version && o.json, "version");
	OK(parse("--json check x") && ((struct check_in *)o.in)->json,
	   "--json before the command counts for it");
	OK(parse("check --json x") && ((struct check_in *)o.in)->json, "and behind it");
	OK(parse("--print-docs list") && str_eq(o.print_docs, "list"), "documents");
}

static void refusals(void)
{
	refused("chek", "\"check\"");
	refused("migrate", "migrate");
	refused("migrate sideways", "migrate");
	refused("zzzzzzzzzz", "unknown command \"zzzzzzzzzz\"");
	refused("--hlep", "--help");
	refused("--log-levle debug", "--log-level");
	refused("check --fail-om low x", "--fail-on");
	refused("--fail-on low", "unknown option");
	refused("check", "usage: some-server check FILE: FILE is missing");
	refused("check --fail-on middle x", "low, high");
	refused("check --limit 10 x", "1 to 9");
	refused("check --limit", "needs a value");
	refused("check --limit=x y", "limit");
	refused("check --live=maybe x", "live");
	refused("approve", "usage: some-server approve ID: ID is missing");
	refused("check --fail-on middle x", "option \"--fail-on\"");
	refused("check --limit 10 x", "option \"--limit\"");
	refused("approve 12345678901", "argument \"ID\"");
	refused("migrat", "\"migrate\"");
	refused("potr", "unknown command \"potr\"\nhint");
	refused("--chekc", "unknown option \"--chekc\"\nhint");
	refused("approve a b", "one argument");
	refused("approve 12345678901", "10");
	refused("migrate up now", "now");
	refused("serve forever", "forever");
	refused("--jwt-secret x", "unknown option");
	refused("--database-url x", "unknown option");
	refused("--config", "needs a value");
	refused("check --\x1b[31m x", "\\u001b");
}

static void help(void)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	options_help(&app, NULL, &b);
	OK(strstr(buf_text(&b), "check") && strstr(buf_text(&b), "migrate verify") &&
		   strstr(buf_text(&b), "--print-docs"),
	   "help names commands and options");
	buf_reset(&b);
	options_help(&app, &commands[0], &b);
	OK(strstr(buf_text(&b), "usage: some-server check FILE") &&
		   strstr(buf_text(&b), "--fail-on") &&
		   strstr(buf_text(&b), "low, high") && !strstr(buf_text(&b), "--files"),
	   "help of a command names its options");
	buf_reset(&b);
	options_help_group(&app, "migrate", &b);
	OK(strstr(buf_text(&b), "usage: some-server migrate status [--json]") &&
		   strstr(buf_text(&b), "usage: some-server migrate up") &&
		   strstr(buf_text(&b), "usage: some-server migrate verify") &&
		   !strstr(buf_text(&b), "doctor"),
	   "help of a group tells of each");
	buf_release(&b);
}

int main(void)
{
	a = arena_new();
	accepted();
	refusals();
	help();
	arena_free(a);
	return tap_done();
}
