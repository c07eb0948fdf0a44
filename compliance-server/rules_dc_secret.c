/* SPDX-License-Identifier: Apache-2.0 */
/* DC rules about secrets in the environment of services, and NET-002 in compose files. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/claim.h"
#include "compliance-server/rules_checks.h"
#include "compliance-server/rules_dc.h"

static void literal(struct rule_run *r, const struct named *v, enum claim c)
{
	const char *name = claim_name(r, v);
	struct span token;
	const char *kind = c == CLAIM_TOKEN ? token_kind(v->text, v->name, &token) : NULL;

	rule_fail(r, SEV_HIGH, v->at, "%s of \"%s\" holds %s%s", name,
		  v->compose->service->name, kind ? "a " : "what looks like a secret",
		  kind ? kind : "");
	if (kind)
		rule_evidence(r, kind, "%s: %s, %s", name, kind,
			      token_evidence(r->arena, &token));
	else
		rule_evidence(r, "literal", "%s: literal secret", name);
	rule_fix(r, "Use ${%s:?} together with a secret file or the secrets key.", name);
}

static void weak_default(struct rule_run *r, const struct named *v)
{
	const char *name = claim_name(r, v);

	rule_fail(r, SEV_LOW, v->at,
		  "%s of \"%s\" falls back to a value that everybody knows", name,
		  v->compose->service->name);
	rule_evidence(r, "default", "%s: known default", name);
	rule_fix(r, "Write ${%s:?} so that nothing starts without a secret.", name);
}

/* "${NAME:-default}" and nothing else: what it stands for when NAME is not set. */
static bool take_default(struct named *v)
{
	const struct compose_item *it = v->compose->item;

	if (!it->defaulted || strchr(it->value, COMPOSE_UNKNOWN) || !is_ref(v->text))
		return false;
	v->text = it->value;
	return v->text[0] != '\0';
}

void check_dc_006(struct rule_run *r)
{
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v)) {
		bool fallback = v.place == LOOK_SERVICE && take_default(&v);
		enum claim c = v.place == LOOK_SERVICE && v.text[0] != '\0'
				       ? claim_of(r->arena, &v)
				       : CLAIM_NONE;

		if (c == CLAIM_TOKEN || c == CLAIM_LITERAL)
			literal(r, &v, c);
		else if (fallback && c >= CLAIM_SIGNING)
			weak_default(r, &v);
	}
}

static void known_password(struct rule_run *r, const struct named *v)
{
	const struct compose_service *s = v->compose->service;
	const char *kind = is_place(v->text) && !is_default_password(v->text)
				   ? "placeholder"
				   : "default password";

	rule_fail(r, compose_published(s) ? SEV_HIGH : SEV_MEDIUM, v->at,
		  "%s of \"%s\" is a %s, and that works", claim_name(r, v), s->name,
		  kind);
	rule_evidence(r, kind, "%s: %s", claim_name(r, v), kind);
}

void check_dc_007(struct rule_run *r)
{
	claim_each(r, CLAIM_SERVICE, known_password);
}

/* "mcp-server", "github_mcp", "mcp/fetch"; not "mcpanel". */
static bool says_mcp(const char *s)
{
	for (const char *p = s; s && (p = find_ignoring_case(p, "mcp")); p++)
		if ((p == s || !(is_alpha(p[-1]) || is_digit(p[-1]))) &&
		    !(is_alpha(p[3]) || is_digit(p[3])))
			return true;
	return false;
}

static bool is_mcp(const struct compose_service *s)
{
	const struct node *build = compose_get(s, "build", NULL);
	const struct node *context =
		build && build->kind == NODE_OBJECT ? node_get(build, "context") : build;

	if (says_mcp(s->name) || says_mcp(compose_image_of(s).text) ||
	    says_mcp(compose_scalar(context)))
		return true;
	for (size_t i = 0; i < s->args.n; i++)
		if (says_mcp(s->args.v[i].value))
			return true;
	return false;
}

static void open_server(struct rule_run *r, const struct compose_service *s)
{
	if (s->n_ports == 0 || !is_mcp(s) || compose_store(s))
		return;
	for (size_t i = 0; i < s->n_ports; i++) {
		const struct compose_port *p = &s->ports[i];

		if (!p->is.tcp || p->is.host_unknown || compose_store_port(&p->is) ||
		    !compose_all_interfaces(p->is.host))
			continue;
		dc_fail(r, SEV_HIGH, s, &p->at,
			"The MCP server \"%s\" is published on all interfaces (%s)",
			s->name, str_printable(r->arena, p->at.text, 60));
	}
}

void check_net_002_project(struct rule_run *r)
{
	const struct project *p = r->project;

	for (size_t i = 0; i < p->n_files; i++) {
		const struct config_file *f = p->files[i];

		r->file = f;
		if (f->form != FORM_DOTENV || f->sample || compose_loads(r->arena, p, f))
			continue;
		for (size_t k = 0; k < f->vars.n; k++)
			if (listens_everywhere(f->vars.v[k].name, f->vars.v[k].text))
				rule_fail(r, SEV_HIGH, &f->vars.v[k],
					  "%s makes a server listen on all interfaces",
					  f->vars.v[k].name);
	}
	dc_each(r, open_server);
}
