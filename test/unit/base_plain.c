/* SPDX-License-Identifier: Apache-2.0 */
/* Plain text: one form for whatever reads the same. */
#include "common/base/plain.h"

#include <string.h>

#include "test/tap.h"

static const struct row {
	const char *text, *plain, *what;
} rows[] = {
	{ "plain text\nof two lines", "plain text\nof two lines",
	  "ordinary text stays as it is" },
	{ "\xef\xbc\xa9\xef\xbd\x87\xef\xbd\x8e\xef\xbd\x8f\xef\xbd\x92\xef\xbd\x85",
	  "Ignore", "full-width letters" },
	{ "i\xe2\x80\x8bg\xe2\x81\xa0no\xc2\xadre", "ignore", "zero-width characters" },
	{ "a\xf3\xa0\x81\xa8z", "az", "tag characters" },
	{ "don\xe2\x80\x99t \xe2\x80\x93 now", "don't - now", "quotes and dashes" },
	{ "a\xc2\xa0z", "a z", "blanks that are none" },
	{ "na\xc3\xafve i\xcc\x87", "naive i", "accents" },
	{ "one\r\ntwo\xe2\x80\xa8three", "one\ntwo\nthree", "line ends" },
};

int main(void)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		IS_STR(text_plain(a, rows[i].text, strlen(rows[i].text)), rows[i].plain,
		       rows[i].what);
	OK(!text_plain(a, "\xff", 1), "what is not UTF-8 has no plain form");
	IS_STR(text_plain(a, "", 0), "", "nothing stays nothing");
	arena_free(a);
	return tap_done();
}
