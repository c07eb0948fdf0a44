/* SPDX-License-Identifier: Apache-2.0 */
/* servers.configuration: one JSON object with several writers, each of which keeps the
 * members of the others. */
#ifndef COMPLIANCE_SERVER_CONFIGURATION_H
#define COMPLIANCE_SERVER_CONFIGURATION_H

#include "common/field/jsonw.h"
#include "compliance-server/facts.h"

/* The text with this member; json NULL: without it. A text that is no object, or NULL, is
 * an empty one. */
const char *configuration_with(struct arena *a, const char *text, const char *key,
			       const char *json);
/* The members of the text other than these (closed by NULL) into the open object. */
void configuration_carry(struct arena *a, struct jsonw *w, const char *text,
			 const char *const *others);
/* As a client may see it: of an approved set who, when and how many tools. */
const char *configuration_shown(struct arena *a, const char *text);

/* What the registry says of a server. */
struct registered {
	const char *definition_sha256; /* it was registered with; NULL: it was not */
	const char *owner, *purpose, *contact;
};

struct registered configuration_registered(struct arena *a, const char *text);
/* The text of a server that somebody registers now; NULL fields stay as they are. */
const char *configuration_register(struct arena *a, const char *text,
				   const struct registered *r, const char *by);

#endif
