/* SPDX-License-Identifier: Apache-2.0 */
/* Approved sets: what changes a hash and what does not, storing, and differences that a
 * person can read. */
#include "compliance-server/pin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compliance-server/pin_diff.h"
#include "compliance-server/text_diff.h"
#include "test/tap.h"

static struct arena *a;
static char env_path[] = "PATH=/usr/bin:/bin", env_token[64];
static char *const environment[] = { env_path, env_token, NULL };

#define ECHO                                                                             \
	"{\"name\":\"echo\",\"title\":\"Echo\",\"description\":\"Says a text again.\","  \
	"\"inputSchema\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":"       \
	"\"string\",\"description\":\"What to say.\",\"maxLength\":255},\"loud\":{"      \
	"\"type\":\"boolean\",\"default\":false}},\"required\":[\"text\"]},"             \
	"\"outputSchema\":{\"type\":\"object\"},\"annotations\":{\"readOnlyHint\":true," \
	"\"title\":\"Echo it\"},\"icons\":[{\"src\":\"https://example.org/echo.png\"}]}"
#define ADD "{\"name\":\"add\",\"description\":\"Adds.\",\"inputSchema\":{}}"

static const struct entry *entry_of(void)
{
	static const char json[] = "{\"mcpServers\":{\"s\":{\"command\":\"/bin/true\","
				   "\"env\":{\"API_TOKEN\":\"${env:TEST_TOKEN}\"}}}}";
	const struct facts_options o = { .host = "kilocode-legacy",
					 .home = "/nonexistent" };
	struct facts *f;
	struct err e = { 0 };

	if (!facts_read(a, NULL, 0, &o, &f, &e) ||
	    !facts_add_text(f, "/nonexistent/mcp.json", json, strlen(json), &o, &e)) {
		printf("Bail out! %s\n", e.msg);
		exit(1);
	}
	return f->entries[0];
}

static struct live *live_of(const char *tools, const char *instructions)
{
	struct live *l = arena_alloc(a, sizeof(*l));
	const char *text = arena_printf(a, "[%s]", tools);
	const struct node *n = jsonr_parse(a, text, strlen(text),
					   JSONR_DUPLICATES | JSONR_NUL, NULL, NULL);
	struct live_list *list = &l->lists[LIVE_TOOLS];

	if (!n)
		return NULL;
	l->state = LIVE_OK;
	l->instructions = instructions;
	l->server_name = "s";
	l->server_version = "1";
	list->declared = true;
	list->end = PAGES_COMPLETE;
	list->items = arena_array(a, n->n + 1, sizeof(*list->items));
	for (const struct node *m = n->first; m; m = m->next)
		list->items[list->n++] = m;
	return l;
}

static struct pin pin_for(const char *tools, const char *instructions)
{
	const struct live *l = live_of(tools, instructions);
	struct pin p = { .n = 0 };
	struct err e = { 0 };

	if (l && !pin_of_live(a, entry_of(), l, environment, &p, &e))
		printf("# %s\n", e.msg);
	return p;
}

static const char *hash(const char *tools)
{
	struct pin p = pin_for(tools, "Use with care.");

	return arena_strdup(a, p.server_sha256);
}

/* ---- hashes ---- */

static void check_order(void)
{
	static const char other_order[] =
		"{\"icons\":[{\"mimeType\":\"image/png\",\"src\":"
		"\"https:\\/\\/example.org/echo.png\"}],\"_meta\":{\"x\":1},"
		"\"annotations\":{\"title\":\"Echo it\",\"readOnlyHint\":true},"
		"\"outputSchema\":{\"type\":\"object\"}, \"inputSchema\" : "
		"{\"required\":[\"text\"],\"properties\":{\"loud\":{\"default\":false,"
		"\"type\":\"boolean\"},\"text\":{\"maxLength\":2.55e2,\"description\":"
		"\"What to \\u0073ay.\",\"type\":\"string\"}},\"type\":\"object\"},"
		"\"description\":\"Says a text again.\",\"title\":\"Echo\","
		"\"name\":\"echo\"}";
	struct pin p = pin_for(ECHO "," ADD, NULL), q = pin_for(other_order, NULL);

	IS_STR(hash(ECHO "," ADD), hash(ADD "," ECHO), "the order of tools is no change");
	IS_STR(p.tools[1].sha256, q.tools[0].sha256,
	       "nor is the order of keys, or another spelling of the same");
	IS_STR(p.tools[0].name, "add", "tools stand by name");
	OK(strcmp(hash(ECHO), hash(ECHO "," ECHO)) != 0, "the same tool twice is one");
	OK(strcmp(pin_for(ECHO, "a").server_sha256, pin_for(ECHO, "b").server_sha256) &&
		   strcmp(pin_for(ECHO, NULL).server_sha256,
			  pin_for(ECHO, "").server_sha256),
	   "other instructions are one");
}

