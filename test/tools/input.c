/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile and clumsy input to the servers, T10.
 * usage: input PROGRAM… */
#define _GNU_SOURCE /* pipe2, memmem, nftw */
#include "test/tools/spawn.h"

enum { WAIT_MS = 20000, MIB = 1024 * 1024, LINE_MAX_KIB = 32 * 1024 };

static struct arena *arena;
static const struct subject *sub;

static char *next(struct peer *p)
{
	return peer_line(p, arena, clock_mono() + WAIT_MS);
}

/* Nothing but the answer to a ping comes next. */
static bool quiet(struct peer *p)
{
	const char *line;

	say(p, PING);
	line = next(p);
	if (!str_eq(line, PONG))
		printf("#   got: %.300s\n", line ? line : "nothing");
	return str_eq(line, PONG);
}

/* Sends n bytes and a newline; exactly one line with want comes, or none (NULL). */
static void row(struct peer *p, const char *what, const char *text, size_t n,
		const char *want)
{
	const char *line = "";

	peer_send(p, text, n);
	say(p, "\n");
	if (want)
		line = next(p);
	if (!OK(line && (!want || strstr(line, want)) && quiet(p), "%s: %s", sub->name,
		what))
		printf("#   want: %s\n#   got:  %.300s\n", want ? want : "nothing",
		       line ? line : "nothing");
}

struct bad {
	const char *what, *text;
	size_t n;
	const char *want;
};

#define BAD(what, text, want)                      \
	{                                          \
		what, text, sizeof(text) - 1, want \
	}
#define UNREADABLE  "\"id\":null,\"error\":{\"code\":-32700"
#define NO_REQUEST  "\"id\":null,\"error\":{\"code\":-32600"
#define PING_ID(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"ping\"}"
#define BACK(id)    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":{}}"
#define WITH(member) \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{" member "}}"
#define PONG_1 BACK("1")

