/* SPDX-License-Identifier: Apache-2.0 */
/* Digests by libcrypto, random bytes by the kernel. */
#include "common/base/digest.h"

#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sys/random.h>

#include "common/base/err.h"
#include "common/base/mem.h"

#define CHUNK ((size_t)256 * 1024)

_Static_assert(DIGEST_LEN == SHA256_DIGEST_LENGTH, "length of a SHA-256");

/* Going on without a digest or with weak random bytes would be worse than leaving. */
static NORETURN void fail(const char *what)
{
	dprintf(STDERR_FILENO, "ERROR %s failed\n", what);
	_exit(err_row(ERR_INTERNAL)->exit_status);
}

void digest_sha256(const void *p, size_t n, unsigned char out[DIGEST_LEN])
{
	if (!SHA256(p, n, out))
		fail("SHA-256");
}

static void put_hex(const unsigned char sum[DIGEST_LEN], char out[DIGEST_HEX_LEN])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_LEN; i++) {
		out[2 * i] = digits[sum[i] >> 4];
		out[2 * i + 1] = digits[sum[i] & 15];
	}
	out[DIGEST_HEX_LEN - 1] = '\0';
}

void digest_sha256_hex(const void *p, size_t n, char out[DIGEST_HEX_LEN])
{
	unsigned char sum[DIGEST_LEN];

	digest_sha256(p, n, sum);
	put_hex(sum, out);
}

bool digest_sha256_fd(int fd, int64_t max, char out[DIGEST_HEX_LEN])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char sum[DIGEST_LEN];
	char *chunk = mem_alloc(CHUNK);
	int64_t total = 0;
	ssize_t n;

	if (!md || !EVP_DigestInit_ex(md, EVP_sha256(), NULL))
		fail("SHA-256");
	while ((n = read(fd, chunk, CHUNK)) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0 && !EVP_DigestUpdate(md, chunk, (size_t)n))
			fail("SHA-256");
		total += MAX(n, 0);
		if (total > max)
			break;
	}
	if (!EVP_DigestFinal_ex(md, sum, NULL))
		fail("SHA-256");
	EVP_MD_CTX_free(md);
	mem_free(chunk);
	put_hex(sum, out);
	return n == 0;
}

void digest_hmac(const void *key, size_t key_n, const void *p, size_t n,
		 unsigned char out[DIGEST_LEN])
{
	unsigned int len = 0;

	/* libcrypto takes a NULL key as "the key of last time" */
	if (key_n > INT_MAX ||
	    !HMAC(EVP_sha256(), key_n ? key : "", (int)key_n, p, n, out, &len))
		fail("HMAC");
}

bool digest_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

void digest_random(void *p, size_t n)
{
	unsigned char *at = p;

	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno != EINTR)
			fail("getrandom");
		if (got > 0) {
			at += got;
			n -= (size_t)got;
		}
	}
}
