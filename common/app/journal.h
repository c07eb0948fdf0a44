/* SPDX-License-Identifier: Apache-2.0 */
/* Background writer for rows that are observations: search history, refusals. */
#ifndef COMMON_APP_JOURNAL_H
#define COMMON_APP_JOURNAL_H

#include "common/db/db.h"

struct env;
struct journal;

/* The thread starts with the first row. */
struct journal *journal_new(struct env *env);
/* Writes one row; may be called again after a conflict. */
typedef bool journal_fn(struct ctx *c, const void *in, struct err *e);
/* Queues one row for `write`; in (described by fields) is copied. Dropped with a count in
 * the log when 1,000 wait. Never blocks, never fails the caller. j may be NULL. */
void journal_add(struct journal *j, journal_fn *write, const struct field *fields,
		 const void *in);
/* Waits until everything queued before is written or dropped, at most two seconds and
 * never beyond the ctx's deadline. */
void journal_sync(struct journal *j, struct ctx *c);
/* Writes what is left (at most limit_ms), stops the thread, frees. NULL is fine. */
void journal_free(struct journal *j, int64_t limit_ms);

#endif
