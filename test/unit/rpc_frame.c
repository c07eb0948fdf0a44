/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to lines: any split, any end, lines that are too long. */
#include "common/base/buf.h"
#include "common/rpc/frame.h"
#include "test/tap.h"

enum { MAX = 100 };

/* Feeds text in pieces of step bytes; what came, "|" between lines, "!" for too long. */
static void feed(struct buf *out, const char *text, size_t n, size_t step, bool last)
{
	const char *line = NULL;
	struct frame f;
	size_t at = 0, len = 0;

	buf_reset(out);
	frame_init(&f, MAX);
	while (at < n || last) {
		size_t room, k = MIN(step, n - at);
		char *to = frame_space(&f, &room);
		bool end = at == n;
		enum frame_got got;

		k = MIN(k, room);
		memcpy(to, text + at, k);
		frame_added(&f, k);
		at += k;
		while ((got = frame_next(&f, end, &line, &len)) != FRAME_NONE) {
			if (got == FRAME_LINE)
				buf_add(out, line, len);
			else
				buf_addc(out, '!');
			buf_addc(out, '|');
		}
		if (end)
			break;
	}
	frame_release(&f);
}

static void check(const char *text, size_t n, bool last, const char *want,
		  const char *what)
{
	static const size_t steps[] = { 1, 2, 3, 7, 64, 1u << 20 };
	struct buf out;
	bool ok = true;

	buf_init(&out, 1u << 20);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		feed(&out, text, n, steps[i], last);
		if (!str_eq(buf_text(&out), want)) {
			ok = false;
			printf("# in steps of %zu: %s\n", steps[i], buf_text(&out));
		}
	}
	OK(ok, "%s", what);
	buf_release(&out);
}

static void check_long(size_t n, const char *tail, const char *want, const char *what)
{
	struct buf in;

	buf_init(&in, 1u << 22);
	for (size_t i = 0; i < n; i++)
		buf_addc(&in, 'x');
	buf_adds(&in, tail);
	check(in.data, in.len, true, want, what);
	buf_release(&in);
}

static void check_memory(void)
{
	const char *line = NULL;
	size_t n = 0, told = 0;
	struct frame f;

	frame_init(&f, 1000);
	for (int i = 0; i < 1000; i++) {
		size_t room;
		char *to = frame_space(&f, &room);

		memset(to, 'x', room);
		frame_added(&f, room);
		told += frame_next(&f, false, &line, &n) == FRAME_TOO_LONG;
	}
	OK(told == 1 && f.cap < 1u << 20,
	   "60 MB without a newline: told once, kept small");
	frame_release(&f);
}

int main(void)
{
	static const char bom[] = "\xef\xbb\xbf"
				  "a\n\xef\xbb\xbf"
				  "b\n";
	char full[MAX + 4];

	memset(full, 'x', MAX);
	memcpy(full + MAX, "|b|", 4);
	check("a\nb\n", 4, false, "a|b|", "lines");
	check("a\r\n\n  \n\t\r\nb\n", 12, false, "a|b|",
	      "CR dropped, blank lines skipped");
	check("a\nb", 3, false, "a|", "half a line waits");
	check("a\nb", 3, true, "a|b|", "at the end half a line is one");
	check(bom, sizeof(bom) - 1, false,
	      "a|\xef\xbb\xbf"
	      "b|",
	      "only the first byte order mark is dropped");
	check("", 0, true, "", "nothing");
	check_long(MAX, "\nb\n", full, "the longest line");
	check_long(MAX + 1, "\nb\n", "!|b|", "one byte too long");
	check_long(5000, "\nb\n", "!|b|", "far too long");
	check_long(5000, "", "!|", "too long at the end");
	check_memory();
	return tap_done();
}
