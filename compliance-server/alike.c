/* SPDX-License-Identifier: Apache-2.0 */
/* Names that a reader takes for one another. */
#include "compliance-server/alike.h"

#include <string.h>

#include "common/base/buf.h"
#include "common/base/plain.h"
#include "common/base/str.h"

/* Letters that stay what they are under NFKC. */
static const struct {
	uint32_t cp;
	char latin;
} letters[] = {
	/* Latin */
	{ 0x131, 'i' },
	{ 0x138, 'k' },
	{ 0x251, 'a' },
	{ 0x261, 'g' },
	{ 0x269, 'i' },
	{ 0x26A, 'i' },
	{ 0x28F, 'y' },
	/* Greek */
	{ 0x391, 'A' },
	{ 0x392, 'B' },
	{ 0x395, 'E' },
	{ 0x396, 'Z' },
	{ 0x397, 'H' },
	{ 0x399, 'I' },
	{ 0x39A, 'K' },
	{ 0x39C, 'M' },
	{ 0x39D, 'N' },
	{ 0x39F, 'O' },
	{ 0x3A1, 'P' },
	{ 0x3A4, 'T' },
	{ 0x3A5, 'Y' },
	{ 0x3A7, 'X' },
	{ 0x3B1, 'a' },
	{ 0x3B3, 'y' },
	{ 0x3B9, 'i' },
	{ 0x3BA, 'k' },
	{ 0x3BD, 'v' },
	{ 0x3BF, 'o' },
	{ 0x3C1, 'p' },
	{ 0x3C5, 'u' },
	{ 0x3C7, 'x' },
	{ 0x3F2, 'c' },
	{ 0x3F3, 'j' },
	/* Cyrillic */
	{ 0x405, 'S' },
	{ 0x406, 'I' },
	{ 0x408, 'J' },
	{ 0x410, 'A' },
	{ 0x412, 'B' },
	{ 0x415, 'E' },
	{ 0x41A, 'K' },
	{ 0x41C, 'M' },
	{ 0x41D, 'H' },
	{ 0x41E, 'O' },
	{ 0x420, 'P' },
	{ 0x421, 'C' },
	{ 0x422, 'T' },
	{ 0x423, 'Y' },
	{ 0x425, 'X' },
	{ 0x430, 'a' },
	{ 0x435, 'e' },
	{ 0x43A, 'k' },
	{ 0x43E, 'o' },
	{ 0x440, 'p' },
	{ 0x441, 'c' },
	{ 0x443, 'y' },
	{ 0x445, 'x' },
	{ 0x455, 's' },
	{ 0x456, 'i' },
	{ 0x458, 'j' },
	{ 0x475, 'v' },
	{ 0x4BB, 'h' },
	{ 0x4CF, 'l' },
	{ 0x501, 'd' },
	{ 0x51B, 'q' },
	{ 0x51D, 'w' },
	/* Armenian */
	{ 0x561, 'w' },
	{ 0x570, 'h' },
	{ 0x578, 'n' },
	{ 0x57D, 'u' },
	{ 0x581, 'g' },
	{ 0x585, 'o' },
	/* small capitals */
	{ 0x1D04, 'c' },
	{ 0x1D0F, 'o' },
	{ 0x1D1C, 'u' },
	{ 0x1D20, 'v' },
	{ 0x1D21, 'w' },
	{ 0x1D22, 'z' },
};

uint32_t alike_letter(uint32_t cp)
{
	size_t low = 0, high = ARRAY_LEN(letters);

	if (cp < letters[0].cp || cp > letters[high - 1].cp)
		return cp;
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (letters[mid].cp == cp)
			return (unsigned char)letters[mid].latin;
		if (letters[mid].cp < cp)
			low = mid + 1;
		else
			high = mid;
	}
	return cp;
}

char *alike_text(struct arena *a, const char *s, size_t n)
{
	char *plain = text_plain(a, s, n), *to = plain;
	const char *from = plain;

	/* a look-alike letter is shorter than what it stands for */
	while (from && *from) {
		const char *at = from;
		uint32_t cp = utf8_next(&from), latin = alike_letter(cp);

		if (latin != cp) {
			*to++ = (char)latin;
			continue;
		}
		memmove(to, at, (size_t)(from - at));
		to += from - at;
	}
	if (plain)
		*to = '\0';
	return plain;
}

static char folded(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + 32);
	return c == '0' ? 'o' : c == '1' || c == 'i' || c == '|' ? 'l' : c;
}

char *alike_skeleton(struct arena *a, const char *name)
{
	char *out = alike_text(a, name, strlen(name));

	for (char *p = out; p && *p; p++)
		*p = folded(*p);
	return out;
}

bool alike_is(const char *skeleton, const char *known)
{
	while (*known && *skeleton == folded(*known)) {
		skeleton++;
		known++;
	}
	return *known == '\0' && *skeleton == '\0';
}

bool alike_by_one(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), i = 0;

	if (n > m)
		return alike_by_one(b, a);
	if (m - n > 1)
		return false;
	while (i < n && a[i] == b[i])
		i++;
	if (n < m)
		return str_eq(a + i, b + i + 1);
	if (i == n)
		return false; /* equal */
	return str_eq(a + i + 1, b + i + 1) ||
	       (a[i] == b[i + 1] && a[i + 1] == b[i] && str_eq(a + i + 2, b + i + 2));
}
