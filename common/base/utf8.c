/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8: checking, counting, cutting, and text that is safe to show. */
#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/str.h"

static size_t length_by_lead(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	if (c >= 0xf0 && c <= 0xf4)
		return 4;
	return 0;
}

/* Length of the valid sequence at p, 0 when there is none. The second byte decides about
 * overlong forms, surrogates and the end of the code space. */
static size_t sequence(const unsigned char *p, size_t n)
{
	size_t len = length_by_lead(p[0]);
	unsigned char low = 0x80, high = 0xbf;

	if (len == 0 || len > n)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (len > 1 && (p[1] < low || p[1] > high))
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

size_t utf8_valid_prefix(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;
	const uint64_t high_bits = UINT64_C(0x8080808080808080);
	size_t i = 0;

	while (i < n) {
		uint64_t word;
		size_t len;

		if (n - i >= sizeof(word)) {
			memcpy(&word, s + i, sizeof(word));
			if (!(word & high_bits)) {
				i += sizeof(word);
				continue;
			}
		}
		len = sequence(s + i, n - i);
		if (len == 0)
			break;
		i += len;
	}
	return i;
}

size_t utf8_count(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

size_t utf8_cut(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;

	for (size_t back = 1; back <= 4 && back <= n; back++) {
		unsigned char c = s[n - back];

		if ((c & 0xc0) == 0x80)
			continue;
		return length_by_lead(c) > back ? n - back : n;
	}
	return n;
}

uint32_t utf8_next(const char **p)
{
	const unsigned char *s = (const unsigned char *)*p;
	size_t len = length_by_lead(s[0]);
	uint32_t cp = s[0];

	if (len > 1)
		cp &= 0x7fU >> len;
	else
		len = 1;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			len = i;
			break;
		}
		cp = cp << 6 | (s[i] & 0x3f);
	}
	*p += len;
	return cp;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

bool utf8_hidden(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },	    { 0x7f, 0x9f },	  { 0xad, 0xad },
		{ 0x61c, 0x61c },   { 0x180e, 0x180e },	  { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f },	  { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	if (cp >= 0x20 && cp < 0x7f)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

static size_t escape(uint32_t cp, char *out, size_t size)
{
	int n;

	if (cp < 0x10000)
		n = snprintf(out, size, "\\u%04x", (unsigned)cp);
	else
		n = snprintf(out, size, "\\u%04x\\u%04x",
			     0xd800 + ((unsigned)cp - 0x10000) / 0x400,
			     0xdc00 + ((unsigned)cp - 0x10000) % 0x400);
	return (size_t)n;
}

static const char ellipsis[] = "…";

char *str_printable(struct arena *a, const char *s, size_t max)
{
	size_t left = strnlen(s, max + 1), fits = 0, tail = sizeof(ellipsis) - 1;
	struct buf out CLEANUP(buf_release) = { 0 };
	char *text;

	buf_init(&out, max);
	while (*s && !out.overflow) {
		const char *start = s;
		size_t len = sequence((const unsigned char *)s, left);
		char piece[16];
		uint32_t cp;

		if (out.len + tail <= max)
			fits = out.len;
		if (len == 0) { /* not UTF-8 */
			s++;
			buf_adds(&out, "\\ufffd");
		} else if (utf8_hidden(cp = utf8_next(&s))) {
			buf_add(&out, piece, escape(cp, piece, sizeof(piece)));
		} else {
			buf_add(&out, start, len);
		}
		left -= MIN(left, (size_t)(s - start));
	}
	if (!out.overflow)
		return arena_strndup(a, buf_text(&out), out.len);
	text = arena_alloc(a, fits + tail + 1);
	if (max < tail)
		return text;
	memcpy(text, buf_text(&out), fits);
	memcpy(text + fits, ellipsis, tail);
	return text;
}