static const struct bad rows[] = {
	/* */
	BAD("R-14 CR LF", PING_ID("1") "\r", PONG_1),
	BAD("R-14 blank line", "", NULL),
	BAD("R-14 line of blanks", " \t \r", NULL),
	BAD("R-14 BOM after the first line", "\xef\xbb\xbf" PING_ID("1"), UNREADABLE),
	BAD("R-14 NUL inside", "{\"jsonrpc\":\"2.0\",\0\"id\":1}", UNREADABLE),
	BAD("R-14 NUL alone", "\0", UNREADABLE),
	BAD("R-14 Content-Length framing", "Content-Length: 45\r", UNREADABLE),
	BAD("R-14 raw CR inside a string", WITH("\"a\":\"\r\""), UNREADABLE),
	BAD("cut off", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pi", UNREADABLE),
	BAD("two values", PING_ID("1") PING_ID("2"), UNREADABLE),
	BAD("comma at the end", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",}",
	    UNREADABLE),
	BAD("single quotes", "{'jsonrpc':'2.0'}", UNREADABLE),
	BAD("comment", PING_ID("1") "// x", UNREADABLE),
	BAD("NaN", WITH("\"a\":NaN"), UNREADABLE),
	BAD("member given twice",
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}", UNREADABLE),
	BAD("a string", "\"hello\"", NO_REQUEST),
	BAD("a number", "42", NO_REQUEST),
	BAD("null", "null", NO_REQUEST),
	BAD("empty object", "{}", NO_REQUEST),
	BAD("batch outside 2025-03-26", "[" PING_ID("1") "]", NO_REQUEST),
	BAD("empty batch", "[]", NO_REQUEST),
	BAD("no jsonrpc", "{\"id\":1,\"method\":\"ping\"}",
	    "\"id\":1,\"error\":{\"code\":-32600"),
	BAD("jsonrpc 1.0", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
	    "\"id\":1,\"error\":{\"code\":-32600"),
	BAD("method is a number", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
	    "\"id\":1,\"error\":{\"code\":-32600"),
	BAD("params is an array",
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":[]}",
	    "\"id\":1,\"error\":{\"code\":-32602"),
	BAD("params is null",
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":null}",
	    "\"id\":1,\"error\":{\"code\":-32602"),
	/* */
	BAD("R-16 byte ff", WITH("\"a\":\"\xff\""), UNREADABLE),
	BAD("R-16 lone continuation", WITH("\"a\":\"\x80\""), UNREADABLE),
	BAD("R-16 overlong NUL", WITH("\"a\":\"\xc0\x80\""), UNREADABLE),
	BAD("R-16 overlong slash", WITH("\"a\":\"\xe0\x80\xaf\""), UNREADABLE),
	BAD("R-16 encoded surrogate", WITH("\"a\":\"\xed\xa0\x80\""), UNREADABLE),
	BAD("R-16 beyond U+10FFFF", WITH("\"a\":\"\xf4\x90\x80\x80\""), UNREADABLE),
	BAD("R-16 cut short", WITH("\"a\":\"\xe2\x82\""), UNREADABLE),
	BAD("R-16 bad bytes in a key", WITH("\"\xff\":1"), UNREADABLE),
	BAD("R-16 bad bytes in the method",
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xc3\x28\"}", UNREADABLE),
	BAD("R-16 bad bytes in the id", PING_ID("\"\xff\""), UNREADABLE),
	BAD("R-16 lone high surrogate", WITH("\"a\":\"\\ud800\""), UNREADABLE),
	BAD("R-16 lone low surrogate", WITH("\"a\":\"\\udc00\""), UNREADABLE),
	BAD("R-16 surrogates the wrong way", WITH("\"a\":\"\\udc00\\ud800\""),
	    UNREADABLE),
	BAD("R-16 escaped NUL", WITH("\"a\":\"x\\u0000y\""), UNREADABLE),
	BAD("R-16 a good pair", WITH("\"a\":\"\\ud83d\\ude00\""), PONG_1),
	BAD("R-16 bad escape", WITH("\"a\":\"\\x\""), UNREADABLE),
	/* */
	BAD("R-17 1e400", WITH("\"a\":1e400"), UNREADABLE),
	BAD("R-17 minus nought", WITH("\"a\":-0"), PONG_1),
	BAD("R-17 leading nought", WITH("\"a\":01"), UNREADABLE),
	BAD("R-17 1.", WITH("\"a\":1."), UNREADABLE),
	BAD("R-17 40 digits", WITH("\"a\":1234567890123456789012345678901234567890"),
	    UNREADABLE),
	BAD("R-17 id 0", PING_ID("0"), BACK("0")),
	BAD("R-17 id -1", PING_ID("-1"), BACK("-1")),
	BAD("R-17 id 2^53", PING_ID("9007199254740992"), BACK("9007199254740992")),
	BAD("R-17 id 2^53 + 1", PING_ID("9007199254740993"), BACK("9007199254740993")),
	BAD("R-17 id 2^64", PING_ID("18446744073709551616"),
	    BACK("18446744073709551616")),
	BAD("R-17 empty id", PING_ID("\"\""), BACK("\"\"")),
	BAD("R-17 id with escapes", PING_ID("\"\\u0041\\/\\n\""),
	    BACK("\"\\u0041\\/\\n\"")),
	BAD("R-17 id of other letters", PING_ID("\"\xd0\x96\xf0\x9f\x98\x80\""),
	    BACK("\"\xd0\x96\xf0\x9f\x98\x80\"")),
	BAD("R-17 id 1.5", PING_ID("1.5"), NO_REQUEST),
	BAD("R-17 id 1e3", PING_ID("1e3"), NO_REQUEST),
	BAD("R-17 id null", PING_ID("null"), NO_REQUEST),
	BAD("R-17 id true", PING_ID("true"), NO_REQUEST),
	BAD("R-17 id an object", PING_ID("{}"), NO_REQUEST),
	BAD("R-17 id an array", PING_ID("[1]"), NO_REQUEST),
	/* */
	BAD("R-18 unknown notification",
	    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/nonsense\",\"params\":{\"a\":[1]}}",
	    NULL),
	BAD("R-18 malformed notification",
	    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":[1]}",
	    NULL),
	BAD("R-18 cancel of an unknown call",
	    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":987}}",
	    NULL),
	BAD("R-18 cancel without id",
	    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}", NULL),
	BAD("R-18 tools/call as a notification",
	    "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"store_memory\",\"arguments\":{\"content\":\"x\"}}}",
	    NULL),
	BAD("R-18 an answer to no question",
	    "{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}", NULL),
	BAD("R-18 an error to no question",
	    "{\"jsonrpc\":\"2.0\",\"id\":5,\"error\":{\"code\":1,\"message\":\"x\"}}",
	    NULL),
	BAD("R-18 unknown method",
	    "{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"no/such\"}",
	    "\"id\":6,\"error\":{\"code\":-32601"),
	BAD("R-18 unknown tool",
	    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"no_such\"}}",
	    "\"id\":7,\"error\":{\"code\":-32602"),
};

static void test_rows(const struct plan *plan)
{
	struct peer p;

	launch_ready(&p, plan);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		row(&p, rows[i].what, rows[i].text, rows[i].n, rows[i].want);
	child_close_in(&p.c);
	ends_well(&p, 500, sub->name, "after all that");
	peer_release(&p);
}

/* ---- R-13 ---- */

static void fill(struct peer *p, char c, size_t n)
{
	static char block[65536];

	memset(block, c, sizeof(block));
	for (; n > 0; n -= MIN(n, sizeof(block)))
		peer_send(p, block, MIN(n, sizeof(block)));
}

static void test_long_lines(const struct plan *plan)
{
	size_t huge = SANITIZED ? 30u * MIB : 100u * MIB;
	int64_t kib;
	struct peer p;
	const char *line;

	launch_ready(&p, plan);
	fill(&p, 'x', huge);
	row(&p, "R-13 a line of 100 MB, no JSON", "", 0, UNREADABLE);
	say(&p, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":\"");
	fill(&p, 'x', huge);
	row(&p, "R-13 a line of 100 MB, a request", "\"}}", 3, UNREADABLE);
	kib = peak_kib(&p);
	OK(SANITIZED || (kib > 0 && kib < LINE_MAX_KIB),
	   "%s: R-13 at most %d KiB resident", sub->name, (int)kib);
	say(&p, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":\"");
	fill(&p, 'x', 10u * MIB - 100);
	row(&p, "R-13 a line just below the limit is served", "\"}}", 3, PONG_1);
	say(&p, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":");
	fill(&p, '9', 5u * MIB);
	row(&p, "R-17 5 MB of digits", "}}", 2, UNREADABLE);
	fill(&p, 'x', 11u * MIB);
	child_close_in(&p.c);
	line = next(&p);
	OK(line && strstr(line, UNREADABLE) && !next(&p),
	   "%s: R-13 a long line without end: one answer", sub->name);
	ends_well(&p, 500, sub->name, "R-13");
	peer_release(&p);
}

/* What an answer repeats must not be longer than an answer may be. */
static void test_long_ids(const struct plan *plan)
{
	struct peer p;
	const char *line;

	launch_ready(&p, plan);
	say(&p, "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":\"");
	fill(&p, 'x', 5u * MIB);
	row(&p, "R-17 an id of 5 MiB", "\"}", 2, NO_REQUEST);
	say(&p, "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":\"");
	fill(&p, 'x', 1023);
	row(&p, "R-17 an id one byte too long", "\"}", 2, NO_REQUEST);
	say(&p, "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":\"");
	fill(&p, 'x', 1022);
	row(&p, "R-17 an id of 1 KiB", "\"}", 2, "xxx\",\"result\":{}}");
	say(&p,
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"_meta\":{"
	    "\"progressToken\":\"");
	fill(&p, 'x', 5u * MIB);
	row(&p, "R-17 a progress token of 5 MiB", "\"}}}", 4,
	    "\"id\":1,\"error\":{\"code\":-32600");
	peer_release(&p);

	launch(&p, plan);
	say(&p, INIT_OF("2025-03-26"));
	OK(expect(&p, "\"2025-03-26\"", WAIT_MS), "%s: an old session", sub->name);
	say(&p, "[" PING_ID("1") ",{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":\"");
	fill(&p, 'x', 5u * MIB);
	say(&p, "\"}," PING_ID("2") "]\n");
	line = next(&p);
	OK(line && strstr(line, BACK("1")) && strstr(line, BACK("2")) &&
		   strstr(line, NO_REQUEST) && line[strlen(line) - 1] == ']' && quiet(&p),
	   "%s: R-17 an id of 5 MiB in a batch", sub->name);
	peer_release(&p);
}

/* ---- how bytes arrive ---- */

static void test_arrival(const struct plan *plan)
{
	static const char first[] = "\xef\xbb\xbf" INIT;
	struct buf many;
	struct peer p;
	int right = 0;

	launch(&p, plan);
	for (size_t i = 0; i < sizeof(first) - 1; i++)
		peer_send(&p, first + i, 1);
	OK(expect(&p, "\"protocolVersion\"", WAIT_MS),
	   "%s: R-14 BOM first, one byte at a time", sub->name);
	buf_init(&many, MIB);
	for (int i = 1; i <= 1000; i++)
		buf_addf(&many, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"ping\"}\n",
			 i);
	peer_send(&p, many.data, many.len);
	for (int i = 1; i <= 1000; i++) {
		char want[80];

		snprintf(want, sizeof(want), BACK("%d"), i);
		right += str_eq(next(&p), want);
	}
	IS_INT(right, 1000, "R-14 1,000 messages in one write, answers in their order");
	OK(quiet(&p), "%s: and each once", sub->name);
	peer_release(&p);
	buf_release(&many);
}

/* ---- R-15 and T10 ---- */

static void nested(struct buf *b, const char *open, const char *open2, const char *close,
		   const char *close2, int depth)
{
	buf_reset(b);
	buf_adds(b, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{"
		    "\"name\":\"x\",\"arguments\":{\"a\":");
	for (int i = 0; i < depth; i++)
		buf_adds(b, i % 2 ? open2 : open);
	buf_adds(b, "1");
	for (int i = depth - 1; i >= 0; i--)
		buf_adds(b, i % 2 ? close2 : close);
	buf_adds(b, "}}}");
}

static void test_depth(const struct plan *base)
{
	struct plan plan = { .program = "/bin/sh",
			     .args = { "-c", "ulimit -s 512; exec \"$1\"", "sh",
				       base->program } };
	static const char *const shapes[][5] = {
		{ "R-15 arrays, 100,000 deep", "[", "[", "]", "]" },
		{ "R-15 objects, 100,000 deep", "{\"a\":", "{\"a\":", "}", "}" },
		{ "R-15 both, 100,000 deep", "[", "{\"a\":", "]", "}" },
	};
	struct buf b;
	struct peer p;

	buf_init(&b, 4u * MIB);
	launch_ready(&p, &plan);
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		const char *const *s = shapes[i];
		int64_t began = clock_mono();

		nested(&b, s[1], s[2], s[3], s[4], 100000);
		row(&p, s[0], b.data, b.len, UNREADABLE);
		OK(clock_mono() - began < bound(100), "  within 100 ms (%d)",
		   (int)(clock_mono() - began));
		nested(&b, s[1], s[2], s[3], s[4], 125);
		row(&p, "R-15 as deep as is allowed", b.data, b.len, "-32602");
		buf_cut(&b, b.len - 20);
		row(&p, "R-15 deep and cut off", b.data, b.len, UNREADABLE);
	}
	peer_release(&p);
	buf_release(&b);
}

static void test_masses(const struct plan *plan)
{
	struct buf b;
	struct peer p;
	int64_t took;

	buf_init(&b, 12u * MIB);
	launch_ready(&p, plan);
	buf_adds(&b,
		 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":1");
	for (int i = 0; i < 700000; i++)
		buf_addf(&b, ",\"k%d\":1", i);
	buf_adds(&b, "}}");
	took = -clock_mono();
	row(&p, "T10 700,000 members", b.data, b.len, UNREADABLE);
	took += clock_mono();
	OK(took < bound(1000), "  within 1 s (%d ms)", (int)took);
	buf_reset(&b);
	buf_adds(
		&b,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":[1");
	for (int i = 0; i < 4000000; i++)
		buf_adds(&b, ",1");
	buf_adds(&b, "]}}");
	took = -clock_mono();
	row(&p, "T10 4,000,000 elements", b.data, b.len, UNREADABLE);
	took += clock_mono();
	OK(took < bound(1000), "  within 1 s (%d ms)", (int)took);
	peer_release(&p);
	buf_release(&b);
}

/* ---- ids, masses of calls, cancelling ---- */

static void cancel(struct peer *p, int id)
{
	char line[150];

	snprintf(
		line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{"
		"\"requestId\":%d,\"reason\":\"x\"}}\n",
		id);
	say(p, line);
}

static void test_flight(const struct plan *plan)
{
	bool seen[1001] = { false };
	int once = 0, n = 0;
	struct buf many;
	struct peer p;
	const char *line;

	launch_ready(&p, plan);
	buf_init(&many, 4u * MIB);
	for (int i = 1; i <= 1000; i++)
		buf_addf(&many,
			 "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\","
			 "\"params\":%s}\n",
			 i, i % 10 ? sub->read : sub->write);
	peer_send(&p, many.data, many.len);
	while (n < 1000 && (line = next(&p))) {
		const char *id = strstr(line, "\"id\":");
		long k = id ? strtol(id + 5, NULL, 10) : 0;

		n++;
		once += k > 0 && k <= 1000 && !seen[k] && strstr(line, "\"result\"");
		seen[k > 0 && k <= 1000 ? k : 0] = true;
	}
	IS_INT(once, 1000, "R-18 1,000 calls in one write, each answered once");
	call_tool(&p, 1, sub->read);
	OK(expect(&p, "\"id\":1,\"result\"", WAIT_MS), "%s: R-18 an id used again",
	   sub->name);
	cancel(&p, 1);
	OK(quiet(&p), "%s: R-18 cancel of a finished call", sub->name);
	for (int i = 0; i < 50; i++) {
		call_tool(&p, 2000 + i, i % 5 ? sub->read : sub->write);
		cancel(&p, 2000 + i);
	}
	child_close_in(&p.c);
	ends_well(&p, 1500, sub->name, "R-18 calls cancelled at once");
	OK(count_lines(&p, "\"result\"") <= 50 && count_lines(&p, "\"error\"") == 0,
	   "%s: at most one answer each", sub->name);
	peer_release(&p);
	buf_release(&many);
}

static void test_slow(const struct plan *plan)
{
	struct peer p;

	if (!sub->slow)
		return;
	launch_ready(&p, plan);
	call_tool(&p, 1, sub->slow);
	call_tool(&p, 1, sub->read);
	OK(expect(&p, "\"id\":1,\"error\":{\"code\":-32600", WAIT_MS),
	   "%s: R-18 an id twice in flight", sub->name);
	OK(expect(&p, "\"id\":1,\"result\"", WAIT_MS), "%s: the first one is answered",
	   sub->name);
	call_tool(&p, 2, "{\"name\":\"test_slow\",\"arguments\":{\"ms\":20000}}");
	call_tool(&p, 3, "{\"name\":\"test_slow_write\",\"arguments\":{\"ms\":20000}}");
	call_tool(&p, 4, sub->read);
	cancel(&p, 3);
	OK(expect(&p, "\"id\":4,\"result\"", WAIT_MS),
	   "%s: R-18 cancel of a waiting call lets others go", sub->name);
	cancel(&p, 2);
	child_close_in(&p.c);
	ends_well(&p, 500, sub->name, "R-18 a running call cancelled");
	IS_INT(p.out.len, 0, "  and nothing said of it");
	peer_release(&p);
}

static void test_program(const char *path)
{
	char *program = realpath(path, NULL);
	struct plan plan = { .program = program };

	if (!OK(program != NULL, "%s is built", path))
		return;
	sub = subject_of(program);
	arena = arena_new();
	scratch_make();
	test_rows(&plan);
	test_long_lines(&plan);
	test_long_ids(&plan);
	test_arrival(&plan);
	test_depth(&plan);
	test_masses(&plan);
	test_flight(&plan);
	test_slow(&plan);
	scratch_clean();
	arena_free(arena);
	free(program);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	clock_init();
	for (int i = 1; i < argc; i++)
		test_program(argv[i]);
	OK(argc > 1, "there is a server to try");
	return tap_done();
}
