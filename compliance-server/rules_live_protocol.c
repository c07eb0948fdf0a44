/* SPDX-License-Identifier: Apache-2.0 */
/* Live rules about the protocol: start, answers, lists, end. */
#include <inttypes.h>
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/rules_live.h"

#define SERVER	      "server"
#define ASKED_VERSION "1999-01-01"

/* 2027-07-28: a year after the modern revision, speaking only the older ones weighs more.
 */
#define MODERN_EXPECTED_MS INT64_C(1816732800000)

bool live_spoken(struct rule_run *r)
{
	if (r->live->state == LIVE_OK)
		return true;
	/* LIV-001 is the result for that category, and no gap */
	if (r->rule->category == CAT_OPERATIONAL) {
		rule_skip(r, "blocked by LIV-001");
		return false;
	}
	rule_unknown(r, "%s",
		     r->live->state == LIVE_NEEDS_CREDENTIAL
			     ? "the server needs a credential to start"
			     : "the server did not complete the handshake");
	return false;
}

void live_unasked(struct rule_run *r)
{
	if (r->live->died)
		rule_unknown(r, "the server had ended: %s", r->live->error);
	else
		rule_unknown(r, "%s",
			     r->live->budget_over ? "the time for this server was over"
						  : "the server could not be asked");
}

bool live_has_tools(struct rule_run *r)
{
	const struct live_list *tools = &r->live->lists[LIVE_TOOLS];

	if (!live_spoken(r))
		return false;
	if (tools->n)
		return true;
	if (!tools->first.asked || tools->first.died || tools->first.silent)
		live_unasked(r);
	else
		rule_skip(r, "the server has no tools");
	return false;
}

bool live_has_all_tools(struct rule_run *r)
{
	enum live_pages end = r->live->lists[LIVE_TOOLS].end;

	if (!live_has_tools(r))
		return false;
	if (end == PAGES_COMPLETE)
		return true;
	if (end == PAGES_CUT)
		live_unasked(r);
	else
		rule_skip(r, "blocked by LIV-022");
	return false;
}

/* Its own last words tell more than that it ended. */
static const char *said(const struct live *l)
{
	return str_empty(l->words) ? l->error : l->words;
}

void check_liv_001(struct rule_run *r)
{
	const struct live *l = r->live;

	if (l->state == LIVE_OK)
		return;
	if (l->state == LIVE_NEEDS_CREDENTIAL)
		rule_fail_live(r, SEV_MEDIUM, SERVER, "the server needs a credential: %s",
			       said(l));
	else
		rule_fail_live(r, SEV_CRITICAL, SERVER, "no handshake (%s): %s", l->phase,
			       str_eq(l->phase, "exit") ? said(l) : l->error);
	if (!str_empty(l->words))
		rule_evidence(r, l->phase, "stderr: %s", l->words);
}

void check_liv_002(struct rule_run *r)
{
	const char *program = r->entry ? r->entry->program : NULL;
	const struct live *l = r->live;

	if (l->noise && l->noise_first_only &&
	    (str_eq(program, "npx") || str_eq(program, "uvx") || str_eq(program, "uv")))
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "a line that is no MCP message comes first on stdout, "
			       "perhaps from %s",
			       program);
	else if (l->noise)
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "%zu line%s on stdout %s no MCP message%s", l->noise,
			       l->noise == 1 ? "" : "s", l->noise == 1 ? "is" : "are",
			       l->noise == 1 ? "" : "s");
	else if (l->unended)
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "the last line on stdout has no line end");
	else if (l->state != LIVE_OK)
		live_spoken(r);
	if (l->noise)
		rule_evidence(r, "stdout", "%s", l->noise_text);
}

void check_liv_003(struct rule_run *r)
{
	const struct live_answer *a = &r->live->unknown_method;

	if (!live_spoken(r))
		return;
	if (!a->asked)
		live_unasked(r);
	else if (a->died)
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "the server ends on an unknown method");
	else if (a->silent)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "an unknown method is not answered");
	else if (a->result)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "an unknown method is answered with a result");
	else if (a->code != -32601)
		rule_fail_live(
			r, a->code == -32602 || a->code == -32600 ? SEV_LOW : SEV_MEDIUM,
			SERVER,
			"an unknown method is answered with error %" PRId64
			", expected -32601",
			a->code);
}

