/* SPDX-License-Identifier: Apache-2.0 */
/* Who refers to whom: names, and selectors over labels. */
#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/k8s.h"

/* Pods looked at for all selectors together. */
#define LIMIT_LOOKS 1000000

void k8s_add_key(struct arena *a, struct k8s_index *x, size_t *cap, const char *text,
		 size_t i)
{
	if (x->n == *cap) {
		struct k8s_key *grown;

		*cap = *cap > 0 ? 2 * *cap : 64;
		grown = arena_array(a, *cap, sizeof(*grown));
		if (x->n > 0)
			memcpy(grown, x->v, x->n * sizeof(*grown));
		x->v = grown;
	}
	x->v[x->n++] = (struct k8s_key){ text, i };
}

static int compare(const void *a, const void *b)
{
	const struct k8s_key *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order != 0 ? order : x->i < y->i ? -1 : x->i > y->i;
}

void k8s_sort(struct k8s_index *x)
{
	if (x->n > 1)
		qsort(x->v, x->n, sizeof(*x->v), compare);
}

/* The first key that is not before text; or that is behind it. */
static size_t bound(const struct k8s_index *x, const char *text, bool behind)
{
	size_t lo = 0, hi = x->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = strcmp(x->v[mid].text, text);

		if (order < 0 || (behind && order == 0))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct range {
	size_t first, n;
};

static struct range range_of(const struct k8s_index *x, const char *text)
{
	size_t first = bound(x, text, false);

	return (struct range){ first, bound(x, text, true) - first };
}

bool k8s_listed(const struct k8s_index *x, const char *text)
{
	return text && range_of(x, text).n > 0;
}

bool k8s_same_ns(const char *a, const char *b)
{
	return !a || !b || str_eq(a, b);
}

/* "=ns" in a namespace, "-" in none, "*" in any: each key stands under two of them. */
static const char *scope_of(struct arena *a, const char *ns)
{
	return ns ? arena_printf(a, "=%s", ns) : "-";
}

static const char *name_key(struct arena *a, const char *scope, enum k8s_kind kind,
			    const char *name)
{
	return arena_printf(a, "%d\x1f%s\x1f%s", (int)kind, scope, name);
}

static const struct k8s_object *find_key(const struct k8s *k, const char *key)
{
	struct range r = range_of(&k->names, key);

	return r.n > 0 ? &k->objects[k->names.v[r.first].i] : NULL;
}

const struct k8s_object *k8s_find(const struct k8s *k, enum k8s_kind kind, const char *ns,
				  const char *name)
{
	struct arena *a = k->arena;
	const struct k8s_object *o;

	if (!ns)
		return find_key(k, name_key(a, "*", kind, name));
	o = find_key(k, name_key(a, scope_of(a, ns), kind, name));
	return o ? o : find_key(k, name_key(a, "-", kind, name));
}

static void index_names(struct k8s *k)
{
	size_t cap = 0;

	for (size_t i = 0; i < k->n; i++) {
		const struct k8s_object *o = &k->objects[i];

		k8s_add_key(
			k->arena, &k->names, &cap,
			name_key(k->arena, scope_of(k->arena, o->ns), o->kind, o->name),
			i);
		k8s_add_key(k->arena, &k->names, &cap,
			    name_key(k->arena, "*", o->kind, o->name), i);
	}
	k8s_sort(&k->names);
}

/* What is laid over an object of the set carries its name and no selector. */
static void mark_partial(struct k8s *k)
{
	for (size_t i = 0; i < k->n; i++) {
		struct k8s_object *o = &k->objects[i];

		if (k8s_is_workload(o) && !node_get(o->spec, "selector") &&
		    (k8s_listed(&k->patches, o->file->real) ||
		     range_of(&k->names, name_key(k->arena, "*", o->kind, o->name)).n >
			     1))
			o->partial = true;
		k->open |= o->partial;
	}
}

static const char *target_key(struct arena *a, const char *scope, const char *kind,
			      const char *name)
{
	return arena_printf(a, "%s\x1f%s\x1f%s", scope, kind ? kind : "Deployment",
			    name ? name : "");
}

static void index_targets(struct k8s *k)
{
	size_t cap = 0;

	for (size_t i = 0; i < k->of[K8S_AUTOSCALER].n; i++) {
		const struct k8s_object *o = k->of[K8S_AUTOSCALER].v[i];
		const struct node *to = node_get(o->spec, "scaleTargetRef");
		const char *kind = k8s_text(node_get(to, "kind"));
		const char *name = k8s_text(node_get(to, "name"));

		k8s_add_key(k->arena, &k->targets, &cap,
			    target_key(k->arena, scope_of(k->arena, o->ns), kind, name),
			    o->index);
		k8s_add_key(k->arena, &k->targets, &cap,
			    target_key(k->arena, "*", kind, name), o->index);
	}
	k8s_sort(&k->targets);
}

const struct k8s_object *k8s_autoscaler(const struct k8s *k, const struct k8s_object *o)
{
	const char *const scopes[] = { o->ns ? scope_of(k->arena, o->ns) : "*", "-" };

	for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
		struct range r = range_of(&k->targets, target_key(k->arena, scopes[i],
								  o->kind_name, o->name));

		if (r.n > 0)
			return &k->objects[k->targets.v[r.first].i];
	}
	return NULL;
}

