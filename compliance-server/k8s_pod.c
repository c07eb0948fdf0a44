/* SPDX-License-Identifier: Apache-2.0 */
/* Pods of workloads: their containers and what is set for them. */
#include "common/base/str.h"
#include "compliance-server/facts_entry.h"
#include "compliance-server/k8s.h"

static const struct {
	const char *key;
	enum k8s_role role;
} lists[] = { { "containers", K8S_MAIN },
	      { "initContainers", K8S_INIT },
	      { "ephemeralContainers", K8S_EPHEMERAL } };

static void add_containers(struct arena *a, struct k8s_object *o, const char *key,
			   enum k8s_role role)
{
	const struct node *list = node_get(o->pod, key);
	size_t i = 0;

	if (!list || list->kind != NODE_ARRAY)
		return;
	for (const struct node *n = list->first; n; n = n->next, i++) {
		struct k8s_container *c = &o->containers[o->n_containers];
		const struct node *name = node_get(n, "name");

		if (n->kind != NODE_OBJECT)
			continue;
		*c = (struct k8s_container){ .role = role,
					     .node = n,
					     .at = n,
					     .name = k8s_text(name),
					     .image = k8s_text(node_get(n, "image")) };
		if (!str_empty(c->name)) {
			c->at = name;
			c->pointer =
				arena_printf(a, "%s/%s", key, pointer_part(a, c->name));
		} else {
			c->name = "";
			c->pointer = arena_printf(a, "%s/%zu", key, i);
		}
		o->n_containers++;
	}
}

void k8s_pods(struct k8s *k, struct k8s_object *o)
{
	const struct node *template = node_get(o->spec, "template");
	size_t n = 0;

	o->pod_pointer = "spec/template/spec";
	if (o->kind == K8S_POD) {
		template = o->node;
		o->pod_pointer = "spec";
	} else if (o->kind == K8S_CRON_JOB) {
		template = node_path(o->spec, "jobTemplate", "spec", "template", NULL);
		o->pod_pointer = "spec/jobTemplate/spec/template/spec";
	}
	o->pod = node_get(template, "spec");
	o->labels = node_path(template, "metadata", "labels", NULL);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct node *list = node_get(o->pod, lists[i].key);

		n += list ? list->n : 0;
	}
	o->containers = arena_array(k->arena, n + 1, sizeof(*o->containers));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		add_containers(k->arena, o, lists[i].key, lists[i].role);
	o->partial = o->n_containers == 0;
	for (size_t i = 0; i < o->n_containers; i++)
		o->partial |= !o->containers[i].image;
}

const struct node *k8s_security(const struct k8s_object *o, const struct k8s_container *c,
				const char *key)
{
	const struct node *own = node_get(node_get(c->node, "securityContext"), key);

	return own ? own : node_get(node_get(o->pod, "securityContext"), key);
}
