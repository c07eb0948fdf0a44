/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the TOML reader; what it accepts can be written as JSON and read again. */
#include "common/base/defs.h"
#include "common/field/jsonr.h"
#include "common/field/tomlr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Places are in order, and within the text. */
static void check_places(const struct node *n, int lines)
{
	for (const struct node *m = n->first; m; m = m->next) {
		if (m->line < 1 || m->line > lines || m->col < 1 ||
		    m->end_line < m->line || m->end_line > lines ||
		    (m->key && (m->key_line < 1 || m->key_col < 1)))
			abort();
		check_places(m, lines);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	struct pos pos = { 0 };
	struct err e = { 0 };
	const struct node *node = tomlr_parse(a, (const char *)data, n, &pos, &e);
	const char *text;
	int lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += data[i] == '\n';
	if (!node) {
		if (e.code != ERR_PARSE || pos.line < 1 || pos.line > lines ||
		    pos.col < 1)
			abort();
	} else {
		check_places(node, lines);
		text = node_raw(a, node);
		if (!jsonr_parse(a, text, strlen(text), JSONR_DUPLICATES, NULL, &e)) {
			fprintf(stderr, "%s: %s\n", e.msg, text);
			abort();
		}
	}
	arena_free(a);
	return 0;
}
