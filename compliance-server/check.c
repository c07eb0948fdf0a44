/* SPDX-License-Identifier: Apache-2.0 */
/* Facts, rules, scores, issues: one pass, in that order. */
#include "compliance-server/check.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/check_gap.h"
#include "compliance-server/check_issue.h"
#include "compliance-server/check_repair.h"
#include "compliance-server/live.h"
#include "compliance-server/check_target.h"

const char *const check_types[] = {
	"", "full", "security", "performance", "configuration", NULL
};

#define ALL_CATEGORIES ((1u << CAT_MAX) - 1)

static unsigned categories_of(enum check_type t)
{
	switch (t) {
	case CHECK_SECURITY:
		return 1u << CAT_SECURITY;
	case CHECK_PERFORMANCE:
		return 1u << CAT_PERFORMANCE;
	case CHECK_CONFIGURATION:
		return 1u << CAT_CONFIGURATION;
	case CHECK_FULL:
		break;
	}
	return 0;
}

/* One rule on several files of a target: failed if one failed, unknown if one is unknown.
 */
static enum outcome joined(enum outcome a, enum outcome b)
{
	static const int rank[] = { [0] = 0,
				    [OUTCOME_NOT_APPLICABLE] = 1,
				    [OUTCOME_PASS] = 2,
				    [OUTCOME_SUPPRESSED] = 3,
				    [OUTCOME_UNKNOWN] = 4,
				    [OUTCOME_FAIL] = 5 };

	return rank[a] >= rank[b] ? a : b;
}

struct scoring {
	const struct check_report *report;
	struct check_target *target;
	struct rule_score *scores;
	const struct judgement **judged; /* of this target, in order of rules */
	size_t n_scores, max_scores, n_judged;
	const struct rule **rules; /* in order */
};

static struct rule_score *score_of(struct scoring *s, const struct rule *rule,
				   enum category c)
{
	for (size_t i = s->n_scores; i > 0 && s->scores[i - 1].rule == rule; i--)
		if (s->scores[i - 1].category == c)
			return &s->scores[i - 1];
	if (s->n_scores < s->max_scores) {
		s->scores[s->n_scores++] =
			(struct rule_score){ .rule = rule, .category = c };
		return &s->scores[s->n_scores - 1];
	}
	return &s->scores[s->max_scores - 1];
}

static void count_finding(struct rule_score *r, const struct finding *f)
{
	bool out = f->suppression != NULL;

	r->outcome = joined(r->outcome, out ? OUTCOME_SUPPRESSED : OUTCOME_FAIL);
	(out ? r->n_suppressed : r->n)[f->severity]++;
}

/* A finding that its rule moved to another category counts in both. */
static void take(struct scoring *s, const struct judgement *j)
{
	const struct findings *all = &s->report->rules->findings;
	struct rule_score *r = score_of(s, j->rule, j->rule->category);

	if (j->outcome != OUTCOME_FAIL)
		r->outcome = joined(r->outcome, j->outcome);
	for (size_t i = j->first; i < j->first + j->n; i++) {
		const struct finding *f = &all->v[i];

		count_finding(score_of(s, j->rule, j->rule->category), f);
		if (f->category != j->rule->category)
			count_finding(score_of(s, j->rule, f->category), f);
	}
}

/* What a suppression or the baseline says about the findings of the target. */
static void mark(struct scoring *s, struct baseline *baseline)
{
	const struct check_target *t = s->target;
	struct finding *all = s->report->rules->findings.v;
	bool user = t->host || t->file->place == PLACE_USER;
	size_t n;
	struct suppression **list = suppressions_for(s->report->facts, t->name,
						     user ? NULL : t->file->root, &n);

	for (size_t i = 0; i < s->n_judged; i++) {
		const struct judgement *j = s->judged[i];

		for (size_t k = j->first; k < j->first + j->n; k++) {
			struct suppression *by = suppression_of(list, n, &all[k]);

			all[k].suppression = by;
			all[k].known = !by && baseline && !rule_is_preview(j->rule) &&
				       baseline_take(baseline, &all[k]);
			if (by)
				by->n_covered++;
		}
	}
}

static void note_outcomes(struct arena *a, struct scoring *s)
{
	size_t k = 0;

	s->target->outcomes = arena_alloc(a, rules_count() + 1);
	for (size_t i = 0; i < s->n_scores; i++) {
		const struct rule_score *r = &s->scores[i];

		while (s->rules[k] != r->rule)
			k++;
		s->target->outcomes[k] = (unsigned char)joined(
			(enum outcome)s->target->outcomes[k], r->outcome);
	}
}

