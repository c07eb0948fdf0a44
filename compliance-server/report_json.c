/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical form of a report; every other format can be made from it. */
#include <string.h>

#include "common/base/names.h"
#include "common/field/jsonw.h"
#include "compliance-server/report.h"

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

static void put_finding(struct jsonw *w, const struct finding *f)
{
	jsonw_obj(w, NULL);
	jsonw_str(w, "rule", f->rule->id);
	jsonw_str(w, "severity", severity_text(f->severity));
	jsonw_str(w, "confidence", names_text(confidences, (int)f->rule->confidence));
	jsonw_str(w, "category", names_text(categories, (int)f->category));
	if (f->file) {
		jsonw_str(w, "path", f->file->path);
		jsonw_i64(w, "line", f->line);
		jsonw_i64(w, "column", f->col);
	}
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

static void put_findings(struct jsonw *w, const char *key, const struct check_target *t,
			 bool preview)
{
	jsonw_arr(w, key);
	for (size_t i = 0; i < t->n_issues; i++)
		for (size_t k = 0;
		     t->issues[i].preview == preview && k < t->issues[i].n_findings; k++)
			put_finding(w, t->issues[i].findings[k]);
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

static void put_categories(struct jsonw *w, const struct check_target *t)
{
	jsonw_obj(w, "categories");
	for (int c = CAT_SECURITY; c < CAT_MAX; c++) {
		const struct category_score *s = &t->cats[c];

		if (!s->assessed)
			continue;
		jsonw_obj(w, names_text(categories, c));
		put_score(w, "score", s->score);
		jsonw_i64(w, "passed", (int64_t)s->passed);
		jsonw_i64(w, "failed", (int64_t)s->failed);
		jsonw_i64(w, "not_applicable", (int64_t)s->not_applicable);
		jsonw_i64(w, "unknown", (int64_t)s->unknown);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_target(struct jsonw *w, const struct check_target *t,
		       const char *check_id)
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
		jsonw_str(w, "definition_sha256", t->entry->definition_sha256);
	}
	put_categories(w, t);
	put_score(w, "overall", t->overall);
	put_grade(w, t->grade);
	put_findings(w, "findings", t, false);
	jsonw_arr(w, "issues");
	for (size_t i = 0; i < t->n_issues; i++)
		if (!t->issues[i].preview && t->issues[i].severity != SEV_INFO)
			put_issue(w, &t->issues[i]);
	jsonw_end(w);
	put_findings(w, "preview", t, true);
	jsonw_arr(w, "unknown");
	for (size_t i = 0; i < t->n_unknown; i++) {
		jsonw_obj(w, NULL);
		if (t->unknown[i].rule)
			jsonw_str(w, "rule", t->unknown[i].rule->id);
		jsonw_str(w, "reason", t->unknown[i].reason ? t->unknown[i].reason : "");
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void put_inputs(struct jsonw *w, const struct facts *f)
{
	jsonw_arr(w, "inputs");
	for (size_t i = 0; i < f->n_files; i++) {
		const struct config_file *file = f->files[i];

		jsonw_obj(w, NULL);
		jsonw_str(w, "path", file->path);
		jsonw_str(w, "host", file->host->name);
		if (file->sha256[0] != '\0')
			jsonw_str(w, "sha256", file->sha256);
		jsonw_i64(w, "servers", (int64_t)file->n_entries);
		jsonw_end(w);
	}
	jsonw_end(w);
}

int report_exit_status(const struct check_report *r, const struct report_options *opt)
{
	return opt->not_stored ? INCOMPLETE : check_exit_status(r, opt->fail_on);
}

void report_json(const struct check_report *r, const struct report_options *opt,
		 struct buf *out)
{
	int status = report_exit_status(r, opt);
	char sha[65];
	struct jsonw w;

	rules_sha256(sha);
	jsonw_init(&w, out);
	jsonw_obj(&w, NULL);
	jsonw_i64(&w, "schema_version", SCHEMA_VERSION);
	jsonw_obj(&w, "tool");
	jsonw_str(&w, "name", "compliance-server");
	jsonw_str(&w, "version", SUITE_VERSION);
	jsonw_end(&w);
	jsonw_obj(&w, "ruleset");
	jsonw_str(&w, "version", rules_version());
	jsonw_str(&w, "sha256", sha);
	jsonw_i64(&w, "count", (int64_t)rules_count());
	jsonw_end(&w);
	jsonw_bool(&w, "complete", status != INCOMPLETE);
	jsonw_str(&w, "mode", r->live ? "live" : "static");
	jsonw_str(&w, "check_type", names_text(check_types, (int)r->type));
	jsonw_i64(&w, "targets_examined", (int64_t)r->n_targets);
	jsonw_i64(&w, "rules_run", (int64_t)r->rules->n_rules);
	put_inputs(&w, r->facts);
	jsonw_arr(&w, "targets");
	for (size_t i = 0; i < r->n_targets; i++)
		put_target(&w, &r->targets[i], opt->check_ids ? opt->check_ids[i] : NULL);
	jsonw_end(&w);
	put_score(&w, "registry_score", r->overall);
	jsonw_obj(&w, "counts");
	for (int s = SEV_CRITICAL; s >= SEV_INFO; s--)
		jsonw_i64(&w, severity_text((enum severity)s), (int64_t)r->n[s]);
	jsonw_i64(&w, "preview", (int64_t)r->n_preview);
	jsonw_end(&w);
	jsonw_i64(&w, "exit_code", status);
	jsonw_end(&w);
}
