/* SPDX-License-Identifier: Apache-2.0 */
/* Text as its reader takes it, whatever characters it is written with. */
#ifndef COMMON_BASE_PLAIN_H
#define COMMON_BASE_PLAIN_H

#include "common/base/arena.h"

/* NFKC without what cannot be seen (zero-width, tag and other ignorable characters) and
 * without accents; odd dashes, quotes and blanks as their ASCII ones, line ends as LF.
 * NULL when s[0..n - 1] is not UTF-8 or longer than 256 MiB. */
char *text_plain(struct arena *a, const char *s, size_t n);

#endif
