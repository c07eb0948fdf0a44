/* SPDX-License-Identifier: Apache-2.0 */
/* YAML reader (libyaml events) into the node type of the JSON reader. */
#ifndef COMMON_FIELD_YAMLR_H
#define COMMON_FIELD_YAMLR_H

#include "common/field/jsonr.h"

/* An array node with one child per document. Scalars: plain true/false -> NODE_BOOL,
 * plain null, ~ and empty -> NODE_NULL, plain JSON numbers -> NODE_NUMBER, all else
 * NODE_STRING (YAML 1.2 core schema); a tag such as !!str is heard, tags of others are
 * ignored. Aliases are expanded, at most 10,000 nodes and 1 MiB of text in all; their
 * children are shared with the anchor, so the tree is read-only. The members of a
 * "<<" are merged in behind the object's own ones, where it has none of that key, with
 * the places they have in the text; at most 10,000 in all. Refused besides syntax: depth
 * over 64, > 4096 keys, > 65536 elements, > 1,000,000 nodes, > 1000 anchors in a
 * document, keys that are not scalars, an alias within its own anchor. NULL with e =
 * ERR_PARSE ("line L, column C: …"). Duplicate keys are marked. U+0000 ("\0") is decoded
 * as U+FFFD. */
struct node *yamlr_parse(struct arena *a, const char *text, size_t n, struct pos *pos,
			 struct err *e);

#endif
