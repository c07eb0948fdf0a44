/* SPDX-License-Identifier: Apache-2.0 */
/* The report for a terminal: worst first, where it is, what to do. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/report.h"

#define WIDTH_MIN 40
#define WIDTH_MAX 120

enum paint { PLAIN, BOLD, DIM, RED, YELLOW, BLUE, GREEN, ALARM };

struct page {
	struct buf *out;
	struct arena *arena;
	size_t width;
	bool colour, all;
};

void report_options_for(int fd, struct report_options *ret)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	const char *columns = getenv("COLUMNS");
	bool tty = isatty(fd) == 1;
	struct winsize ws;
	int64_t n;

	ret->colour =
		tty && str_empty(no_color) && !str_empty(term) && !str_eq(term, "dumb");
	ret->width = 80;
	if (columns && str_to_i64(columns, &n) && n > 0 && n < 1000)
		ret->width = (int)n;
	else if (tty && ioctl(fd, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		ret->width = ws.ws_col;
}

static struct page page_of(const struct report_options *opt, struct buf *out)
{
	int width = opt->width > 0 ? opt->width : 80;

	return (struct page){ .out = out,
			      .arena = arena_new(),
			      .width = (size_t)MIN(MAX(width, WIDTH_MIN), WIDTH_MAX),
			      .colour = opt->colour,
			      .all = opt->all };
}

static void put(struct page *p, enum paint paint, const char *text)
{
	static const char *const codes[] = { "",	 "\033[1m",   "\033[2m",
					     "\033[31m", "\033[33m",  "\033[36m",
					     "\033[32m", "\033[1;31m" };

	if (p->colour && paint != PLAIN)
		buf_addf(p->out, "%s%s\033[0m", codes[paint], text);
	else
		buf_adds(p->out, text);
}

static void spaces(struct page *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(p->out, ' ');
}

/* Words from column `at`, later lines from column `indent`; ends the line. */
static void wrapped(struct page *p, enum paint paint, size_t at, size_t indent,
		    const char *text)
{
	size_t col = at;
	bool first = true;

	while (*text != '\0') {
		size_t n = strcspn(text, " \n");
		char *word = arena_strndup(p->arena, text, n);
		size_t w = utf8_count(word);

		if (!first && col + 1 + w > p->width) {
			buf_addc(p->out, '\n');
			spaces(p, indent);
			col = indent;
			first = true;
		}
		if (!first) {
			buf_addc(p->out, ' ');
			col++;
		}
		put(p, paint, word);
		col += w;
		first = false;
		text += n;
		text += strspn(text, " \n");
	}
	buf_addc(p->out, '\n');
}

static enum paint paint_of(enum severity s)
{
	switch (s) {
	case SEV_CRITICAL:
		return ALARM;
	case SEV_HIGH:
		return RED;
	case SEV_MEDIUM:
		return YELLOW;
	case SEV_LOW:
		return BLUE;
	case SEV_INFO:
		break;
	}
	return DIM;
}

static enum paint grade_paint(char g)
{
	return g <= 'B' && g >= 'A' ? GREEN : g == 'C' ? YELLOW : RED;
}

static const char *score_words(struct page *p, int h)
{
	return h == SCORE_NONE ? "no score"
			       : arena_printf(p->arena, "%d.%02d", h / 100, h % 100);
}

static const char *plural(struct page *p, size_t n, const char *one, const char *many)
{
	return arena_printf(p->arena, "%zu %s", n, n == 1 ? one : many);
}

static const char *place_of(struct page *p, const struct finding *f)
{
	return f->file ? arena_printf(p->arena, "%s:%d:%d",
				      str_printable(p->arena, f->file->path, 300),
				      f->line, f->col)
		       : "";
}

#define COLUMN_ID   12
#define COLUMN_TEXT 21

