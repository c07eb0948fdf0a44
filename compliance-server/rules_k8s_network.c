/* SPDX-License-Identifier: Apache-2.0 */
/* Who may reach a workload, and with what rights (K8S-019, 022, 025 and 026). */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_k8s.h"

/* Annotations by which a load balancer in front of the cluster speaks TLS. */
static const char *const tls_notes[] = {
	"ssl-redirect",		"force-ssl-redirect", "certificate-arn",
	"managed-certificates", "pre-shared-cert",    "ssl-certificate",
	"router.tls",		"redirect-to-https",  "tls-redirect",
	"redirect-entry-point",
};

static bool ends_in_note(const char *key, const char *note)
{
	size_t n = strlen(key), m = strlen(note);

	return n > m && str_eq(key + n - m, note) && strchr("/-.", key[n - m - 1]);
}

static bool redirects(const struct k8s_object *o)
{
	const struct node *notes = k8s_annotations(o);

	for (const struct node *n = notes ? notes->first : NULL; n; n = n->next) {
		const char *v = k8s_text(n);

		if (!n->key || str_empty(v))
			continue;
		if (str_ends(n->key, "ingress.allow-http") && str_ieq(v, "false"))
			return true;
		if ((str_ends(n->key, "listen-ports") && strstr(v, "HTTPS")) ||
		    (str_ends(n->key, "router.entrypoints") && strstr(v, "secure")))
			return true;
		for (size_t i = 0; i < ARRAY_LEN(tls_notes); i++)
			if (ends_in_note(n->key, tls_notes[i]) && !str_ieq(v, "false"))
				return true;
	}
	return false;
}

static bool of_this_computer(const char *host)
{
	return str_ends(host, ".local") || str_ends(host, ".test") ||
	       host_is_loop((struct span){ host, strlen(host) }) ||
	       strstr(host, "127.0.0.1") || strstr(host, "127-0-0-1");
}

/* "*.example.org" covers one label more. */
static bool covers(const char *pattern, const char *host)
{
	const char *dot = strchr(host, '.');

	return str_ieq(pattern, host) ||
	       (str_starts(pattern, "*.") && dot && str_ieq(pattern + 1, dot));
}

static bool covered(struct rule_run *r, const struct node *tls, const char *host,
		    size_t *steps)
{
	for (const struct node *t = tls ? tls->first : NULL; t; t = t->next) {
		const struct node *hosts = node_get(t, "hosts");

		if (!host || !hosts || hosts->n == 0)
			return true;
		for (const struct node *h = hosts->first; h; h = h->next)
			if (!k8s_step(r, steps) ||
			    (k8s_text(h) && covers(k8s_text(h), host)))
				return true;
	}
	return false;
}

/* An Ingress that says where requests go; a part laid over one does not. */
static bool is_whole_ingress(const struct k8s_object *o)
{
	const struct node *rules = node_get(o->spec, "rules");

	if (node_get(o->spec, "defaultBackend") || node_get(o->spec, "backend"))
		return true;
	for (const struct node *n = rules ? rules->first : NULL; n; n = n->next)
		if (node_path(n, "http", "paths", NULL))
			return true;
	return false;
}

static void plain_host(struct rule_run *r, const struct k8s_object *o,
		       const struct node *at, const char *host)
{
	bool moved = redirects(o);

	k8s_fail(r, moved ? SEV_MEDIUM : SEV_HIGH, o, at,
		 host ? k8s_member(r, "spec/rules", host) : NULL,
		 "The Ingress %s serves %s without TLS%s", o->name,
		 host ? host : "every host",
		 moved ? " of its own; an annotation leaves it to the load balancer"
		       : "");
}

static void check_ingress(struct rule_run *r, const struct k8s_object *o, size_t *steps)
{
	const struct node *tls = node_get(o->spec, "tls");
	const struct node *rules = node_get(o->spec, "rules");

	if (!rules || rules->n == 0) {
		if (!covered(r, tls, NULL, steps))
			plain_host(r, o, o->at, NULL);
		return;
	}
	for (const struct node *n = rules->first; n; n = n->next) {
		const struct node *at = node_get(n, "host");
		const char *host = k8s_text(at);

		if (str_empty(host))
			host = NULL;
		if (host && (of_this_computer(host) || k8s_templated(host)))
			continue;
		if (!covered(r, tls, host, steps))
			plain_host(r, o, host ? at : o->at, host);
	}
}

