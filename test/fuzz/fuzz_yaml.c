/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the YAML reader; what it accepts can be written as JSON and read again. */
#include "common/base/defs.h"
#include "common/field/jsonr.h"
#include "common/field/yamlr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	struct pos pos = { 0 };
	struct err e = { 0 };
	const struct node *node = yamlr_parse(a, (const char *)data, n, &pos, &e);
	const char *text;

	if (!node) {
		if (e.code != ERR_PARSE || pos.line < 1 || pos.col < 1)
			abort();
	} else {
		text = node_raw(a, node);
		if (!jsonr_parse(a, text, strlen(text), JSONR_DUPLICATES, NULL, &e)) {
			fprintf(stderr, "%s: %s\n", e.msg, text);
			abort();
		}
	}
	arena_free(a);
	return 0;
}
