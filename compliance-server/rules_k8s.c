/* SPDX-License-Identifier: Apache-2.0 */
/* What the Kubernetes rules share: findings with their places, loops over containers. */
#include "compliance-server/rules_k8s.h"

#include "common/base/str.h"
#include "compliance-server/facts_entry.h"

static void PRINTF_LIKE(6, 0)
	fail_at(struct rule_run *r, enum severity s, const struct k8s_object *o,
		struct pos at, const char *inner, const char *message, va_list ap)
{
	struct finding f = { .severity = s,
			     .file = o->file,
			     .line = at.line,
			     .col = at.col,
			     .pointer = o->pointer };

	if (inner)
		f.pointer = arena_printf(r->arena, "%s %s", o->pointer, inner);
	f.message = arena_vprintf(r->arena, message, ap);
	r->file = o->file;
	rule_fail_at(r, &f);
}

void k8s_fail(struct rule_run *r, enum severity s, const struct k8s_object *o,
	      const struct node *at, const char *inner, const char *message, ...)
{
	va_list ap;

	va_start(ap, message);
	fail_at(r, s, o, (struct pos){ at->line, at->col }, inner, message, ap);
	va_end(ap);
}

void k8s_fail_key(struct rule_run *r, enum severity s, const struct k8s_object *o,
		  const struct node *member, const char *inner, const char *message, ...)
{
	va_list ap;

	va_start(ap, message);
	fail_at(r, s, o, (struct pos){ member->key_line, member->key_col }, inner,
		message, ap);
	va_end(ap);
}

const char *k8s_inner(struct rule_run *r, const struct k8s_container *c,
		      const char *below)
{
	return below ? arena_printf(r->arena, "%s/%s", c->pointer, below) : c->pointer;
}

const char *k8s_member(struct rule_run *r, const char *list, const char *key)
{
	return arena_printf(r->arena, "%s/%s", list, pointer_part(r->arena, key));
}

void k8s_each_container(struct rule_run *r, k8s_container_fn *fn)
{
	const struct k8s *k = r->project->k8s;

	if (k->workloads.n == 0)
		rule_skip(r, "the files hold no workload");
	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];

		for (size_t c = 0; c < o->n_containers; c++)
			fn(r, o, &o->containers[c]);
	}
}

void k8s_each_whole(struct rule_run *r, k8s_container_fn *fn)
{
	const struct k8s *k = r->project->k8s;
	bool any = false;

	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];

		for (size_t c = 0; !o->partial && c < o->n_containers; c++) {
			any = true;
			fn(r, o, &o->containers[c]);
		}
	}
	if (!any)
		rule_skip(r, "the files hold no whole workload");
}

bool k8s_linked(struct rule_run *r)
{
	if (!r->project->k8s->exhausted)
		return true;
	rule_unknown(r, "too many selectors and pods to compare them all");
	return false;
}

bool k8s_step(struct rule_run *r, size_t *steps)
{
	if (++*steps <= LIMIT_K8S_STEPS)
		return true;
	rule_unknown(r, "an object has too many parts to compare them all");
	return false;
}
