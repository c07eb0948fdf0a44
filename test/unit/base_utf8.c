/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of UTF-8, encodings and printable text. */
#include "common/base/str.h"

#include "common/base/arena.h"
#include "test/tap.h"

static void test_valid(void)
{
	static const struct {
		const char *text;
		size_t n, want;
		const char *what;
	} cases[] = {
		{ "abc", 3, 3, "ascii" },
		{ "a\0b", 3, 3, "NUL is a character" },
		{ "€𝄞é", 9, 9, "two to four bytes" },
		{ "\xc0\xaf", 2, 0, "overlong slash" },
		{ "\xc1\xbf", 2, 0, "overlong in two bytes" },
		{ "\xe0\x80\xaf", 3, 0, "overlong in three bytes" },
		{ "\xe0\x9f\xbf", 3, 0, "largest overlong in three bytes" },
		{ "\xf0\x80\x80\xaf", 4, 0, "overlong in four bytes" },
		{ "\xf0\x8f\xbf\xbf", 4, 0, "largest overlong in four bytes" },
		{ "\xed\xa0\x80", 3, 0, "first surrogate" },
		{ "\xed\xbf\xbf", 3, 0, "last surrogate" },
		{ "\xed\x9f\xbf", 3, 3, "before the surrogates" },
		{ "\xf4\x8f\xbf\xbf", 4, 4, "last code point" },
		{ "\xf4\x90\x80\x80", 4, 0, "beyond the last code point" },
		{ "\xf8\x88\x80\x80\x80", 5, 0, "five bytes" },
		{ "\xff", 1, 0, "byte that never occurs" },
		{ "a\x80", 2, 1, "lone continuation" },
		{ "ab\xe2\x82", 4, 2, "cut at the end" },
		{ "ab\xe2\x82x", 5, 2, "cut in the middle" },
		{ "12345678\xc3", 9, 8, "behind a whole word" },
		{ "1234567\xc3\xa9 12345678", 18, 18, "across a word" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		IS_INT(utf8_valid_prefix(cases[i].text, cases[i].n), cases[i].want,
		       cases[i].what);
}

static void test_code_points(void)
{
	bool round_trip = true, valid = true;
	const char *p = "a€𝄞";
	char out[5];

	IS_INT(utf8_count(p), 3, "code points are counted");
	IS_INT(utf8_next(&p), 'a', "one byte");
	IS_INT(utf8_next(&p), 0x20ac, "three bytes");
	IS_INT(utf8_next(&p), 0x1d11e, "four bytes");
	OK(*p == '\0', "end");
	for (uint32_t cp = 1; cp <= 0x10ffff; cp++) {
		size_t n = utf8_encode(cp, out);

		out[n] = '\0';
		p = out;
		if (cp >= 0xd800 && cp <= 0xdfff) {
			valid = valid && utf8_valid_prefix(out, n) == 0;
			continue;
		}
		valid = valid && utf8_valid_prefix(out, n) == n;
		round_trip = round_trip && utf8_next(&p) == cp && p == out + n;
	}
	OK(valid, "what is encoded is valid, but for surrogates");
	OK(round_trip, "every code point survives encoding and decoding");
	IS_INT(utf8_cut("a€b", 5), 5, "cut behind a character");
	IS_INT(utf8_cut("a€b", 4), 4, "cut at a border");
	IS_INT(utf8_cut("a€b", 3), 1, "cut inside, one byte short");
	IS_INT(utf8_cut("a€b", 2), 1, "cut inside, two bytes short");
	IS_INT(utf8_cut("", 0), 0, "cut of nothing");
	p = "\xe2";
	utf8_next(&p);
	OK(*p == '\0', "decoding a broken text does not run past its end");
}

static void test_encodings(void)
{
	static const char *const bad[] = { "A",	 "AB==", "Zm9v\n", "Zm+v", "Zm/v",
					   "Zh", "Zm9",	 "é",	   "Zm9vA" };
	static const char *const bad64[] = { "A",      "Zg",   "Zg=",	   "Zh==",
					     "Z===",   "====", "Zg==Zg==", "=Zg=",
					     "Zm9v\n", "Zm-v", "Zm_v",	   "hello!" };
	struct arena *a = arena_new();
	unsigned char all[256], *back;
	size_t n = 0;
	bool same = true;

	IS_STR(str_hex(a, "\x00\xff\x10", 3), "00ff10", "hex");
	IS_STR(str_hex(a, "", 0), "", "hex of nothing");
	IS_STR(str_base64(a, "fo", 2), "Zm8=", "base64 is padded");
	IS_STR(str_base64(a, "\xfb\xff", 2), "+/8=", "standard alphabet");
	IS_STR(str_base64url(a, "\xfb\xff", 2), "-_8", "URL alphabet");
	for (size_t i = 0; i < sizeof(all); i++) {
		all[i] = (unsigned char)(255 - i);
		back = str_unbase64url(a, str_base64url(a, all, i), &n);
		same = same && back && n == i && memcmp(back, all, n) == 0;
	}
	OK(same, "base64url comes back");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		OK(!str_unbase64url(a, bad[i], &n), "refused: '%s'", bad[i]);
	OK(str_unbase64url(a, "", &n) && n == 0, "nothing decodes to nothing");
	OK(!str_unbase64url(a, NULL, &n), "NULL is refused");
	same = true;
	for (size_t i = 0; i < sizeof(all); i++) {
		back = str_unbase64(a, str_base64(a, all, i), &n);
		same = same && back && n == i && memcmp(back, all, n) == 0;
	}
	OK(same, "base64 comes back");
	for (size_t i = 0; i < ARRAY_LEN(bad64); i++)
		OK(!str_unbase64(a, bad64[i], &n), "refused: '%s'", bad64[i]);
	OK(str_unbase64(a, "", &n) && n == 0, "nothing decodes to nothing");
	OK(!str_unbase64(a, NULL, &n), "NULL is refused");
	arena_free(a);
}

static void test_printable(void)
{
	struct arena *a = arena_new();

	IS_STR(str_printable(a, "plain é€", 100), "plain é€", "left alone");
	IS_STR(str_printable(a, "a\x1b[31m\n\x7f", 100), "a\\u001b[31m\\u000a\\u007f",
	       "controls");
	IS_STR(str_printable(a, "\xc2\x9b", 100), "\\u009b", "C1");
	IS_STR(str_printable(a,
			     "a\xe2\x80\xae"
			     "b",
			     100),
	       "a\\u202eb", "bidi");
	IS_STR(str_printable(a, "a\xe2\x80\x8b", 100), "a\\u200b", "zero width");
	IS_STR(str_printable(a, "\xf3\xa0\x81\x81", 100), "\\udb40\\udc41", "tags");
	IS_STR(str_printable(a, "a\xff", 100), "a\\ufffd", "not UTF-8");
	IS_STR(str_printable(a, "12345", 5), "12345", "fits");
	IS_STR(str_printable(a, "123456", 5), "12…", "cut");
	IS_STR(str_printable(a, "€€", 5), "…", "cut at a character");
	IS_STR(str_printable(a, "ab\n\n", 10), "ab…", "an escape is not cut");
	IS_STR(str_printable(a, "abc", 2), "", "no room at all");
	arena_free(a);
}

int main(void)
{
	test_valid();
	test_code_points();
	test_encodings();
	test_printable();
	return tap_done();
}
