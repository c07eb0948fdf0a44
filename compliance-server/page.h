/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML report: one self-contained page without script, and what it shows. Filled from
 * a check (page_report.c) or from its stored rows (page_stored.c). */
#ifndef COMPLIANCE_PAGE_H
#define COMPLIANCE_PAGE_H

#include "common/base/buf.h"
#include "compliance-server/check.h"
#include "compliance-server/stored_report.h"

#define PAGE_TREND 30 /* points of a trend line */

struct page_place {
	const char *where; /* "mcp.json:5:22", "tool:fetch"; "" for none */
	const char *message, *evidence;
};

struct page_issue {
	const char *rule, *title, *why, *fix;
	enum severity severity;
	int points; /* hundredths */
	bool preview;
	const char *closed; /* why it does not count (suppressed); NULL: it counts */
	struct page_place *places;
	size_t n_places, all_places; /* shown, and how many there are */
};

struct page_target {
	const char *name, *type, *state, *note; /* note may be NULL */
	int overall;				/* hundredths or SCORE_NONE */
	char grade;
	int cats[CAT_MAX]; /* hundredths; SCORE_NONE: incomplete or not assessed */
	int trend[PAGE_TREND];
	size_t n_trend; /* overall scores of past checks, oldest first */
	struct page_issue *issues;
	size_t n_issues;
	const char **unknown; /* sentences */
	size_t n_unknown;
};

struct page {
	const char *what; /* one line: files, servers, rules, mode */
	const char *when; /* NULL: no time, so that the same input gives the same bytes */
	bool complete;
	int overall;
	char grade;
	size_t counts[SEV_CRITICAL + 1]; /* findings that count */
	struct page_target *targets;
	size_t n_targets;
	const char *ruleset; /* "rule set 1.0.0, 196 rules" */
};

/* A whole HTML document. Every text is taken for hostile. The arena is for work. */
void page_html(const struct page *p, struct arena *a, struct buf *out);

void page_of_report(const struct check_report *r, struct arena *a, struct page *ret);
void page_of_stored(struct ctx *c, const struct stored_report *r, struct page *ret);
/* Overall scores of the newest completed checks of the target's server. */
bool page_trend(struct ctx *c, struct page_target *t, struct err *e) MUST_CHECK;

#endif
