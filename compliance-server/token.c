/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of known form: a table of prefix, character sets and lengths, one matcher.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/base/digest.h"
#include "common/base/str.h"
#include "compliance-server/predicate.h"

/* In a form, <set><min>[-<max>|+] stands in angle brackets; all else is literal. Sets:
 * d digit, l letter, a letter or digit, w the same and _, h hexadecimal, A A-Z2-7,
 * b base64url, s base64 without padding, ~ base64url with . and ~ */
static const struct token_form {
	const char *kind, *form;
	const char *name; /* only when the variable's name contains this */
} forms[] = {
	{ "AWS access key id", "AKIA<A16>", NULL },
	{ "AWS access key id", "ASIA<A16>", NULL },
	{ "AWS access key id", "ABIA<A16>", NULL },
	{ "AWS access key id", "ACCA<A16>", NULL },
	{ "AWS access key id", "A3T<A1><A16>", NULL },
	{ "GitHub token", "ghp_<a36>", NULL },
	{ "GitHub token", "gho_<a36>", NULL },
	{ "GitHub token", "ghu_<a36>", NULL },
	{ "GitHub token", "ghs_<a36>", NULL },
	{ "GitHub token", "ghr_<a36>", NULL },
	{ "GitHub token", "github_pat_<w82>", NULL },
	{ "GitLab token", "glpat-<b20+>", NULL },
	{ "Slack token", "xoxb-<d8-13>-<b10+>", NULL },
	{ "Slack token", "xoxa-<d8-13>-<b10+>", NULL },
	{ "Slack token", "xoxp-<d8-13>-<b10+>", NULL },
	{ "Slack token", "xoxe-<d8-13>-<b10+>", NULL },
	{ "Slack token", "xoxr-<d8-13>-<b10+>", NULL },
	{ "Slack token", "xoxs-<d8-13>-<b10+>", NULL },
	{ "Slack token", "xapp-<d1>-<b20+>", NULL },
	{ "Slack webhook", "hooks.slack.com/services/<s30+>", NULL },
	{ "Slack webhook", "hooks.slack.com/workflows/<s30+>", NULL },
	{ "OpenAI key", "sk-proj-<b40+>", NULL },
	{ "OpenAI key", "sk-svcacct-<b40+>", NULL },
	{ "OpenAI key", "sk-admin-<b40+>", NULL },
	{ "OpenAI key", "sk-<a20>T3BlbkFJ<a20>", NULL },
	{ "Anthropic key", "sk-ant-api<d2>-<b80+>", NULL },
	{ "Anthropic key", "sk-ant-admin<d2>-<b80+>", NULL },
	{ "OpenRouter key", "sk-or-v1-<h64>", NULL },
	{ "Google API key", "AIza<b35>", NULL },
	{ "Stripe key", "sk_live_<a10-99>", NULL },
	{ "Stripe key", "sk_test_<a10-99>", NULL },
	{ "Stripe key", "sk_prod_<a10-99>", NULL },
	{ "Stripe key", "rk_live_<a10-99>", NULL },
	{ "Stripe key", "rk_test_<a10-99>", NULL },
	{ "Stripe key", "rk_prod_<a10-99>", NULL },
	{ "SendGrid key", "SG.<b22>.<b43>", NULL },
	{ "npm token", "npm_<a36>", NULL },
	{ "PyPI token", "pypi-AgEIcHlwaS5vcmc<b50+>", NULL },
	{ "Hugging Face token", "hf_<l34>", NULL },
	{ "Notion token", "ntn_<d11><a35>", NULL },
	{ "Notion token", "secret_<a43>", NULL },
	{ "Linear key", "lin_api_<a40>", NULL },
	{ "Figma token", "figd_<b40+>", NULL },
	{ "Perplexity key", "pplx-<a40+>", NULL },
	{ "Tavily key", "tvly-dev-<b20+>", NULL },
	{ "Tavily key", "tvly-<b20+>", NULL },
	{ "Firecrawl key", "fc-<h32>", NULL },
	{ "Brave key", "BSA<b24+>", NULL },
	{ "Context7 key", "ctx7sk-<h8>-<h4>-<h4>-<h4>-<h12>", NULL },
	{ "Supabase token", "sbp_<h40>", NULL },
	{ "Databricks token", "dapi<h32>", NULL },
	{ "DigitalOcean token", "dop_v1_<h64>", NULL },
	{ "Groq key", "gsk_<a50+>", NULL },
	{ "Atlassian token", "ATATT3<b80+>", NULL },
	{ "Apify token", "apify_api_<a30+>", NULL },
	{ "Telegram bot token", "<d8-10>:AA<b33>", NULL },
	{ "Azure AD client secret", "<b3><d1>Q~<~31-34>", NULL },
	{ "HashiCorp Vault token", "hvs.<b90+>", NULL },
	{ "1Password service account", "ops_eyJ<b250+>", NULL },
	{ "Doppler token", "dp.pt.<a43>", NULL },
	{ "Twilio key", "SK<h32>", "twilio" },
	{ "Airtable token", "pat<a14>.<h64>", NULL },
	{ "Sentry token", "sntryu_<h64>", NULL },
	{ "JSON web token", "eyJ<b12+>.eyJ<b12+>.<b10+>", NULL },
};

static bool in_set(char set, char c)
{
	unsigned char u = (unsigned char)c;

	switch (set) {
	case 'd':
		return c >= '0' && c <= '9';
	case 'l':
		return isalpha(u);
	case 'a':
		return isalnum(u);
	case 'w':
		return isalnum(u) || c == '_';
	case 'h':
		return isxdigit(u);
	case 'A':
		return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
	case 'b':
		return isalnum(u) || c == '_' || c == '-';
	case 's':
		return isalnum(u) || c == '+' || c == '/';
	default:
		return isalnum(u) || c == '_' || c == '-' || c == '.' || c == '~';
	}
}

