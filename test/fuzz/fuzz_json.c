/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the JSON reader under all flags; what it accepts survives writing. */
#include "common/base/defs.h"
#include "common/field/jsonr.h"
#include "common/field/jsonw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void fail(const char *what, const char *text)
{
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

static char *written(struct arena *a, const struct node *n)
{
	struct jsonw w;
	struct buf b;
	char *text;

	buf_init(&b, SIZE_MAX);
	jsonw_init(&w, &b);
	jsonw_node(&w, NULL, n);
	if (b.overflow)
		fail("overflow", buf_text(&b));
	text = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return text;
}

/* Plain JSON text must be read strictly, but for what nul allows, and come out as it went
 * in. */
static void check_text(struct arena *a, const char *text, unsigned nul, bool same)
{
	struct err e = { 0 };
	const struct node *n =
		jsonr_parse(a, text, strlen(text), JSONR_DUPLICATES | nul, NULL, &e);

	if (!n)
		fail(e.msg, text);
	if (same && strcmp(written(a, n), text) != 0)
		fail("written differently", text);
	if (strpbrk(text, "\r\n"))
		fail("line break", text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	for (unsigned flags = 0; flags < 32; flags++) {
		struct arena *a = arena_new();
		struct pos pos = { 0 };
		struct err e = { 0 };
		struct node *node =
			jsonr_parse(a, (const char *)data, n, flags, &pos, &e);

		if (node) {
			check_text(a, written(a, node), 0, true);
			check_text(a, node_raw(a, node), flags & JSONR_NUL, false);
		} else if (e.code != ERR_PARSE || pos.line < 1 || pos.col < 1) {
			fail("refused without a place", e.msg);
		}
		arena_free(a);
	}
	return 0;
}
