/* SPDX-License-Identifier: Apache-2.0 */
/* The report for a terminal: worst first, where it is, what to do. */
#include <string.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/report_sheet.h"

static const char *score_words(struct sheet *p, int h)
{
	return h == SCORE_NONE ? "no score"
			       : arena_printf(p->arena, "%d.%02d", h / 100, h % 100);
}

static const char *plural(struct sheet *p, size_t n, const char *one, const char *many)
{
	return arena_printf(p->arena, "%zu %s", n, n == 1 ? one : many);
}

static const char *place_of(struct sheet *p, const struct finding *f)
{
	return f->file ? arena_printf(p->arena, "%s:%d:%d",
				      str_printable(p->arena, f->file->path, 300),
				      f->line, f->col)
		       : "";
}

#define COLUMN_ID   12
#define COLUMN_TEXT 21
#define NARROW	    72 /* below, texts begin further left, on a line of their own */

static size_t text_column(const struct sheet *p)
{
	return p->width < NARROW ? 4 : COLUMN_TEXT;
}

/* "  medium    CFG-008  ", up to the column of texts. */
static void put_label(struct sheet *p, enum paint paint, const char *label,
		      const char *id)
{
	sheet_spaces(p, 2);
	sheet_put(p, paint, label);
	sheet_spaces(p, COLUMN_ID - 2 - MIN(strlen(label), (size_t)COLUMN_ID - 3));
	sheet_put(p, BOLD, id);
	if (p->width < NARROW) {
		buf_addc(p->out, '\n');
		sheet_spaces(p, text_column(p));
	} else {
		sheet_spaces(p, COLUMN_TEXT - COLUMN_ID - strlen(id));
	}
}

static void put_finding(struct sheet *p, const struct finding *f)
{
	size_t at = text_column(p);

	sheet_wrapped(p, PLAIN, at, at, f->message);
	/* what was not examined names its file itself */
	if (!str_eq(f->rule->id, "OPS-008")) {
		sheet_spaces(p, at);
		sheet_put(p, DIM, place_of(p, f));
		buf_addc(p->out, '\n');
	}
	if (strstr(f->evidence, "sha256")) {
		sheet_spaces(p, at);
		sheet_wrapped(p, DIM, at, at, f->evidence);
	}
}

static void put_issue(struct sheet *p, const struct check_issue *i)
{
	size_t at = text_column(p);

	put_label(p, i->preview ? DIM : sheet_severity(i->severity),
		  i->preview ? "preview" : severity_text(i->severity), i->rule->id);
	for (size_t k = 0; k < i->n_findings; k++) {
		if (k > 0)
			sheet_spaces(p, at);
		put_finding(p, i->findings[k]);
	}
	sheet_spaces(p, at);
	sheet_put(p, GREEN, "fix: ");
	sheet_wrapped(p, PLAIN, at + 5, at + 5, i->recommendation);
}

static bool listed(const struct sheet *p, const struct check_issue *i)
{
	return !i->suppression && (p->all || (!i->preview && i->severity >= SEV_MEDIUM));
}

/* What is not worth its own lines: one line for all of them. */
static void put_rest(struct sheet *p, const struct check_target *t)
{
	const char *ids = "", *label = "low";
	size_t places = 0;

	for (size_t i = 0; i < t->n_issues; i++) {
		const struct check_issue *is = &t->issues[i];

		if (listed(p, is) || is->preview || is->suppression ||
		    is->severity != SEV_LOW)
			continue;
		ids = arena_printf(p->arena, "%s%s%s", ids, ids[0] != '\0' ? ", " : "",
				   is->n_findings > 1
					   ? arena_printf(p->arena, "%s (%zu places)",
							  is->rule->id, is->n_findings)
					   : is->rule->id);
		places += is->n_findings;
	}
	if (places == 0)
		return;
	sheet_spaces(p, 2);
	sheet_put(p, BLUE, label);
	sheet_spaces(p, COLUMN_ID - 2 - strlen(label));
	sheet_wrapped(p, PLAIN, COLUMN_ID, COLUMN_ID, ids);
}

/* Where something is missing, OPS-008 says what. */
static bool has_gaps(const struct check_target *t)
{
	for (size_t i = 0; i < t->n_issues; i++)
		if (str_eq(t->issues[i].rule->id, "OPS-008") && !t->issues[i].suppression)
			return true;
	return false;
}

