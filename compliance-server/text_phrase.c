/* SPDX-License-Identifier: Apache-2.0 */
/* The matcher of phrases, and what keeps an honest sentence from matching one. */
#include "compliance-server/text_phrase.h"

#include <string.h>

#include "common/base/str.h"

/* The beginning of a phrase up to some step, with the latest word it may end at: a later
 * end is never worse for the steps to come. */
struct partial {
	bool set;
	struct match m;
};

void found_better(struct found *best, enum severity s, size_t from, size_t to,
		  const char *what)
{
	if (s > best->severity)
		*best = (struct found){ s, from, to, what };
}

static void complete(const struct phrase *p, const struct text *t, const struct match *m,
		     struct found *best)
{
	const struct word *first = &t->words[m->at[0]],
			  *last = &t->words[m->at[m->n - 1]];
	enum severity s = p->guard ? p->guard(t, m, p->severity) : p->severity;

	found_better(best, s, first->at, last->at + last->len, p->what);
}

static size_t count_steps(const struct phrase *p)
{
	size_t n = 0;

	while (n < PHRASE_STEPS && p->steps[n].any)
		n++;
	return n;
}

static bool follows(const struct text *t, const struct partial *before, size_t i,
		    size_t gap)
{
	size_t last;

	if (!before->set)
		return false;
	last = before->m.at[before->m.n - 1];
	return i - last - 1 <= gap && t->words[last].sentence == t->words[i].sentence;
}

static void find_phrase(const struct phrase *p, const struct text *t, struct found *best)
{
	struct partial partial[PHRASE_STEPS] = { 0 };
	size_t steps = count_steps(p);

	for (size_t i = 0; i < t->n; i++) {
		/* from behind, so that no word serves as two steps */
		for (size_t k = steps; k-- > 0;) {
			if (!(t->words[i].classes & p->steps[k].any) ||
			    (k > 0 && !follows(t, &partial[k - 1], i, p->steps[k].gap)))
				continue;
			if (k > 0)
				partial[k].m = partial[k - 1].m;
			partial[k].m.at[k] = i;
			partial[k].m.n = k + 1;
			partial[k].set = true;
			if (k + 1 == steps)
				complete(p, t, &partial[k].m, best);
		}
	}
}

void phrases_find(const char *rule, const struct text *t, struct found *best)
{
	for (size_t i = 0; i < n_phrases; i++)
		if (str_eq(phrases[i].rule, rule))
			find_phrase(&phrases[i], t, best);
}

bool text_before(const struct text *t, size_t i, size_t n, uint64_t classes)
{
	for (size_t k = i; k-- > 0 && i - k <= n;) {
		if (t->words[k].sentence != t->words[i].sentence)
			return false;
		if (t->words[k].classes & classes)
			return true;
	}
	return false;
}

bool text_behind(const struct text *t, size_t i, size_t n, uint64_t classes)
{
	for (size_t k = i + 1; k < t->n && k - i <= n; k++) {
		if (t->words[k].sentence != t->words[i].sentence)
			return false;
		if (t->words[k].classes & classes)
			return true;
	}
	return false;
}

size_t text_next(const struct text *t, size_t i)
{
	const struct word *w = &t->words[i];

	if (i + 1 >= t->n || w[1].sentence != w->sentence ||
	    w[1].at != w->at + w->len + 1)
		return t->n;
	return t->plain[w->at + w->len] == ' ' || t->plain[w->at + w->len] == '\n' ? i + 1
										   : t->n;
}

static bool is_one_of(const struct text *t, size_t i, const char *const *list, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (word_is(t, i, list[k]))
			return true;
	return false;
}

/* "user data", "user id": the word behind makes it a thing, not a person. */
static bool is_thing(const struct text *t, size_t user)
{
	static const char *const function_words[] = {
		"about",    "that", "this",  "anything", "of",	      "what",  "why",
		"how",	    "it",   "or",    "and",	 "in",	      "at",    "on",
		"when",	    "if",   "for",   "you",	 "to",	      "by",    "with",
		"but",	    "as",   "where", "until",	 "unless",    "first", "before",
		"directly", "ever", "any",   "these",	 "is",	      "has",   "does",
		"again",    "the",  "a",     "your",	 "beforehand"
	};
	size_t next = text_next(t, user);

	return next < t->n &&
	       !is_one_of(t, next, function_words, ARRAY_LEN(function_words));
}

