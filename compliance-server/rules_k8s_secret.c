/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in Kubernetes objects (K8S-001 to 004 and 020): one value, one fault. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_k8s.h"

enum claim {
	CLAIM_NONE,
	CLAIM_URL_PASSWORD, /* K8S-002 */
	CLAIM_URL_DEFAULT,  /* K8S-002 */
	CLAIM_TOKEN,
	CLAIM_PRIVATE_KEY,
	CLAIM_DEFAULT,
	CLAIM_PLACE,
	CLAIM_LITERAL,
};

/* "%s", or a part that something else fills in. */
static bool filled_in(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '$' || s.p[i] == '{' || s.p[i] == '\\' ||
		    (s.p[i] == '%' && i + 1 < s.n && strchr("sdvq(", s.p[i + 1])))
			return true;
	return false;
}

static enum claim claim_url(struct arena *a, const char *text)
{
	struct url u;
	size_t from = 0;

	while (url_next(text, &from, &u)) {
		const char *pass;

		if (!u.has_pass || u.pass.n == 0 || u.host.n == 0 || filled_in(u.pass))
			continue;
		pass = span_dup(a, u.pass);
		if (is_ref(pass) || k8s_templated(pass))
			continue;
		return is_default_password(pass) || is_place(pass) ? CLAIM_URL_DEFAULT
								   : CLAIM_URL_PASSWORD;
	}
	return CLAIM_NONE;
}

/* A key with its content, not the line that a script looks for. */
static bool has_private_key(const char *v)
{
	const char *end = is_private_key(v) ? strstr(v, "PRIVATE KEY-----") : NULL;

	return end && strlen(end) > 150;
}

/* "app-tls-secret": the name of an object that holds the secret. */
static bool names_object(const char *v)
{
	static const char *const ends[] = { "-secret",	   "-secrets", "-credentials",
					    "-credential", "-token",   "-key",
					    "-password" };

	if (is_place(v) || v[strspn(v, "abcdefghijklmnopqrstuvwxyz-.")] != '\0')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(v, ends[i]))
			return true;
	return false;
}

/* "4096", "30s": a limit or a time, unless a password is asked for. */
static bool is_amount(const char *name, const char *v)
{
	size_t n = strspn(v, "0123456789");

	return n > 0 && strlen(v + n) <= 2 && v[n + strspn(v + n, "smhdkKMGi")] == '\0' &&
	       !find_ignoring_case(name, "pass") && !find_ignoring_case(name, "pwd") &&
	       !find_ignoring_case(name, "secret");
}

/* Values of a secret name that hold no secret: a switch, a path, an address, a list of
 * settings without a password. */
static bool harmless(const char *name, const char *v)
{
	static const char *const words[] = { "true", "false", "yes",	 "no",
					     "on",   "off",   "enabled", "disabled" };
	bool connection =
		find_ignoring_case(name, "dsn") || find_ignoring_case(name, "string");
	struct url u;
	size_t from = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_ieq(v, words[i]))
			return true;
	if (v[0] == '/' || str_starts(v, "./") || str_starts(v, "file:") ||
	    str_starts(v, "arn:") || names_object(v) || is_amount(name, v) ||
	    find_ignoring_case(name, "existing") == name)
		return true;
	if (url_next(v, &from, &u))
		return !u.has_user && !find_ignoring_case(name, "webhook");
	return connection && !find_ignoring_case(v, "password") &&
	       !find_ignoring_case(v, "pwd") && !find_ignoring_case(v, "key=");
}

