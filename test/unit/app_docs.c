/* SPDX-License-Identifier: Apache-2.0 */
/* References printed from the tables. */
#include "common/app/commands.h"
#include "test/tap.h"

struct in {
	const char *name;
};
static const struct field in_fields[] = {
	FIELD(struct in, name, .max = 7, .req = true, .doc = "A | pipe."), FIELDS_END
};
static const struct tool tool = { .name = "do_it",
				  .title = "Do it",
				  .doc = "Does it. Use it.",
				  .in = in_fields,
				  .in_size = sizeof(struct in),
				  .out = in_fields,
				  .hints = HINT_DESTRUCTIVE };
static const struct tool *const tools[] = { &tool, NULL };
static const struct resource recent = { .uri = "x://recent", .doc = "The newest." };
static const struct resource *const resources[] = { &recent, NULL };
static const struct offer offer = { .tools = tools, .resources = resources };

static void print_own(struct buf *b)
{
	buf_adds(b, "own text");
}
static const struct printed_doc own[] = { { "own.md", print_own }, { NULL, NULL } };
struct do_in {
	const char *words, *fail_on;
};
static const struct field do_fields[] = {
	FIELD(struct do_in, words, .max = 9),
	FIELD(struct do_in, fail_on, .max = 7, .doc = "A | pipe."), FIELDS_END
};
static const struct command commands[] = { { .name = "do",
					     .usage = "[--as a|b]",
					     .doc = "Does.",
					     .in = do_fields,
					     .in_size = sizeof(struct do_in),
					     .words = "words" },
					   { .name = NULL } };
static const struct app app = { .name = "some-server",
				.about = "for tests",
				.server = KEY_MEMORY,
				.offer = &offer,
				.commands = commands,
				.docs = own };

static struct buf b;
static struct err e;

static const char *print(const char *name)
{
	buf_reset(&b);
	e = (struct err){ 0 };
	return docs_print(&app, name, &b, &e) ? buf_text(&b) : "";
}

static void holds(const char *name, const char *text)
{
	if (!OK(strstr(print(name), text), "%s: %s", name, text))
		printf("# %.500s\n", buf_text(&b));
}

int main(void)
{
	char names[8][40], *line, *save = NULL, *list;
	size_t n = 0;

	buf_init(&b, 1 << 22);
	list = strdup(print("list"));
	for (line = strtok_r(list, "\n", &save); line && n < 8;
	     line = strtok_r(NULL, "\n", &save))
		snprintf(names[n++], sizeof(names[0]), "%s", line);
	free(list);
	IS_INT(n, 6, "five common references and an own one");
	for (size_t i = 0; i < n; i++)
		OK(strlen(print(names[i])) > 5 && !b.overflow, "%s is printed", names[i]);
	IS_STR(print("own.md"), "own text", "the own one");
	holds("errors.md", "| NOT_FOUND | tool result with isError |");
	holds("errors.md", "-32602");
	holds("configuration.md", "DATABASE_URL");
	holds("env.example", "DATABASE_URL=");
	holds("tools.md", "### do_it");
	holds("tools.md", "Writes, may destroy.");
	holds("tools.md", "A \\| pipe.");
	holds("tools.md", "`x://recent`");
	holds("commands.md", "some-server migrate status");
	holds("commands.md", "| `some-server do [--as a\\|b]` | Does. |");
	holds("commands.md", "| `do` | `--fail-on` | A \\| pipe. |");
	OK(!strstr(print("commands.md"), "`--words`"), "words are no options");
	OK(!*print("none.md") && e.code == ERR_USAGE && strstr(e.msg, "list"), "%s",
	   e.msg);
	OK(!*print("../errors.md") && e.code == ERR_USAGE, "names only");
	buf_release(&b);
	return tap_done();
}
