/* SPDX-License-Identifier: Apache-2.0 */
/* Inline configurations of this process, in memory only. */
#include "compliance-server/keep.h"

#include <pthread.h>
#include <string.h>

#include "common/base/mem.h"
#include "common/base/str.h"

#define MAX_TEXTS 16

struct text {
	char *text, *host;
	char **names; /* NULL where a newer text has taken the name over */
	size_t n;
};

struct keep {
	pthread_mutex_t lock;
	struct text ring[MAX_TEXTS];
	size_t next; /* the oldest: the one to go */
};

struct keep *keep_new(void)
{
	struct keep *k = mem_alloc(sizeof(*k));

	pthread_mutex_init(&k->lock, NULL);
	return k;
}

static void drop(struct text *t)
{
	for (size_t i = 0; i < t->n; i++)
		mem_free(t->names[i]);
	mem_free(t->names);
	mem_free(t->text);
	mem_free(t->host);
	*t = (struct text){ 0 };
}

void keep_free(struct keep *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < MAX_TEXTS; i++)
		drop(&k->ring[i]);
	pthread_mutex_destroy(&k->lock);
	mem_free(k);
}

static char **find(struct keep *k, const char *name, struct text **ret)
{
	for (size_t i = 0; i < MAX_TEXTS; i++) {
		struct text *t = &k->ring[i];

		for (size_t m = 0; m < t->n; m++) {
			if (t->names[m] && str_eq(t->names[m], name)) {
				*ret = t;
				return &t->names[m];
			}
		}
	}
	return NULL;
}

void keep_put(struct keep *k, const char *const *names, size_t n, const char *text,
	      const char *host)
{
	struct text *t;

	if (!k || n == 0)
		return;
	pthread_mutex_lock(&k->lock);
	for (size_t i = 0; i < n; i++) {
		char **old = find(k, names[i], &t);

		if (old) {
			mem_free(*old);
			*old = NULL;
		}
	}
	t = &k->ring[k->next];
	k->next = (k->next + 1) % MAX_TEXTS;
	drop(t);
	t->text = mem_strdup(text);
	t->host = mem_strdup(host);
	t->names = mem_array(n, sizeof(*t->names));
	t->n = n;
	for (size_t i = 0; i < n; i++)
		t->names[i] = mem_strdup(names[i]);
	pthread_mutex_unlock(&k->lock);
}

bool keep_get(struct keep *k, struct arena *a, const char *name, const char **ret_text,
	      const char **ret_host)
{
	struct text *t;
	bool found;

	if (!k)
		return false;
	pthread_mutex_lock(&k->lock);
	found = find(k, name, &t) != NULL;
	if (found) {
		*ret_text = arena_strdup(a, t->text);
		*ret_host = arena_strdup(a, t->host);
	}
	pthread_mutex_unlock(&k->lock);
	return found;
}
