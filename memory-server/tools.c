/* SPDX-License-Identifier: Apache-2.0 */
/* What the memory server offers, in the order of its lists. */
#include "memory-server/tools.h"

static const struct tool *const tools[] = {
	&tool_store_memory,	&tool_search_memories,
	&tool_get_memory,	&tool_list_memories,
	&tool_update_memory,	&tool_delete_memory,
	&tool_list_tags,	&tool_list_search_history,
	&tool_get_memory_stats, NULL,
};

static const struct resource *const resources[] = {
	&resource_recent,
	&resource_tags,
	&resource_memory,
	NULL,
};

const struct offer memory_offer = {
	.name = "memory-server",
	.title = "KiloCode memory",
	.version = SUITE_VERSION,
	.description =
		"Durable memory for agents: stored safely, found again by words, tags and"
		" time.",
	.instructions =
		"Store what should be known later with store_memory: one fact or event a"
		" memory, with tags. Look with search_memories before answering from"
		" memory; its results are short, get_memory gives the whole text.",
	.tools = tools,
	.resources = resources,
	.completions = true,
};
