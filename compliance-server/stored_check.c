/* SPDX-License-Identifier: Apache-2.0 */
/* A stored check as a report again, for the formats: what failed, with the places that
 * are kept, the scores, and what was unknown. What passed is kept as numbers only. */
#include <string.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/server_store.h"
#include "compliance-server/stored_report.h"
#include "compliance-server/target.h"

struct maker {
	struct ctx *c;
	const struct stored_report *stored;
	struct target_source source;
	struct check_target *t;
};

static const struct node *parsed(struct ctx *c, struct json j)
{
	return j.text ? jsonr_parse(c->arena, j.text, strlen(j.text), 0, NULL, NULL)
		      : NULL;
}

static const char *text_of(const struct node *n, const char *key)
{
	const char *s = node_str(node_get(n, key));

	return s ? s : "";
}

static int int_of(const struct node *n, const char *key)
{
	int64_t v = 0;

	return node_i64(node_get(n, key), &v) && v > 0 && v < INT32_MAX ? (int)v : 0;
}

static int hundredths(double v)
{
	return (int)(v * 100 + 0.5);
}

/* shown is relative to the project; where that is, the registry knows. */
static const struct config_file *file_of(const struct maker *m, const char *shown)
{
	struct config_file *f = arena_alloc(m->c->arena, sizeof(*f));
	const char *path = m->source.inline_text ? NULL : m->source.path;

	f->path = f->shown = f->real = shown;
	f->root = "";
	f->host = host_by_id(HOST_GENERIC);
	if (path && m->source.pointer && str_ends(path, shown))
		f->real = path;
	else if (path && !m->source.pointer)
		f->real = arena_printf(m->c->arena, "%s/%s", path, shown);
	return f;
}

static void fill_finding(const struct maker *m, const struct node *n,
			 const struct check_issue *i, struct finding *ret)
{
	const char *file = node_str(node_get(n, "file"));

	*ret = (struct finding){ .rule = i->rule,
				 .severity = i->severity,
				 .category = i->category,
				 .file = file ? file_of(m, file) : NULL,
				 .line = int_of(n, "line"),
				 .col = int_of(n, "column"),
				 .pointer = text_of(n, "pointer"),
				 .stable = "",
				 .evidence = text_of(n, "evidence"),
				 .evidence_kind = "",
				 .message = text_of(n, "message"),
				 .fix = i->recommendation };
	ret->component = file ? arena_printf(m->c->arena, "%s#%s", file, ret->pointer)
			      : ret->pointer;
	snprintf(ret->fingerprint, sizeof(ret->fingerprint), "%.16s",
		 text_of(n, "fingerprint"));
}

static void add_issue(struct maker *m, const struct failed_rule *f)
{
	const struct rule *rule = f->rule ? rule_find(f->rule) : NULL;
	const struct node *list = parsed(m->c, f->findings);
	struct check_issue *i = &m->t->issues[m->t->n_issues];
	struct finding *all;

	if (!rule || !list || list->n == 0)
		return;
	*i = (struct check_issue){ .rule = rule,
				   .severity = f->severity,
				   .category = f->category,
				   .title = f->title ? f->title : rule->title,
				   .description = rule->why,
				   .recommendation = f->fix ? f->fix : rule->fix,
				   .points = hundredths(f->points) };
	snprintf(i->issue_id, sizeof(i->issue_id), "%.31s",
		 f->issue_id ? f->issue_id : "");
	all = arena_array(m->c->arena, list->n, sizeof(*all));
	i->findings = arena_array(m->c->arena, list->n, sizeof(*i->findings));
	i->affected_components.v = arena_array(m->c->arena, list->n, sizeof(char *));
	for (const struct node *n = list->first; n; n = n->next) {
		fill_finding(m, n, i, &all[i->n_findings]);
		i->findings[i->n_findings] = &all[i->n_findings];
		i->affected_components.v[i->affected_components.n++] =
			all[i->n_findings++].component;
	}
	m->t->n_issues++;
}

static void add_unknown(struct maker *m, const struct node *details)
{
	const struct node *list = node_get(details, "unknown");
	struct check_target *t = m->t;

	t->unknown =
		arena_array(m->c->arena, (list ? list->n : 0) + 1, sizeof(*t->unknown));
	for (const struct node *n = list ? list->first : NULL; n; n = n->next) {
		const char *id = node_str(node_get(n, "rule"));

		t->unknown[t->n_unknown++] =
			(struct check_unknown){ id ? rule_find(id) : NULL,
						text_of(n, "reason") };
	}
	if (m->stored->check.status != STATUS_COMPLETED)
		t->unknown[t->n_unknown++] =
			(struct check_unknown){ NULL,
						"the check did not come to its end" };
}