static void put_issue(struct page *p, const struct check_issue *i)
{
	const char *label = i->preview ? "preview" : severity_text(i->severity);

	for (size_t k = 0; k < i->n_findings; k++) {
		const struct finding *f = i->findings[k];
		const char *name = k == 0 ? label : "";

		spaces(p, 2);
		put(p, i->preview ? DIM : paint_of(i->severity), name);
		spaces(p, COLUMN_ID - 2 - strlen(name));
		put(p, k == 0 ? BOLD : PLAIN, k == 0 ? i->rule->id : "");
		spaces(p, COLUMN_TEXT - COLUMN_ID - (k == 0 ? strlen(i->rule->id) : 0));
		wrapped(p, PLAIN, COLUMN_TEXT, COLUMN_TEXT, f->message);
		if (i->rule->scope != RULE_LATE || f->file->index == SIZE_MAX) {
			spaces(p, COLUMN_TEXT);
			put(p, DIM, place_of(p, f));
			buf_addc(p->out, '\n');
		}
		if (strstr(f->evidence, "sha256")) {
			spaces(p, COLUMN_TEXT);
			wrapped(p, DIM, COLUMN_TEXT, COLUMN_TEXT, f->evidence);
		}
	}
	spaces(p, COLUMN_TEXT);
	put(p, GREEN, "fix: ");
	wrapped(p, PLAIN, COLUMN_TEXT + 5, COLUMN_TEXT + 5, i->recommendation);
}

static bool listed(const struct page *p, const struct check_issue *i)
{
	return !i->suppression && (p->all || (!i->preview && i->severity >= SEV_MEDIUM));
}

/* What is not worth its own lines: one line for all of them. */
static void put_rest(struct page *p, const struct check_target *t)
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
	spaces(p, 2);
	put(p, BLUE, label);
	spaces(p, COLUMN_ID - 2 - strlen(label));
	wrapped(p, PLAIN, COLUMN_ID, COLUMN_ID, ids);
}

/* Where something is missing, OPS-008 says what. */
static bool has_gaps(const struct check_target *t)
{
	for (size_t i = 0; i < t->n_issues; i++)
		if (t->issues[i].rule->scope == RULE_LATE &&
		    str_eq(t->issues[i].rule->id, "OPS-008"))
			return true;
	return false;
}

static void put_unknown(struct page *p, const struct check_target *t)
{
	if (has_gaps(t) && !p->all)
		return;
	for (size_t i = 0; i < t->n_unknown && (p->all || i < 3); i++) {
		const struct check_unknown *u = &t->unknown[i];

		spaces(p, 2);
		put(p, YELLOW, "unknown");
		spaces(p, 3);
		if (!u->rule) {
			wrapped(p, PLAIN, COLUMN_ID, COLUMN_ID,
				str_printable(p->arena, u->reason, 300));
			continue;
		}
		put(p, BOLD, u->rule->id);
		spaces(p, COLUMN_TEXT - COLUMN_ID - strlen(u->rule->id));
		wrapped(p, PLAIN, COLUMN_TEXT, COLUMN_TEXT,
			u->reason ? str_printable(p->arena, u->reason, 300)
				  : "not judged");
	}
	if (t->n_unknown > 3 && !p->all) {
		spaces(p, COLUMN_TEXT);
		wrapped(p, DIM, COLUMN_TEXT, COLUMN_TEXT,
			arena_printf(p->arena, "and %zu more", t->n_unknown - 3));
	}
}

static void put_scores(struct page *p, const struct check_target *t)
{
	for (int c = CAT_SECURITY; c < CAT_MAX; c++) {
		if (!t->cats[c].assessed)
			continue;
		buf_adds(p->out, "  ");
		put(p, DIM, names_text(categories, c));
		buf_addf(p->out, " %s", score_words(p, t->cats[c].score));
	}
	buf_addc(p->out, '\n');
}

static bool worth_showing(const struct page *p, const struct check_target *t)
{
	if (t->entry || t->n_unknown > 0)
		return true;
	for (size_t i = 0; i < t->n_issues; i++)
		if (p->all || t->issues[i].severity != SEV_INFO)
			return true;
	return false;
}

static void put_line(struct page *p, enum paint paint, const char *label,
		     const char *text)
{
	spaces(p, 2);
	put(p, paint, label);
	spaces(p, COLUMN_ID - 2 - strlen(label));
	wrapped(p, PLAIN, COLUMN_ID, COLUMN_ID, text);
}

static void put_target(struct page *p, const struct check_target *t, const char *check_id)
{
	size_t quiet = 0;

	if (!worth_showing(p, t))
		return;
	put(p, BOLD, str_printable(p->arena, t->name, 100));
	if (!str_eq(t->state, "checked"))
		buf_addf(p->out, " (%s)", t->state);
	buf_adds(p->out, "  ");
	put(p, grade_paint(t->grade),
	    t->overall == SCORE_NONE ? "no score"
				     : arena_printf(p->arena, "%c %s", t->grade,
						    score_words(p, t->overall)));
	put_scores(p, t);
	for (size_t i = 0; i < t->n_issues; i++) {
		if (listed(p, &t->issues[i]))
			put_issue(p, &t->issues[i]);
		else
			quiet++;
	}
	put_rest(p, t);
	put_unknown(p, t);
	if (t->n_issues == quiet && quiet == 0 && t->n_unknown == 0) {
		spaces(p, 2);
		put(p, GREEN, "nothing to report");
		buf_addc(p->out, '\n');
	}
	if (t->note)
		put_line(p, DIM, "note", t->note);
	if (check_id)
		put_line(p, DIM, "check", check_id);
	buf_addc(p->out, '\n');
}

