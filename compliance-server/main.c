/* SPDX-License-Identifier: Apache-2.0 */
/* compliance-server: checks the MCP servers of a set-up and follows their issues. */
#include "common/base/mem.h"
#include "compliance-server/keep.h"
#include "compliance-server/report.h"
#include "compliance-server/rules_doc.h"
#include "compliance-server/tools.h"

static const struct migration_set *const sets[] = { &migrations_shared,
						    &migrations_compliance, NULL };

static const struct printed_doc docs[] = {
	{ "rules.md", rules_print_doc },
	{ "report.schema.json", report_print_schema },
	{ NULL, NULL },
};

static void *services_new(struct env *env, struct err *e)
{
	struct services *s = mem_alloc(sizeof(*s));

	(void)env;
	(void)e;
	s->keep = keep_new();
	return s;
}

static void services_free(void *services)
{
	struct services *s = services;

	keep_free(s->keep);
	mem_free(s);
}

static const struct app app = {
	.name = "compliance-server",
	.base = "compliance",
	.about = "checks the MCP servers of a set-up and follows their issues",
	.server = KEY_COMPLIANCE,
	.offer = &compliance_offer,
	.audit_chain = true,
	.sets = sets,
	.commands = compliance_commands,
	.docs = docs,
	.services_new = services_new,
	.services_free = services_free,
};

int main(int argc, char **argv)
{
	return app_main(&app, argc, argv);
}
