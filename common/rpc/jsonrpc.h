/* SPDX-License-Identifier: Apache-2.0 */
/* JSON-RPC 2.0: what kind of message a value is, its id, and the frame of an answer. */
#ifndef COMMON_RPC_JSONRPC_H
#define COMMON_RPC_JSONRPC_H

#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/field/jsonr.h"

#define LIMIT_ID 1024 /* bytes of the JSON text of an id or a progress token */

enum msg_kind { MSG_REQUEST = 1, MSG_NOTIFICATION, MSG_RESPONSE };

struct msg {
	enum msg_kind kind;
	const char *id;	 /* its JSON text as received; NULL: none */
	const char *key; /* equal for equal ids: 's' and the decoded text, or 'n' and the
			    token */
	const char *method;
	const struct node *params; /* NULL or an object (of a notification: any value) */
	const struct node *root;
};

/* Reads root. false: e is ERR_REQUEST or ERR_PARAMS and m->id is set when it may be
 * echoed. A malformed notification is MSG_NOTIFICATION with method "". Texts live in the
 * arena. */
bool msg_read(struct arena *a, const struct node *root, struct msg *m, struct err *e);

/* True for a string or an integer of at most LIMIT_ID bytes; key as above. */
bool msg_id(struct arena *a, const struct node *n, const char **ret_raw,
	    const char **ret_key);

/* {"jsonrpc":"2.0","id":ID,"error":{…}}; id NULL writes null, data is JSON text or NULL.
 */
void rpc_error(struct buf *line, const char *id, int code, const char *message,
	       const char *data);
/* {"jsonrpc":"2.0","id":ID, */
void rpc_head(struct buf *line, const char *id);

#endif