static void note_unknown(struct arena *a, struct check_target *t, const struct rule *rule,
			 const char *reason)
{
	if (!t->unknown)
		t->unknown = arena_array(a, rules_count() + 2, sizeof(*t->unknown));
	if (t->n_unknown < rules_count() + 1)
		t->unknown[t->n_unknown++] = (struct check_unknown){ rule, reason };
}

/* No rule could be judged on it: said once for the file. */
static bool not_looked_into(const struct config_file *f)
{
	return f->state == FILE_UNREADABLE || f->state == FILE_OTHER;
}

/* Files of its own, and nothing in them that a rule could look at. */
static bool nothing_in(const struct check_target *t)
{
	bool files = t->project || (t->host && t->host->n_files > 0);

	return files && t->n_files_servers == 0 && t->n_files_other == 0;
}

static void note_files(struct arena *a, struct check_target *t)
{
	const struct config_file *const *files =
		t->host ? t->host->files : t->project->files;
	size_t n = t->host ? t->host->n_files : t->project->n_files;

	for (size_t i = 0; i < n && t->n_unread > 0; i++) {
		const struct config_file *f = files[i];

		if (not_looked_into(f))
			note_unknown(a, t, NULL,
				     arena_printf(a, "%s: %s", f->path, f->error));
		else if (f->state == FILE_SYNTAX)
			note_unknown(a, t, NULL,
				     arena_printf(a,
						  "%s: not %s, so nothing in it was "
						  "examined",
						  f->path, form_language(f)));
	}
	if (nothing_in(t) && t->n_unread == 0)
		note_unknown(a, t, NULL, "no servers were found, so nothing has passed");
}

static void note_all(struct arena *a, const struct scoring *s)
{
	for (size_t i = 0; i < s->n_judged; i++) {
		const struct judgement *j = s->judged[i];

		if (j->outcome == OUTCOME_UNKNOWN &&
		    (j->entry || !j->file || !not_looked_into(j->file)))
			note_unknown(a, s->target, j->rule, j->reason);
	}
	if (!s->target->entry)
		note_files(a, s->target);
	if (s->report->rules->n_rules == 0)
		note_unknown(a, s->target, NULL,
			     "this type of check has only rules for --live");
}

/* Scores, and whether everything of the plan was judged. */
static void score_target(struct arena *a, struct scoring *s, bool live_missing)
{
	struct check_target *t = s->target;
	bool nothing = nothing_in(t);

	note_all(a, s);
	t->categories = categories_of(s->report->type);
	/* text lengths alone are no performance */
	if (!t->categories && t->entry && live_unmeasured(t->entry->live))
		t->categories = ALL_CATEGORIES & ~(1u << CAT_PERFORMANCE);
	t->performance_start = live_score(t->entry ? t->entry->live : NULL);
	t->overall = repairs_score(t, s->scores, s->n_scores, t->cats);
	t->complete = !live_missing && t->n_unread == 0 &&
		      s->report->rules->n_rules > 0 && (!nothing || s->report->complete);
	/* what little was judged must not look like a result */
	for (int c = CAT_SECURITY; (nothing || t->n_unread > 0) && c < CAT_MAX; c++)
		t->cats[c].score = t->cats[c].score_without_suppressions = t->overall =
			SCORE_NONE;
	for (int c = CAT_SECURITY; c < CAT_MAX; c++)
		t->complete &= !t->cats[c].assessed || t->cats[c].complete;
	if (!t->complete) {
		t->overall = SCORE_NONE;
		t->state = "incomplete";
	}
	t->grade = score_grade(t->overall);
}

/* Judgements by target: those of target i stand at list[start[i]] to list[start[i + 1]].
 */
struct by_target {
	const struct judgement **list;
	size_t *start;
};

/* What was judged late stands behind the others: each back to the place of its rule. */
static void in_order(const struct judgement **v, size_t n)
{
	size_t late = n;

	while (late > 0 && v[late - 1]->rule->scope == RULE_LATE)
		late--;
	for (size_t i = late; i < n; i++) {
		for (size_t k = i;
		     k > 0 && strcmp(v[k - 1]->rule->id, v[k]->rule->id) > 0; k--) {
			const struct judgement *moved = v[k];

			v[k] = v[k - 1];
			v[k - 1] = moved;
		}
	}
}

