/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, HMAC-SHA-256, random bytes and comparison in constant time (libcrypto,
 * getrandom). */
#ifndef COMMON_BASE_DIGEST_H
#define COMMON_BASE_DIGEST_H

#include "common/base/defs.h"

#define DIGEST_LEN     32
#define DIGEST_HEX_LEN 65

void digest_sha256(const void *p, size_t n, unsigned char out[DIGEST_LEN]);
void digest_sha256_hex(const void *p, size_t n, char out[DIGEST_HEX_LEN]);
/* Of a file from where fd stands to its end; false when it cannot be read, or is longer
 * than max. */
bool digest_sha256_fd(int fd, int64_t max, char out[DIGEST_HEX_LEN]) MUST_CHECK;
void digest_hmac(const void *key, size_t key_n, const void *p, size_t n,
		 unsigned char out[DIGEST_LEN]);
bool digest_equal(const void *a, const void *b, size_t n); /* constant time */
void digest_random(void *p, size_t n); /* getrandom; failure is fatal */

#endif
