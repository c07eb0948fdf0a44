/* SPDX-License-Identifier: Apache-2.0 */
/* memory-server: durable memory for agents. */
#include "common/app/app.h"
#include "memory-server/tools.h"

static const struct migration_set *const sets[] = { &migrations_shared,
						    &migrations_memory, NULL };

static const struct app app = {
	.name = "memory-server",
	.base = "memory",
	.about = "durable memory for agents, found again by words, tags and time",
	.server = KEY_MEMORY,
	.offer = &memory_offer,
	.sets = sets,
};

int main(int argc, char **argv)
{
	return app_main(&app, argc, argv);
}
