/* SPDX-License-Identifier: Apache-2.0 */
/* Overall score of a check of one category, together with what is known of the others. */
#include "compliance-server/run_combine.h"

#include <math.h>

#include "common/base/str.h"
#include "compliance-server/check_store.h"

#define OLDEST_MS (30 * 24 * 60 * 60 * INT64_C(1000))

/* Whether something critical weighed in this row. */
static bool had_critical(struct arena *a, const struct compliance_result *row)
{
	const char *text = row->details.text;
	const struct node *top =
		text ? jsonr_parse(a, text, strlen(text), 0, NULL, NULL) : NULL;
	const struct node *failed = node_get(top, "failed");

	for (const struct node *n = failed ? failed->first : NULL; n; n = n->next)
		if (str_eq(node_str(node_get(n, "severity")), "critical"))
			return true;
	return false;
}

static bool now_critical(const struct check_target *t)
{
	for (size_t i = 0; i < t->n_issues; i++)
		if (t->issues[i].severity == SEV_CRITICAL && !t->issues[i].preview &&
		    !t->issues[i].suppression)
			return true;
	return false;
}

bool run_combine(struct ctx *c, const struct run *r, const struct run_target *rt,
		 int *ret_score, struct stamp *ret_oldest, struct err *e)
{
	const struct check_target *t = rt->t;
	struct result_filter f = { .server_name = rt->server.name,
				   .mode = r->report->live ? "live" : "static",
				   .since.ms = clock_now().ms - OLDEST_MS };
	struct category_score cats[CAT_MAX];
	bool critical = now_critical(t);

	*ret_oldest = (struct stamp){ 0 };
	*ret_score = t->overall;
	if (!t->categories || t->overall == SCORE_NONE)
		return true;
	rules_sha256(f.ruleset);
	memcpy(cats, t->cats, sizeof(cats));
	for (int k = CAT_SECURITY; k < CAT_MAX; k++) {
		struct compliance_result row;
		bool found;

		if (t->categories & (1u << k))
			continue;
		f.category = (enum category)k;
		if (!result_newest(c, &f, &row, &found, e))
			return false;
		if (!found)
			continue;
		cats[k] =
			(struct category_score){ .assessed = true,
						 .complete = true,
						 .score = (int)lround(row.score * 100) };
		critical |= had_critical(c->arena, &row);
		if (!ret_oldest->ms || row.created_at.ms < ret_oldest->ms)
			*ret_oldest = row.created_at;
	}
	*ret_score = score_overall(cats, critical);
	return true;
}

void run_combine_registry(struct ctx *c, struct run *r)
{
	int *list = arena_array(c->arena, r->n_targets + 1, sizeof(*list));
	size_t n = 0;

	if (!r->report->complete)
		return;
	for (size_t i = 0; i < r->n_targets; i++)
		if (r->targets[i].t->entry && r->targets[i].t->entry->enabled)
			list[n++] = r->targets[i].t->overall;
	r->report->overall = score_registry(list, n);
	r->report->grade = score_grade(r->report->overall);
}
