/* SPDX-License-Identifier: Apache-2.0 */
/* A fresh check as a page. */
#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/html.h"
#include "compliance-server/report.h"

#define INCOMPLETE 3
#define PLACES	   200 /* of one issue */
#define UNKNOWN	   20  /* of one target */

static void fill_issue(struct arena *a, const struct check_issue *is,
		       struct html_issue *ret)
{
	*ret = (struct html_issue){ .rule = is->rule->id,
				    .title = is->title,
				    .why = is->rule->why,
				    .fix = is->recommendation,
				    .severity = is->severity,
				    .points = is->points,
				    .preview = is->preview,
				    .closed = is->suppression ? is->suppression->reason
							      : NULL,
				    .all_places = is->n_findings };
	if (is->suppression)
		ret->closed = arena_printf(a, "until %s: %s", is->suppression->expires,
					   is->suppression->reason);
	ret->n_places = MIN(is->n_findings, (size_t)PLACES);
	ret->places = arena_array(a, ret->n_places + 1, sizeof(*ret->places));
	for (size_t i = 0; i < ret->n_places; i++) {
		const struct finding *f = is->findings[i];
		const char *where = f->pointer;

		if (f->file)
			where = arena_printf(a, "%s:%d:%d", f->file->shown, f->line,
					     f->col);
		ret->places[i] = (struct html_place){ where, f->message, f->evidence };
	}
}

static void fill_target(struct arena *a, const struct check_target *t,
			struct html_target *ret)
{
	*ret = (struct html_target){ .name = t->name,
				     .type = t->type,
				     .state = t->state,
				     .note = t->note,
				     .overall = t->overall,
				     .grade = t->grade };
	for (int c = 0; c < CAT_MAX; c++)
		ret->cats[c] = c >= CAT_SECURITY && t->cats[c].assessed ? t->cats[c].score
									: SCORE_NONE;
	ret->issues = arena_array(a, t->n_issues + 1, sizeof(*ret->issues));
	for (size_t i = 0; i < t->n_issues; i++)
		fill_issue(a, &t->issues[i], &ret->issues[ret->n_issues++]);
	ret->unknown = arena_array(a, UNKNOWN + 1, sizeof(*ret->unknown));
	for (size_t i = 0; i < t->n_unknown && i < UNKNOWN; i++) {
		const struct check_unknown *u = &t->unknown[i];
		const char *why = u->reason ? u->reason : "not judged";

		ret->unknown[ret->n_unknown++] =
			u->rule ? arena_printf(a, "%s: %s", u->rule->id, why) : why;
	}
	if (t->n_unknown > UNKNOWN)
		ret->unknown[ret->n_unknown++] =
			arena_printf(a, "and %zu more", t->n_unknown - UNKNOWN);
}

static const char *count(struct arena *a, size_t n, const char *what)
{
	return arena_printf(a, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

void html_of_report(const struct check_report *r, struct arena *a, struct html_page *ret)
{
	struct html_page p = { .complete = r->complete,
			       .overall = r->overall,
			       .grade = r->grade };

	p.what = arena_printf(
		a, "%s, %s, %s, %s check", count(a, r->facts->n_files, "file"),
		count(a, r->n_servers, "server"), count(a, r->rules->n_rules, "rule"),
		r->live ? "live" : "static");
	p.ruleset = arena_printf(a, "Rule set %s with %zu rules", rules_version(),
				 rules_count());
	for (int s = 0; s <= SEV_CRITICAL; s++)
		p.counts[s] = r->n[s];
	p.targets = arena_array(a, r->n_targets + 1, sizeof(*p.targets));
	for (size_t i = 0; i < r->n_targets; i++)
		fill_target(a, &r->targets[i], &p.targets[p.n_targets++]);
	*ret = p;
}

void report_html(const struct check_report *r, const struct report_options *opt,
		 struct buf *out)
{
	struct html_page p;

	html_of_report(r, r->facts->arena, &p);
	p.complete = report_exit_status(r, opt) != INCOMPLETE;
	html_write(&p, r->facts->arena, out);
}
