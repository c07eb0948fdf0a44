/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the ENV rules. */
#include "compliance-server/rules_checks.h"

const struct rule rules_env[] = {
	{ .id = "ENV-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Weak or placeholder signing secret",
	  .detect = "The name is JWT_SECRET or ends in '_JWT_SECRET', or is "
		    "SESSION_SECRET, SECRET_KEY, NEXTAUTH_SECRET, COOKIE_SECRET or "
		    "ENCRYPTION_KEY, and the value is a placeholder, is in the "
		    "SEC-005 list, is shorter than 32 characters, or has less than "
		    "128 bits (entropy per character times length).",
	  .guard = "References; base64 of 32 or more bytes. 'STRIPE_SECRET_KEY' "
		   "and the like are vendor keys, not signing secrets: only whole "
		   "names match.",
	  .why = "Whoever knows or guesses the signing secret can make valid "
		 "tokens for any user.",
	  .fix = "Generate 32 random bytes and load them from a secret store.",
	  .ref = "CWE-326; CWE-521; RFC 7518 section 3.2; MCP07",
	  .check = check_env_001,
	  .check_project = check_env_001,
	  .forms = FORMS_ENV },
	{ .id = NULL },
};
