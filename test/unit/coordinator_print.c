/* SPDX-License-Identifier: Apache-2.0 */
/* What a person sees of a request: everything, and nothing that the terminal obeys. */
#include "coordinator-server/print.h"

#include "common/base/str.h"
#include "test/tap.h"

#define ESC   "\x1b[2J"
#define BIDI  "\xe2\x80\xae" /* U+202E */
#define BLANK "\xe2\x80\x8b" /* U+200B */

static const struct approval hostile = {
	.approval_id = "apr_1",
	.session_id = "ses_1",
	.type = TYPE_DEPLOYMENT,
	.status = APPROVAL_PENDING,
	.target = "memory",
	.tool = "store" ESC "_memory",
	.requested_by = "agent:" BIDI "host/ann",
	.decision = "line one\nline two\r",
	.request_digest = "0123456789abcdef",
	.expires_at.ms = 4102444800000,
	.request_text = "{\"arguments\":{\"a\\\": 1, \\\"b\":\"" BIDI "82,000" BLANK
			"\",\"list\":[1,[],{}],\"esc\":\"\\u001b[2J\"},\"reason\":\"" BIDI
			"now\"}",
};

int main(void)
{
	struct ctx c = { .arena = arena_new() };
	struct err e = { 0 };
	const char *text;
	bool plain = true;
	struct buf b;

	clock_init();
	buf_init(&b, 1 << 20);
	OK(print_approval(&c, &hostile, &b, &e), "it is printed: %s", e.msg);
	text = buf_text(&b);
	for (const char *p = text; *p; p++)
		plain = plain && (*p == '\n' || (unsigned char)*p >= 0x20) && *p != 0x7f;
	OK(plain, "without control characters");
	OK(!strstr(text, BIDI) && !strstr(text, BLANK),
	   "without characters that turn or hide text");
	OK(strstr(text, "\\u202e82,000\\u200b"), "they are shown instead");
	OK(strstr(text, "\\u001b[2J"), "escapes in the request stay escapes");
	OK(strstr(text, "\"a\\\": 1, \\\"b\": \""), "a key cannot pretend to be two");
	OK(strstr(text, "line one\\"), "a note stays on its line");
	OK(strstr(text, "(as it claims)"), "a claimed name is called so");
	buf_reset(&b);
	print_approval_line(&c, &hostile, &b);
	OK(!strchr(buf_text(&b), 0x1b) &&
		   strchr(buf_text(&b), '\n') == b.data + b.len - 1,
	   "a list has a line for each");
	buf_release(&b);
	arena_free(c.arena);
	return tap_done();
}
