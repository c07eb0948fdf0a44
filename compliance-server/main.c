/* SPDX-License-Identifier: Apache-2.0 */
/* compliance-server: checks the MCP servers of a set-up and follows their issues. */
#include "common/base/mem.h"
#include "compliance-server/keep.h"
#include "compliance-server/report.h"
#include "compliance-server/rules_doc.h"
#include "compliance-server/schedule.h"
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

	(void)e;
	s->keep = keep_new();
	s->schedule = schedule_new(env, s->keep);
	return s;
}

static void services_start(void *services)
{
	struct services *s = services;

	schedule_start(s->schedule);
}

static void services_stop(void *services)
{
	struct services *s = services;

	schedule_stop(s->schedule);
}

static void services_free(void *services)
{
	struct services *s = services;

	schedule_free(s->schedule);
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
	.services_start = services_start,
	.services_stop = services_stop,
	.services_free = services_free,
};

int main(int argc, char **argv)
{
	return app_main(&app, argc, argv);
}