void check_k8s_019(struct rule_run *r)
{
	const struct k8s *k = r->project->k8s;
	bool any = false;
	size_t steps = 0;

	for (size_t i = 0; i < k->of[K8S_INGRESS].n; i++) {
		const struct k8s_object *o = k->of[K8S_INGRESS].v[i];

		if (!is_whole_ingress(o))
			continue;
		any = true;
		check_ingress(r, o, &steps);
	}
	if (!any)
		rule_skip(r, "the files hold no whole Ingress");
}

/* Policies of another kind may select the pods. */
static bool other_policies(const struct k8s *k)
{
	for (size_t i = 0; i < k->of[K8S_CUSTOM].n; i++)
		if (strstr(k->of[K8S_CUSTOM].v[i]->kind_name, "NetworkPolicy"))
			return true;
	return false;
}

void check_k8s_022(struct rule_run *r)
{
	const struct k8s *k = r->project->k8s;

	if (!k8s_linked(r))
		return;
	if (k->workloads.n < 2 || other_policies(k)) {
		rule_skip(r, k->workloads.n < 2
				     ? "the files hold no two workloads"
				     : "policies of another kind are not looked into");
		return;
	}
	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];

		if (!o->partial && !o->has_policy &&
		    !k8s_true(node_get(o->pod, "hostNetwork")))
			k8s_fail(r, SEV_LOW, o, o->at, NULL,
				 "Every pod of the cluster may talk to %s", o->name);
	}
}

static const struct node *star(const struct node *list)
{
	for (const struct node *n = list ? list->first : NULL; n; n = n->next)
		if (str_eq(k8s_text(n), "*"))
			return n;
	return NULL;
}

static bool one_of(const struct node *n, const char *const *texts, size_t max)
{
	for (size_t i = 0; i < max; i++)
		if (str_eq(k8s_text(n), texts[i]))
			return true;
	return false;
}

/* Only groups of custom objects, and of numbers about others. */
static bool only_custom(const struct node *groups)
{
	for (const struct node *n = groups ? groups->first : NULL; n; n = n->next) {
		const char *text = k8s_text(n);

		if (!text || !strchr(text, '.') ||
		    (str_ends(text, ".k8s.io") && !str_ends(text, "metrics.k8s.io")))
			return false;
	}
	return true;
}

/* Rights to write, or to read secrets, among the objects of the cluster itself. */
static enum severity wild_severity(const struct node *rule)
{
	static const char *const all[] = { "*", "secrets" };
	static const char *const reads[] = { "get", "list", "watch" };
	const struct node *verbs = node_get(rule, "verbs");
	const struct node *resources = node_get(rule, "resources");

	if (only_custom(node_get(rule, "apiGroups")))
		return SEV_MEDIUM;
	for (const struct node *n = resources ? resources->first : NULL; n; n = n->next)
		if (one_of(n, all, ARRAY_LEN(all)))
			return SEV_HIGH;
	for (const struct node *n = verbs ? verbs->first : NULL; n; n = n->next)
		if (!one_of(n, reads, ARRAY_LEN(reads)))
			return SEV_HIGH;
	return SEV_MEDIUM;
}

static void wildcards(struct rule_run *r, const struct k8s_object *o)
{
	static const char *const keys[] = { "verbs", "resources", "apiGroups" };
	const struct node *rules = node_get(o->node, "rules");
	size_t at = 0;

	for (const struct node *n = rules ? rules->first : NULL; n; n = n->next, at++) {
		for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
			const struct node *all = star(node_get(n, keys[i]));

			if (!all)
				continue;
			k8s_fail(r, wild_severity(n), o, all,
				 arena_printf(r->arena, "rules/%zu/%s", at, keys[i]),
				 "The %s %s allows all %s", o->kind_name, o->name,
				 i == 2 ? "API groups" : keys[i]);
			break;
		}
	}
}

