/* SPDX-License-Identifier: Apache-2.0 */
/* References of Kubernetes objects that lead nowhere (K8S-024). */
#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/rules_k8s.h"

/* A ConfigMap or Secret that the set should define. */
struct missing {
	const char *key; /* kind, namespace, name: each is reported once */
	const struct k8s_object *o;
	const struct node *at;
	const char *inner, *kind, *name;
	enum k8s_kind of; /* kind as a number */
	size_t order;
};

struct search {
	struct rule_run *r;
	const struct k8s *k;
	struct missing *v;
	size_t n, cap, steps;
};

/* The labels of a selector that the pods of the same object lack. */
static void own_selector(struct rule_run *r, const struct k8s_object *o)
{
	const struct node *labels =
		o->kind == K8S_REPLICA_SET &&
				!node_path(o->spec, "selector", "matchLabels", NULL)
			? node_get(o->spec, "selector")
			: node_path(o->spec, "selector", "matchLabels", NULL);

	if (!labels || labels->kind != NODE_OBJECT)
		return;
	for (const struct node *l = labels->first; l; l = l->next) {
		const struct node *has = l->key ? node_get(o->labels, l->key) : NULL;
		const char *want = k8s_text(l), *is = k8s_text(has);

		if (!want || str_eq(want, is) || k8s_templated(want) || k8s_templated(is))
			continue;
		k8s_fail(r, SEV_HIGH, o, l, k8s_member(r, "spec/selector", l->key),
			 "The selector of %s wants the label %s=%s, which its pods %s",
			 o->name, l->key, want, has ? "have with another value" : "lack");
	}
}

static void own_selectors(struct search *s)
{
	for (size_t i = 0; i < s->k->workloads.n; i++) {
		const struct k8s_object *o = s->k->workloads.v[i];

		/* jobs make their own selector */
		if (!o->partial && o->kind <= K8S_REPLICA_SET)
			own_selector(s->r, o);
	}
}

/* What o could have meant: without anything of the kind in its namespace the files say
 * nothing about what is there (SEV_INFO). Beside it in its file, or of its own name, it
 * is what was meant; elsewhere, it may be one of several parts. */
static enum severity neighbours(struct search *s, const struct k8s_refs *of,
				const struct k8s_object *o)
{
	enum severity found = SEV_INFO;

	for (size_t i = 0; i < of->n && k8s_step(s->r, &s->steps); i++) {
		const struct k8s_object *other = of->v[i];

		if (!k8s_same_ns(other->ns, o->ns))
			continue;
		if (other->file == o->file || str_eq(other->name, o->name))
			return SEV_HIGH;
		found = SEV_MEDIUM;
	}
	return found;
}

static bool any_templated(const struct node *list)
{
	for (const struct node *n = list ? list->first : NULL; n; n = n->next)
		if (k8s_templated(k8s_text(n)))
			return true;
	return false;
}

static void dangling_service(struct search *s, const struct k8s_object *o)
{
	const struct node *selector = node_get(o->spec, "selector");
	enum severity severity;

	if (!selector || selector->kind != NODE_OBJECT || selector->n == 0 ||
	    s->k->open || any_templated(selector) ||
	    str_eq(k8s_text(node_get(o->spec, "type")), "ExternalName"))
		return;
	severity = neighbours(s, &s->k->workloads, o);
	if (severity != SEV_INFO)
		k8s_fail_key(s->r, severity, o, selector, "spec/selector",
			     "The Service %s selects none of the pods of these files",
			     o->name);
}

static bool has_port_name(struct search *s, const struct k8s_object *service,
			  const char *name)
{
	for (size_t i = 0; i < service->pods.n; i++) {
		const struct k8s_object *o = service->pods.v[i];

		for (size_t c = 0; c < o->n_containers; c++) {
			const struct node *list =
				node_get(o->containers[c].node, "ports");

			if (o->partial)
				return true;
			for (const struct node *p = list ? list->first : NULL; p;
			     p = p->next)
				if (!k8s_step(s->r, &s->steps) ||
				    str_eq(k8s_text(node_get(p, "name")), name))
					return true;
		}
	}
	return false;
}

static void service_ports(struct search *s, const struct k8s_object *o)
{
	const struct node *list = node_get(o->spec, "ports");

	for (const struct node *p = list ? list->first : NULL; p; p = p->next) {
		const struct node *to = node_get(p, "targetPort");
		const char *name = node_str(to);

		if (!name || name[strspn(name, "0123456789")] == '\0' ||
		    k8s_templated(name) || has_port_name(s, o, name))
			continue;
		k8s_fail(s->r, SEV_HIGH, o, to, k8s_member(s->r, "spec/ports", name),
			 "The Service %s leads to the port %s, which no container of its "
			 "pods has",
			 o->name, name);
	}
}

