/* SPDX-License-Identifier: Apache-2.0 */
/* The classes of words in a hash table, for one look at each word. */
#include "compliance-server/text_words.h"

#include <string.h>

#define SLOTS	 2048 /* far more than there are words */
#define WORD_MAX 24   /* longer words are none of ours */
#define STEM_MIN 3

struct lexicon {
	struct slot {
		char word[WORD_MAX + 2]; /* "instruct*" with its star */
		uint64_t classes;
	} slot[SLOTS];
};

/* Slot of the word, or the free one where it belongs. */
static size_t place(const struct lexicon *l, const char *word, size_t n)
{
	uint64_t h = 1469598103934665603u;
	size_t i;

	for (size_t k = 0; k < n; k++)
		h = (h ^ (unsigned char)word[k]) * 1099511628211u;
	i = h % SLOTS;
	while (l->slot[i].word[0] &&
	       (strncmp(l->slot[i].word, word, n) != 0 || l->slot[i].word[n]))
		i = (i + 1) % SLOTS;
	return i;
}

struct lexicon *lexicon_new(struct arena *a)
{
	struct lexicon *l = arena_alloc(a, sizeof(*l));

	for (int c = 0; c < W_MAX; c++) {
		for (const char *p = word_classes[c]; *p; p += strspn(p, " ")) {
			size_t n = strcspn(p, " ");
			struct slot *s = &l->slot[place(l, p, n)];

			memcpy(s->word, p, MIN(n, (size_t)WORD_MAX + 1));
			s->classes |= W(c);
			p += n;
		}
	}
	return l;
}

uint64_t lexicon_find(const struct lexicon *l, const char *word, size_t n)
{
	char low[WORD_MAX + 2];
	uint64_t out;

	if (n == 0 || n > WORD_MAX)
		return 0;
	for (size_t i = 0; i < n; i++)
		low[i] =
			word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] + 32) : word[i];
	out = l->slot[place(l, low, n)].classes;
	for (size_t i = STEM_MIN; i <= n; i++) {
		char was = low[i];

		low[i] = '*';
		out |= l->slot[place(l, low, i + 1)].classes;
		low[i] = was;
	}
	return out;
}
