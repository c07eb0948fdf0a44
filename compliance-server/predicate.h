/* SPDX-License-Identifier: Apache-2.0 */
/* What a value is: reference, placeholder, secret, token of a known kind, URL, host. Pure
 * functions over text, linear in its length, without regular expressions. */
#ifndef COMPLIANCE_PREDICATE_H
#define COMPLIANCE_PREDICATE_H

#include "common/base/arena.h"
#include "common/base/defs.h"

struct span {
	const char *p; /* not NUL-terminated */
	size_t n;
};

bool is_ref(const char *v);   /* ${X}, $X, %X%, {env:X}, op://… */
bool is_place(const char *v); /* your-key-here, <token>, changeme */
bool is_default_password(const char *v);
bool looks_secret(const char *v);
bool secret_key(const char *name);	 /* API_KEY, githubToken, db-password */
double entropy(const char *p, size_t n); /* bits per byte */

/* Kind of the first known credential in v ("GitHub token"), or NULL. name may be NULL;
 * one kind is known only by it. Placeholders and publishable keys are none. */
const char *token_kind(const char *v, const char *name, struct span *ret);
bool is_private_key(const char *v);
/* "abcd1234…, ends in xy": what may be shown of a token; never more. */
const char *token_evidence(struct arena *a, const struct span *token);

/* A signing secret is chosen by the operator, so a weak one works and is known to others.
 */
bool is_signing_key(const char *name);
const char *weak_signing_secret(const char *v); /* why it is weak, or NULL */

struct url {
	struct span scheme, user, pass, host, port, path, query;
	bool has_user, has_pass;
	size_t end; /* offset behind it in the text that was searched */
};

/* The next scheme://… at or behind *from; *from moves behind it. */
bool url_next(const char *text, size_t *from, struct url *ret);

static inline bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

struct span span_trim(const char *v); /* without white space around it */
bool span_eq(struct span s, const char *t);
bool span_ieq(struct span s, const char *t);
char *span_dup(struct arena *a, struct span s);

bool host_is_loop(struct span h);
bool host_is_private(struct span h);
bool host_is_metadata(struct span h);
/* IPv4 in dotted, decimal, octal or hexadecimal form. */
bool host_ipv4(struct span h, uint32_t *ret);

/* "curl" in "x | curl y", not in "curly": whole words, ASCII case ignored. */
bool has_word(const char *text, const char *word);
const char *find_ignoring_case(const char *text, const char *what);

#endif
