/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions and change notices, both eras. Private to rpc. */
#ifndef COMMON_RPC_LISTEN_H
#define COMMON_RPC_LISTEN_H

#include "common/rpc/call.h"

/* subscriptions/listen: validates, acknowledges; the call stays in the table. */
bool listen_start(struct call *k, struct err *e);
/* resources/subscribe and resources/unsubscribe of handshake revisions. */
bool listen_subscribe(struct call *k, struct err *e);
bool listen_unsubscribe(struct call *k, struct err *e);
/* With the output lock held: the notices of a call to all who asked for them. */
void listen_send_all(struct call *k);
/* End of serving: every subscription gets its result, then its cancellation. */
void listen_end_all(struct server *s);
void listen_forget(struct session *ss); /* subscriptions of a handshake session */

#endif
