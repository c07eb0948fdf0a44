/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of messages, ids, and the frame of errors. */
#include "common/rpc/jsonrpc.h"
#include "test/tap.h"

static struct arena *a;

static const struct {
	const char *text;
	enum msg_kind kind; /* 0: refused */
	enum err_code code;
	const char *id, *method;
} rows[] = {
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}", MSG_REQUEST, ERR_NONE, "1",
	  "m" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":\"\",\"method\":\"m\",\"params\":{}}", MSG_REQUEST,
	  ERR_NONE, "\"\"", "m" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":-0,\"method\":\"m\"}", MSG_REQUEST, ERR_NONE, "-0",
	  "m" },
	{ "{\"jsonrpc\":\"2.0\",\"method\":\"m\"}", MSG_NOTIFICATION, ERR_NONE, NULL,
	  "m" },
	{ "{\"jsonrpc\":\"1.0\",\"method\":\"m\"}", MSG_NOTIFICATION, ERR_NONE, NULL,
	  "" },
	{ "{\"jsonrpc\":\"2.0\",\"method\":5}", MSG_NOTIFICATION, ERR_NONE, NULL, "" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":\"s-1\",\"result\":{}}", MSG_RESPONSE, ERR_NONE,
	  "\"s-1\"", NULL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}", MSG_RESPONSE, ERR_NONE, "1",
	  NULL },
	{ "{\"id\":1,\"method\":\"m\"}", 0, ERR_REQUEST, "1", NULL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1}", 0, ERR_REQUEST, "1", NULL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}", 0, ERR_REQUEST, NULL,
	  NULL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1.0,\"method\":\"m\"}", 0, ERR_REQUEST, NULL,
	  NULL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1e2,\"method\":\"m\"}", 0, ERR_REQUEST, NULL,
	  NULL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"m\"}", 0, ERR_REQUEST, NULL,
	  NULL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"m\"}", 0, ERR_REQUEST, NULL,
	  NULL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[]}", 0, ERR_PARAMS,
	  "1", NULL },
	{ "{}", 0, ERR_REQUEST, NULL, NULL },
	{ "\"x\"", 0, ERR_REQUEST, NULL, NULL },
};

static const struct node *parse(const char *text)
{
	struct err e = { 0 };

	return jsonr_parse(a, text, strlen(text), 0, NULL, &e);
}

static void check_messages(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = { 0 };
		struct msg m;
		bool ok = msg_read(a, parse(rows[i].text), &m, &e);

		OK(ok == (rows[i].kind != 0) && e.code == rows[i].code &&
			   (!ok || m.kind == rows[i].kind) && str_eq(m.id, rows[i].id) &&
			   (!rows[i].method || str_eq(m.method, rows[i].method)),
		   "%s", rows[i].text);
	}
}

static void check_keys(void)
{
	const char *raw = NULL, *one = NULL, *two = NULL;

	OK(msg_id(a, parse("\"a\""), &raw, &one) &&
		   msg_id(a, parse("\"\\u0061\""), &raw, &two) && str_eq(one, two) &&
		   str_eq(raw, "\"\\u0061\""),
	   "one id in two spellings: one key, its own text");
	OK(msg_id(a, parse("1"), &raw, &one) && msg_id(a, parse("\"1\""), &raw, &two) &&
		   !str_eq(one, two),
	   "1 and \"1\" differ");
	OK(msg_id(a, parse("9007199254740993"), &raw, &one) &&
		   str_eq(raw, "9007199254740993"),
	   "a big integer is kept");
	OK(!msg_id(a, NULL, &raw, &one), "no id");
}

static void check_error(void)
{
	struct buf b;

	buf_init(&b, 1000);
	rpc_error(&b, NULL, -32700, "a \"b\"\n", NULL);
	IS_STR(buf_text(&b),
	       "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"a "
	       "\\\"b\\\"\\n\"}}",
	       "an error without id");
	buf_reset(&b);
	rpc_error(&b, "\"x\"", -32602, "m", "{\"uri\":\"u\"}");
	IS_STR(buf_text(&b),
	       "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-32602,\"message\":\"m\","
	       "\"data\":{\"uri\":\"u\"}}}",
	       "an error with data");
	buf_release(&b);
}

int main(void)
{
	a = arena_new();
	check_messages();
	check_keys();
	check_error();
	arena_free(a);
	return tap_done();
}
