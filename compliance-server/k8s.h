/* SPDX-License-Identifier: Apache-2.0 */
/* The Kubernetes objects of a project as one set: what they are, and how they refer to
 * each other. Built once with the facts, never changed afterwards. */
#ifndef COMPLIANCE_K8S_H
#define COMPLIANCE_K8S_H

#include "compliance-server/facts.h"

enum k8s_kind {
	K8S_DEPLOYMENT = 1,
	K8S_STATEFUL_SET,
	K8S_DAEMON_SET,
	K8S_REPLICA_SET, /* and ReplicationController */
	K8S_JOB,
	K8S_CRON_JOB,
	K8S_POD,
	K8S_SERVICE, /* those before are workloads */
	K8S_INGRESS,
	K8S_NETWORK_POLICY,
	K8S_DISRUPTION_BUDGET,
	K8S_AUTOSCALER, /* HorizontalPodAutoscaler and ScaledObject */
	K8S_ROLE,	/* and ClusterRole */
	K8S_ROLE_BINDING,
	K8S_CLUSTER_ROLE_BINDING,
	K8S_CONFIG_MAP,
	K8S_SECRET,
	K8S_SERVICE_ACCOUNT,
	K8S_VOLUME_CLAIM,
	K8S_LIMIT_RANGE,
	K8S_KUSTOMIZATION,
	K8S_CUSTOM, /* of a group that is not part of Kubernetes */
	K8S_BUILT_IN,
	K8S_KIND_MAX
};

struct k8s_refs {
	const struct k8s_object **v;
	size_t n, cap;
};

enum k8s_role { K8S_MAIN = 1, K8S_INIT, K8S_EPHEMERAL };

struct k8s_container {
	enum k8s_role role;
	const struct node *node;
	const struct node *at; /* its name, or the container when it has none */
	const char *pointer;   /* "containers/api" */
	const char *name;
	const char *image; /* NULL in a patch of a container */
};

struct k8s_object {
	size_t index; /* in k8s.objects */
	enum k8s_kind kind;
	const char *kind_name;
	const char *name; /* "" without one */
	const char *ns;	  /* namespace, NULL when none is written */
	const char *pointer;
	const struct config_file *file;
	const struct node *node, *spec;
	const struct node *at; /* its name, or the object */
	/* A part that is laid over another object: says nothing about what is missing. */
	bool partial;

	/* workloads */
	const struct node *pod; /* pod spec */
	const char *pod_pointer;
	const struct node *labels; /* of the pods */
	struct k8s_container *containers;
	size_t n_containers;
	struct k8s_refs services; /* that select its pods */
	bool has_budget, has_policy;

	struct k8s_refs pods; /* of a Service: the workloads it selects */
};

struct k8s_key {
	const char *text;
	size_t i; /* of the object */
};

struct k8s_index {
	struct k8s_key *v;
	size_t n;
};

struct k8s {
	struct arena *arena;
	struct k8s_object *objects; /* in order of files and documents */
	size_t n, cap;
	struct k8s_refs of[K8S_KIND_MAX];
	struct k8s_refs workloads; /* those with containers */
	struct k8s_index names;	   /* objects by kind, namespace and name */
	struct k8s_index labels;   /* workloads by namespace and label */
	struct k8s_index targets;  /* autoscalers by what they scale */
	struct k8s_index made;	   /* names that generators and custom objects make */
	struct k8s_index images;   /* names of images that a kustomization sets */
	struct k8s_index scaled;   /* names a kustomization sets the replicas of */
	struct k8s_index patches;  /* paths of files that a kustomization lays over */
	/* Something outside the set belongs to it: what is missing may be there. */
	bool open;
	bool exhausted; /* too many pairs of selector and pods to link them all */
};

/* NULL when the project has no Kubernetes file that was read. */
struct k8s *k8s_new(struct arena *a, const struct project *p);

bool k8s_is_workload(const struct k8s_object *o);
/* Text of a scalar: also of a number or a bool. NULL for what is none. */
const char *k8s_text(const struct node *n);
bool k8s_true(const struct node *n);
bool k8s_false(const struct node *n);
/* Filled in by a tool before the cluster sees it: ${X}, {{ }}, $(X), <path:…>. */
bool k8s_templated(const char *text);
/* The setting of the container, else of the pod: securityContext/<key>. */
const struct node *k8s_security(const struct k8s_object *o, const struct k8s_container *c,
				const char *key);
const struct node *k8s_annotations(const struct k8s_object *o);
/* Namespaces that may be one: equal, or one of them is not written. */
bool k8s_same_ns(const char *a, const char *b);
/* An object of this kind with this name in a namespace that may be ns, or NULL. */
const struct k8s_object *k8s_find(const struct k8s *k, enum k8s_kind kind, const char *ns,
				  const char *name);
bool k8s_listed(const struct k8s_index *x, const char *text);
/* A label selector: labels by matchLabels and matchExpressions. */
bool k8s_selects(const struct node *selector, const struct node *labels);
/* The autoscaler whose target the workload is, or NULL. */
const struct k8s_object *k8s_autoscaler(const struct k8s *k, const struct k8s_object *o);

/* private to the k8s files */
void k8s_add_refs(struct arena *a, struct k8s_refs *to, const struct k8s_object *o);
void k8s_add_key(struct arena *a, struct k8s_index *x, size_t *cap, const char *text,
		 size_t i);
void k8s_sort(struct k8s_index *x);
void k8s_pods(struct k8s *k, struct k8s_object *o); /* pod spec, labels, containers */
void k8s_made(struct k8s *k); /* what other tools make and change; sets open */
void k8s_link(struct k8s *k); /* names, labels, selectors */

#endif
