/* SPDX-License-Identifier: Apache-2.0 */
/* Tools and questions that ask the human, the client's model or its roots. */
#include "common/rpc/ask.h"

#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "test/fixture-server/fixture.h"

#define FORM(text, properties, required)                                          \
	"{\"message\":\"" text                                                    \
	"\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{" properties \
	"},\"required\":[" required "]}}"
#define NAME_FORM                                                                       \
	FORM("What is your name?", "\"name\":{\"type\":\"string\",\"title\":\"Name\"}", \
	     "\"name\"")
#define OK_FORM \
	FORM("Go on?", "\"ok\":{\"type\":\"boolean\",\"title\":\"Go on\"}", "\"ok\"")
#define SAMPLE(text)                                                                        \
	"{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":\"" text \
	"\"}}],\"maxTokens\":100}"

static const char *field_of(const struct node *answer, const char *name)
{
	const char *text = node_str(node_path(answer, "content", name, NULL));

	return text ? text : "nobody";
}

static bool refused(const struct node *answer, struct jsonw *out)
{
	if (ask_action(answer) == ASK_ACCEPTED)
		return false;
	fixture_text(out, ask_action(answer) == ASK_DECLINED ? "declined by user"
							     : "dismissed, ask again");
	jsonw_bool(out, "isError", true);
	return true;
}

static bool ask_name(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const struct question q = { .key = "user_name",
					   .method = ASK_FORM,
					   .params = NAME_FORM };
	const struct node *a;

	(void)args;
	if (!ask(c, &q, 1, false, &a, e))
		return false;
	if (!refused(a, out))
		fixture_text(out,
			     arena_printf(c->arena, "Hello, %s!", field_of(a, "name")));
	return true;
}

static bool ask_capital(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const struct question q = { .key = "capital_question",
					   .method = ASK_SAMPLING,
					   .params = SAMPLE(
						   "What is the capital of France?") };
	const struct node *a;
	const char *text;

	(void)args;
	if (!ask(c, &q, 1, false, &a, e))
		return false;
	text = node_str(node_path(a, "content", "text", NULL));
	fixture_text(out, arena_printf(c->arena, "The model says: %s", text ? text : ""));
	return true;
}

static bool ask_roots(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const struct question q = { .key = "client_roots",
					   .method = ASK_ROOTS,
					   .params = "{}" };
	const struct node *a;

	(void)args;
	if (!ask(c, &q, 1, false, &a, e))
		return false;
	fixture_text(out, arena_printf(c->arena, "The client has %zu roots.",
				       node_get(a, "roots")->n));
	return true;
}

static bool ask_state(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const struct question q = { .key = "confirm",
					   .method = ASK_FORM,
					   .params = OK_FORM };
	const struct node *a;

	(void)args;
	if (!ask(c, &q, 1, true, &a, e))
		return false;
	if (!refused(a, out))
		fixture_text(out, "state-ok");
	return true;
}

static bool ask_three(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const struct question q[] = {
		{ .key = "user_name", .method = ASK_FORM, .params = NAME_FORM },
		{ .key = "greeting",
		  .method = ASK_SAMPLING,
		  .params = SAMPLE("Greet the user.") },
		{ .key = "client_roots", .method = ASK_ROOTS, .params = "{}" },
	};
	const struct node *a[ARRAY_LEN(q)];

	(void)args;
	if (!ask(c, q, ARRAY_LEN(q), true, a, e))
		return false;
	if (!refused(a[0], out))
		fixture_text(out, arena_printf(c->arena, "All answered by %s.",
					       field_of(a[0], "name")));
	return true;
}

static bool ask_rounds(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const struct question name = { .key = "step1",
					      .method = ASK_FORM,
					      .params = NAME_FORM };
	static const struct question color = {
		.key = "step2",
		.method = ASK_FORM,
		.params = FORM("Which color do you like?",
			       "\"color\":{\"type\":\"string\"}", "\"color\"")
	};
	const struct node *a, *b;

	(void)args;
	if (!ask(c, &name, 1, true, &a, e) ||
	    (ask_action(a) == ASK_ACCEPTED && !ask(c, &color, 1, true, &b, e)))
		return false;
	if (!refused(a, out) && !refused(b, out))
		fixture_text(out,
			     arena_printf(c->arena, "%s likes %s.", field_of(a, "name"),
					  field_of(b, "color")));
	return true;
}

