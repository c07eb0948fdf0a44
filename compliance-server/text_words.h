/* SPDX-License-Identifier: Apache-2.0 */
/* Classes of words that the phrase rules are made of. */
#ifndef COMPLIANCE_TEXT_WORDS_H
#define COMPLIANCE_TEXT_WORDS_H

#include "common/base/arena.h"
#include "common/base/defs.h"

enum word_class {
	W_NEG, /* don't, never; "not" behind do, must … */
	W_NOT, /* any "not" */
	W_WITHOUT,
	W_TELL,
	W_SHOW,
	W_ASK,
	W_USER,
	W_HIDE,
	W_KEEP,
	W_SECRET,
	W_FROM,
	W_THIS,
	W_KNOW,
	W_KNOWLEDGE,
	W_CONSENT,
	W_NEED,
	W_MUST,
	W_HURRY, /* first, otherwise: presses without an order of its own */
	W_IGNORE,
	W_PREVIOUS,
	W_YOUR,
	W_SYSTEM,
	W_SAFETY,
	W_ALL,
	W_INSTRUCTION,
	W_RULE,
	W_OBEY,
	W_OVER,
	W_YOU,
	W_NOW,
	W_WILD, /* developer, jailbreak: kinds of mode */
	W_OVERRIDE,
	W_REFUSE,
	W_IF,
	W_REGARDLESS,
	W_COVERT,
	W_QUIET,
	W_SEND,
	W_COPY,
	W_BACKGROUND,
	W_ALWAYS,
	W_BCC,
	W_PASS,
	W_FULL,
	W_TALK, /* conversation, chat */
	W_HISTORY,
	W_CALL,
	W_TOOL,
	W_FIRST,
	W_BEFORE,
	W_OTHER,
	W_SERVER,
	W_WHEN,
	W_CALLED,
	W_CHANGE,
	W_SUPERSEDE,
	W_INSTEAD,
	W_READ,
	W_AS,
	W_PARAM,
	W_TECHNICAL, /* what a user need not see: ids, raw JSON */
	W_MAYBE,     /* whether, option: the text tells of a choice */
	W_EXAMPLE,
	W_SHARE, /* reveal, print: what is made visible */
	W_MAX
};

_Static_assert(W_MAX <= 64, "a word keeps its classes in 64 bits");

#define W(c) (UINT64_C(1) << (c))

/* The words of each class, separated by blanks; "x*" is every word that begins so. */
extern const char *const word_classes[W_MAX];

struct lexicon;
struct lexicon *lexicon_new(struct arena *a);
/* Classes of a word in any case. */
uint64_t lexicon_find(const struct lexicon *l, const char *word, size_t n);

#endif