/* The cluster itself binds its administrators. */
static bool only_masters(const struct k8s_object *o)
{
	const struct node *list = node_get(o->node, "subjects");

	for (const struct node *s = list ? list->first : NULL; s; s = s->next)
		if (!str_eq(k8s_text(node_get(s, "name")), "system:masters"))
			return false;
	return list && list->first;
}

void check_k8s_025(struct rule_run *r)
{
	static const enum k8s_kind bindings[] = { K8S_ROLE_BINDING,
						  K8S_CLUSTER_ROLE_BINDING };
	const struct k8s *k = r->project->k8s;
	size_t n = k->of[K8S_ROLE].n;

	for (size_t i = 0; i < k->of[K8S_ROLE].n; i++)
		wildcards(r, k->of[K8S_ROLE].v[i]);
	for (size_t b = 0; b < ARRAY_LEN(bindings); b++) {
		n += k->of[bindings[b]].n;
		for (size_t i = 0; i < k->of[bindings[b]].n; i++) {
			const struct k8s_object *o = k->of[bindings[b]].v[i];
			const struct node *to =
				node_path(o->node, "roleRef", "name", NULL);

			if (str_eq(k8s_text(to), "cluster-admin") && !only_masters(o))
				k8s_fail(r, SEV_HIGH, o, to, "roleRef/name",
					 "%s binds to cluster-admin", o->name);
		}
	}
	if (n == 0)
		rule_skip(r, "the files hold no roles");
}

static bool has_part(const char *text, const char *const *parts, size_t n)
{
	for (size_t i = 0; text && i < n; i++)
		if (find_ignoring_case(text, parts[i]))
			return true;
	return false;
}

static bool auth_name(const char *name)
{
	static const char *const parts[] = { "token",	"oauth", "api_key", "apikey",
					     "api-key", "oidc",	 "auth",    "jwt" };

	return has_part(name, parts, ARRAY_LEN(parts));
}

static bool auth_note(const struct k8s_object *o)
{
	static const char *const parts[] = { "auth", "oidc", "iap", "whitelist",
					     "allowlist" };
	const struct node *notes = k8s_annotations(o);

	for (const struct node *n = notes ? notes->first : NULL; n; n = n->next)
		if (has_part(n->key, parts, ARRAY_LEN(parts)) ||
		    (n->key && strstr(n->key, "middlewares") &&
		     has_part(k8s_text(n), parts, ARRAY_LEN(parts))))
			return true;
	return false;
}

static bool keys_name_auth(const struct node *list)
{
	for (const struct node *m = list ? list->first : NULL; m; m = m->next)
		if (auth_name(m->key))
			return true;
	return false;
}

/* A source of variables that is not in the set may name anything. */
static bool source_names_auth(struct rule_run *r, const struct k8s_object *o,
			      const struct node *from)
{
	const struct k8s *k = r->project->k8s;
	const char *map = k8s_text(node_path(from, "configMapRef", "name", NULL));
	const char *secret = k8s_text(node_path(from, "secretRef", "name", NULL));
	const struct k8s_object *s = map      ? k8s_find(k, K8S_CONFIG_MAP, o->ns, map)
				     : secret ? k8s_find(k, K8S_SECRET, o->ns, secret)
					      : NULL;

	return !s || keys_name_auth(node_get(s->node, "data")) ||
	       keys_name_auth(node_get(s->node, "stringData"));
}

static bool asks_for_auth(struct rule_run *r, const struct k8s_object *o, size_t *steps)
{
	for (size_t i = 0; i < o->n_containers; i++) {
		const struct node *env = node_get(o->containers[i].node, "env");
		const struct node *from = node_get(o->containers[i].node, "envFrom");

		for (const struct node *n = env ? env->first : NULL; n; n = n->next)
			if (!k8s_step(r, steps) ||
			    auth_name(k8s_text(node_get(n, "name"))))
				return true;
		for (const struct node *n = from ? from->first : NULL; n; n = n->next)
			if (!k8s_step(r, steps) || source_names_auth(r, o, n))
				return true;
	}
	return false;
}

