/* SPDX-License-Identifier: Apache-2.0 */
/* Resources and prompts of the fixture server. */
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/ask.h"
#include "test/fixture-server/fixture.h"

static bool read_text(struct ctx *c, const char *uri, const char *const *vars,
		      struct jsonw *contents, struct err *e)
{
	(void)c, (void)vars, (void)e;
	resource_text(contents, uri, "text/plain",
		      "This is the content of the static text resource.");
	return true;
}

static bool read_binary(struct ctx *c, const char *uri, const char *const *vars,
			struct jsonw *contents, struct err *e)
{
	(void)c, (void)vars, (void)e;
	resource_blob(contents, uri, "image/png", fixture_png);
	return true;
}

static bool read_template(struct ctx *c, const char *uri, const char *const *vars,
			  struct jsonw *contents, struct err *e)
{
	struct buf b;
	struct jsonw w;

	if (strlen(vars[0]) > 40)
		return err_set(e, ERR_NOT_FOUND, "there is no such id");
	buf_init(&b, 4096);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "id", vars[0]);
	jsonw_bool(&w, "templateTest", true);
	jsonw_str(&w, "data", arena_printf(c->arena, "Data for ID: %s", vars[0]));
	jsonw_end(&w);
	resource_text(contents, uri, "application/json", buf_text(&b));
	buf_release(&b);
	return true;
}

static bool read_big(struct ctx *c, const char *uri, const char *const *vars,
		     struct jsonw *contents, struct err *e)
{
	size_t n = 1024 * 1024;
	char *text = arena_alloc(c->arena, n + 1);

	(void)vars, (void)e;
	memset(text, 'x', n);
	resource_text(contents, uri, "text/plain", text);
	return true;
}

/* Many candidates: the text so far and a number; an earlier argument comes first. */
static bool candidates(struct ctx *c, const char *arg, const char *text,
		       const struct node *context, struct jsonw *values, int64_t *total,
		       struct err *e)
{
	const char *earlier = node_str(node_get(context, "arg1"));

	(void)arg, (void)e;
	for (int i = 1; i <= 100; i++)
		jsonw_str(values, NULL,
			  arena_printf(c->arena, "%s%s%s-%d", earlier ? earlier : "",
				       earlier ? "/" : "", text, i));
	*total = 150;
	return true;
}

static const struct resource text_resource = {
	.uri = "test://static-text",
	.name = "Static text",
	.title = "Static text",
	.doc = "A text that never changes.",
	.mime = "text/plain",
	.immutable = true,
	.perm = PERM_READ,
	.read = read_text,
};
static const struct resource binary_resource = {
	.uri = "test://static-binary",
	.name = "Static picture",
	.title = "Static picture",
	.doc = "A picture of one pixel.",
	.mime = "image/png",
	.perm = PERM_READ,
	.read = read_binary,
};
static const struct resource watched_resource = {
	.uri = "test://watched-resource",
	.name = "Watched resource",
	.title = "Watched resource",
	.doc = "Changes when test_touch_resource is called.",
	.mime = "text/plain",
	.perm = PERM_READ,
	.read = read_text,
};
static const struct resource big_resource = {
	.uri = "test://big",
	.name = "Big resource",
	.title = "Big resource",
	.doc = "One mebibyte of text.",
	.mime = "text/plain",
	.perm = PERM_READ,
	.read = read_big,
};
static const struct resource template_resource = {
	.uri = "test://template/{id}/data",
	.name = "Template",
	.title = "Template",
	.doc = "Data for an id.",
	.mime = "application/json",
	.is_template = true,
	.perm = PERM_READ,
	.read = read_template,
	.complete = candidates,
};
const struct resource *const fixture_resources[] = { &text_resource,	 &binary_resource,
						     &watched_resource,	 &big_resource,
						     &template_resource, NULL };

static bool get_simple(struct ctx *c, const void *args, struct jsonw *messages,
		       struct err *e)
{
	(void)c, (void)args, (void)e;
	prompt_text(messages, "user", "This is a simple prompt for testing.");
	return true;
}

struct two {
	const char *arg1, *arg2;
};

