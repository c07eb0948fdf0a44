/* SPDX-License-Identifier: Apache-2.0 */
/* Documents into objects. */
#include "compliance-server/k8s.h"

#include <string.h>

#include "common/base/str.h"
#include "compliance-server/facts_entry.h"
#include "compliance-server/facts_form.h"

#define LIMIT_LISTS 4 /* in each other */

/* A kind belongs to a group: others may use its name for something else. */
static const struct kind_row {
	const char *kind, *group; /* group: up to the "/", "v1" for the core */
	enum k8s_kind is;
} kinds[] = {
	{ "Deployment", "apps/", K8S_DEPLOYMENT },
	{ "Deployment", "extensions/", K8S_DEPLOYMENT },
	{ "StatefulSet", "apps/", K8S_STATEFUL_SET },
	{ "DaemonSet", "apps/", K8S_DAEMON_SET },
	{ "DaemonSet", "extensions/", K8S_DAEMON_SET },
	{ "ReplicaSet", "apps/", K8S_REPLICA_SET },
	{ "ReplicaSet", "extensions/", K8S_REPLICA_SET },
	{ "ReplicationController", "v1", K8S_REPLICA_SET },
	{ "Job", "batch/", K8S_JOB },
	{ "CronJob", "batch/", K8S_CRON_JOB },
	{ "Pod", "v1", K8S_POD },
	{ "Service", "v1", K8S_SERVICE },
	{ "Ingress", "networking.k8s.io/", K8S_INGRESS },
	{ "Ingress", "extensions/", K8S_INGRESS },
	{ "NetworkPolicy", "networking.k8s.io/", K8S_NETWORK_POLICY },
	{ "NetworkPolicy", "extensions/", K8S_NETWORK_POLICY },
	{ "PodDisruptionBudget", "policy/", K8S_DISRUPTION_BUDGET },
	{ "HorizontalPodAutoscaler", "autoscaling/", K8S_AUTOSCALER },
	{ "ScaledObject", "keda.sh/", K8S_AUTOSCALER },
	{ "Role", "rbac.authorization.k8s.io/", K8S_ROLE },
	{ "ClusterRole", "rbac.authorization.k8s.io/", K8S_ROLE },
	{ "RoleBinding", "rbac.authorization.k8s.io/", K8S_ROLE_BINDING },
	{ "ClusterRoleBinding", "rbac.authorization.k8s.io/", K8S_CLUSTER_ROLE_BINDING },
	{ "ConfigMap", "v1", K8S_CONFIG_MAP },
	{ "Secret", "v1", K8S_SECRET },
	{ "ServiceAccount", "v1", K8S_SERVICE_ACCOUNT },
	{ "PersistentVolumeClaim", "v1", K8S_VOLUME_CLAIM },
	{ "LimitRange", "v1", K8S_LIMIT_RANGE },
	{ "Kustomization", "kustomize.config.k8s.io/", K8S_KUSTOMIZATION },
	{ "Component", "kustomize.config.k8s.io/", K8S_KUSTOMIZATION },
};

static const char *const own_groups[] = { "v1",		 "apps/",   "batch/",
					  "extensions/", "policy/", "autoscaling/" };

static bool in_group(const char *api, const char *group)
{
	return str_ends(group, "/") ? str_starts(api, group) : str_eq(api, group);
}

static enum k8s_kind kind_of(const char *api, const char *kind)
{
	const char *slash = strchr(api, '/');

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(kinds[i].kind, kind) && in_group(api, kinds[i].group))
			return kinds[i].is;
	for (size_t i = 0; i < ARRAY_LEN(own_groups); i++)
		if (in_group(api, own_groups[i]))
			return K8S_BUILT_IN;
	if (slash && slash - api > 7 && memcmp(slash - 7, ".k8s.io", 7) == 0)
		return K8S_BUILT_IN;
	return K8S_CUSTOM;
}

bool k8s_is_workload(const struct k8s_object *o)
{
	return o->kind < K8S_SERVICE;
}

const char *k8s_text(const struct node *n)
{
	if (!n)
		return NULL;
	if (n->kind == NODE_BOOL)
		return n->truth ? "true" : "false";
	return n->kind == NODE_STRING || n->kind == NODE_NUMBER ? n->text : NULL;
}

/* kubectl reads the words of YAML 1.1 as well */
static bool plain_word(const struct node *n, const char *const *words, size_t max)
{
	if (!n || n->kind != NODE_STRING || n->quoted)
		return false;
	for (size_t i = 0; i < max; i++)
		if (str_ieq(n->text, words[i]))
			return true;
	return false;
}

bool k8s_true(const struct node *n)
{
	static const char *const words[] = { "yes", "on", "y" };

	return n &&
	       (n->kind == NODE_BOOL ? n->truth : plain_word(n, words, ARRAY_LEN(words)));
}

