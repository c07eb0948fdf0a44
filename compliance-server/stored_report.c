/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a stored check, made again from its rows. */
#include "compliance-server/stored_report.h"

#include <stdlib.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"

#define FIX_FIRST   3
#define DETAILS_MAX (1024 * 1024)

const struct field failed_rule_fields[] = {
	FIELD(struct failed_rule, rule, .req = true),
	FIELD(struct failed_rule, severity, .names = severities, .req = true),
	FIELD(struct failed_rule, category, .names = categories, .req = true),
	FIELD(struct failed_rule, title, .req = true),
	COLUMN(struct failed_rule, issue_id),
	FIELD(struct failed_rule, fix, .flags = FIELD_CUT),
	FIELD(struct failed_rule, points, .scale = 2, .req = true,
	      .doc = "Cost in the category's score."),
	FIELD(struct failed_rule, places, .req = true),
	FIELD(struct failed_rule, findings, .doc = "file, line, column, message."),
	FIELDS_END
};

static struct node *parse(struct ctx *c, struct json j)
{
	return j.text ? jsonr_parse(c->arena, j.text, strlen(j.text), 0, NULL, NULL)
		      : NULL;
}

static double number(const struct node *n)
{
	double v;

	return n && n->text && str_to_f64(n->text, &v) ? v : 0;
}

/* category: that of the row, where the rule does not tell its own. */
static void take(struct ctx *c, const struct node *n, enum category category,
		 struct failed_rule *ret)
{
	const struct node *findings = node_get(n, "findings");
	int own = names_find(categories, node_str(node_get(n, "category")));

	*ret = (struct failed_rule){
		.severity = (enum severity)names_find(severities,
						      node_str(node_get(n, "severity"))),
		.rule = node_str(node_get(n, "rule")),
		.category = own ? (enum category)own : category,
		.title = node_str(node_get(n, "title")),
		.issue_id = node_str(node_get(n, "issue_id")),
		.fix = node_str(node_get(n, "fix")),
		.points = number(node_get(n, "points")),
		.findings.text = findings ? node_raw(c->arena, findings) : NULL,
	};
	(void)node_i64(node_get(n, "n"), &ret->places);
}

static int worst_first(const void *x, const void *y)
{
	const struct failed_rule *a = x, *b = y;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	return strcmp(a->rule ? a->rule : "", b->rule ? b->rule : "");
}

static void load_failed(struct ctx *c, struct stored_report *r)
{
	const struct node **lists =
		arena_array(c->arena, r->n_results + 1, sizeof(*lists));
	size_t n = 0;

	/* a category that is incomplete has no row: what failed stands with the check */
	for (size_t i = 0; i <= r->n_results; i++) {
		lists[i] = node_get(parse(c, i < r->n_results ? r->results[i].details
							      : r->check.details),
				    "failed");
		n += lists[i] ? lists[i]->n : 0;
	}
	r->failed = arena_array(c->arena, n + 1, sizeof(*r->failed));
	for (size_t i = 0; i <= r->n_results; i++) {
		const struct node *one = lists[i] ? lists[i]->first : NULL;

		for (; one; one = one->next)
			take(c, one,
			     i < r->n_results ? r->results[i].category : CAT_SECURITY,
			     &r->failed[r->n_failed++]);
	}
	qsort(r->failed, r->n_failed, sizeof(*r->failed), worst_first);
	for (size_t i = 0; i < r->n_failed; i++)
		r->failed[i].index = (int64_t)i + 1;
}

bool stored_report_load(struct ctx *c, const char *check_id, struct stored_report *ret,
			struct err *e)
{
	struct stored_report r = { .n_failed = 0 };
	struct rows rows;

	if (!check_by_id(c, check_id, &r.check, e) ||
	    !result_list(c, r.check.id, &rows, e))
		return false;
	r.results = rows.at;
	r.n_results = rows.n;
	load_failed(c, &r);
	*ret = r;
	return true;
}

struct json check_details_brief(struct ctx *c, struct json details)
{
	const struct node *top = parse(c, details);
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	struct jsonw w;

