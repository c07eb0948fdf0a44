/* SPDX-License-Identifier: Apache-2.0 */
/* What may be stored and shown of an entry: each secret gives way to its kind. */
#include <string.h>

#include "common/base/buf.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "compliance-server/claim.h"
#include "compliance-server/facts_entry.h"
#include "compliance-server/predicate.h"

static const char *const value_keys[] = { "headers", "http_headers", "env",
					  "environment" };

/* Letters of both cases and digits, long, and nothing a name or path has. */
static bool secret_word(const char *p, size_t n)
{
	bool lower = false, upper = false, digit = false;

	for (size_t i = 0; i < n; i++) {
		lower |= p[i] >= 'a' && p[i] <= 'z';
		upper |= p[i] >= 'A' && p[i] <= 'Z';
		digit |= is_digit(p[i]);
		if (!is_alpha(p[i]) && !is_digit(p[i]) && !strchr("-_+=", p[i]))
			return false;
	}
	return n >= 16 && lower && upper && digit;
}

/* In a text of several words: one that is a secret, a header with a credential, or what
 * stands behind -u. */
static bool secret_among(const char *text)
{
	const char *colon = strchr(text, ':');
	bool user = false;

	if (colon && colon - text < 40 && colon[1] == ' ') {
		char name[41];

		memcpy(name, text, (size_t)(colon - text));
		name[colon - text] = '\0';
		if (credential_header(name) && !is_ref(colon + 2))
			return true;
	}
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, " \t\n\"'");

		if (secret_word(p, n) || (user && memchr(p, ':', n)))
			return true;
		user = (n == 2 && strncmp(p, "-u", n) == 0) ||
		       (n == 6 && strncmp(p, "--user", n) == 0);
		p += n;
		p += strspn(p, " \t\n\"'");
	}
	return false;
}

const char *entry_secret_kind(const char *key, const char *text, bool value)
{
	const char *kind = token_kind(text, key, NULL), *eq;
	struct url u;
	size_t from = 0;

	if (kind)
		return kind;
	if (is_private_key(text))
		return "private key";
	while (url_next(text, &from, &u))
		if (u.has_pass && u.pass.n > 0)
			return "URL with a password";
	if (is_ref(text) || is_place(text))
		return NULL;
	if (key && (secret_key(key) || is_signing_key(key)) && text[0] != '\0')
		return "secret";
	if (value && (looks_secret(text) || (key && credential_header(key))))
		return "value";
	eq = text[0] == '-' || (text[0] >= 'A' && text[0] <= 'Z') ? strchr(text, '=')
								  : NULL;
	if (eq && eq - text < 80) {
		char name[81];

		memcpy(name, text, (size_t)(eq - text));
		name[eq - text] = '\0';
		if (secret_key(name) && !is_ref(eq + 1))
			return "secret";
	}
	if (secret_among(text))
		return "text with a secret";
	return strchr(text, '?') && strstr(text, "://") &&
			       looks_secret(strchr(text, '?') + 1)
		       ? "URL with a secret"
		       : NULL;
}

static bool is_one_of(const char *key, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(key, keys[i]))
			return true;
	return false;
}

bool entry_key_of_values(const char *key)
{
	return is_one_of(key, value_keys, ARRAY_LEN(value_keys));
}

static void redact(struct jsonw *w, const char *key, const struct node *n, bool header)
{
	const char *before = NULL, *kind;

	if (n->kind == NODE_STRING || n->kind == NODE_NUMBER) {
		kind = entry_secret_kind(n->key ? n->key : key, n->text, header);
		if (!kind && n->kind == NODE_NUMBER) {
			jsonw_node(w, n->key, n);
			return;
		}
		if (!kind) {
			jsonw_str(w, n->key, n->text);
			return;
		}
		jsonw_obj(w, n->key);
		jsonw_str(w, "redacted", kind);
		jsonw_end(w);
		return;
	}
	if (n->kind != NODE_OBJECT && n->kind != NODE_ARRAY) {
		jsonw_node(w, n->key, n);
		return;
	}
	if (n->kind == NODE_OBJECT)
		jsonw_obj(w, n->key);
	else
		jsonw_arr(w, n->key);
	for (const struct node *m = n->first; m; m = m->next) {
		if (!m->duplicate || n->kind == NODE_ARRAY)
			redact(w, before, m,
			       header || is_one_of(n->key, value_keys,
						   ARRAY_LEN(value_keys)));
		before = n->kind == NODE_ARRAY && m->kind == NODE_STRING &&
					 m->text[0] == '-'
				 ? m->text
				 : NULL;
	}
	jsonw_end(w);
}

const char *entry_redacted(struct arena *a, const struct node *n)
{
	struct node top = *n;
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	top.key = NULL;
	buf_init(&b, 256 * 1024);
	jsonw_init(&w, &b);
	redact(&w, NULL, &top, false);
	return b.overflow ? "{}" : arena_strdup(a, buf_text(&b));
}
