/* SPDX-License-Identifier: Apache-2.0 */
/* Names that a reader takes for one another. */
#ifndef COMPLIANCE_ALIKE_H
#define COMPLIANCE_ALIKE_H

#include "common/base/arena.h"
#include "common/base/defs.h"

/* The Latin letter that a letter of another script looks like, else cp itself. */
uint32_t alike_letter(uint32_t cp);
/* The plain form (common/base/plain.h) with such letters replaced. NULL: not UTF-8. */
char *alike_text(struct arena *a, const char *s, size_t n);
/* Equal for names that look alike: the same in lower case, 0 as o, 1 and i as l. */
char *alike_skeleton(struct arena *a, const char *name);
/* The skeleton belongs to a name that looks like known, which is ASCII. */
bool alike_is(const char *skeleton, const char *known);
/* One letter more, less, other or exchanged with its neighbour; linear in the length. */
bool alike_by_one(const char *a, const char *b);

#endif
