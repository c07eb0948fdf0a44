/* SPDX-License-Identifier: Apache-2.0 */
/* Values that may be secrets: which rule reports each. One value, one fault. */
#ifndef COMPLIANCE_CLAIM_H
#define COMPLIANCE_CLAIM_H

#include "compliance-server/entry_look.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules.h"

/* Who reports a value, in order of precedence: the first that fits. Rules about where a
 * value stands (SEC-003, SEC-006, SEC-009, SEC-012, SEC-013, ENV-013) do not take part.
 * No value of a Kubernetes file is claimed: K8S-001, 002, 003 and 020 have them all. */
enum claim {
	CLAIM_NONE,
	CLAIM_URL_PASSWORD, /* SEC-007 */
	CLAIM_URL_DEFAULT,  /* SEC-008 */
	CLAIM_TOKEN,	    /* SEC-001; of a compose service DC-006 */
	CLAIM_PRIVATE_KEY,  /* SEC-011 */
	CLAIM_SIGNING,	    /* ENV-001 */
	CLAIM_SERVICE,	    /* password of a data store: ENV-002; compose DC-007 */
	CLAIM_TRIVIAL,	    /* SEC-005 */
	CLAIM_PLACE,	    /* SEC-004 */
	CLAIM_LITERAL,	    /* SEC-002; of a compose service DC-006 */
};

/* A value with the name it goes by. */
struct named {
	enum look_place place;
	const char *name; /* of the variable, the option or the header; NULL: none */
	const char *text; /* never NULL */
	const struct config_file *file; /* of a variable in a .env file, else NULL */
	const struct value *at;
	const struct compose_value *compose; /* of a compose service, else NULL */
};

enum claim claim_of(struct arena *a, const struct named *v);

/* A place in what a rule is asked about: { 0 } before the first value. */
struct claim_walk {
	size_t file, i;
};

/* The next value of r->entry, or of the files of r->project that have one of the rule's
 * forms and are no templates: then r->file is set to the file of the value. An argument
 * that is the value of an option goes by the option. What an anchor puts into several
 * compose services comes once. False behind the last. */
bool claim_next(struct rule_run *r, struct claim_walk *w, struct named *ret);

typedef void claim_report(struct rule_run *r, const struct named *v);
/* Calls report for each value that `wanted` claims. */
void claim_each(struct rule_run *r, enum claim wanted, claim_report *report);

/* For messages: the name, or "url", or "an argument"; printable. */
const char *claim_name(const struct rule_run *r, const struct named *v);

/* The first address in text with a password that is no reference: CLAIM_URL_PASSWORD or
 * CLAIM_URL_DEFAULT. *ret is the address. */
enum claim claim_url(struct arena *a, const char *text, struct url *ret);

bool credential_header(const char *name); /* Authorization, X-Api-Key … */
const char *after_scheme(const char *v);  /* behind "Bearer " and the like */
bool publishable(const char *v);	  /* a key that is made to be published */

#endif
