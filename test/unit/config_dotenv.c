/* SPDX-License-Identifier: Apache-2.0 */
/* .env grammar: the table of dotenv's results, golden cases, warnings, positions.
 *
 * data/dotenv.golden was written by dotenv 17.4.2 itself (its parse() on generated
 * files):
 * "> FILE" and below it "NAME=VALUE" for each name, with \n \r \t \b \f \\ \uXXXX. */
#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "common/config/dotenv.h"
#include "test/tap.h"

#define BOM "\xef\xbb\xbf"

static const struct {
	const char *text, *name, *value;
} table[] = {
	{ "A=basic", "A", "basic" },
	{ "A=  b  ", "A", "b" },
	{ "  A = b", "A", "b" },
	{ "A=\"b\"", "A", "b" },
	{ "A='b'", "A", "b" },
	{ "A=`b`", "A", "b" },
	{ "A=\" b \"", "A", " b " },
	{ "A=", "A", "" },
	{ "A=\"\"", "A", "" },
	{ "A=\"x\\ny\"", "A", "x\ny" },
	{ "A='x\\ny'", "A", "x\\ny" },
	{ "A=\"x\\ty\"", "A", "x\\ty" },
	{ "A=\"x\\\\ny\"", "A", "x\\\ny" },
	{ "A=\"a\\\"b\"", "A", "a\\\"b" },
	{ "export L=1", "L", "1" },
	{ "M: yaml", "M", "yaml" },
	{ "N=a=b=c", "N", "a=b=c" },
	{ "H=$HOME", "H", "$HOME" },
	{ "H=\"${HOME}\"", "H", "${HOME}" },
	{ "1A=b", "1A", "b" },
	{ "a-b=c", "a-b", "c" },
	{ "a.b=c", "a.b", "c" },
	{ "A=1\nA=2", "A", "2" },
	{ BOM "A=1", "A", "1" },
	{ "A=1\r\nB=2\r\n", "A", "1" },
	{ "A=1\r\nB=2\r\n", "B", "2" },
	{ "A=1\rB=2", "B", "2" },
	{ "A=p@ss#word", "A", "p@ss" },
	{ "F=a#b", "F", "a" },
	{ "G=a #b", "G", "a" },
	{ "HH=#c", "HH", "" },
	{ "A=\"a#b\" # c", "A", "a#b" },
	{ "A=\"b\"#c", "A", "b" },
	{ "A=a\\#b", "A", "a\\" },
	{ "A=\"a\" trailing", "A", "\"a\" trailing" },
	{ "A='it's'", "A", "it's" },
	{ "A=\"a'b\"", "A", "a'b" },
	{ "A=a\"b", "A", "a\"b" },
	{ "A=\"x", "A", "\"x" },
	{ "A=\"x\\ny", "A", "\"x\ny" },
	{ "A=\"l1\nl2\"", "A", "l1\nl2" },
	{ "A=\"x\nB=2\nC=y\"", "A", "x\nB=2\nC=y" },
	{ "A=\"x\nB=2\nC=y\"", "B", NULL },
	{ "A=\n\"b\"", "A", "b" },
	{ "A=\nB=1", "A", "" },
	{ "A=\nB=1", "B", "1" },
	{ "noequals", "noequals", NULL },
	{ "=x", "", NULL },
	{ "A B=c", "A", NULL },
	{ "A B=c", "B", NULL },
	{ "A:b", "A", NULL },
	{ "export A", "A", NULL },
	{ "\xc3\x84=b", "\xc3\x84", NULL },
	{ "#A=b", "A", NULL },
	{ "A=\xff\xf0\x9f\x98z", "A", "\xef\xbf\xbd\xef\xbf\xbdz" },
};

static void test_table(struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct dotenv d;
		const struct dotenv_entry *e;

		dotenv_parse(a, table[i].text, strlen(table[i].text), &d);
		e = dotenv_get(&d, table[i].name);
		IS_STR(e ? e->value : NULL, table[i].value,
		       str_printable(a, table[i].text, 100));
	}
}

static size_t unescape(const char *s, size_t n, char *out)
{
	static const char from[] = "nrtbf\\", to[] = "\n\r\t\b\f\\";
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		const char *c;

		if (s[i] != '\\') {
			out[k++] = s[i];
		} else if (s[++i] == 'u') {
			char hex[5] = { 0 };

			memcpy(hex, s + i + 1, 4);
			k += utf8_encode((uint32_t)strtoul(hex, NULL, 16), out + k);
			i += 4;
		} else if ((c = strchr(from, s[i]))) {
			out[k++] = to[c - from];
		}
	}
	out[k] = '\0';
	return k;
}

static size_t distinct(const struct dotenv *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += dotenv_get(d, d->v[i].name) == &d->v[i];
	return n;
}

static const char *line_end(const char *s)
{
	const char *end = strchr(s, '\n');

	return end ? end : s + strlen(s);
}

/* One case: what differs, or NULL. Moves *at to the next case. */
static const char *check_case(struct arena *a, const char **at)
{
	const char *s = *at + 2, *end = line_end(s);
	char *text = arena_alloc(a, (size_t)(end - s) + 1);
	const char *wrong = NULL;
	struct dotenv d;
	size_t names = 0;

	dotenv_parse(a, text, unescape(s, (size_t)(end - s), text), &d);
	for (s = *end ? end + 1 : end; *s && *s != '>';
	     s = *end ? end + 1 : end, names++) {
		const char *eq = strchr(s, '=');
		const struct dotenv_entry *e;
		char *want;

		end = line_end(s);
		want = arena_alloc(a, (size_t)(end - eq));
		unescape(eq + 1, (size_t)(end - eq - 1), want);
		e = dotenv_get(&d, arena_strndup(a, s, (size_t)(eq - s)));
		if (!e || !str_eq(e->value, want))
			wrong = arena_strndup(a, s, (size_t)(end - s));
	}
	if (!wrong && names != distinct(&d))
		wrong = "more names than expected";
	*at = s;
	return wrong;
}