static void put_head(struct page *p, const struct check_report *r)
{
	const char *line = arena_printf(p->arena, "%s, %s, %s, %s check",
					plural(p, r->facts->n_files, "file", "files"),
					plural(p, r->n_servers, "server", "servers"),
					plural(p, r->rules->n_rules, "rule", "rules"),
					r->live ? "live" : "static");

	wrapped(p, DIM, 0, 0, line);
	for (size_t i = 0; i < r->facts->n_files && (p->all || i < 8); i++) {
		const struct config_file *f = r->facts->files[i];

		/* its target says why */
		if (f->state == FILE_UNREADABLE || f->state == FILE_OTHER)
			continue;
		spaces(p, 2);
		wrapped(p, PLAIN, 2, 4,
			arena_printf(p->arena, "%s: %s, %s",
				     str_printable(p->arena, f->path, 300),
				     f->host->id == HOST_GENERIC ? "no host by its path"
								 : f->host->title,
				     plural(p, f->n_entries, "server", "servers")));
	}
	if (r->facts->n_files > 8 && !p->all)
		buf_addf(p->out, "  and %zu more files\n", r->facts->n_files - 8);
	buf_addc(p->out, '\n');
}

static void put_sum(struct page *p, const struct check_report *r)
{
	size_t all = 0;

	for (int s = SEV_LOW; s <= SEV_CRITICAL; s++)
		all += r->n[s];
	put(p, BOLD, plural(p, all, "finding", "findings"));
	for (int s = SEV_CRITICAL; s >= SEV_LOW; s--) {
		if (r->n[s] == 0)
			continue;
		buf_adds(p->out, "  ");
		put(p, paint_of((enum severity)s),
		    arena_printf(p->arena, "%zu %s", r->n[s],
				 severity_text((enum severity)s)));
	}
	if (r->overall != SCORE_NONE) {
		buf_adds(p->out, "  score ");
		put(p, grade_paint(r->grade),
		    arena_printf(p->arena, "%s %c", score_words(p, r->overall),
				 r->grade));
	}
	buf_addc(p->out, '\n');
	if (!r->complete)
		wrapped(p, YELLOW, 0, 0,
			"Incomplete: something could not be examined, so no verdict is given.");
	if (!p->all && (r->n[SEV_LOW] + r->n[SEV_INFO] + r->n_preview) > 0)
		wrapped(p, DIM, 0, 0,
			arena_printf(p->arena,
				     "Not listed one by one: %zu low, %zu info, %zu "
				     "preview (--all shows them).",
				     r->n[SEV_LOW], r->n[SEV_INFO], r->n_preview));
}

void report_text(const struct check_report *r, const struct report_options *opt,
		 struct buf *out)
{
	struct page p = page_of(opt, out);

	put_head(&p, r);
	for (size_t i = 0; i < r->n_targets; i++)
		put_target(&p, &r->targets[i], opt->check_ids ? opt->check_ids[i] : NULL);
	put_sum(&p, r);
	arena_free(p.arena);
}

static void put_part(struct page *p, const char *name, const char *text)
{
	if (!text)
		return;
	put(p, BOLD, name);
	spaces(p, 10 - strlen(name));
	wrapped(p, PLAIN, 10, 10, text);
}

void report_rule(const struct rule *rule, const struct report_options *opt,
		 struct buf *out)
{
	struct page p = page_of(opt, out);

	put(&p, BOLD, rule->id);
	buf_addf(out, "  %s\n", rule->title);
	put(&p, paint_of(rule->severity), severity_text(rule->severity));
	buf_addf(out, ", %s, confidence %s%s\n\n",
		 names_text(categories, (int)rule->category),
		 names_text(confidences, (int)rule->confidence),
		 rule_is_preview(rule) ? " (preview: no weight)" : "");
	put_part(&p, "Detects", rule->detect);
	put_part(&p, "Lets pass", rule->guard);
	put_part(&p, "Why", rule->why);
	put_part(&p, "Fix", rule->fix);
	put_part(&p, "See", rule->ref);
	arena_free(p.arena);
}
