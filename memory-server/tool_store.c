/* SPDX-License-Identifier: Apache-2.0 */
/* store_memory: keeps a text with its metadata. */
#include "memory-server/memory.h"
#include "memory-server/tools.h"

struct in {
	const char *content;
	struct strs tags;
	enum memory_type type;
	enum memory_source source;
	const char *author;
	struct stamp timestamp, expires_at;
	struct json metadata;
	const char *memory_id;
};

static const struct field in_fields[] = {
	FIELD(struct in, content, .max = CONTENT_MAX, .req = true,
	      .doc = "Kept verbatim."),
	FIELD(struct in, tags, .max = TAGS_MAX, .item_max = TAG_MAX,
	      .flags = FIELD_LENIENT, .doc = "Words to find it by."),
	FIELD(struct in, type, .names = memory_types, .doc = "Default text."),
	FIELD(struct in, source, .names = memory_sources, .doc = "Default api."),
	FIELD(struct in, author, .max = 200, .doc = "Who said it."),
	FIELD(struct in, timestamp, .doc = "When it happened; default now."),
	FIELD(struct in, expires_at, .doc = "Hidden from then on."),
	FIELD(struct in, metadata, .flags = FIELD_OBJECT, .doc = "Own keys."),
	FIELD(struct in, memory_id, .min = 1, .max = 100, .doc = "Own id; default: new."),
	FIELDS_END
};

static const struct field out_fields[] = { FIELD(struct memory, memory_id, .req = true),
					   FIELD(struct memory, created_at, .req = true),
					   COLUMN(struct memory, expires_at),
					   FIELDS_END };

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	const struct memory_new n = {
		.memory_id = in->memory_id,
		.content = in->content,
		.metadata = in->metadata.text,
		.given = { in->type, in->source, in->author, in->timestamp, in->tags,
			   in->tags.v != NULL },
		.expires_at = in->expires_at,
	};
	struct memory m;

	if (!memory_store(c, &n, &m, e))
		return false;
	call_audit_id(c, m.memory_id);
	fields_json(out_fields, &m, out);
	return true;
}

const struct tool tool_store_memory = {
	.name = "store_memory",
	.title = "Store a memory",
	.doc = "Keeps a text for later sessions. Use it for facts, decisions and preferences worth knowing later.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.run = run,
	.order = ORDER_WRITE,
	.perm = PERM_WRITE,
	.audit = "memory.store",
	.resource = "memory",
};