static bool ends_with(const struct text *t, size_t i, const char *end)
{
	const struct word *w = &t->words[i];
	size_t n = strlen(end);

	return w->len >= n && !strncmp(t->plain + w->at + w->len - n, end, n);
}

/* "never delete without telling the user": two negations are none. */
static bool twice_negated(const struct text *t, size_t i)
{
	return (t->words[i].classes & W(W_WITHOUT)) && text_before(t, i, 12, W(W_NOT));
}

enum severity guard_conceal(const struct text *t, const struct match *m, enum severity s)
{
	static const char *const clauses[] = { "to", "until", "unless" };
	size_t neg = m->at[0], verb = m->at[m->n - 2], user = m->at[m->n - 1];
	size_t next = text_next(t, user);
	bool shows = t->words[verb].classes & W(W_SHOW);

	if (twice_negated(t, neg) || ends_with(t, user, "'s"))
		return SEV_INFO;
	if (text_before(t, neg, 4, W(W_MAYBE)) || is_thing(t, user) ||
	    is_one_of(t, next, clauses, ARRAY_LEN(clauses)) ||
	    text_behind(t, user, 5, W(W_NOT)))
		return SEV_LOW;
	if (text_behind(t, verb, user - verb, W(W_TECHNICAL)) ||
	    text_behind(t, user, 4, W(W_TECHNICAL)))
		return SEV_LOW;
	if (ends_with(t, user, "s") && shows)
		return SEV_LOW;
	return s;
}

enum severity guard_ask(const struct text *t, const struct match *m, enum severity s)
{
	size_t user = m->at[m->n - 1], next = text_next(t, user);

	if (twice_negated(t, m->at[0]))
		return SEV_INFO;
	if (text_behind(t, user, 4, W(W_CONSENT)))
		return s;
	return next < t->n && !word_is(t, next, "first") && !word_is(t, next, "again") &&
			       !word_is(t, next, "and")
		       ? SEV_INFO
		       : s;
}

enum severity guard_mention(const struct text *t, const struct match *m, enum severity s)
{
	size_t what = m->at[m->n - 1];

	if (text_before(t, m->at[0], 10, W(W_IF)))
		return SEV_LOW;
	return is_thing(t, what) ? MIN(s, SEV_MEDIUM) : s;
}

enum severity guard_hide(const struct text *t, const struct match *m, enum severity s)
{
	size_t hide = m->at[0], user = m->at[m->n - 1];

	if (text_before(t, hide, 4, W(W_MAYBE)) || is_thing(t, user) ||
	    ends_with(t, user, "s"))
		return SEV_LOW;
	return text_behind(t, hide, user - hide, W(W_THIS) | W(W_TOOL) | W(W_SECRET)) ||
			       text_before(t, hide, 3, W(W_MUST) | W(W_HURRY))
		       ? s
		       : MIN(s, SEV_MEDIUM);
}

/* "The user is not notified" may be how a service works. */
enum severity guard_told(const struct text *t, const struct match *m, enum severity s)
{
	return text_before(t, m->at[0], 5, W(W_MUST) | W(W_HURRY)) ? s : SEV_LOW;
}

enum severity guard_replaced(const struct text *t, const struct match *m, enum severity s)
{
	return text_before(t, m->at[2], 3, W(W_NOT)) ? SEV_INFO : s;
}

enum severity guard_consent(const struct text *t, const struct match *m, enum severity s)
{
	return twice_negated(t, m->at[0]) ? SEV_INFO : s;
}

enum severity guard_override(const struct text *t, const struct match *m, enum severity s)
{
	size_t verb = m->at[0], whose = m->at[1], what = m->at[2];
	bool replaces = word_is(t, verb, "override") || word_is(t, verb, "bypass");
	bool rule = t->words[what].classes & W(W_RULE);

	if (text_before(t, verb, 3, W(W_MAYBE) | W(W_NOT)) ||
	    (!rule && replaces && word_is(t, whose, "system")))
		return SEV_INFO;
	if (rule && (word_is(t, whose, "your") || word_is(t, whose, "system") ||
		     word_is(t, what, "context")))
		return MIN(s, SEV_MEDIUM);
	return s;
}

