/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of a server made ready for the phrase rules: plain form, words, classes of
 * words, sentences, and what is hidden in base64, hexadecimal digits or tag characters.
 * Linear in the length of the texts; what is beyond the limit is said to be cut. */
#ifndef COMPLIANCE_TEXT_SCAN_H
#define COMPLIANCE_TEXT_SCAN_H

#include "compliance-server/live.h"
#include "compliance-server/text_words.h"

struct word {
	uint32_t at, len; /* in the plain text */
	uint32_t sentence;
	uint64_t classes; /* 1 << enum word_class each */
};

struct text {
	const char *pointer; /* "tool:add", "instructions" */
	const char *field;   /* "description", "inputSchema/properties/x/description" */
	const struct node *item; /* of the list; NULL for the instructions */
	const char *plain;	 /* look-alike letters as their Latin ones */
	size_t len;
	struct word *words;
	size_t n;
	const char *hidden_in; /* "base64" …; NULL for a text as it was written */
	int depth;	       /* how often it was decoded */
};

struct texts {
	struct text *v;
	size_t n, cap;
	bool cut; /* there was more than is looked into */
	struct lexicon *lexicon;
	struct arena *arena;
	size_t bytes;
};

/* Every text of the server: instructions and all strings and member names of tools,
 * prompts and resources, pictures and metadata left out. */
struct texts *texts_of(struct arena *a, const struct live *live);
/* The string or the word, one after the other below an item, at most once each; false
 * ends the walk. field is valid during the call. */
typedef bool (*text_fn)(void *arg, const char *field, const char *text);
bool text_walk(const struct node *item, text_fn fn, void *arg);

bool word_is(const struct text *t, size_t i, const char *lower);
char *word_dup(struct arena *a, const struct text *t, size_t i);
/* The first word that ends behind offset at; t->n behind the last. */
size_t word_at(const struct text *t, size_t at);

#endif
