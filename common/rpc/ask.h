/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the human (or the client's model or file roots) while a call runs, the
 * same straight code in both eras. In handshake revisions the question is a request to
 * the client and the call waits for its answer. In 2026-07-28 the call ends with "input
 * required" and comes again with the answers; those of earlier rounds ride in the signed
 * request state. */
#ifndef COMMON_RPC_ASK_H
#define COMMON_RPC_ASK_H

#include "common/base/ctx.h"
#include "common/field/jsonr.h"

#define ASK_WAIT_MS  (10 * 60 * 1000) /* a person does not answer: given up */
#define ASK_STATE_MS (10 * 60 * 1000) /* a request state is accepted that long */

enum ask_method { ASK_FORM = 1, ASK_SAMPLING, ASK_ROOTS };

struct question {
	const char *key; /* names it among all questions of the call */
	enum ask_method method;
	const char *params; /* JSON object; of a form with message and requestedSchema */
	bool optional; /* left out (its answer is NULL) when the client cannot be asked */
};

/* What an answer to a form decided. */
enum ask_action { ASK_ACCEPTED = 1, ASK_DECLINED, ASK_DISMISSED };

/* Asks all n questions together. true: answers[i] is the result object of question i
 * (content of accepted forms fits the requested schema); it lives as long as the call.
 * false: return it at once: the answers have not come yet (2026-07-28), ERR_CAPABILITY or
 * ERR_UNAVAILABLE (the client cannot be asked, gave an error, or did not answer),
 * ERR_PARAMS (request state forged, expired or of another request), ERR_CANCELLED. state:
 * answers count only with a valid request state, and one is always issued. Nothing may be
 * changed before it returned true. On a worker thread, from tools, resources and prompts
 * only. */
bool ask(struct ctx *c, const struct question *q, size_t n, bool state,
	 const struct node **answers, struct err *e);
enum ask_action ask_action(const struct node *answer);

/* Private to rpc. */
struct call;
struct msg;
struct server;
/* A response of the client: true when a waiting question took it and, with it, the call.
 */
bool ask_answer(struct call *k, const struct msg *m);
/* With the output lock held: whoever waits for call (NULL: any) must look again. */
void ask_wake(struct server *s, const struct call *call);
/* ask_fits.c. ERR_PARAMS: not an answer at all. *ret_again: one that must be asked for
 * again. */
bool ask_check(struct arena *a, const struct question *q, const struct node *v,
	       bool *ret_again, struct err *e);

#endif
