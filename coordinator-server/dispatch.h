/* SPDX-License-Identifier: Apache-2.0 */
/* The one function that sends a call to a target. Nothing is sent before the mark (who,
 * when, by which approval) is committed. */
#ifndef COORDINATOR_SERVER_DISPATCH_H
#define COORDINATOR_SERVER_DISPATCH_H

#include "common/base/ctx.h"
#include "coordinator-server/model.h"

struct finishing; /* how a call went, while the database does not take it */

/* Carries out a session: one that runs and is ours, or one that is pending with a live
 * approval, which it spends first. True also when somebody else was faster. When it fails
 * with *ret_kept set (otherwise NULL; it lives in the ctx's arena), how the session ended
 * is known: dispatch_store stores it later. */
bool dispatch(struct ctx *c, const char *session_id, const atomic_bool *cancel,
	      struct finishing **ret_kept, struct err *e);
/* One try; false with *ret_again: worth another. */
bool dispatch_store(struct ctx *c, struct finishing *f, bool *ret_again, struct err *e);
/* Ends a running session of ours whose call was never sent; tries as long as the ctx
 * allows. */
bool dispatch_abandon(struct ctx *c, const char *session_id, const struct err *why,
		      struct err *e);
/* True when this process has the target exactly as it was when the request was made. */
bool dispatch_is_ours(struct ctx *c, const struct session *s);
/* pending -> running, for this process, with its event; inside a db_tx with the session's
 * row locked or just inserted. ret_done is false when it did not wait any more, or its
 * approval could not be spent. */
bool dispatch_mark(struct ctx *c, const struct session *s, bool *ret_done, struct err *e);

#endif
