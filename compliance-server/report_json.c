/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical form of a report; report_schema_table.c describes it. */
#include <string.h>

#include "common/base/names.h"
#include "common/field/jsonw.h"
#include "compliance-server/report.h"
#include "compliance-server/report_list.h"

#define SCHEMA_VERSION 1
#define INCOMPLETE     3

static void put_score(struct jsonw *w, const char *key, int hundredths)
{
	if (hundredths == SCORE_NONE)
		jsonw_raw(w, key, "null");
	else
		jsonw_f64(w, key, hundredths / 100.0, 2);
}

static void put_grade(struct jsonw *w, char grade)
{
	if (grade != '-')
		jsonw_strn(w, "grade", &grade, 1);
}

static void put_place(struct jsonw *w, const struct finding *f)
{
	jsonw_str(w, "path", f->file->path);
	jsonw_i64(w, "line", f->line);
	jsonw_i64(w, "column", f->col);
	if (f->end_line > 0) {
		jsonw_i64(w, "end_line", f->end_line);
		jsonw_i64(w, "end_column", f->end_col);
	}
}

/* with_target: where the finding does not stand inside its target. */
static void put_finding(struct jsonw *w, const struct report_item *i, bool with_target)
{
	const struct finding *f = i->finding;

	jsonw_obj(w, NULL);
	if (with_target)
		jsonw_str(w, "target", i->target->name);
	jsonw_str(w, "rule", f->rule->id);
	jsonw_str(w, "severity", severity_text(f->severity));
	jsonw_str(w, "confidence", names_text(confidences, (int)f->rule->confidence));
	jsonw_str(w, "category", names_text(categories, (int)f->category));
	if (f->file)
		put_place(w, f);
	if (f->pointer[0] != '\0')
		jsonw_str(w, "pointer", f->pointer);
	if (f->entry)
		jsonw_str(w, "server", f->entry->name);
	jsonw_str(w, "message", f->message);
	if (f->evidence[0] != '\0')
		jsonw_str(w, "evidence", f->evidence);
	jsonw_str(w, "recommendation", f->fix);
	jsonw_str(w, "component", f->component);
	jsonw_str(w, "fingerprint", f->fingerprint);
	jsonw_end(w);
}

static void put_findings(struct jsonw *w, struct arena *a, const char *key,
			 const struct check_report *r, const struct check_target *t,
			 unsigned parts)
{
	struct report_items items = report_items(a, r, t, parts);

	jsonw_arr(w, key);
	for (size_t i = 0; i < items.n; i++)
		put_finding(w, &items.v[i], t == NULL);
	jsonw_end(w);
}

static void put_issue(struct jsonw *w, const struct check_issue *i)
{
	jsonw_obj(w, NULL);
	jsonw_str(w, "issue_id", i->issue_id);
	jsonw_str(w, "rule", i->rule->id);
	jsonw_str(w, "severity", severity_text(i->severity));
	jsonw_str(w, "category", names_text(categories, (int)i->category));
	jsonw_str(w, "title", i->title);
	jsonw_str(w, "recommendation", i->recommendation);
	jsonw_arr(w, "affected_components");
	for (size_t k = 0; k < i->affected_components.n; k++)
		jsonw_str(w, NULL, i->affected_components.v[k]);
	jsonw_end(w);
	jsonw_i64(w, "findings", (int64_t)i->n_findings);
	jsonw_f64(w, "points", i->points / 100.0, 2);
	jsonw_end(w);
}

static void put_issues(struct jsonw *w, const struct check_target *t)
{
	jsonw_arr(w, "issues");
	for (size_t i = 0; i < t->n_issues; i++) {
		const struct check_issue *is = &t->issues[i];

		if (!is->preview && !is->suppression && is->severity != SEV_INFO)
			put_issue(w, is);
	}
	jsonw_end(w);
}

