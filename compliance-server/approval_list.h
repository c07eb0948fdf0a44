/* SPDX-License-Identifier: Apache-2.0 */
/* Which tools of a server the host may call without asking a person. */
#ifndef COMPLIANCE_APPROVAL_LIST_H
#define COMPLIANCE_APPROVAL_LIST_H

#include "compliance-server/facts.h"

struct approval_list {
	struct value all;    /* what approves every tool; .node NULL: nothing does */
	struct values tools; /* names of single tools, as .text */
	struct value trust;  /* "trust": true of Gemini CLI; .node NULL without */
};

/* From the entry (alwaysAllow, autoApprove, trust), and from what the file says of it
 * (permission of Kilo and opencode, allowedTools of Amazon Q). */
struct approval_list approvals_of(struct arena *a, const struct entry *e);
/* A tool of this name is called without a question. */
bool approved_tool(const struct approval_list *l, const char *name);

#endif
