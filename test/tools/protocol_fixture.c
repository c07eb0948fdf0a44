/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the protocol's requirement table that need the fixture server's tools.
 * usage: protocol_fixture FIXTURE-SERVER */
#define _GNU_SOURCE /* realpath */
#include "test/tools/protocol.h"

#define OLD			INIT("2025-11-25")
#define CALL(id, name, members) MODERN(id, "tools/call", "\"name\":\"" name "\"," members)
#define OLD_CALL(id, name, members) \
	LEGACY(id, "tools/call", "\"name\":\"" name "\"" members)
#define ASK	  "test_input_required_result_"
#define FORM_CAPS "{\"elicitation\":{}}"
#define ASKED(id, name, members) \
	MODERN_CAPS(id, "tools/call", FORM_CAPS, "\"name\":\"" ASK name "\"," members)
#define HELLO \
	"\"inputResponses\":{\"user_name\":{\"action\":\"accept\",\"content\":{\"name\":\"Ann\"}}},"

static const struct check checks[] = {
	{ 40, "an ill-typed argument",
	  CALL("1", "test_echo", "\"arguments\":{\"text\":7},"), "1", RESULT,
	  "\"text\"" },
	{ 40, "a missing argument", CALL("1", "test_echo", "\"arguments\":{},"), "1",
	  RESULT, "\"text\"" },
	{ 40, "an unknown argument",
	  CALL("1", "test_echo", "\"arguments\":{\"text\":\"a\",\"txet\":1},"), "1",
	  RESULT, "\"txet\"" },
	{ 114, "out of range, accepted range named",
	  CALL("1", "test_echo", "\"arguments\":{\"text\":\"a\",\"times\":0},"), "1",
	  RESULT, "1 to 1000" },
	{ 115, "arguments left out", CALL("1", "test_simple_text", ""), "1", RESULT,
	  "simple" },
	{ 115, "a default is applied", CALL("1", "test_walk", ""), "1", RESULT,
	  "nextCursor" },
	{ 100, "a task member is ignored",
	  OLD OLD_CALL("1", "test_simple_text", ",\"task\":{}"), "1", RESULT, "simple" },
	{ 29, "a capability is missing", CALL("1", "test_missing_capability", ""), "1",
	  -32021, NULL },
	{ 85, "no elicitation, modern", CALL("1", ASK "elicitation", ""), "1", -32021,
	  NULL },
	{ 86, "url alone is no form",
	  MODERN_CAPS("1", "tools/call", "{\"elicitation\":{\"url\":{}}}",
		      "\"name\":\"" ASK "elicitation\","),
	  "1", -32021, NULL },
	{ 90, "no elicitation, legacy", OLD OLD_CALL("1", ASK "elicitation", ""), "1",
	  RESULT, "cannot be asked" },
	{ 90, "before 2025-06-18",
	  INIT_CAPS("2025-03-26", "{\"elicitation\":{}}")
		  OLD_CALL("1", ASK "elicitation", ""),
	  "1", RESULT, "cannot be asked" },
	{ 76, "answers alone complete", ASKED("1", "elicitation", HELLO), "1", RESULT,
	  "Hello, Ann!" },
	{ 82, "inputResponses null",
	  ASKED("1", "elicitation", "\"inputResponses\":null,"), "1", -32602, NULL },
	{ 82, "a number as answer",
	  ASKED("1", "elicitation", "\"inputResponses\":{\"user_name\":1},"), "1", -32602,
	  NULL },
	{ 83, "decline",
	  ASKED("1", "elicitation",
		"\"inputResponses\":{\"user_name\":{\"action\":\"decline\"}},"),
	  "1", RESULT, "declined" },
	{ 83, "cancel",
	  ASKED("1", "elicitation",
		"\"inputResponses\":{\"user_name\":{\"action\":\"cancel\"}},"),
	  "1", RESULT, "dismissed" },
	{ 78, "a forged state",
	  ASKED("1", "request_state", "\"requestState\":\"v1.e30.AAAA\","), "1", -32602,
	  NULL },
	{ 53, "a missing prompt argument",
	  MODERN("1", "prompts/get",
		 "\"name\":\"test_prompt_with_arguments\",\"arguments\":{\"arg1\":\"x\"},"),
	  "1", -32602, "arg2" },
	{ 54, "a prompt argument that is a number",
	  MODERN("1", "prompts/get",
		 "\"name\":\"test_prompt_with_arguments\",\"arguments\":{\"arg1\":1},"),
	  "1", -32602, "arg1" },
	{ 56, "completion of an unknown prompt",
	  MODERN("1", "completion/complete",
		 "\"ref\":{\"type\":\"ref/prompt\",\"name\":\"no\"},"
		 "\"argument\":{\"name\":\"a\",\"value\":\"\"},"),
	  "1", -32602, NULL },
	{ 56, "completion of an unknown argument",
	  MODERN("1", "completion/complete",
		 "\"ref\":{\"type\":\"ref/prompt\",\"name\":\"test_simple_prompt\"},"
		 "\"argument\":{\"name\":\"a\",\"value\":\"\"},"),
	  "1", -32602, NULL },
	{ 59, "setLevel with a bad level",
	  OLD LEGACY("1", "logging/setLevel", "\"level\":\"loud\""), "1", -32602,
	  "level" },
	{ 49, "subscribing to what is not there",
	  OLD LEGACY("1", "resources/subscribe", "\"uri\":\"test://none\""), "1", -32002,
	  NULL },
	{ 48, "a template",
	  MODERN("1", "resources/read", "\"uri\":\"test://template/1%32/data\","), "1",
	  RESULT, NULL },
	{ 48, "a variable that is refused",
	  MODERN("1", "resources/read",
		 "\"uri\":\"test://template/"
		 "12345678901234567890123456789012345678901/data\","),
	  "1", -32602, NULL },
	{ 50, "dots",
	  MODERN("1", "resources/read", "\"uri\":\"test://template/../data\","), "1",
	  -32602, NULL },
	{ 50, "escaped dots",
	  MODERN("1", "resources/read", "\"uri\":\"test://template/%2e%2e/data\","), "1",
	  -32602, NULL },
	{ 50, "an escaped slash",
	  MODERN("1", "resources/read", "\"uri\":\"test://template/a%2fb/data\","), "1",
	  -32602, NULL },
	{ 50, "an escaped NUL",
	  MODERN("1", "resources/read", "\"uri\":\"test://template/a%00/data\","), "1",
	  -32602, NULL },
	{ 50, "a cut escape",
	  MODERN("1", "resources/read", "\"uri\":\"test://template/%2/data\","), "1",
	  -32602, NULL },
};