static void put_categories(struct jsonw *w, const struct check_target *t)
{
	jsonw_obj(w, "categories");
	for (int c = CAT_SECURITY; c < CAT_MAX; c++) {
		const struct category_score *s = &t->cats[c];

		if (!s->assessed)
			continue;
		jsonw_obj(w, names_text(categories, c));
		put_score(w, "score", s->score);
		put_score(w, "score_without_suppressions", s->score_without_suppressions);
		jsonw_i64(w, "passed", (int64_t)s->passed);
		jsonw_i64(w, "failed", (int64_t)s->failed);
		jsonw_i64(w, "not_applicable", (int64_t)s->not_applicable);
		jsonw_i64(w, "unknown", (int64_t)s->unknown);
		jsonw_i64(w, "suppressed", (int64_t)s->suppressed);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_repairs(struct jsonw *w, const struct check_repair *v, size_t n,
			bool with_target)
{
	jsonw_arr(w, "fix_first");
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w, NULL);
		if (with_target)
			jsonw_str(w, "target", v[i].target->name);
		jsonw_str(w, "rule", v[i].issue->rule->id);
		jsonw_str(w, "issue_id", v[i].issue->issue_id);
		jsonw_str(w, "title", v[i].issue->title);
		jsonw_str(w, "recommendation", v[i].issue->recommendation);
		jsonw_f64(w, "gain", v[i].gain / 100.0, 2);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_unknown(struct jsonw *w, const struct check_target *t)
{
	jsonw_arr(w, "unknown");
	for (size_t i = 0; i < t->n_unknown; i++) {
		jsonw_obj(w, NULL);
		if (t->unknown[i].rule)
			jsonw_str(w, "rule", t->unknown[i].rule->id);
		jsonw_str(w, "reason", t->unknown[i].reason ? t->unknown[i].reason : "");
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_target(struct jsonw *w, struct arena *a, const struct check_report *r,
		       const struct check_target *t, const char *check_id)
{
	jsonw_obj(w, NULL);
	jsonw_str(w, "name", t->name);
	jsonw_str(w, "type", t->type);
	jsonw_str(w, "state", t->state);
	if (check_id)
		jsonw_str(w, "check_id", check_id);
	if (t->note)
		jsonw_str(w, "note", t->note);
	if (t->entry) {
		jsonw_str(w, "path", t->file->path);
		jsonw_i64(w, "line", t->entry->node->key_line);
		if (t->entry->definition_sha256[0] != '\0')
			jsonw_str(w, "definition_sha256", t->entry->definition_sha256);
	}
	put_categories(w, t);
	put_score(w, "overall", t->overall);
	put_grade(w, t->grade);
	put_findings(w, a, "findings", r, t, REPORT_COUNTED | REPORT_INFO);
	put_issues(w, t);
	put_repairs(w, t->fix_first, t->n_fix_first, false);
	put_unknown(w, t);
	jsonw_end(w);
}

static void put_inputs(struct jsonw *w, const struct facts *f)
{
	static const char *const forms[FORM_MAX] = { [0] = "servers",
						     [FORM_SERVERS] = "servers",
						     [FORM_DOTENV] = "dotenv",
						     [FORM_COMPOSE] = "compose",
						     [FORM_KUBERNETES] = "kubernetes" };

	jsonw_arr(w, "inputs");
	for (size_t i = 0; i < f->n_files; i++) {
		const struct config_file *file = f->files[i];

		jsonw_obj(w, NULL);
		jsonw_str(w, "path", file->path);
		jsonw_str(w, "form", forms[file->form]);
		jsonw_str(w, "host", file->host->name);
		if (file->sha256[0] != '\0')
			jsonw_str(w, "sha256", file->sha256);
		jsonw_i64(w, "servers", (int64_t)file->n_entries);
		if (file->error)
			jsonw_str(w, "error", file->error);
		jsonw_end(w);
	}
	for (size_t i = 0; f->suppressions && i < f->suppressions->n; i++) {
		const struct suppression_file *sf = &f->suppressions->v[i];

		jsonw_obj(w, NULL);
		jsonw_str(w, "path", sf->file->path);
		jsonw_str(w, "form", "suppressions");
		if (sf->file->sha256[0] != '\0')
			jsonw_str(w, "sha256", sf->file->sha256);
		if (sf->error)
			jsonw_str(w, "error", sf->error);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_suppression(struct jsonw *w, const struct suppression *s,
			    const struct report_items *all)
{
	jsonw_obj(w, NULL);
	jsonw_str(w, "path", s->file->path);
	jsonw_i64(w, "line", s->node->line);
	jsonw_str(w, "state",
		  s->problem	     ? "invalid"
		  : s->n_covered > 0 ? "applied"
				     : "unused");
	if (s->problem)
		jsonw_str(w, "problem", s->problem);
	jsonw_str(w, "rule", s->rule);
	jsonw_str(w, "target", s->target);
	jsonw_str(w, "finding", s->finding);
	jsonw_str(w, "reason", s->reason);
	jsonw_str(w, "expires", s->expires);
	jsonw_str(w, "by", s->by);
	jsonw_arr(w, "findings");
	for (size_t i = 0; i < all->n && s->n_covered > 0; i++)
		if (all->v[i].finding->suppression == s)
			put_finding(w, &all->v[i], true);
	jsonw_end(w);
	jsonw_end(w);
}

static void put_suppressions(struct jsonw *w, struct arena *a,
			     const struct check_report *r)
{
	const struct suppressions *all = r->facts->suppressions;
	struct report_items items = report_items(a, r, NULL, REPORT_SUPPRESSED);

	jsonw_arr(w, "suppressions");
	for (size_t i = 0; all && i < all->n; i++)
		for (size_t k = 0; k < all->v[i].n; k++)
			put_suppression(w, &all->v[i].v[k], &items);
	jsonw_end(w);
}

static void put_counts(struct jsonw *w, const struct check_report *r)
{
	jsonw_obj(w, "counts");
	for (int s = SEV_CRITICAL; s >= SEV_INFO; s--)
		jsonw_i64(w, severity_text((enum severity)s), (int64_t)r->n[s]);
	jsonw_i64(w, "preview", (int64_t)r->n_preview);
	jsonw_i64(w, "suppressed", (int64_t)r->n_suppressed);
	jsonw_end(w);
}

static void put_head(struct jsonw *w, const struct check_report *r, int status)
{
	char sha[65];

	rules_sha256(sha);
	jsonw_i64(w, "schema_version", SCHEMA_VERSION);
	jsonw_obj(w, "tool");
	jsonw_str(w, "name", "compliance-server");
	jsonw_str(w, "version", SUITE_VERSION);
	jsonw_end(w);
	jsonw_obj(w, "ruleset");
	jsonw_str(w, "version", rules_version());
	jsonw_str(w, "sha256", sha);
	jsonw_i64(w, "count", (int64_t)rules_count());
	jsonw_end(w);
	jsonw_bool(w, "complete", status != INCOMPLETE);
	jsonw_str(w, "mode", r->live ? "live" : "static");
	jsonw_str(w, "check_type", names_text(check_types, (int)r->type));
	jsonw_i64(w, "targets_examined", (int64_t)r->n_targets);
	jsonw_i64(w, "rules_run", (int64_t)r->rules->n_rules);
}

int report_exit_status(const struct check_report *r, const struct report_options *opt)
{
	return opt->not_stored ? INCOMPLETE : check_exit_status(r, opt->fail_on);
}

void report_json(const struct check_report *r, const struct report_options *opt,
		 struct buf *out)
{
	int status = report_exit_status(r, opt);
	struct arena *a = arena_new();
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_obj(&w, NULL);
	put_head(&w, r, status);
	if (opt->with_times) {
		jsonw_stamp(&w, "started_at", opt->began);
		jsonw_stamp(&w, "completed_at", opt->ended);
	}
	put_inputs(&w, r->facts);
	jsonw_arr(&w, "targets");
	for (size_t i = 0; i < r->n_targets; i++)
		put_target(&w, a, r, &r->targets[i],
			   opt->with_times && opt->check_ids ? opt->check_ids[i] : NULL);
	jsonw_end(&w);
	put_score(&w, "registry_score", r->overall);
	put_grade(&w, r->grade);
	put_counts(&w, r);
	put_repairs(&w, r->fix_first, r->n_fix_first, true);
	put_suppressions(&w, a, r);
	put_findings(&w, a, "preview", r, NULL, REPORT_PREVIEW);
	jsonw_i64(&w, "exit_code", status);
	jsonw_end(&w);
	buf_addc(out, '\n');
	arena_free(a);
}
