/* SPDX-License-Identifier: Apache-2.0 */
/* The score: its table, its examples, and what must hold whatever is found. */
#include <stdio.h>

#include "compliance-server/score.h"
#include "test/tap.h"

static const struct rule rows[] = {
	{ .id = "A-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH },
	{ .id = "A-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH },
	{ .id = "A-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH },
	{ .id = "A-004",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH },
	{ .id = "A-005",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH },
	{ .id = "A-006",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH },
	{ .id = "A-007",
	  .category = CAT_SECURITY,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH },
	{ .id = "A-008",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM },
};

#define N ARRAY_LEN(rows)

static void all_pass(struct rule_score *s)
{
	for (size_t i = 0; i < N; i++)
		s[i] = (struct rule_score){ .rule = &rows[i],
					    .category = CAT_SECURITY,
					    .outcome = OUTCOME_PASS };
}

static void fail(struct rule_score *s, size_t i, size_t n)
{
	s[i].outcome = OUTCOME_FAIL;
	s[i].n[rows[i].severity] += n;
}

static int score(struct rule_score *s, struct category_score *c)
{
	score_category(s, N, CAT_SECURITY, SCORE_FULL, c);
	return c->score;
}

static void test_examples(void)
{
	struct rule_score s[N];
	struct category_score c;
	int points = 0;

	all_pass(s);
	IS_INT(score(s, &c), 10000, "nothing found");
	IS_INT(c.passed, N - 1, "preview rules are not counted");
	fail(s, 6, 1);
	IS_INT(score(s, &c), 9865, "one low of confidence high");
	all_pass(s);
	fail(s, 3, 1);
	IS_INT(score(s, &c), 9400, "one medium");
	fail(s, 3, 5);
	IS_INT(score(s, &c), 8700, "the same medium in six places");
	all_pass(s);
	fail(s, 1, 1);
	IS_INT(score(s, &c), 7800, "one high");
	fail(s, 2, 1);
	IS_INT(score(s, &c), 6084, "two different highs");
	all_pass(s);
	fail(s, 0, 1);
	IS_INT(score(s, &c), 4500, "one critical");
	for (size_t i = 1; i < 6; i++)
		fail(s, i, 1);
	IS_INT(score(s, &c), 2274, "one critical, two highs, three mediums");
	for (size_t i = 0; i < N; i++)
		points += s[i].points;
	IS_INT(points, 10000 - c.score, "the points add up to what is missing");
	all_pass(s);
	fail(s, 7, 5);
	IS_INT(score(s, &c), 10000, "preview has no weight");
	IS_INT(c.failed, 0, "and is no failure");
}

static void test_unknown(void)
{
	struct rule_score s[N];
	struct category_score c;

	all_pass(s);
	s[0].outcome = OUTCOME_UNKNOWN;
	IS_INT(score(s, &c), SCORE_NONE, "a critical rule unknown: no score");
	OK(c.assessed && !c.complete, "the category is incomplete, not passed");
	all_pass(s);
	s[6].outcome = OUTCOME_UNKNOWN;
	IS_INT(score(s, &c), 10000, "one low rule unknown is borne");
	for (size_t i = 0; i < N; i++)
		s[i].outcome = OUTCOME_NOT_APPLICABLE;
	IS_INT(score(s, &c), SCORE_NONE, "nothing applied");
	OK(!c.assessed, "not assessed");
	for (size_t i = 0; i < N; i++)
		s[i].outcome = OUTCOME_UNKNOWN;
	IS_INT(score(s, &c), SCORE_NONE, "everything unknown: no score");
}

/* Adding a finding anywhere, or making it worse, never raises a score. */
static void test_monotone(void)
{
	struct rule_score s[N];
	struct category_score c;
	bool fell = true, worse = true;
	unsigned seed = 1;

	for (int round = 0; round < 2000; round++) {
		size_t which;
		int before, after;

		all_pass(s);
		for (size_t i = 0; i < N; i++) {
			seed = seed * 1103515245u + 12345u;
			if ((seed >> 16) % 3 == 0)
				fail(s, i, 1 + (seed >> 20) % 20);
		}
		before = score(s, &c);
		seed = seed * 1103515245u + 12345u;
		which = (seed >> 16) % N;
		fail(s, which, 1);
		after = score(s, &c);
		fell &= after <= before;
		s[which].n[rows[which].severity]--;
		s[which].n[SEV_CRITICAL]++;
		worse &= score(s, &c) <= after;
	}
	OK(fell, "one more finding never raises a score");
	OK(worse, "a worse finding never raises a score");
}

static void test_table(void)
{
	bool falling = true;

	for (int s = SEV_LOW; s <= SEV_CRITICAL; s++)
		for (int k = CONF_LOW; k <= CONF_VERY_HIGH; k++)
			for (size_t n = 1; n < 40; n++) {
				int64_t f = score_factor((enum severity)s,
							 (enum confidence)k, n);

				falling &= f > 0 && f < 1000000;
				falling &= f >= score_factor((enum severity)s,
							     (enum confidence)k, n + 1);
			}
	OK(falling, "more findings, smaller factor");
	IS_INT(score_factor(SEV_CRITICAL, CONF_VERY_HIGH, 1), 449998,
	       "a corner of the table");
	IS_INT(score_factor(SEV_LOW, CONF_LOW, 16), 982096, "the other corner");
	IS_INT(score_factor(SEV_HIGH, CONF_HIGH, 7), 608681,
	       "five to seven are one column");
	IS_INT(score_factor(SEV_HIGH, CONF_HIGH, 8), 576014, "eight begins the next");
}

static void test_overall(void)
{
	struct category_score c[CAT_MAX] = {
		[CAT_SECURITY] = { .assessed = true, .complete = true, .score = 7912 },
		[CAT_CONFIGURATION] = { .assessed = true,
					.complete = true,
					.score = 9400 },
		[CAT_OPERATIONAL] = { .assessed = true,
				      .complete = true,
				      .score = 10000 },
	};
	const int four[] = { 9541, 9626, 8841, 9760 },
		  one_missing[] = { 9541, SCORE_NONE };

	IS_INT(score_overall(c, false), 8841, "weights 40, 25, 20");
	IS_INT(score_overall(c, true), 4999, "an open critical holds it below 50");
	c[CAT_SECURITY].score = 2000;
	IS_INT(score_overall(c, false), 3500, "at most security and 15");
	c[CAT_SECURITY].score = SCORE_NONE;
	IS_INT(score_overall(c, false), SCORE_NONE,
	       "a category without score: none overall");
	IS_INT(score_registry(four, 4), 9142, "registry: half mean, half lowest");
	IS_INT(score_registry(one_missing, 2), SCORE_NONE, "one without score: none");
	IS_INT(score_registry(four, 0), SCORE_NONE, "no servers: none");
	OK(score_grade(9000) == 'A' && score_grade(8999) == 'B' &&
		   score_grade(4999) == 'F' && score_grade(SCORE_NONE) == '-',
	   "grades");
}

int main(void)
{
	test_examples();
	test_unknown();
	test_monotone();
	test_table();
	test_overall();
	return tap_done();
}