/* "API_KEY_VALUE": the name of something to be filled in. */
static bool is_shout(const char *v)
{
	return strchr(v, '_') && v[strspn(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] == '\0';
}

static enum claim claim_of(struct arena *a, const char *name, const char *v)
{
	enum claim c;

	if (str_empty(v) || is_ref(v))
		return CLAIM_NONE;
	c = claim_url(a, v);
	if (c != CLAIM_NONE)
		return c;
	if (token_kind(v, name, NULL))
		return CLAIM_TOKEN;
	if (has_private_key(v))
		return CLAIM_PRIVATE_KEY;
	if (!secret_key(name) || k8s_templated(v) || harmless(name, v) ||
	    span_trim(v).n == 0)
		return CLAIM_NONE;
	return is_default_password(v)	    ? CLAIM_DEFAULT
	       : is_place(v) || is_shout(v) ? CLAIM_PLACE
					    : CLAIM_LITERAL;
}

static void evidence(struct rule_run *r, enum claim c, const char *name, const char *v)
{
	static const char *const kinds[] = { [CLAIM_NONE] = "literal",
					     [CLAIM_URL_PASSWORD] = "url-password",
					     [CLAIM_URL_DEFAULT] = "url-default",
					     [CLAIM_PRIVATE_KEY] = "private-key",
					     [CLAIM_DEFAULT] = "default",
					     [CLAIM_PLACE] = "placeholder",
					     [CLAIM_LITERAL] = "literal" };
	static const char *const words[] = {
		[CLAIM_NONE] = "literal",
		[CLAIM_URL_PASSWORD] = "password in a URL",
		[CLAIM_URL_DEFAULT] = "default or placeholder password in a URL",
		[CLAIM_PRIVATE_KEY] = "private key",
		[CLAIM_DEFAULT] = "default password",
		[CLAIM_PLACE] = "placeholder",
		[CLAIM_LITERAL] = "literal secret"
	};
	struct span token;
	const char *kind = c == CLAIM_TOKEN ? token_kind(v, name, &token) : NULL;

	name = str_printable(r->arena, name, 80);
	if (kind)
		rule_evidence(r, kind, "%s: %s, %s", name, kind,
			      token_evidence(r->arena, &token));
	else
		rule_evidence(r, kinds[c], "%s: %s", name, words[c]);
}

/* One named value of a ConfigMap or a container. */
struct named {
	const struct k8s_object *o;
	const struct node *at;
	const char *inner, *name, *text;
};

typedef void named_fn(struct rule_run *r, const struct named *v);

static void each_setting(struct rule_run *r, named_fn *fn)
{
	const struct k8s *k = r->project->k8s;

	for (size_t i = 0; i < k->of[K8S_CONFIG_MAP].n; i++) {
		const struct k8s_object *o = k->of[K8S_CONFIG_MAP].v[i];
		const struct node *data = node_get(o->node, "data");

		for (const struct node *m = data ? data->first : NULL; m; m = m->next)
			if (m->key && k8s_text(m))
				fn(r,
				   &(struct named){ o, m, k8s_member(r, "data", m->key),
						    m->key, k8s_text(m) });
	}
}

static void each_variable(struct rule_run *r, named_fn *fn)
{
	const struct k8s *k = r->project->k8s;

	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];

		for (size_t c = 0; c < o->n_containers; c++) {
			const struct k8s_container *in = &o->containers[c];
			const struct node *env = node_get(in->node, "env");

			for (const struct node *m = env ? env->first : NULL; m;
			     m = m->next) {
				const char *name = k8s_text(node_get(m, "name"));
				const struct node *v = node_get(m, "value");
				const char *below =
					k8s_member(r, "env", name ? name : "");

				if (name && k8s_text(v))
					fn(r,
					   &(struct named){ o, v, k8s_inner(r, in, below),
							    name, k8s_text(v) });
			}
		}
	}
}

static void setting_secret(struct rule_run *r, const struct named *v)
{
	enum claim c = claim_of(r->arena, v->name, v->text);

	if (c < CLAIM_TOKEN)
		return;
	k8s_fail(r, SEV_HIGH, v->o, v->at, v->inner,
		 "The ConfigMap %s holds a secret under %s", v->o->name, v->name);
	evidence(r, c, v->name, v->text);
}