static const struct field two_fields[] = {
	FIELD(struct two, arg1, .json = "arg1", .max = 200, .req = true,
	      .doc = "First argument."),
	FIELD(struct two, arg2, .json = "arg2", .max = 200, .req = true,
	      .doc = "Second argument."),
	FIELDS_END,
};

static bool get_two(struct ctx *c, const void *args, struct jsonw *messages,
		    struct err *e)
{
	const struct two *in = args;

	(void)e;
	prompt_text(messages, "user",
		    arena_printf(c->arena, "Prompt with arguments: arg1='%s', arg2='%s'",
				 in->arg1, in->arg2));
	return true;
}

struct embed {
	const char *resource_uri;
};

static const struct field embed_fields[] = {
	FIELD(struct embed, resource_uri, .max = 200, .req = true,
	      .doc = "URI to embed."),
	FIELDS_END,
};

static bool get_embedded(struct ctx *c, const void *args, struct jsonw *messages,
			 struct err *e)
{
	const struct embed *in = args;

	(void)c, (void)e;
	jsonw_obj(messages, NULL);
	jsonw_str(messages, "role", "user");
	jsonw_obj(messages, "content");
	jsonw_str(messages, "type", "resource");
	jsonw_obj(messages, "resource");
	jsonw_str(messages, "uri", in->resource_uri);
	jsonw_str(messages, "mimeType", "text/plain");
	jsonw_str(messages, "text", "Embedded resource content for testing.");
	jsonw_end(messages);
	jsonw_end(messages);
	jsonw_end(messages);
	prompt_text(messages, "user", "Please process the embedded resource above.");
	return true;
}

static bool get_image(struct ctx *c, const void *args, struct jsonw *messages,
		      struct err *e)
{
	(void)c, (void)args, (void)e;
	jsonw_obj(messages, NULL);
	jsonw_str(messages, "role", "user");
	jsonw_obj(messages, "content");
	jsonw_str(messages, "type", "image");
	jsonw_str(messages, "data", fixture_png);
	jsonw_str(messages, "mimeType", "image/png");
	jsonw_end(messages);
	jsonw_end(messages);
	prompt_text(messages, "user", "Please analyze the image above.");
	return true;
}

static bool get_asked(struct ctx *c, const void *args, struct jsonw *messages,
		      struct err *e)
{
	static const struct question q = {
		.key = "user_context",
		.method = ASK_FORM,
		.params =
			"{\"message\":\"What is it about?\",\"requestedSchema\":{\"type\":"
			"\"object\",\"properties\":{\"context\":{\"type\":\"string\"}},"
			"\"required\":[\"context\"]}}",
	};
	const struct node *a;
	const char *text;

	(void)args;
	if (!ask(c, &q, 1, false, &a, e))
		return false;
	text = node_str(node_path(a, "content", "context", NULL));
	prompt_text(messages, "user",
		    arena_printf(c->arena, "The context is: %s", text ? text : "none"));
	return true;
}

static const struct prompt simple_prompt = {
	.name = "test_simple_prompt",
	.title = "Simple",
	.doc = "A prompt without arguments.",
	.get = get_simple,
	.no_db = true,
};
static const struct prompt two_prompt = {
	.name = "test_prompt_with_arguments",
	.title = "Arguments",
	.doc = "A prompt with two arguments.",
	.in = two_fields,
	.in_size = sizeof(struct two),
	.get = get_two,
	.complete = candidates,
	.no_db = true,
};
static const struct prompt embedded_prompt = {
	.name = "test_prompt_with_embedded_resource",
	.title = "Resource",
	.doc = "A prompt with an embedded resource.",
	.in = embed_fields,
	.in_size = sizeof(struct embed),
	.get = get_embedded,
	.no_db = true,
};
static const struct prompt image_prompt = {
	.name = "test_prompt_with_image",
	.title = "Picture",
	.doc = "A prompt with a picture.",
	.get = get_image,
	.no_db = true,
};
static const struct prompt asked_prompt = {
	.name = "test_input_required_result_prompt",
	.title = "Question",
	.doc = "A prompt that asks first.",
	.get = get_asked,
	.no_db = true,
};
const struct prompt *const fixture_prompts[] = { &simple_prompt,   &two_prompt,
						 &embedded_prompt, &image_prompt,
						 &asked_prompt,	   NULL };
