/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry knows of an entry, put into the facts before rules look at them. */
#ifndef COMPLIANCE_SERVER_REGISTRY_H
#define COMPLIANCE_SERVER_REGISTRY_H

#include "compliance-server/configuration.h"
#include "compliance-server/pin.h"
#include "compliance-server/server_store.h"

/* Of the entry's row: entry->registered, and its approved set in entry->pinned. */
void registry_fill(struct arena *a, struct entry *entry, const struct server *row);
/* An entry with an approved set, once it was run (entry->live): what it shows now, and
 * the files behind it; of one that needs a credential the approved texts, as
 * entry->kept. */
void registry_compare(struct arena *a, struct entry *entry, char *const *environ_in,
		      struct program_cache *cache);

#endif
