/* SPDX-License-Identifier: Apache-2.0 */
/* Product of factors per category, then a weighted mean held down by what is worst. */
#include "compliance-server/score.h"

#define PPM SCORE_FULL

/* By severity and confidence; columns: 1, 2, 3, 4, 5-7, 8-15, 16 findings and more. */
static const int factors[SEV_CRITICAL + 1][CONF_VERY_HIGH + 1][7] = {
	[SEV_CRITICAL] = {
		[CONF_VERY_HIGH] = { 449998, 301867, 247239, 202497, 165852, 135838, 91122 },
		[CONF_HIGH] = { 504997, 358866, 302520, 255021, 214980, 181225, 128783 },
		[CONF_MEDIUM] = { 614997, 482291, 427098, 378221, 334937, 296607, 232604 },
		[CONF_LOW] = { 779997, 688873, 647384, 608394, 571752, 537317, 474544 },
	},
	[SEV_HIGH] = {
		[CONF_VERY_HIGH] = { 779997, 688873, 647384, 608394, 571752, 537317, 474544 },
		[CONF_HIGH] = { 801998, 718224, 679678, 643201, 608681, 576014, 515845 },
		[CONF_MEDIUM] = { 845995, 778129, 746266, 715707, 686400, 658293, 605485 },
		[CONF_LOW] = { 911997, 870944, 851116, 831739, 812803, 794298, 758543 },
	},
	[SEV_MEDIUM] = {
		[CONF_VERY_HIGH] = { 939998, 911361, 897371, 883596, 870032, 856677, 830578 },
		[CONF_HIGH] = { 945996, 920098, 907416, 894909, 882574, 870409, 846580 },
		[CONF_MEDIUM] = { 957996, 937661, 927656, 917757, 907964, 898276, 879208 },
		[CONF_LOW] = { 975998, 964214, 958375, 952572, 946804, 941071, 929708 },
	},
	[SEV_LOW] = {
		[CONF_VERY_HIGH] = { 984996, 977578, 973890, 970216, 966556, 962910, 955658 },
		[CONF_HIGH] = { 986495, 979811, 976486, 973172, 969870, 966579, 960030 },
		[CONF_MEDIUM] = { 989495, 984284, 981689, 979101, 976520, 973945, 968816 },
		[CONF_LOW] = { 993996, 991008, 989517, 988028, 986542, 985058, 982096 },
	},
};

/* How much a rule that could not be judged counts towards an incomplete category. */
static const int64_t deduction[SEV_CRITICAL + 1] = { [SEV_LOW] = 15000,
						     [SEV_MEDIUM] = 60000,
						     [SEV_HIGH] = 220000,
						     [SEV_CRITICAL] = 550000 };

int64_t score_factor(enum severity s, enum confidence c, size_t n)
{
	size_t col = n <= 4 ? n - 1 : n <= 7 ? 4 : n <= 15 ? 5 : 6;

	return n == 0 || s == SEV_INFO ? PPM : factors[s][c][col];
}

static bool scored(const struct rule *r)
{
	return !rule_is_preview(r) && !(r->flags & RULE_UNSCORED);
}

static bool only_info(const struct rule_score *r)
{
	for (int s = SEV_LOW; s <= SEV_CRITICAL; s++)
		if (r->n[s] > 0)
			return false;
	return true;
}

/* The worst of "so many of this severity or worse": one more finding never helps. */
static int64_t rule_factor(const struct rule_score *r, bool suppressed_too)
{
	int64_t f = PPM;
	size_t n = 0;

	for (int s = SEV_CRITICAL; s >= SEV_LOW; s--) {
		size_t here = r->n[s] + (suppressed_too ? r->n_suppressed[s] : 0);

		n += here;
		if (here > 0)
			f = MIN(f,
				score_factor((enum severity)s, r->rule->confidence, n));
	}
	return f;
}

static int hundredths(int64_t ppm)
{
	return (int)((ppm * 10000 + 500000) / PPM);
}