static const char *label_key(struct arena *a, const char *scope, const char *key,
			     const char *value)
{
	return arena_printf(a, "%s\x1f%s\x1f%s", scope, key, value);
}

static void add_label(struct k8s *k, size_t *cap, const struct k8s_object *o,
		      const char *key, const char *value)
{
	k8s_add_key(k->arena, &k->labels, cap,
		    label_key(k->arena, scope_of(k->arena, o->ns), key, value), o->index);
	k8s_add_key(k->arena, &k->labels, cap, label_key(k->arena, "*", key, value),
		    o->index);
}

/* A label without name and value stands for "every pod". */
static void index_labels(struct k8s *k)
{
	size_t cap = 0;

	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];

		add_label(k, &cap, o, "", "");
		for (const struct node *l = o->labels ? o->labels->first : NULL; l;
		     l = l->next)
			if (l->key && k8s_text(l))
				add_label(k, &cap, o, l->key, k8s_text(l));
	}
	k8s_sort(&k->labels);
}

/* Labels that the cluster gives to pods by itself. */
static bool is_given(const char *key)
{
	static const char *const keys[] = { "statefulset.kubernetes.io/pod-name",
					    "apps.kubernetes.io/pod-index",
					    "batch.kubernetes.io/job-name",
					    "batch.kubernetes.io/controller-uid",
					    "job-name",
					    "controller-uid",
					    "pod-template-hash",
					    "controller-revision-hash" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq(key, keys[i]))
			return true;
	return false;
}

static bool has_labels(const struct node *wanted, const struct node *labels)
{
	for (const struct node *w = wanted ? wanted->first : NULL; w; w = w->next) {
		const struct node *l = w->key ? node_get(labels, w->key) : NULL;

		if (!is_given(w->key) && (!l || !str_eq(k8s_text(l), k8s_text(w))))
			return false;
	}
	return true;
}

static bool in_list(const struct node *values, const char *text)
{
	for (const struct node *v = values ? values->first : NULL; v; v = v->next)
		if (text && str_eq(k8s_text(v), text))
			return true;
	return false;
}

static bool fits(const struct node *expression, const struct node *labels)
{
	const char *key = k8s_text(node_get(expression, "key"));
	const char *operator= k8s_text(node_get(expression, "operator"));
	const struct node *l = key ? node_get(labels, key) : NULL;
	bool in = in_list(node_get(expression, "values"), k8s_text(l));

	if (str_eq(operator, "In"))
		return in;
	if (str_eq(operator, "NotIn"))
		return !in;
	if (str_eq(operator, "Exists"))
		return l != NULL;
	return str_eq(operator, "DoesNotExist") && !l;
}