static void check_results(struct target *t)
{
	struct run *r = run_input(
		t, CALL("1", "test_echo", "\"arguments\":{\"text\":\"a\"},") CALL(
			   "2", "test_error_handling", "") INIT("2024-11-05")
			   OLD_CALL("3", "test_echo", ",\"arguments\":{\"text\":\"a\"}")
				   OLD_CALL("4", "test_echo",
					    ",\"arguments\":{\"text\":7}"));
	const struct node *s = node_get(result(t, r, "1"), "structuredContent");

	OK(s && str_eq(node_raw(t->a, s), tool_text(t, r, "1")),
	   "row 41: the text block repeats structuredContent");
	OK(is_error(t, r, "2") && *tool_text(t, r, "2") &&
		   !node_get(result(t, r, "2"), "structuredContent"),
	   "row 42: a failed call has text only");
	OK(node_path(result(t, r, "2"), "_meta", P_PREFIX "serverInfo", NULL),
	   "row 44: serverInfo in a failed call");
	OK(code(t, r, "3") == RESULT &&
		   !node_get(result(t, r, "3"), "structuredContent") &&
		   *tool_text(t, r, "3"),
	   "row 43: no structuredContent in 2024-11-05");
	OK(is_error(t, r, "4"), "row 40: bad arguments are isError in 2024-11-05 too");
	r = run_input(
		t,
		CALL("1", "test_echo",
		     "\"arguments\":{\"text\":\"0123456789\",\"times\":1000},")
			CALL("2", "test_echo",
			     "\"arguments\":{\"text\":\"0123456789\\\"\",\"times\":5000},")
				CALL("3", "test_echo",
				     "\"arguments\":{\"text\":"
				     "\"0123456789012345678901234567890123456789"
				     "0123456789\",\"times\":1000},"));
	OK(!is_error(t, r, "1") && code(t, r, "1") == RESULT, "row 110: 20 KiB pass");
	OK(is_error(t, r, "3") && strstr(tool_text(t, r, "3"), "48 KiB"),
	   "row 110: more than 48 KiB is a clear error");
	for (size_t i = 0; i < r->n; i++)
		if (strlen(r->raw[i]) > 48 * 1024 + 100)
			r->bad = true;
	OK(!r->bad, "row 110: every result is below 48 KiB");
}