bool k8s_false(const struct node *n)
{
	static const char *const words[] = { "no", "off", "n" };

	return n && (n->kind == NODE_BOOL ? !n->truth
					  : plain_word(n, words, ARRAY_LEN(words)));
}

bool k8s_templated(const char *text)
{
	static const char *const marks[] = { "${", "{{", "$(", "<path:", "<%", "ref+" };

	for (size_t i = 0; text && i < ARRAY_LEN(marks); i++)
		if (strstr(text, marks[i]))
			return true;
	return false;
}

const struct node *k8s_annotations(const struct k8s_object *o)
{
	return node_path(o->node, "metadata", "annotations", NULL);
}

void k8s_add_refs(struct arena *a, struct k8s_refs *to, const struct k8s_object *o)
{
	if (to->n == to->cap) {
		const struct k8s_object **grown;

		to->cap = to->cap > 0 ? 2 * to->cap : 8;
		grown = arena_array(a, to->cap, sizeof(*grown));
		if (to->n > 0)
			memcpy(grown, to->v, to->n * sizeof(*grown));
		to->v = grown;
	}
	to->v[to->n++] = o;
}

static const char *pointer_of(struct arena *a, const struct k8s_object *o)
{
	if (!o->ns)
		return arena_printf(a, "%s/%s", o->kind_name, pointer_part(a, o->name));
	return arena_printf(a, "%s/%s/%s", o->kind_name, pointer_part(a, o->ns),
			    pointer_part(a, o->name));
}

static void add_object(struct k8s *k, const struct config_file *f, const struct node *doc,
		       const char *api, const char *kind)
{
	struct arena *a = k->arena;
	const struct node *meta = node_get(doc, "metadata");
	const struct node *name = node_get(meta, "name");
	struct k8s_object *o;

	if (k->n == k->cap) {
		k->cap = k->cap > 0 ? 2 * k->cap : 64;
		o = arena_array(a, k->cap, sizeof(*o));
		if (k->n > 0)
			memcpy(o, k->objects, k->n * sizeof(*o));
		k->objects = o;
	}
	o = &k->objects[k->n];
	*o = (struct k8s_object){ .index = k->n++,
				  .kind = kind_of(api, kind),
				  .kind_name = kind,
				  .file = f,
				  .node = doc,
				  .at = doc,
				  .spec = node_get(doc, "spec"),
				  .name = k8s_text(name),
				  .ns = k8s_text(node_get(meta, "namespace")) };
	if (o->name)
		o->at = name;
	else
		o->name = k8s_text(node_get(meta, "generateName"));
	if (!o->name)
		o->name = "";
	if (str_empty(o->ns) || k8s_templated(o->ns))
		o->ns = NULL;
	o->pointer = pointer_of(a, o);
	if (k8s_is_workload(o))
		k8s_pods(k, o);
}

/* `kind: List` and its relatives hold objects; a list in a list is no real file. */
static void add_document(struct k8s *k, const struct config_file *f,
			 const struct node *doc, int depth)
{
	const char *api = node_str(node_get(doc, "apiVersion"));
	const char *kind = node_str(node_get(doc, "kind"));
	const struct node *items = node_get(doc, "items");

	if (!api && !kind && is_kustomization(f->path)) {
		api = "kustomize.config.k8s.io/v1beta1";
		kind = "Kustomization";
	}
	if (!api || !kind)
		return;
	if (items && items->kind == NODE_ARRAY && str_ends(kind, "List")) {
		for (const struct node *n = items->first; n && depth < LIMIT_LISTS;
		     n = n->next)
			add_document(k, f, n, depth + 1);
		return;
	}
	add_object(k, f, doc, api, kind);
}

struct k8s *k8s_new(struct arena *a, const struct project *p)
{
	struct k8s *k;

	if (!((p->forms | p->forms_unread) & (1u << FORM_KUBERNETES)))
		return NULL;
	k = arena_alloc(a, sizeof(*k));
	k->arena = a;
	for (size_t i = 0; i < p->n_files; i++) {
		const struct config_file *f = p->files[i];

		if (f->form != FORM_KUBERNETES)
			continue;
		k->open |= f->state != FILE_READ && f->state != FILE_EMPTY;
		for (size_t d = 0; f->state == FILE_READ && d < f->n_docs; d++)
			add_document(k, f, f->docs[d], 0);
	}
	for (size_t i = 0; i < k->n; i++) {
		struct k8s_object *o = &k->objects[i];

		k8s_add_refs(a, &k->of[o->kind], o);
		if (o->n_containers > 0)
			k8s_add_refs(a, &k->workloads, o);
	}
	k8s_made(k);
	k8s_link(k);
	return k;
}
