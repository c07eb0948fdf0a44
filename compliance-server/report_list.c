/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of a report in the order that a format wants, and words that formats share. */
#include "compliance-server/report_list.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/report.h"

static bool wanted(const struct finding *f, unsigned parts)
{
	return parts & (f->suppression		   ? REPORT_SUPPRESSED
			: rule_is_preview(f->rule) ? REPORT_PREVIEW
			: f->severity == SEV_INFO  ? REPORT_INFO
						   : REPORT_COUNTED);
}

static int by_place(const struct report_item *a, const struct report_item *b)
{
	const struct finding *x = a->finding, *y = b->finding;
	int order = strcmp(x->file ? x->file->path : "", y->file ? y->file->path : "");

	if (order != 0)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->col != y->col)
		return x->col < y->col ? -1 : 1;
	order = strcmp(x->pointer, y->pointer);
	return order != 0 ? order : strcmp(x->message, y->message);
}

static int canonical(const void *x, const void *y)
{
	const struct report_item *a = x, *b = y;
	int order;

	if (a->target != b->target)
		return a->target < b->target ? -1 : 1;
	order = strcmp(a->finding->rule->id, b->finding->rule->id);
	return order != 0 ? order : by_place(a, b);
}

static int worst_first(const void *x, const void *y)
{
	const struct report_item *a = x, *b = y;

	if (a->finding->severity != b->finding->severity)
		return a->finding->severity > b->finding->severity ? -1 : 1;
	return canonical(x, y);
}

static void add(struct report_items *items, const struct check_target *t,
		const struct check_issue *i, const struct finding *const *v, size_t n,
		unsigned parts)
{
	for (size_t k = 0; k < n; k++) {
		if (!wanted(v[k], parts))
			continue;
		if (items->v)
			items->v[items->n] = (struct report_item){ t, i, v[k] };
		items->n++;
	}
}

static void add_target(struct report_items *items, const struct check_target *t,
		       unsigned parts)
{
	for (size_t i = 0; i < t->n_issues; i++) {
		const struct check_issue *is = &t->issues[i];

		add(items, t, is, is->findings, is->n_findings, parts);
		add(items, t, is, is->suppressed, is->n_suppressed, parts);
	}
}

struct report_items report_items(struct arena *a, const struct check_report *r,
				 const struct check_target *t, unsigned parts)
{
	size_t first = t ? (size_t)(t - r->targets) : 0, n = t ? 1 : r->n_targets;
	struct report_items count = { NULL, 0 }, items;

	for (size_t i = first; i < first + n; i++)
		add_target(&count, &r->targets[i], parts);
	items = (struct report_items){ arena_array(a, count.n + 1, sizeof(*items.v)), 0 };
	for (size_t i = first; i < first + n; i++)
		add_target(&items, &r->targets[i], parts);
	if (items.n > 0)
		qsort(items.v, items.n, sizeof(*items.v), canonical);
	return items;
}

void report_items_by_severity(struct report_items *items)
{
	if (items->n > 0)
		qsort(items->v, items->n, sizeof(*items->v), worst_first);
}

const char *report_score(struct arena *a, int h)
{
	return h == SCORE_NONE ? "no score"
			       : arena_printf(a, "%d.%02d", h / 100, h % 100);
}

static const char *counts(struct arena *a, const struct check_report *r)
{
	const char *out = "";

	for (int s = SEV_CRITICAL; s >= SEV_LOW; s--)
		if (r->n[s] > 0)
			out = arena_printf(a, "%s%s%zu %s", out, *out ? ", " : "",
					   r->n[s], severity_text((enum severity)s));
	return out;
}

const char *report_verdict(struct arena *a, const struct check_report *r,
			   const struct report_options *opt)
{
	const char *n = counts(a, r);

	switch (report_exit_status(r, opt)) {
	case 0:
		return *n ? arena_printf(a,
					 "Passed, with findings below the threshold: %s.",
					 n)
			  : "Passed: nothing was found.";
	case 1:
	case 2:
		return arena_printf(a, "Failed: %s.", n);
	default:
		return r->complete ? "No verdict: the result could not be kept."
				   : "Incomplete: something could not be examined, so no "
				     "verdict is given.";
	}
}

const struct report_format report_formats[] = {
	{ "text", "text/plain", report_text },
	{ "json", "application/json", report_json },
	{ "sarif", "application/sarif+json", report_sarif },
	{ "junit", "application/xml", report_junit },
	{ "markdown", "text/markdown", report_markdown },
	{ "html", "text/html", report_html },
	{ .name = NULL },
};

const struct report_format *report_format_find(const char *name)
{
	for (const struct report_format *f = report_formats; f->name; f++)
		if (str_eq(f->name, name))
			return f;
	return NULL;
}

const char *report_format_names(struct arena *a)
{
	const char *out = "";

	for (const struct report_format *f = report_formats; f->name; f++)
		out = arena_printf(a, "%s%s%s", out, *out ? ", " : "", f->name);
	return out;
}
