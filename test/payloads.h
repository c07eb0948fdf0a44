/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile questions: query languages, SQL, quoting, Unicode, in many surroundings. */
#ifndef TEST_PAYLOADS_H
#define TEST_PAYLOADS_H

#include "common/base/arena.h"
#include "common/base/defs.h"

static const char *const payload_cores[] = {
	"'",
	"\"",
	"''",
	"\"\"",
	"\"'\"'",
	"\\",
	"\\'",
	"\\\"",
	"'; DROP TABLE memories; --",
	"\" OR 1=1 --",
	"\") OR (\"a",
	"') | ('a",
	"a AND b",
	"a OR",
	"OR",
	"NOT",
	"NOT a",
	"NEAR(a b, 5)",
	"a NEAR/3 b",
	"content:a",
	"{content tags}:a",
	"-content:a",
	"^a",
	"a*",
	"a + b",
	"(a",
	"a)",
	"((((((((",
	"a & b",
	"a | b",
	"!a",
	"a <-> b",
	"a <2> b",
	"a:*",
	"a:AB",
	"'a':*B",
	"$1",
	"?1",
	":name",
	"@x",
	"%s%n%x",
	"\\u0000",
	"\\0",
	"\t\r\n",
	"\x01\x02\x1f\x7f",
	"--",
	"/* a */",
	"a;b",
	"0x00",
	"1e999",
	"-0",
	"\xc2\xa0",
	"\xe2\x80\xaexevil",
	"\xe2\x80\x8d\xe2\x80\x8b",
	"\xe2\x80\x98q\xe2\x80\x99",
	"\xef\xbc\x82q\xef\xbc\x87",
	"\xca\xbcq",
	"e\xcc\x81",
	"\xcc\x81\xcc\x81",
	"\xf0\x9f\x98\x80",
	"\xe6\x97\xa5\xe6\x9c\xac",
	"\xef\xbf\xbd\xef\xbf\xbf",
	"\xf4\x8f\xbf\xbf",
	"\xef\xbb\xbf",
};

static const char *const payload_frames[] = {
	"%s", "word %s", "%s word", "\"%s\"", "'%s'", "(%s)", "%s%s", "AND %s OR",
};

#define PAYLOADS (ARRAY_LEN(payload_cores) * ARRAY_LEN(payload_frames))

static inline const char *payload(struct arena *a, size_t i)
{
	const char *core = payload_cores[i % ARRAY_LEN(payload_cores)];
	const char *frame = payload_frames[i / ARRAY_LEN(payload_cores)];
	char *out = arena_alloc(a, strlen(frame) + 2 * strlen(core) + 1), *to = out;

	for (const char *p = frame; *p; p++) {
		if (p[0] == '%' && p[1] == 's') {
			memcpy(to, core, strlen(core));
			to += strlen(core);
			p++;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
	return out;
}

#endif
