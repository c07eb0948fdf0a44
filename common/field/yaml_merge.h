/* SPDX-License-Identifier: Apache-2.0 */
/* The "<<" of YAML mappings. Private to the YAML reader. */
#ifndef COMMON_FIELD_YAML_MERGE_H
#define COMMON_FIELD_YAML_MERGE_H

#include "common/field/jsonr.h"

/* Replaces the "<<" members of a complete object by copies of the members they name:
 * behind its own ones, which win; of merged ones the first wins. Counts the copies in
 * *used, and stops at max. NULL, or what is wrong. */
const char *yaml_merge(struct arena *a, struct node *obj, size_t max, size_t *used);

#endif