void check_k8s_001(struct rule_run *r)
{
	if (r->project->k8s->of[K8S_CONFIG_MAP].n == 0)
		rule_skip(r, "the files hold no ConfigMap");
	each_setting(r, setting_secret);
}

static void url_password(struct rule_run *r, const struct named *v)
{
	enum claim c = claim_of(r->arena, v->name, v->text);

	if (c != CLAIM_URL_PASSWORD && c != CLAIM_URL_DEFAULT)
		return;
	k8s_fail(r, c == CLAIM_URL_PASSWORD ? SEV_HIGH : SEV_MEDIUM, v->o, v->at,
		 v->inner, "%s holds a %spassword inside a URL", v->name,
		 c == CLAIM_URL_PASSWORD ? "" : "default or placeholder ");
	evidence(r, c, v->name, v->text);
}

void check_k8s_002(struct rule_run *r)
{
	each_setting(r, url_password);
	each_variable(r, url_password);
}

static void variable_secret(struct rule_run *r, const struct named *v)
{
	enum claim c = claim_of(r->arena, v->name, v->text);

	if (c < CLAIM_TOKEN)
		return;
	k8s_fail(r, c == CLAIM_PLACE ? SEV_LOW : SEV_HIGH, v->o, v->at, v->inner,
		 "The variable %s holds %s", v->name,
		 c == CLAIM_PLACE     ? "a placeholder for a secret"
		 : c == CLAIM_DEFAULT ? "a password that everybody tries first"
				      : "a literal secret");
	evidence(r, c, v->name, v->text);
}

void check_k8s_020(struct rule_run *r)
{
	if (r->project->k8s->workloads.n == 0)
		rule_skip(r, "the files hold no workload");
	each_variable(r, variable_secret);
}

/* Encrypted in the file, or filled in when it is applied. */
static bool is_sealed(const struct k8s_object *o)
{
	const struct node *notes = k8s_annotations(o);

	if (node_get(o->node, "sops"))
		return true;
	for (const struct node *n = notes ? notes->first : NULL; n; n = n->next)
		if (n->key && (str_starts(n->key, "avp.kubernetes.io/") ||
			       strstr(n->key, "sealedsecrets.bitnami.com")))
			return true;
	return false;
}

/* A value of a Secret: its text, NULL when it is none, and what is wrong with the code.
 */
struct secret_value {
	const struct k8s_object *o;
	const struct node *at;
	const char *inner, *name;
	const char *raw;     /* as it stands in the file */
	const char *text;    /* decoded; NULL for bytes that are no text */
	const char *code;    /* data: raw without line ends, which a decoder ignores */
	bool encoded, valid; /* it is `data`, and it is base64 */
};

typedef void secret_fn(struct rule_run *r, const struct secret_value *v);

static bool is_text(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < ' ' && p[i] != '\n' && p[i] != '\r' && p[i] != '\t')
			return false;
	return utf8_valid_prefix((const char *)p, n) == n && !memchr(p, 0x7f, n);
}

static const char *without_lines(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s), *to = out;

	for (; *s != '\0'; s++)
		if (*s != '\n' && *s != '\r')
			*to++ = *s;
	*to = '\0';
	return out;
}

static void each_secret(struct rule_run *r, secret_fn *fn)
{
	static const char *const parts[] = { "data", "stringData" };
	const struct k8s *k = r->project->k8s;

	if (k->of[K8S_SECRET].n == 0)
		rule_skip(r, "the files hold no Secret");
	for (size_t i = 0; i < 2 * k->of[K8S_SECRET].n; i++) {
		const struct k8s_object *o = k->of[K8S_SECRET].v[i / 2];
		const char *part = parts[i % 2];
		const struct node *list = node_get(o->node, part);

		if (is_sealed(o))
			continue;
		for (const struct node *m = list ? list->first : NULL; m; m = m->next) {
			struct secret_value v = { o,	m,    NULL,	  m->key, NULL,
						  NULL, NULL, i % 2 == 0, false };
			unsigned char *bytes;
			size_t n = 0;

			v.raw = v.text = k8s_text(m);
			if (str_empty(v.raw) || !m->key || k8s_templated(v.raw) ||
			    is_ref(v.raw))
				continue;
			v.inner = k8s_member(r, part, m->key);
			if (v.encoded) {
				v.code = without_lines(r->arena, v.raw);
				bytes = str_unbase64(r->arena, v.code, &n);
				v.valid = bytes != NULL;
				v.text = bytes && is_text(bytes, n)
						 ? arena_strndup(r->arena, (char *)bytes,
								 n)
						 : NULL;
			}
			fn(r, &v);
		}
	}
}

