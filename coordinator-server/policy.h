/* SPDX-License-Identifier: Apache-2.0 */
/* Policy: allow, ask or deny, by target and tool. It stands beside the servers of the
 * mcp.json, as the object "coordinator". */
#ifndef COORDINATOR_SERVER_POLICY_H
#define COORDINATOR_SERVER_POLICY_H

#include "common/base/err.h"
#include "common/field/jsonr.h"
#include "coordinator-server/model.h"

enum mode { MODE_ALLOW = 1, MODE_ASK, MODE_DENY };
extern const char *const modes[];

struct rule {
	const char *pattern; /* tool, or a beginning followed by '*'; NULL: the default */
	enum mode mode;
	enum approval_type type; /* of the approval that `ask` wants */
	enum effect effect;
	int64_t timeout_ms; /* 0: not given */
	int line, col;
};

struct target_policy {
	const char *target;
	struct rule *rules;
	size_t n;
	struct rule other;     /* for tools that no pattern fits */
	struct strs env_pass;  /* further variables of ours it may have */
	int64_t max_in_flight; /* calls at one moment */
	bool host_starts;      /* the host can start it too: calls can go past us */
};

struct policy {
	struct target_policy *targets;
	size_t n;
};

/* node: the "coordinator" object, or NULL for none. Everything lives in the arena. On
 * failure ERR_CONFIG with line and column of what is wrong. */
bool policy_read(struct arena *a, const struct node *node, struct policy *ret,
		 struct err *e);
/* Never NULL: a target that is not named has the defaults. */
const struct target_policy *policy_target(const struct policy *p, const char *target);
/* What applies to a tool: deny wins, an unlisted tool has to ask. */
const struct rule *policy_rule(const struct target_policy *t, const char *tool);
bool target_name_ok(const char *name);

#endif
