/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of every score, whatever is found: tried on many random sets of rules. */
#include "compliance-server/score.h"
#include "test/tap.h"

#define RULES  40
#define ROUNDS 20000

static struct rule rules[RULES + 1];
static char ids[RULES + 1][8];
static uint64_t seed = 20260102;

static unsigned draw(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

struct set {
	struct rule_score v[RULES + 1];
	size_t n;
	int64_t start;
	struct category_score c;
};

static int score(struct set *s)
{
	score_category(s->v, s->n, CAT_SECURITY, s->start, &s->c);
	return s->c.score;
}

static void make_rules(void)
{
	for (size_t i = 0; i <= RULES; i++) {
		snprintf(ids[i], sizeof(ids[i]), "A-%03u", (unsigned)i);
		rules[i] = (struct rule){
			.id = ids[i],
			.category = CAT_SECURITY,
			.severity = (enum severity)(SEV_LOW + draw(SEV_CRITICAL)),
			.confidence = (enum confidence)(CONF_LOW + draw(CONF_VERY_HIGH)),
			.flags = draw(10) == 0 ? RULE_UNSCORED : 0
		};
	}
}

static void make_set(struct set *s)
{
	*s = (struct set){ .n = 1 + draw(RULES),
			   .start = draw(3) ? SCORE_FULL : draw(SCORE_FULL + 1) };
	make_rules();
	for (size_t i = 0; i < s->n; i++) {
		struct rule_score *r = &s->v[i];
		unsigned kinds = draw(3) == 0 ? draw(4) : 0;

		*r = (struct rule_score){ .rule = &rules[i],
					  .category = CAT_SECURITY,
					  .outcome = OUTCOME_PASS };
		for (unsigned k = 0; k < kinds; k++)
			r->n[draw(SEV_CRITICAL + 1)] += 1 + draw(draw(4) ? 3 : 30);
		if (kinds > 0)
			r->outcome = OUTCOME_FAIL;
		else if (draw(12) == 0)
			r->outcome = OUTCOME_NOT_APPLICABLE;
	}
}

static int64_t points(const struct set *s)
{
	int64_t sum = s->c.measured;

	for (size_t i = 0; i < s->n; i++)
		sum += s->v[i].points;
	return sum;
}

/* A failed rule, or any that was judged. */
static struct rule_score *pick(struct set *s, bool failed)
{
	for (int tries = 0; tries < 200; tries++) {
		struct rule_score *r = &s->v[draw((unsigned)s->n)];

		if (r->outcome == OUTCOME_FAIL || (!failed && r->outcome == OUTCOME_PASS))
			return r;
	}
	return NULL;
}

static struct laws {
	bool sums, adding, worse, fixing, passing, hidden, between, twice;
	int64_t tried;
} laws = { true, true, true, true, true, true, true, true, 0 };

static void add_one(struct set s, int before)
{
	struct rule_score *r = pick(&s, false);

	if (!r)
		return;
	r->outcome = OUTCOME_FAIL;
	r->n[draw(SEV_CRITICAL + 1)]++;
	laws.adding &= score(&s) <= before;
	laws.sums &= points(&s) == 10000 - s.c.score;
}

static void worsen_one(struct set s, int before)
{
	struct rule_score *r = pick(&s, true);
	unsigned from = draw(SEV_CRITICAL);

	if (!r || r->n[from] == 0)
		return;
	r->n[from]--;
	r->n[from + 1 + draw(SEV_CRITICAL - from)]++;
	laws.worse &= score(&s) <= before;
}

static void fix_one(struct set s, int before)
{
	struct rule_score *r = pick(&s, true);
	unsigned which = draw(SEV_CRITICAL + 1);

	if (!r || r->n[which] == 0)
		return;
	r->n[which]--;
	laws.fixing &= score(&s) >= before;
}

static void pass_one(struct set s, int before)
{
	s.v[s.n] = (struct rule_score){ .rule = &rules[s.n],
					.category = CAT_SECURITY,
					.outcome = OUTCOME_PASS };
	s.n++;
	laws.passing &= score(&s) == before;
}

/* Suppressing a finding: between what it was and what it would be without it. */
static void suppress_one(struct set s, int before)
{
	struct rule_score *r = pick(&s, true);
	struct set without;
	unsigned which = draw(SEV_CRITICAL + 1);
	int after;

	if (!r || r->n[which] == 0)
		return;
	r->n[which]--;
	without = s;
	r->n_suppressed[which]++;
	after = score(&s);
	laws.between &= after >= before && after <= score(&without) &&
			s.c.score_without_suppressions == before;
}

/* Any number of rules that pass leaves a critical where it is. */
static void hide_one(struct set s)
{
	struct rule_score *r = pick(&s, false);
	int64_t most;

	if (!r || rule_is_preview(r->rule) || (r->rule->flags & RULE_UNSCORED))
		return;
	r->outcome = OUTCOME_FAIL;
	r->n[SEV_CRITICAL]++;
	most = (score_factor(SEV_CRITICAL, r->rule->confidence, 1) + 50) / 100;
	laws.hidden &= score(&s) <= most;
}

static void test_category(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct set s;
		int before;

		make_set(&s);
		before = score(&s);
		if (before == SCORE_NONE)
			continue;
		laws.tried++;
		laws.sums &= points(&s) == 10000 - before;
		laws.twice &= score(&s) == before;
		add_one(s, before);
		worsen_one(s, before);
		fix_one(s, before);
		pass_one(s, before);
		suppress_one(s, before);
		hide_one(s);
	}
	OK(laws.tried > ROUNDS / 2, "%d random sets of rules", (int)laws.tried);
	OK(laws.sums, "points add up to 100 minus the score");
	OK(laws.twice, "the same twice");
	OK(laws.adding, "one more finding never raises the score");
	OK(laws.worse, "a worse one never does");
	OK(laws.fixing, "a repair never lowers it");
	OK(laws.passing, "a new rule that passes moves nothing");
	OK(laws.between, "suppressing raises it at most to where it is without");
	OK(laws.hidden, "no volume hides a critical");
}

static void test_overall(void)
{
	bool falls = true, registry = true, gone = true, grades = true;

	for (int i = 0; i < ROUNDS; i++) {
		struct category_score c[CAT_MAX] = { { .score = 0 } };
		int list[5], before, at = CAT_SECURITY + (int)draw(CAT_MAX - 1);
		unsigned one = draw(5);

		for (int k = CAT_SECURITY; k < CAT_MAX; k++)
			c[k] = (struct category_score){ .assessed = k == at || draw(4),
							.complete = true,
							.score = (int)draw(10001) };
		before = score_overall(c, false);
		gone &= score_overall(c, true) <= MIN(before, 4999);
		c[at].score -= (int)draw((unsigned)c[at].score + 1);
		falls &= score_overall(c, false) <= before;
		for (size_t k = 0; k < ARRAY_LEN(list); k++)
			list[k] = (int)draw(10001);
		before = score_registry(list, 5);
		list[one] -= (int)draw((unsigned)list[one] + 1);
		registry &= score_registry(list, 5) <= before;
		grades &=
			score_grade(list[one]) >= score_grade(MIN(list[one] + 1, 10000));
	}
	OK(falls, "a lower category never raises the overall score");
	OK(gone, "nor does an open critical");
	OK(registry, "a lower server never raises the registry's");
	OK(grades, "a higher score never has a worse grade");
}

int main(void)
{
	test_category();
	test_overall();
	return tap_done();
}