static void add_categories(struct maker *m)
{
	for (size_t i = 0; i < m->stored->n_results; i++) {
		const struct compliance_result *x = &m->stored->results[i];
		const struct node *d = parsed(m->c, x->details);
		const struct node *kept = node_get(d, "outcomes");
		double without;
		const struct node *w = node_get(d, "score_without_suppressions");

		m->t->cats[x->category] = (struct category_score){
			.assessed = true,
			.complete = true,
			.score = hundredths(x->score),
			.score_without_suppressions =
				w && w->text && str_to_f64(w->text, &without)
					? hundredths(without)
					: hundredths(x->score),
			.passed = (size_t)x->passed_checks,
			.failed = (size_t)x->failed_checks,
			.not_applicable = (size_t)int_of(kept, "not_applicable"),
			.unknown = (size_t)int_of(kept, "unknown"),
			.suppressed = (size_t)int_of(kept, "suppressed"),
		};
	}
}

static void note_outcomes(struct maker *m)
{
	struct check_target *t = m->t;
	const struct rule *r;

	t->outcomes = arena_alloc(m->c->arena, rules_count() + 1);
	for (size_t k = 0; (r = rule_at(k)); k++) {
		for (size_t i = 0; i < t->n_unknown; i++)
			if (t->unknown[i].rule == r)
				t->outcomes[k] = OUTCOME_UNKNOWN;
		for (size_t i = 0; i < t->n_issues; i++)
			if (t->issues[i].rule == r)
				t->outcomes[k] = OUTCOME_FAIL;
	}
}

/* The dearest rules: what each would raise is not kept. */
static void note_repairs(struct check_target *t)
{
	for (size_t i = 0; i < t->n_issues; i++) {
		struct check_repair one = { t, &t->issues[i], 0, t->issues[i].points };
		size_t k = t->n_fix_first;

		while (k > 0 && one.weight > t->fix_first[k - 1].weight)
			k--;
		if (one.weight == 0 || k == REPAIRS)
			continue;
		t->n_fix_first = MIN(t->n_fix_first + 1, (size_t)REPAIRS);
		memmove(&t->fix_first[k + 1], &t->fix_first[k],
			(t->n_fix_first - k - 1) * sizeof(one));
		t->fix_first[k] = one;
	}
}

static void summarise(struct check_report *r, const struct check_target *t)
{
	for (size_t i = 0; i < t->n_issues; i++)
		r->n[t->issues[i].severity] += t->issues[i].n_findings;
	for (int c = CAT_SECURITY; c < CAT_MAX; c++) {
		r->category_lowest[c] =
			t->cats[c].assessed ? t->cats[c].score : SCORE_NONE;
		r->rules->n_rules += t->cats[c].passed + t->cats[c].failed;
	}
	r->overall = t->overall;
	r->grade = t->grade;
	memcpy(r->fix_first, t->fix_first, sizeof(r->fix_first));
	r->n_fix_first = t->n_fix_first;
}

bool stored_report_check(struct ctx *c, const struct stored_report *s,
			 const struct check_report **ret, struct err *e)
{
	struct arena *a = c->arena;
	struct check_report *r = arena_alloc(a, sizeof(*r));
	struct facts *facts = arena_alloc(a, sizeof(*facts));
	struct maker m = { .c = c, .stored = s, .t = arena_alloc(a, sizeof(*m.t)) };
	const struct node *details = parsed(c, s->check.details);
	const struct node *complete = node_get(details, "complete");
	struct server row;

	if (!server_by_name(c, s->check.server_name, &row, e))
		return false;
	target_source(a, &row, &m.source);
	facts->arena = a;
	*m.t = (struct check_target){
		.name = s->check.server_name,
		.type = row.type,
		.complete = complete && complete->truth,
		.overall = s->check.overall_score.set
				   ? hundredths(s->check.overall_score.v)
				   : SCORE_NONE
	};
	m.t->state = m.t->complete ? "checked" : "incomplete";
	m.t->grade = score_grade(m.t->overall);
	m.t->issues = arena_array(a, s->n_failed + 1, sizeof(*m.t->issues));
	for (size_t i = 0; i < s->n_failed; i++)
		add_issue(&m, &s->failed[i]);
	add_unknown(&m, details);
	add_categories(&m);
	note_outcomes(&m);
	note_repairs(m.t);
	*r = (struct check_report){ .facts = facts,
				    .rules = arena_alloc(a, sizeof(*r->rules)),
				    .type = s->check.check_type,
				    .live = str_eq(text_of(details, "mode"), "live"),
				    .complete = m.t->complete,
				    .targets = m.t,
				    .n_targets = 1,
				    .n_servers = str_eq(row.type, "mcp") };
	summarise(r, m.t);
	*ret = r;
	return true;
}
