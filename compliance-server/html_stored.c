/* SPDX-License-Identifier: Apache-2.0 */
/* Stored checks as a page: one of them, or the newest of every server. */
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/jsonr.h"
#include "compliance-server/html.h"
#include "compliance-server/server_store.h"

#define SERVERS 500

static int hundredths(double v)
{
	return (int)(v * 100 + 0.5);
}

static const struct node *parsed(struct ctx *c, struct json j)
{
	return j.text ? jsonr_parse(c->arena, j.text, strlen(j.text), 0, NULL, NULL)
		      : NULL;
}

static void fill_places(struct ctx *c, const struct failed_rule *f,
			struct html_issue *ret)
{
	const struct node *list = parsed(c, f->findings);

	ret->places =
		arena_array(c->arena, (list ? list->n : 0) + 1, sizeof(*ret->places));
	for (const struct node *n = list ? list->first : NULL; n; n = n->next) {
		const char *file = node_str(node_get(n, "file"));
		const char *where = node_str(node_get(n, "pointer"));
		int64_t line = 0, column = 0;

		(void)node_i64(node_get(n, "line"), &line);
		(void)node_i64(node_get(n, "column"), &column);
		if (file)
			where = arena_printf(c->arena, "%s:%d:%d", file, (int)line,
					     (int)column);
		ret->places[ret->n_places++] = (struct html_place){
			.where = where,
			.message = node_str(node_get(n, "message")),
			.evidence = node_str(node_get(n, "evidence")),
		};
	}
}

static void fill_issue(struct ctx *c, const struct failed_rule *f, struct html_issue *ret)
{
	const struct rule *rule = f->rule ? rule_find(f->rule) : NULL;

	*ret = (struct html_issue){ .rule = f->rule,
				    .title = f->title,
				    .why = rule ? rule->why : NULL,
				    .fix = f->fix,
				    .severity = f->severity,
				    .points = hundredths(f->points),
				    .all_places = f->places > 0 ? (size_t)f->places : 0 };
	fill_places(c, f, ret);
}

static void fill_unknown(struct ctx *c, const struct node *details,
			 struct html_target *ret)
{
	const struct node *list = node_get(details, "unknown");

	ret->unknown =
		arena_array(c->arena, (list ? list->n : 0) + 1, sizeof(*ret->unknown));
	for (const struct node *n = list ? list->first : NULL; n; n = n->next) {
		const char *rule = node_str(node_get(n, "rule"));
		const char *reason = node_str(node_get(n, "reason"));

		ret->unknown[ret->n_unknown++] =
			rule ? arena_printf(c->arena, "%s: %s", rule,
					    reason ? reason : "not judged")
			     : reason;
	}
}

static void fill_target(struct ctx *c, const struct stored_report *r,
			struct html_target *ret)
{
	const struct compliance_check *k = &r->check;
	const char *name = k->server_name;

	*ret = (struct html_target){
		.name = name,
		.type = str_starts(name, "workspace:") ? "workspace"
			: str_starts(name, "host:")    ? "host"
						       : "mcp",
		.state = k->status == STATUS_COMPLETED
				 ? "checked"
				 : names_text(check_statuses, (int)k->status),
		.overall = k->overall_score.set ? hundredths(k->overall_score.v)
						: SCORE_NONE,
	};
	ret->grade = score_grade(ret->overall);
	for (int i = 0; i < CAT_MAX; i++)
		ret->cats[i] = SCORE_NONE;
	for (size_t i = 0; i < r->n_results; i++)
		ret->cats[r->results[i].category] = hundredths(r->results[i].score);
	ret->issues = arena_array(c->arena, r->n_failed + 1, sizeof(*ret->issues));
	for (size_t i = 0; i < r->n_failed; i++)
		fill_issue(c, &r->failed[i], &ret->issues[ret->n_issues++]);
	fill_unknown(c, parsed(c, k->details), ret);
}

/* Overall scores of the newest completed checks of the server, oldest first. */
static bool fill_trend(struct ctx *c, const struct compliance_check *k,
		       struct html_target *t, struct err *e)
{
	const struct check_filter f = { .server_name = k->server_name,
					.check_type = names_text(check_types,
								 (int)k->check_type),
					.status = "completed",
					.limit = HTML_TREND };
	const struct compliance_check *old;
	struct rows rows;

	if (!check_list(c, &f, &rows, e))
		return false;
	old = rows.at;
	for (size_t i = MIN(rows.n, (size_t)HTML_TREND); i > 0; i--)
		if (old[i - 1].overall_score.set)
			t->trend[t->n_trend++] = hundredths(old[i - 1].overall_score.v);
	return true;
}

static void sum_up(struct ctx *c, struct html_page *p)
{
	int *overall = arena_array(c->arena, p->n_targets + 1, sizeof(*overall));
	size_t n = 0;

	p->complete = p->n_targets > 0;
	for (size_t i = 0; i < p->n_targets; i++) {
		const struct html_target *t = &p->targets[i];

		p->complete &= t->n_unknown == 0 && t->overall != SCORE_NONE;
		for (size_t k = 0; k < t->n_issues; k++)
			p->counts[t->issues[k].severity] += t->issues[k].all_places;
		if (str_eq(t->type, "mcp") || p->n_targets == 1)
			overall[n++] = t->overall;
	}
	p->overall = score_registry(overall, n);
	p->grade = score_grade(p->overall);
	p->ruleset = arena_printf(c->arena, "Rule set %s with %zu rules", rules_version(),
				  rules_count());
}

bool html_of_stored(struct ctx *c, const struct stored_report *r, struct html_page *ret,
		    struct err *e)
{
	struct html_page p = { .n_targets = 1 };
	char at[STAMP_LEN] = "";

	p.targets = arena_array(c->arena, 1, sizeof(*p.targets));
	fill_target(c, r, &p.targets[0]);
	if (!fill_trend(c, &r->check, &p.targets[0], e))
		return false;
	p.what = arena_printf(c->arena, "%s, check of type %s", r->check.server_name,
			      names_text(check_types, (int)r->check.check_type));
	if (r->check.completed_at.ms)
		stamp_iso(r->check.completed_at, at);
	p.when = arena_printf(c->arena, "%s %s", r->check.check_id, at);
	sum_up(c, &p);
	*ret = p;
	return true;
}

static bool add_newest(struct ctx *c, const char *name, struct html_page *p,
		       struct err *e)
{
	const struct check_filter f = { .server_name = name,
					.status = "completed",
					.limit = 1 };
	const struct compliance_check *k;
	struct stored_report r;
	struct rows rows;

	if (!check_list(c, &f, &rows, e))
		return false;
	if (rows.n == 0)
		return true;
	k = rows.at;
	if (!stored_report_load(c, k->check_id, &r, e))
		return false;
	fill_target(c, &r, &p->targets[p->n_targets]);
	return fill_trend(c, &r.check, &p->targets[p->n_targets++], e);
}

bool html_of_registry(struct ctx *c, struct html_page *ret, struct err *e)
{
	const struct server_filter f = { .limit = SERVERS };
	struct html_page p = { .n_targets = 0 };
	const struct server *s;
	struct rows rows;

	if (!server_list(c, &f, &rows, e))
		return false;
	s = rows.at;
	p.targets = arena_array(c->arena, SERVERS + 1, sizeof(*p.targets));
	for (size_t i = 0; i < rows.n && i < SERVERS; i++)
		if (!add_newest(c, s[i].name, &p, e))
			return false;
	p.what = arena_printf(c->arena, "newest checks of %zu registered", p.n_targets);
	sum_up(c, &p);
	*ret = p;
	return true;
}
