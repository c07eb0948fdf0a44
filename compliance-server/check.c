/* SPDX-License-Identifier: Apache-2.0 */
/* Facts, rules, scores, issues: one pass, in that order. */
#include "compliance-server/check.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/check_issue.h"
#include "compliance-server/check_target.h"

const char *const check_types[] = {
	"", "full", "security", "performance", "configuration", NULL
};

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
				    [OUTCOME_UNKNOWN] = 3,
				    [OUTCOME_FAIL] = 4 };

	return rank[a] >= rank[b] ? a : b;
}

struct scoring {
	const struct check_report *report;
	struct check_target *target;
	struct rule_score *scores;
	const struct judgement **judged; /* of this target, in order of rules */
	size_t n_scores, max_scores, n_judged;
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

/* A finding that its rule moved to another category counts in both. */
static void take(struct scoring *s, const struct judgement *j)
{
	const struct findings *all = &s->report->rules->findings;
	struct rule_score *r = score_of(s, j->rule, j->rule->category);

	r->outcome = joined(r->outcome, j->outcome);
	for (size_t i = j->first; i < j->first + j->n; i++) {
		const struct finding *f = &all->v[i];

		score_of(s, j->rule, j->rule->category)->n[f->severity]++;
		if (f->category == j->rule->category)
			continue;
		r = score_of(s, j->rule, f->category);
		r->outcome = OUTCOME_FAIL;
		r->n[f->severity]++;
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

static bool open_critical(const struct check_target *t)
{
	for (size_t i = 0; i < t->n_issues; i++)
		if (t->issues[i].severity == SEV_CRITICAL && !t->issues[i].preview)
			return true;
	return false;
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
						  "%s: not JSON, so no server in it was "
						  "examined",
						  f->path));
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

static void score_target(struct arena *a, struct scoring *s, bool live_missing)
{
	struct check_target *t = s->target;
	bool nothing = nothing_in(t);

	note_all(a, s);
	for (int c = CAT_SECURITY; c < CAT_MAX; c++)
		score_category(s->scores, s->n_scores, (enum category)c, &t->cats[c]);
	issues_build(a, t, s->judged, s->n_judged, s->report->rules, s->scores,
		     s->n_scores);
	t->overall = score_overall(t->cats, open_critical(t));
	t->complete = !live_missing && t->n_unread == 0 &&
		      s->report->rules->n_rules > 0 && (!nothing || s->report->complete);
	/* what little was judged must not look like a result */
	for (int c = CAT_SECURITY; (nothing || t->n_unread > 0) && c < CAT_MAX; c++)
		t->cats[c].score = t->overall = SCORE_NONE;
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

static void score_all(struct check_report *r, struct arena *a, const char *const *not_run,
		      bool require_live)
{
	struct by_target by = sort_by_target(r, a);
	size_t max = 4 * rules_count() + 16;
	struct scoring s = { .report = r,
			     .scores = arena_array(a, max, sizeof(*s.scores)),
			     .max_scores = max };

	for (size_t i = 0; i < r->n_targets; i++) {
		struct check_target *t = &r->targets[i];
		const char *why = not_run && t->entry ? not_run[i] : NULL;

		s.target = t;
		s.n_scores = 0;
		s.judged = by.list + by.start[i];
		s.n_judged = by.start[i + 1] - by.start[i];
		for (size_t k = 0; k < s.n_judged; k++)
			take(&s, s.judged[k]);
		if (why) {
			t->state = "not-run";
			note_unknown(a, t, NULL, why);
		}
		score_target(a, &s, why && require_live);
		r->complete &= t->complete;
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

			if (is->preview)
				r->n_preview += is->n_findings;
			else
				for (size_t m = 0; m < is->n_findings; m++)
					r->n[is->findings[m]->severity]++;
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
		if (e->transport == TRANSPORT_REMOTE) {
			r->targets[i].note =
				"a remote server is judged from the file only";
			continue;
		}
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
	score_all(r, f->arena, not_run, opt->require_live);
	summarise(r, f->arena);
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
		if (r->n[s] > 0)
			worst = (enum severity)s;
	if (worst == SEV_INFO || worst < fail_on)
		return 0;
	return worst >= SEV_HIGH ? 2 : 1;
}
