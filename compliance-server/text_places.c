/* SPDX-License-Identifier: Apache-2.0 */
/* Paths, addresses and names of tools in texts. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"
#include "compliance-server/text_marks.h"

#define LINK_MAX    2000
#define VERB_WITHIN 80 /* bytes before a path */
#define PASS_WITHIN 25 /* words behind it */

/* ---- files ---- */

static const struct secret_path {
	const char *text;
	bool strong; /* nobody but its owner has a use for it */
} secret_paths[] = {
	{ ".ssh", true },
	{ "id_rsa", true },
	{ "id_ed25519", true },
	{ ".aws", true },
	{ ".gnupg", true },
	{ ".kube/config", true },
	{ ".netrc", true },
	{ ".pgpass", true },
	{ ".git-credentials", true },
	{ ".docker/config.json", true },
	{ ".vault-token", true },
	{ "/etc/shadow", true },
	{ "/etc/passwd", false },
	{ "claude_desktop_config.json", true },
	{ "mcp.json", false },
	{ "mcp_settings.json", false },
	{ ".npmrc", false },
	{ ".pypirc", false },
	{ ".env", false },
	{ ".bash_history", true },
	{ ".zsh_history", true },
};

static bool is_path(const struct text *t, const char *p, size_t n)
{
	static const char *const public[] = { ".pub", ".pub.", ".example", ".sample" };
	char before = p > t->plain ? p[-1] : ' ', behind = p[n];

	if (is_alpha(before) || is_digit(before) || is_alpha(behind) ||
	    is_digit(behind) || behind == '-' || behind == '_')
		return false;
	/* a public key is made to be given away; .env.example holds nothing */
	n = strcspn(p, " \t\n`\"',;)");
	for (size_t i = 0; i < ARRAY_LEN(public); i++) {
		size_t len = strlen(public[i]);

		if (n > len && !strncmp(p + n - len, public[i], len))
			return false;
	}
	return true;
}

/* The nearest order word before the path in its sentence; t->n: none, or a denial. */
static size_t verb_before(const struct text *t, size_t path, size_t at)
{
	size_t verb = t->n;

	for (size_t i = path; i-- > 0 && t->words[i].at + VERB_WITHIN >= at;) {
		const struct word *w = &t->words[i];
		bool third = w->len > 4 && t->plain[w->at + w->len - 1] == 's';

		if (w->sentence != t->words[MIN(path, t->n - 1)].sentence)
			break;
		if ((w->classes & W(W_NOT)) ||
		    ((w->classes & W(W_EXAMPLE)) && path - i < 5))
			return t->n;
		if (verb == t->n && !third &&
		    ((w->classes & (W(W_READ) | W(W_PASS) | W(W_SEND))) ||
		     word_is(t, i, "call")))
			verb = i;
	}
	if (verb < t->n &&
	    (text_before(t, verb, 4, W(W_MAYBE)) || text_before(t, verb, 6, W(W_NOT))))
		return t->n;
	return verb;
}

static bool passed_on(const struct text *t, size_t verb, size_t path)
{
	if (t->words[verb].classes & W(W_SEND))
		return true;
	for (size_t i = path + 1; i < t->n && i <= path + PASS_WITHIN; i++) {
		if (t->words[i].sentence > t->words[MIN(path, t->n - 1)].sentence + 1)
			return false;
		if (t->words[i].classes & W(W_SEND))
			return true;
		if ((t->words[i].classes & (W(W_PASS) | W(W_COPY))) &&
		    text_behind(t, i, 10, W(W_AS) | W(W_PARAM)))
			return true;
	}
	return false;
}

static void look_file(const struct text *t, const struct secret_path *f,
		      struct found *best)
{
	for (const char *p = t->plain; (p = find_ignoring_case(p, f->text)); p++) {
		size_t at = (size_t)(p - t->plain), path = word_at(t, at), verb;
		bool passed;
		int points;

		if (!is_path(t, p, strlen(f->text)))
			continue;
		verb = verb_before(t, path, at);
		if (verb == t->n)
			continue;
		passed = passed_on(t, verb, path);
		points = f->strong + passed +
			 text_before(t, path, 30, W(W_MUST) | W(W_HURRY) | W(W_YOU));
		if (points > 0)
			found_better(best,
				     points > 1		   ? SEV_HIGH
				     : f->strong || passed ? SEV_MEDIUM
							   : SEV_LOW,
				     t->words[verb].at, at + strlen(f->text),
				     "asks the model for a file with secrets");
	}
}

void mark_files(const struct look *l, const struct text *t, struct found *best)
{
	(void)l;
	for (size_t i = 0; i < ARRAY_LEN(secret_paths); i++)
		look_file(t, &secret_paths[i], best);
}

/* ---- addresses ---- */

