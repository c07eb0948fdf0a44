/* SPDX-License-Identifier: Apache-2.0 */
/* Text -> words, the same for the index and the question on every database. */
#include "memory-server/words.h"

#include "common/base/buf.h"
#include "common/base/str.h"

#define WORD_MAX      64
#define QUERY_WORDS   32
#define SNIPPET_CHARS 160
#define BEFORE_CHARS  40

static const char *const stop_words[] = {
	"a",	"about",  "all",   "also", "am",  "an",	   "and",  "any",   "are",
	"as",	"at",	  "be",	   "been", "but", "by",	   "can",  "could", "did",
	"do",	"does",	  "for",   "from", "had", "has",   "have", "he",    "her",
	"him",	"his",	  "how",   "i",	   "if",  "in",	   "into", "is",    "it",
	"its",	"me",	  "my",	   "no",   "not", "of",	   "on",   "or",    "our",
	"she",	"should", "so",	   "that", "the", "their", "them", "then",  "there",
	"they", "this",	  "to",	   "up",   "us",  "was",   "we",   "were",  "what",
	"when", "where",  "which", "who",  "why", "will",  "with", "would", "you",
	"your",
};

/* Letters and digits; beyond ASCII everything except the blocks of punctuation. */
static bool is_word(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') ||
		       (cp >= 'A' && cp <= 'Z');
	return cp > 0xbf && cp != 0xd7 && cp != 0xf7 && !(cp >= 0x2000 && cp <= 0x2bff) &&
	       !(cp >= 0x3000 && cp <= 0x303f) && !(cp >= 0xfe00 && cp <= 0xfe0f) &&
	       !(cp >= 0xff00 && cp <= 0xff0f) && !(cp >= 0x1f000 && cp <= 0x1faff);
}

/* Base letters of U+00C0 to U+017F; '.' where the letter stands for itself. */
static const char latin[] =
	"aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
	"aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiiii...jjkk.llllll."
	"...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz.";

/* Small letter without its mark, the same whatever a database does with the rest. */
static uint32_t fold(uint32_t cp)
{
	if (cp >= 'A' && cp <= 'Z')
		return cp + ('a' - 'A');
	if (cp >= 0xc0 && cp < 0xc0 + sizeof(latin) - 1 && latin[cp - 0xc0] != '.')
		return (uint32_t)latin[cp - 0xc0];
	if ((cp >= 0xc0 && cp <= 0xde) || (cp >= 0x391 && cp <= 0x3a9) ||
	    (cp >= 0x410 && cp <= 0x42f))
		return cp + 0x20;
	if (cp >= 0x400 && cp <= 0x40f)
		return cp + 0x50;
	if (cp >= 0x100 && cp <= 0x17f && cp != 0x138 && cp != 0x149)
		return (cp >= 0x139 && cp <= 0x148) ? cp + (cp & 1) : cp | 1;
	return cp;
}

static bool is_mark(uint32_t cp)
{
	return cp >= 0x300 && cp <= 0x36f;
}

/* The next word at *p into out (NUL-terminated, folded); false at the end. */
static bool next_word(const char **p, char out[WORD_MAX + 5])
{
	size_t n = 0;

	while (**p) {
		uint32_t cp = utf8_next(p);

		if (is_mark(cp))
			continue;
		if (is_word(cp)) {
			if (n < WORD_MAX)
				n += utf8_encode(fold(cp), out + n);
		} else if (n) {
			break;
		}
	}
	out[n] = '\0';
	return n > 0;
}

static bool is_stop(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(stop_words); i++) {
		if (str_eq(word, stop_words[i]))
			return true;
	}
	return false;
}

char *words_text(struct arena *a, const char *text)
{
	char word[WORD_MAX + 5], *out;
	struct buf b;

	buf_init(&b, 2 * strlen(text) + 16);
	while (next_word(&text, word)) {
		if (b.len)
			buf_addc(&b, ' ');
		buf_adds(&b, word);
	}
	out = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return out;
}

/* Words of the question, without stop words when others are there. */
static size_t question_words(struct arena *a, const char *question, const char **ret)
{
	char word[WORD_MAX + 5];
	size_t n = 0;

	for (int stops = 0; stops < 2 && !n; stops++) {
		const char *p = question;

		while (n < QUERY_WORDS && next_word(&p, word)) {
			if (stops || !is_stop(word))
				ret[n++] = arena_strdup(a, word);
		}
	}
	return n;
}

char *words_query(struct arena *a, const char *question, enum db_dialect dialect)
{
	const char *quote = dialect == DB_SQLITE ? "\"" : "'";
	const char *either = dialect == DB_SQLITE ? " OR " : " | ";
	const char *words[QUERY_WORDS];
	size_t n = question_words(a, question, words);
	char *out = NULL;
	struct buf b;

	if (!n)
		return NULL;
	buf_init(&b, QUERY_WORDS * (WORD_MAX + 16));
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s%s%s", i ? either : "", quote, words[i], quote);
	out = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return out;
}

static bool same_prefix(const char *text, const char *word)
{
	while (*word) {
		uint32_t cp = *text ? utf8_next(&text) : 0;

		if (is_mark(cp))
			continue;
		if (fold(cp) != utf8_next(&word))
			return false;
	}
	return true;
}

/* Start of the first word of content that begins like a word of the question. */
static const char *first_match(struct arena *a, const char *content, const char *question)
{
	const char *words[QUERY_WORDS];
	size_t n = question ? question_words(a, question, words) : 0;
	bool inside = false;

	for (const char *p = content; n && *p;) {
		const char *at = p;
		bool word = is_word(utf8_next(&p));

		for (size_t i = 0; word && !inside && i < n; i++) {
			if (same_prefix(at, words[i]))
				return at;
		}
		inside = word;
	}
	return content;
}

char *words_snippet(struct arena *a, const char *content, const char *question)
{
	const char *from = first_match(a, content, question), *to;
	char *out;
	size_t n = 0;

	for (int i = 0; i < BEFORE_CHARS && from > content; i++) {
		do
			from--;
		while (from > content && ((unsigned char)*from & 0xc0) == 0x80);
	}
	for (to = from; *to && n < SNIPPET_CHARS; n++)
		utf8_next(&to);
	out = arena_printf(a, "%s%.*s%s", from > content ? "…" : "", (int)(to - from),
			   from, *to ? "…" : "");
	for (char *p = out; *p; p++) {
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	}
	return out;
}