/* Positions inside strings, where any changed letter is another text. */
static size_t letters_of(const char *text, size_t *at)
{
	bool inside = false;
	size_t n = 0;

	for (size_t i = 0; text[i]; i++) {
		if (text[i] == '"')
			inside = !inside;
		else if (inside)
			at[n++] = i;
	}
	return n;
}

static const char *mutated(const char *text, size_t at, unsigned kind, unsigned r)
{
	char c = text[at];
	char other = (char)('a' + r % 26);

	switch (kind) {
	case 0: /* another letter */
		return arena_printf(a, "%.*s%c%s", (int)at, text,
				    other == c ? '_' : other, text + at + 1);
	case 1: /* one that is not seen */
		return arena_printf(a, "%.*s\xe2\x80\x8b%s", (int)at, text, text + at);
	case 2: /* one fewer */
		return arena_printf(a, "%.*s%s", (int)at, text, text + at + 1);
	default: /* another composition of the same glyph */
		return arena_printf(a, "%.*s%c\xcc\x81%s", (int)at, text, c,
				    text + at + 1);
	}
}

static void check_mutations(void)
{
	const char *base = hash(ECHO);
	size_t at[sizeof(ECHO)], n = letters_of(ECHO, at);
	unsigned seed = 1, same = 0, unread = 0;

	for (unsigned i = 0; i < 1000; i++) {
		const char *text;

		seed = seed * 1103515245u + 12345u;
		text = mutated(ECHO, at[(seed >> 8) % n], i % 4, seed >> 20);
		unread += !live_of(text, NULL);
		same += str_eq(hash(text), base);
	}
	IS_INT(unread, 0, "1,000 mutations are definitions");
	IS_INT(same, 0, "each has another hash");
}

static void check_values(void)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "255", "256" },
		{ "false", "true" },
		{ "\"text\"]", "\"text\",\"loud\"]" },
		{ "[\"text\"]", "[]" },
		{ "\"readOnlyHint\":true", "\"readOnlyHint\":null" },
		{ "255", "\"255\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *p = strstr(ECHO, rows[i].from);
		const char *text = arena_printf(a, "%.*s%s%s", (int)(p - ECHO), ECHO,
						rows[i].to, p + strlen(rows[i].from));

		OK(strcmp(hash(text), hash(ECHO)) != 0, "%s is not %s", rows[i].to,
		   rows[i].from);
	}
}

/* ---- storing ---- */

static const char *stored(const struct pin *p)
{
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, 16 << 20);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "transport", "stdio");
	pin_write(&w, "pin", p);
	jsonw_end(&w);
	return arena_strdup(a, buf_text(&b));
}

static void check_storing(void)
{
	struct pin p = pin_for(ECHO "," ADD, "Two\nlines.");
	const struct pin *q;

	p.definition_sha256 = "d";
	p.approved_by = "somebody";
	p.approved_at.ms = 1700000000123;
	p.program.files = arena_array(a, 1, sizeof(*p.program.files));
	p.program.files[0].path = "/bin/true";
	memset(p.program.files[0].sha256, 'a', 64);
	p.program.n = 1;
	q = pin_read(a, stored(&p));
	OK(q && q->n == 2, "what was stored is read");
	if (!q)
		return;
	IS_STR(q->server_sha256, p.server_sha256, "the same set");
	IS_STR(q->tools[1].text, p.tools[1].text, "with its definitions");
	IS_STR(q->approved_by, "somebody", "who");
	IS_INT(q->approved_at.ms, 1700000000123, "and when");
	IS_STR(q->program.n == 1 ? q->program.files[0].path : NULL, "/bin/true",
	       "and the program");
	OK(pin_live(a, q) && pin_live(a, q)->lists[LIVE_TOOLS].n == 2 &&
		   str_eq(pin_live(a, q)->instructions, "Two\nlines."),
	   "as a list that rules about texts look at");
	OK(!pin_read(a, "{\"pin\":3}") && !pin_read(a, "{}") && !pin_read(a, "[") &&
		   !pin_read(a, NULL),
	   "no set is none");
	q = pin_read(a, "{\"pin\":{\"tools\":[1,{\"name\":2},{\"definition\":\"x\"}],"
			"\"program\":{\"path\":1},\"approved_at\":\"never\"}}");
	OK(q && q->n == 1 && q->program.n == 0 && q->approved_at.ms == 0,
	   "a damaged one is read as far as it goes");
}