static bool ask_what_is_there(struct ctx *c, const void *args, struct jsonw *out,
			      struct err *e)
{
	static const struct question q[] = {
		{ .key = "user_name",
		  .method = ASK_FORM,
		  .params = NAME_FORM,
		  .optional = true },
		{ .key = "greeting",
		  .method = ASK_SAMPLING,
		  .params = SAMPLE("Greet the user."),
		  .optional = true },
	};
	const struct node *a[ARRAY_LEN(q)];

	(void)args;
	if (!ask(c, q, ARRAY_LEN(q), false, a, e))
		return false;
	fixture_text(out, a[0] || a[1] ? "Answered." : "Nobody could be asked.");
	return true;
}

static bool need_sampling(struct ctx *c, const void *args, struct jsonw *out,
			  struct err *e)
{
	static const struct question q = { .key = "anything",
					   .method = ASK_SAMPLING,
					   .params = SAMPLE("Say anything.") };
	const struct node *a;

	(void)args;
	if (!ask(c, &q, 1, false, &a, e))
		return false;
	fixture_text(out, "The client can sample.");
	return true;
}

/* Tools of handshake revisions; the question's text comes from an argument. */
struct told {
	const char *text;
};

static const struct field prompt_fields[] = {
	FIELD(struct told, text, .json = "prompt", .max = 1000, .req = true,
	      .doc = "Text for the model."),
	FIELDS_END,
};

static const struct field message_fields[] = {
	FIELD(struct told, text, .json = "message", .max = 1000, .req = true,
	      .doc = "Text for the user."),
	FIELDS_END,
};

static const char *quoted(struct ctx *c, const char *text)
{
	struct buf b;
	struct jsonw w;
	const char *s;

	buf_init(&b, 64 * 1024);
	jsonw_init(&w, &b);
	jsonw_str(&w, NULL, text);
	s = arena_strdup(c->arena, buf_text(&b));
	buf_release(&b);
	return s;
}

static bool sampling(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct told *in = args;
	struct question q = { .key = "sampling", .method = ASK_SAMPLING };
	const struct node *a;
	const char *text;

	q.params = arena_printf(
		c->arena,
		"{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\","
		"\"text\":%s}}],\"maxTokens\":100}",
		quoted(c, in->text));
	if (!ask(c, &q, 1, false, &a, e))
		return false;
	text = node_str(node_path(a, "content", "text", NULL));
	fixture_text(out, arena_printf(c->arena, "LLM response: %s", text ? text : ""));
	return true;
}

static bool report(struct ctx *c, const struct question *q, struct jsonw *out,
		   struct err *e)
{
	const struct node *a;
	const char *content = "{}";

	if (!ask(c, q, 1, false, &a, e))
		return false;
	if (node_get(a, "content"))
		content = node_raw(c->arena, node_get(a, "content"));
	fixture_text(out, arena_printf(c->arena, "User response: action=%s, content=%s",
				       node_str(node_get(a, "action")), content));
	return true;
}

static bool elicitation(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct told *in = args;
	struct question q = { .key = "user", .method = ASK_FORM };

	q.params = arena_printf(
		c->arena,
		"{\"message\":%s,\"requestedSchema\":{\"type\":\"object\",\"properties\":{"
		"\"username\":{\"type\":\"string\",\"description\":\"User's name\"},"
		"\"email\":{\"type\":\"string\",\"description\":\"User's email address\"}},"
		"\"required\":[\"username\",\"email\"]}}",
		quoted(c, in->text));
	return report(c, &q, out, e);
}

