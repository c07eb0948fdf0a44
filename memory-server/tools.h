/* SPDX-License-Identifier: Apache-2.0 */
/* The tools, resources and sub-commands of the memory server. */
#ifndef MEMORY_SERVER_TOOLS_H
#define MEMORY_SERVER_TOOLS_H

#include "common/rpc/tool.h"

extern const struct tool tool_store_memory, tool_get_memory, tool_list_memories,
	tool_update_memory, tool_delete_memory, tool_search_memories, tool_list_tags,
	tool_list_search_history, tool_get_memory_stats;
extern const struct resource resource_memory, resource_recent, resource_tags;

extern const struct offer memory_offer;

#endif