/* Counts the rule; true when what it found weighs. */
static bool count(const struct rule_score *r, struct category_score *c, int64_t *judged,
		  int64_t *unknown, bool *grave)
{
	if (r->outcome == OUTCOME_NOT_APPLICABLE) {
		c->not_applicable++;
		return false;
	}
	if (rule_is_preview(r->rule)) {
		c->preview += r->outcome == OUTCOME_FAIL;
		return false;
	}
	if (r->outcome == OUTCOME_UNKNOWN) {
		c->unknown++;
		*unknown += deduction[r->rule->severity];
		*grave |= r->rule->severity >= SEV_HIGH;
		return false;
	}
	c->assessed = true;
	*judged += deduction[r->rule->severity];
	if (r->outcome == OUTCOME_PASS || only_info(r)) {
		c->info += r->outcome == OUTCOME_FAIL;
		c->suppressed += r->outcome == OUTCOME_SUPPRESSED;
		c->passed++;
	} else {
		c->failed++;
	}
	return scored(r->rule);
}

void score_category(struct rule_score *rules, size_t n, enum category which,
		    int64_t start, struct category_score *ret)
{
	int64_t s = start, all = start, judged = 0, unknown = 0;
	bool grave = false;

	*ret = (struct category_score){ .score = SCORE_NONE,
					.score_without_suppressions = SCORE_NONE,
					.measured = hundredths(PPM) - hundredths(s) };
	for (size_t i = 0; i < n; i++) {
		struct rule_score *r = &rules[i];
		int before = hundredths(s);

		if (r->category != which || !count(r, ret, &judged, &unknown, &grave))
			continue;
		s = (s * rule_factor(r, false) + 500000) / PPM;
		all = (all * rule_factor(r, true) + 500000) / PPM;
		r->points = before - hundredths(s);
	}
	ret->assessed |= ret->unknown > 0;
	ret->coverage =
		judged + unknown > 0 ? (int)(100 * judged / (judged + unknown)) : 100;
	ret->complete = !grave && 100 * judged >= 80 * (judged + unknown);
	if (!ret->assessed || !ret->complete)
		return;
	ret->score = hundredths(s);
	ret->score_without_suppressions = hundredths(all);
}

int score_overall(const struct category_score cats[CAT_MAX], bool open_critical)
{
	static const int weights[CAT_MAX] = { [CAT_SECURITY] = 40,
					      [CAT_CONFIGURATION] = 25,
					      [CAT_OPERATIONAL] = 20,
					      [CAT_PERFORMANCE] = 15 };
	int sum = 0, all = 0, lowest = 10000, overall;

	for (int c = CAT_SECURITY; c < CAT_MAX; c++) {
		if (!cats[c].assessed)
			continue;
		if (cats[c].score == SCORE_NONE)
			return SCORE_NONE;
		sum += weights[c] * cats[c].score;
		all += weights[c];
		lowest = MIN(lowest, cats[c].score);
	}
	if (all == 0)
		return SCORE_NONE;
	overall = MIN((2 * sum + all) / (2 * all), lowest + 3000);
	if (cats[CAT_SECURITY].assessed)
		overall = MIN(overall, cats[CAT_SECURITY].score + 1500);
	return open_critical ? MIN(overall, 4999) : overall;
}

int score_registry(const int *overall, size_t n)
{
	int64_t sum = 0, lowest = 10000, mean;

	for (size_t i = 0; i < n; i++) {
		if (overall[i] == SCORE_NONE)
			return SCORE_NONE;
		sum += overall[i];
		lowest = MIN(lowest, (int64_t)overall[i]);
	}
	if (n == 0)
		return SCORE_NONE;
	mean = (2 * sum + (int64_t)n) / (2 * (int64_t)n);
	return (int)((mean + lowest + 1) / 2);
}

char score_grade(int h)
{
	return h == SCORE_NONE ? '-'
	       : h >= 9000     ? 'A'
	       : h >= 8000     ? 'B'
	       : h >= 6500     ? 'C'
	       : h >= 5000     ? 'D'
			       : 'F';
}