/* Walks a tool's pages; every row must come once, in order. */
static void check_walk(struct target *t, int size, int limit)
{
	const char *cursor = "";
	int64_t want = 1;
	size_t longest = 0;
	int pages = 0;
	bool ok = true;

	do {
		char *input = arena_printf(
			t->a,
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{"
			"\"name\":\"test_walk\",\"arguments\":{\"limit\":%d,\"size\":%d%s},%s}}\n",
			limit, size, cursor, ENVELOPE);
		struct run *r = run_input(t, input);
		const struct node *s = node_get(result(t, r, "1"), "structuredContent");
		const struct node *rows = node_get(s, "rows"),
				  *next = node_get(s, "nextCursor");

		for (const struct node *n = rows ? rows->first : NULL; n; n = n->next) {
			int64_t got = 0;

			ok = ok && node_i64(node_get(n, "number"), &got) && got == want++;
		}
		ok = ok && rows && rows->n > 0;
		longest = r->n > 0 ? MAX(longest, strlen(r->raw[0])) : 0;
		cursor = next ? arena_printf(t->a, ",\"cursor\":\"%s\"", node_str(next))
			      : NULL;
		pages++;
	} while (ok && cursor && pages < 400);
	OK(ok && want == 301 && longest < 48 * 1024 + 50,
	   "row 110: walk of 300 rows of %d bytes in %d pages, each in a new process",
	   size, pages);
}

static void check_list_pages(struct target *t)
{
	static const char *const lists[][2] = { { "tools/list", "tools" },
						{ "prompts/list", "prompts" },
						{ "resources/list", "resources" } };
	size_t argc = t->argc;

	t->argv[t->argc++] = "--page-size";
	t->argv[t->argc++] = "3";
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const char *cursor = "", *scope = NULL;
		size_t n = 0, all = i == 0 ? 37 : i == 1 ? 5 : 4;
		bool ok = true;

		for (int page = 0; ok && cursor && page < 50; page++) {
			struct run *r = run_input(
				t,
				arena_printf(
					t->a,
					"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\","
					"\"params\":{%s%s}}\n",
					lists[i][0], cursor, ENVELOPE));
			const struct node *res = result(t, r, "1");
			const struct node *next = node_get(res, "nextCursor");
			const char *s = node_str(node_get(res, "cacheScope"));

			ok = res && s && (!scope || str_eq(s, scope));
			scope = s;
			n += ok ? node_get(res, lists[i][1])->n : 0;
			cursor = next ? arena_printf(t->a, "\"cursor\":\"%s\",",
						     node_str(next))
				      : NULL;
		}
		OK(ok && n == all,
		   "row 39: %s page by page gives %zu items, same cacheScope",
		   lists[i][0], n);
	}
	t->argc = argc;
	t->argv[argc] = NULL;
}

static void check_resources(struct target *t)
{
	struct run *r = run_input(t, MODERN("1", "resources/list", "")
					     MODERN("2", "resources/templates/list", ""));
	const struct node *list = node_get(result(t, r, "1"), "resources");
	bool ok = list && list->n == 4;

	for (const struct node *n = list ? list->first : NULL; n; n = n->next) {
		char *input = arena_printf(
			t->a,
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/"
			"read\",\"params\":{\"uri\":\"%s\",%s}}\n",
			node_str(node_get(n, "uri")), ENVELOPE);
		struct run *one = run_input(t, input);
		const struct node *c = node_get(result(t, one, "1"), "contents");

		ok = ok && c && c->n == 1 && node_str(node_get(c->first, "uri")) &&
		     !node_get(c->first, "text") != !node_get(c->first, "blob");
	}
	OK(ok, "row 47: every listed resource reads as text or blob");
	OK(node_get(result(t, r, "2"), "resourceTemplates")->n == 1,
	   "row 48: the template is listed");
	r = run_input(
		t,
		MODERN("1", "completion/complete",
		       "\"ref\":{\"type\":\"ref/prompt\",\"name\":"
		       "\"test_prompt_with_arguments\"},\"argument\":{\"name\":\"arg2\","
		       "\"value\":\"p\"},\"context\":{\"arguments\":{\"arg1\":\"x\"}},"));
	list = node_path(result(t, r, "1"), "completion", "values", NULL);
	OK(list && list->n == 100 && str_eq(node_str(list->first), "x/p-1") &&
		   has_raw(r, "\"total\":150,\"hasMore\":true"),
	   "row 55: completion: 100 values, total, hasMore, context");
}

