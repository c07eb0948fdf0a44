/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of identifiers and digests. */
#define _GNU_SOURCE /* setenv under strict C */
#include "common/base/id.h"

#include <pthread.h>

#include "common/base/clock.h"
#include "common/base/digest.h"
#include "test/tap.h"

#define EACH 20000

static char ids[4][EACH][ID_LEN];

static void *make(void *arg)
{
	size_t k = *(size_t *)arg;

	for (size_t i = 0; i < EACH; i++)
		id_public("mem", ids[k][i]);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void test_order(void)
{
	char last[UUID_LEN] = "", uuid[UUID_LEN];
	bool rising = true, shaped = true;
	pthread_t threads[4];
	size_t which[4] = { 0, 1, 2, 3 };

	for (int i = 0; i < 20000; i++) {
		id_uuid(uuid);
		rising = rising && strcmp(last, uuid) < 0;
		shaped = shaped && id_is_uuid(uuid) && uuid[14] == '7' &&
			 strchr("89ab", uuid[19]);
		memcpy(last, uuid, sizeof(last));
	}
	OK(rising, "UUIDs rise, also within one millisecond");
	OK(shaped, "version 7, variant 2");
	for (size_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, make, &which[i]);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (size_t k = 0; k < 4; k++)
		for (size_t i = 1; i < EACH; i++)
			rising = rising && strcmp(ids[k][i - 1], ids[k][i]) < 0;
	OK(rising, "public ids of each of four threads rise");
	qsort(ids, (size_t)4 * EACH, ID_LEN, compare);
	for (size_t i = 1; i < (size_t)4 * EACH; i++)
		rising = rising &&
			 strcmp(ids[0][0] + (i - 1) * ID_LEN, ids[0][0] + i * ID_LEN) < 0;
	OK(rising, "and no two are the same");
	IS_INT(strlen(ids[0][0]), 4 + 26, "length");
	id_public("a_very_long_prefix", ids[0][0]);
	IS_INT(strlen(ids[0][0]), 12 + 1 + 26, "a long prefix is cut");
}

static void test_seed(void)
{
	char id[ID_LEN], uuid[UUID_LEN], again[UUID_LEN];

	setenv("KILOCODE_TEST_SEED", "7", 1);
	setenv("KILOCODE_TEST_CLOCK", "1700000000000", 1);
	clock_init();
	id_init();
	id_public("mem", id);
	id_uuid(uuid);
	IS_STR(id, "mem_01hf7yat000000000000000008", "time and seed give the public id");
	IS_STR(uuid, "018bcfe5-6801-7000-8000-000000000009", "and the UUID");
	clock_init();
	id_init();
	id_public("mem", id);
	id_uuid(again);
	IS_STR(again, uuid, "the same once more");
	setenv("KILOCODE_TEST_CLOCK", "1600000000000", 1);
	clock_init();
	id_uuid(again);
	OK(strcmp(uuid, again) < 0, "a clock that steps back does not bring an older id");
	unsetenv("KILOCODE_TEST_SEED");
	unsetenv("KILOCODE_TEST_CLOCK");
	clock_init();
	id_init();
}

static void test_is_uuid(void)
{
	static const char *const bad[] = { "",
					   "018bcfe5-6801-7000-8000-00000000000",
					   "018bcfe5-6801-7000-8000-0000000000099",
					   "018bcfe5-6801-7000-8000-00000000000g",
					   "018bcfe5a6801-7000-8000-000000000009",
					   "{18bcfe5-6801-7000-8000-00000000000}" };

	OK(id_is_uuid("018BCFE5-6801-7000-8000-000000000009"), "upper case");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		OK(!id_is_uuid(bad[i]), "no UUID: '%s'", bad[i]);
	OK(!id_is_uuid(NULL), "nor is NULL");
}

static void is_hex(const unsigned char *got, const char *want, const char *what)
{
	char text[DIGEST_HEX_LEN];

	for (size_t i = 0; i < DIGEST_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", got[i]);
	IS_STR(text, want, what);
}

static void test_digest(void)
{
	unsigned char mac[DIGEST_LEN], a[32] = { 0 }, b[32] = { 0 };
	char hex[DIGEST_HEX_LEN];

	digest_sha256_hex("abc", 3, hex);
	IS_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	       "SHA-256");
	digest_sha256_hex(NULL, 0, hex);
	IS_STR(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	       "SHA-256 of nothing");
	digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, mac);
	is_hex(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	       "HMAC of RFC 4231");
	digest_hmac(NULL, 0, "", 0, mac);
	is_hex(mac, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
	       "HMAC with an empty key");
	OK(digest_equal(a, b, 32), "equal");
	b[31] = 1;
	OK(!digest_equal(a, b, 32), "not equal");
	digest_random(a, sizeof(a));
	digest_random(b, sizeof(b));
	OK(!digest_equal(a, b, 32), "random bytes differ");
}

int main(void)
{
	clock_init();
	id_init();
	test_order();
	test_seed();
	test_is_uuid();
	test_digest();
	return tap_done();
}
