/* SPDX-License-Identifier: Apache-2.0 */
/* Markdown for a pull request. Words of a file may be hostile: whatever is not a plain
 * English word stands in a code span, where nothing becomes a link, a mention or HTML. */
#include <ctype.h>
#include <string.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/report.h"
#include "compliance-server/report_list.h"

#define ROWS_MAX   100 /* of one table: a comment holds 65,536 characters */
#define LENGTH_MAX 60000
#define CELL_MAX   300

struct md {
	struct buf *out;
	struct arena *a;
	const struct check_report *r;
	const struct report_options *opt;
};

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters, with a hyphen or an apostrophe inside at most; never what a commit looks like.
 */
static bool plain_word(const char *s, size_t n)
{
	size_t letters = 0;
	bool hex = true;

	for (size_t i = 0; i < n; i++) {
		bool joint = i > 0 && i + 1 < n && (s[i] == '-' || s[i] == '\'') &&
			     letter(s[i - 1]);

		if (!letter(s[i]) && !joint)
			return false;
		hex &= isxdigit((unsigned char)s[i]) != 0;
		letters += letter(s[i]);
	}
	return letters > 0 && (!hex || letters < 7);
}

static bool number(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0 && n < 7;
}

/* Marks around a word that mean nothing in Markdown. */
static size_t marks_before(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && strchr("(\"", s[k]))
		k++;
	return k;
}

static size_t marks_behind(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && strchr(")\".,;:", s[n - 1 - k]))
		k++;
	return k;
}

static bool plain(const char *s, size_t n)
{
	size_t before = marks_before(s, n);
	size_t behind = marks_behind(s + before, n - before);

	s += before;
	n -= before + behind;
	return plain_word(s, n) || (number(s, n) && !behind);
}

static size_t longest_run(const char *s, size_t n)
{
	size_t best = 0, run = 0;

	for (size_t i = 0; i < n; i++) {
		run = s[i] == '`' ? run + 1 : 0;
		best = MAX(best, run);
	}
	return best;
}

static void put_code(struct buf *out, const char *s, size_t n)
{
	size_t fence = longest_run(s, n) + 1;

	for (size_t i = 0; i < fence; i++)
		buf_addc(out, '`');
	if (fence > 1)
		buf_addc(out, ' ');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '|') /* ends a cell even in a code span */
			buf_addc(out, '\\');
		buf_addc(out, s[i]);
	}
	if (fence > 1)
		buf_addc(out, ' ');
	for (size_t i = 0; i < fence; i++)
		buf_addc(out, '`');
}

/* A word that is not plain: what stands between the marks around it, as code. */
static void put_odd(struct md *m, const char *s, size_t n)
{
	size_t before = marks_before(s, n);
	size_t behind = marks_behind(s + before, n - before);

	if (before + behind == n)
		before = behind = 0;
	buf_add(m->out, s, before);
	put_code(m->out, s + before, n - before - behind);
	buf_add(m->out, s + n - behind, behind);
}

/* Any text, on one line. */
static void put_text(struct md *m, const char *text)
{
	const char *s = str_printable(m->a, text, CELL_MAX);

	for (size_t n; *s; s += n) {
		n = strspn(s, " ");
		if (n > 0) {
			buf_addc(m->out, ' ');
			continue;
		}
		n = strcspn(s, " ");
		if (plain(s, n))
			buf_add(m->out, s, n);
		else
			put_odd(m, s, n);
	}
}

static void put_name(struct md *m, const char *text)
{
	const char *s = str_printable(m->a, text, CELL_MAX);

	put_code(m->out, *s ? s : " ", MAX(strlen(s), (size_t)1));
}

static void put_row(struct md *m, const struct report_item *i)
{
	const struct finding *f = i->finding;

	buf_addf(m->out, "| %s | %s | ", severity_text(f->severity), f->rule->id);
	if (f->file)
		put_name(m, arena_printf(m->a, "%s:%d", f->file->path, f->line));
	buf_adds(m->out, " | ");
	put_text(m, f->message);
	if (strstr(f->evidence, "sha256")) { /* the rest is in the message */
		buf_adds(m->out, " ");
		put_name(m, f->evidence);
	}
	buf_adds(m->out, " | ");
	put_text(m, f->fix);
	buf_adds(m->out, " |\n");
}

static bool full(const struct md *m)
{
	return m->out->len > LENGTH_MAX;
}

static void put_table(struct md *m, const struct report_item *v, size_t n)
{
	size_t i = 0;

	buf_adds(
		m->out,
		"\n| severity | rule | where | what | repair |\n|---|---|---|---|---|\n");
	for (; i < n && i < ROWS_MAX && !full(m); i++)
		put_row(m, &v[i]);
	if (i < n)
		buf_addf(m->out, "\n…and %zu more: see the full report.\n", n - i);
}

