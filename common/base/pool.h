/* SPDX-License-Identifier: Apache-2.0 */
/* Worker threads that run plain blocking functions in the order given. */
#ifndef COMMON_BASE_POOL_H
#define COMMON_BASE_POOL_H

#include "common/base/defs.h"
#include "common/base/err.h"

struct pool;

/* Threads have 512 KiB stacks and all signals blocked. NULL with e set when none starts.
 */
struct pool *pool_new(int threads, struct err *e);
void pool_submit(struct pool *p, void (*fn)(void *), void *arg);
/* Waits until every submitted function has returned, at most until deadline (monotonic
 * ms, 0: none); false when some still run. */
bool pool_drain(struct pool *p, int64_t deadline);
void pool_free(struct pool *p); /* waits for all; NULL is fine */

#endif