bool k8s_selects(const struct node *selector, const struct node *labels)
{
	const struct node *list = node_get(selector, "matchExpressions");

	if (!selector || !has_labels(node_get(selector, "matchLabels"), labels))
		return false;
	for (const struct node *x = list ? list->first : NULL; x; x = x->next)
		if (!fits(x, labels))
			return false;
	return true;
}

/* Pods that may be of the namespace and have the label: one range, or two. */
static size_t ranges(const struct k8s *k, const char *ns, const char *key,
		     const char *value, struct range ret[2])
{
	struct arena *a = k->arena;

	if (!ns) {
		ret[0] = range_of(&k->labels, label_key(a, "*", key, value));
		ret[1] = (struct range){ 0, 0 };
	} else {
		ret[0] = range_of(&k->labels, label_key(a, scope_of(a, ns), key, value));
		ret[1] = range_of(&k->labels, label_key(a, "-", key, value));
	}
	return ret[0].n + ret[1].n;
}

typedef void link_fn(struct k8s *k, struct k8s_object *by, struct k8s_object *pods);

/* Calls link for each workload with these labels; goes through the rarest label. */
static void each_selected(struct k8s *k, struct k8s_object *by, const struct node *labels,
			  const struct node *selector, link_fn *link, size_t *looks)
{
	struct range best[2], r[2];
	size_t least = ranges(k, by->ns, "", "", best);

	for (const struct node *l = labels ? labels->first : NULL; l; l = l->next) {
		size_t n;

		if (is_given(l->key))
			continue;
		n = k8s_text(l) ? ranges(k, by->ns, l->key, k8s_text(l), r) : 0;
		if (n < least) {
			least = n;
			memcpy(best, r, sizeof(best));
		}
		if (n == 0)
			return;
	}
	for (size_t i = 0; i < 2; i++) {
		for (size_t m = 0; m < best[i].n; m++) {
			struct k8s_object *o =
				&k->objects[k->labels.v[best[i].first + m].i];

			if (++*looks > LIMIT_LOOKS)
				return;
			if (selector ? k8s_selects(selector, o->labels)
				     : has_labels(labels, o->labels))
				link(k, by, o);
		}
	}
}

static void link_service(struct k8s *k, struct k8s_object *by, struct k8s_object *pods)
{
	k8s_add_refs(k->arena, &by->pods, pods);
	k8s_add_refs(k->arena, &pods->services, by);
}

static void link_budget(struct k8s *k, struct k8s_object *by, struct k8s_object *pods)
{
	(void)k;
	(void)by;
	pods->has_budget = true;
}

static void link_policy(struct k8s *k, struct k8s_object *by, struct k8s_object *pods)
{
	(void)k;
	(void)by;
	pods->has_policy = true;
}

void k8s_link(struct k8s *k)
{
	size_t looks = 0;

	index_names(k);
	index_targets(k);
	index_labels(k);
	mark_partial(k);
	for (size_t i = 0; i < k->n && looks <= LIMIT_LOOKS; i++) {
		struct k8s_object *o = &k->objects[i];
		const struct node *s = node_get(o->spec, "selector");

		if (o->kind == K8S_NETWORK_POLICY)
			s = node_get(o->spec, "podSelector");
		if (!s || s->kind != NODE_OBJECT)
			continue;
		if (o->kind == K8S_SERVICE && s->n > 0)
			each_selected(k, o, s, NULL, link_service, &looks);
		else if (o->kind == K8S_DISRUPTION_BUDGET)
			each_selected(k, o, node_get(s, "matchLabels"), s, link_budget,
				      &looks);
		else if (o->kind == K8S_NETWORK_POLICY)
			each_selected(k, o, node_get(s, "matchLabels"), s, link_policy,
				      &looks);
	}
	k->exhausted = looks > LIMIT_LOOKS;
}