static bool defaults(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const struct question q = {
		.key = "defaults",
		.method = ASK_FORM,
		.params = FORM(
			"Please check these values.",
			"\"name\":{\"type\":\"string\",\"default\":\"John Doe\"},"
			"\"age\":{\"type\":\"integer\",\"default\":30},"
			"\"score\":{\"type\":\"number\",\"default\":95.5},"
			"\"status\":{\"type\":\"string\",\"enum\":[\"active\",\"inactive\","
			"\"pending\"],\"default\":\"active\"},"
			"\"verified\":{\"type\":\"boolean\",\"default\":true}",
			"")
	};

	(void)args;
	return report(c, &q, out, e);
}

static bool enums(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	static const struct question q = {
		.key = "enums",
		.method = ASK_FORM,
		.params = FORM(
			"Please choose.",
			"\"untitledSingle\":{\"type\":\"string\",\"enum\":[\"option1\",\"option2\","
			"\"option3\"]},"
			"\"titledSingle\":{\"type\":\"string\",\"oneOf\":["
			"{\"const\":\"value1\",\"title\":\"First Option\"},"
			"{\"const\":\"value2\",\"title\":\"Second Option\"},"
			"{\"const\":\"value3\",\"title\":\"Third Option\"}]},"
			"\"legacyEnum\":{\"type\":\"string\",\"enum\":[\"opt1\",\"opt2\",\"opt3\"],"
			"\"enumNames\":[\"Option One\",\"Option Two\",\"Option Three\"]},"
			"\"untitledMulti\":{\"type\":\"array\",\"items\":{\"type\":\"string\","
			"\"enum\":[\"option1\",\"option2\",\"option3\"]}},"
			"\"titledMulti\":{\"type\":\"array\",\"items\":{\"anyOf\":["
			"{\"const\":\"value1\",\"title\":\"First Choice\"},"
			"{\"const\":\"value2\",\"title\":\"Second Choice\"},"
			"{\"const\":\"value3\",\"title\":\"Third Choice\"}]}}",
			"")
	};

	(void)args;
	return report(c, &q, out, e);
}

#define ASK_TOOL(var, id, text, fn, ...)                                 \
	static const struct tool var = { .name = (id),                   \
					 .title = "Question",            \
					 .doc = (text),                  \
					 .run = (fn),                    \
					 .order = ORDER_LONG,            \
					 .perm = PERM_READ,              \
					 .flags = TOOL_RAW | TOOL_NO_DB, \
					 __VA_ARGS__ }
#define ROUND "test_input_required_result_"

ASK_TOOL(tool_name, ROUND "elicitation", "Asks for a name.", ask_name, );
ASK_TOOL(tool_capital, ROUND "sampling", "Asks the client's model.", ask_capital, );
ASK_TOOL(tool_roots, ROUND "list_roots", "Asks for the client's roots.", ask_roots, );
ASK_TOOL(tool_state, ROUND "request_state", "Asks with a request state.", ask_state, );
ASK_TOOL(tool_three, ROUND "multiple_inputs", "Asks three things at once.", ask_three, );
ASK_TOOL(tool_rounds, ROUND "multi_round", "Asks twice.", ask_rounds, );
ASK_TOOL(tool_tampered, ROUND "tampered_state", "Asks with a request state.",
	 ask_state, );
ASK_TOOL(tool_caps, ROUND "capabilities", "Asks what the client can answer.",
	 ask_what_is_there, );
ASK_TOOL(tool_missing, "test_missing_capability", "Needs the client's model.",
	 need_sampling, );
ASK_TOOL(tool_sampling, "test_sampling", "Asks the client's model.", sampling,
	 .in = prompt_fields, .in_size = sizeof(struct told));
ASK_TOOL(tool_elicitation, "test_elicitation", "Asks for name and address.", elicitation,
	 .in = message_fields, .in_size = sizeof(struct told));
ASK_TOOL(tool_defaults, "test_elicitation_sep1034_defaults", "Asks with defaults.",
	 defaults, );
ASK_TOOL(tool_enums, "test_elicitation_sep1330_enums", "Asks with choices.", enums, );

const struct tool *const ask_tools[] = {
	&tool_name,	   &tool_capital,  &tool_roots, &tool_state,   &tool_three,
	&tool_rounds,	   &tool_tampered, &tool_caps,	&tool_missing, &tool_sampling,
	&tool_elicitation, &tool_defaults, &tool_enums, NULL,
};
