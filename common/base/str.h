/* SPDX-License-Identifier: Apache-2.0 */
/* Text: strict numbers, durations, sizes, UTF-8, base64url, hex, nearest match. */
#ifndef COMMON_BASE_STR_H
#define COMMON_BASE_STR_H

#include "common/base/defs.h"

struct arena;

bool str_eq(const char *a, const char *b);  /* NULL equals only NULL */
bool str_ieq(const char *a, const char *b); /* ASCII case ignored */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
bool str_empty(const char *s); /* NULL or "" */

/* The whole of s must be a number in range; decimal only, no blanks, no leading '+'. */
bool str_to_i64(const char *s, int64_t *ret) MUST_CHECK;
bool str_to_f64(const char *s, double *ret) MUST_CHECK; /* finite */
/* "true" "false" "1" "0" "yes" "no" "on" "off", case ignored */
bool str_to_bool(const char *s, bool *ret) MUST_CHECK;
/* Milliseconds: a bare number is ms; units ms s m h d w; also hourly daily weekly
 * monthly. */
bool str_to_duration(const char *s, int64_t *ret_ms) MUST_CHECK;
/* Bytes: a bare number, or B KB MB GB KiB MiB GiB, case ignored, all powers of 1024. */
bool str_to_size(const char *s, int64_t *ret) MUST_CHECK;

/* Index of the first byte that is not valid UTF-8 (overlong, surrogate, above U+10FFFF),
 * or n. */
size_t utf8_valid_prefix(const char *p, size_t n);
size_t utf8_count(const char *s); /* code points of valid UTF-8 */
/* Largest k <= n that does not cut a code point of p. */
size_t utf8_cut(const char *p, size_t n);
/* Decodes one code point of valid UTF-8 at *p, moves *p behind it. */
uint32_t utf8_next(const char **p);
/* UTF-16 code units, which columns are counted in, of the code point that byte c of valid
 * UTF-8 begins: 1 or 2, and 0 for a continuation byte. */
static inline int utf8_columns(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80 ? 0 : (unsigned char)c >= 0xf0 ? 2 : 1;
}
size_t utf8_encode(uint32_t cp, char out[4]);
/* Controls, and what is invisible or changes the direction of the text around it. */
bool utf8_hidden(uint32_t cp);

char *str_hex(struct arena *a, const void *p, size_t n);
char *str_base64url(struct arena *a, const void *p, size_t n); /* no padding */
/* Strict: canonical base64url without padding, no other characters. NULL when malformed.
 */
unsigned char *str_unbase64url(struct arena *a, const char *s, size_t *ret_n);
char *str_base64(struct arena *a, const void *p,
		 size_t n); /* standard alphabet, padded */
/* Strict: canonical, with padding, no line ends. NULL when malformed; s may be NULL. */
unsigned char *str_unbase64(struct arena *a, const char *s, size_t *ret_n);

/* The candidate nearest to s by edit distance, or NULL when none is near enough to
 * suggest. */
const char *str_nearest(const char *s, const char *const *candidates, size_t n);
/* A copy with control characters, DEL, C1, bidi and zero-width characters as \u escapes:
 * for logs, terminals and error texts. At most max bytes, cut with "…". */
char *str_printable(struct arena *a, const char *s, size_t max);

#endif
