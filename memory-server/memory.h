/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of memories: what is stored, how it changes, how it goes. */
#ifndef MEMORY_SERVER_MEMORY_H
#define MEMORY_SERVER_MEMORY_H

#include "memory-server/metadata.h"
#include "memory-server/model.h"

struct memory_new {
	const char *memory_id; /* NULL: made here */
	const char *content;
	const char *metadata; /* JSON object or NULL */
	struct metadata_in given;
	struct stamp expires_at;
};

struct memory_update {
	const char *memory_id;
	const char *content;  /* NULL: keep */
	const char *metadata; /* merge patch: null removes; NULL: keep */
	struct metadata_in given;
	struct strs add_tags, remove_tags;
	struct stamp expires_at; /* 0: keep */
	bool never_expires;
};

/* Each inside the transaction of the call. ERR_ARG, ERR_NOT_FOUND, ERR_CONFLICT (id
 * taken). */
bool memory_store(struct ctx *c, const struct memory_new *in, struct memory *ret,
		  struct err *e);
bool memory_modify(struct ctx *c, const struct memory_update *in, struct memory *ret,
		   struct err *e);
bool memory_delete(struct ctx *c, const char *memory_id, struct err *e);
bool memory_get(struct ctx *c, const char *memory_id, struct memory *ret, struct err *e);

#endif
