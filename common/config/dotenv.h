/* SPDX-License-Identifier: Apache-2.0 */
/* .env files, byte for byte as dotenv 17.4.2 reads them, plus warnings with line numbers.
 */
#ifndef COMMON_CONFIG_DOTENV_H
#define COMMON_CONFIG_DOTENV_H

#include "common/base/arena.h"
#include "common/base/defs.h"

struct dotenv_entry {
	const char *name, *value;
	int line, col; /* of the name, from 1; columns are UTF-16 code units */
	int value_line,
		value_col; /* of the value's first character, an opening quote included */
	bool quoted;	   /* the value is one whole quoted text */
	bool spaced;	   /* blanks stand beside the "=" */
	bool cut;	   /* ends at a "#" that follows without a blank */
};

struct dotenv_warning {
	int line;
	const char *text; /* never holds a value */
};

struct dotenv {
	struct dotenv_entry *v; /* in file order; of equal names the last one counts */
	size_t n;
	struct dotenv_warning *warnings; /* in file order */
	size_t warnings_n;
	int cr_line; /* the first that ends with a carriage return, 0: none */
};

/* Any bytes are accepted; what is not UTF-8 becomes U+FFFD, a value ends at a NUL.
 * Results live in the arena, text is not needed afterwards. Time is linear in n. */
void dotenv_parse(struct arena *a, const char *text, size_t n, struct dotenv *ret);
const struct dotenv_entry *dotenv_get(const struct dotenv *d, const char *name);

#endif