static void services(struct search *s)
{
	for (size_t i = 0; i < s->k->of[K8S_SERVICE].n; i++) {
		const struct k8s_object *o = s->k->of[K8S_SERVICE].v[i];

		if (o->pods.n > 0)
			service_ports(s, o);
		else
			dangling_service(s, o);
	}
}

static bool has_port(struct search *s, const struct k8s_object *service, const char *port)
{
	const struct node *list = node_get(service->spec, "ports");

	for (const struct node *p = list ? list->first : NULL; p; p = p->next)
		if (!k8s_step(s->r, &s->steps) ||
		    str_eq(k8s_text(node_get(p, "port")), port) ||
		    str_eq(k8s_text(node_get(p, "name")), port))
			return true;
	/* without a list it is a part, or a name outside the cluster */
	return !list;
}

static void backend(struct search *s, const struct k8s_object *o, const struct node *b)
{
	const struct node *old = node_get(b, "serviceName");
	const struct node *name_at = old ? old : node_path(b, "service", "name", NULL);
	const struct node *port_at = old ? node_get(b, "servicePort") : NULL;
	const struct node *port = node_path(b, "service", "port", NULL);
	const char *name = k8s_text(name_at);
	const struct k8s_object *service;
	enum severity severity;

	if (!port_at)
		port_at = node_get(port, "number") ? node_get(port, "number")
						   : node_get(port, "name");
	/* a load balancer of one cloud takes names of its own there */
	if (str_empty(name) || k8s_templated(name) ||
	    str_eq(k8s_text(port_at), "use-annotation"))
		return;
	service = k8s_find(s->k, K8S_SERVICE, o->ns, name);
	if (service && k8s_text(port_at) && !k8s_templated(k8s_text(port_at)) &&
	    !has_port(s, service, k8s_text(port_at)))
		k8s_fail(s->r, SEV_HIGH, o, port_at,
			 k8s_member(s->r, "spec/backend", name),
			 "The Service %s has no port %s", name, k8s_text(port_at));
	if (service || s->k->open || k8s_listed(&s->k->made, name))
		return;
	severity = MAX(neighbours(s, &s->k->of[K8S_SERVICE], o),
		       neighbours(s, &s->k->workloads, o));
	if (severity != SEV_INFO)
		k8s_fail(s->r, severity, o, name_at,
			 k8s_member(s->r, "spec/backend", name),
			 "The Ingress %s leads to the Service %s, which is not in these "
			 "files",
			 o->name, name);
}

static void ingress(struct search *s, const struct k8s_object *o)
{
	const struct node *rules = node_get(o->spec, "rules");

	backend(s, o, node_get(o->spec, "defaultBackend"));
	backend(s, o, node_get(o->spec, "backend"));
	for (const struct node *n = rules ? rules->first : NULL; n; n = n->next) {
		const struct node *p = node_path(n, "http", "paths", NULL);

		for (p = p ? p->first : NULL; p; p = p->next)
			backend(s, o, node_get(p, "backend"));
	}
}

/* Objects that every namespace has. */
static bool always_there(const char *name)
{
	return str_eq(name, "kube-root-ca.crt") ||
	       str_eq(name, "openshift-service-ca.crt");
}

static void refer(struct search *s, const struct k8s_object *o, enum k8s_kind kind,
		  const struct node *ref, const char *key, const char *inner)
{
	struct arena *a = s->r->arena;
	const struct node *at = node_get(ref, key);
	const char *name = k8s_text(at);

	if (str_empty(name) || k8s_templated(name) || always_there(name) ||
	    k8s_true(node_get(ref, "optional")) || k8s_listed(&s->k->made, name) ||
	    k8s_find(s->k, kind, o->ns, name))
		return;
	if (s->n == s->cap) {
		struct missing *grown;

		s->cap = s->cap > 0 ? 2 * s->cap : 64;
		grown = arena_array(a, s->cap, sizeof(*grown));
		if (s->n > 0)
			memcpy(grown, s->v, s->n * sizeof(*grown));
		s->v = grown;
	}
	s->v[s->n] =
		(struct missing){ .key = arena_printf(a, "%d\x1f%s\x1f%s", (int)kind,
						      o->ns ? o->ns : "", name),
				  .o = o,
				  .at = at,
				  .inner = inner,
				  .kind = kind == K8S_SECRET ? "Secret" : "ConfigMap",
				  .name = name,
				  .of = kind,
				  .order = s->n };
	s->n++;
}