static size_t target_of(const struct judgement *j, const struct targets_of *of)
{
	return j->entry	    ? of->entry[j->entry->index]
	       : j->project ? of->project[j->project->index]
	       : j->host    ? of->host[j->host->index]
			    : of->file[j->file->index];
}

static struct by_target sort_by_target(const struct check_report *r, struct arena *a)
{
	const struct rules_result *rules = r->rules;
	size_t none = r->n_targets; /* of what `only` left out */
	struct targets_of of = targets_by_index(r, a);
	struct by_target out = { arena_array(a, rules->n_judgements + 1,
					     sizeof(*out.list)),
				 arena_array(a, none + 3, sizeof(size_t)) };

	for (size_t i = 0; i < rules->n_judgements; i++)
		out.start[target_of(&rules->judgements[i], &of) + 2]++;
	for (size_t i = 2; i < none + 3; i++)
		out.start[i] += out.start[i - 1];
	for (size_t i = 0; i < rules->n_judgements; i++) {
		const struct judgement *j = &rules->judgements[i];

		out.list[out.start[target_of(j, &of) + 1]++] = j;
	}
	return out;
}

static void take_target(struct scoring *s, struct check_report *r,
			const struct by_target *by, size_t i)
{
	s->target = &r->targets[i];
	s->n_scores = 0;
	s->judged = by->list + by->start[i];
	s->n_judged = by->start[i + 1] - by->start[i];
	s->target->n_unknown = 0;
}

static void take_all(struct scoring *s)
{
	for (size_t k = 0; k < s->n_judged; k++)
		take(s, s->judged[k]);
}

static void note_not_run(struct arena *a, struct check_target *t, const char *why)
{
	if (!why)
		return;
	t->state = "not-run";
	note_unknown(a, t, NULL, why);
}

/* Everything but the rules about the check itself, which need to know what is missing. */
static void judge_late(struct check_report *r, struct scoring *s, struct arena *a,
		       const char *const *not_run, bool require_live)
{
	struct by_target by = sort_by_target(r, a);
	size_t n = 0;

	for (size_t i = 0; i < r->n_targets; i++) {
		const char *why = not_run ? not_run[i] : NULL;
		struct gap *gaps;
		size_t n_gaps;

		take_target(s, r, &by, i);
		take_all(s);
		note_not_run(a, s->target, why);
		score_target(a, s, why && require_live);
		n_gaps = gaps_of(a, s->target, &gaps);
		n = rules_run_late(r->facts, r->rules,
				   &(struct judgement){ .entry = s->target->entry,
							.project = s->target->project,
							.host = s->target->host,
							.file = s->target->file },
				   gaps, n_gaps);
	}
	r->rules->n_rules += r->rules->n_rules > 0 ? n : 0;
}

static void score_all(struct check_report *r, const struct check_options *opt,
		      const char *const *not_run)
{
	struct arena *a = r->facts->arena;
	size_t max = 4 * rules_count() + 16;
	struct scoring s = { .report = r,
			     .scores = arena_array(a, max, sizeof(*s.scores)),
			     .max_scores = max,
			     .rules = arena_array(a, rules_count() + 1,
						  sizeof(*s.rules)) };
	struct by_target by;

	for (size_t i = 0; rule_at(i); i++)
		s.rules[i] = rule_at(i);
	judge_late(r, &s, a, not_run, opt->require_live);
	by = sort_by_target(r, a);
	for (size_t i = 0; i < r->n_targets; i++) {
		const char *why = not_run ? not_run[i] : NULL;
		struct check_target *t = &r->targets[i];

		take_target(&s, r, &by, i);
		in_order(s.judged, s.n_judged);
		mark(&s, opt->baseline);
		take_all(&s);
		note_outcomes(a, &s);
		note_not_run(a, t, why);
		score_target(a, &s, why && opt->require_live);
		issues_build(a, t, s.judged, s.n_judged, r->rules, s.scores, s.n_scores);
		repairs_find(t, s.scores, s.n_scores);
		r->complete &= t->complete && !has_gaps(t);
	}
}

