/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the check itself: its suppressions, and what it could not examine. */
#include "common/base/str.h"
#include "compliance-server/rules_checks.h"
#include "compliance-server/suppress.h"

static void report_file(struct rule_run *r, const struct suppression_file *sf)
{
	r->file = sf->file;
	rule_fail_at(r, &(struct finding){ .severity = SEV_MEDIUM,
					   .line = sf->error_at.line,
					   .col = sf->error_at.col,
					   .pointer = "",
					   .message = arena_printf(r->arena, "%s: %s",
								   SUPPRESSIONS_FILE,
								   sf->error) });
	rule_fix(r, "Make it a list of objects with rule, target, reason and expires.");
}

static void report_entry(struct rule_run *r, const struct suppression *s)
{
	const char *of = s->rule ? s->rule : "", *on = s->target ? s->target : "";
	struct finding f = { .severity = SEV_MEDIUM,
			     .line = s->node->line,
			     .col = s->node->col,
			     .end_line = s->node->end_line,
			     .end_col = s->node->end_col,
			     .pointer = s->pointer };

	r->file = s->file;
	if (*of && *on)
		f.stable = arena_printf(r->arena, "%.40s/%.400s", of, on);
	f.message =
		arena_printf(r->arena, "Suppression of %s on %s is not in force: %s",
			     *of ? of : "no rule", *on ? on : "no target", s->problem);
	rule_fail_at(r, &f);
}

/* A file that was given by name is told about once, in the first project. */
void check_ops_005(struct rule_run *r)
{
	const struct suppressions *all = r->facts->suppressions;
	bool any = false;

	for (size_t i = 0; r->project && all && i < all->n; i++) {
		const struct suppression_file *sf = &all->v[i];

		if (sf->root ? !str_eq(sf->root, r->project->root)
			     : r->project->index != 0)
			continue;
		any = true;
		if (sf->error)
			report_file(r, sf);
		for (size_t k = 0; k < sf->n; k++)
			if (sf->v[k].problem)
				report_entry(r, &sf->v[k]);
	}
	if (!any)
		rule_skip(r, "there is no suppression file");
}

void check_ops_008(struct rule_run *r)
{
	for (size_t i = 0; i < r->n_gaps; i++) {
		const struct node *n = r->entry ? r->entry->node : NULL;

		rule_fail_at(r,
			     &(struct finding){
				     .severity = SEV_MEDIUM,
				     .file = r->gaps[i].file,
				     .line = n ? n->key_line : 1,
				     .col = n ? n->key_col : 1,
				     .pointer = r->entry ? r->entry->pointer : "",
				     .message = arena_printf(r->arena, "Not examined: %s",
							     r->gaps[i].reason) });
	}
	if (r->n_gaps == 0)
		rule_skip(r, "everything of the plan was examined");
}
