/* SPDX-License-Identifier: Apache-2.0 */
/* Scores: integer arithmetic in parts per million over the rules that were judged. */
#ifndef COMPLIANCE_SCORE_H
#define COMPLIANCE_SCORE_H

#include "compliance-server/rules.h"

#define SCORE_NONE (-1) /* no score: not assessed, or incomplete */

/* One rule on one target, as the score sees it. */
struct rule_score {
	const struct rule *rule;
	enum category category; /* a finding may have moved it */
	enum outcome outcome;
	size_t n[SEV_CRITICAL + 1];	       /* findings by severity … */
	size_t n_suppressed[SEV_CRITICAL + 1]; /* … and those that do not count */
	int points;			       /* out: hundredths lost to this rule */
};

struct category_score {
	bool assessed;			/* at least one rule applied */
	bool complete;			/* enough was judged to give a score */
	int score;			/* hundredths, 0 to 10000, or SCORE_NONE */
	int score_without_suppressions; /* the same where nothing is suppressed */
	int coverage; /* percent of what should have been judged, by weight */
	int measured; /* hundredths lost before any rule: what start fell short of */
	/* passed holds the suppressed ones as well */
	size_t passed, failed, not_applicable, unknown, preview, info, suppressed;
};

#define SCORE_FULL 1000000 /* parts per million */

/* Rules in byte order of their ids; fills points of those of this category. start is
 * SCORE_FULL or what score_metrics gave. */
void score_category(struct rule_score *rules, size_t n, enum category which,
		    int64_t start, struct category_score *ret);

/* Units: ms, microseconds, KiB, bytes, 1/100 percent of a processor. */
enum metric {
	METRIC_WARM_START,
	METRIC_LIST_P95,
	METRIC_RSS,
	METRIC_LIST_BYTES,
	METRIC_IDLE,
	METRICS
};
/* Parts per million; a negative value was not measured: resident size and idle time are
 * left out then, without one of the others the result is -1. */
int64_t score_metrics(const int64_t v[METRICS]);
/* Overall of one target, or SCORE_NONE; cats is indexed by enum category. */
int score_overall(const struct category_score cats[CAT_MAX], bool open_critical);
/* Of several targets: half the mean, half the lowest; SCORE_NONE while one has none. */
int score_registry(const int *overall, size_t n);
char score_grade(int hundredths); /* 'A' to 'F'; '-' for SCORE_NONE */
/* Factor in ppm of a rule with n findings of this severity or worse. */
int64_t score_factor(enum severity s, enum confidence c, size_t n);

#endif
