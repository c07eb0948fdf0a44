/* SPDX-License-Identifier: Apache-2.0 */
/* SEC rules about values, and ENV-001: one value, one fault, the first claim counts. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_checks.h"

/* Who reports a value, in order of precedence. */
enum claim {
	CLAIM_NONE,
	CLAIM_URL_PASSWORD, /* SEC-007 */
	CLAIM_URL_DEFAULT,  /* SEC-008 */
	CLAIM_TOKEN,	    /* SEC-001 */
	CLAIM_PRIVATE_KEY,  /* SEC-011 */
	CLAIM_SIGNING,	    /* ENV-001 */
	CLAIM_TRIVIAL,	    /* SEC-005 */
	CLAIM_PLACE,	    /* SEC-004 */
	CLAIM_LITERAL,	    /* SEC-002 */
};

/* A value with the name it goes by: of the variable, the option or the header. */
struct named {
	enum look_place place;
	const char *name;
	const char *text;
	const struct value *at;
};

static bool reference_inside(struct span s)
{
	return memchr(s.p, '{', s.n) || memchr(s.p, '$', s.n);
}

/* A password in an address of the text: SEC-007 or SEC-008. */
static enum claim claim_url(struct arena *a, const char *text, struct url *ret)
{
	size_t from = 0;

	while (url_next(text, &from, ret)) {
		const char *pass;

		if (!ret->has_pass || ret->pass.n == 0 || reference_inside(ret->pass))
			continue;
		pass = span_dup(a, ret->pass);
		if (is_ref(pass))
			continue;
		return is_default_password(pass) || is_place(pass) ? CLAIM_URL_DEFAULT
								   : CLAIM_URL_PASSWORD;
	}
	return CLAIM_NONE;
}

static bool credential_header(const char *name)
{
	static const char *const parts[] = { "auth", "key", "token", "secret", "cookie" };

	for (size_t i = 0; name && i < ARRAY_LEN(parts); i++)
		if (find_ignoring_case(name, parts[i]))
			return true;
	return false;
}

static const char *after_scheme(const char *v)
{
	static const char *const schemes[] = { "Bearer ", "Basic ", "token " };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (find_ignoring_case(v, schemes[i]) == v && v[n] != '\0')
			return v + n;
	}
	return v;
}

static bool publishable(const char *v)
{
	return str_starts(v, "pk_live_") || str_starts(v, "pk_test_") ||
	       str_starts(v, "sb_publishable_") || str_starts(v, "phc_");
}

static bool literal_guard(const struct named *v)
{
	static const char *const made_up[] = { "test", "demo", "example", "fake" };

	for (size_t i = 0; i < ARRAY_LEN(made_up); i++)
		if (find_ignoring_case(v->text, made_up[i]))
			return true;
	if (strchr(v->text, ';') && !find_ignoring_case(v->text, "pwd=") &&
	    !find_ignoring_case(v->text, "password="))
		return true;
	return publishable(v->text) || str_ends(v->name, "_ID") ||
	       str_ends(v->name, "_NAME");
}

static enum claim claim_env(const struct named *v)
{
	bool secret = secret_key(v->name);

	if (!publishable(v->text) && token_kind(v->text, v->name, NULL))
		return CLAIM_TOKEN;
	if (is_private_key(v->text))
		return CLAIM_PRIVATE_KEY;
	if (is_signing_key(v->name) && weak_signing_secret(v->text))
		return CLAIM_SIGNING;
	if (secret && is_default_password(v->text))
		return CLAIM_TRIVIAL;
	if (secret && is_place(v->text))
		return CLAIM_PLACE;
	if (secret && looks_secret(v->text) && !literal_guard(v))
		return CLAIM_LITERAL;
	return CLAIM_NONE;
}

static enum claim claim_of(struct arena *a, const struct named *v)
{
	struct url u;
	enum claim c = claim_url(a, v->text, &u);