static void put_folded(struct md *m, const char *what, const struct report_item *v,
		       size_t n)
{
	if (n == 0)
		return;
	buf_addf(m->out, "\n<details><summary>%zu %s</summary>\n", n, what);
	put_table(m, v, n);
	buf_adds(m->out, "\n</details>\n");
}

static void put_repairs(struct md *m, const struct check_target *t)
{
	if (t->n_fix_first == 0)
		return;
	buf_adds(m->out, "\nFix these first:\n\n");
	for (size_t i = 0; i < t->n_fix_first; i++) {
		const struct check_repair *one = &t->fix_first[i];

		buf_addf(m->out, "%zu. **%s**", i + 1, one->issue->rule->id);
		if (one->gain > 0)
			buf_addf(m->out, " (+%s)", report_score(m->a, one->gain));
		buf_adds(m->out, " ");
		put_text(m, one->issue->recommendation);
		buf_addc(m->out, '\n');
	}
}

static void put_scores(struct md *m, const struct check_target *t)
{
	const char *gap = "";

	for (int c = CAT_SECURITY; c < CAT_MAX; c++) {
		if (!t->cats[c].assessed)
			continue;
		buf_addf(m->out, "%s%s %s", gap, names_text(categories, c),
			 report_score(m->a, t->cats[c].score));
		gap = " · ";
	}
	if (*gap)
		buf_addc(m->out, '\n');
}

static void put_unknown(struct md *m, const struct check_target *t)
{
	if (t->n_unknown == 0)
		return;
	buf_adds(m->out, "\nNot examined:\n\n");
	for (size_t i = 0; i < t->n_unknown && i < 10; i++) {
		const struct check_unknown *u = &t->unknown[i];

		buf_addf(m->out, "- %s%s", u->rule ? u->rule->id : "",
			 u->rule ? ": " : "");
		put_text(m, u->reason ? u->reason : "not judged");
		buf_addc(m->out, '\n');
	}
	if (t->n_unknown > 10)
		buf_addf(m->out, "- and %zu more\n", t->n_unknown - 10);
}

static void put_target(struct md *m, const struct check_target *t)
{
	struct report_items items = report_items(m->a, m->r, t, REPORT_COUNTED);
	struct report_items hidden = report_items(m->a, m->r, t, REPORT_SUPPRESSED);
	size_t loud = 0;

	report_items_by_severity(&items);
	while (loud < items.n && items.v[loud].finding->severity >= SEV_MEDIUM)
		loud++;
	buf_adds(m->out, "\n### ");
	put_name(m, t->name);
	buf_addf(m->out, " %s",
		 t->overall == SCORE_NONE ? "no score"
					  : arena_printf(m->a, "%c %s", t->grade,
							 report_score(m->a, t->overall)));
	if (!str_eq(t->state, "checked"))
		buf_addf(m->out, " (%s)", t->state);
	buf_adds(m->out, "\n\n");
	put_scores(m, t);
	put_repairs(m, t);
	if (loud > 0)
		put_table(m, items.v, loud);
	put_folded(m, "low", items.v + loud, items.n - loud);
	put_folded(m, "suppressed", hidden.v, hidden.n);
	put_unknown(m, t);
}

static bool worth_showing(const struct check_target *t)
{
	return str_eq(t->type, "mcp") || t->n_unknown > 0 || t->n_issues > 0;
}

void report_markdown(const struct check_report *r, const struct report_options *opt,
		     struct buf *out)
{
	struct md m = { .out = out, .a = arena_new(), .r = r, .opt = opt };
	size_t left = 0;
	char sha[65];

	rules_sha256(sha);
	buf_adds(out, "## MCP compliance");
	if (r->overall != SCORE_NONE)
		buf_addf(out, ": %c %s", r->grade, report_score(m.a, r->overall));
	buf_addf(out, "\n\n**%s**\n", report_verdict(m.a, r, opt));
	for (size_t i = 0; i < r->n_targets; i++) {
		if (!worth_showing(&r->targets[i]))
			continue;
		if (full(&m))
			left++;
		else
			put_target(&m, &r->targets[i]);
	}
	if (left > 0)
		buf_addf(out, "\n…and %zu more targets: see the full report.\n", left);
	buf_addf(out, "\n<sub>%s check, %zu rules, rule set %s %.12s</sub>\n",
		 r->live ? "live" : "static", r->rules->n_rules, rules_version(), sha);
	arena_free(m.a);
}
