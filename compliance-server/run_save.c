/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a run: results with details, issues, health, the final state. */
#include "compliance-server/run_save.h"

#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "compliance-server/check_store.h"
#include "compliance-server/live.h"
#include "compliance-server/note.h"
#include "compliance-server/run_combine.h"
#include "compliance-server/run_metrics.h"

#define DETAILS_MAX   (1024 * 1024)
#define PLACES_MAX    20 /* of one rule, kept in the details */
#define UNKNOWN_MAX   50
#define TITLE_MAX     255 /* code points of the column */
#define VERSION_CHARS 20

static const char *text_of(struct ctx *c, const struct buf *b)
{
	return b->overflow ? "{\"truncated\":true}" : arena_strdup(c->arena, buf_text(b));
}

static void put_ruleset(struct jsonw *w)
{
	char sha[65];

	rules_sha256(sha);
	jsonw_obj(w, "ruleset");
	jsonw_str(w, "version", rules_version());
	jsonw_str(w, "sha256", sha);
	jsonw_i64(w, "count", (int64_t)rules_count());
	jsonw_end(w);
}

static void put_grade(struct jsonw *w, char grade)
{
	const char text[2] = { grade, '\0' };

	jsonw_str(w, "grade", text);
}

static void put_counts(struct jsonw *w, const struct check_target *t)
{
	int64_t n[SEV_CRITICAL + 1] = { 0 };

	for (size_t i = 0; i < t->n_issues; i++) {
		if (!t->issues[i].preview && !t->issues[i].suppression)
			n[t->issues[i].severity]++;
	}
	jsonw_obj(w, "issues");
	for (int s = SEV_CRITICAL; s > SEV_INFO; s--)
		jsonw_i64(w, severity_text((enum severity)s), n[s]);
	jsonw_end(w);
}

