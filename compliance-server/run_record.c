/* SPDX-License-Identifier: Apache-2.0 */
/* What the database knows of itself and of earlier checks, as facts for rules. */
#include "compliance-server/run_record.h"

#include "common/app/audit_store.h"
#include "common/base/str.h"
#include "compliance-server/note.h"
#include "compliance-server/supply_table.h"

struct record *run_record(struct ctx *c, bool verify)
{
	struct record *r = arena_alloc(c->arena, sizeof(*r));
	struct audit_verdict v;
	struct err e;

	r->now = clock_now();
	if (!stamp_parse(supply_table_date, &r->known))
		r->known.ms = 0;
	if (!verify)
		return r;
	if (!audit_verify(c, AUDIT_COMPONENT, &v, &e))
		r->unread = arena_strdup(c->arena, e.msg);
	else if (v.fault)
		r->broken = v.why;
	return r;
}

void run_record_row(struct record *r, const struct server *row)
{
	if (!row->last_check.ms || (r->stalest.ms && r->stalest.ms <= row->last_check.ms))
		return;
	r->stalest = row->last_check;
	r->stalest_name = row->name;
}

/* The rule set of the newest check that began, or NULL. */
static const char *last_ruleset(struct ctx *c, bool *ret_ok, struct err *e)
{
	const struct audit_filter f = { .action = "check.start",
					.resource_type = "compliance_check" };
	const struct audit_log *l;
	struct rows rows;

	*ret_ok = audit_list(c, &f, &rows, e);
	l = *ret_ok && rows.n > 0 ? rows.at : NULL;
	return l && l->details.text
		       ? node_str(node_get(jsonr_parse(c->arena, l->details.text,
						       strlen(l->details.text), 0, NULL,
						       NULL),
					   "ruleset_sha256"))
		       : NULL;
}

bool run_record_ruleset(struct ctx *c, struct err *e)
{
	char now[65];
	struct note n;
	bool ok;
	const char *before = last_ruleset(c, &ok, e);

	rules_sha256(now);
	if (!ok || !before || str_eq(before, now))
		return ok;
	note_open(c, &n, "ruleset.change", "ruleset", rules_version(), NULL);
	jsonw_str(&n.w, "from", before);
	note_ruleset(&n);
	return note_store(c, &n, e);
}
