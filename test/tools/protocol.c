/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the protocol's requirement table that hold for any server, whatever its
 * tools. usage: protocol COMMAND [ARG...] */
#define _GNU_SOURCE /* realpath */
#include "test/tools/protocol.h"

#define ALL_VERSIONS \
	"[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\",\"2024-11-05\"]"
#define LIST MODERN("2", "tools/list", "")
enum { LIST_MAX = 9000 }; /* bytes of the line, newline included */
#define OLD INIT("2025-11-25")

static const struct check checks[] = {
	{ 1, "a truncated line is unreadable", "{\"jsonrpc\":\n" LIST, "null", -32700,
	  NULL },
	{ 1, "and the next one is served", "{\"jsonrpc\":\n" LIST, "2", RESULT, NULL },
	{ 2, "invalid UTF-8 is unreadable",
	  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}\n", "null", -32700, NULL },
	{ 3, "no jsonrpc", "{\"id\":1,\"method\":\"ping\"}\n", "1", -32600, NULL },
	{ 3, "id null", "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}\n", "null",
	  -32600, NULL },
	{ 3, "method is a number", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}\n", "1",
	  -32600, NULL },
	{ 3, "id is a fraction", "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}\n",
	  "null", -32600, NULL },
	{ 3, "a number is no message", "17\n", "null", -32600, NULL },
	{ 3, "params is an array",
	  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}\n", "1",
	  -32602, NULL },
	{ 4, "blank lines and CRLF",
	  "\n  \n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r\n", "1", RESULT,
	  NULL },
	{ 4, "a byte order mark",
	  "\xef\xbb\xbf{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n", "1", RESULT,
	  NULL },
	{ 4, "a last line without newline",
	  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", "1", RESULT, NULL },
	{ 5, "a string id with escapes",
	  "{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"\\u00e9\",\"method\":\"ping\"}\n",
	  "\"a\\\"\\u00e9\"", RESULT, NULL },
	{ 5, "id 0", "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"ping\"}\n", "0", RESULT,
	  NULL },
	{ 5, "an empty id", "{\"jsonrpc\":\"2.0\",\"id\":\"\",\"method\":\"ping\"}\n",
	  "\"\"", RESULT, NULL },
	{ 5, "a big id",
	  "{\"jsonrpc\":\"2.0\",\"id\":9007199254740993,\"method\":\"ping\"}\n",
	  "9007199254740993", RESULT, NULL },
	{ 11, "2024-11-05", INIT("2024-11-05"), "\"i\"", RESULT, NULL },
	{ 14, "ping as first line", LEGACY("1", "ping", ""), "1", RESULT, NULL },
	{ 15, "neither metadata nor session", LEGACY("1", "tools/list", ""), "1", -32602,
	  NULL },
	{ 16, "a request before initialized",
	  "{\"jsonrpc\":\"2.0\",\"id\":\"i\",\"method\":\"initialize\",\"params\":{"
	  "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\","
	  "\"version\":\"1\"}}}\n" LEGACY("1", "tools/list", ""),
	  "1", RESULT, NULL },
	{ 17, "initialize without protocolVersion",
	  LEGACY("1", "initialize",
		 "\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}"),
	  "1", -32602, "protocolVersion" },
	{ 17, "initialize without clientInfo",
	  LEGACY("1", "initialize",
		 "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{}"),
	  "1", -32602, "clientInfo" },
	{ 17, "initialize without capabilities",
	  LEGACY("1", "initialize",
		 "\"protocolVersion\":\"2025-11-25\",\"clientInfo\":{\"name\":\"t\","
		 "\"version\":\"1\"}"),
	  "1", -32602, "capabilities" },
	{ 19, "cancelling initialize is ignored",
	  OLD NOTE("notifications/cancelled", "\"requestId\":\"i\"")
		  LEGACY("1", "tools/list", ""),
	  "1", RESULT, NULL },
	{ 21, "no metadata", LEGACY("1", "server/discover", ""), "1", -32602, NULL },
	{ 21, "empty metadata", LEGACY("1", "server/discover", "\"_meta\":{}"), "1",
	  -32602, NULL },
	{ 21, "no capabilities",
	  LEGACY("1", "server/discover",
		 "\"_meta\":{\"" P_PREFIX "protocolVersion\":\"2026-07-28\"}"),
	  "1", -32602, "clientCapabilities" },
	{ 21, "no version",
	  LEGACY("1", "server/discover",
		 "\"_meta\":{\"" P_PREFIX "clientCapabilities\":{}}"),
	  "1", -32602, "protocolVersion" },
	{ 22, "clientInfo left out",
	  LEGACY("1", "server/discover",
		 "\"_meta\":{\"" P_PREFIX "protocolVersion\":\"2026-07-28\",\"" P_PREFIX
		 "clientCapabilities\":{}}"),
	  "1", RESULT, NULL },
	{ 22, "clientInfo without version",
	  LEGACY("1", "server/discover",
		 "\"_meta\":{\"" P_PREFIX "protocolVersion\":\"2026-07-28\",\"" P_PREFIX
		 "clientCapabilities\":{},\"" P_PREFIX "clientInfo\":{\"name\":\"x\"}}"),
	  "1", -32602, "clientInfo" },
	{ 23, "an unknown version first",
	  LEGACY("1", "tools/list", META("1900-01-01", "{}")), "1", -32022, NULL },
	{ 23, "a version that sorts later",
	  LEGACY("1", "tools/list", META("2027-01-01", "{}")), "1", -32022, NULL },
	{ 24, "initialize with metadata",
	  MODERN("1", "initialize",
		 "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
		 "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"},"),
	  "1", -32601, NULL },
	{ 24, "ping with metadata", MODERN("1", "ping", ""), "1", -32601, NULL },
	{ 24, "logging/setLevel with metadata",
	  MODERN("1", "logging/setLevel", "\"level\":\"info\","), "1", -32601, NULL },
	{ 24, "resources/subscribe with metadata",
	  MODERN("1", "resources/subscribe", "\"uri\":\"a:b\","), "1", -32601, NULL },
	{ 24, "tasks/list with metadata", MODERN("1", "tasks/list", ""), "1", -32601,
	  NULL },
	{ 24, "an unknown method with metadata", MODERN("1", "unknown/x", ""), "1",
	  -32601, NULL },
	{ 25, "server/discover in a session", OLD LEGACY("1", "server/discover", ""), "1",
	  -32601, NULL },
	{ 35, "an unknown tool",
	  OLD LEGACY("1", "tools/call", "\"name\":\"no_such_tool\""), "1", -32602, NULL },
	{ 35, "an unknown tool, modern",
	  MODERN("1", "tools/call", "\"name\":\"no_such_tool\","), "1", -32602, NULL },
	{ 36, "tools/call without name", MODERN("1", "tools/call", ""), "1", -32602,
	  "name" },
	{ 37, "arguments is an array",
	  MODERN("1", "tools/call", "\"name\":\"x\",\"arguments\":[1],"), "1", -32602,
	  "arguments" },
	{ 38, "a bad cursor", MODERN("1", "tools/list", "\"cursor\":\"!!bogus!!\","), "1",
	  -32602, "cursor" },
	{ 38, "a cursor that is a number", MODERN("1", "tools/list", "\"cursor\":1,"),
	  "1", -32602, "cursor" },
	{ 61, "listen without notifications", MODERN("1", "subscriptions/listen", ""),
	  "1", -32602, "notifications" },
	{ 63, "a bad log level",
	  LEGACY("1", "tools/list",
		 "\"_meta\":{\"" P_PREFIX "protocolVersion\":\"2026-07-28\",\"" P_PREFIX
		 "clientCapabilities\":{},\"" P_PREFIX "logLevel\":\"loud\"}"),
	  "1", -32602, "logLevel" },
	{ 71, "an array in 2025-11-25",
	  OLD "["
	      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]\n",
	  "null", -32600, NULL },
	{ 71, "an array without session",
	  "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]\n", "null", -32600,
	  NULL },
	{ 72, "an empty batch", INIT("2025-03-26") "[]\n", "null", -32600, NULL },
	{ 103, "lone surrogates",
	  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud800\"}\n", "null", -32700,
	  NULL },
	{ 103, "an escaped NUL",
	  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pi\\u0000ng\"}\n", "null", -32700,
	  NULL },
	{ 103, "a huge number",
	  "{\"jsonrpc\":\"2.0\",\"id\":1e400,\"method\":\"ping\"}\n", "null", -32700,
	  NULL },
	{ 106, "trace context and unknown metadata",
	  LEGACY("1", "tools/list",
		 "\"_meta\":{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"
		 "01\",\"x/y\":{\"z\":[]},\"" P_PREFIX
		 "protocolVersion\":\"2026-07-28\",\"" P_PREFIX
		 "clientCapabilities\":{}}"),
	  "1", RESULT, NULL },
	{ 112, "a legacy date in metadata, first line",
	  LEGACY("1", "tools/list", META("2025-11-25", "{}")), "1", -32022, NULL },
	{ 112, "the session's own date in metadata",
	  OLD LEGACY("1", "tools/list", META("2025-11-25", "{}")), "1", RESULT, NULL },
	{ 112, "another date than the session's",
	  INIT("2025-06-18") LEGACY("1", "tools/list", META("2025-11-25", "{}")), "1",
	  -32022, NULL },
	{ 113, "the text names metadata", LEGACY("1", "tools/list", ""), "1", -32602,
	  "_meta" },
	{ 113, "the text names initialize", LEGACY("1", "tools/list", ""), "1", -32602,
	  "initialize" },
};

