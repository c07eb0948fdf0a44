/* SPDX-License-Identifier: Apache-2.0 */
/* Enumerations as text. A table is an array of strings indexed by the enum value, closed
 * by NULL; entry 0 is "" and stands for "not set". */
#ifndef COMMON_BASE_NAMES_H
#define COMMON_BASE_NAMES_H

#include "common/base/defs.h"

struct arena;

int names_find(const char *const *names, const char *text); /* 0 when unknown or NULL */
const char *names_text(const char *const *names,
		       int value);	      /* "" when 0 or out of range */
size_t names_count(const char *const *names); /* without entry 0 */
char *names_list(struct arena *a, const char *const *names); /* "low, medium, high" */

#endif
