/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML report: one self-contained page without script, and what it shows. Filled from
 * a check (html_report.c) or from stored rows (html_stored.c). */
#ifndef COMPLIANCE_HTML_H
#define COMPLIANCE_HTML_H

#include "common/base/buf.h"
#include "compliance-server/check.h"
#include "compliance-server/stored_report.h"

#define HTML_TREND 30 /* points of a trend line */

struct html_place {
	const char *where; /* "mcp.json:5:22", "tool:fetch"; "" for none */
	const char *message, *evidence;
};

struct html_issue {
	const char *rule, *title, *why, *fix;
	enum severity severity;
	int points; /* hundredths */
	bool preview;
	const char *closed; /* why it does not count (suppressed); NULL: it counts */
	struct html_place *places;
	size_t n_places, all_places; /* shown, and how many there are */
};

struct html_target {
	const char *name, *type, *state, *note; /* note may be NULL */
	int overall;				/* hundredths or SCORE_NONE */
	char grade;
	int cats[CAT_MAX]; /* hundredths; SCORE_NONE: incomplete or not assessed */
	int trend[HTML_TREND];
	size_t n_trend; /* overall scores of past checks, oldest first */
	struct html_issue *issues;
	size_t n_issues;
	const char **unknown; /* sentences */
	size_t n_unknown;
};

struct html_page {
	const char *what; /* one line: files, servers, rules, mode */
	const char *when; /* NULL: no time, so that the same input gives the same bytes */
	bool complete;
	int overall;
	char grade;
	size_t counts[SEV_CRITICAL + 1]; /* findings that count */
	struct html_target *targets;
	size_t n_targets;
	const char *ruleset; /* "rule set 1.0.0, 196 rules" */
};

/* A whole HTML document. Every text is taken for hostile. The arena is for work. */
void html_write(const struct html_page *p, struct arena *a, struct buf *out);

/* The document of the MCP App: the same style, and a script that asks the host for what
 * it shows. */
void html_app(struct buf *out);

void html_of_report(const struct check_report *r, struct arena *a, struct html_page *ret);
/* One stored check with the trend of its server. */
bool html_of_stored(struct ctx *c, const struct stored_report *r, struct html_page *ret,
		    struct err *e) MUST_CHECK;
/* The newest completed check of every registered server. */
bool html_of_registry(struct ctx *c, struct html_page *ret, struct err *e) MUST_CHECK;

#endif