static void check_silence(struct target *t)
{
	struct run *r = run_input(
		t, NOTE("notifications/wat", "")
			   NOTE("tools/call", "") "{\"jsonrpc\":\"2.0\",\"method\":5}\n");

	OK(r->n == 0 && r->status == 0, "row 6: unknown notifications are not answered");
	r = run_input(t, "{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}\n"
			 "{\"jsonrpc\":\"2.0\",\"id\":\"s-1\",\"error\":{\"code\":1}}\n");
	OK(r->n == 0 && r->status == 0, "row 7: unexpected responses are not answered");
}

static void check_end(struct target *t)
{
	struct run *r = run_input(t, MODERN("1", "server/discover", "") LIST);
	struct peer p;
	int64_t from;
	int status;

	OK(code(t, r, "1") == RESULT && code(t, r, "2") == RESULT && r->status == 0 &&
		   r->ms < 2000,
	   "row 8: end of input: all answered, exit 0 (%d ms)", (int)r->ms);
	target_start(t, &p);
	peer_send(&p, LIST, strlen(LIST));
	peer_line(&p, t->a, clock_mono() + END_MS);
	from = clock_mono();
	child_signal(&p.c, SIGTERM);
	status = peer_wait(&p, END_MS);
	OK(status == 0 && clock_mono() - from < 2000, "row 9: SIGTERM: exit 0 in time");
	peer_release(&p);
	target_start(t, &p);
	peer_send(&p, LIST, strlen(LIST));
	peer_line(&p, t->a, clock_mono() + END_MS);
	from = clock_mono();
	fd_close(p.c.out);
	p.c.out = -1;
	status = peer_wait(&p, END_MS);
	OK(status == 0 && clock_mono() - from < 1500,
	   "R-12: reader of stdout lost: exit 0");
	peer_release(&p);
}

