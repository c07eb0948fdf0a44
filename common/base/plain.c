/* SPDX-License-Identifier: Apache-2.0 */
/* Text as its reader takes it, whatever characters it is written with. */
#include "common/base/plain.h"

#include <stdlib.h>
#include <utf8proc.h>

#define LIMIT_TEXT (256u * 1024 * 1024)

char *text_plain(struct arena *a, const char *s, size_t n)
{
	const utf8proc_option_t how =
		UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE |
		UTF8PROC_STRIPMARK | UTF8PROC_LUMP | UTF8PROC_NLF2LF;
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t len;
	char *copy;

	if (n > LIMIT_TEXT)
		return NULL;
	len = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &out, how);
	copy = len < 0 ? NULL : arena_strndup(a, (const char *)out, (size_t)len);
	free(out);
	return copy;
}