static void check_prompts(struct target *t)
{
	struct run *r = run_input(
		t, MODERN("1", "prompts/get", "\"name\":\"test_simple_prompt\",") MODERN(
			   "2", "prompts/get", "\"name\":\"test_prompt_with_image\","));
	const struct node *m = node_get(result(t, r, "1"), "messages");

	OK(m && m->n == 1 && node_get(m->first, "content")->kind == NODE_OBJECT &&
		   str_eq(node_str(node_get(m->first, "role")), "user"),
	   "row 51: a message has a role and one content object");
	m = node_get(result(t, r, "2"), "messages");
	OK(m && m->n == 2, "row 51: several messages");
}

#define LISTEN(id, what) \
	MODERN(id, "subscriptions/listen", "\"notifications\":{" what "},")

static void check_notices(struct target *t)
{
	struct run *r = run_input(
		t, LISTEN("\"a\"", "\"toolsListChanged\":true") LISTEN(
			   "7", "\"promptsListChanged\":true,\"toolsListChanged\":true,"
				"\"resourceSubscriptions\":[\"test://watched-resource\"]")
			   CALL("1", "test_trigger_tool_change", "")
				   CALL("2", "test_trigger_prompt_change", "")
					   CALL("3", "test_touch_resource", ""));

	OK(notes(r, "notifications/tools/list_changed") == 2 &&
		   notes(r, "notifications/prompts/list_changed") == 1 &&
		   notes(r, "notifications/resources/updated") == 1,
	   "row 62: each change once per subscription that asked");
	for (size_t i = 0; i < r->n; i++)
		if (node_str(node_get(r->line[i], "method")) &&
		    !str_eq(node_str(node_get(r->line[i], "method")),
			    "notifications/cancelled") &&
		    !node_path(r->line[i], "params", "_meta", P_PREFIX "subscriptionId",
			       NULL))
			r->bad = true;
	OK(!r->bad, "row 62: every notification carries its subscription");
	r = run_input(t,
		      LISTEN("\"a\"", "\"toolsListChanged\":true") NOTE(
			      "notifications/cancelled", "\"requestId\":\"a\"," ENVELOPE)
			      CALL("1", "test_trigger_tool_change", "")
				      LISTEN("\"a\"", "\"promptsListChanged\":true"));
	OK(notes(r, "notifications/tools/list_changed") == 0 &&
		   notes(r, "notifications/subscriptions/acknowledged") == 2 &&
		   answers(t, r, "\"a\"") == 1,
	   "row 65: a cancelled subscription is silent, its id may be used again");
}

static void check_legacy_notices(struct target *t)
{
	struct run *r = run_input(
		t, OLD LEGACY("1", "resources/subscribe",
			      "\"uri\":\"test://watched-resource\"")
			   OLD_CALL("2", "test_touch_resource", "") OLD_CALL(
				   "3", "test_touch_resource",
				   ",\"arguments\":{\"uri\":\"test://static-text\"}"));

	OK(str_eq(node_raw(t->a, result(t, r, "1")), "{}") &&
		   notes(r, "notifications/resources/updated") == 1,
	   "row 49: subscribed resources only");
	r = run_input(
		t, OLD LEGACY("1", "resources/subscribe",
			      "\"uri\":\"test://watched-resource\"")
			   LEGACY("2", "resources/unsubscribe",
				  "\"uri\":\"test://watched-resource\"")
				   OLD_CALL("3", "test_touch_resource", "")
					   OLD_CALL("4", "test_trigger_tool_change", ""));
	OK(str_eq(node_raw(t->a, result(t, r, "2")), "{}") &&
		   notes(r, "notifications/resources/updated") == 0,
	   "row 49: nothing after unsubscribe");
	OK(notes(r, "notifications/tools/list_changed") == 1,
	   "row 49: list changes are told in a session");
}

