/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the .env reader; what it gives is in order, is text, and reads the same
 * again. */
#include "common/base/defs.h"
#include "common/base/str.h"
#include "common/config/dotenv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* Without quote, backslash and carriage return a value in single quotes stands for
 * itself. */
static void check_again(struct arena *a, const struct dotenv_entry *x)
{
	const char *text = arena_printf(a, "%s='%s'", x->name, x->value);
	struct dotenv again;

	if (strpbrk(x->value, "'\\\r"))
		return;
	dotenv_parse(a, text, strlen(text), &again);
	check(again.n == 1 && str_eq(again.v[0].name, x->name));
	check(str_eq(again.v[0].value, x->value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	struct dotenv d;
	int line = 1;

	dotenv_parse(a, (const char *)data, n, &d);
	for (size_t i = 0; i < d.n; i++) {
		const struct dotenv_entry *x = &d.v[i];

		check(x->name[0] != '\0' && x->line >= line);
		check(x->value_line >= x->line && x->value_col >= 1);
		check(utf8_valid_prefix(x->value, strlen(x->value)) == strlen(x->value));
		check(str_eq(dotenv_get(&d, x->name)->name, x->name));
		check_again(a, x);
		line = x->line;
	}
	for (size_t i = 0; i < d.warnings_n; i++)
		check(d.warnings[i].line >= 1 && d.warnings[i].text[0] != '\0');
	arena_free(a);
	return 0;
}
