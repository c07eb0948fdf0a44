/* SPDX-License-Identifier: Apache-2.0 */
/* Tries each failed rule: the score without it says what its repair is worth. */
#include "compliance-server/check_repair.h"

#include <string.h>

static const int weights[CAT_MAX] = { [CAT_SECURITY] = 40,
				      [CAT_CONFIGURATION] = 25,
				      [CAT_OPERATIONAL] = 20,
				      [CAT_PERFORMANCE] = 15 };

static bool open_critical(const struct rule_score *scores, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (scores[i].n[SEV_CRITICAL] > 0 && !rule_is_preview(scores[i].rule))
			return true;
	return false;
}

int repairs_score(const struct check_target *t, struct rule_score *scores, size_t n,
		  struct category_score cats[CAT_MAX])
{
	for (int c = CAT_SECURITY; c < CAT_MAX; c++) {
		score_category(scores, n, (enum category)c,
			       c == CAT_PERFORMANCE ? t->performance_start : SCORE_FULL,
			       &cats[c]);
		/* a rule that runs as precondition does not make a category of it */
		if (t->categories && !(t->categories & (1u << c)))
			cats[c] = (struct category_score){ .score = SCORE_NONE,
							   .score_without_suppressions =
								   SCORE_NONE };
	}
	return score_overall(cats, open_critical(scores, n));
}

/* Overall without the findings of this rule. */
static int without(const struct check_target *t, struct rule_score *scores, size_t n,
		   const struct rule *rule)
{
	struct category_score cats[CAT_MAX];
	struct rule_score kept[CAT_MAX] = { { .rule = NULL } };
	size_t n_kept = 0, first = 0;
	int overall;

	while (first < n && scores[first].rule != rule)
		first++;
	for (size_t i = first; i < n && scores[i].rule == rule && n_kept < CAT_MAX; i++) {
		kept[n_kept++] = scores[i];
		scores[i].outcome = OUTCOME_PASS;
		memset(scores[i].n, 0, sizeof(scores[i].n));
	}
	overall = repairs_score(t, scores, n, cats);
	for (size_t i = 0; i < n_kept; i++)
		scores[first + i] = kept[i];
	return overall;
}

static bool better(const struct check_repair *a, const struct check_repair *b)
{
	if (a->gain != b->gain)
		return a->gain > b->gain;
	if (a->weight != b->weight)
		return a->weight > b->weight;
	return a->issue->severity > b->issue->severity;
}

static void insert(struct check_repair list[REPAIRS], size_t *n,
		   const struct check_repair *one)
{
	size_t i = *n;

	while (i > 0 && better(one, &list[i - 1]))
		i--;
	if (i == REPAIRS)
		return;
	*n = MIN(*n + 1, (size_t)REPAIRS);
	memmove(&list[i + 1], &list[i], (*n - i - 1) * sizeof(*list));
	list[i] = *one;
}

static bool counts(const struct check_issue *i)
{
	return !i->preview && !i->suppression && i->severity != SEV_INFO;
}

/* Of a rule in two categories only the first issue stands for it. */
static bool again(const struct check_target *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (t->issues[i].rule == t->issues[n].rule)
			return true;
	return false;
}

void repairs_find(struct check_target *t, struct rule_score *scores, size_t n)
{
	struct category_score cats[CAT_MAX];

	for (size_t i = 0; i < t->n_issues; i++) {
		struct check_repair one = { .target = t, .issue = &t->issues[i] };

		if (!counts(one.issue) || again(t, i))
			continue;
		for (size_t k = 0; k < t->n_issues; k++)
			if (t->issues[k].rule == one.issue->rule)
				one.weight += (int64_t)t->issues[k].points *
					      weights[t->issues[k].category];
		if (t->overall != SCORE_NONE)
			one.gain = without(t, scores, n, one.issue->rule) - t->overall;
		if (one.weight > 0 || one.gain > 0)
			insert(t->fix_first, &t->n_fix_first, &one);
	}
	(void)repairs_score(t, scores, n, cats);
}

void repairs_over_all(struct check_report *r)
{
	for (size_t i = 0; i < r->n_targets; i++)
		for (size_t k = 0; k < r->targets[i].n_fix_first; k++)
			insert(r->fix_first, &r->n_fix_first,
			       &r->targets[i].fix_first[k]);
}
