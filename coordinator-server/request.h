/* SPDX-License-Identifier: Apache-2.0 */
/* The one text of a request: what is stored, shown to a person, hashed, and sent. */
#ifndef COORDINATOR_SERVER_REQUEST_H
#define COORDINATOR_SERVER_REQUEST_H

#include "common/base/ctx.h"
#include "coordinator-server/model.h"

struct request {
	const char *target, *launch, *tool; /* launch: digest of how it is started */
	struct json arguments;		    /* object; external: what is to be approved */
	enum approval_type type;	    /* 0: no approval is needed */
	enum effect effect;
	const char *reason;
	int64_t timeout_ms;
};

/* Fills ids, texts and digests of a new pending session. ERR_LIMIT for long arguments. */
bool request_write(struct ctx *c, const struct request *r, struct session *ret,
		   struct err *e);
/* The other way, from request_text; ERR_CORRUPT when its digest differs. */
bool request_read(struct ctx *c, const struct session *s, struct request *ret,
		  struct err *e);

#endif