	if (!node_get(top, "failed"))
		return details;
	buf_init(&b, DETAILS_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	for (const struct node *n = top->first; n; n = n->next)
		if (!str_eq(n->key, "failed"))
			jsonw_raw(&w, n->key, node_raw(c->arena, n));
	jsonw_end(&w);
	details.text = b.overflow ? NULL : arena_strdup(c->arena, buf_text(&b));
	return details;
}

static void put_head(struct arena *a, const struct stored_report *r,
		     const struct node *details, struct buf *out)
{
	const struct compliance_check *k = &r->check;
	const char *mode = node_str(node_get(details, "mode"));
	const char *grade = node_str(node_get(details, "grade"));
	char at[STAMP_LEN] = "";

	if (k->completed_at.ms)
		stamp_iso(k->completed_at, at);
	buf_addf(out, "# %s: ", str_printable(a, k->server_name, 400));
	if (k->overall_score.set)
		buf_addf(out, "%.2f of 100%s%s", k->overall_score.v,
			 grade ? ", grade " : "", grade ? grade : "");
	else
		buf_adds(out, k->status == STATUS_COMPLETED
				      ? "no score, something could not be examined"
				      : names_text(check_statuses, (int)k->status));
	buf_addf(out, "\n\n%s%scheck of type %s%s%s, %s\n", mode ? mode : "",
		 mode ? " " : "", names_text(check_types, (int)k->check_type),
		 at[0] ? ", " : "", at, k->check_id);
}

static void put_scores(const struct stored_report *r, struct buf *out)
{
	if (r->n_results == 0)
		return;
	buf_adds(out, "\n| category | score | passed | failed |\n|---|---|---|---|\n");
	for (size_t i = 0; i < r->n_results; i++) {
		const struct compliance_result *x = &r->results[i];

		buf_addf(out, "| %s | %.2f | %lld | %lld |\n",
			 names_text(categories, (int)x->category), x->score,
			 (long long)x->passed_checks, (long long)x->failed_checks);
	}
}

static int dearest_first(const void *x, const void *y)
{
	const struct failed_rule *a = *(const struct failed_rule *const *)x;
	const struct failed_rule *b = *(const struct failed_rule *const *)y;

	if (a->points > b->points || a->points < b->points)
		return a->points > b->points ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

/* Everything of the plan was judged, and the counts agree that nothing failed. */
static bool all_passed(const struct stored_report *r, const struct node *details)
{
	const struct node *complete = node_get(details, "complete");
	const struct node *counts = node_get(details, "issues");
	int64_t n;

	if (!complete || complete->kind != NODE_BOOL || !complete->truth ||
	    !r->check.overall_score.set)
		return false;
	for (size_t i = 0; i < r->n_results; i++)
		if (r->results[i].failed_checks > 0)
			return false;
	for (const struct node *one = counts ? counts->first : NULL; one; one = one->next)
		if (!node_i64(one, &n) || n > 0)
			return false;
	return true;
}

static void put_fix_first(struct arena *a, const struct stored_report *r,
			  const struct node *details, struct buf *out)
{
	const struct failed_rule **list = arena_array(a, r->n_failed + 1, sizeof(*list));

	if (r->n_failed == 0) {
		buf_adds(out, all_passed(r, details)
				      ? "\nNothing failed.\n"
				      : "\nNo verdict: what was judged is not all, and "
					"list_compliance_issues shows what is open.\n");
		return;
	}
	for (size_t i = 0; i < r->n_failed; i++)
		list[i] = &r->failed[i];
	qsort(list, r->n_failed, sizeof(*list), dearest_first);
	buf_adds(out, "\nFix these first:\n");
	for (size_t i = 0; i < r->n_failed && i < FIX_FIRST; i++)
		buf_addf(out, "%zu. %s %s: %s\n", i + 1, list[i]->rule, list[i]->title,
			 list[i]->fix ? list[i]->fix : "");
}

static void put_places(struct arena *a, const struct failed_rule *f, size_t *left,
		       struct buf *out)
{
	const struct node *list =
		f->findings.text ? jsonr_parse(a, f->findings.text,
					       strlen(f->findings.text), 0, NULL, NULL)
				 : NULL;
	const struct node *one = list ? list->first : NULL;

	for (; one && *left > 0; one = one->next, (*left)--) {
		const char *file = node_str(node_get(one, "file"));
		const char *message = node_str(node_get(one, "message"));
		int64_t line = 0, column = 0;

		(void)node_i64(node_get(one, "line"), &line);
		(void)node_i64(node_get(one, "column"), &column);
		buf_adds(out, "  - ");
		if (file)
			buf_addf(out, "%s:%lld:%lld ", str_printable(a, file, 400),
				 (long long)line, (long long)column);
		buf_addf(out, "%s\n", message ? message : "");
	}
}

static void put_unknown(const struct node *details, struct buf *out)
{
	const struct node *list = node_get(details, "unknown");

	if (!list || list->n == 0)
		return;
	buf_adds(out, "\nCould not be judged:\n");
	for (const struct node *n = list->first; n; n = n->next) {
		const char *rule = node_str(node_get(n, "rule"));
		const char *reason = node_str(node_get(n, "reason"));

		buf_addf(out, "- %s%s%s\n", rule ? rule : "", rule ? ": " : "",
			 reason ? reason : "");
	}
}

void stored_report_text(const struct stored_report *r, size_t lines, struct buf *out)
{
	struct arena *a = arena_new();
	const char *text = r->check.details.text;
	const struct node *details =
		text ? jsonr_parse(a, text, strlen(text), 0, NULL, NULL) : NULL;
	size_t left = lines;

	put_head(a, r, details, out);
	put_scores(r, out);
	if (r->check.status == STATUS_COMPLETED)
		put_fix_first(a, r, details, out);
	if (r->n_failed > 0)
		buf_adds(out, "\nAll that failed:\n");
	for (size_t i = 0; i < r->n_failed && left > 0; i++) {
		const struct failed_rule *f = &r->failed[i];

		buf_addf(out, "- %s %s %s\n", names_text(severities, (int)f->severity),
			 f->rule, f->title);
		put_places(a, f, &left, out);
	}
	if (left == 0)
		buf_adds(out, "- and more: see findings\n");
	put_unknown(details, out);
	arena_free(a);
}