static void put_unknown(struct sheet *p, const struct check_target *t)
{
	if (has_gaps(t) && !p->all)
		return;
	for (size_t i = 0; i < t->n_unknown && (p->all || i < 3); i++) {
		const struct check_unknown *u = &t->unknown[i];
		const char *reason = u->reason ? str_printable(p->arena, u->reason, 300)
					       : "not judged";

		put_label(p, YELLOW, "unknown", u->rule ? u->rule->id : "");
		sheet_wrapped(p, PLAIN, text_column(p), text_column(p), reason);
	}
	if (t->n_unknown > 3 && !p->all) {
		sheet_spaces(p, text_column(p));
		sheet_wrapped(p, DIM, text_column(p), text_column(p),
			      arena_printf(p->arena, "and %zu more", t->n_unknown - 3));
	}
}

static void put_suppressed(struct sheet *p, const struct check_target *t)
{
	for (size_t i = 0; i < t->n_issues; i++) {
		const struct check_issue *is = &t->issues[i];
		const struct suppression *s = is->n_suppressed > 0
						      ? is->suppressed[0]->suppression
						      : is->suppression;
		size_t n = is->suppression ? is->n_findings : is->n_suppressed;

		if (!s)
			continue;
		put_label(p, DIM, "hidden", is->rule->id);
		sheet_wrapped(p, DIM, text_column(p), text_column(p),
			      arena_printf(p->arena, "%s suppressed until %s: %s",
					   plural(p, n, "finding", "findings"),
					   s->expires, s->reason));
	}
}

/* Behind the name where there is room, else on lines of their own. */
static void put_scores(struct sheet *p, const struct check_target *t, size_t at)
{
	const char *text = "";

	for (int c = CAT_SECURITY; c < CAT_MAX; c++)
		if (t->cats[c].assessed && t->overall != SCORE_NONE)
			text = arena_printf(p->arena, "%s%s%s %s", text,
					    *text ? ", " : "", names_text(categories, c),
					    score_words(p, t->cats[c].score));
	if (*text && at + 3 + strlen(text) > p->width) {
		buf_addc(p->out, '\n');
		at = 0;
	}
	if (*text) {
		buf_adds(p->out, at > 0 ? "   " : "  ");
		sheet_wrapped(p, DIM, at > 0 ? at + 3 : 2, 2, text);
	} else {
		buf_addc(p->out, '\n');
	}
}

static bool worth_showing(const struct sheet *p, const struct check_target *t)
{
	if (str_eq(t->type, "mcp") || t->n_unknown > 0)
		return true;
	for (size_t i = 0; i < t->n_issues; i++)
		if (p->all || t->issues[i].severity != SEV_INFO)
			return true;
	return false;
}

static void put_line(struct sheet *p, enum paint paint, const char *label,
		     const char *text)
{
	sheet_spaces(p, 2);
	sheet_put(p, paint, label);
	sheet_spaces(p, COLUMN_ID - 2 - strlen(label));
	sheet_wrapped(p, PLAIN, COLUMN_ID, COLUMN_ID, text);
}

static void put_name(struct sheet *p, const struct check_target *t)
{
	const char *name = str_printable(p->arena, t->name, 100);
	const char *state = str_eq(t->state, "checked")
				    ? ""
				    : arena_printf(p->arena, " (%s)", t->state);
	const char *score = t->overall == SCORE_NONE
				    ? "no score"
				    : arena_printf(p->arena, "%c %s", t->grade,
						   score_words(p, t->overall));

	sheet_put(p, BOLD, name);
	buf_addf(p->out, "%s  ", state);
	sheet_put(p, sheet_grade(t->grade), score);
	put_scores(p, t, utf8_count(name) + strlen(state) + 2 + strlen(score));
}

static void put_target(struct sheet *p, const struct check_target *t,
		       const char *check_id)
{
	if (!worth_showing(p, t))
		return;
	put_name(p, t);
	for (size_t i = 0; i < t->n_issues; i++)
		if (listed(p, &t->issues[i]))
			put_issue(p, &t->issues[i]);
	put_rest(p, t);
	put_suppressed(p, t);
	put_unknown(p, t);
	if (t->n_issues == 0 && t->n_unknown == 0) {
		sheet_spaces(p, 2);
		sheet_put(p, GREEN, "nothing to report");
		buf_addc(p->out, '\n');
	}
	if (t->note)
		put_line(p, DIM, "note", t->note);
	if (check_id)
		put_line(p, DIM, "check", check_id);
	buf_addc(p->out, '\n');
}

static const char *what_it_is(struct sheet *p, const struct config_file *f)
{
	static const char *const forms[FORM_MAX] = { [FORM_DOTENV] = "environment",
						     [FORM_COMPOSE] = "docker-compose",
						     [FORM_KUBERNETES] = "Kubernetes" };

	if (forms[f->form])
		return forms[f->form];
	return arena_printf(p->arena, "%s, %s",
			    f->host->id == HOST_GENERIC ? "no host by its path"
							: f->host->title,
			    plural(p, f->n_entries, "server", "servers"));
}

