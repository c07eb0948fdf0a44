/* SPDX-License-Identifier: Apache-2.0 */
/* Does a value look like a secret, is a name one of a secret: entropy, shapes, endings.
 */
#include "compliance-server/predicate.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "common/base/str.h"

double entropy(const char *p, size_t n)
{
	size_t count[256] = { 0 };
	double bits = 0;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		count[(unsigned char)p[i]]++;
	for (size_t i = 0; i < 256; i++) {
		if (count[i] > 0) {
			double share = (double)count[i] / (double)n;

			bits -= share * log2(share);
		}
	}
	return bits;
}

static bool is_hex_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isxdigit((unsigned char)s.p[i]))
			return false;
	return true;
}

static bool is_uuid(struct span s)
{
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-' : !isxdigit((unsigned char)s.p[i]))
			return false;
	}
	return true;
}

/* Words of three letters or more, joined by separators or a change of case. */
static bool only_words(struct span s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool turn = i > 0 && c >= 'A' && c <= 'Z' && s.p[i - 1] >= 'a' &&
			    s.p[i - 1] <= 'z';

		if (!is_alpha(c) && !strchr("-_. ,:", c))
			return false;
		if (!is_alpha(c) || turn) {
			if (run > 0 && run < 3)
				return false;
			run = 0;
		}
		if (is_alpha(c))
			run++;
	}
	return run == 0 || run >= 3;
}

static bool is_path(struct span s)
{
	size_t slashes = 0;

	if (s.p[0] == '/' || s.p[0] == '~' || str_starts(s.p, "./") ||
	    str_starts(s.p, "../"))
		return true;
	if (s.n > 2 && is_alpha(s.p[0]) && s.p[1] == ':' &&
	    (s.p[2] == '\\' || s.p[2] == '/'))
		return true;
	/* "secrets/github.json", not base64 with a slash in it */
	for (size_t i = 0; i < s.n; i++)
		slashes += s.p[i] == '/' || s.p[i] == '\\';
	return slashes > 0 && memchr(s.p, '.', s.n) && !memchr(s.p, '+', s.n) &&
	       !memchr(s.p, '=', s.n);
}

bool looks_secret(const char *v)
{
	struct span s = span_trim(v ? v : "");
	bool low = false, up = false, digit = false;
	struct url u;
	size_t from = 0;

	if (s.n < 12 || is_ref(v) || is_place(v))
		return false;
	if (is_uuid(s) || (s.n >= 32 && is_hex_text(s)))
		return true;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (isspace((unsigned char)c))
			return false;
		low |= c >= 'a' && c <= 'z';
		up |= c >= 'A' && c <= 'Z';
		digit |= is_digit(c);
	}
	if (low + up + digit < 2 || is_path(s) || only_words(s))
		return false;
	if (url_next(v, &from, &u) && !u.has_user)
		return false;
	return entropy(s.p, s.n) >= 3.0;
}

/* GITHUB_TOKEN, githubToken, github-token -> github_token */
static size_t snake(const char *name, char *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; name[i] != '\0' && n + 2 < max; i++) {
		char c = name[i];
		bool turn = i > 0 && c >= 'A' && c <= 'Z' && name[i - 1] >= 'a' &&
			    name[i - 1] <= 'z';

		if (turn)
			out[n++] = '_';
		out[n++] = is_alpha(c) || is_digit(c) ? ascii_lower(c) : '_';
	}
	out[n] = '\0';
	return n;
}

bool secret_key(const char *name)
{
	static const char *const ends[] = {
		"api_key",     "apikey",
		"access_key",  "secret_key",
		"secret",      "token",
		"password",    "passwd",
		"pwd",	       "passphrase",
		"requirepass", "masterauth",
		"private_key", "client_secret",
		"credential",  "credentials",
		"auth_key",    "pat",
		"dsn",	       "connection_string",
		"signing_key", "encryption_key",
		"master_key",  "service_role_key",
		"session_key", "webhook_url",
		"cookie",
	};
	char key[200];
	size_t n;

	if (!name)
		return false;
	n = snake(name, key, sizeof(key));
	if (strstr(key, "publishable") || strstr(key, "public_key") ||
	    strstr(key, "public_api"))
		return false;
	if (str_eq(key, "pgpassword"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t m = strlen(ends[i]);

		if (n >= m && memcmp(key + n - m, ends[i], m) == 0 &&
		    (n == m || key[n - m - 1] == '_'))
			return true;
	}
	return false;
}

bool is_signing_key(const char *name)
{
	static const char *const whole[] = { "JWT_SECRET",    "SESSION_SECRET",
					     "SECRET_KEY",    "NEXTAUTH_SECRET",
					     "COOKIE_SECRET", "ENCRYPTION_KEY" };

	if (!name)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		if (str_ieq(name, whole[i]))
			return true;
	return str_ends(name, "_JWT_SECRET");
}

const char *weak_signing_secret(const char *v)
{
	size_t n = v ? strlen(v) : 0;

	if (n == 0 || is_ref(v))
		return NULL;
	if (is_place(v))
		return "a placeholder";
	if (is_default_password(v))
		return "a well-known default";
	if (n < 32)
		return "shorter than 32 characters";
	if (entropy(v, n) * (double)n < 128)
		return "easy to guess (less than 128 bits)";
	return NULL;
}
