/* SPDX-License-Identifier: Apache-2.0 */
/* What the database knows of itself and of earlier checks, as facts for rules. */
#include "compliance-server/run_record.h"

#include "compliance-server/note.h"

struct record *run_record(struct ctx *c, bool verify)
{
	struct record *r = arena_alloc(c->arena, sizeof(*r));
	struct audit_verdict v;
	struct err e;

	r->now = clock_now();
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