/* A URI stays in memory as long as its subscription. */
static void check_long_uris(struct target *t)
{
	char uri[5000], *input;
	struct run *r;

	memset(uri, 'x', sizeof(uri) - 1);
	uri[sizeof(uri) - 1] = '\0';
	memcpy(uri, "test://", 7);
	input = arena_printf(t->a,
			     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			     "\"subscriptions/listen\",\"params\":{\"notifications\":{"
			     "\"resourceSubscriptions\":[\"%s\"]},%s}}\n",
			     uri, ENVELOPE);
	r = run_input(t, input);
	OK(code(t, r, "1") == -32602 && strstr(error_text(t, r, "1"), "4096"),
	   "row 60: a URI of 5,000 bytes is refused");
	input = arena_printf(t->a,
			     OLD "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
				 "\"resources/subscribe\",\"params\":{\"uri\":\"%s\"}}\n",
			     uri);
	r = run_input(t, input);
	OK(code(t, r, "1") == -32602 && strstr(error_text(t, r, "1"), "4096"),
	   "row 49: by resources/subscribe as well");
}

#define LEVEL(id, level, name)                                \
	LEGACY(id, "tools/call",                              \
	       "\"name\":\"" name "\",\"_meta\":{\"" P_PREFIX \
	       "protocolVersion\":\"2026-07-28\",\"" P_PREFIX \
	       "clientCapabilities\":{},\"" P_PREFIX "logLevel\":\"" level "\"}")

static void check_log(struct target *t)
{
	const char *name = "notifications/message";
	struct run *r =
		run_input(t, OLD LEGACY("1", "logging/setLevel", "\"level\":\"error\"")
				     OLD_CALL("2", "test_logging_tool", ""));

	OK(str_eq(node_raw(t->a, result(t, r, "1")), "{}") && notes(r, name) == 0,
	   "row 59: messages below the level are not sent");
	r = run_input(t, OLD LEGACY("1", "logging/setLevel", "\"level\":\"debug\"")
				 OLD_CALL("2", "test_logging_tool", ""));
	OK(notes(r, name) == 3, "row 59: messages above it are");
	OK(notes(run_input(t, CALL("1", "test_logging_tool", "")), name) == 0,
	   "row 64: no logLevel, no message");
	OK(notes(run_input(t, LEVEL("1", "info", "test_logging_tool")), name) == 3,
	   "row 64: logLevel info");
	OK(notes(run_input(t, LEVEL("1", "warning", "test_logging_tool")), name) == 0,
	   "row 64: logLevel warning");
}

static void check_progress(struct target *t)
{
	static const char *const tokens[] = { "0", "\"t\"" };
	struct run *r;

	for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
		double last = -1, now;
		bool ok = true;
		int at = -1;

		r = run_input(
			t,
			arena_printf(t->a,
				     "%s{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/"
				     "call\",\"params\":{\"name\":"
				     "\"test_tool_with_progress\",\"_meta\":{"
				     "\"progressToken\":%s}}}\n",
				     OLD, tokens[i]));
		while ((at = note_at(r, "notifications/progress", (size_t)(at + 1))) >=
		       0) {
			const struct node *p = node_get(r->line[at], "params");
			const struct node *token = node_get(p, "progressToken");

			ok = ok && str_eq(node_raw(t->a, token), tokens[i]) &&
			     str_to_f64(node_get(p, "progress")->text, &now) &&
			     now > last;
			last = now;
		}
		OK(ok && notes(r, "notifications/progress") == 3 &&
			   answer(t, r, "1") == r->line[r->n - 1],
		   "row 67: token %s: echoed, increasing, none after the answer",
		   tokens[i]);
	}
	r = run_input(t, OLD OLD_CALL("1", "test_tool_with_progress", ""));
	OK(r->n == 2, "row 68: no progress without a token");
}

static void check_cancel(struct target *t)
{
	static const char *const tools[] = { "test_slow", "test_slow_write",
					     "test_slow_long" };

	for (size_t i = 0; i < ARRAY_LEN(tools); i++) {
		struct run *r = run_input(
			t,
			arena_printf(
				t->a,
				"%s{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
				"\"params\":{\"name\":\"%s\",\"arguments\":{\"ms\":30000}}}\n%s",
				OLD, tools[i],
				NOTE("notifications/cancelled", "\"requestId\":1")
					LEGACY("2", "ping", "")
						OLD_CALL("3", "test_simple_text", "")));

		OK(code(t, r, "1") == SILENT && code(t, r, "2") == RESULT &&
			   code(t, r, "3") == RESULT && r->ms < 2000,
		   "row 69: a cancelled %s is silent, the server goes on", tools[i]);
	}
}