static void check_versions(struct target *t)
{
	static const struct {
		int row;
		const char *input, *want;
	} rows[] = {
		{ 11, INIT("2024-11-05"), "2024-11-05" },
		{ 11, INIT("2025-03-26"), "2025-03-26" },
		{ 11, INIT("2025-06-18"), "2025-06-18" },
		{ 11, INIT("2025-11-25"), "2025-11-25" },
		{ 12, INIT("1999-01-01"), "2025-11-25" },
		{ 12, INIT("2026-07-28"), "2025-11-25" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct run *r = run_input(t, rows[i].input);
		const struct node *res = result(t, r, "\"i\"");

		OK(str_eq(node_str(node_get(res, "protocolVersion")), rows[i].want),
		   "row %d: initialize is answered with %s", rows[i].row, rows[i].want);
		OK(node_str(node_path(res, "serverInfo", "name", NULL)) &&
			   node_str(node_path(res, "serverInfo", "version", NULL)) &&
			   node_get(res, "capabilities"),
		   "row 13: serverInfo and capabilities");
		OK(!node_path(res, "serverInfo", "icons", NULL) ==
			   !str_eq(rows[i].want, "2025-11-25"),
		   "row 43: icons in 2025-11-25 only");
	}
}

static bool cached(const struct node *res)
{
	int64_t ttl = -1;
	const char *scope = node_str(node_get(res, "cacheScope"));

	return node_i64(node_get(res, "ttlMs"), &ttl) && ttl >= 0 &&
	       (str_eq(scope, "public") || str_eq(scope, "private"));
}

static bool named(const struct node *res)
{
	const struct node *info = node_path(res, "_meta", P_PREFIX "serverInfo", NULL);

	return str_eq(node_str(node_get(res, "resultType")), "complete") &&
	       node_str(node_get(info, "name")) && node_str(node_get(info, "version"));
}

static void check_discover(struct target *t)
{
	struct run *r = run_input(
		t, MODERN("1", "server/discover", "") MODERN("2", "tools/list", "")
			   LEGACY("3", "tools/list", META("1900-01-01", "{}")));
	const struct node *res = result(t, r, "1");
	const struct node *versions = node_get(res, "supportedVersions");
	const struct node *data = node_path(answer(t, r, "3"), "error", "data", NULL);

	OK(named(res) && cached(res) && node_get(res, "capabilities"),
	   "row 20: the result of server/discover is complete");
	OK(code(t, r, "3") == -32022, "row 23: an unknown version after served requests");
	OK(str_eq(node_str(node_get(data, "requested")), "1900-01-01"),
	   "row 23: data.requested");
	OK(versions && str_eq(node_raw(t->a, versions), ALL_VERSIONS),
	   "row 111: supportedVersions");
	OK(node_get(data, "supported") &&
		   str_eq(node_raw(t->a, node_get(data, "supported")), ALL_VERSIONS),
	   "row 111: data.supported");
	OK(cached(result(t, r, "2")) && named(result(t, r, "2")),
	   "row 30, 44: tools/list");
}

static void check_lists(struct target *t, const struct node *caps)
{
	static const char *const methods[][2] = { { "resources", "resources/list" },
						  { "resources",
						    "resources/templates/list" },
						  { "prompts", "prompts/list" } };

	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		char *input = arena_printf(
			t->a,
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{%s}}\n",
			methods[i][1], ENVELOPE);
		struct run *r = run_input(t, input);

		if (node_get(caps, methods[i][0]))
			OK(cached(result(t, r, "1")) && named(result(t, r, "1")),
			   "row 30, 44: %s", methods[i][1]);
		else
			OK(code(t, r, "1") == -32601, "row 58: %s is not declared",
			   methods[i][1]);
	}
}

