/* SPDX-License-Identifier: Apache-2.0 */
/* Issues: id, worst severity, a description a person can act on, the places. */
#include "compliance-server/check_issue.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/names.h"
#include "common/base/str.h"

#define LIMIT_COMPONENTS 200
#define LIMIT_LINES	 50

static void issue_id(struct check_issue *i, const char *target)
{
	struct buf b CLEANUP(buf_release);
	char hex[DIGEST_HEX_LEN];

	buf_init(&b, 64 * 1024);
	buf_adds(&b, i->rule->id);
	buf_addc(&b, '\0');
	buf_adds(&b, names_text(categories, (int)i->category));
	buf_addc(&b, '\0');
	buf_adds(&b, target);
	digest_sha256_hex(buf_text(&b), b.len, hex);
	buf_reset(&b);
	buf_addf(&b, "%s-%.16s", i->rule->id, hex);
	memcpy(i->issue_id, buf_text(&b), MIN(b.len + 1, sizeof(i->issue_id)));
	i->issue_id[sizeof(i->issue_id) - 1] = '\0';
}

static const char *description(struct arena *a, const struct check_issue *i)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, 256 * 1024);
	buf_adds(&b, i->rule->why);
	for (size_t k = 0; k < i->n_findings && k < LIMIT_LINES; k++) {
		const struct finding *f = i->findings[k];

		buf_addc(&b, '\n');
		if (f->file)
			buf_addf(&b, "%s:%d:%d: ", f->file->shown, f->line, f->col);
		buf_adds(&b, f->message);
		if (!str_empty(f->evidence))
			buf_addf(&b, " (%s)", f->evidence);
	}
	if (i->n_findings > LIMIT_LINES)
		buf_addf(&b, "\n+%zu more", i->n_findings - LIMIT_LINES);
	if (i->suppression)
		buf_addf(&b, "\nSuppressed until %s: %s", i->suppression->expires,
			 i->suppression->reason);
	return arena_strdup(a, buf_text(&b));
}

/* The concrete repair when all places share it, else the rule's. */
static const char *recommendation(const struct check_issue *i)
{
	for (size_t k = 1; k < i->n_findings; k++)
		if (!str_eq(i->findings[k]->fix, i->findings[0]->fix))
			return i->rule->fix;
	return i->findings[0]->fix;
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct strs components(struct arena *a, const struct check_issue *i)
{
	struct strs out = { arena_array(a, i->n_findings, sizeof(char *)), 0 };
	size_t n = 0;

	for (size_t k = 0; k < i->n_findings; k++)
		out.v[n++] = i->findings[k]->component;
	qsort(out.v, n, sizeof(*out.v), compare_text);
	for (size_t k = 0; k < n; k++)
		if (k == 0 || !str_eq(out.v[k], out.v[k - 1]))
			out.v[out.n++] = out.v[k];
	if (out.n > LIMIT_COMPONENTS) {
		out.v[LIMIT_COMPONENTS - 1] =
			arena_printf(a, "+%zu more", out.n - LIMIT_COMPONENTS + 1);
		out.n = LIMIT_COMPONENTS;
	}
	return out;
}

static int compare_issue(const void *x, const void *y)
{
	const struct check_issue *a = x, *b = y;

	if ((a->suppression != NULL) != (b->suppression != NULL))
		return a->suppression ? 1 : -1;
	if (a->preview != b->preview)
		return a->preview ? 1 : -1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	return strcmp(a->rule->id, b->rule->id);
}

static int compare_finding(const void *x, const void *y)
{
	const struct finding *a = *(const struct finding *const *)x;
	const struct finding *b = *(const struct finding *const *)y;
	int order = a->file && b->file ? strcmp(a->file->shown, b->file->shown) : 0;

	if (order != 0)
		return order;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->col != b->col)
		return a->col < b->col ? -1 : 1;
	return strcmp(a->pointer, b->pointer);
}

/* Nothing left that counts: the issue is about what was suppressed. */
static void turn(struct check_issue *i)
{
	if (i->n_findings > 0)
		return;
	i->findings = i->suppressed;
	i->n_findings = i->n_suppressed;
	i->suppressed = NULL;
	i->n_suppressed = 0;
	i->suppression = i->findings[0]->suppression;
}

static void sort_findings(const struct finding **v, size_t n)
{
	if (n > 0)
		qsort(v, n, sizeof(*v), compare_finding);
}

static void finish(struct arena *a, struct check_issue *i, const char *target)
{
	turn(i);
	sort_findings(i->findings, i->n_findings);
	sort_findings(i->suppressed, i->n_suppressed);
	for (size_t k = 0; k < i->n_findings; k++)
		i->severity = MAX(i->severity, i->findings[k]->severity);
	i->title = i->rule->title;
	i->preview = rule_is_preview(i->rule);
	i->recommendation = recommendation(i);
	i->description = description(a, i);
	i->affected_components = components(a, i);
	issue_id(i, target);
}

static struct check_issue *issue_for(struct check_target *t, const struct finding *f)
{
	for (size_t i = 0; i < t->n_issues; i++)
		if (t->issues[i].rule == f->rule && t->issues[i].category == f->category)
			return &t->issues[i];
	return NULL;
}

static void add_finding(struct arena *a, struct check_target *t, const struct finding *f,
			size_t room)
{
	struct check_issue *i = issue_for(t, f);

	if (!i) {
		i = &t->issues[t->n_issues++];
		*i = (struct check_issue){ .rule = f->rule, .category = f->category };
		i->findings = arena_array(a, room, sizeof(const struct finding *));
	}
	if (!f->suppression) {
		i->findings[i->n_findings++] = f;
		return;
	}
	if (!i->suppressed)
		i->suppressed = arena_array(a, room, sizeof(const struct finding *));
	i->suppressed[i->n_suppressed++] = f;
}

void issues_build(struct arena *a, struct check_target *t,
		  const struct judgement **judged, size_t n_judged,
		  const struct rules_result *rules, const struct rule_score *scores,
		  size_t n_scores)
{
	size_t total = 0;

	for (size_t i = 0; i < n_judged; i++)
		total += judged[i]->n;
	if (total == 0)
		return;
	t->issues = arena_array(a, MIN(total, rules_count() * 2), sizeof(*t->issues));
	for (size_t i = 0; i < n_judged; i++) {
		size_t room = 0;

		/* all judgements of one rule stand together */
		for (size_t k = i; k < n_judged && judged[k]->rule == judged[i]->rule;
		     k++)
			room += judged[k]->n;
		for (size_t k = judged[i]->first; k < judged[i]->first + judged[i]->n;
		     k++)
			add_finding(a, t, &rules->findings.v[k], room);
	}
	for (size_t i = 0; i < t->n_issues; i++) {
		finish(a, &t->issues[i], t->name);
		for (size_t k = 0; k < n_scores; k++)
			if (scores[k].rule == t->issues[i].rule &&
			    scores[k].category == t->issues[i].category)
				t->issues[i].points = scores[k].points;
	}
	qsort(t->issues, t->n_issues, sizeof(*t->issues), compare_issue);
}