static void put_head(struct sheet *p, const struct check_report *r)
{
	const char *line = arena_printf(p->arena, "%s, %s, %s, %s check",
					plural(p, r->facts->n_files, "file", "files"),
					plural(p, r->n_servers, "server", "servers"),
					plural(p, r->rules->n_rules, "rule", "rules"),
					r->live ? "live" : "static");

	sheet_wrapped(p, DIM, 0, 0, line);
	for (size_t i = 0; i < r->facts->n_files && (p->all || i < 8); i++) {
		const struct config_file *f = r->facts->files[i];

		/* its target says why */
		if (f->state == FILE_UNREADABLE || f->state == FILE_OTHER)
			continue;
		sheet_spaces(p, 2);
		sheet_wrapped(p, PLAIN, 2, 4,
			      arena_printf(p->arena, "%s: %s",
					   str_printable(p->arena, f->path, 300),
					   what_it_is(p, f)));
	}
	if (r->facts->n_files > 8 && !p->all)
		buf_addf(p->out, "  and %zu more files\n", r->facts->n_files - 8);
	buf_addc(p->out, '\n');
}

static void put_repairs(struct sheet *p, const struct check_report *r)
{
	static const char *const words[] = { "this", "these two", "these three" };

	if (r->n_fix_first == 0)
		return;
	sheet_put(p, BOLD,
		  arena_printf(p->arena, "Fix %s first", words[r->n_fix_first - 1]));
	buf_addc(p->out, '\n');
	for (size_t i = 0; i < r->n_fix_first; i++) {
		const struct check_repair *one = &r->fix_first[i];

		buf_addf(p->out, "  %zu. ", i + 1);
		sheet_put(p, BOLD, one->issue->rule->id);
		sheet_wrapped(
			p, PLAIN, 5 + strlen(one->issue->rule->id), 5,
			arena_printf(p->arena, " %s: %s%s",
				     str_printable(p->arena, one->target->name, 100),
				     one->issue->title,
				     one->gain > 0
					     ? arena_printf(p->arena, ", +%s points",
							    score_words(p, one->gain))
					     : ""));
	}
	buf_addc(p->out, '\n');
}

static void put_counts(struct sheet *p, const struct check_report *r)
{
	size_t all = 0, known = 0;

	for (int s = SEV_LOW; s <= SEV_CRITICAL; s++) {
		all += r->n[s];
		known += r->n_known[s];
	}
	sheet_put(p, BOLD, plural(p, all, "finding", "findings"));
	for (int s = SEV_CRITICAL; s >= SEV_LOW; s--) {
		if (r->n[s] == 0)
			continue;
		buf_adds(p->out, "  ");
		sheet_put(p, sheet_severity((enum severity)s),
			  arena_printf(p->arena, "%zu %s", r->n[s],
				       severity_text((enum severity)s)));
	}
	if (r->overall != SCORE_NONE) {
		buf_adds(p->out, "  score ");
		sheet_put(p, sheet_grade(r->grade),
			  arena_printf(p->arena, "%s %c", score_words(p, r->overall),
				       r->grade));
	}
	buf_addc(p->out, '\n');
	if (r->baseline)
		sheet_wrapped(p, DIM, 0, 0,
			      arena_printf(p->arena, "%zu of them stand in the baseline.",
					   known));
}

static void put_sum(struct sheet *p, const struct check_report *r)
{
	put_repairs(p, r);
	put_counts(p, r);
	if (!r->complete)
		sheet_wrapped(
			p, YELLOW, 0, 0,
			"Incomplete: something could not be examined, so no verdict is "
			"given.");
	if (!p->all && (r->n[SEV_LOW] + r->n[SEV_INFO] + r->n_preview) > 0)
		sheet_wrapped(
			p, DIM, 0, 0,
			arena_printf(p->arena,
				     "Not listed one by one: %zu low, %zu info, %zu "
				     "preview (--all shows them).",
				     r->n[SEV_LOW], r->n[SEV_INFO], r->n_preview));
}

void report_text(const struct check_report *r, const struct report_options *opt,
		 struct buf *out)
{
	struct sheet p = sheet_open(opt, out);

	put_head(&p, r);
	for (size_t i = 0; i < r->n_targets; i++)
		put_target(&p, &r->targets[i], opt->check_ids ? opt->check_ids[i] : NULL);
	put_sum(&p, r);
	sheet_close(&p);
}
