/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit XML: a suite for each target, a case for each rule of the plan. */
#include <string.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/report.h"
#include "compliance-server/report_list.h"

enum verdict { CASE_PASS, CASE_NOTE, CASE_FAILURE, CASE_ERROR, CASE_SKIPPED, VERDICTS };

struct junit {
	struct buf *out;
	struct arena *a;
	const struct check_report *r;
	const struct check_target *t;
	const struct check_issue **issue_of; /* by place of the rule; of this target */
	const char **reason_of;		     /* of what is unknown */
	const struct rule **rules;
	size_t n_rules;
};

/* What XML 1.0 cannot hold becomes U+FFFD. */
static void put_xml(struct buf *out, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '&')
			buf_adds(out, "&amp;");
		else if (c == '<')
			buf_adds(out, "&lt;");
		else if (c == '>')
			buf_adds(out, "&gt;");
		else if (c == '"')
			buf_adds(out, "&quot;");
		else if (c == '\n')
			buf_adds(out, "&#10;");
		else if (c < 0x20 || c == 0x7f ||
			 (c == 0xef && (unsigned char)s[1] == 0xbf &&
			  (unsigned char)s[2] >= 0xbe))
			buf_adds(out,
				 c == 0xef ? (s += 2, "\xEF\xBF\xBD") : "\xEF\xBF\xBD");
		else
			buf_addc(out, *s);
	}
}

static void put_attribute(struct buf *out, struct arena *a, const char *name,
			  const char *s)
{
	buf_addf(out, " %s=\"", name);
	put_xml(out, str_printable(a, s, 1000));
	buf_addc(out, '"');
}

static enum verdict verdict_of(const struct junit *j, size_t rule)
{
	const struct check_issue *i = j->issue_of[rule];

	switch ((enum outcome)j->t->outcomes[rule]) {
	case OUTCOME_FAIL:
		return i && !i->preview && i->severity >= SEV_MEDIUM ? CASE_FAILURE
								     : CASE_NOTE;
	case OUTCOME_UNKNOWN:
		return CASE_ERROR;
	case OUTCOME_SUPPRESSED:
	case OUTCOME_NOT_APPLICABLE:
		return CASE_SKIPPED;
	case OUTCOME_PASS:
		break;
	}
	return CASE_PASS;
}

static const char *places(struct arena *a, const struct check_issue *i)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, 1024 * 1024);
	for (size_t k = 0; k < i->n_findings; k++) {
		const struct finding *f = i->findings[k];

		if (f->file)
			buf_addf(&b, "%s:%d:%d: ", str_printable(a, f->file->path, 300),
				 f->line, f->col);
		buf_adds(&b, f->message);
		if (!str_empty(f->evidence))
			buf_addf(&b, " (%s)", f->evidence);
		buf_addc(&b, '\n');
	}
	buf_addf(&b, "Fix: %s\n", i->recommendation);
	return arena_strdup(a, buf_text(&b));
}

static void put_failed(struct junit *j, const struct check_issue *i, enum verdict kind)
{
	if (!i)
		return;
	if (kind == CASE_FAILURE) {
		buf_adds(j->out, "      <failure");
		put_attribute(j->out, j->a, "type", severity_text(i->severity));
		put_attribute(j->out, j->a, "message", i->findings[0]->message);
		buf_addc(j->out, '>');
		put_xml(j->out, places(j->a, i));
		buf_adds(j->out, "</failure>\n");
		return;
	}
	buf_adds(j->out, "      <system-out>");
	put_xml(j->out, arena_printf(j->a, "%s\n%s",
				     i->preview ? "preview" : severity_text(i->severity),
				     places(j->a, i)));
	buf_adds(j->out, "</system-out>\n");
}

static void put_skipped(struct junit *j, const struct check_issue *i)
{
	buf_adds(j->out, "      <skipped");
	put_attribute(j->out, j->a, "message",
		      i && i->suppression ? arena_printf(j->a, "suppressed until %s: %s",
							 i->suppression->expires,
							 i->suppression->reason)
					  : "not applicable");
	buf_adds(j->out, "/>\n");
}

static void put_error(struct junit *j, const char *reason)
{
	buf_adds(j->out, "      <error type=\"unknown\"");
	put_attribute(j->out, j->a, "message", reason ? reason : "it was not judged");
	buf_adds(j->out, "/>\n");
}

static void open_case(struct junit *j, const char *name)
{
	buf_adds(j->out, "    <testcase");
	put_attribute(j->out, j->a, "classname", j->t->name);
	put_attribute(j->out, j->a, "name", name);
	buf_addc(j->out, '>');
}

static void put_case(struct junit *j, size_t rule)
{
	const struct rule *r = j->rules[rule];
	enum verdict kind = verdict_of(j, rule);

	open_case(j, arena_printf(j->a, "%s %s", r->id, r->title));
	if (kind != CASE_PASS)
		buf_addc(j->out, '\n');
	if (kind == CASE_FAILURE || kind == CASE_NOTE)
		put_failed(j, j->issue_of[rule], kind);
	else if (kind == CASE_SKIPPED)
		put_skipped(j, j->issue_of[rule]);
	else if (kind == CASE_ERROR)
		put_error(j, j->reason_of[rule]);
	buf_adds(j->out, kind == CASE_PASS ? "</testcase>\n" : "    </testcase>\n");
}

