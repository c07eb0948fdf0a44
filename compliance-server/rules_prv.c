/* SPDX-License-Identifier: Apache-2.0 */
/* PRV rules: what a host may call without asking a person. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/approval_list.h"
#include "compliance-server/rules_checks.h"
#include "compliance-server/rules_live.h"
#include "compliance-server/tool_label.h"

void check_prv_001(struct rule_run *r)
{
	struct approval_list l = approvals_of(r->arena, r->entry);

	if (l.all.node)
		rule_fail(r, SEV_HIGH, &l.all,
			  "Every tool of %s is called without a question",
			  str_printable(r->arena, r->entry->name, 80));
	for (size_t i = 0; i < r->entry->args.n; i++) {
		const struct value *arg = &r->entry->args.v[i];

		if (str_starts(arg->text, "--dangerously-"))
			rule_fail(r, SEV_HIGH, arg, "%s skips every question",
				  str_printable(r->arena, arg->text, 60));
	}
}

static const struct node *tool_named(const struct entry *e, const char *name)
{
	const struct live_list *tools = e->live ? &e->live->lists[LIVE_TOOLS] : NULL;

	for (size_t i = 0; tools && i < tools->n; i++)
		if (str_eq(node_str(node_get(tools->items[i], "name")), name))
			return tools->items[i];
	return NULL;
}

void check_prv_002(struct rule_run *r)
{
	struct approval_list l = approvals_of(r->arena, r->entry);

	if (l.tools.n == 0)
		rule_skip(r, "no tool is approved in advance");
	for (size_t i = 0; i < l.tools.n; i++) {
		const struct value *v = &l.tools.v[i];
		const struct node *tool = tool_named(r->entry, v->text);

		if (!tool_changes(v->text) || tool_hint(tool, "readOnlyHint"))
			continue;
		rule_fail(r, tool_hint(tool, "destructiveHint") ? SEV_HIGH : SEV_MEDIUM,
			  v, "%s changes something and is called without a question",
			  str_printable(r->arena, v->text, 80));
		rule_fix(r, "Take %s off the list so that a person is asked.",
			 str_printable(r->arena, v->text, 80));
	}
}

void check_prv_003(struct rule_run *r)
{
	struct approval_list l = approvals_of(r->arena, r->entry);

	if (r->file->host->id != HOST_GEMINI) {
		rule_skip(r, "no settings of Gemini CLI");
		return;
	}
	if (l.trust.node)
		rule_fail(r, SEV_MEDIUM, &l.trust,
			  "Every tool of %s is called without a question",
			  str_printable(r->arena, r->entry->name, 80));
}

void check_prv_004(struct rule_run *r)
{
	struct approval_list l = approvals_of(r->arena, r->entry);

	if (l.tools.n == 0) {
		rule_skip(r, "no tool is approved in advance");
		return;
	}
	if (!live_has_tools(r))
		return;
	if (r->live->lists[LIVE_TOOLS].end != PAGES_COMPLETE) {
		rule_unknown(r, "the list of tools was not read to its end");
		return;
	}
	for (size_t i = 0; i < l.tools.n; i++) {
		const struct value *v = &l.tools.v[i];

		/* "get_*" stands for names that may come */
		if (strpbrk(v->text, "*?") || tool_named(r->entry, v->text))
			continue;
		rule_fail(r, SEV_LOW, v, "The server has no tool %s",
			  str_printable(r->arena, v->text, 80));
		rule_fix(r, "Delete %s.", str_printable(r->arena, v->text, 80));
	}
}