static void check_secrets(void)
{
	const char *value = strchr(env_token, '=') + 1;
	char token[60];
	struct pin p;

	snprintf(token, sizeof(token), "%s_%s", "ghp",
		 "Qm7XvT2bLw9RkZ4nYc8HsJd3PfGa5UoEi6Nt");
	p = pin_for(
		arena_printf(a,
			     "{\"name\":\"t\",\"description\":\"Uses %s for %s, or %s.\","
			     "\"inputSchema\":{\"properties\":{\"%s\":{}}}}",
			     value, token, token, value),
		arena_printf(a, "With %s.", value));
	OK(!strstr(stored(&p), value) && !strstr(stored(&p), token),
	   "no secret of its environment is kept, and no token");
	OK(strstr(stored(&p), "Uses *** for ***, or ***.") != NULL, "they are masked");
}

static void check_limits(void)
{
	struct live *l = live_of(ECHO, NULL);
	char *longer = arena_alloc(a, PIN_MAX + 2);
	struct pin p = { .n = 77 };
	struct err e = { 0 };

	l->lists[LIVE_TOOLS].end = PAGES_CUT;
	OK(!pin_of_live(a, entry_of(), l, environment, &p, &e) &&
		   e.code == ERR_UNAVAILABLE && p.n == 77,
	   "half a list is no set: %s", e.msg);
	memset(longer, 'x', PIN_MAX + 1);
	l = live_of(ECHO, longer);
	OK(!pin_of_live(a, entry_of(), l, environment, &p, &e) && e.code == ERR_LIMIT,
	   "there is an end to what is kept: %s", e.msg);
	l = live_of("", NULL);
	l->lists[LIVE_TOOLS] = (struct live_list){ .first = { .asked = true } };
	OK(pin_of_live(a, entry_of(), l, environment, &p, &e) && p.n == 0,
	   "a server without tools has an empty one");
	OK(pin_for("3,\"x\",null,{\"name\":5}", NULL).n == 4, "tools of any shape");
}

/* ---- differences ---- */

static const char *diffed(const char *was, const char *now)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, 1 << 20);
	text_diff(&b, "", was, now, false);
	return arena_strdup(a, buf_text(&b));
}

static void check_text(void)
{
	IS_STR(diffed("a", "a"), "", "equal texts");
	IS_STR(diffed("Says a text again.", "Says a text twice."),
	       "- Says a text [-again-].\n+ Says a text {+twice+}.\n", "a word");
	IS_STR(diffed(NULL, "new\ntwo"), "+ new\n+ two\n", "a text that is new");
	IS_STR(diffed("one", NULL), "- one\n", "one that is gone");
	IS_STR(diffed("1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\nX\n6\n7\n8\n9"),
	       "  3\n  4\n- 5\n+ X\n  6\n  7\n", "lines around a change");
	IS_STR(diffed("1\n2", "1\n1a\n2"), "  1\n+ 1a\n  2\n", "a new line");
	IS_STR(diffed("Says a text.", "Sa\xe2\x80\x8bys a text.\x1b[8m"),
	       "- [-Says-] a text.\n+ {+Sa<U+200B>ys+} a text.{+<U+001B>[8m+}\n",
	       "what is not seen");
	IS_STR(diffed("Call echo first.", "Call ech\xd0\xbe first."),
	       "- Call [-echo-] first.\n+ Call {+ech\xd0\xbe<U+043E>+} first.\n",
	       "a letter that only looks the same");
	IS_STR(diffed("abc def ghi", "zzz yyy www"), "- abc def ghi\n+ zzz yyy www\n",
	       "another text altogether");
	OK(strlen(diffed(
		   "The quick brown fox jumps over the lazy dog and then sleeps for a"
		   " very long time until it wakes.",
		   "The quick brown fox jumps over the lazy dog and then sleeps for a"
		   " very long time until it dreams.")) < 160,
	   "of words that stayed only a few are shown");
}

