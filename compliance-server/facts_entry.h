/* SPDX-License-Identifier: Apache-2.0 */
/* One server entry: recognised, normalised, hashed. Private to the facts files. */
#ifndef COMPLIANCE_FACTS_ENTRY_H
#define COMPLIANCE_FACTS_ENTRY_H

#include "compliance-server/facts.h"

bool is_server(const struct node *n); /* an object with a command, a url or a transport */
bool map_has_server(const struct node *n); /* one of its members is a server */
bool map_is_flat(const struct node *n);	   /* every member is one: a map without a key */
bool is_note(const struct node *member);   /* "_comment", "$schema", "//" in a map */
char *pointer_part(struct arena *a, const char *key); /* ~ and / escaped */

/* Counts the entry's text in f->entry_bytes. */
struct entry *entry_new(struct arena *a, struct config_file *f,
			const struct server_map *map, const struct node *n);

#endif
