/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the audit chain that the services write themselves. */
#include "compliance-server/note.h"

#include "common/app/app.h"
#include "common/app/journal.h"
#include "compliance-server/rules.h"

#define DETAILS_MAX (64 * 1024)

void note_open(struct ctx *c, struct note *n, const char *action, const char *type,
	       const char *id, const char *result)
{
	n->row = (struct audit_log){ .user_id = c->who->user_id,
				     .action = action,
				     .resource_type = type,
				     .resource_id = id,
				     .user_agent = audit_client(c) };
	buf_init(&n->b, DETAILS_MAX);
	jsonw_init(&n->w, &n->b);
	jsonw_obj(&n->w, NULL);
	audit_actor(c, &n->w);
	jsonw_str(&n->w, "result", result ? result : "ok");
}

void note_ruleset(struct note *n)
{
	char sha[65];

	rules_sha256(sha);
	jsonw_str(&n->w, "ruleset_sha256", sha);
}

bool note_store(struct ctx *c, struct note *n, struct err *e)
{
	bool ok;

	jsonw_end(&n->w);
	n->row.details.text = buf_text(&n->b);
	ok = audit_add(c, AUDIT_COMPONENT, &n->row, e);
	buf_release(&n->b);
	return ok;
}

static bool add_later(struct ctx *c, const void *in, struct err *e)
{
	return audit_add(c, AUDIT_COMPONENT, in, e);
}

void note_later(struct ctx *c, struct note *n)
{
	jsonw_end(&n->w);
	n->row.details.text = buf_text(&n->b);
	if (c->env)
		journal_add(c->env->journal, add_later, audit_log_fields, &n->row);
	buf_release(&n->b);
}
