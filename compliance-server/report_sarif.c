/* SPDX-License-Identifier: Apache-2.0 */
/* SARIF 2.1.0 as code scanning reads it: one run, one place for each result. */
#include "compliance-server/report_sarif.h"

#include <string.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/report.h"
#include "compliance-server/report_list.h"
#include "compliance-server/report_place.h"

#define SCHEMA                                            \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/" \
	"errata01/os/schemas/sarif-schema-2.1.0.json"
#define RESULTS_MAX	  25000
#define NOTIFICATIONS_MAX 1000

struct sarif {
	struct jsonw w;
	struct arena *a;
	const struct check_report *r;
	const struct report_options *opt;
	const char *root;
	int status;
	struct report_items items;
	size_t outside, too_many; /* results that are left out */
	size_t n_notifications;
	const struct rule **rules;
};

static size_t rule_index(const struct sarif *s, const struct rule *rule)
{
	size_t i = 0;

	while (s->rules[i] != rule)
		i++;
	return i;
}

/* A finding without a file goes to the one its server stands in. */
static const char *uri_of(const struct sarif *s, const struct report_item *i)
{
	const struct config_file *f =
		i->finding->file ? i->finding->file : i->target->file;

	return f ? report_uri(s->a, s->root, f) : NULL;
}

static void put_region(struct jsonw *w, int line, int col, int end_line, int end_col)
{
	line = MAX(line, 1);
	col = MAX(col, 1);
	if (end_line < line || (end_line == line && end_col <= col)) {
		end_line = line;
		end_col = col + 1;
	}
	jsonw_obj(w, "region");
	jsonw_i64(w, "startLine", line);
	jsonw_i64(w, "startColumn", col);
	jsonw_i64(w, "endLine", end_line);
	jsonw_i64(w, "endColumn", MAX(end_col, 1));
	jsonw_end(w);
}

static void open_location(struct jsonw *w, const char *uri)
{
	jsonw_arr(w, "locations");
	jsonw_obj(w, NULL);
	jsonw_obj(w, "physicalLocation");
	jsonw_obj(w, "artifactLocation");
	jsonw_str(w, "uri", uri);
	jsonw_str(w, "uriBaseId", "%SRCROOT%");
	jsonw_end(w);
}

