/* SPDX-License-Identifier: Apache-2.0 */
/* When a call must stop, and how it tells its progress. */
#include "common/base/ctx.h"

bool ctx_stop(const struct ctx *c, struct err *e)
{
	if (c->cancelled && atomic_load_explicit(c->cancelled, memory_order_relaxed)) {
		err_set(e, ERR_CANCELLED, "the request was cancelled");
		return true;
	}
	if (clock_left(c->deadline) == 0) {
		err_set(e, ERR_TIMEOUT, "the time allowed for the request is over");
		return true;
	}
	return false;
}

void ctx_progress(struct ctx *c, double done, double total, const char *message)
{
	if (c->progress)
		c->progress(c, done, total, message);
}