static void count_issue(struct check_report *r, const struct check_issue *is)
{
	r->n_suppressed += is->suppression ? is->n_findings : is->n_suppressed;
	if (is->suppression)
		return;
	if (is->preview) {
		r->n_preview += is->n_findings;
		return;
	}
	for (size_t m = 0; m < is->n_findings; m++) {
		r->n[is->findings[m]->severity]++;
		r->n_known[is->findings[m]->severity] += is->findings[m]->known;
	}
}

static void summarise(struct check_report *r, struct arena *a)
{
	int *overall = arena_array(a, r->n_targets + 1, sizeof(*overall));
	size_t n = 0;

	for (int c = 0; c < CAT_MAX; c++)
		r->category_lowest[c] = SCORE_NONE;
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct check_target *t = &r->targets[i];

		for (size_t k = 0; k < t->n_issues; k++) {
			const struct check_issue *is = &t->issues[k];

			count_issue(r, is);
		}
		if (!t->entry || !t->entry->enabled)
			continue;
		overall[n++] = t->overall;
		for (int c = CAT_SECURITY; c < CAT_MAX; c++) {
			int *low = &r->category_lowest[c];

			if (t->cats[c].score != SCORE_NONE &&
			    (*low == SCORE_NONE || t->cats[c].score < *low))
				*low = t->cats[c].score;
		}
	}
	/* servers of a file that could not be read might be the worst */
	r->overall = r->complete ? score_registry(overall, n) : SCORE_NONE;
	r->grade = score_grade(r->overall);
}

/* Runs what may be run; the reason for each entry target that was not. */
static const char *const *run_live(struct facts *f, struct check_report *r,
				   const struct check_options *opt)
{
	const char **why = arena_array(f->arena, r->n_targets + 1, sizeof(*why));

	for (size_t i = 0; i < r->n_servers; i++) {
		struct entry *e = f->entries[r->targets[i].entry->index];

		if (!e->enabled)
			continue;
		r->targets[i].note = target_note(e);
		if (e->listed || e->transport == TRANSPORT_REMOTE)
			continue;
		if (e->transport == TRANSPORT_NONE) {
			why[i] = "it has neither a command nor a url";
			continue;
		}
		e->live = opt->live(opt->live_arg, f->arena, e, &why[i]);
		if (!e->live && !why[i])
			why[i] = "the server was not run";
	}
	return why;
}

bool check_facts(struct facts *f, const struct check_options *opt,
		 struct check_report **ret, struct err *e)
{
	struct check_report *r = arena_alloc(f->arena, sizeof(*r));
	struct rules_plan plan = { .categories = categories_of(opt->type),
				   .live = opt->live != NULL };
	const char *const *not_run = NULL;

	r->facts = f;
	r->type = opt->type ? opt->type : CHECK_FULL;
	r->live = opt->live != NULL;
	targets_build(r, f->arena, opt->only);
	for (size_t i = 0; i < r->n_targets; i++)
		r->complete |= r->targets[i].entry || r->targets[i].n_files_other > 0;
	if (opt->only && r->n_targets == 0)
		return err_set(e, ERR_NOT_FOUND,
			       "no server named \"%.100s\" in these files", opt->only);
	if (opt->live)
		not_run = run_live(f, r, opt);
	r->rules = rules_run(f, &plan);
	if (opt->baseline)
		baseline_rewind(opt->baseline);
	r->baseline = opt->baseline;
	score_all(r, opt, not_run);
	summarise(r, f->arena);
	repairs_over_all(r);
	*ret = r;
	return true;
}

bool check_files(struct arena *a, const char *const *paths, size_t n,
		 const struct check_options *opt, struct check_report **ret,
		 struct err *e)
{
	struct facts *f;

	return facts_read(a, paths, n, &opt->read, &f, e) && check_facts(f, opt, ret, e);
}

const struct check_target *check_target_find(const struct check_report *r,
					     const char *name)
{
	for (size_t i = 0; i < r->n_targets; i++)
		if (str_eq(r->targets[i].name, name))
			return &r->targets[i];
	return NULL;
}

int check_exit_status(const struct check_report *r, enum severity fail_on)
{
	enum severity worst = SEV_INFO;

	if (!r->complete)
		return 3;
	for (int s = SEV_LOW; s <= SEV_CRITICAL; s++)
		if (r->n[s] > r->n_known[s])
			worst = (enum severity)s;
	if (worst == SEV_INFO || worst < fail_on)
		return 0;
	return worst >= SEV_HIGH ? 2 : 1;
}
