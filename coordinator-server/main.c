/* SPDX-License-Identifier: Apache-2.0 */
/* coordinator-server: calls other MCP servers, with approvals and an audit trail. */
#include "common/app/app.h"
#include "coordinator-server/cmds.h"
#include "coordinator-server/services.h"
#include "coordinator-server/tools.h"

static const struct migration_set *const sets[] = { &migrations_shared,
						    &migrations_coordinator, NULL };

static const struct app app = {
	.name = "coordinator-server",
	.base = "coordinator",
	.about =
		"calls the other servers of an mcp.json, with approvals and an audit trail",
	.server = KEY_COORDINATOR,
	.offer = &coordinator_offer,
	.sets = sets,
	.commands = coordinator_commands,
	.doctor = coordinator_doctor,
	.services_new = services_new,
	.services_stop = services_stop,
	.services_free = services_free,
};

int main(int argc, char **argv)
{
	return app_main(&app, argc, argv);
}
