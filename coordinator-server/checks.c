/* SPDX-License-Identifier: Apache-2.0 */
/* What `doctor` looks at besides the common checks: targets and their policy. */
#include "coordinator-server/cmds.h"
#include "coordinator-server/services.h"

static enum doctor_state check_targets(struct ctx *c, const char **ret_text)
{
	struct entries es;
	struct err e = { 0 };
	size_t callable = 0;

	if (!services_entries(c, &es, &e)) {
		*ret_text = arena_strdup(c->arena, e.msg);
		return DOCTOR_FAIL;
	}
	if (!es.file) {
		*ret_text = arena_printf(
			c->arena, "no mcp.json in %s; set MCP_CONFIG to the host's",
			es.looked);
		return DOCTOR_WARN;
	}
	for (size_t i = 0; i < es.n; i++)
		callable += !es.v[i].reason;
	*ret_text = arena_printf(c->arena, "%s: %zu of %zu servers can be called%s",
				 es.file, callable, es.n,
				 callable ? "" : "; list_targets gives the reasons");
	return callable ? DOCTOR_OK : DOCTOR_WARN;
}

static enum doctor_state check_policy(struct ctx *c, const char **ret_text)
{
	struct entries es;
	struct err e = { 0 };

	if (!services_entries(c, &es, &e) || !es.file) {
		*ret_text = "without targets there is no policy";
		return DOCTOR_NOTE;
	}
	*ret_text = es.policy_error ? es.policy_error
				    : "read; a tool that it does not name asks a person";
	return es.policy_error ? DOCTOR_FAIL : DOCTOR_OK;
}

const struct doctor_row coordinator_doctor[] = {
	{ .name = "targets", .check = check_targets },
	{ .name = "policy", .check = check_policy },
	{ .name = NULL },
};