static size_t number(const char **p)
{
	size_t n = 0;

	for (; **p >= '0' && **p <= '9'; (*p)++)
		n = n * 10 + (size_t)(**p - '0');
	return n;
}

/* Bytes of v that the form matches, 0 when it does not; literal: length of its prefix;
 * reached: how far it was compared. */
static size_t match_form(const char *form, const char *v, size_t *ret_literal,
			 const char **ret_reached)
{
	const char *at = v;
	bool literal = true;

	*ret_literal = 0;
	while (*form != '\0') {
		size_t min, max, n = 0;
		char set;

		*ret_reached = at;
		if (*form != '<') {
			if (*at != *form)
				return 0;
			at++;
			form++;
			*ret_literal += literal;
			continue;
		}
		literal = false;
		set = form[1];
		form += 2;
		min = max = number(&form);
		if (*form == '+') {
			max = SIZE_MAX;
			form++;
		} else if (*form == '-') {
			form++;
			max = number(&form);
		}
		form++; /* the closing bracket */
		while (n < max && *at != '\0' && in_set(set, *at)) {
			n++;
			at++;
		}
		if (n < min)
			return 0;
	}
	*ret_reached = at;
	return (size_t)(at - v);
}

static bool boundary_byte(char c)
{
	return !(isalnum((unsigned char)c) || c == '_');
}

/* A stop word in the token, or close in front of it, says that it is made up. */
static bool stop_word(const char *v, const char *match, size_t n, size_t literal)
{
	static const char *const words[] = { "example", "test",	   "dummy",
					     "sample",	"fake",	   "placeholder",
					     "xxxx",	"0000000", "123456789" };
	char near[160];
	size_t before = (size_t)(match - v), len = 0;
	const char *from = match - MIN(before, 16);

	for (; from < match && len < sizeof(near) - 1; from++)
		near[len++] = *from;
	for (size_t i = literal; i < n && len < sizeof(near) - 1; i++)
		near[len++] = match[i];
	near[len] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (find_ignoring_case(near, words[i]))
			return true;
	return false;
}

/* One pass over a text: what need not be tried again. */
struct scan {
	const char *text, *name;
	bool first[256]; /* bytes a form may begin with */
	bool skip[ARRAY_LEN(forms)];
	/* a form that failed behind a long run fails from inside the run as well */
	const char *dead[ARRAY_LEN(forms)];
};

static void scan_init(struct scan *s, const char *text, const char *name)
{
	*s = (struct scan){ .text = text, .name = name };
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const struct token_form *f = &forms[i];

		s->dead[i] = text;
		if (f->name && !(name && find_ignoring_case(name, f->name)))
			s->skip[i] = true;
		else if (f->form[0] != '<')
			s->first[(unsigned char)f->form[0]] = true;
		else if (strstr(text, f->form[1] == 'd' ? ":AA" : "Q~"))
			memset(s->first, true, sizeof(s->first));
		else
			s->skip[i] = true;
	}
}

/* A match at p, or how many bytes hold none for certain. */
static const char *kind_at(struct scan *s, const char *p, struct span *ret,
			   size_t *ret_skip)
{
	*ret_skip = 1;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const char *form = forms[i].form, *reached;
		size_t literal, n;

		if (s->skip[i] || p < s->dead[i] || (form[0] != '<' && form[0] != *p))
			continue;
		n = match_form(form, p, &literal, &reached);
		if (n == 0 || !boundary_byte(p[n])) {
			if (strchr(form, '+'))
				s->dead[i] = reached;
			continue;
		}
		*ret = (struct span){ p, n };
		if (entropy(p + literal, n - literal) >= 3.0 &&
		    !stop_word(s->text, p, n, literal))
			return forms[i].kind;
		*ret_skip = MAX(*ret_skip, n);
	}
	return NULL;
}

const char *token_kind(const char *v, const char *name, struct span *ret)
{
	struct scan s;
	struct span at;
	size_t skip = 1;

	/* the shortest form has 15 bytes */
	if (!v || strlen(v) < 15 || is_ref(v) || is_place(v))
		return NULL;
	scan_init(&s, v, name);
	for (const char *p = v; *p != '\0'; p += skip) {
		const char *kind;

		skip = 1;
		if (!s.first[(unsigned char)*p] || (p > v && !boundary_byte(p[-1])))
			continue;
		kind = kind_at(&s, p, &at, &skip);
		if (kind) {
			if (ret)
				*ret = at;
			return kind;
		}
	}
	return NULL;
}

bool is_private_key(const char *v)
{
	const char *p = v ? strstr(v, "-----BEGIN ") : NULL;

	if (p) {
		const char *end = strstr(p + 11, "-----");

		if (end && end - p < 60 && end - p >= 22 &&
		    memcmp(end - 11, "PRIVATE KEY", 11) == 0)
			return true;
	}
	p = v ? strchr(v, '{') : NULL;
	return p && strstr(p, "\"private_key\"");
}

const char *token_evidence(struct arena *a, const struct span *token)
{
	char hex[DIGEST_HEX_LEN];

	digest_sha256_hex(token->p, token->n, hex);
	return arena_printf(a, "sha256 %.8s, ends in \"%.2s\"", hex,
			    token->p + token->n - MIN(token->n, (size_t)2));
}
