/* SPDX-License-Identifier: Apache-2.0 */
/* What is noted of every line between us and a server under test. */
#ifndef COMPLIANCE_LIVE_WATCH_H
#define COMPLIANCE_LIVE_WATCH_H

#include <pthread.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "compliance-server/facts.h"

#define WATCH_WORDS 2000 /* last bytes of stderr */

struct secret {
	const char *name, *value;
};

struct watch {
	pthread_mutex_t mu;
	const struct secret *secrets;
	size_t n_secrets;
	size_t messages, noise;
	bool noise_first; /* the first noise came before any message */
	char noise_text[200];
	bool unended;
	size_t asked; /* requests of the server other than ping */
	char asked_method[80];
	bool notified; /* a notification was sent: a reply without id may be to it */
	int null_replies, list_changed;
	char last_id[80]; /* of the last reply, JSON text */
	const struct secret *leak;
	bool leak_stderr;
	struct buf words;
};

void watch_init(struct watch *w, const struct secret *secrets, size_t n);
void watch_release(struct watch *w);
/* For client_options.wire; arg is the watch. */
void watch_line(void *arg, char direction, const char *line, size_t n);
int watch_null_replies(struct watch *w);
int watch_list_changed(struct watch *w);
/* The id of the last reply, JSON text, in the arena. */
const char *watch_last_id(struct watch *w, struct arena *a);
/* Text with every secret replaced, on one line, printable, the last max bytes. */
const char *watch_masked(const struct watch *w, struct arena *a, const char *text,
			 size_t max);

/* Values of the entry's environment that are secrets. */
struct secret *watch_secrets(struct arena *a, const struct entry *entry,
			     const char *const *envp, size_t *ret_n);

#endif
