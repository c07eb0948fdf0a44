/* SPDX-License-Identifier: Apache-2.0 */
/* Heap memory for small things: on failure one line on stderr and exit status 70. */
#ifndef COMMON_BASE_MEM_H
#define COMMON_BASE_MEM_H

#include "common/base/defs.h"

void *mem_alloc(size_t n); /* zeroed; n = 0 gives a pointer that may be freed */
void *mem_array(size_t n, size_t size); /* zeroed; an overflow of n * size is fatal */
void *mem_grow(void *p, size_t n, size_t size); /* realloc; new bytes are not zeroed */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
void mem_free(void *p); /* NULL is fine */
/* For CLEANUP(mem_free_ptr) on a pointer variable. */
void mem_free_ptr(void *pp);

#endif
