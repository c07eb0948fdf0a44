/* SPDX-License-Identifier: Apache-2.0 */
/* The page as a whole: head, verdict, what to repair first, foot. */
#include "compliance-server/html.h"

#include "common/base/str.h"
#include "compliance-server/html_write.h"

#define FIRST 3

extern const char page_report_css[], page_app_js[];

static void put_head(struct buf *b, const char *policy)
{
	buf_adds(b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width,"
		    " initial-scale=1\">\n");
	buf_addf(b, "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n",
		 policy);
	buf_adds(b, "<meta name=\"color-scheme\" content=\"light dark\">\n"
		    "<title>MCP compliance report</title>\n<style>\n");
	buf_adds(b, page_report_css);
	buf_adds(b, "</style></head>\n<body><main id=\"report\">\n");
}

static const char *verdict(const struct html_page *p)
{
	if (!p->complete)
		return "Incomplete: something was not examined, so nothing here has "
		       "passed.";
	if (p->counts[SEV_CRITICAL] > 0)
		return "Critical findings: repair these before the servers are used.";
	if (p->counts[SEV_HIGH] > 0)
		return "Serious findings: worth repairing now.";
	if (p->counts[SEV_MEDIUM] > 0)
		return "Some things to put in order.";
	if (p->counts[SEV_LOW] > 0)
		return "Good, with small things left.";
	return "Nothing to report.";
}

static void put_verdict(struct buf *b, const struct html_page *p)
{
	buf_adds(b, "<header class=\"card head\">");
	html_ring(b, p->overall, p->grade, true);
	buf_adds(b, "<div class=\"words\"><h1>MCP compliance report</h1><p>");
	html_text(b, verdict(p));
	buf_adds(b, "</p><p class=\"soft\">");
	html_text(b, p->what);
	if (p->when) {
		buf_adds(b, "<br>");
		html_text(b, p->when);
	}
	buf_adds(b, "</p></div></header>\n");
}

static void put_tiles(struct buf *b, const struct html_page *p)
{
	buf_adds(b, "<div class=\"tiles\">");
	for (int s = SEV_CRITICAL; s >= SEV_LOW; s--)
		buf_addf(b, "<div class=\"card tile s%d%s\"><b>%zu</b>%s</div>", s,
			 p->counts[s] == 0 ? " zero" : "", p->counts[s],
			 severity_text((enum severity)s));
	buf_adds(b, "</div>\n");
}

static void put_unknown(struct buf *b, const struct html_page *p)
{
	bool any = false;

	for (size_t i = 0; i < p->n_targets; i++)
		any |= p->targets[i].n_unknown > 0;
	if (!any)
		return;
	buf_adds(b, "<section class=\"warn\"><b>Not examined</b><ul>");
	for (size_t i = 0; i < p->n_targets; i++) {
		const struct html_target *t = &p->targets[i];

		for (size_t k = 0; k < t->n_unknown; k++) {
			buf_adds(b, "<li>");
			html_text(b, t->name);
			buf_adds(b, ": ");
			html_text(b, t->unknown[k]);
			buf_adds(b, "</li>");
		}
	}
	buf_adds(b, "</ul></section>\n");
}

/* The dearest issue behind the given one: more points, or the same and later. */
static const struct html_issue *next_dearest(const struct html_page *p,
					     const struct html_issue *last,
					     const struct html_target **ret)
{
	const struct html_issue *best = NULL;
	bool behind = last == NULL;

	for (size_t i = 0; i < p->n_targets; i++) {
		for (size_t k = 0; k < p->targets[i].n_issues; k++) {
			const struct html_issue *is = &p->targets[i].issues[k];
			bool open = !is->preview && !is->closed && is->points > 0;

			if (is == last) {
				behind = true;
				continue;
			}
			if (!open ||
			    (last && (is->points > last->points ||
				      (is->points == last->points && !behind))) ||
			    (best && is->points <= best->points))
				continue;
			best = is;
			*ret = &p->targets[i];
		}
	}
	return best;
}

static void put_first(struct buf *b, const struct html_page *p)
{
	const struct html_target *t = NULL;
	const struct html_issue *is = next_dearest(p, NULL, &t);

	if (!is)
		return;
	buf_adds(b, "<h2>Fix these first</h2><div class=\"card\"><ol class=\"first\">\n");
	for (int i = 0; i < FIRST && is; i++, is = next_dearest(p, is, &t)) {
		buf_addf(b, "<li><span class=\"badge s%d\">%s</span> <b>",
			 (int)is->severity, severity_text(is->severity));
		html_text(b, is->title);
		buf_adds(b, "</b> <span class=\"soft\">");
		html_text(b, t->name);
		buf_addf(b, ", %d.%02d points</span><br>", is->points / 100,
			 is->points % 100);
		html_text(b, is->fix);
		buf_adds(b, "</li>\n");
	}
	buf_adds(b, "</ol></div>\n");
}

void html_write(const struct html_page *p, struct arena *a, struct buf *out)
{
	put_head(out, "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
		      " form-action 'none'");
	put_verdict(out, p);
	put_unknown(out, p);
	put_tiles(out, p);
	put_first(out, p);
	html_targets(out, p, a);
	html_issues(out, p);
	buf_adds(out, "<footer><p>");
	html_text(out, p->ruleset);
	buf_adds(out,
		 ". Scores compare set-ups under one rule set. A clean result is not "
		 "a proof: rules see forms, not meaning, and remote servers are "
		 "judged from their configuration only.</p></footer>\n"
		 "</main></body></html>\n");
}

void html_app(struct buf *out)
{
	put_head(out, "default-src 'none'; style-src 'unsafe-inline'; script-src"
		      " 'unsafe-inline'; base-uri 'none'; form-action 'none'");
	buf_adds(out, "<p class=\"soft\">Waiting for a result.</p></main>\n<script>\n");
	buf_adds(out, page_app_js);
	buf_adds(out, "</script></body></html>\n");
}