	if (c != CLAIM_NONE || v->place == LOOK_URL)
		return c;
	if (v->place == LOOK_ENV)
		return claim_env(v);
	if (is_private_key(v->text))
		return CLAIM_PRIVATE_KEY;
	if (v->place == LOOK_HEADER)
		return credential_header(v->name) && is_place(after_scheme(v->text))
			       ? CLAIM_PLACE
			       : CLAIM_NONE;
	if (!secret_key(v->name))
		return CLAIM_NONE;
	return is_default_password(v->text) ? CLAIM_TRIVIAL
	       : is_place(v->text)	    ? CLAIM_PLACE
					    : CLAIM_NONE;
}

/* Value i of the entry with its name; an argument that is the value of the option before
 * it goes by the option. False behind the last. */
static bool named_value(const struct rule_run *r, size_t i, struct named *ret)
{
	const struct entry *e = r->entry;
	enum look_place place;
	const struct value *v = look_value(e, i, &place);
	struct look_pair pair;

	if (!v)
		return false;
	*ret = (struct named){ place, v->name, v->text ? v->text : "", v };
	if (place != LOOK_ARG)
		return true;
	ret->name = NULL;
	if (v > e->args.v && look_pair(r->arena, e, (size_t)(v - e->args.v) - 1, &pair) &&
	    pair.at == v)
		ret->name = pair.name;
	else if (look_pair(r->arena, e, (size_t)(v - e->args.v), &pair) && pair.at == v) {
		ret->name = pair.name;
		ret->text = pair.text;
	}
	return true;
}

typedef void claim_report(struct rule_run *r, const struct named *v);

static void each_claim(struct rule_run *r, enum claim wanted, claim_report *report)
{
	struct named v;

	for (size_t i = 0; named_value(r, i, &v); i++)
		if (v.text[0] != '\0' && claim_of(r->arena, &v) == wanted)
			report(r, &v);
}

static const char *shown_name(const struct rule_run *r, const struct named *v)
{
	return v->name		      ? str_printable(r->arena, v->name, 80)
	       : v->place == LOOK_URL ? "url"
				      : "an argument";
}

static void token_found(struct rule_run *r, enum severity s, const struct named *v,
			const char *where)
{
	struct span token;
	const char *kind = token_kind(v->text, v->name, &token);

	rule_fail(r, s, v->at, "%s holds a %s%s", shown_name(r, v), kind, where);
	rule_evidence(r, kind, "%s: %s, %s", shown_name(r, v), kind,
		      token_evidence(r->arena, &token));
}

static void report_token(struct rule_run *r, const struct named *v)
{
	token_found(r, r->entry->enabled ? SEV_CRITICAL : SEV_HIGH, v, "");
	if (v->name)
		rule_fix(
			r,
			"Move %s to the environment or a secret store, refer to it, and rotate "
			"the token.",
			shown_name(r, v));
}

void check_sec_001(struct rule_run *r)
{
	each_claim(r, CLAIM_TOKEN, report_token);
}

static void report_literal(struct rule_run *r, const struct named *v)
{
	rule_fail(r, SEV_HIGH, v->at, "%s holds what looks like a secret",
		  shown_name(r, v));
	rule_evidence(r, "literal", "%s: literal secret", shown_name(r, v));
}

void check_sec_002(struct rule_run *r)
{
	each_claim(r, CLAIM_LITERAL, report_literal);
}

void check_sec_003(struct rule_run *r)
{
	struct named v;

	for (size_t i = 0; named_value(r, i, &v); i++) {
		if (v.place != LOOK_ARG && v.place != LOOK_COMMAND)
			continue;
		if (!publishable(v.text) && token_kind(v.text, v.name, NULL)) {
			token_found(r, SEV_CRITICAL, &v, " on the command line");
		} else if (v.place == LOOK_ARG && secret_key(v.name) &&
			   looks_secret(v.text)) {
			rule_fail(r, SEV_HIGH, v.at, "%s is a secret on the command line",
				  shown_name(r, &v));
			rule_evidence(r, "literal", "%s: literal secret",
				      shown_name(r, &v));
		}
	}
}

static bool is_template(const char *path)
{
	return str_ends(path, ".example") || str_ends(path, ".sample") ||
	       strstr(path, "template");
}