static size_t place_of(const struct junit *j, const struct rule *rule)
{
	size_t i = 0;

	while (j->rules[i] != rule)
		i++;
	return i;
}

/* The worst issue of each rule, and why rules are unknown. */
static void look_up(struct junit *j)
{
	memset(j->issue_of, 0, j->n_rules * sizeof(struct check_issue *));
	memset(j->reason_of, 0, j->n_rules * sizeof(char *));
	for (size_t i = j->t->n_issues; i-- > 0;)
		j->issue_of[place_of(j, j->t->issues[i].rule)] = &j->t->issues[i];
	for (size_t i = 0; i < j->t->n_unknown; i++)
		if (j->t->unknown[i].rule)
			j->reason_of[place_of(j, j->t->unknown[i].rule)] =
				j->t->unknown[i].reason;
}

static void put_property(struct junit *j, const char *name, const char *value)
{
	buf_adds(j->out, "      <property");
	put_attribute(j->out, j->a, "name", name);
	put_attribute(j->out, j->a, "value", value);
	buf_adds(j->out, "/>\n");
}

static void put_properties(struct junit *j)
{
	buf_adds(j->out, "    <properties>\n");
	put_property(j, "state", j->t->state);
	if (j->t->overall != SCORE_NONE)
		put_property(j, "score", report_score(j->a, j->t->overall));
	for (size_t i = 0; i < j->t->n_fix_first; i++) {
		const struct check_repair *one = &j->t->fix_first[i];

		put_property(j, arena_printf(j->a, "fix_first.%zu", i + 1),
			     arena_printf(j->a, "%s: %s", one->issue->rule->id,
					  one->issue->recommendation));
	}
	buf_adds(j->out, "    </properties>\n");
}

/* Without a verdict, "examined" is the case that says so. */
static bool examined(const struct check_target *t)
{
	return t->complete;
}

static void count(const struct junit *j, size_t n[VERDICTS])
{
	for (size_t i = 0; i < j->n_rules; i++)
		if (j->t->outcomes[i])
			n[verdict_of(j, i)]++;
	n[CASE_ERROR] += !examined(j->t);
}

static void put_counts(struct junit *j, const size_t n[VERDICTS])
{
	size_t all = 0;

	for (int k = 0; k < VERDICTS; k++)
		all += n[k];
	buf_addf(j->out,
		 " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", all,
		 n[CASE_FAILURE], n[CASE_ERROR], n[CASE_SKIPPED]);
}

static const char *why_not(const struct check_target *t)
{
	for (size_t i = 0; i < t->n_unknown; i++)
		if (!t->unknown[i].rule && t->unknown[i].reason)
			return t->unknown[i].reason;
	return "too little of it could be judged";
}

static void put_suite(struct junit *j)
{
	size_t n[VERDICTS] = { 0 };

	count(j, n);
	buf_adds(j->out, "  <testsuite");
	put_attribute(j->out, j->a, "name", j->t->name);
	put_counts(j, n);
	put_properties(j);
	for (size_t i = 0; i < j->n_rules; i++)
		if (j->t->outcomes[i])
			put_case(j, i);
	if (!examined(j->t)) {
		open_case(j, "examined in full");
		buf_addc(j->out, '\n');
		put_error(j, why_not(j->t));
		buf_adds(j->out, "    </testcase>\n");
	}
	buf_adds(j->out, "  </testsuite>\n");
}

void report_junit(const struct check_report *r, const struct report_options *opt,
		  struct buf *out)
{
	struct junit j = { .out = out, .a = arena_new(), .r = r };
	size_t n[VERDICTS] = { 0 };

	j.n_rules = rules_count();
	j.rules = arena_array(j.a, j.n_rules + 1, sizeof(*j.rules));
	j.issue_of = arena_array(j.a, j.n_rules + 1, sizeof(*j.issue_of));
	j.reason_of = arena_array(j.a, j.n_rules + 1, sizeof(*j.reason_of));
	for (size_t i = 0; i < j.n_rules; i++)
		j.rules[i] = rule_at(i);
	for (size_t i = 0; i < r->n_targets; i++) {
		j.t = &r->targets[i];
		look_up(&j);
		count(&j, n);
	}
	n[CASE_ERROR] += opt->not_stored;
	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<testsuites name=\"compliance-server\"");
	put_counts(&j, n);
	for (size_t i = 0; i < r->n_targets; i++) {
		j.t = &r->targets[i];
		look_up(&j);
		put_suite(&j);
	}
	if (opt->not_stored)
		buf_adds(
			out,
			"  <testsuite name=\"store\" tests=\"1\" failures=\"0\" errors=\"1\" "
			"skipped=\"0\">\n    <testcase classname=\"store\" name=\"kept\">\n"
			"      <error type=\"unknown\" message=\"the result could not be "
			"kept\"/>\n    </testcase>\n  </testsuite>\n");
	buf_adds(out, "</testsuites>\n");
	arena_free(j.a);
}