static void check_absent(struct target *t, const struct node *caps)
{
	bool resources = node_get(caps, "resources"), prompts = node_get(caps, "prompts");
	struct run *r = run_input(
		t, MODERN("1", "resources/read", "\"uri\":\"nowhere://x\",") MODERN(
			   "2", "prompts/get", "\"name\":\"no_such_prompt\",")
			   OLD LEGACY("3", "resources/read", "\"uri\":\"nowhere://x\"")
				   LEGACY("4", "prompts/get",
					  "\"name\":\"no_such_prompt\""));
	const struct node *m = answer(t, r, "1"), *l = answer(t, r, "3");

	IS_INT(code(t, r, "1"), resources ? -32602 : -32601,
	       "row 45: unknown resource, modern");
	IS_INT(code(t, r, "3"), resources ? -32002 : -32601,
	       "row 46: unknown resource, legacy");
	OK(!resources || (str_eq(node_str(node_path(m, "error", "data", "uri", NULL)),
				 "nowhere://x") &&
			  str_eq(node_str(node_path(l, "error", "data", "uri", NULL)),
				 "nowhere://x")),
	   "row 45, 46: data.uri");
	IS_INT(code(t, r, "2"), prompts ? -32602 : -32601,
	       "row 52: unknown prompt, modern");
	IS_INT(code(t, r, "4"), prompts ? -32602 : -32601,
	       "row 52: unknown prompt, legacy");
	r = run_input(t,
		      MODERN("1", "completion/complete", "") MODERN("2", "nothing", ""));
	IS_INT(code(t, r, "1"), node_get(caps, "completions") ? -32602 : -32601,
	       "row 57: completion");
}