/* A slow call, a ping, then its answer: ping is not held back. */
static void check_order(struct target *t)
{
	struct run *r = run_input(
		t, OLD OLD_CALL("1", "test_slow", ",\"arguments\":{\"ms\":300}") LEGACY(
			   "2", "ping", "") OLD_CALL("3", "test_simple_text", "")
			   OLD_CALL("4", "test_slow_write", ",\"arguments\":{\"ms\":1}")
				   OLD_CALL("5", "test_simple_text", ""));

	OK(answer(t, r, "2") == r->line[1], "row 14: ping is answered while a tool runs");
	OK(answer(t, r, "3") == r->line[2] && answer(t, r, "1") == r->line[3] &&
		   answer(t, r, "4") == r->line[4] && answer(t, r, "5") == r->line[5],
	   "order: readers pass each other, nobody passes a writer");
	r = run_input(t, OLD OLD_CALL("1", "test_slow", ",\"arguments\":{\"ms\":300}")
				 OLD_CALL("1", "test_simple_text", ""));
	OK(answers(t, r, "1") == 2 && has_raw(r, "-32600"),
	   "R-18: an id in flight is refused");
}

/* 400 calls of one tool in one write. */
static struct run *run_many(struct target *t, const char *tool, int ms)
{
	struct run *r;
	struct buf b;

	buf_init(&b, 1u << 22);
	for (int i = 0; i < 400; i++)
		buf_addf(
			&b,
			"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{"
			"\"name\":\"%s\",\"arguments\":{\"ms\":%d},%s}}\n",
			i, tool, ms, ENVELOPE);
	r = run_input(t, buf_text(&b));
	buf_release(&b);
	return r;
}

static size_t count_text(const struct run *r, const char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += strstr(r->raw[i], text) != NULL;
	return n;
}

static void check_waiting(struct target *t)
{
	struct run *r = run_many(t, "test_slow", 5);
	size_t argc = t->argc, refused;

	OK(r->n == 400 && count_text(r, "isError") == 0,
	   "limits: while the queue moves the reader waits, all of 400 calls are served");
	t->argv[t->argc++] = "--timeout";
	t->argv[t->argc++] = "3000";
	r = run_many(t, "test_slow", 60000);
	refused = count_text(r, "256 calls are waiting");
	OK(r->n == 400 && refused >= 130 && refused <= 144,
	   "limits: when it stands still 256 calls wait, the others (%zu of %zu) are told so",
	   refused, r->n);
	OK(has_raw(r, "time allowed for the request is over") && r->ms < 6000,
	   "deadline: what waits too long is told so");
	r = run_input(t, CALL("1", "test_slow", "\"arguments\":{\"ms\":60000},"));
	OK(is_error(t, r, "1") && r->ms < 6000,
	   "deadline: a running call ends at its deadline");
	t->argc = argc;
	t->argv[argc] = NULL;
}

/* First round in one process, second in another. */
static struct run *at_time(struct target *t, const char *time, const char *input)
{
	struct run *r;

	t->extra[0] = arena_printf(t->a, "KILOCODE_TEST_CLOCK=2026-01-02T%sZ", time);
	t->n_extra = 1;
	r = run_input(t, input);
	t->n_extra = 0;
	return r;
}

