/* SPDX-License-Identifier: Apache-2.0 */
/* ENV rules: variables in .env files, and signing secrets wherever they are set. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/claim.h"
#include "compliance-server/rules_checks.h"

static void report_signing(struct rule_run *r, const struct named *v)
{
	const char *why = weak_signing_secret(v->text);

	rule_fail(r, SEV_HIGH, v->at, "%s is a signing secret, and it is %s",
		  claim_name(r, v), why);
	rule_evidence(r, "signing-secret", "%s: %s", claim_name(r, v), why);
}

void check_env_001(struct rule_run *r)
{
	claim_each(r, CLAIM_SIGNING, report_signing);
}
