/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of errors: table, cutting of messages, prefixes. */
#include "common/base/err.h"

#include "common/base/str.h"
#include "test/tap.h"

static void test_table(void)
{
	bool complete = true, unique = true, coded = true;

	for (int i = 0; i < ERR_MAX; i++) {
		const struct err_row *r = err_row((enum err_code)i);

		complete = complete && !str_empty(r->name) && !str_empty(r->doc);
		coded = coded && (r->surface == SURFACE_PROTOCOL) == (r->rpc_code != 0);
		if (i != ERR_NONE)
			coded = coded && r->exit_status >= 64 && r->exit_status <= 78;
		for (int j = 0; j < i; j++)
			unique = unique &&
				 !str_eq(r->name, err_row((enum err_code)j)->name);
	}
	OK(complete, "every code has a name and a text");
	OK(unique, "names are unique");
	OK(coded,
	   "protocol errors alone have a JSON-RPC code; exit statuses are sysexits");
	IS_INT(err_row(ERR_PARSE)->rpc_code, -32700, "code of PARSE");
	IS_INT(err_row(ERR_VERSION)->rpc_code, -32022, "code of VERSION");
	IS_INT(err_row(ERR_DENIED)->exit_status, 77, "status of DENIED");
	IS_STR(err_row((enum err_code)999)->name, "INTERNAL",
	       "a code that does not exist");
	IS_INT(err_exit_status(NULL), 0, "no error object means done");
}

static void test_set(void)
{
	struct err e = { 0 };
	char big[1000];

	OK(!err_set(&e, ERR_ARG, "limit: %d is over %d", 5, 4), "err_set gives false");
	IS_STR(e.msg, "limit: 5 is over 4", "message");
	IS_INT(err_exit_status(&e), 64, "exit status");
	OK(!err_prefix(&e, "row %d", 7), "err_prefix gives false");
	IS_STR(e.msg, "row 7: limit: 5 is over 4", "prefix");
	IS_INT(e.code, ERR_ARG, "a prefix keeps the code");
	err_set(&e, ERR_CONFIG, "again: %s", e.msg);
	IS_STR(e.msg, "again: row 7: limit: 5 is over 4", "old message as an argument");
	err_clear(&e);
	OK(e.code == ERR_NONE && e.msg[0] == '\0', "err_clear");
	OK(!err_set(NULL, ERR_ARG, "x") && !err_prefix(NULL, "x"), "NULL is fine");

	for (size_t shift = 0; shift < 3; shift++) {
		memset(big, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof(big); i += 3)
			memcpy(big + i, "€", 4);
		err_set(&e, ERR_ARG, "%s", big);
		OK(utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg) &&
			   strlen(e.msg) >= sizeof(e.msg) - 4,
		   "a long message is cut at a character, shift %zu", shift);
		err_prefix(&e, "a€");
		OK(utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg),
		   "so is one with a prefix, shift %zu", shift);
	}
}

int main(void)
{
	test_table();
	test_set();
	return tap_done();
}