static void check_rounds(struct target *t)
{
	struct run *r = at_time(t, "03:00:00", ASKED("1", "request_state", ""));
	const char *state = node_str(node_get(result(t, r, "1"), "requestState"));
	static const char answer_ok[] =
		"\"inputResponses\":{\"confirm\":{\"action\":\"accept\",\"content\":{\"ok\":true}}}";
	static const struct {
		int row;
		const char *what, *name, *tail, *time;
		int code;
	} rows[] = {
		{ 77, "a new process completes", ASK "request_state", "", "03:00:01",
		  RESULT },
		{ 78, "a tampered state", ASK "request_state", "-TAMPERED", "03:00:01",
		  -32602 },
		{ 79, "another tool's state", ASK "tampered_state", "", "03:00:01",
		  -32602 },
		{ 79, "a state nine minutes old", ASK "request_state", "", "03:09:00",
		  RESULT },
		{ 79, "an expired state", ASK "request_state", "", "03:10:01", -32602 },
	};

	OK(str_eq(node_str(node_get(result(t, r, "1"), "resultType")),
		  "input_required") &&
		   state && node_get(result(t, r, "1"), "inputRequests") &&
		   !node_get(result(t, r, "1"), "ttlMs"),
	   "row 75: the shape of input_required");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *input = arena_printf(
			t->a,
			"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{"
			"\"name\":\"%s\",%s,\"requestState\":\"%s%s\",%s}}\n",
			rows[i].name, answer_ok, state ? state : "", rows[i].tail,
			META("2026-07-28", FORM_CAPS));

		IS_INT(code(t, at_time(t, rows[i].time, input), "2"), rows[i].code,
		       arena_printf(t->a, "row %d: %s", rows[i].row, rows[i].what));
	}
	r = run_input(t, ASKED("1", "elicitation", "\"inputResponses\":{\"wrong\":{}},"));
	OK(node_get(result(t, r, "1"), "inputRequests"),
	   "row 80: a missing key is asked again");
	r = run_input(t, ASKED("1", "elicitation",
			       "\"inputResponses\":{\"user_name\":{\"action\":\"accept\","
			       "\"content\":{\"name\":5}}},"));
	OK(node_get(result(t, r, "1"), "inputRequests"),
	   "row 82: content that does not fit is asked again");
	OK(!has_raw(run_input(t, ASKED("1", "elicitation", "")),
		    "\"method\":\"elicitation/"
		    "create\",\"id\""),
	   "row 88: no request of the server in 2026-07-28");
}

/* Asks in a session and answers with a line ("%s" is the question's id), or ends input.
 */
static struct run *converse(struct target *t, const char *reply)
{
	struct run *r = arena_alloc(t->a, sizeof(*r));
	static const char input[] =
		INIT_CAPS("2025-11-25", FORM_CAPS) OLD_CALL("1", ASK "elicitation", "");
	struct peer p;
	char *line;

	target_start(t, &p);
	peer_send(&p, input, strlen(input));
	while ((line = peer_line(&p, t->a, clock_mono() + END_MS))) {
		run_add(t, r, line);
		if (strstr(line, "elicitation/create"))
			break;
	}
	if (line && reply) {
		char *out = arena_printf(t->a, "%s\n", reply);

		peer_send(&p, out, strlen(out));
		if (!strstr(reply, "cancelled") &&
		    (line = peer_line(&p, t->a, clock_mono() + END_MS)))
			run_add(t, r, line);
	}
	run_end(t, &p, r);
	return r;
}

static void check_questions(struct target *t)
{
	struct run *r =
		converse(t, "{\"jsonrpc\":\"2.0\",\"id\":\"s-1\",\"result\":{\"action\":"
			    "\"accept\",\"content\":{\"name\":\"Ann\"}}}");

	OK(strstr(tool_text(t, r, "1"), "Hello, Ann!"), "row 89: asked and answered");
	r = converse(t, "{\"jsonrpc\":\"2.0\",\"id\":\"s-1\",\"error\":{\"code\":-32601,"
			"\"message\":\"no\"}}");
	OK(is_error(t, r, "1"), "row 91: an error as answer");
	r = converse(
		t,
		"{\"jsonrpc\":\"2.0\",\"id\":\"s-1\",\"result\":{\"action\":\"accept\","
		"\"content\":{\"name\":7}}}");
	OK(is_error(t, r, "1"), "row 91: content that does not fit");
	r = converse(
		t,
		"{\"jsonrpc\":\"2.0\",\"id\":\"s-1\",\"result\":{\"action\":\"decline\"}}");
	OK(is_error(t, r, "1") && strstr(tool_text(t, r, "1"), "declined"),
	   "row 83: declined");
	r = converse(t, NULL);
	OK(is_error(t, r, "1") && r->ms < 2000, "row 91: end of input");
	r = converse(
		t,
		"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{"
		"\"requestId\":1}}");
	OK(code(t, r, "1") == SILENT && has_raw(r, "\"requestId\":\"s-1\""),
	   "row 92: cancelling the call cancels the question");
}

