/* SPDX-License-Identifier: Apache-2.0 */
/* How workloads are kept alive (K8S-014 to 018). */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/rules_k8s.h"

/* A LimitRange of the namespace gives containers what they do not say. */
static bool has_defaults(struct rule_run *r, const struct k8s_object *o)
{
	const struct k8s *k = r->project->k8s;

	for (size_t i = 0; i < MIN(k->of[K8S_LIMIT_RANGE].n, (size_t)100); i++)
		if (k8s_same_ns(k->of[K8S_LIMIT_RANGE].v[i]->ns, o->ns))
			return true;
	return false;
}

/* A request that is not given is the limit. */
static bool requested(const struct node *resources, const char *what)
{
	return node_path(resources, "requests", what, NULL) ||
	       node_path(resources, "limits", what, NULL);
}

static void resources(struct rule_run *r, const struct k8s_object *o,
		      const struct k8s_container *c)
{
	const struct node *own = node_get(c->node, "resources");
	const struct node *pod = node_get(o->pod, "resources");
	bool limit = node_path(own, "limits", "memory", NULL) ||
		     node_path(pod, "limits", "memory", NULL);
	bool memory = requested(own, "memory") || requested(pod, "memory");
	bool cpu = requested(own, "cpu") || requested(pod, "cpu");

	if (c->role != K8S_MAIN || (limit && memory && cpu) || has_defaults(r, o))
		return;
	k8s_fail(r, SEV_MEDIUM, o, c->at, k8s_inner(r, c, NULL), "%s has no %s%s%s%s%s",
		 c->name, limit ? "" : "memory limit",
		 limit || (memory && cpu) ? "" : ", no ", memory ? "" : "memory request",
		 memory || cpu ? "" : ", no ", cpu ? "" : "cpu request");
}

void check_k8s_014(struct rule_run *r)
{
	k8s_each_whole(r, resources);
}

/* The port of the container is where a port of the Service leads. */
static bool leads_to(const struct node *port, const struct node *container_port)
{
	const struct node *target = node_get(port, "targetPort");
	const char *to = k8s_text(target ? target : node_get(port, "port"));

	return to && (str_eq(to, k8s_text(node_get(container_port, "containerPort"))) ||
		      str_eq(to, k8s_text(node_get(container_port, "name"))));
}

/* Some Service that waits for readiness sends to a port of the container. */
static bool is_served(struct rule_run *r, const struct k8s_object *o,
		      const struct k8s_container *c, size_t *steps)
{
	const struct node *ports = node_get(c->node, "ports");

	for (size_t i = 0; i < o->services.n; i++) {
		const struct node *spec = o->services.v[i]->spec;
		const struct node *list = node_get(spec, "ports");

		if (k8s_true(node_get(spec, "publishNotReadyAddresses")))
			continue;
		for (const struct node *p = list ? list->first : NULL; p; p = p->next)
			for (const struct node *m = ports ? ports->first : NULL; m;
			     m = m->next) {
				if (!k8s_step(r, steps))
					return false;
				if (leads_to(p, m))
					return true;
			}
	}
	return false;
}

void check_k8s_015(struct rule_run *r)
{
	const struct k8s *k = r->project->k8s;
	bool any = false;
	size_t steps = 0;

	if (!k8s_linked(r))
		return;
	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];

		if (o->partial ||
		    (o->kind != K8S_DEPLOYMENT && o->kind != K8S_STATEFUL_SET))
			continue;
		for (size_t n = 0; n < o->n_containers; n++) {
			const struct k8s_container *c = &o->containers[n];

			if (c->role != K8S_MAIN || !is_served(r, o, c, &steps))
				continue;
			any = true;
			if (!node_get(c->node, "readinessProbe"))
				k8s_fail(r, SEV_MEDIUM, o, c->at, k8s_inner(r, c, NULL),
					 "%s gets requests from a Service and has no "
					 "readiness probe",
					 c->name);
		}
	}
	if (!any)
		rule_skip(r, "no Service of the files leads to a container of theirs");
}

static bool same(const struct node *a, const struct node *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->n != b->n || !str_eq(a->key, b->key))
		return false;
	if (!a->first)
		return str_eq(k8s_text(a), k8s_text(b));
	for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
		if (!same(a, b))
			return false;
	return true;
}

static int64_t threshold(const struct node *probe)
{
	int64_t n = 3;

	if (!node_i64(node_get(probe, "failureThreshold"), &n))
		n = 3;
	return n;
}