/* Names of user, host or database in a Secret are no secrets. */
static bool keeps_secret(const char *name)
{
	static const char *const parts[] = { "pass", "pwd",  "secret", "token",
					     "key",  "cred", "auth",   "cookie" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (find_ignoring_case(name, parts[i]))
			return true;
	return secret_key(name);
}

/* Asks to be replaced in so many words. */
static bool asks(const char *v)
{
	static const char *const words[] = { "your", "change", "replace", "placeholder",
					     "xxxx", "todo",   "insert",  "enter" };

	if (span_trim(v).p[0] == '<')
		return true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (find_ignoring_case(v, words[i]))
			return true;
	return false;
}

static bool is_secret_place(const struct secret_value *v)
{
	const char *text = v->encoded && !v->valid ? v->raw : v->text;

	if (str_empty(text) || span_trim(text).n == 0 || k8s_templated(text) ||
	    is_ref(text) || memchr(span_trim(text).p, '\n', span_trim(text).n))
		return false;
	if (is_default_password(text))
		return keeps_secret(v->name);
	return is_place(text) && (keeps_secret(v->name) || asks(text));
}

static void secret_place(struct rule_run *r, const struct secret_value *v)
{
	bool trivial;

	if (!is_secret_place(v))
		return;
	trivial = v->text && is_default_password(v->text);
	k8s_fail(r, SEV_HIGH, v->o, v->at, v->inner, "%s of the Secret %s %s%s", v->name,
		 v->o->name, v->encoded && v->valid ? "decodes to " : "is ",
		 trivial ? "a password that everybody tries first" : "a placeholder");
	evidence(r, trivial ? CLAIM_DEFAULT : CLAIM_PLACE, v->name, v->text);
}

void check_k8s_003(struct rule_run *r)
{
	each_secret(r, secret_place);
}

/* Base64 of base64: a word of eight letters happens to be base64, of bytes that are none.
 */
static bool is_code_again(struct rule_run *r, const char *text)
{
	struct span s = span_trim(text);
	unsigned char *bytes;
	size_t n = 0;

	if (s.n < 8)
		return false;
	bytes = str_unbase64(r->arena, without_lines(r->arena, span_dup(r->arena, s)),
			     &n);
	return bytes && is_text(bytes, n) && n >= (s.p[s.n - 1] == '=' ? 4u : 9u);
}

static void secret_code(struct rule_run *r, const struct secret_value *v)
{
	if (!v->encoded || (!v->valid && is_secret_place(v)))
		return;
	if (!v->valid)
		k8s_fail(r, SEV_HIGH, v->o, v->at, v->inner,
			 "%s of the Secret %s is not base64", v->name, v->o->name);
	else if (v->text && is_code_again(r, v->text))
		k8s_fail(r, SEV_MEDIUM, v->o, v->at, v->inner,
			 "%s of the Secret %s is base64 of base64", v->name, v->o->name);
	else
		return;
	rule_evidence(r, v->valid ? "twice" : "code", "%s: %s",
		      str_printable(r->arena, v->name, 80),
		      v->valid ? "encoded twice" : "not base64");
}

void check_k8s_004(struct rule_run *r)
{
	each_secret(r, secret_code);
}
