/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers: row UUIDs (version 7) and public ids (prefix and ULID). */
#ifndef COMMON_BASE_ID_H
#define COMMON_BASE_ID_H

#include "common/base/defs.h"

#define UUID_LEN 37 /* text and NUL */
#define ID_LEN	 40 /* public id and NUL, prefix <= 12 characters */

/* With KILOCODE_TEST_SEED in the environment the random part counts up from it (tests).
 */
void id_init(void);
void id_uuid(char out[UUID_LEN]);
/* "mem_01jf2c9k3w0x5v8t7q6r4n2m1p": prefix, '_', 26 characters of lower-case Crockford
 * base 32: 48 bits of time, 80 random bits. Sorts by creation. */
void id_public(const char *prefix, char out[ID_LEN]);
bool id_is_uuid(const char *s);

#endif