/* Instructions in what a tool reads are not to be followed: good advice. */
enum severity guard_embedded(const struct text *t, const struct match *m, enum severity s)
{
	static const char *const where[] = {
		"in",	"inside", "within",  "embedded",  "contained", "found",	  "from",
		"that", "which",  "present", "appearing", "on",	       "returned"
	};
	size_t what = m->at[m->n - 1];

	for (size_t i = what + 1;
	     i < t->n && i <= what + 6 && t->words[i].sentence == t->words[what].sentence;
	     i++)
		if (is_one_of(t, i, where, ARRAY_LEN(where)))
			return SEV_INFO;
	return s;
}

enum severity guard_over_user(const struct text *t, const struct match *m,
			      enum severity s)
{
	size_t user = m->at[0], next;

	for (size_t k = 0; k < m->n; k++)
		if (t->words[m->at[k]].classes & W(W_USER))
			user = m->at[k];
	next = text_next(t, user);
	if (user != m->at[m->n - 1]) /* "if the user objects" */
		return m->at[0] > 0 && word_is(t, m->at[0] - 1, "even") ? s : SEV_INFO;
	return next < t->n && !(t->words[next].classes & W(W_INSTRUCTION)) &&
			       is_thing(t, user)
		       ? SEV_INFO
		       : s;
}

/* "You are now a developer" is none yet. */
enum severity guard_mode(const struct text *t, const struct match *m, enum severity s)
{
	return word_is(t, m->at[m->n - 1] + 1, "mode") ? s : SEV_INFO;
}

enum severity guard_choice(const struct text *t, const struct match *m, enum severity s)
{
	return text_before(t, m->at[0], 4, W(W_MAYBE) | W(W_IF)) ? SEV_LOW : s;
}

enum severity guard_first(const struct text *t, const struct match *m, enum severity s)
{
	size_t last = m->at[m->n - 1];

	/* an order among the tools of one server */
	return text_behind(t, last, 4, W(W_THIS) | W(W_SERVER)) ? SEV_LOW : s;
}

/* High when it is to become a parameter: then it is an order, not an option. */
enum severity guard_talk(const struct text *t, const struct match *m, enum severity s)
{
	size_t verb = m->at[0], last = m->at[m->n - 1];
	bool parameter = false;

	if (text_before(t, verb, 4, W(W_MAYBE)) || text_before(t, verb, 5, W(W_NOT)))
		return SEV_INFO;
	for (size_t i = last + 1; i < t->n && i <= last + 6; i++) {
		if (t->words[i].sentence != t->words[last].sentence)
			break;
		if (t->words[i].classes & W(W_PASS))
			parameter |= text_behind(t, i, 6, W(W_PARAM));
		else if ((t->words[i].classes & W(W_AS)) && i + 1 < t->n)
			parameter |= strchr("`\"'", t->plain[t->words[i + 1].at - 1]) ||
				     text_behind(t, i, 3, W(W_PARAM));
	}
	return parameter ? s : MIN(s, SEV_MEDIUM);
}

enum severity guard_others(const struct text *t, const struct match *m, enum severity s)
{
	size_t verb = m->at[0], what = m->at[m->n - 1];
	const struct word *w = &t->words[what];
	bool tool = !strncmp(t->plain + w->at, "tool", 4) || (w->classes & W(W_SERVER));

	if (!tool || text_before(t, verb, 2, W(W_MAYBE)))
		return SEV_INFO;
	return (w->classes & W(W_SERVER)) || text_behind(t, verb, 14, W(W_SERVER))
		       ? s
		       : MIN(s, SEV_MEDIUM);
}

/* Only with an address, and not as an example of one. */
enum severity guard_bcc(const struct text *t, const struct match *m, enum severity s)
{
	size_t bcc = m->at[m->n - 1], from = m->at[0];

	if (text_before(t, bcc, 12, W(W_EXAMPLE)))
		return SEV_INFO;
	for (size_t i = from; i + 1 < t->n && i <= bcc + 6; i++) {
		const struct word *w = &t->words[i];

		if (t->plain[w->at + w->len] == '@' && w[1].at == w->at + w->len + 1)
			return s;
	}
	return SEV_INFO;
}
