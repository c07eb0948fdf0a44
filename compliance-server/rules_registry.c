/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the registry: who answers for a server. */
#include "common/base/str.h"
#include "compliance-server/configuration.h"
#include "compliance-server/rules_checks.h"

/* What somebody registered; NULL: the outcome is said. */
static const struct registered *of_registry(struct rule_run *r)
{
	if (!r->facts->registry)
		rule_skip(r, "no registry is in use");
	else if (!r->entry->registered || !r->file->on_disk)
		rule_skip(r, "the entry was not looked up in the registry");
	else if (!r->entry->enabled)
		rule_skip(r, "the server is disabled");
	else
		return r->entry->registered;
	return NULL;
}

void check_ops_001(struct rule_run *r)
{
	const struct registered *reg = of_registry(r);

	if (!reg)
		return;
	if (!reg->definition_sha256)
		rule_fail_entry(r, SEV_HIGH, "Nobody registered the server \"%s\"",
				r->entry->name);
	else if (!str_eq(reg->definition_sha256, r->entry->definition_sha256))
		rule_fail_entry(r, SEV_HIGH,
				"The server \"%s\" is not defined as it was registered",
				r->entry->name);
}

void check_ops_002(struct rule_run *r)
{
	const struct registered *reg = of_registry(r);
	const char *missing;

	if (!reg)
		return;
	if (!reg->definition_sha256) {
		rule_skip(r, "the server is not registered");
		return;
	}
	missing = arena_printf(r->arena, "%s%s%s", str_empty(reg->owner) ? ", owner" : "",
			       str_empty(reg->purpose) ? ", purpose" : "",
			       str_empty(reg->contact) ? ", contact" : "");
	if (*missing)
		rule_fail_entry(r, SEV_LOW,
				"The registry entry of \"%s\" does not tell: %s",
				r->entry->name, missing + 2);
}