void check_liv_004(struct rule_run *r)
{
	if (!live_spoken(r))
		return;
	for (int i = 0; i < LIVE_MALFORMED; i++) {
		const struct live_malformed *m = &r->live->malformed[i];

		if (m->after.died) {
			rule_fail_live(r, SEV_HIGH, SERVER, "the server ends on %s",
				       m->what);
			return;
		}
		if (m->after.silent) {
			rule_fail_live(r, SEV_HIGH, SERVER,
				       "the server does not answer any more after %s",
				       m->what);
			return;
		}
		if (!m->after.asked) {
			live_unasked(r);
			return;
		}
	}
}

void check_liv_005(struct rule_run *r)
{
	const struct live_answer *a = &r->live->parse_error;

	if (!live_spoken(r))
		return;
	if (!a->asked)
		live_unasked(r);
	else if (a->died)
		rule_unknown(r, "the server ended on it");
	else if (a->silent)
		rule_fail_live(r, SEV_LOW, SERVER, "an unreadable line is not answered");
	else if (a->code != -32700)
		rule_fail_live(r, SEV_LOW, SERVER,
			       "an unreadable line is answered with %s %" PRId64
			       ", expected error -32700",
			       a->error ? "error" : "a result, code", a->code);
}

void check_liv_006(struct rule_run *r)
{
	if (!live_spoken(r))
		return;
	for (int i = 0; i < LIVE_IDS; i++) {
		const struct live_id *id = &r->live->ids[i];

		if (id->answer.died || !id->answer.asked) {
			live_unasked(r);
			return;
		}
		if (!id->answer.silent)
			continue;
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "the id %s of a request does not come back", id->sent);
		if (!str_empty(id->got))
			rule_evidence(r, "id", "the last id that came was %s", id->got);
		return;
	}
}

static void check_modern_version(struct rule_run *r, const struct live_answer *a)
{
	const struct node *supported = node_path(a->error, "data", "supported", NULL);
	const char *requested = node_str(node_path(a->error, "data", "requested", NULL));

	if (a->silent)
		rule_fail_live(r, SEV_HIGH, SERVER, "an unknown version is not answered");
	else if (a->result)
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "a request of the unknown version %s is served",
			       ASKED_VERSION);
	else if (a->code != -32022)
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "an unknown version is answered with error %" PRId64
			       ", expected -32022",
			       a->code);
	else if (!supported || supported->kind != NODE_ARRAY ||
		 !str_eq(requested, ASKED_VERSION))
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "error -32022 lacks data.supported or data.requested");
}

void check_liv_007(struct rule_run *r)
{
	const struct live_answer *a = &r->live->version_probe;
	const char *got = node_str(node_get(a->result, "protocolVersion"));

	if (!live_spoken(r))
		return;
	if (!a->asked)
		live_unasked(r);
	else if (a->died)
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "the server ends on an unknown version");
	else if (r->live->modern)
		check_modern_version(r, a);
	else if (a->silent)
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "initialize with an unknown version is not answered");
	else if (a->result && !got)
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "initialize is answered without a protocolVersion");
	else if (str_eq(got, ASKED_VERSION))
		rule_fail_live(r, SEV_HIGH, SERVER,
			       "the unknown version %s is accepted as it stands",
			       ASKED_VERSION);
}

void check_liv_008(struct rule_run *r)
{
	const struct live *l = r->live;

	if (!live_spoken(r) || l->modern)
		return;
	rule_fail_live(r,
		       strcmp(l->version, "2024-11-05") <= 0 ||
				       l->at.ms >= MODERN_EXPECTED_MS
			       ? SEV_MEDIUM
			       : SEV_LOW,
		       SERVER, "the server speaks only the older protocol, version %s",
		       l->version);
}

void check_liv_016(struct rule_run *r)
{
	const struct live_answer *a = &r->live->unknown_tool;
	const struct live_list *tools = &r->live->lists[LIVE_TOOLS];
	const struct node *failed = node_get(a->result, "isError");

	if (!live_spoken(r))
		return;
	if (!a->asked && tools->first.asked && !tools->declared && !tools->first.result)
		rule_skip(r, "the server has no tools");
	else if (!a->asked)
		live_unasked(r);
	else if (a->died || a->silent)
		rule_unknown(r, "the call of an unknown tool %s",
			     a->died ? "ended the server" : "was not answered");
	else if (a->result && !(failed && failed->kind == NODE_BOOL && failed->truth))
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "the call of a tool that does not exist is reported as "
			       "a success");
}

