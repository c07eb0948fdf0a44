/* SPDX-License-Identifier: Apache-2.0 */
/* SEC rules about values: one value, one fault, the first claim counts. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/claim.h"
#include "compliance-server/compose_facts.h"
#include "compliance-server/rules_checks.h"

static void token_found(struct rule_run *r, enum severity s, const struct named *v,
			const char *where)
{
	struct span token;
	const char *kind = token_kind(v->text, v->name, &token);

	rule_fail(r, s, v->at, "%s holds a %s%s", claim_name(r, v), kind, where);
	rule_evidence(r, kind, "%s: %s, %s", claim_name(r, v), kind,
		      token_evidence(r->arena, &token));
}

static void report_token(struct rule_run *r, const struct named *v)
{
	token_found(r, r->entry && !r->entry->enabled ? SEV_HIGH : SEV_CRITICAL, v, "");
	if (v->name)
		rule_fix(
			r,
			"Move %s to the environment or a secret store, refer to it, and rotate "
			"the token.",
			claim_name(r, v));
}

void check_sec_001(struct rule_run *r)
{
	claim_each(r, CLAIM_TOKEN, report_token);
}

static void report_literal(struct rule_run *r, const struct named *v)
{
	rule_fail(r, SEV_HIGH, v->at, "%s holds what looks like a secret",
		  claim_name(r, v));
	rule_evidence(r, "literal", "%s: literal secret", claim_name(r, v));
}

void check_sec_002(struct rule_run *r)
{
	claim_each(r, CLAIM_LITERAL, report_literal);
}

/* What a program is given on its command line: how bad, SEV_INFO for nothing. */
static enum severity on_command_line(const struct named *v)
{
	bool service = v->place == LOOK_SERVICE_ARG;

	if (!secret_key(v->name) || v->text[0] == '\0')
		return SEV_INFO;
	if (service && (is_default_password(v->text) || is_place(v->text)))
		return SEV_MEDIUM;
	/* parts of it are references */
	if (service && strchr(v->text, '$') && !str_eq(v->text, v->compose->item->value))
		return SEV_INFO;
	return looks_secret(v->text) ? SEV_HIGH : SEV_INFO;
}

/* Commands with more words than are read. */
static void note_cut(struct rule_run *r)
{
	for (size_t i = 0; r->project && i < r->project->n_files; i++) {
		const struct compose_file *f = r->project->files[i]->compose;

		for (size_t k = 0; f && k < f->n; k++)
			if (f->services[k].args_cut)
				rule_unknown(r,
					     "%s: the commands are too long to be "
					     "looked into",
					     f->file->shown);
	}
}

void check_sec_003(struct rule_run *r)
{
	struct claim_walk w = { 0 };
	struct named v;

	note_cut(r);

	while (claim_next(r, &w, &v)) {
		enum severity s;

		if (v.place != LOOK_ARG && v.place != LOOK_COMMAND &&
		    v.place != LOOK_SERVICE_ARG)
			continue;
		if (!publishable(v.text) && token_kind(v.text, v.name, NULL)) {
			token_found(r, SEV_CRITICAL, &v, " on the command line");
			continue;
		}
		s = v.place == LOOK_COMMAND ? SEV_INFO : on_command_line(&v);
		if (s == SEV_INFO)
			continue;
		rule_fail(r, s, v.at, "%s is a secret on the command line",
			  claim_name(r, &v));
		rule_evidence(r, s == SEV_HIGH ? "literal" : "known", "%s: %s",
			      claim_name(r, &v),
			      s == SEV_HIGH ? "literal secret"
					    : "default or placeholder");
	}
}

static void report_place(struct rule_run *r, const struct named *v)
{
	bool works_not = r->entry && r->entry->enabled && r->file->place == PLACE_USER;

	if (r->file->sample)
		return;
	rule_fail(r, works_not ? SEV_MEDIUM : SEV_LOW, v->at,
		  "%s still holds a placeholder", claim_name(r, v));
	rule_evidence(r, "placeholder", "%s: placeholder", claim_name(r, v));
}

