/* SPDX-License-Identifier: Apache-2.0 */
/* A list of tools kept in a file: the answer of a server to tools/list, with or without
 * what it said about itself. */
#ifndef COMPLIANCE_FACTS_TOOLS_H
#define COMPLIANCE_FACTS_TOOLS_H

#include "compliance-server/live.h"

/* The array of tools in such a file: under "tools" or "result", or the whole of it; NULL
 * when it holds something else. */
const struct node *tools_of_file(const struct node *top);
/* What the list tells about its server; the rest was never asked. */
struct live *live_of_list(struct arena *a, const struct node *top);
/* The server that a file with a list stands for, named after the file. */
struct entry *entry_of_list(struct arena *a, struct config_file *f);

#endif
