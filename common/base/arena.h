/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of one call: allocated piece by piece, released all at once. Not thread-safe. */
#ifndef COMMON_BASE_ARENA_H
#define COMMON_BASE_ARENA_H

#include <stdarg.h>

#include "common/base/defs.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);  /* runs the deferred functions; NULL is fine */
void arena_reset(struct arena *a); /* the same, but keeps one block for the next call */
size_t arena_used(const struct arena *a);

void *arena_alloc(struct arena *a, size_t n); /* zeroed, aligned for any type */
void *arena_array(struct arena *a, size_t n, size_t size); /* zeroed, overflow is fatal */
char *arena_strdup(struct arena *a, const char *s);	   /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
/* Calls fn(arg) at reset or free, last deferred first: for objects of other libraries. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

#endif
