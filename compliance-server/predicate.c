/* SPDX-License-Identifier: Apache-2.0 */
/* References and placeholders; the forms are those of real files. */
#include "compliance-server/predicate.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/base/str.h"

static bool is_word(char c)
{
	return is_alpha(c) || is_digit(c) || c == '_';
}

bool span_eq(struct span s, const char *t)
{
	return strlen(t) == s.n && memcmp(s.p, t, s.n) == 0;
}

bool span_ieq(struct span s, const char *t)
{
	return strlen(t) == s.n && strncasecmp(s.p, t, s.n) == 0;
}

char *span_dup(struct arena *a, struct span s)
{
	return arena_strndup(a, s.n > 0 ? s.p : "", s.n);
}

struct span span_trim(const char *v)
{
	struct span s = { v, strlen(v) };

	while (s.n > 0 && isspace((unsigned char)*s.p)) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1]))
		s.n--;
	return s;
}

const char *find_ignoring_case(const char *text, const char *what)
{
	size_t n = strlen(what);

	for (; *text != '\0'; text++)
		if (ascii_lower(*text) == ascii_lower(*what) &&
		    strncasecmp(text, what, n) == 0)
			return text;
	return NULL;
}

bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	const char *p = text;

	while ((p = find_ignoring_case(p, word))) {
		if ((p == text || (!is_word(p[-1]) && p[-1] != '-')) && !is_word(p[n]) &&
		    p[n] != '-')
			return true;
		p++;
	}
	return false;
}

static struct span skip_auth_scheme(struct span s)
{
	static const char *const schemes[] = { "bearer ", "basic ", "token " };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (s.n > n && strncasecmp(s.p, schemes[i], n) == 0)
			return (struct span){ s.p + n, s.n - n };
	}
	return s;
}

static bool wrapped(struct span s, const char *open, const char *close)
{
	size_t a = strlen(open), b = strlen(close);

	return s.n > a + b && memcmp(s.p, open, a) == 0 &&
	       memcmp(s.p + s.n - b, close, b) == 0;
}

/* The closing bracket of the first opening one is the last byte. */
static bool one_group(struct span s, size_t skip, char open, char close)
{
	int depth = 0;

	for (size_t i = skip; i < s.n; i++) {
		if (s.p[i] == open)
			depth++;
		else if (s.p[i] == close && --depth == 0)
			return i == s.n - 1;
	}
	return false;
}

static bool is_name(const char *p, size_t n, bool lower_only)
{
	if (n == 0 || is_digit(p[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_word(p[i]) || (lower_only && p[i] >= 'A' && p[i] <= 'Z'))
			return false;
	return true;
}

bool is_ref(const char *v)
{
	struct span s = skip_auth_scheme(span_trim(v ? v : ""));

	if (s.n < 2)
		return false;
	if (wrapped(s, "${", "}") && one_group(s, 1, '{', '}'))
		return true;
	if (wrapped(s, "$(", ")") && one_group(s, 1, '(', ')'))
		return true;
	if (wrapped(s, "{{", "}}") || wrapped(s, "{env:", "}") ||
	    wrapped(s, "{file:", "}"))
		return true;
	if (s.p[0] == '$' && is_name(s.p + 1, s.n - 1, false))
		return true;
	if (wrapped(s, "%", "%") && is_name(s.p + 1, s.n - 2, false))
		return true;
	if (wrapped(s, "{", "}") && is_name(s.p + 1, s.n - 2, true))
		return true;
	if (s.p[0] == '@' && s.n > 1 &&
	    (s.p[1] == '/' || s.p[1] == '.' || is_word(s.p[1])))
		return true;
	return str_starts(s.p, "op://") || str_starts(s.p, "vault:") ||
	       str_starts(s.p, "keychain:");
}

static bool only_chars(struct span s, const char *set, size_t min)
{
	if (s.n < min)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr(set, s.p[i]))
			return false;
	return true;
}

static bool one_of(struct span s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_ieq(s, list[i]))
			return true;
	return false;
}

static bool is_separator(char c)
{
	return c == '-' || c == '_' || c == ' ';
}

/* The blank, `-` and `_` of a pattern match any of the three. */
static bool begins_like(struct span s, const char *pattern)
{
	size_t n = strlen(pattern);

	if (s.n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (is_separator(pattern[i]) ? !is_separator(s.p[i])
					     : ascii_lower(s.p[i]) != pattern[i])
			return false;
	}
	return true;
}