static void report_place(struct rule_run *r, const struct named *v)
{
	bool works_not = r->entry->enabled && r->file->place == PLACE_USER;

	if (is_template(r->file->shown))
		return;
	rule_fail(r, works_not ? SEV_MEDIUM : SEV_LOW, v->at,
		  "%s still holds a placeholder", shown_name(r, v));
	rule_evidence(r, "placeholder", "%s: placeholder", shown_name(r, v));
}

void check_sec_004(struct rule_run *r)
{
	each_claim(r, CLAIM_PLACE, report_place);
}

static void report_trivial(struct rule_run *r, const struct named *v)
{
	rule_fail(r, SEV_MEDIUM, v->at, "%s is a password that everybody tries first",
		  shown_name(r, v));
	rule_evidence(r, "default", "%s: default password", shown_name(r, v));
}

void check_sec_005(struct rule_run *r)
{
	each_claim(r, CLAIM_TRIVIAL, report_trivial);
}

/* mcp-remote and curl take headers as arguments: --header "Name: value". */
static bool header_argument(const struct rule_run *r, const struct named *v,
			    struct named *ret)
{
	const struct entry *e = r->entry;
	const char *colon = v->at->text ? strchr(v->at->text, ':') : NULL;
	const char *before;

	if (v->place != LOOK_ARG || v->at == e->args.v || !colon)
		return false;
	before = v->at[-1].text;
	if (!str_eq(before, "--header") && !str_eq(before, "-H"))
		return false;
	*ret = *v;
	ret->name = arena_strndup(r->arena, v->at->text, (size_t)(colon - v->at->text));
	ret->text = colon + 1 + strspn(colon + 1, " ");
	return true;
}

void check_sec_006(struct rule_run *r)
{
	struct named v, h;

	for (size_t i = 0; named_value(r, i, &v); i++) {
		const char *text;

		if (v.place == LOOK_HEADER)
			h = v;
		else if (!header_argument(r, &v, &h))
			continue;
		text = after_scheme(h.text);
		if (!credential_header(h.name) || publishable(text) || strchr(text, '$'))
			continue;
		if (token_kind(text, h.name, NULL)) {
			h.text = text;
			token_found(r, SEV_CRITICAL, &h, "");
		} else if (looks_secret(text)) {
			rule_fail(r, SEV_HIGH, h.at,
				  "The header %s holds a literal credential",
				  shown_name(r, &h));
			rule_evidence(r, "literal", "%s: literal credential",
				      shown_name(r, &h));
		}
	}
}

static void report_url_password(struct rule_run *r, const struct named *v)
{
	struct url u;

	claim_url(r->arena, v->text, &u);
	rule_fail(r, host_is_loop(u.host) ? SEV_MEDIUM : SEV_HIGH, v->at,
		  "%s holds a password inside a URL", shown_name(r, v));
	rule_evidence(r, "url-password", "%s: password in a URL", shown_name(r, v));
}

void check_sec_007(struct rule_run *r)
{
	each_claim(r, CLAIM_URL_PASSWORD, report_url_password);
}

static void report_url_default(struct rule_run *r, const struct named *v)
{
	struct url u;
	const char *pass;

	claim_url(r->arena, v->text, &u);
	pass = span_dup(r->arena, u.pass);
	rule_fail(r, host_is_loop(u.host) ? SEV_LOW : SEV_MEDIUM, v->at,
		  "%s holds a URL with a %s password", shown_name(r, v),
		  is_default_password(pass) ? "default" : "placeholder");
	rule_evidence(r, "url-default", "%s: %s password in a URL, host %s",
		      shown_name(r, v),
		      is_default_password(pass) ? "default" : "placeholder",
		      span_dup(r->arena, u.host));
}

void check_sec_008(struct rule_run *r)
{
	each_claim(r, CLAIM_URL_DEFAULT, report_url_default);
}

