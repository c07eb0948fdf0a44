/* SPDX-License-Identifier: Apache-2.0 */
/* Words, questions and snippets: nothing of a question is ever syntax. */
#include "memory-server/words.h"

#include "common/base/buf.h"
#include "test/payloads.h"
#include "test/tap.h"

static struct arena *a;

static const char *query(const char *question)
{
	return words_query(a, question, DB_SQLITE);
}

/* Quoted words without anything that could end the quotes, joined by the operator. */
static bool is_harmless(const char *q, char quote, const char *either)
{
	for (;;) {
		size_t n = 0;

		if (*q++ != quote)
			return false;
		for (; *q && *q != quote; q++, n++) {
			unsigned char c = (unsigned char)*q;

			if (c < 0x80 && !(c >= '0' && c <= '9') &&
			    !(c >= 'a' && c <= 'z'))
				return false;
		}
		if (*q++ != quote || n == 0 || n > 68)
			return false;
		if (!*q)
			return true;
		if (strncmp(q, either, strlen(either)) != 0)
			return false;
		q += strlen(either);
	}
}

static void payloads(void)
{
	size_t bad = 0, words = 0;

	for (size_t i = 0; i < PAYLOADS; i++) {
		const char *text = payload(a, i);
		const char *s = words_query(a, text, DB_SQLITE);
		const char *p = words_query(a, text, DB_POSTGRESQL);

		words += s != NULL;
		if ((s && !is_harmless(s, '"', " OR ")) ||
		    (p && !is_harmless(p, '\'', " | ")) || !s != !p) {
			bad++;
			printf("# %s -> %s, %s\n", text, s ? s : "-", p ? p : "-");
		}
		if (!words_snippet(a, text, text))
			bad++;
	}
	OK(PAYLOADS >= 500, "%zu hostile questions", PAYLOADS);
	IS_INT(bad, 0, "none leaves a trace of syntax");
	OK(words > PAYLOADS / 2, "%zu of them have words", words);
	OK(!is_harmless("\"a\" AND \"b\"", '"', " OR ") &&
		   !is_harmless("\"a\"b\"", '"', " OR ") && !is_harmless("", '"', " OR "),
	   "the check itself sees syntax");
}

static void questions(void)
{
	struct buf b;

	IS_STR(query("Deploy the Server!"), "\"deploy\" OR \"server\"", "stop words go");
	IS_STR(query("what is it"), "\"what\" OR \"is\" OR \"it\"",
	       "unless there are no others");
	IS_STR(query("x86_64-linux.gnu"), "\"x86\" OR \"64\" OR \"linux\" OR \"gnu\"",
	       "identifiers fall apart");
	IS_STR(words_query(a, "Deploy it", DB_POSTGRESQL), "'deploy'", "PostgreSQL");
	OK(!query("") && !query(" \t\n") && !query("!?.,;:-") && !query("\xe2\x80\xa6"),
	   "no word, no query");
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 5000; i++)
		buf_addf(&b, "w%d ", i);
	OK(strstr(query(buf_text(&b)), "\"w31\"") &&
		   !strstr(query(buf_text(&b)), "w32\""),
	   "at most 32 words");
	buf_reset(&b);
	for (int i = 0; i < 5000; i++)
		buf_adds(&b, "\xc3\xb6x");
	OK(strlen(query(buf_text(&b))) <= 64 + 4, "a word of 10,000 letters is cut");
	OK(strlen(words_text(a, buf_text(&b))) <= 64 + 4, "in the index as well");
	buf_release(&b);
}

static void folding(void)
{
	IS_STR(words_text(a, "Caf\xc3\xa9 CAFE\xcc\x81 cafe"), "cafe cafe cafe",
	       "marks go, composed or not");
	IS_STR(words_text(a,
			  "\xc3\x84\xc3\x96\xc3\x9c \xc3\x9f \xc5\x81\xc3\xb3\xc5\xba"),
	       "aou \xc3\x9f \xc5\x82oz", "letters that are letters stay");
	IS_STR(words_text(a, "\xce\xa9\xce\xbc \xd0\x9c\xd0\xb8\xd1\x80 \xd0\x81"),
	       "\xcf\x89\xce\xbc \xd0\xbc\xd0\xb8\xd1\x80 \xd1\x91", "Greek, Cyrillic");
	IS_STR(words_text(a, "a\xf0\x9f\x98\x80z \xe3\x80\x8c\xe6\x97\xa5\xe3\x80\x8d"),
	       "a z \xe6\x97\xa5", "emoji and brackets stand between words");
	IS_STR(words_text(a, "'; DROP--\"x\""), "drop x", "only words are left");
	IS_STR(words_text(a, ""), "", "nothing");
}

static void snippets(void)
{
	char text[1001];
	const char *s;

	IS_STR(words_snippet(a, "short\ttext\n", "text"), "short text ", "on one line");
	IS_STR(words_snippet(a, "short", NULL), "short", "without question");
	IS_STR(words_snippet(a, "", "x"), "", "of nothing");
	memset(text, 'x', 1000);
	text[1000] = '\0';
	memcpy(text + 500, " needle ", 8);
	s = words_snippet(a, text, "needle");
	OK(strstr(s, "needle") && str_starts(s, "\xe2\x80\xa6") &&
		   str_ends(s, "\xe2\x80\xa6") && strlen(s) == 160 + 6,
	   "around the word: %s", s);
	for (size_t i = 0; i < 1000; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	s = words_snippet(a, text, "none");
	OK(utf8_valid_prefix(s, strlen(s)) == strlen(s) && utf8_count(s) == 161,
	   "cut between code points");
	memcpy(text + 600, " \xc3\x89t\xc3\xa9 ", 8);
	s = words_snippet(a, text, "ete");
	OK(strstr(s, "\xc3\x89t\xc3\xa9") && utf8_valid_prefix(s, strlen(s)) == strlen(s),
	   "finds folded words");
}

int main(void)
{
	a = arena_new();
	payloads();
	questions();
	folding();
	snippets();
	arena_free(a);
	return tap_done();
}
