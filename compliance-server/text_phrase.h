/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases: classes of words one after the other, at most so many words apart, in one
 * sentence. Private to the text rules. */
#ifndef COMPLIANCE_TEXT_PHRASE_H
#define COMPLIANCE_TEXT_PHRASE_H

#include "compliance-server/rules.h"
#include "compliance-server/text_scan.h"

#define PHRASE_STEPS 5

struct match {
	size_t at[PHRASE_STEPS]; /* the word of each step */
	size_t n;
};

/* Severity of a match after a look around it; SEV_INFO: it says nothing of the kind. */
typedef enum severity (*phrase_guard)(const struct text *t, const struct match *m,
				      enum severity s);

struct phrase {
	const char *rule; /* "LIV-046" */
	enum severity severity;
	struct phrase_step {
		uint64_t any; /* one of these classes; 0 behind the last */
		size_t gap;   /* words between it and the step before */
	} steps[PHRASE_STEPS];
	phrase_guard guard; /* NULL: none */
	const char *what;   /* "tells the model to hide something from the user" */
};

extern const struct phrase phrases[];
extern const size_t n_phrases;

/* What a rule found in one text: bytes from..to of its plain form. */
struct found {
	enum severity severity; /* SEV_INFO: nothing */
	size_t from, to;
	const char *what;
};

/* Keeps the worst; of equals the first. */
void found_better(struct found *best, enum severity s, size_t from, size_t to,
		  const char *what);
/* Runs the phrases of a rule; linear in the words. */
void phrases_find(const char *rule, const struct text *t, struct found *best);

/* A word of these classes in the same sentence among the n words before or behind i. */
bool text_before(const struct text *t, size_t i, size_t n, uint64_t classes);
bool text_behind(const struct text *t, size_t i, size_t n, uint64_t classes);
/* The word behind i, in the same sentence with nothing but a blank between; else t->n. */
size_t text_next(const struct text *t, size_t i);

enum severity guard_conceal(const struct text *t, const struct match *m, enum severity s);
enum severity guard_ask(const struct text *t, const struct match *m, enum severity s);
enum severity guard_mention(const struct text *t, const struct match *m, enum severity s);
enum severity guard_hide(const struct text *t, const struct match *m, enum severity s);
enum severity guard_told(const struct text *t, const struct match *m, enum severity s);
enum severity guard_replaced(const struct text *t, const struct match *m,
			     enum severity s);
enum severity guard_consent(const struct text *t, const struct match *m, enum severity s);
enum severity guard_override(const struct text *t, const struct match *m,
			     enum severity s);
enum severity guard_embedded(const struct text *t, const struct match *m,
			     enum severity s);
enum severity guard_over_user(const struct text *t, const struct match *m,
			      enum severity s);
enum severity guard_mode(const struct text *t, const struct match *m, enum severity s);
enum severity guard_choice(const struct text *t, const struct match *m, enum severity s);
enum severity guard_first(const struct text *t, const struct match *m, enum severity s);
enum severity guard_talk(const struct text *t, const struct match *m, enum severity s);
enum severity guard_others(const struct text *t, const struct match *m, enum severity s);
enum severity guard_bcc(const struct text *t, const struct match *m, enum severity s);

#endif