/* category 0: all. */
static void put_unknown(struct jsonw *w, const struct check_target *t,
			enum category category)
{
	jsonw_arr(w, "unknown");
	for (size_t i = 0; i < t->n_unknown && i < UNKNOWN_MAX; i++) {
		const struct check_unknown *u = &t->unknown[i];

		if (category && (!u->rule || u->rule->category != category))
			continue;
		jsonw_obj(w, NULL);
		if (u->rule)
			jsonw_str(w, "rule", u->rule->id);
		jsonw_str(w, "reason", u->reason ? u->reason : "not judged");
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_finding(struct jsonw *w, const struct finding *f)
{
	jsonw_obj(w, NULL);
	if (f->file)
		jsonw_str(w, "file", f->file->shown);
	if (f->line > 0) {
		jsonw_i64(w, "line", f->line);
		jsonw_i64(w, "column", f->col);
	}
	jsonw_str(w, "pointer", f->pointer);
	jsonw_str(w, "message", f->message);
	if (!str_empty(f->evidence))
		jsonw_str(w, "evidence", f->evidence);
	jsonw_str(w, "fingerprint", f->fingerprint);
	jsonw_end(w);
}

static void put_failed(struct jsonw *w, const struct check_issue *i, const char *server)
{
	char id[ISSUE_ID_LEN];

	issue_make_id(i->rule->id, i->category, server, id);
	jsonw_obj(w, NULL);
	jsonw_str(w, "rule", i->rule->id);
	jsonw_str(w, "title", i->title);
	jsonw_str(w, "category", names_text(categories, (int)i->category));
	jsonw_str(w, "severity", severity_text(i->severity));
	jsonw_str(w, "confidence", names_text(confidences, (int)i->rule->confidence));
	jsonw_i64(w, "n", (int64_t)i->n_findings);
	jsonw_f64(w, "points", i->points / 100.0, 2);
	if (!i->preview && i->severity != SEV_INFO)
		jsonw_str(w, "issue_id", id);
	jsonw_str(w, "fix", i->recommendation);
	jsonw_arr(w, "findings");
	for (size_t k = 0; k < i->n_findings && k < PLACES_MAX; k++)
		put_finding(w, i->findings[k]);
	jsonw_end(w);
	jsonw_end(w);
}

enum part { PART_FAILED, PART_INFO, PART_PREVIEW, PART_SUPPRESSED };

static enum part part_of(const struct check_issue *i)
{
	return i->suppression		 ? PART_SUPPRESSED
	       : i->preview		 ? PART_PREVIEW
	       : i->severity == SEV_INFO ? PART_INFO
					 : PART_FAILED;
}

static void put_part(struct jsonw *w, const char *key, const struct run_target *rt,
		     enum category category, enum part part)
{
	jsonw_arr(w, key);
	for (size_t i = 0; i < rt->t->n_issues; i++) {
		const struct check_issue *is = &rt->t->issues[i];

		if (is->category == category && part_of(is) == part)
			put_failed(w, is, rt->server.name);
	}
	jsonw_end(w);
}

static bool has_row(const struct check_target *t, enum category c)
{
	return t->cats[c].assessed && t->cats[c].score != SCORE_NONE;
}

/* What was found in categories without a row of their own. */
static void put_unjudged(struct jsonw *w, const struct run_target *rt)
{
	jsonw_arr(w, "failed");
	for (size_t i = 0; i < rt->t->n_issues; i++) {
		const struct check_issue *is = &rt->t->issues[i];

		if (part_of(is) == PART_FAILED && !has_row(rt->t, is->category))
			put_failed(w, is, rt->server.name);
	}
	jsonw_end(w);
}

const char *save_check_details(struct ctx *c, const struct run *r,
			       const struct run_target *rt)
{
	const struct check_target *t = rt->t;
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, DETAILS_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "mode", r->report->live ? "live" : "static");
	jsonw_bool(&w, "complete", t->complete);
	put_grade(&w, t->grade);
	put_counts(&w, t);
	put_unknown(&w, t, 0);
	if (t->note)
		jsonw_str(&w, "note", t->note);
	put_ruleset(&w);
	put_unjudged(&w, rt);
	jsonw_end(&w);
	return text_of(c, &b);
}

static void put_outcomes(struct jsonw *w, const struct category_score *s)
{
	jsonw_obj(w, "outcomes");
	jsonw_i64(w, "pass", (int64_t)s->passed);
	jsonw_i64(w, "fail", (int64_t)s->failed);
	jsonw_i64(w, "not_applicable", (int64_t)s->not_applicable);
	jsonw_i64(w, "unknown", (int64_t)s->unknown);
	jsonw_i64(w, "suppressed", (int64_t)s->suppressed);
	jsonw_i64(w, "info", (int64_t)s->info);
	jsonw_i64(w, "preview", (int64_t)s->preview);
	jsonw_end(w);
}

const char *save_result_details(struct ctx *c, const struct run *r,
				const struct run_target *rt, enum category category)
{
	const struct category_score *s = &rt->t->cats[category];
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, DETAILS_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_i64(&w, "schema_version", 1);
	jsonw_str(&w, "mode", r->report->live ? "live" : "static");
	put_grade(&w, score_grade(s->score));
	put_ruleset(&w);
	jsonw_f64(&w, "score_without_suppressions", s->score_without_suppressions / 100.0,
		  2);
	jsonw_i64(&w, "coverage_percent", s->coverage);
	put_outcomes(&w, s);
	put_part(&w, "failed", rt, category, PART_FAILED);
	put_part(&w, "info", rt, category, PART_INFO);
	put_part(&w, "preview", rt, category, PART_PREVIEW);
	put_part(&w, "suppressed", rt, category, PART_SUPPRESSED);
	put_unknown(&w, rt->t, category);
	if (category == CAT_PERFORMANCE)
		metrics_put(&w, rt->t);
	jsonw_arr(&w, "inputs");
	if (rt->t->file && rt->t->file->sha256[0]) {
		jsonw_obj(&w, NULL);
		jsonw_str(&w, "path", rt->t->file->shown);
		jsonw_str(&w, "sha256", rt->t->file->sha256);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_stamp(&w, "oldest_input_at", rt->oldest_input_at);
	jsonw_end(&w);
	return text_of(c, &b);
}

static const char *cut(struct arena *a, const char *s, size_t points)
{
	const char *p = s;

	while (*p && points-- > 0)
		utf8_next(&p);
	return arena_strndup(a, s, (size_t)(p - s));
}

/* Those that count first, then what is suppressed. */
void save_issues(struct ctx *c, struct run_target *rt)
{
	const struct check_target *t = rt->t;
	enum part part = PART_FAILED;
	size_t n = 0;

	rt->issues = arena_array(c->arena, t->n_issues + 1, sizeof(*rt->issues));
	rt->suppressed_by = arena_array(c->arena, t->n_issues + 1,
					sizeof(const struct suppression *));
	for (size_t i = 0; i < 2 * t->n_issues; i++) {
		const struct check_issue *is = &t->issues[i % t->n_issues];
		char id[ISSUE_ID_LEN];

		if (i == t->n_issues) {
			rt->n_issues = n;
			part = PART_SUPPRESSED;
		}
		if (part_of(is) != part || is->preview || is->severity == SEV_INFO)
			continue;
		issue_make_id(is->rule->id, is->category, rt->server.name, id);
		rt->suppressed_by[n] = is->suppression;
		rt->issues[n++] = (struct compliance_issue){
			.issue_id = arena_strdup(c->arena, id),
			.server_name = rt->server.name,
			.severity = is->severity,
			.category = is->category,
			.title = cut(c->arena, is->title, TITLE_MAX),
			.description = is->description,
			.recommendation = is->recommendation,
			.affected_components = is->affected_components,
			.status = ISSUE_OPEN,
		};
	}
	rt->n_all_issues = n;
}

struct judged {
	const struct run *r;
	const struct check_target *t;
};

static bool about(const struct judgement *j, const struct check_target *t)
{
	if (t->entry)
		return j->entry == t->entry;
	if (j->entry)
		return false;
	if (j->project || j->host)
		return j->project == t->project && j->host == t->host;
	return t->host ? place_of_host(j->file->place) && j->file->host == t->host->host
		       : !place_of_host(j->file->place) &&
				 str_eq(j->file->root, t->project->root);
}

static bool read_file(const struct run *r, const char *shown, size_t n)
{
	for (size_t i = 0; i < r->facts->n_files; i++) {
		const char *name = r->facts->files[i]->shown;

		if (strlen(name) == n && strncmp(name, shown, n) == 0)
			return true;
	}
	return false;
}

/* An issue of a project's files is gone only if its files were among those read. */
static bool could_see(const struct judged *j, const struct compliance_issue *i)
{
	if (j->t->entry)
		return true;
	for (size_t k = 0; k < i->affected_components.n; k++) {
		const char *component = i->affected_components.v[k];
		const char *hash = strchr(component, '#');

		if (hash && !read_file(j->r, component, (size_t)(hash - component)))
			return false;
	}
	return true;
}

/* Outcome of the rule on the target; 0: not in this check. */
static enum outcome outcome_of(const struct check_target *t, const char *rule)
{
	size_t n = 0;

	for (size_t f = 0; f < n_rule_families; f++)
		for (const struct rule *r = rule_families[f].rules; r->id; r++, n++)
			if (str_eq(r->id, rule))
				return (enum outcome)t->outcomes[n];
	return (enum outcome)0;
}

static bool was_judged(const void *arg, const char *rule,
		       const struct compliance_issue *issue)
{
	const struct judged *j = arg;
	const struct rules_result *all = j->r->report->rules;
	enum outcome joined = outcome_of(j->t, rule);
	bool seen = false;

	/* a failure on one file may hide that another could not be judged */
	if (joined != OUTCOME_FAIL && joined != OUTCOME_SUPPRESSED)
		return joined && joined != OUTCOME_UNKNOWN && could_see(j, issue);
	for (size_t i = 0; i < all->n_judgements; i++) {
		const struct judgement *one = &all->judgements[i];

		if (!str_eq(one->rule->id, rule) || !about(one, j->t))
			continue;
		if (one->outcome == OUTCOME_UNKNOWN)
			return false;
		seen = true;
	}
	return seen && could_see(j, issue);
}

static enum health health_of(const struct severity_counts *n, struct opt_f64 score)
{
	if (n->critical > 0 || (score.set && score.v < 50))
		return HEALTH_CRITICAL;
	if (n->high > 0 || (score.set && score.v < 80))
		return HEALTH_WARNING;
	return score.set ? HEALTH_HEALTHY : HEALTH_UNKNOWN;
}

static bool save_results(struct ctx *c, struct run *r, struct run_target *rt,
			 struct err *e)
{
	for (int k = CAT_SECURITY; k < CAT_MAX; k++) {
		const struct category_score *s = &rt->t->cats[k];
		char id[UUID_LEN];
		struct compliance_result row = {
			.id = id,
			.check_id = rt->check.id,
			.category = (enum category)k,
			.score = s->score / 100.0,
			.passed_checks = (int64_t)s->passed,
			.failed_checks = (int64_t)s->failed,
			.total_checks = (int64_t)(s->passed + s->failed),
			.created_at = rt->check.completed_at,
		};

		if (!has_row(rt->t, (enum category)k))
			continue;
		id_uuid(id);
		row.details.text = save_result_details(c, r, rt, (enum category)k);
		if (!result_insert(c, &row, e))
			return false;
	}
	return true;
}

static bool save_server(struct ctx *c, struct run_target *rt, struct err *e)
{
	const struct live *live = rt->t->entry ? rt->t->entry->live : NULL;
	struct severity_counts n;

	if (!issue_severities(c, rt->server.name, &n, e))
		return false;
	rt->server.health = health_of(&n, rt->check.overall_score);
	/* a live check ends what it started; that it could not be started is news */
	if (live)
		rt->server.status =
			live->state == LIVE_FAILED ? SERVER_ERROR : SERVER_STOPPED;
	if (live && !str_empty(live->server_version))
		rt->server.version =
			cut(c->arena, str_printable(c->arena, live->server_version, 80),
			    VERSION_CHARS);
	rt->server.last_check = rt->server.updated_at = rt->check.completed_at;
	return server_checked(c, &rt->server, e);
}

static bool record(struct ctx *c, const struct run_target *rt, struct err *e)
{
	struct note n;

	note_open(c, &n, "check.complete", "compliance_check", rt->check.check_id, NULL);
	jsonw_str(&n.w, "server", rt->server.name);
	if (rt->check.overall_score.set)
		jsonw_i64(&n.w, "score", rt->t->overall);
	jsonw_i64(&n.w, "opened", rt->settled.opened);
	jsonw_i64(&n.w, "known", rt->settled.known);
	jsonw_i64(&n.w, "resolved", rt->settled.resolved);
	note_ruleset(&n);
	return note_store(c, &n, e);
}

bool save_target(struct ctx *c, struct run *r, struct run_target *rt, struct err *e)
{
	struct compliance_check *k = &rt->check;
	const struct judged j = { r, rt->t };
	struct settlement s = { .server_name = rt->server.name,
				.check_id = k->check_id,
				.judged = was_judged,
				.arg = &j };
	struct server now;
	int overall;

	if (!server_lock(c, rt->server.name, &now, e))
		return false;
	rt->server = now;
	k->completed_at = k->updated_at = s.at = clock_now();
	k->duration = (struct opt_i64){ k->completed_at.ms - k->started_at.ms, true };
	k->status = STATUS_COMPLETED;
	if (!run_combine(c, r, rt, &overall, &rt->oldest_input_at, e))
		return false;
	k->overall_score = (struct opt_f64){ overall / 100.0, overall != SCORE_NONE };
	r->report->targets[rt - r->targets].overall = overall;
	r->report->targets[rt - r->targets].grade = score_grade(overall);
	k->details.text = save_check_details(c, r, rt);
	save_issues(c, rt);
	s.found = rt->issues;
	s.n = rt->n_all_issues;
	s.by = rt->suppressed_by;
	return check_finish(c, k, e) && save_results(c, r, rt, e) &&
	       metrics_save(c, rt, e) && issues_settle(c, &s, &rt->settled, e) &&
	       save_server(c, rt, e) && record(c, rt, e);
}
