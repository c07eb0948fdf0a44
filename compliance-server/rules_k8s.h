/* SPDX-License-Identifier: Apache-2.0 */
/* The Kubernetes rules: their checks, and what the checks share. Private to rules_k8s*.c.
 */
#ifndef COMPLIANCE_RULES_K8S_H
#define COMPLIANCE_RULES_K8S_H

#include "compliance-server/k8s.h"
#include "compliance-server/rules.h"

/* A finding about the object, at the place of a node; inner is what follows the object in
 * the pointer, NULL for the object itself. */
void k8s_fail(struct rule_run *r, enum severity s, const struct k8s_object *o,
	      const struct node *at, const char *inner, const char *message, ...)
	PRINTF_LIKE(6, 7);
/* The same at the key of a member. */
void k8s_fail_key(struct rule_run *r, enum severity s, const struct k8s_object *o,
		  const struct node *member, const char *inner, const char *message, ...)
	PRINTF_LIKE(6, 7);
/* "containers/api/image" */
const char *k8s_inner(struct rule_run *r, const struct k8s_container *c,
		      const char *below);
/* "data/KEY" */
const char *k8s_member(struct rule_run *r, const char *list, const char *key);

/* Calls fn for the containers of every workload in order; parts of an object included. */
typedef void k8s_container_fn(struct rule_run *r, const struct k8s_object *o,
			      const struct k8s_container *c);
void k8s_each_container(struct rule_run *r, k8s_container_fn *fn);
/* Only those of whole objects: for rules about what is missing. Skips the rule when there
 * are none. */
void k8s_each_whole(struct rule_run *r, k8s_container_fn *fn);
/* False, and the rule is unknown, when selectors could not all be followed. */
bool k8s_linked(struct rule_run *r);

#define LIMIT_K8S_STEPS 2000000 /* of loops over the parts of one object */
/* False, and the rule is unknown, when the loop is too long to be finished. */
bool k8s_step(struct rule_run *r, size_t *steps);

void check_k8s_001(struct rule_run *r);
void check_k8s_002(struct rule_run *r);
void check_k8s_003(struct rule_run *r);
void check_k8s_004(struct rule_run *r);
void check_k8s_005(struct rule_run *r);
void check_k8s_006(struct rule_run *r);
void check_k8s_007(struct rule_run *r);
void check_k8s_008(struct rule_run *r);
void check_k8s_009(struct rule_run *r);
void check_k8s_010(struct rule_run *r);
void check_k8s_011(struct rule_run *r);
void check_k8s_012(struct rule_run *r);
void check_k8s_013(struct rule_run *r);
void check_k8s_014(struct rule_run *r);
void check_k8s_015(struct rule_run *r);
void check_k8s_016(struct rule_run *r);
void check_k8s_017(struct rule_run *r);
void check_k8s_018(struct rule_run *r);
void check_k8s_019(struct rule_run *r);
void check_k8s_020(struct rule_run *r);
void check_k8s_021(struct rule_run *r);
void check_k8s_022(struct rule_run *r);
void check_k8s_023(struct rule_run *r);
void check_k8s_024(struct rule_run *r);
void check_k8s_025(struct rule_run *r);
void check_k8s_026(struct rule_run *r);

#endif
