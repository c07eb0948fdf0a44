/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as text: hex, base64, base64url. */
#include "common/base/arena.h"
#include "common/base/str.h"

static const char standard[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *str_hex(struct arena *a, const void *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	char *text = arena_array(a, n + 1, 2);
	const unsigned char *s = p;

	for (size_t i = 0; i < n; i++) {
		text[2 * i] = digit[s[i] >> 4];
		text[2 * i + 1] = digit[s[i] & 15];
	}
	return text;
}

static char *encode(struct arena *a, const void *p, size_t n, const char *alphabet,
		    bool pad)
{
	char *text = arena_array(a, n / 3 + 2, 4), *out = text;
	const unsigned char *s = p;

	for (; n > 0; s += 3) {
		size_t k = MIN(n, (size_t)3);
		uint32_t bits = (uint32_t)s[0] << 16;

		if (k > 1)
			bits |= (uint32_t)s[1] << 8;
		if (k > 2)
			bits |= s[2];
		for (size_t i = 0; i <= k; i++)
			*out++ = alphabet[bits >> (18 - 6 * i) & 63];
		for (size_t i = k; pad && i < 3; i++)
			*out++ = '=';
		n -= k;
	}
	return text;
}

char *str_base64url(struct arena *a, const void *p, size_t n)
{
	return encode(a, p, n, url, false);
}

char *str_base64(struct arena *a, const void *p, size_t n)
{
	return encode(a, p, n, standard, true);
}

/* Of the n bytes at s; canonical, so that two texts never mean the same bytes. */
static unsigned char *decode(struct arena *a, const char *s, size_t len,
			     const char *alphabet, size_t *ret_n)
{
	unsigned char *out;
	uint32_t bits = 0;
	size_t n = 0;
	int have = 0;

	if (len % 4 == 1)
		return NULL;
	out = arena_alloc(a, len / 4 * 3 + 3);
	for (size_t i = 0; i < len; i++) {
		const char *at = strchr(alphabet, s[i]);

		if (!at)
			return NULL;
		bits = (bits << 6 | (uint32_t)(at - alphabet)) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (unsigned char)(bits >> have);
		}
	}
	if (bits & ((UINT32_C(1) << have) - 1))
		return NULL;
	*ret_n = n;
	return out;
}

unsigned char *str_unbase64url(struct arena *a, const char *s, size_t *ret_n)
{
	return s ? decode(a, s, strlen(s), url, ret_n) : NULL;
}

unsigned char *str_unbase64(struct arena *a, const char *s, size_t *ret_n)
{
	size_t len = s ? strlen(s) : 1;

	if (len % 4 != 0)
		return NULL;
	for (int pad = 0; pad < 2 && len > 0 && s[len - 1] == '='; pad++)
		len--;
	return decode(a, s, len, standard, ret_n);
}
