/* SPDX-License-Identifier: Apache-2.0 */
/* The way out: whole lines, in order, never blocking on a slow reader. */
#ifndef COMMON_RPC_WIRE_H
#define COMMON_RPC_WIRE_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/base/defs.h"

#define WIRE_PAUSE  ((size_t)32 * 1024 * 1024) /* above this stdin is not read … */
#define WIRE_RESUME ((size_t)16 * 1024 * 1024) /* … until no more than this waits */

struct wire_chunk;

struct wire {
	pthread_mutex_t
		lock; /* the output lock; guards call tables and subscriptions too */
	int fd;
	bool is_socket;
	int pipe_size;	  /* 0: not a pipe */
	bool closed;	  /* nothing more is accepted */
	atomic_bool lost; /* the reader has gone */
	struct wire_chunk *head, *tail, *spare;
	_Atomic size_t pending; /* bytes not yet written */
};

void wire_init(struct wire *w, int fd);
void wire_release(struct wire *w);
void wire_lock(struct wire *w);
void wire_unlock(struct wire *w);
/* With the lock held. line ends with its newline. Writes what the reader takes at once;
 * the rest waits for wire_flush, the poller is woken with 'o'. */
void wire_put(struct wire *w, const char *line, size_t n);
void wire_flush(struct wire *w); /* takes the lock itself */

#endif