static bool guarded(struct rule_run *r, const struct k8s_object *service, size_t *steps)
{
	if (auth_note(service))
		return true;
	for (size_t i = 0; i < service->pods.n; i++)
		if (asks_for_auth(r, service->pods.v[i], steps))
			return true;
	return false;
}

static bool is_mcp(const struct k8s_object *service)
{
	if (has_word(service->name, "mcp") || strstr(service->name, "mcp-"))
		return true;
	for (size_t i = 0; i < MIN(service->pods.n, (size_t)100); i++) {
		const struct k8s_object *o = service->pods.v[i];

		for (size_t c = 0; c < o->n_containers; c++)
			if (o->containers[c].image &&
			    (strstr(o->containers[c].image, "mcp-") ||
			     strstr(o->containers[c].image, "-mcp")))
				return true;
	}
	return false;
}

static bool is_internal(const struct k8s_object *o)
{
	const struct node *notes = k8s_annotations(o);

	for (const struct node *n = notes ? notes->first : NULL; n; n = n->next) {
		const char *v = k8s_text(n);

		if (n->key && v &&
		    ((strstr(n->key, "internal") && !str_ieq(v, "false")) ||
		     find_ignoring_case(v, "internal")))
			return true;
	}
	return false;
}

static void open_service(struct rule_run *r, const struct k8s_object *o, size_t *steps)
{
	const struct node *at = node_get(o->spec, "type");
	const char *type = k8s_text(at);

	if ((!str_eq(type, "LoadBalancer") && !str_eq(type, "NodePort")) ||
	    is_internal(o) || !is_mcp(o) || guarded(r, o, steps))
		return;
	k8s_fail(r, SEV_HIGH, o, at, "spec/type",
		 "The %s %s leads to an MCP server that asks for no credential", type,
		 o->name);
}

/* "/mcp" and "/api/sse", not "/mcpherson" */
static bool mcp_path(const char *path)
{
	static const char *const parts[] = { "/mcp", "/sse" };

	for (size_t i = 0; path && i < ARRAY_LEN(parts); i++) {
		const char *p = strstr(path, parts[i]);

		if (p && !is_alpha(p[4]))
			return true;
	}
	return false;
}

static void open_path(struct rule_run *r, const struct k8s_object *o,
		      const struct node *path, size_t *steps)
{
	const struct node *at = node_get(path, "path");
	const struct node *backend = node_get(path, "backend");
	const char *name = k8s_text(node_path(backend, "service", "name", NULL));
	const struct k8s_object *service;

	name = name ? name : k8s_text(node_get(backend, "serviceName"));
	service = name ? k8s_find(r->project->k8s, K8S_SERVICE, o->ns, name) : NULL;
	/* where it leads is not in the files: whether that asks cannot be told */
	if (!mcp_path(k8s_text(at)) || !service || service->pods.n == 0 ||
	    guarded(r, service, steps))
		return;
	k8s_fail(r, SEV_HIGH, o, at, k8s_member(r, "spec/paths", k8s_text(at)),
		 "The path %s leads to an MCP server that asks for no credential",
		 k8s_text(at));
}

void check_k8s_026(struct rule_run *r)
{
	const struct k8s *k = r->project->k8s;
	size_t steps = 0;

	if (!k8s_linked(r))
		return;
	if (k->of[K8S_SERVICE].n + k->of[K8S_INGRESS].n == 0)
		rule_skip(r, "the files hold neither Service nor Ingress");
	for (size_t i = 0; i < k->of[K8S_SERVICE].n; i++)
		open_service(r, k->of[K8S_SERVICE].v[i], &steps);
	for (size_t i = 0; i < k->of[K8S_INGRESS].n; i++) {
		const struct k8s_object *o = k->of[K8S_INGRESS].v[i];
		const struct node *rules = node_get(o->spec, "rules");

		if (auth_note(o) || is_internal(o))
			continue;
		for (const struct node *n = rules ? rules->first : NULL; n; n = n->next) {
			const struct node *p = node_path(n, "http", "paths", NULL);

			for (p = p ? p->first : NULL; p; p = p->next)
				open_path(r, o, p, &steps);
		}
	}
}
