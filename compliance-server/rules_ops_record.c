/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the record of checks: how old it is, and whether it is whole. */
#include <inttypes.h>

#include "compliance-server/rules_checks.h"

#define DAY_MS	    (24 * 60 * 60 * INT64_C(1000))
#define POLICY_DAYS 30
#define TABLE_DAYS  180

/* Both are about the whole set-up: told once, in the first project, else host. */
static bool told_here(struct rule_run *r)
{
	if (!r->facts->record)
		rule_skip(r, "the check keeps nothing, so there is no record");
	else if (r->project ? r->project->index != 0
			    : !r->host || r->facts->n_projects > 0 || r->host->index != 0)
		rule_skip(r, "it is told once for the whole set-up");
	else
		return true;
	return false;
}

static void report(struct rule_run *r, enum severity s, const char *component,
		   const char *message)
{
	rule_fail_at(r,
		     &(struct finding){ .severity = s,
					.file = r->project ? r->project->files[0]
						: r->host->n_files > 0 ? r->host->files[0]
								       : NULL,
					.line = 1,
					.col = 1,
					.pointer = component,
					.component = component,
					.message = message });
}

void check_ops_003(struct rule_run *r)
{
	const struct record *k = r->facts->record;
	int64_t days;

	if (!told_here(r))
		return;
	days = k->stalest.ms ? (k->now.ms - k->stalest.ms) / DAY_MS : 0;
	if (days > POLICY_DAYS)
		report(r, SEV_MEDIUM, "last-check",
		       arena_printf(r->arena,
				    "The last complete check of %s was %" PRId64
				    " days ago",
				    k->stalest_name, days));
	days = k->known.ms ? (k->now.ms - k->known.ms) / DAY_MS : 0;
	if (days <= TABLE_DAYS)
		return;
	report(r, SEV_MEDIUM, "package-table",
	       arena_printf(r->arena,
			    "What this program knows of packages is %" PRId64 " days old",
			    days));
	rule_fix(r, "Install a newer version of this program.");
}

void check_ops_004(struct rule_run *r)
{
	const struct record *k = r->facts->record;

	if (!told_here(r))
		return;
	if (k->unread)
		rule_unknown(r, "the audit log could not be read: %s", k->unread);
	else if (k->broken)
		report(r, SEV_CRITICAL, "audit-log",
		       arena_printf(r->arena,
				    "The audit log is not as it was written: %s",
				    k->broken));
}