static void check_capability(struct rule_run *r, const struct live_list *list)
{
	const struct live_answer *a = &list->first;

	if (!a->asked)
		return;
	if (a->died)
		rule_fail_live(r, SEV_HIGH, SERVER, "the server ends on %s/list",
			       list->capability);
	else if (list->declared && a->silent)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "%s is declared, but %s/list is not answered",
			       list->capability, list->capability);
	else if (list->declared && a->error)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "%s is declared, but %s/list gives error %" PRId64,
			       list->capability, list->capability, a->code);
	else if (!list->declared && list->n)
		rule_fail_live(r, SEV_LOW, SERVER,
			       "%s/list works, but %s is not declared", list->capability,
			       list->capability);
}

void check_liv_017(struct rule_run *r)
{
	if (!live_spoken(r))
		return;
	for (int i = 0; i < LIVE_LISTS; i++) {
		check_capability(r, &r->live->lists[i]);
		if (!r->live->lists[i].first.asked)
			live_unasked(r);
	}
}

void check_liv_018(struct rule_run *r)
{
	const struct live *l = r->live;

	if (!live_spoken(r))
		return;
	if (!l->end_seen)
		live_unasked(r);
	else if (l->needed_kill)
		rule_fail_live(
			r, SEV_HIGH, SERVER,
			"neither the end of its input nor SIGTERM ends the server");
	else if (l->needed_term)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "the server goes on after the end of its input");
}

void check_liv_019(struct rule_run *r)
{
	const struct live *l = r->live;

	if (!live_spoken(r))
		return;
	if (!l->end_seen || l->needed_kill)
		live_unasked(r);
	else if (l->left_behind)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "the server leaves %d process%s behind", l->left_behind,
			       l->left_behind == 1 ? "" : "es");
}

void check_liv_020(struct rule_run *r)
{
	if (live_spoken(r) && r->live->answered_notes)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "%d notification%s answered, though without an id",
			       r->live->answered_notes,
			       r->live->answered_notes == 1 ? " is" : "s are");
}

void check_liv_021(struct rule_run *r)
{
	if (!live_has_tools(r))
		return;
	if (r->live->lists_differ && !r->live->list_changed)
		rule_fail_live(r, SEV_LOW, SERVER,
			       "tools/list differs between %d listings",
			       r->live->listings);
	else if (r->live->listings < LIVE_LISTINGS && !r->live->lists_differ)
		live_unasked(r);
}

void check_liv_022(struct rule_run *r)
{
	if (!live_spoken(r))
		return;
	for (int i = 0; i < LIVE_LISTS; i++) {
		const struct live_list *l = &r->live->lists[i];

		if (l->end == PAGES_REPEATED)
			rule_fail_live(r, SEV_MEDIUM, SERVER,
				       "%s/list gives the same cursor again",
				       l->capability);
		else if (l->end == PAGES_EMPTY)
			rule_fail_live(r, SEV_MEDIUM, SERVER,
				       "a page of %s/list adds nothing but a cursor",
				       l->capability);
		else if (l->end == PAGES_ENDLESS)
			rule_fail_live(r, SEV_MEDIUM, SERVER,
				       "%s/list has not ended after %d pages, %zu items",
				       l->capability, l->pages, l->n);
		else if (!l->first.asked || l->end == PAGES_CUT)
			live_unasked(r);
	}
}

void check_liv_023(struct rule_run *r)
{
	if (!r->live->leak) {
		if (r->live->state != LIVE_OK)
			live_spoken(r);
		return;
	}
	rule_fail_live(r, SEV_HIGH, SERVER, "the value of %s appears on %s",
		       r->live->leak, r->live->leak_where);
}

void check_liv_024(struct rule_run *r)
{
	if (live_spoken(r) && r->live->asked_us)
		rule_fail_live(r, SEV_MEDIUM, SERVER,
			       "the server sends %s, a capability that was not declared",
			       r->live->asked_method);
}
