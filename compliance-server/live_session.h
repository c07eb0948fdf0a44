/* SPDX-License-Identifier: Apache-2.0 */
/* One server under test: the steps of its examination. Private to live*.c. */
#ifndef COMPLIANCE_LIVE_SESSION_H
#define COMPLIANCE_LIVE_SESSION_H

#include "common/rpc/client.h"
#include "compliance-server/live.h"
#include "compliance-server/live_watch.h"

struct session {
	struct live *live;
	struct ctx c; /* arena of the result, deadline of the budget */
	struct client_hub *hub;
	const struct entry *entry;
	struct live_options o;
	struct live_command command;
	struct watch watch;
	struct client *cl; /* the main process */
};

/* Starts a process of the server; wire may be NULL. */
struct client *session_open(struct session *s, enum client_era era, struct watch *wire,
			    struct err *e);
/* Runs every step on the main process, which is open, up to its end. */
void session_examine(struct session *s);
/* Starts a second process for the version question. */
void session_ask_version(struct session *s);
/* Milliseconds this step may take: `want`, or what the budget leaves. */
int64_t session_left(const struct session *s, int64_t want);

#endif
