/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry knows of an entry, put into the facts. */
#include "compliance-server/registry.h"

#include "common/base/str.h"

void registry_fill(struct arena *a, struct entry *entry, const struct server *row)
{
	struct registered *r = arena_alloc(a, sizeof(*r));
	const struct pin *approved = pin_read(a, row->configuration.text);
	struct pinned *p;

	*r = configuration_registered(a, row->configuration.text);
	entry->registered = r;
	entry->pinned = NULL;
	if (!approved)
		return;
	p = arena_alloc(a, sizeof(*p));
	*p = (struct pinned){ .approved = *approved, .why = "the server was not run" };
	entry->pinned = p;
}

void registry_compare(struct arena *a, struct entry *entry, char *const *environ_in,
		      struct program_cache *cache)
{
	struct pinned *p = arena_alloc(a, sizeof(*p));
	struct pin *shown = arena_alloc(a, sizeof(*shown));
	struct err e = { 0 };

	if (!entry->pinned || !entry->live)
		return;
	*p = *entry->pinned;
	if (entry->live->state == LIVE_NEEDS_CREDENTIAL &&
	    str_eq(p->approved.definition_sha256, entry->definition_sha256))
		entry->kept = pin_live(a, &p->approved);
	if (pin_of_live(a, entry, entry->live, environ_in, shown, &e)) {
		program_look(a, entry, environ_in, cache, &shown->program);
		p->shown = shown;
		p->why = NULL;
	} else {
		p->why = arena_strdup(a, e.msg);
	}
	entry->pinned = p;
}