static void test_golden(struct arena *a, const char *path)
{
	struct buf b;
	struct err e = { 0 };
	int n = 0;

	buf_init(&b, 64 << 20);
	if (OK(fd_read_file(path, &b, &e), "the golden file is there")) {
		for (const char *s = buf_text(&b); *s; n++) {
			const char *start = s, *wrong = check_case(a, &s);

			if (wrong)
				OK(false, "%.*s: %s", (int)(line_end(start) - start),
				   start, wrong);
		}
	}
	OK(n >= 400, "%d golden cases give dotenv's result", n);
	buf_release(&b);
}

static void test_positions(struct arena *a)
{
	static const char text[] =
		BOM "# one\nA=1\n  \xc3\xa4\n export B = \"x\ny\"\nC=\n 'z'\n";
	struct dotenv d;

	dotenv_parse(a, text, strlen(text), &d);
	IS_INT(d.n, 3, "three names");
	IS_INT(d.v[0].line, 2, "line of A");
	IS_INT(d.v[0].value_col, 3, "column of A's value");
	IS_INT(d.v[1].line, 4, "line of B");
	IS_INT(d.v[1].value_line, 4, "line of B's value");
	IS_INT(d.v[1].value_col, 13, "column of B's quote");
	IS_INT(d.v[2].line, 6, "line of C, after a value of two lines");
	IS_INT(d.v[2].value_line, 7, "line of C's value");
	IS_INT(d.v[2].value_col, 2, "column of C's value");
	dotenv_parse(a, BOM "A=1", 6, &d);
	IS_INT(d.v[0].value_col, 3, "a byte order mark has no column");
	IS_INT(d.v[0].col, 1, "not before the name either");
	dotenv_parse(a, "  export A = 1", 14, &d);
	IS_INT(d.v[0].col, 10, "column of a name behind export");
}

/* Warning texts in order: "line:word" must be found in the i-th warning. */
static void test_warnings(struct arena *a)
{
	static const struct {
		const char *text;
		int line;
		const char *has; /* NULL: no warning at all */
	} cases[] = {
		{ "A=1\n\n# note\nB=\"x\" # y\nC=d # e\nE= # f\n", 0, NULL },
		{ "A=1\nnoequals\n", 2, "no \"=\"" },
		{ "A=1\nA B=c\n", 2, "no name" },
		{ "A=1\nB=\"x\n", 2, "not closed" },
		{ "A=\"a\" trailing", 1, "after the closing quote" },
		{ "\nPASSWORD=p@ss#word", 2, "\"#\"" },
		{ "A=#c", 1, "\"#\"" },
		{ "A=\"x\nB=2\nC=y\"", 1, "reaches to line 3" },
		{ "A=\n\"b\"", 1, "reaches to line 2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dotenv d;

		dotenv_parse(a, cases[i].text, strlen(cases[i].text), &d);
		IS_INT(d.warnings_n, cases[i].has ? 1 : 0,
		       str_printable(a, cases[i].text, 100));
		if (!cases[i].has || d.warnings_n != 1)
			continue;
		IS_INT(d.warnings[0].line, cases[i].line, "its line");
		OK(strstr(d.warnings[0].text, cases[i].has), "%s", d.warnings[0].text);
		OK(!strstr(d.warnings[0].text, "ss#w"), "no value is told");
	}
}

static void test_nul(struct arena *a)
{
	static const char text[] = "A=1\0002\nB=3";
	struct dotenv d;

	dotenv_parse(a, text, sizeof(text) - 1, &d);
	IS_STR(dotenv_get(&d, "A")->value, "1", "a value ends at a NUL");
	IS_STR(dotenv_get(&d, "B")->value, "3", "what follows is read");
	IS_INT(d.warnings_n, 1, "the NUL gives a warning");
}

/* Files that are slow for a matcher that goes back and forth. */
static void test_linear(struct arena *a)
{
	static const char *const parts[] = {
		"A='x\n",	    "A=\"\\\"", "export\n", "A=\xe2\x80\xa8",
		"A=''\xe2\x80\xa8", "\n",	"A=\n",	    "A \n"
	};
	int64_t start = clock_mono();

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		size_t len = strlen(parts[i]), n = (1 << 20) / len;
		char *text = arena_alloc(a, n * len + 1);
		struct dotenv d;

		for (size_t k = 0; k < n; k++)
			memcpy(text + k * len, parts[i], len);
		dotenv_parse(a, text, n * len, &d);
		arena_reset(a);
	}
	OK(clock_mono() - start < 20000, "files of 1 MiB take no more than linear time");
}

/* Arguments: other golden files, for a comparison with more cases than are kept here. */
int main(int argc, char **argv)
{
	struct arena *a = arena_new();

	test_table(a);
	test_golden(a, "test/unit/data/dotenv.golden");
	for (int i = 1; i < argc; i++)
		test_golden(a, argv[i]);
	test_positions(a);
	test_warnings(a);
	test_nul(a);
	test_linear(a);
	arena_free(a);
	return tap_done();
}