static void check_eras(struct target *t)
{
	struct run *r =
		run_input(t, MODERN("\"server-discover-probe-1\"", "server/discover", "")
				     OLD LEGACY("1", "tools/list", "")
					     LIST LEGACY("3", "tools/list", ""));
	const struct node *old = result(t, r, "1"), *new = result(t, r, "2");
	size_t longest = 0;

	OK(code(t, r, "\"server-discover-probe-1\"") == RESULT &&
		   code(t, r, "\"i\"") == RESULT && old,
	   "row 26: a probe, then initialize on the same pipe");
	OK(node_get(new, "resultType") && !node_get(old, "resultType"),
	   "row 27: both eras interleaved");
	OK(old && !node_get(old, "ttlMs") && !node_get(old, "cacheScope"),
	   "row 31: no modern members in legacy results");
	OK(old && str_eq(node_raw(t->a, node_get(old, "tools")),
			 node_raw(t->a, node_get(result(t, r, "3"), "tools"))),
	   "row 32: the list is the same twice");
	OK(!has_raw(r, ":null"), "row 34: no null members");
	for (size_t i = 0; i < r->n; i++)
		longest = MAX(longest, strlen(r->raw[i]));
	OK(longest < LIST_MAX || strstr(t->argv[0], "fixture"),
	   "tools/list costs a model at most %d bytes in either era (%zu)", LIST_MAX,
	   longest);
	r = run_input(t, INIT("2025-06-18") OLD LEGACY("1", "tools/list", "")
				 LEGACY("1", "ping", ""));
	OK(answers(t, r, "\"i\"") == 2 && answers(t, r, "1") == 2,
	   "row 18: a second initialize; ids may be used again");
}