void check_sec_004(struct rule_run *r)
{
	claim_each(r, CLAIM_PLACE, report_place);
}

static void report_trivial(struct rule_run *r, const struct named *v)
{
	rule_fail(r, SEV_MEDIUM, v->at, "%s is a password that everybody tries first",
		  claim_name(r, v));
	rule_evidence(r, "default", "%s: default password", claim_name(r, v));
}

void check_sec_005(struct rule_run *r)
{
	claim_each(r, CLAIM_TRIVIAL, report_trivial);
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
	struct claim_walk w = { 0 };
	struct named v, h;

	while (claim_next(r, &w, &v)) {
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
				  claim_name(r, &h));
			rule_evidence(r, "literal", "%s: literal credential",
				      claim_name(r, &h));
		}
	}
}

static void report_url_password(struct rule_run *r, const struct named *v)
{
	struct url u;

	claim_url(r->arena, v->text, &u);
	rule_fail(r, host_is_loop(u.host) ? SEV_MEDIUM : SEV_HIGH, v->at,
		  "%s holds a password inside a URL", claim_name(r, v));
	rule_evidence(r, "url-password", "%s: password in a URL", claim_name(r, v));
}

void check_sec_007(struct rule_run *r)
{
	claim_each(r, CLAIM_URL_PASSWORD, report_url_password);
}

/* user:pass@host, where nothing is filled in yet. */
static bool host_is_pattern(struct rule_run *r, struct span host)
{
	return span_ieq(host, "host") || span_ieq(host, "hostname") ||
	       is_place(span_dup(r->arena, host));
}

static void report_url_default(struct rule_run *r, const struct named *v)
{
	struct url u;
	const char *pass;

	claim_url(r->arena, v->text, &u);
	pass = span_dup(r->arena, u.pass);
	rule_fail(r,
		  host_is_loop(u.host) || host_is_pattern(r, u.host) ? SEV_LOW
								     : SEV_MEDIUM,
		  v->at, "%s holds a URL with a %s password", claim_name(r, v),
		  is_default_password(pass) ? "default" : "placeholder");
	rule_evidence(r, "url-default", "%s: %s password in a URL, host %s",
		      claim_name(r, v),
		      is_default_password(pass) ? "default" : "placeholder",
		      span_dup(r->arena, u.host));
}

void check_sec_008(struct rule_run *r)
{
	claim_each(r, CLAIM_URL_DEFAULT, report_url_default);
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
		    !memchr(text.p, '{', text.n) && !memchr(text.p, '$', text.n) &&
		    !is_ref(copy) && !is_place(copy)) {
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
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v)) {
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

static bool ignores_certificates(const struct entry *e, const char *arg)
{
	static const char *const flags[] = { "--insecure", "--no-check-certificate",
					     "--trusted-host" };

	if (str_eq(e->program, "curl") && str_eq(arg, "-k"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		size_t n = strlen(flags[i]);

		if (str_starts(arg, flags[i]) && (arg[n] == '\0' || arg[n] == '='))
			return true;
	}
	return false;
}

void check_sec_010(struct rule_run *r)
{
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v)) {
		bool variable = v.place == LOOK_ENV || v.place == LOOK_VAR;

		if (variable ? switched_off(v.name, v.text)
			     : v.place == LOOK_ARG &&
				       ignores_certificates(r->entry, v.at->text))
			rule_fail(r, SEV_HIGH, v.at, "%s switches TLS verification off",
				  str_printable(r->arena, variable ? v.name : v.at->text,
						40));
	}
}

static void report_private_key(struct rule_run *r, const struct named *v)
{
	rule_fail(r, SEV_CRITICAL, v->at, "%s holds a private key", claim_name(r, v));
	rule_evidence(r, "private key", "%s: private key", claim_name(r, v));
}

void check_sec_011(struct rule_run *r)
{
	claim_each(r, CLAIM_PRIVATE_KEY, report_private_key);
}
