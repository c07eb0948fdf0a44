/* SPDX-License-Identifier: Apache-2.0 */
/* NET rules: where a server is reached, and who else can reach it. */
#include <ctype.h>
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_checks.h"

static bool uses_mcp_remote(const struct entry *e)
{
	if (str_eq(e->program, "mcp-remote"))
		return true;
	for (size_t i = 0; i < e->args.n; i++)
		if (str_eq(e->args.v[i].text, "mcp-remote") ||
		    str_starts(e->args.v[i].text, "mcp-remote@") ||
		    str_starts(e->args.v[i].text, "supergateway"))
			return true;
	return false;
}

/* The addresses the entry connects to: its url and what mcp-remote is given. */
static bool remote_value(const struct value *v, enum look_place place, bool mcp_remote)
{
	return v->text && (place == LOOK_URL ||
			   (place == LOOK_ARG && mcp_remote && v->text[0] != '-'));
}

static bool host_known(struct span h)
{
	return h.n > 0 && !memchr(h.p, '$', h.n) && !memchr(h.p, '{', h.n) &&
	       !memchr(h.p, '<', h.n) && !memchr(h.p, '%', h.n);
}

void check_net_001(struct rule_run *r)
{
	const struct value *v;
	enum look_place place;
	bool mcp_remote = uses_mcp_remote(r->entry);

	for (size_t i = 0; (v = look_value(r->entry, i, &place)); i++) {
		size_t from = 0;
		struct url u;

		if (!remote_value(v, place, mcp_remote) ||
		    !url_next(v->text, &from, &u) || !host_known(u.host) ||
		    host_is_loop(u.host))
			continue;
		if (span_ieq(u.scheme, "http") || span_ieq(u.scheme, "ws"))
			rule_fail(
				r, host_is_private(u.host) ? SEV_MEDIUM : SEV_HIGH, v,
				"\"%s\" is reached without TLS at %s", r->entry->name,
				str_printable(r->arena, span_dup(r->arena, u.host), 80));
	}
}

static bool all_interfaces(const char *s)
{
	return str_eq(s, "0.0.0.0") || str_eq(s, "::") || str_eq(s, "*") ||
	       str_eq(s, "[::]");
}

static void published_ports(struct rule_run *r, const struct look_container *box)
{
	static const char *const names[] = { "-p", "--publish", NULL };
	const struct entry *e = r->entry;
	const struct value *at;

	for (size_t i = box->first; i < box->image; i++) {
		const char *v = look_option(e, i, names, &at);
		size_t colons = 0;

		if (!v || strpbrk(v, "${"))
			continue;
		for (const char *p = v; *p != '\0'; p++)
			colons += *p == ':';
		if (colons < 2 || str_starts(v, "0.0.0.0:") || str_starts(v, "[::]:"))
			rule_fail(
				r, SEV_HIGH, at,
				"The container of \"%s\" publishes port %s on all interfaces",
				e->name, str_printable(r->arena, v, 40));
	}
}

bool listens_everywhere(const char *name, const char *text)
{
	static const char *const names[] = { "HOST", "BIND", "MCP_HOST", "UVICORN_HOST" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(name, names[i]))
			return str_eq(text, "0.0.0.0");
	return false;
}

void check_net_002(struct rule_run *r)
{
	static const char *const options[] = { "--host", "--bind", "--address", "-H",
					       NULL };
	const struct entry *e = r->entry;
	struct look_container box;
	const struct value *at;

	/* in a container the address it binds is its own; only published ports count */
	if (look_container(e, &box)) {
		published_ports(r, &box);
		return;
	}
	for (size_t i = 0; i < e->args.n; i++) {
		const char *v = look_option(e, i, options, &at);

		if (v && all_interfaces(v))
			rule_fail(r, SEV_HIGH, at, "\"%s\" listens on all interfaces",
				  e->name);
	}
	for (size_t i = 0; i < e->env.n; i++)
		if (listens_everywhere(e->env.v[i].name, e->env.v[i].text))
			rule_fail(r, SEV_HIGH, &e->env.v[i],
				  "%s makes \"%s\" listen on all interfaces",
				  e->env.v[i].name, e->name);
}

static bool names_metadata(const char *s)
{
	struct span whole = { s, strlen(s) };
	size_t from = 0;
	struct url u;

	while (url_next(s, &from, &u))
		if (host_is_metadata(u.host))
			return true;
	/* a bare number may be anything; a dotted or hexadecimal one is an address */
	return (strchr(s, '.') || strchr(s, ':') || str_starts(s, "0x")) &&
	       host_is_metadata(whole);
}

void check_net_003(struct rule_run *r)
{
	const struct value *v;
	enum look_place place;

	for (size_t i = 0; (v = look_value(r->entry, i, &place)); i++)
		if (v->text && place != LOOK_HEADER && names_metadata(v->text))
			rule_fail(r, SEV_CRITICAL, v,
				  "\"%s\" names the metadata service of the machine",
				  r->entry->name);
}

static bool in_domain(struct span h, const char *domain)
{
	size_t n = strlen(domain);

	return h.n >= n && span_ieq((struct span){ h.p + h.n - n, n }, domain) &&
	       (h.n == n || h.p[h.n - n - 1] == '.');
}

static const char *suspicious(const struct url *u)
{
	static const char *const tunnels[] = {
		"ngrok.io",	  "ngrok.app",	       "ngrok.dev",    "ngrok-free.app",
		"ngrok-free.dev", "trycloudflare.com", "webhook.site", "requestbin.com",
		"requestbin.net", "pipedream.net",     "interact.sh",  "oast.fun",
		"loca.lt",	  "serveo.net",
	};
	static const char *const short_urls[] = { "bit.ly",  "tinyurl.com", "t.co",
						  "goo.gl",  "is.gd",	    "ow.ly",
						  "cutt.ly", "rb.gy" };
	uint32_t ip;

	if (u->has_user)
		return "has user-info before the host";
	if (host_ipv4(u->host, &ip) && !host_is_loop(u->host) &&
	    !host_is_private(u->host))
		return "is a bare address";
	if (memchr(u->host.p, ':', u->host.n) && !host_is_loop(u->host) &&
	    !host_is_private(u->host))
		return "is a bare address";
	for (size_t i = 0; i + 4 <= u->host.n; i++)
		if ((i == 0 || u->host.p[i - 1] == '.') &&
		    span_ieq((struct span){ u->host.p + i, 4 }, "xn--"))
			return "is written with characters of another script";
	for (size_t i = 0; i < ARRAY_LEN(tunnels); i++)
		if (in_domain(u->host, tunnels[i]))
			return "belongs to a tunnel or collector";
	for (size_t i = 0; i < ARRAY_LEN(short_urls); i++)
		if (in_domain(u->host, short_urls[i]))
			return "belongs to a URL shortener";
	return NULL;
}

void check_net_004(struct rule_run *r)
{
	const struct value *v;
	enum look_place place;
	bool mcp_remote = uses_mcp_remote(r->entry);

	for (size_t i = 0; (v = look_value(r->entry, i, &place)); i++) {
		const char *why;
		size_t from = 0;
		struct url u;

		if (!remote_value(v, place, mcp_remote) ||
		    !url_next(v->text, &from, &u) || !host_known(u.host) ||
		    host_is_metadata(u.host))
			continue;
		why = suspicious(&u);
		if (why)
			rule_fail(
				r, SEV_MEDIUM, v, "The address of \"%s\" %s: %s",
				r->entry->name, why,
				str_printable(r->arena, span_dup(r->arena, u.host), 80));
	}
}
