/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers that sort by creation: 48 bits of time, then random bits that count up
 * within one millisecond. */
#include "common/base/id.h"

#include <pthread.h>

#include "common/base/clock.h"
#include "common/base/digest.h"
#include "common/base/str.h"

#define RANDOM_LEN  10
#define PREFIX_MAX  12
#define ULID_DIGITS 26

/* Guarded by lock, since the order of ids is an order over all threads. */
static struct {
	pthread_mutex_t lock;
	int64_t ms;
	unsigned char random[RANDOM_LEN];
	bool seeded;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

void id_init(void)
{
	const char *text = getenv("KILOCODE_TEST_SEED");
	int64_t seed;

	pthread_mutex_lock(&state.lock);
	state.ms = 0;
	state.seeded = !str_empty(text) && str_to_i64(text, &seed) && seed >= 0;
	if (state.seeded) {
		memset(state.random, 0, RANDOM_LEN);
		for (size_t i = 0; i < sizeof(seed); i++)
			state.random[RANDOM_LEN - 1 - i] =
				(unsigned char)(seed >> (8 * i));
	}
	pthread_mutex_unlock(&state.lock);
}

static bool count_up(unsigned char *p, size_t n)
{
	while (n-- > 0)
		if (++p[n] != 0)
			return true;
	return false;
}

/* A clock that stands or steps back must not bring an older id, so the newest time stays.
 */
static int64_t next(unsigned char random[RANDOM_LEN])
{
	int64_t now = clock_now().ms, ms;

	pthread_mutex_lock(&state.lock);
	if (state.seeded) {
		count_up(state.random, RANDOM_LEN);
		state.ms = MAX(state.ms, now);
	} else if (now > state.ms) {
		state.ms = now;
		digest_random(state.random, RANDOM_LEN);
		/* room to count without a carry out of the 80 bits or the low 74 */
		state.random[0] &= 0x7d;
	} else if (!count_up(state.random, RANDOM_LEN)) {
		state.ms++;
	}
	memcpy(random, state.random, RANDOM_LEN);
	ms = state.ms;
	pthread_mutex_unlock(&state.lock);
	return ms;
}

/* 48 bits of time, version 7, 12 random bits, variant 2, 62 random bits. The 74 random
 * bits are the low ones of the counter, so their order is kept. */
void id_uuid(char out[UUID_LEN])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char r[RANDOM_LEN], u[16];
	int64_t ms = next(r);
	unsigned high = (unsigned)(r[0] & 3) << 10 | (unsigned)r[1] << 2 | r[2] >> 6;

	for (int i = 0; i < 6; i++)
		u[i] = (unsigned char)(ms >> (40 - 8 * i));
	u[6] = (unsigned char)(0x70 | high >> 8);
	u[7] = (unsigned char)high;
	u[8] = (unsigned char)(0x80 | (r[2] & 0x3f));
	memcpy(u + 9, r + 3, 7);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		*out++ = hex[u[i] >> 4];
		*out++ = hex[u[i] & 15];
	}
	*out = '\0';
}

void id_public(const char *prefix, char out[ID_LEN])
{
	static const char digit[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned char bytes[6 + RANDOM_LEN];
	int64_t ms = next(bytes + 6);
	size_t n = strnlen(prefix, PREFIX_MAX);
	unsigned acc = 0;
	int bits = 2; /* 128 bits become 130: two zero bits in front */

	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
	memcpy(out, prefix, n);
	out[n++] = '_';
	for (size_t i = 0; i < sizeof(bytes); i++) {
		acc = (acc << 8 | bytes[i]) & 0xffff;
		for (bits += 8; bits >= 5; bits -= 5)
			out[n++] = digit[acc >> (bits - 5) & 31];
	}
	out[n] = '\0';
}

bool id_is_uuid(const char *s)
{
	if (!s || strnlen(s, UUID_LEN) != UUID_LEN - 1)
		return false;
	for (size_t i = 0; i < UUID_LEN - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		char c = s[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
			   (c >= 'A' && c <= 'F');

		if (dash ? c != '-' : !hex)
			return false;
	}
	return true;
}