static bool good_name(const char *s)
{
	return s && strlen(s) <= 64 &&
	       s[strspn(
		       s,
		       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")] ==
		       '\0';
}

static void check_tools(struct target *t)
{
	struct run *r =
		run_input(t, LIST INIT("2024-11-05") LEGACY("3", "tools/list", ""));
	const struct node *tools = node_get(result(t, r, "2"), "tools");
	const struct node *old = node_get(result(t, r, "3"), "tools");
	bool good = tools && tools->n > 0, plain = old && old->n > 0;

	for (const struct node *n = tools ? tools->first : NULL; n; n = n->next) {
		const struct node *hints = node_get(n, "annotations");

		good = good && good_name(node_str(node_get(n, "name"))) &&
		       !str_empty(node_str(node_get(n, "description"))) &&
		       str_eq(node_str(node_path(n, "inputSchema", "type", NULL)),
			      "object") &&
		       hints && hints->n == 4;
	}
	OK(good, "row 33: names, descriptions, schemas, four hints");
	for (const struct node *n = old ? old->first : NULL; n; n = n->next)
		plain = plain && !node_get(n, "title") && !node_get(n, "annotations") &&
			!node_get(n, "outputSchema");
	OK(plain, "row 43: tools of 2024-11-05 without later members");
	IS_INT(code(t, r, "3"), RESULT, "row 43: tools/list in 2024-11-05");
}

static void check_listen(struct target *t)
{
	static const char *const ids[] = { "\"sub\"", "5" };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		char *input = arena_printf(
			t->a,
			"{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":"
			"\"subscriptions/listen\",\"params\":{\"notifications\":{"
			"\"toolsListChanged\":true,\"taskIds\":[\"x\"]},%s}}\n",
			ids[i], ENVELOPE);
		struct run *r = run_input(t, input);
		const struct node *id = node_path(r->line[0], "params", "_meta",
						  P_PREFIX "subscriptionId", NULL);

		OK(r->n == 3 &&
			   note_at(r, "notifications/subscriptions/acknowledged", 0) ==
				   0 &&
			   id && str_eq(node_raw(t->a, id), ids[i]) &&
			   !node_path(r->line[0], "params", "notifications", "taskIds",
				      NULL),
		   "row 60: listen %s is acknowledged first", ids[i]);
		OK(r->n == 3 && code(t, r, ids[i]) == RESULT &&
			   answer(t, r, ids[i]) == r->line[1] &&
			   note_at(r, "notifications/cancelled", 0) == 2,
		   "row 66: ended by its result, then cancelled");
	}
}

static void check_batch(struct target *t)
{
	struct run *r = run_input(
		t,
		INIT("2025-03-26") "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},"
				   "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/wat\"},"
				   "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}]\n");

	OK(r->n == 2 && r->line[1]->kind == NODE_ARRAY && r->line[1]->n == 2,
	   "row 70: a batch is answered by one array");
	r = run_input(
		t,
		INIT("2025-03-26") "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}]\n"
				   "[1,{\"jsonrpc\":\"2.0\",\"method\":\"x\"}]\n"
				   "[{\"jsonrpc\":\"2.0\",\"method\":\"x\"}]\n"
				   "[{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\",\"params\":{" ENVELOPE
				   "}}]\n");
	OK(r->n == 4 && strstr(r->raw[1], "-32600") && strstr(r->raw[1], "\"id\":1"),
	   "row 73: initialize in a batch is refused");
	OK(r->n == 4 && strstr(r->raw[2], "-32600") && strstr(r->raw[2], "\"id\":null") &&
		   r->line[2]->n == 1,
	   "row 74: bad elements; notifications alone give nothing");
	OK(r->n == 4 && strstr(r->raw[3], "-32600"), "row 74: no metadata in a batch");
}

/* A line of n bytes, then a request. */
static struct run *after_long(struct target *t, size_t n)
{
	struct run *r = arena_alloc(t->a, sizeof(*r));
	static char part[1 << 20];
	struct peer p;

	memset(part, '[', sizeof(part));
	target_start(t, &p);
	for (size_t k = 0; k < n; k += sizeof(part))
		peer_send(&p, part, sizeof(part));
	peer_send(&p, "\n" LIST, strlen("\n" LIST));
	run_end(t, &p, r);
	return r;
}

static void check_limits(struct target *t)
{
	struct run *r = after_long(t, 11u << 20);
	struct buf b;

	OK(r->n == 2 && code(t, r, "null") == -32700 && code(t, r, "2") == RESULT,
	   "row 108: a line of 11 MiB: one error, the next is served");
	r = after_long(t, 100u << 20);
	OK(r->n == 2 && code(t, r, "null") == -32700 && code(t, r, "2") == RESULT,
	   "R-13: a line of 100 MiB");
	r = after_long(t, 1u << 20);
	OK(r->n == 2 && code(t, r, "null") == -32700, "R-15: a million brackets");
	buf_init(&b, 1u << 20);
	for (int i = 0; i < 200; i++)
		buf_addf(
			&b,
			"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/list\",\"params\":{%s}}\n",
			i, ENVELOPE);
	r = run_input(t, buf_text(&b));
	buf_release(&b);
	for (int i = 0; i < 200; i++)
		if (answers(t, r, arena_printf(t->a, "%d", i)) != 1)
			r->bad = true;
	OK(r->n == 200 && !r->bad, "row 104: 200 pipelined requests, each answered once");
}

int main(int argc, char **argv)
{
	struct target t = { 0 };
	const struct node *caps;
	struct run *r;

	if (argc < 2) {
		fprintf(stderr, "usage: protocol COMMAND [ARG...]\n");
		return 64;
	}
	fd_sanitize();
	target_init(&t, argc - 1, argv + 1);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		run_check(&t, &checks[i]);
	r = run_input(&t, MODERN("1", "server/discover", ""));
	caps = node_get(result(&t, r, "1"), "capabilities");
	check_silence(&t);
	check_end(&t);
	check_versions(&t);
	check_discover(&t);
	check_lists(&t, caps);
	check_absent(&t, caps);
	check_eras(&t);
	check_tools(&t);
	check_listen(&t);
	check_batch(&t);
	check_limits(&t);
	target_release(&t);
	return tap_done();
}
