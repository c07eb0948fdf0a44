/* SPDX-License-Identifier: Apache-2.0 */
/* Enumerations as text. */
#include "common/base/names.h"

#include "common/base/arena.h"
#include "common/base/str.h"

size_t names_count(const char *const *names)
{
	size_t n = 0;

	while (names[n + 1])
		n++;
	return n;
}

int names_find(const char *const *names, const char *text)
{
	if (str_empty(text))
		return 0;
	for (int i = 1; names[i]; i++)
		if (str_eq(names[i], text))
			return i;
	return 0;
}

const char *names_text(const char *const *names, int value)
{
	return value > 0 && (size_t)value <= names_count(names) ? names[value] : "";
}

char *names_list(struct arena *a, const char *const *names)
{
	char *list = arena_strdup(a, "");

	for (size_t i = 1; names[i]; i++)
		list = arena_printf(a, "%s%s%s", list, i > 1 ? ", " : "", names[i]);
	return list;
}