static bool place_whole(struct span s)
{
	static const char *const words[] = { "1234567890", "123456", "abc123", "foo",
					     "bar",	   "todo",   "tbd",    "fixme",
					     "none",	   "null",   "secret", "password",
					     "changeme" };
	static const char *const begins[] = { "change-me",    "change-this", "replace-me",
					      "replace-with", "placeholder", "dummy",
					      "example",      "sample",	     "redacted",
					      "test-",	      "insert-",     "enter-",
					      "put-",	      "add-",	     "set-" };

	if (s.n <= 80 && (wrapped(s, "<", ">") || wrapped(s, "[", "]")))
		return true;
	if (wrapped(s, "{", "}") && is_name(s.p + 1, s.n - 2, false))
		return true;
	if (only_chars(s, "xX", 3) || only_chars(s, "*", 3) || only_chars(s, ".", 3) ||
	    only_chars(s, "-", 3) || only_chars(s, "_", 3) || only_chars(s, "0", 6))
		return true;
	if (one_of(s, words, ARRAY_LEN(words)))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(begins); i++)
		if (begins_like(s, begins[i]))
			return true;
	return false;
}

/* p stands behind "your" or "my": up to six words follow, one of them a thing to fill in.
 */
static bool names_a_thing(const char *p, const char *end)
{
	static const char *const things[] = { "key",   "token",	 "secret", "password",
					      "pass",  "pat",	 "id",	   "url",
					      "host",  "user",	 "name",   "here",
					      "value", "domain", "org",	   "project",
					      "email", "api" };

	for (int word = 0; word < 6 && p < end && is_separator(*p); word++) {
		const char *begin = ++p;

		while (p < end && (is_alpha(*p) || is_digit(*p)))
			p++;
		if (one_of((struct span){ begin, (size_t)(p - begin) }, things,
			   ARRAY_LEN(things)))
			return true;
	}
	return false;
}

static bool place_inside(struct span s)
{
	static const char *const ends[] = { "...", "-here", "_here", "-placeholder",
					    "-changeme" };
	const char *end = s.p + s.n;

	for (const char *p = s.p; p < end; p++) {
		size_t left = (size_t)(end - p);
		bool free = p == s.p || !is_alpha(p[-1]);

		if (free && left > 4 && strncasecmp(p, "your", 4) == 0 &&
		    names_a_thing(p + 4, end))
			return true;
		if (free && left > 2 && strncasecmp(p, "my", 2) == 0 &&
		    names_a_thing(p + 2, end))
			return true;
		if (left > 4 && memcmp(p, "/YOUR", 5) == 0)
			return true;
		if (left > 3 &&
		    (strncasecmp(p, "xxxx", 4) == 0 || memcmp(p, "****", 4) == 0))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t n = strlen(ends[i]);

		if (s.n >= n && strncasecmp(end - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

/* "sk-...", "ghp_your_token", "xoxb-test": a known beginning, then obviously no token. */
static bool place_token(struct span s)
{
	static const char *const prefixes[] = {
		"ghp_",	    "gho_",   "ghu_",	  "ghs_",     "ghr_",	 "github_pat_",
		"glpat-",   "xoxb-",  "xoxa-",	  "xoxp-",    "xapp-",	 "sk-ant-",
		"sk-proj-", "sk-or-", "sk_live_", "sk_test_", "sk-",	 "AIza",
		"SG.",	    "npm_",   "hf_",	  "ntn_",     "secret_", "lin_api_",
		"figd_",    "pplx-",  "tvly-",	  "fc-",      "BSA",	 "ctx7sk-",
		"sbp_",	    "dapi",   "gsk_",	  "ATATT3",   "AKIA",	 "apify_api_",
		"glsa_",
	};
	static const char *const marks[] = { "...",  "xxx",	"***", "your",
					     "test", "example", "demo" };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (s.n <= n || memcmp(s.p, prefixes[i], n) != 0)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(marks); k++) {
			size_t m = strlen(marks[k]);

			if (s.n - n >= m && strncasecmp(s.p + n, marks[k], m) == 0)
				return true;
		}
	}
	return false;
}

bool is_place(const char *v)
{
	struct span s = span_trim(v ? v : "");

	return s.n > 0 && (place_whole(s) || place_inside(s) || place_token(s));
}

bool is_default_password(const char *v)
{
	static const char *const words[] = {
		"password", "pass",	"admin",      "root",	  "secret", "postgres",
		"mysql",    "test",	"123456",     "12345678", "qwerty", "letmein",
		"default",  "changeme", "minioadmin", "guest"
	};

	return v && one_of(span_trim(v), words, ARRAY_LEN(words));
}
