/* SPDX-License-Identifier: Apache-2.0 */
/* The issues, and filters over them that need no script: hidden check boxes, and rules of
 * the style sheet that follow them. */
#include "common/base/str.h"
#include "compliance-server/html_write.h"

#define FILTERED 60 /* targets with a filter of their own */

static void put_places(struct buf *b, const struct html_issue *is)
{
	buf_adds(b, "<ul class=\"places\">");
	for (size_t i = 0; i < is->n_places; i++) {
		const struct html_place *at = &is->places[i];

		buf_adds(b, "<li>");
		if (!str_empty(at->where)) {
			buf_adds(b, "<code>");
			html_text(b, at->where);
			buf_adds(b, "</code><br>");
		}
		html_text(b, at->message);
		if (!str_empty(at->evidence)) {
			buf_adds(b, " <span class=\"soft\">(");
			html_text(b, at->evidence);
			buf_adds(b, ")</span>");
		}
		buf_adds(b, "</li>");
	}
	if (is->all_places > is->n_places)
		buf_addf(b, "<li class=\"soft\">and %zu more</li>",
			 is->all_places - is->n_places);
	buf_adds(b, "</ul>");
}

static void put_issue(struct buf *b, const struct html_issue *is,
		      const struct html_target *t, size_t target)
{
	const char *label = is->closed	  ? "suppressed"
			    : is->preview ? "preview"
					  : severity_text(is->severity);
	int tone = is->preview || is->closed ? SEV_INFO : (int)is->severity;

	buf_addf(b,
		 "<details class=\"issue s%d t%zu\"><summary><span class=\"badge\">%s"
		 "</span><span class=\"name\">",
		 tone, target, label);
	html_text(b, is->title);
	buf_adds(b, "</span><code>");
	html_text(b, is->rule);
	buf_adds(b, "</code><span class=\"where soft\">");
	html_text(b, t->name);
	if (is->n_places > 0 && !str_empty(is->places[0].where)) {
		buf_adds(b, " &middot; ");
		html_text(b, is->places[0].where);
	}
	if (is->all_places > 1)
		buf_addf(b, " and %zu more", is->all_places - 1);
	if (is->points > 0)
		buf_addf(b, " &middot; %d.%02d points", is->points / 100,
			 is->points % 100);
	buf_adds(b, "</span></summary><div class=\"body\">");
	if (is->closed) {
		buf_adds(b, "<p>Suppressed: ");
		html_text(b, is->closed);
		buf_adds(b, "</p>");
	}
	if (!str_empty(is->why)) {
		buf_adds(b, "<p>");
		html_text(b, is->why);
		buf_adds(b, "</p>");
	}
	put_places(b, is);
	buf_adds(b, "<p class=\"fix\"><b>Fix:</b> ");
	html_text(b, is->fix);
	buf_adds(b, "</p></div></details>\n");
}

static size_t issues_of(const struct html_page *p, size_t target, int tone)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_targets; i++) {
		const struct html_target *t = &p->targets[i];

		for (size_t k = 0; k < t->n_issues; k++) {
			const struct html_issue *is = &t->issues[k];
			int own =
				is->preview || is->closed ? SEV_INFO : (int)is->severity;

			n += (target == 0 || target == i + 1) &&
			     (tone < 0 || tone == own);
		}
	}
	return n;
}

static bool has_filter(const struct html_page *p, size_t target)
{
	return target <= FILTERED && issues_of(p, target, -1) > 0;
}

/* Rules that hide what is not chosen, and show which chips are. */
static void put_rules(struct buf *b, const struct html_page *p)
{
	buf_adds(b, "<style>\n");
	for (int s = SEV_CRITICAL; s >= SEV_INFO; s--)
		buf_addf(
			b,
			"#s%d:not(:checked)~.list .s%d{display:none}"
			"#s%d:checked~.chips [for=s%d]{color:var(--tone);border-color:"
			"var(--tone)}#s%d:focus-visible~.chips [for=s%d]{outline:2px solid"
			" var(--accent)}\n",
			s, s, s, s, s, s);
	for (size_t i = 0; i <= p->n_targets; i++) {
		if (!has_filter(p, i))
			continue;
		if (i > 0)
			buf_addf(b, "#t%zu:checked~.list>:not(.t%zu){display:none}", i,
				 i);
		buf_addf(
			b,
			"#t%zu:checked~.chips [for=t%zu]{color:var(--accent);border-color:"
			"var(--accent)}#t%zu:focus-visible~.chips [for=t%zu]{outline:2px"
			" solid var(--accent)}\n",
			i, i, i, i);
	}
	buf_adds(b, "</style>\n");
}

static void put_inputs(struct buf *b, const struct html_page *p)
{
	static const char *const names[] = { "preview, info", "low", "medium", "high",
					     "critical" };

	for (int s = SEV_CRITICAL; s >= SEV_INFO; s--)
		buf_addf(b,
			 "<input class=\"filter\" type=\"checkbox\" id=\"s%d\" checked"
			 " aria-label=\"show %s\">",
			 s, names[s]);
	for (size_t i = 0; i <= p->n_targets; i++) {
		if (!has_filter(p, i))
			continue;
		buf_addf(b,
			 "<input class=\"filter\" type=\"radio\" name=\"t\" id=\"t%zu\"%s"
			 " aria-label=\"only ",
			 i, i == 0 ? " checked" : "");
		html_text(b, i == 0 ? "all" : p->targets[i - 1].name);
		buf_adds(b, "\">");
	}
	buf_adds(b, "\n<div class=\"chips\">");
	for (int s = SEV_CRITICAL; s >= SEV_INFO; s--)
		if (issues_of(p, 0, s) > 0)
			buf_addf(b,
				 "<label class=\"chip s%d\" for=\"s%d\">%s %zu</label>",
				 s, s, names[s], issues_of(p, 0, s));
	buf_adds(b, "</div>\n<div class=\"chips\">");
	for (size_t i = 0; i <= p->n_targets; i++) {
		if (!has_filter(p, i))
			continue;
		buf_addf(b, "<label class=\"chip\" for=\"t%zu\">", i);
		html_text(b, i == 0 ? "all" : p->targets[i - 1].name);
		buf_addf(b, " %zu</label>", issues_of(p, i, -1));
	}
	buf_adds(b, "</div>\n");
}

void html_issues(struct buf *b, const struct html_page *p)
{
	if (issues_of(p, 0, -1) == 0)
		return;
	buf_adds(b, "<section><h2>Issues</h2>\n");
	put_rules(b, p);
	put_inputs(b, p);
	buf_adds(b, "<div class=\"list\">\n");
	/* worst first over all targets, each target's own order kept */
	for (int s = SEV_CRITICAL; s >= SEV_INFO; s--) {
		for (size_t i = 0; i < p->n_targets; i++) {
			const struct html_target *t = &p->targets[i];

			for (size_t k = 0; k < t->n_issues; k++) {
				const struct html_issue *is = &t->issues[k];
				int own = is->preview || is->closed ? SEV_INFO
								    : (int)is->severity;

				if (own == s)
					put_issue(b, is, t, i + 1);
			}
		}
	}
	buf_adds(b, "</div></section>\n");
}
