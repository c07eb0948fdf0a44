/* SPDX-License-Identifier: Apache-2.0 */
/* Role markers, tags and comments in texts. */
#include "compliance-server/text_marks.h"

#include <string.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"

#define ORDER_WITHIN 600 /* bytes behind a tag */

/* ---- role markers ---- */

static bool at_line_start(const struct text *t, const char *p)
{
	while (p > t->plain && (p[-1] == ' ' || p[-1] == '\t' || p[-1] == '#'))
		p--;
	return p == t->plain || p[-1] == '\n';
}

/* A tool that takes messages for a model has to name their roles. */
static bool speaks_to_models(const struct text *t)
{
	static const char *const words[] = { "llm", "llms", "completion", "completions",
					     "openai" };

	if (has_word(t->field, "messages"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (has_word(t->plain, words[i]))
			return true;
	return false;
}

static bool quoted(const struct text *t, const char *p, size_t n)
{
	return p > t->plain && (p[-1] == '`' || p[-1] == '\'') && p[n] == p[-1];
}

/* "role" : "system", with any blanks and quotes. */
static const char *role_json(const char *from, size_t *ret_n)
{
	for (const char *p = from; (p = find_ignoring_case(p, "role")); p += 4) {
		const char *q = p + 4;

		q += strspn(q, "\"' \t\n");
		if (*q != ':')
			continue;
		q++;
		q += strspn(q, "\"' \t\n");
		if (!str_starts(q, "system") && !str_starts(q, "developer"))
			continue;
		*ret_n = (size_t)(q - p) + strcspn(q, " \"'\n");
		q = p + *ret_n;
		q += strspn(q, "\"' \t\n");
		if (*q == '|')
			continue; /* one of several: the type of a field */
		return p;
	}
	return NULL;
}

void mark_roles(const struct look *l, const struct text *t, struct found *best)
{
	static const char *const marks[] = {
		"[INST]",	   "[/INST]",	       "<<SYS>>",
		"<|im_start|>",	   "<|im_end|>",       "<|system|>",
		"<|user|>",	   "<|assistant|>",    "<|endoftext|>",
		"<|eot_id|>",	   "<|end_of_turn|>",  "<|start_header_id|>",
		"<start_of_turn>", "### Instruction:", "<|begin_of_text|>",
	};
	static const char *const lines[] = { "SYSTEM:", "System prompt:",
					     "SYSTEM PROMPT:", "SYSTEM MESSAGE:" };
	static const char what[] =
		"holds a marker that models read as a change of speaker";
	enum severity s = speaks_to_models(t) ? SEV_LOW : SEV_HIGH;
	const char *p;
	size_t n;

	(void)l;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		p = find_ignoring_case(t->plain, marks[i]);
		n = strlen(marks[i]);
		if (p)
			found_better(best, quoted(t, p, n) ? SEV_LOW : s,
				     (size_t)(p - t->plain), (size_t)(p - t->plain) + n,
				     what);
	}
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		for (p = t->plain; (p = strstr(p, lines[i])); p++)
			if (at_line_start(t, p))
				found_better(best, s, (size_t)(p - t->plain),
					     (size_t)(p - t->plain) + strlen(lines[i]),
					     what);
	}
	p = role_json(t->plain, &n);
	if (p)
		found_better(best, s, (size_t)(p - t->plain), (size_t)(p - t->plain) + n,
			     what);
}

/* ---- tags ---- */

struct tag {
	size_t at, end; /* of "<important>" */
	size_t name, len;
};

static bool next_tag(const struct text *t, size_t *from, struct tag *ret)
{
	const char *p = t->plain + *from;

	while ((p = strchr(p, '<'))) {
		size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-");
		const char *q = p + 1 + n;

		q += strspn(q, " \t");
		if (n > 0 && n < 40 && *q == '>') {
			*ret = (struct tag){ (size_t)(p - t->plain),
					     (size_t)(q + 1 - t->plain),
					     (size_t)(p + 1 - t->plain), n };
			*from = ret->end;
			return true;
		}
		p++;
	}
	return false;
}