/* A sanitizer keeps freed memory back and adds shadows. */
enum { MAX_RSS_KIB = (SANITIZED ? 800 : 72) * 1024 };

/* Replies pile up while nobody reads; nothing is lost and the pile is bounded. */
static void check_slow_reader(struct target *t)
{
	static const char one[] =
		MODERN("1", "resources/read", "\"uri\":\"test://big\",");
	enum { N = 60 };
	struct run *r = arena_alloc(t->a, sizeof(*r));
	int64_t rss = 0, until;
	struct peer p;
	struct buf b;

	buf_init(&b, 1u << 20);
	for (int i = 0; i < N; i++)
		buf_addf(
			&b,
			"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"resources/read\",\"params\":{"
			"\"uri\":\"test://big\",%s}}\n",
			i + 10, ENVELOPE);
	target_start(t, &p);
	p.deaf = true;
	peer_send(&p, one, strlen(one));
	peer_send(&p, b.data, b.len);
	for (until = clock_mono() + 1500; clock_left(until) > 0;
	     rss = child_rss_kib(&p.c))
		peer_pump(&p, 50, false);
	p.deaf = false;
	run_end(t, &p, r);
	buf_release(&b);
	OK(rss > 0 && rss < MAX_RSS_KIB,
	   "R-11: memory with a reader that stands still: %d KiB", (int)rss);
	for (int i = 0; i < N; i++)
		if (answers(t, r, arena_printf(t->a, "%d", i + 10)) != 1)
			r->bad = true;
	OK(r->n == N + 1 && !r->bad && r->status == 0,
	   "row 105: a slow reader loses nothing (%zu lines)", r->n);
	for (size_t i = 0; i < r->n; i++)
		if (strlen(r->raw[i]) >= 4u << 20)
			r->bad = true;
	OK(!r->bad, "row 109: every line is below 4 MiB");
}

static void check_stop(struct target *t)
{
	static const char slow[] = CALL("1", "test_slow_long",
					"\"arguments\":{\"ms\":60000},") LISTEN("2", "");
	struct run *r = arena_alloc(t->a, sizeof(*r));
	struct peer p;
	int64_t from;
	char *line;

	target_start(t, &p);
	peer_send(&p, slow, strlen(slow));
	peer_line(&p, t->a, clock_mono() + END_MS);
	from = clock_mono();
	child_signal(&p.c, SIGTERM);
	r->status = peer_wait(&p, END_MS);
	OK(r->status == 0 && clock_mono() - from < 1100,
	   "R-10: SIGTERM while a call runs");
	while ((line = peer_line(&p, t->a, clock_mono())))
		run_add(t, r, line);
	OK(code(t, r, "1") == SILENT && code(t, r, "2") == RESULT,
	   "R-10: the call is silent, the subscription ends");
	peer_release(&p);
	target_start(t, &p);
	peer_send(&p, slow, strlen(slow));
	peer_line(&p, t->a, clock_mono() + END_MS);
	child_close_in(&p.c);
	peer_wait(&p, 100);
	from = clock_mono();
	child_signal(&p.c, SIGTERM);
	r->status = peer_wait(&p, END_MS);
	OK(r->status == 0 && clock_mono() - from < 1100,
	   "R-07: SIGTERM after end of input");
	peer_release(&p);
}

int main(int argc, char **argv)
{
	struct target t = { 0 };

	if (argc != 2) {
		fprintf(stderr, "usage: protocol_fixture FIXTURE-SERVER\n");
		return 64;
	}
	fd_sanitize();
	target_init(&t, argc - 1, argv + 1);
	t.argv[t.argc++] = "--state";
	t.argv[t.argc++] = t.home;
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		run_check(&t, &checks[i]);
	check_results(&t);
	check_walk(&t, 10, 100);
	check_walk(&t, 1000, 50);
	check_walk(&t, 60000, 100);
	check_list_pages(&t);
	check_resources(&t);
	check_prompts(&t);
	check_notices(&t);
	check_legacy_notices(&t);
	check_long_uris(&t);
	check_log(&t);
	check_progress(&t);
	check_cancel(&t);
	check_order(&t);
	check_waiting(&t);
	check_rounds(&t);
	check_questions(&t);
	check_slow_reader(&t);
	check_stop(&t);
	target_release(&t);
	return tap_done();
}
