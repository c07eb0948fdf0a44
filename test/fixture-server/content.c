/* SPDX-License-Identifier: Apache-2.0 */
/* Tools that return each kind of content. */
#include "common/field/jsonw.h"
#include "test/fixture-server/fixture.h"

static void block_text(struct jsonw *out, const char *text)
{
	jsonw_obj(out, NULL);
	jsonw_str(out, "type", "text");
	jsonw_str(out, "text", text);
	jsonw_end(out);
}

static void block_data(struct jsonw *out, const char *type, const char *mime,
		       const char *data)
{
	jsonw_obj(out, NULL);
	jsonw_str(out, "type", type);
	jsonw_str(out, "data", data);
	jsonw_str(out, "mimeType", mime);
	jsonw_end(out);
}

static void block_resource(struct jsonw *out, const char *uri, const char *mime,
			   const char *text)
{
	jsonw_obj(out, NULL);
	jsonw_str(out, "type", "resource");
	jsonw_obj(out, "resource");
	jsonw_str(out, "uri", uri);
	jsonw_str(out, "mimeType", mime);
	jsonw_str(out, "text", text);
	jsonw_end(out);
	jsonw_end(out);
}

void fixture_text(struct jsonw *out, const char *text)
{
	jsonw_arr(out, "content");
	block_text(out, text);
	jsonw_end(out);
}

static bool simple(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)c, (void)args, (void)e;
	fixture_text(out, "This is a simple text response for testing.");
	return true;
}

static bool image(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)c, (void)args, (void)e;
	jsonw_arr(out, "content");
	block_data(out, "image", "image/png", fixture_png);
	jsonw_end(out);
	return true;
}

static bool audio(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)c, (void)args, (void)e;
	jsonw_arr(out, "content");
	block_data(out, "audio", "audio/wav", fixture_wav);
	jsonw_end(out);
	return true;
}

static bool embedded(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)c, (void)args, (void)e;
	jsonw_arr(out, "content");
	block_resource(out, "test://embedded-resource", "text/plain",
		       "This is an embedded resource content.");
	jsonw_end(out);
	return true;
}

static bool mixed(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)c, (void)args, (void)e;
	jsonw_arr(out, "content");
	block_text(out, "Multiple content types test:");
	block_data(out, "image", "image/png", fixture_png);
	block_resource(out, "test://mixed-content-resource", "application/json",
		       "{\"test\":\"data\",\"value\":123}");
	jsonw_end(out);
	return true;
}

static bool failing(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	(void)c, (void)args, (void)out;
	return err_set(e, ERR_CONFLICT,
		       "This tool intentionally returns an error for testing");
}

/* Any JSON Schema 2020-12 must reach the client as it is written. */
static const char schema_2020_12[] =
	"{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\","
	"\"$defs\":{\"address\":{\"$anchor\":\"addressDef\",\"type\":\"object\",\"properties\":{"
	"\"street\":{\"type\":\"string\"},\"city\":{\"type\":\"string\"}}}},"
	"\"properties\":{\"name\":{\"type\":\"string\"},"
	"\"address\":{\"$ref\":\"#/$defs/address\"},"
	"\"contactMethod\":{\"type\":\"string\",\"enum\":[\"phone\",\"email\"]},"
	"\"phone\":{\"type\":\"string\"},\"email\":{\"type\":\"string\"}},"
	"\"allOf\":[{\"anyOf\":[{\"required\":[\"phone\"]},{\"required\":[\"email\"]}]}],"
	"\"if\":{\"properties\":{\"contactMethod\":{\"const\":\"phone\"}},"
	"\"required\":[\"contactMethod\"]},\"then\":{\"required\":[\"phone\"]},"
	"\"else\":{\"required\":[\"email\"]},\"additionalProperties\":false}";

#define CONTENT_TOOL(var, id, head, text, fn, ...)                                  \
	static const struct tool var = { .name = (id),                              \
					 .title = (head),                           \
					 .doc = (text),                             \
					 .run = (fn),                               \
					 .order = ORDER_READ,                       \
					 .perm = PERM_READ,                         \
					 .hints = HINT_READ_ONLY | HINT_IDEMPOTENT, \
					 .flags = TOOL_RAW | TOOL_NO_DB,            \
					 __VA_ARGS__ }

CONTENT_TOOL(tool_simple, "test_simple_text", "Text", "Returns a text.", simple, );
CONTENT_TOOL(tool_image, "test_image_content", "Image", "Returns a picture.", image, );
CONTENT_TOOL(tool_audio, "test_audio_content", "Audio", "Returns a sound.", audio, );
CONTENT_TOOL(tool_embedded, "test_embedded_resource", "Resource",
	     "Returns an embedded resource.", embedded, );
CONTENT_TOOL(tool_mixed, "test_multiple_content_types", "Mixture",
	     "Returns text, picture and resource.", mixed, );
CONTENT_TOOL(tool_failing, "test_error_handling", "Failure", "Fails every time.",
	     failing, );
CONTENT_TOOL(tool_schema, "json_schema_2020_12_tool", "Schema",
	     "Publishes a schema with many keywords.", simple,
	     .in_schema = schema_2020_12);

const struct tool *const content_tools[] = { &tool_simple,   &tool_image, &tool_audio,
					     &tool_embedded, &tool_mixed, &tool_failing,
					     &tool_schema,   NULL };