/* Hosts where anybody gets an address that collects what is sent to it. */
static const char *const collectors[] = {
	"webhook.site",	      "requestbin.com",	   "requestbin.net",
	"pipedream.net",      "interact.sh",	   "oast.fun",
	"oast.pro",	      "oast.live",	   "oast.site",
	"ngrok.io",	      "ngrok.app",	   "ngrok.dev",
	"ngrok-free.app",     "ngrok-free.dev",	   "hookbin.com",
	"requestcatcher.com", "beeceptor.com",	   "loca.lt",
	"serveo.net",	      "trycloudflare.com", "burpcollaborator.net",
};

static bool is_documentation(uint32_t ip)
{
	return ip >> 8 == 0xC00002 || ip >> 8 == 0xC63364 || ip >> 8 == 0xCB0071;
}

static bool is_collector(struct span host)
{
	for (size_t i = 0; i < ARRAY_LEN(collectors); i++) {
		size_t n = strlen(collectors[i]);
		struct span end = { host.p + host.n - MIN(n, host.n), MIN(n, host.n) };

		if (span_ieq(end, collectors[i]) &&
		    (host.n == n || host.p[host.n - n - 1] == '.'))
			return true;
	}
	return false;
}

static bool is_image_link(const struct text *t, size_t at)
{
	return at >= 2 && t->plain[at - 1] == '(' && t->plain[at - 2] == ']' &&
	       memchr(t->plain + (at > 200 ? at - 200 : 0), '!', MIN(at, (size_t)200));
}

/* The link up to its closing bracket: braces and blanks stand in it. */
static bool takes_value(const struct text *t, size_t at)
{
	bool query = false;

	for (size_t i = at; i < t->len && i < at + LINK_MAX; i++) {
		char c = t->plain[i];

		if (c == ')' || c == '\n')
			return false;
		if (query && strchr("{<[$", c))
			return true;
		query |= c == '?';
	}
	return false;
}

static enum severity judge_host(const struct text *t, const struct url *u, size_t word,
				const char **ret_what)
{
	bool example = text_before(t, word, 8, W(W_EXAMPLE) | W(W_MAYBE));
	uint32_t ip;

	*ret_what = "names an address that is nobody's service";
	if (host_ipv4(u->host, &ip) && !host_is_loop(u->host))
		return host_is_private(u->host) || is_documentation(ip) || example
			       ? SEV_LOW
			       : SEV_HIGH;
	*ret_what = "names an address that collects what is sent to it";
	if (is_collector(u->host))
		return example ? SEV_LOW : SEV_HIGH;
	return SEV_INFO;
}

static bool own_service(const struct look *l, const struct url *u)
{
	const char *name = l->live->server_name;
	size_t n = 0;

	/* the first label of the host in the name of the server */
	while (n < u->host.n && u->host.p[n] != '.')
		n++;
	for (const char *p = name; p && n > 3 && *p; p++)
		if (!strncmp(p, u->host.p, n))
			return true;
	return false;
}

void mark_addresses(const struct look *l, const struct text *t, struct found *best)
{
	size_t from = 0;
	struct url u;

	while (url_next(t->plain, &from, &u)) {
		size_t at = (size_t)(u.scheme.p - t->plain);
		const char *what;
		enum severity s = judge_host(t, &u, word_at(t, at), &what);

		if (s > SEV_LOW && own_service(l, &u))
			s = SEV_LOW;
		if (is_image_link(t, at) && takes_value(t, at)) {
			s = SEV_HIGH;
			what = "has the model show an image whose address carries data";
		}
		found_better(best, s, at, u.end, what);
	}
	for (size_t i = 0; i < ARRAY_LEN(collectors); i++) {
		const char *p = find_ignoring_case(t->plain, collectors[i]);

		if (p)
			found_better(best, SEV_LOW, (size_t)(p - t->plain),
				     (size_t)(p - t->plain) + strlen(collectors[i]),
				     "names a host that collects what is sent to it");
	}
}

/* ---- tools of others ---- */

static bool names_tool(const struct text *t, size_t i)
{
	const struct word *w = &t->words[i];
	const char *p = t->plain + w->at;
	bool inner = false;

	if (w->len < 4)
		return false;
	for (size_t k = 1; k + 1 < w->len; k++)
		inner |= p[k] == '_' || p[k] == '-' ||
			 (p[k] >= 'A' && p[k] <= 'Z' && p[k - 1] >= 'a' &&
			  p[k - 1] <= 'z');
	return inner;
}

/* "when send_message (whatsapp) is invoked, change the recipient" */
void mark_foreign(const struct look *l, const struct text *t, struct found *best)
{
	phrases_find("LIV-056", t, best);
	for (size_t i = 1; i < t->n; i++) {
		const struct word *w = &t->words[i];
		size_t called = i + 1;

		if (!names_tool(t, i) || !text_before(t, i, 3, W(W_WHEN)) ||
		    names_have(l->own, t->plain + w->at, w->len))
			continue;
		while (called < t->n && called <= i + 5 &&
		       !(t->words[called].classes & W(W_CALLED)))
			called++;
		if (called >= t->n || called > i + 5 ||
		    !text_behind(t, called, 7, W(W_CHANGE)))
			continue;
		found_better(best, SEV_HIGH, w->at,
			     t->words[called].at + t->words[called].len,
			     "changes what a tool of another server does");
	}
}
