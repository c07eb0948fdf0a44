/* SPDX-License-Identifier: Apache-2.0 */
/* Inline configurations of this process. They may hold secrets, so no database and no
 * file ever gets them; a check by name finds them here until the process ends. */
#ifndef COMPLIANCE_SERVER_KEEP_H
#define COMPLIANCE_SERVER_KEEP_H

#include "common/base/arena.h"
#include "common/base/defs.h"

struct keep;

struct keep *keep_new(void);
void keep_free(struct keep *k); /* NULL is fine */
/* The text that defines these servers, in place of what any of them had. The oldest texts
 * go when there are many. Thread-safe, as is keep_get. k may be NULL: nothing is kept. */
void keep_put(struct keep *k, const char *const *names, size_t n, const char *text,
	      const char *host);
/* Copies into the arena; false when there is none. *ret_host may become NULL. */
bool keep_get(struct keep *k, struct arena *a, const char *name, const char **ret_text,
	      const char **ret_host);

#endif