/* The same request decides about both, and the restart is not the later one. */
static bool same_probe(const struct node *live, const struct node *ready)
{
	static const char *const ways[] = { "httpGet", "tcpSocket", "exec", "grpc" };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		const struct node *way = node_get(live, ways[i]);

		if (way)
			return same(way, node_get(ready, ways[i])) &&
			       threshold(live) <= threshold(ready);
	}
	return false;
}

static bool is_service(const struct k8s_object *o)
{
	return o->kind == K8S_DEPLOYMENT || o->kind == K8S_STATEFUL_SET ||
	       o->kind == K8S_DAEMON_SET;
}

static void liveness(struct rule_run *r, const struct k8s_object *o,
		     const struct k8s_container *c)
{
	const struct node *live = node_get(c->node, "livenessProbe");

	if (c->role != K8S_MAIN || !is_service(o))
		return;
	if (!live)
		k8s_fail(r, SEV_LOW, o, c->at, k8s_inner(r, c, NULL),
			 "%s has no liveness probe", c->name);
	else if (!node_get(c->node, "startupProbe") &&
		 same_probe(live, node_get(c->node, "readinessProbe")))
		k8s_fail_key(r, SEV_LOW, o, live, k8s_inner(r, c, NULL),
			     "%s is restarted by the probe that tells whether it is "
			     "ready",
			     c->name);
}

void check_k8s_016(struct rule_run *r)
{
	k8s_each_whole(r, liveness);
}

/* Replicas that are written; -1 for what is no number. */
static int64_t replicas(const struct k8s_object *o)
{
	const struct node *n = node_get(o->spec, "replicas");
	int64_t v;

	if (!n || n->kind == NODE_NULL)
		return 1;
	return node_i64(n, &v) ? v : -1;
}

/* Recreate is there for a volume that only one pod may use. */
static bool one_on_purpose(struct rule_run *r, const struct k8s_object *o)
{
	const struct node *list = node_get(o->pod, "volumes");

	if (!str_eq(k8s_text(node_path(o->spec, "strategy", "type", NULL)), "Recreate"))
		return false;
	for (const struct node *v = list ? list->first : NULL; v; v = v->next) {
		const char *name = k8s_text(
			node_path(v, "persistentVolumeClaim", "claimName", NULL));
		const struct k8s_object *claim =
			name ? k8s_find(r->project->k8s, K8S_VOLUME_CLAIM, o->ns, name)
			     : NULL;
		const struct node *modes =
			claim ? node_get(claim->spec, "accessModes") : NULL;

		if (!name)
			continue;
		if (!modes)
			return true;
		for (const struct node *m = modes->first; m; m = m->next)
			if (str_starts(k8s_text(m) ? k8s_text(m) : "", "ReadWriteOnce"))
				return true;
	}
	return false;
}

void check_k8s_017(struct rule_run *r)
{
	const struct k8s *k = r->project->k8s;
	bool any = false;

	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];
		const struct node *n = node_get(o->spec, "replicas");

		if (o->kind != K8S_DEPLOYMENT || o->partial)
			continue;
		any = true;
		if (replicas(o) == 1 && !k8s_autoscaler(k, o) &&
		    !k8s_listed(&k->scaled, o->name) && !one_on_purpose(r, o))
			k8s_fail(r, SEV_LOW, o, n ? n : o->at, NULL,
				 "%s runs as a single pod", o->name);
	}
	if (!any)
		rule_skip(r, "the files hold no whole Deployment");
}

static bool runs_several(const struct k8s *k, const struct k8s_object *o)
{
	const struct k8s_object *scaler = k8s_autoscaler(k, o);
	int64_t least = 0;

	if (scaler && !node_i64(node_get(scaler->spec, "minReplicas"), &least))
		least = 0;
	return replicas(o) >= 2 || least >= 2;
}

void check_k8s_018(struct rule_run *r)
{
	const struct k8s *k = r->project->k8s;
	bool any = false;

	if (!k8s_linked(r))
		return;
	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];

		if (o->partial ||
		    (o->kind != K8S_DEPLOYMENT && o->kind != K8S_STATEFUL_SET) ||
		    !runs_several(k, o))
			continue;
		any = true;
		if (!o->has_budget)
			k8s_fail(r, SEV_LOW, o, o->at, NULL,
				 "No disruption budget protects the pods of %s", o->name);
	}
	if (!any)
		rule_skip(r, "no workload of the files runs as several pods");
}