/* The word alone or as the beginning of a longer name: "important_instructions". */
static bool named(const struct text *t, const struct tag *tag, const char *const *names,
		  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(names[i]);

		if (len <= tag->len &&
		    span_ieq((struct span){ t->plain + tag->name, len }, names[i]) &&
		    (len == tag->len || strchr("_-", t->plain[tag->name + len])))
			return true;
	}
	return false;
}

/* A block is closed by its tag, or begins on a line of its own; <system>|<code> is the
 * form of a value. Returns where it ends. */
static size_t block_end(const struct text *t, const struct tag *tag)
{
	size_t max = MIN(t->len, tag->end + ORDER_WITHIN);

	for (size_t i = tag->end; i + 2 < max; i++)
		if (t->plain[i] == '<' && t->plain[i + 1] == '/' &&
		    !strncmp(t->plain + i + 2, t->plain + tag->name, tag->len))
			return i;
	return at_line_start(t, t->plain + tag->at) && strchr(" \n\t", t->plain[tag->end])
		       ? max
		       : tag->end;
}

/* Two kinds of words between two places: 0 to 2. */
static int kinds(const struct text *t, size_t from, size_t to, uint64_t one, uint64_t two)
{
	bool has_one = false, has_two = false;

	for (size_t i = word_at(t, from); i < t->n && t->words[i].at < to; i++) {
		has_one |= (t->words[i].classes & one) != 0;
		has_two |= (t->words[i].classes & two) != 0;
	}
	return has_one + has_two;
}

void mark_tags(const struct look *l, const struct text *t, struct found *best)
{
	static const char *const hidden[] = { "secret", "system", "hidden", "admin",
					      "override" };
	static const char *const loud[] = { "important", "instructions", "instruction",
					    "critical" };
	const uint64_t orders = W(W_MUST) | W(W_HURRY) | W(W_NEG) | W(W_ALWAYS) |
				W(W_READ) | W(W_PASS) | W(W_SEND) | W(W_IGNORE) |
				W(W_CALL);
	struct found file = { .severity = SEV_INFO };
	bool files_read = false, file_in;
	size_t from = 0;
	struct tag tag;

	while (next_tag(t, &from, &tag)) {
		bool dark = named(t, &tag, hidden, ARRAY_LEN(hidden));
		size_t end;
		int n;

		if (!dark && !named(t, &tag, loud, ARRAY_LEN(loud)))
			continue;
		end = block_end(t, &tag);
		n = kinds(t, tag.end, end, orders, W(W_READ) | W(W_PASS) | W(W_SEND));
		if (n == 0)
			continue;
		if (!dark && !files_read) {
			mark_files(l, t, &file);
			files_read = true;
		}
		file_in = file.severity && file.to > tag.end && file.from < end;
		found_better(best, dark || file_in ? SEV_HIGH : SEV_LOW, tag.at, end,
			     "gives the model an order in a block of its own");
	}
}

/* ---- comments ---- */

void mark_comments(const struct look *l, const struct text *t, struct found *best)
{
	const uint64_t whom = W(W_SYSTEM) | W(W_INSTRUCTION) | W(W_YOU) | W(W_MUST) |
			      W(W_ALWAYS) | W(W_NEG);
	const uint64_t order = W(W_IGNORE) | W(W_SEND) | W(W_READ) | W(W_CALL) |
			       W(W_PASS) | W(W_TELL) | W(W_COPY);
	const char *p = t->plain;

	(void)l;
	while ((p = strstr(p, "<!--"))) {
		const char *close = strstr(p, "-->");
		size_t from = (size_t)(p - t->plain),
		       to = close ? (size_t)(close - t->plain) : t->len;
		int n = kinds(t, from, to, whom, order);
		size_t words = word_at(t, to) - word_at(t, from);

		if (n > 0 && words > 2)
			found_better(best, n == 2 ? SEV_HIGH : SEV_LOW, from, to,
				     "gives an order in a comment that is not shown");
		p += 4;
		if (!close)
			return;
		p = close;
	}
}