static void container_refs(struct search *s, const struct k8s_object *o,
			   const struct k8s_container *c)
{
	const struct node *env = node_get(c->node, "env");
	const struct node *from = node_get(c->node, "envFrom");
	const char *inner = k8s_inner(s->r, c, "envFrom");

	for (const struct node *n = from ? from->first : NULL; n; n = n->next) {
		refer(s, o, K8S_CONFIG_MAP, node_get(n, "configMapRef"), "name", inner);
		refer(s, o, K8S_SECRET, node_get(n, "secretRef"), "name", inner);
	}
	inner = k8s_inner(s->r, c, "env");
	for (const struct node *n = env ? env->first : NULL; n; n = n->next) {
		const struct node *v = node_get(n, "valueFrom");

		refer(s, o, K8S_CONFIG_MAP, node_get(v, "configMapKeyRef"), "name",
		      inner);
		refer(s, o, K8S_SECRET, node_get(v, "secretKeyRef"), "name", inner);
	}
}

static void volume_refs(struct search *s, const struct k8s_object *o)
{
	const struct node *list = node_get(o->pod, "volumes");

	for (const struct node *v = list ? list->first : NULL; v; v = v->next) {
		const struct node *sources = node_path(v, "projected", "sources", NULL);

		refer(s, o, K8S_CONFIG_MAP, node_get(v, "configMap"), "name", "volumes");
		refer(s, o, K8S_SECRET, node_get(v, "secret"), "secretName", "volumes");
		for (const struct node *n = sources ? sources->first : NULL; n;
		     n = n->next) {
			refer(s, o, K8S_CONFIG_MAP, node_get(n, "configMap"), "name",
			      "volumes");
			refer(s, o, K8S_SECRET, node_get(n, "secret"), "name", "volumes");
		}
	}
}

/* cert-manager makes the Secret that the Ingress names. */
static bool certified(const struct k8s_object *o)
{
	const struct node *notes = k8s_annotations(o);

	for (const struct node *n = notes ? notes->first : NULL; n; n = n->next)
		if (n->key && (strstr(n->key, "cert-manager.io/") ||
			       strstr(n->key, "certmanager.k8s.io/") ||
			       str_eq(n->key, "kubernetes.io/tls-acme")))
			return true;
	return false;
}

static void tls_refs(struct search *s, const struct k8s_object *o)
{
	const struct node *tls = node_get(o->spec, "tls");

	if (certified(o))
		return;
	for (const struct node *t = tls ? tls->first : NULL; t; t = t->next)
		refer(s, o, K8S_SECRET, t, "secretName", "spec/tls");
}

static int by_key(const void *a, const void *b)
{
	const struct missing *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order != 0 ? order : x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b)
{
	const struct missing *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order;
}

/* Files that define none of the kind say little of what the cluster has. */
static enum severity absent_severity(struct search *s, const struct missing *m)
{
	return neighbours(s, &s->k->of[m->of], m->o) == SEV_INFO ? SEV_LOW : SEV_MEDIUM;
}

static void report_missing(struct search *s)
{
	size_t n = 0;

	if (s->n == 0)
		return;
	qsort(s->v, s->n, sizeof(*s->v), by_key);
	for (size_t i = 0; i < s->n; i++)
		if (i == 0 || !str_eq(s->v[i].key, s->v[n - 1].key))
			s->v[n++] = s->v[i];
	qsort(s->v, n, sizeof(*s->v), by_order);
	for (size_t i = 0; i < n; i++) {
		const struct missing *m = &s->v[i];

		k8s_fail(s->r, absent_severity(s, m), m->o, m->at,
			 k8s_member(s->r, m->inner, m->name),
			 "%s needs the %s %s, which is not in these files", m->o->name,
			 m->kind, m->name);
		rule_evidence(s->r, "absent", "%s %s", m->kind, m->name);
	}
}

void check_k8s_024(struct rule_run *r)
{
	struct search s = { .r = r, .k = r->project->k8s };

	if (!k8s_linked(r))
		return;
	own_selectors(&s);
	services(&s);
	for (size_t i = 0; i < s.k->of[K8S_INGRESS].n; i++)
		ingress(&s, s.k->of[K8S_INGRESS].v[i]);
	for (size_t i = 0; i < s.k->workloads.n; i++) {
		const struct k8s_object *o = s.k->workloads.v[i];

		for (size_t c = 0; c < o->n_containers; c++)
			container_refs(&s, o, &o->containers[c]);
		volume_refs(&s, o);
	}
	for (size_t i = 0; i < s.k->of[K8S_INGRESS].n; i++)
		tls_refs(&s, s.k->of[K8S_INGRESS].v[i]);
	if (!s.k->open)
		report_missing(&s);
}
