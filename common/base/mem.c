/* SPDX-License-Identifier: Apache-2.0 */
/* Heap memory that is there or ends the program. */
#include "common/base/mem.h"

#include "common/base/err.h"

/* The host starts us again and transactions protect the data, so no caller has to handle
 * this; nothing is allocated or flushed on the way out. */
static NORETURN void out_of_memory(void)
{
	static const char line[] = "ERROR out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)ignored;
	_exit(err_row(ERR_INTERNAL)->exit_status);
}

static size_t product(size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
		out_of_memory();
	return bytes ? bytes : 1;
}

void *mem_array(size_t n, size_t size)
{
	void *p = calloc(1, product(n, size));

	if (!p)
		out_of_memory();
	return p;
}

void *mem_alloc(size_t n)
{
	return mem_array(n, 1);
}

void *mem_grow(void *p, size_t n, size_t size)
{
	void *q = realloc(p, product(n, size));

	if (!q)
		out_of_memory();
	return q;
}

char *mem_strndup(const char *s, size_t n)
{
	char *copy;

	if (!s)
		return NULL;
	n = strnlen(s, n);
	copy = mem_alloc(n + 1);
	memcpy(copy, s, n);
	return copy;
}

char *mem_strdup(const char *s)
{
	return s ? mem_strndup(s, strlen(s)) : NULL;
}

void mem_free(void *p)
{
	free(p);
}

void mem_free_ptr(void *pp)
{
	void *p;

	memcpy(&p, pp, sizeof(p));
	free(p);
}
