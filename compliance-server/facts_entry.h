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

/* Kind of the secret in one string, or NULL. key: its member name, or the option before
 * it; value: it stands in an environment or among headers. */
const char *entry_secret_kind(const char *key, const char *text, bool value);
/* Members of a node with this key are values: env, headers. */
bool entry_key_of_values(const char *key);

/* JSON text of the entry with {"redacted":"<kind>"} in place of each secret. */
const char *entry_redacted(struct arena *a, const struct node *n);

/* Counts the entry's text in f->entry_bytes. */
struct entry *entry_new(struct arena *a, struct config_file *f,
			const struct server_map *map, const struct node *n);

#endif