static bool credential_parameter(struct span name)
{
	static const char *const names[] = { "api_key", "apikey",	"key",
					     "token",	"access_token", "auth",
					     "secret",	"password" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (span_ieq(name, names[i]))
			return true;
	return name.n > 6 && memcmp(name.p + name.n - 6, "ApiKey", 6) == 0;
}

static void check_query(struct rule_run *r, const struct named *v, struct span query)
{
	const char *p = query.p, *end = query.p + query.n;

	while (p < end) {
		const char *next = memchr(p, '&', (size_t)(end - p));
		const char *stop = next ? next : end;
		const char *eq = memchr(p, '=', (size_t)(stop - p));
		struct span name = { p, eq ? (size_t)(eq - p) : 0 };
		struct span text = { eq ? eq + 1 : p, eq ? (size_t)(stop - eq) - 1 : 0 };
		const char *copy = span_dup(r->arena, text);

		if (credential_parameter(name) && text.n >= 8 &&
		    !reference_inside(text) && !is_ref(copy) && !is_place(copy)) {
			rule_fail(r, SEV_HIGH, v->at,
				  "The parameter %s of a URL holds a credential",
				  span_dup(r->arena, name));
			rule_evidence(r, "url-query", "%s: credential in a URL",
				      span_dup(r->arena, name));
		}
		p = stop + 1;
	}
}

void check_sec_009(struct rule_run *r)
{
	struct named v;

	for (size_t i = 0; named_value(r, i, &v); i++) {
		size_t from = 0;
		struct url u;

		while (url_next(v.at->text, &from, &u))
			if (u.query.n > 0)
				check_query(r, &v, u.query);
	}
}

static bool switched_off(const char *name, const char *v)
{
	static const char *const off[] = { "false", "0", "no" };
	static const char *const names[] = { "VERIFY_SSL", "SSL_VERIFY", "TLS_VERIFY" };

	if (str_eq(name, "NODE_TLS_REJECT_UNAUTHORIZED") ||
	    str_eq(name, "PYTHONHTTPSVERIFY"))
		return str_eq(v, "0");
	if (str_eq(name, "GIT_SSL_NO_VERIFY"))
		return str_eq(v, "1") || str_ieq(v, "true");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (size_t k = 0; k < ARRAY_LEN(off); k++)
			if (str_ieq(name, names[i]) && str_ieq(v, off[k]))
				return true;
	return false;
}

void check_sec_010(struct rule_run *r)
{
	static const char *const flags[] = { "--insecure", "--no-check-certificate",
					     "--trusted-host" };
	const struct entry *e = r->entry;

	for (size_t i = 0; i < e->env.n; i++)
		if (e->env.v[i].text && switched_off(e->env.v[i].name, e->env.v[i].text))
			rule_fail(r, SEV_HIGH, &e->env.v[i],
				  "%s switches TLS verification off", e->env.v[i].name);
	for (size_t i = 0; i < e->args.n; i++) {
		const char *a = e->args.v[i].text;
		bool hit = str_eq(e->program, "curl") && str_eq(a, "-k");

		for (size_t k = 0; k < ARRAY_LEN(flags); k++)
			hit |= str_eq(a, flags[k]) ||
			       (str_starts(a, flags[k]) && a[strlen(flags[k])] == '=');
		if (hit)
			rule_fail(r, SEV_HIGH, &e->args.v[i],
				  "%s switches TLS verification off",
				  str_printable(r->arena, a, 40));
	}
}

static void report_private_key(struct rule_run *r, const struct named *v)
{
	rule_fail(r, SEV_CRITICAL, v->at, "%s holds a private key", shown_name(r, v));
	rule_evidence(r, "private key", "%s: private key", shown_name(r, v));
}

void check_sec_011(struct rule_run *r)
{
	each_claim(r, CLAIM_PRIVATE_KEY, report_private_key);
}

static void report_signing(struct rule_run *r, const struct named *v)
{
	const char *why = weak_signing_secret(v->text);

	rule_fail(r, SEV_HIGH, v->at, "%s is a signing secret, and it is %s",
		  shown_name(r, v), why);
	rule_evidence(r, "signing-secret", "%s: %s", shown_name(r, v), why);
}

void check_env_001(struct rule_run *r)
{
	each_claim(r, CLAIM_SIGNING, report_signing);
}