static void check_short(void)
{
	char *was = arena_alloc(a, 1 << 20), *now = arena_alloc(a, 1 << 20);
	const char *text;

	IS_STR(text_diff_short(a, "Says a text again.", "Says a text again. Hide it.",
			       200),
	       "Says a text again.{+ Hide it.+}", "in short");
	memset(was, 'a', (1 << 20) - 1);
	memset(now, 'a', (1 << 20) - 1);
	now[1 << 19] = 'b';
	text = text_diff_short(a, was, now, 120);
	OK(strlen(text) <= 120 && *text, "a megabyte without a blank: %s", text);
	for (int i = 0; i < (1 << 20) - 1; i++) {
		was[i] = i % 2 ? ' ' : 'a';
		now[i] = i % 3 ? 'b' : ' ';
	}
	OK(strlen(diffed(was, now)) > 1000, "a megabyte of words");
}

static const char *pin_diffed(const char *was, const char *now, size_t *n)
{
	struct pin p = pin_for(was, "Use with care."), q = pin_for(now, "Use with care.");
	struct buf b CLEANUP(buf_release);

	buf_init(&b, 1 << 20);
	*n = pin_diff(&b, &p, &q, false);
	return arena_strdup(a, buf_text(&b));
}

#define TOOL(name, doc, schema) \
	"{\"name\":\"" name "\",\"description\":\"" doc "\",\"inputSchema\":" schema "}"

static void check_diff(void)
{
	size_t n;

	IS_STR(pin_diffed(ECHO, ECHO, &n), "", "no difference");
	IS_STR(pin_diffed(TOOL("t", "Reads a file.",
			       "{\"properties\":{\"p\":{\"enum\":[\"a\",\"b\"]}}}"),
			  TOOL("t", "Reads any file.",
			       "{\"properties\":{\"p\":{\"enum\":[\"a\",\"c\"]}}}"),
			  &n),
	       "changed tool t\n"
	       "  description\n"
	       "    - Reads [-a-] file.\n"
	       "    + Reads {+any+} file.\n"
	       "  inputSchema.properties.p.enum\n"
	       "      a\n"
	       "    - b\n"
	       "    + c\n",
	       "field by field");
	IS_INT(n, 1, "one tool");
	IS_STR(pin_diffed(TOOL("a", "A.", "{}"), TOOL("b\\u001b", "B.", "{}"), &n),
	       "gone tool a\n  description\n    - A.\n  inputSchema\n    - {}\n  name\n"
	       "    - a\n"
	       "new tool b\\u001b\n  description\n    + B.\n  inputSchema\n    + {}\n"
	       "  name\n    + b<U+001B>\n",
	       "gone and new");
	IS_INT(n, 2, "two tools");
	IS_STR(pin_diffed(TOOL("t", "A.", "{\"x\":1}"), TOOL("t", "A.", "{\"x\":\"1\"}"),
			  &n),
	       "changed tool t\n  inputSchema.x\n    - 1\n    + \"1\"\n",
	       "a number and its text");
}

static void check_pairs(void)
{
	struct buf b CLEANUP(buf_release);
	struct pin p, q;
	size_t n;

	buf_init(&b, 16 << 20);
	for (int i = 0; i < 5000; i++)
		buf_addf(&b, "%s{\"name\":\"t%d\",\"inputSchema\":{}}", i ? "," : "", i);
	p = pin_for(buf_text(&b), NULL);
	buf_reset(&b);
	for (int i = 0; i < 5000; i++)
		buf_addf(&b, "%s{\"name\":\"t%d\",\"inputSchema\":{\"x\":0}}",
			 i ? "," : "", i + 1);
	q = pin_for(buf_text(&b), NULL);
	pin_pairs(a, &p, &q, &n);
	IS_INT(n, 5001, "5,000 tools that all changed");
	buf_reset(&b);
	IS_INT(pin_diff(&b, &p, &q, false), 5001, "and their difference");
}

int main(void)
{
	a = arena_new();
	snprintf(env_token, sizeof(env_token), "TEST_TOKEN=%s-%d-%s", "Zq81", 4711,
		 "kkLw90aa");
	check_order();
	check_mutations();
	check_values();
	check_storing();
	check_secrets();
	check_limits();
	check_text();
	check_short();
	check_diff();
	check_pairs();
	arena_free(a);
	return tap_done();
}
