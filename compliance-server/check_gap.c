/* SPDX-License-Identifier: Apache-2.0 */
/* What of a target was not examined, joined by cause: one unreadable file silences many
 * rules. */
#include "compliance-server/check_gap.h"

#include "common/base/str.h"

#define LIMIT_CAUSES 20
#define RULES_NAMED  5

/* Notes for information (no rule) are a gap only where the target has no verdict. */
static bool is_gap(const struct check_target *t, const struct check_unknown *u)
{
	return u->rule ? !rule_is_preview(u->rule) : !t->complete;
}

bool has_gaps(const struct check_target *t)
{
	for (size_t i = 0; i < t->n_unknown; i++)
		if (is_gap(t, &t->unknown[i]))
			return true;
	return false;
}

static const char *reason_of(const struct check_unknown *u)
{
	return u->reason ? u->reason : "it could not be judged";
}

static bool said(const struct check_target *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_gap(t, &t->unknown[i]) &&
		    str_eq(reason_of(&t->unknown[i]), reason_of(&t->unknown[n])))
			return true;
	return false;
}

/* "SEC-001, SEC-002 and 4 more: reason" */
static const char *joined(struct arena *a, const struct check_target *t, size_t from)
{
	const char *reason = reason_of(&t->unknown[from]), *ids = "";
	size_t n = 0;

	for (size_t i = from; i < t->n_unknown; i++) {
		const struct check_unknown *u = &t->unknown[i];

		if (!u->rule || !is_gap(t, u) || !str_eq(reason_of(u), reason))
			continue;
		if (n++ < RULES_NAMED)
			ids = arena_printf(a, "%s%s%s", ids, n > 1 ? ", " : "",
					   u->rule->id);
	}
	if (n == 0)
		return reason;
	return n > RULES_NAMED ? arena_printf(a, "%s and %zu more: %s", ids,
					      n - RULES_NAMED, reason)
			       : arena_printf(a, "%s: %s", ids, reason);
}

size_t gaps_of(struct arena *a, const struct check_target *t, struct gap **ret)
{
	size_t n = 0;

	*ret = arena_array(a, LIMIT_CAUSES + 1, sizeof(**ret));
	for (size_t i = 0; i < t->n_unknown && n < LIMIT_CAUSES; i++)
		if (is_gap(t, &t->unknown[i]) && !said(t, i))
			(*ret)[n++] = (struct gap){ joined(a, t, i), t->file };
	if (n == 0 && !t->complete)
		(*ret)[n++] = (struct gap){ "too little of it could be judged", t->file };
	return n;
}