static void close_location(struct jsonw *w, const char *target)
{
	jsonw_end(w);
	if (target) {
		jsonw_arr(w, "logicalLocations");
		jsonw_obj(w, NULL);
		jsonw_str(w, "fullyQualifiedName", target);
		jsonw_str(w, "kind", "module");
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void put_suppressions(struct jsonw *w, struct arena *a,
			     const struct suppression *s)
{
	if (!s)
		return;
	jsonw_arr(w, "suppressions");
	jsonw_obj(w, NULL);
	jsonw_str(w, "kind", "external");
	jsonw_str(w, "status", "accepted");
	jsonw_str(w, "justification",
		  arena_printf(a, "%s (until %s%s%s)", s->reason, s->expires,
			       s->by ? ", " : "", s->by ? s->by : ""));
	jsonw_end(w);
	jsonw_end(w);
}

static const char *message_of(struct arena *a, const struct report_item *i)
{
	const struct finding *f = i->finding;
	const char *tool = str_starts(f->pointer, "tool:") ? f->pointer + 5 : NULL;

	return arena_printf(a, "%s%s%s%s%s%s%s.\n%s", tool ? "Tool " : "",
			    tool ? str_printable(a, tool, 100) : "", tool ? ": " : "",
			    f->message, str_empty(f->evidence) ? "" : " (",
			    str_empty(f->evidence) ? "" : f->evidence,
			    str_empty(f->evidence) ? "" : ")", f->fix);
}

static void put_result(struct sarif *s, const struct report_item *i, const char *uri)
{
	const struct finding *f = i->finding;
	struct jsonw *w = &s->w;

	jsonw_obj(w, NULL);
	jsonw_str(w, "ruleId", f->rule->id);
	jsonw_i64(w, "ruleIndex", (int64_t)rule_index(s, f->rule));
	jsonw_str(w, "level", sarif_level(f->severity));
	jsonw_obj(w, "message");
	jsonw_str(w, "text", sarif_text(s->a, message_of(s->a, i)));
	jsonw_end(w);
	open_location(w, uri);
	put_region(w, f->line, f->col, f->end_line, f->end_col);
	close_location(w, i->target->name);
	jsonw_obj(w, "partialFingerprints");
	jsonw_str(w, "primaryLocationLineHash",
		  arena_printf(s->a, "%s:1", f->fingerprint));
	jsonw_end(w);
	put_suppressions(w, s->a, f->suppression);
	if (s->r->baseline)
		jsonw_str(w, "baselineState", f->known ? "unchanged" : "new");
	jsonw_obj(w, "properties");
	jsonw_str(w, "severity", severity_text(f->severity));
	jsonw_str(w, "category", names_text(categories, (int)f->category));
	jsonw_str(w, "target", i->target->name);
	if (f->pointer[0] != '\0')
		jsonw_str(w, "pointer", f->pointer);
	jsonw_end(w);
	jsonw_end(w);
}

/* In the baseline and gone: a pass, so that no reader takes it for an open finding. */
static void put_absent(struct sarif *s, const struct baseline_finding *b)
{
	const struct rule *rule = rule_find(b->rule);
	const struct config_file file = { .real = b->path ? b->path : "" };
	const char *uri =
		b->path && b->path[0] != '/' ? report_uri(s->a, s->root, &file) : NULL;
	struct jsonw *w = &s->w;

	if (b->seen || !rule || !uri)
		return;
	jsonw_obj(w, NULL);
	jsonw_str(w, "ruleId", rule->id);
	jsonw_i64(w, "ruleIndex", (int64_t)rule_index(s, rule));
	jsonw_str(w, "kind", "pass");
	jsonw_str(w, "level", "none");
	jsonw_obj(w, "message");
	jsonw_str(w, "text",
		  sarif_text(s->a, arena_printf(s->a, "Gone: %s", b->message)));
	jsonw_end(w);
	open_location(w, uri);
	put_region(w, b->line, 1, 0, 0);
	close_location(w, NULL);
	jsonw_obj(w, "partialFingerprints");
	jsonw_str(w, "primaryLocationLineHash",
		  arena_printf(s->a, "%s:1", b->fingerprint));
	jsonw_end(w);
	jsonw_str(w, "baselineState", "absent");
	jsonw_end(w);
}

static void put_results(struct sarif *s)
{
	const struct baseline *b = s->r->baseline;
	size_t n = 0;

	jsonw_arr(&s->w, "results");
	for (size_t i = 0; i < s->items.n; i++) {
		const char *uri = uri_of(s, &s->items.v[i]);

		if (!uri)
			s->outside++;
		else if (n == RESULTS_MAX)
			s->too_many++;
		else if (n++ < RESULTS_MAX)
			put_result(s, &s->items.v[i], uri);
	}
	for (size_t i = 0; b && i < b->n && n++ < RESULTS_MAX; i++)
		put_absent(s, &b->v[i]);
	jsonw_end(&s->w);
}

static void notify(struct sarif *s, const char *level, const struct rule *rule,
		   const char *text)
{
	struct jsonw *w = &s->w;

	if (s->n_notifications++ >= NOTIFICATIONS_MAX)
		return;
	jsonw_obj(w, NULL);
	jsonw_str(w, "level", level);
	jsonw_obj(w, "message");
	jsonw_str(w, "text", sarif_text(s->a, str_printable(s->a, text, 600)));
	jsonw_end(w);
	if (rule) {
		jsonw_obj(w, "associatedRule");
		jsonw_str(w, "id", rule->id);
		jsonw_i64(w, "index", (int64_t)rule_index(s, rule));
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_notifications(struct sarif *s)
{
	const char *level = s->status == 3 ? "error" : "note";

	jsonw_arr(&s->w, "toolExecutionNotifications");
	for (size_t i = 0; i < s->r->n_targets; i++) {
		const struct check_target *t = &s->r->targets[i];

		for (size_t k = 0; k < t->n_unknown; k++)
			notify(s, level, t->unknown[k].rule,
			       arena_printf(s->a, "%s: %s", t->name,
					    t->unknown[k].reason ? t->unknown[k].reason
								 : "not judged"));
	}
	if (s->opt->not_stored)
		notify(s, "error", NULL, "the result could not be kept");
	if (s->outside > 0)
		notify(s, "warning", NULL,
		       arena_printf(s->a,
				    "%zu findings in files outside the root are left "
				    "out; --root gives another root",
				    s->outside));
	if (s->too_many > 0)
		notify(s, "warning", NULL,
		       arena_printf(s->a, "%zu less severe findings are left out",
				    s->too_many));
	jsonw_end(&s->w);
}

static void put_invocation(struct sarif *s)
{
	struct jsonw *w = &s->w;

	jsonw_arr(w, "invocations");
	jsonw_obj(w, NULL);
	jsonw_bool(w, "executionSuccessful", s->status != 3);
	jsonw_i64(w, "exitCode", s->status);
	if (s->opt->with_times) {
		jsonw_stamp(w, "startTimeUtc", s->opt->began);
		jsonw_stamp(w, "endTimeUtc", s->opt->ended);
	}
	put_notifications(s);
	jsonw_end(w);
	jsonw_end(w);
}

static void put_artifacts(struct sarif *s)
{
	const struct facts *f = s->r->facts;
	struct jsonw *w = &s->w;

	jsonw_arr(w, "artifacts");
	for (size_t i = 0; i < f->n_files; i++) {
		const char *uri = report_uri(s->a, s->root, f->files[i]);

		if (!uri || f->files[i]->sha256[0] == '\0')
			continue;
		jsonw_obj(w, NULL);
		jsonw_obj(w, "location");
		jsonw_str(w, "uri", uri);
		jsonw_str(w, "uriBaseId", "%SRCROOT%");
		jsonw_end(w);
		jsonw_obj(w, "hashes");
		jsonw_str(w, "sha-256", f->files[i]->sha256);
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_repairs(struct sarif *s)
{
	struct jsonw *w = &s->w;

	jsonw_obj(w, "properties");
	if (s->r->overall != SCORE_NONE)
		jsonw_f64(w, "registryScore", s->r->overall / 100.0, 2);
	jsonw_arr(w, "fixFirst");
	for (size_t i = 0; i < s->r->n_fix_first; i++) {
		const struct check_repair *one = &s->r->fix_first[i];

		jsonw_obj(w, NULL);
		jsonw_str(w, "target", one->target->name);
		jsonw_str(w, "ruleId", one->issue->rule->id);
		jsonw_f64(w, "gain", one->gain / 100.0, 2);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void put_run(struct sarif *s)
{
	struct jsonw *w = &s->w;

	jsonw_obj(w, NULL);
	sarif_put_tool(w, s->a);
	jsonw_obj(w, "automationDetails");
	jsonw_str(w, "id",
		  arena_printf(s->a, "mcp-compliance/%s%s/",
			       names_text(check_types, (int)s->r->type),
			       s->r->live ? "-live" : ""));
	jsonw_end(w);
	jsonw_str(w, "columnKind", "utf16CodeUnits");
	put_artifacts(s);
	put_results(s);
	put_invocation(s);
	put_repairs(s);
	jsonw_end(w);
}

void report_sarif(const struct check_report *r, const struct report_options *opt,
		  struct buf *out)
{
	unsigned parts = REPORT_COUNTED | REPORT_SUPPRESSED |
			 (opt->all ? REPORT_INFO | REPORT_PREVIEW : 0u);
	struct sarif s = { .a = arena_new(), .r = r, .opt = opt };

	s.root = report_root(s.a, opt->root);
	s.status = report_exit_status(r, opt);
	s.items = report_items(s.a, r, NULL, parts);
	report_items_by_severity(&s.items);
	s.rules = arena_array(s.a, rules_count() + 1, sizeof(*s.rules));
	for (size_t i = 0; rule_at(i); i++)
		s.rules[i] = rule_at(i);
	jsonw_init(&s.w, out);
	jsonw_obj(&s.w, NULL);
	jsonw_str(&s.w, "$schema", SCHEMA);
	jsonw_str(&s.w, "version", "2.1.0");
	jsonw_arr(&s.w, "runs");
	put_run(&s);
	jsonw_end(&s.w);
	jsonw_end(&s.w);
	buf_addc(out, '\n');
	arena_free(s.a);
}
