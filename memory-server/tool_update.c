/* SPDX-License-Identifier: Apache-2.0 */
/* update_memory: changes content, tags or metadata of one memory. */
#include "memory-server/memory.h"
#include "memory-server/tools.h"

struct in {
	const char *memory_id, *content;
	struct strs tags, add_tags, remove_tags;
	struct json metadata;
	struct stamp expires_at;
	struct opt_bool never_expires;
};

static const struct field in_fields[] = {
	FIELD(struct in, memory_id, .max = 100, .req = true),
	FIELD(struct in, content, .max = CONTENT_MAX),
	FIELD(struct in, tags, .max = TAGS_MAX, .item_max = TAG_MAX,
	      .flags = FIELD_LENIENT, .doc = "Replaces all tags."),
	FIELD(struct in, add_tags, .max = TAGS_MAX, .item_max = TAG_MAX,
	      .flags = FIELD_LENIENT),
	FIELD(struct in, remove_tags, .max = TAGS_MAX, .item_max = TAG_MAX,
	      .flags = FIELD_LENIENT),
	FIELD(struct in, metadata, .flags = FIELD_OBJECT,
	      .doc = "Merged in; null removes a key."),
	COLUMN(struct in, expires_at),
	FIELD(struct in, never_expires, .doc = "Takes an expiry away."),
	FIELDS_END
};

static const struct field out_fields[] = { FIELD(struct memory, memory_id, .req = true),
					   FIELD(struct memory, updated_at, .req = true),
					   COLUMN(struct memory, expires_at),
					   FIELDS_END };

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	const struct memory_update u = {
		.memory_id = in->memory_id,
		.content = in->content,
		.metadata = in->metadata.text,
		.given = { .tags = in->tags, .has_tags = in->tags.v != NULL },
		.add_tags = in->add_tags,
		.remove_tags = in->remove_tags,
		.expires_at = in->expires_at,
		.never_expires = in->never_expires.v,
	};
	struct memory m;

	call_audit_id(c, in->memory_id);
	if (!memory_modify(c, &u, &m, e))
		return false;
	fields_json(out_fields, &m, out);
	return true;
}

const struct tool tool_update_memory = {
	.name = "update_memory",
	.title = "Change a memory",
	.doc = "Changes text, tags or metadata; what is not given stays. Use it when a fact is corrected.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.run = run,
	.order = ORDER_WRITE,
	.perm = PERM_WRITE,
	.hints = HINT_DESTRUCTIVE | HINT_IDEMPOTENT,
	.audit = "memory.update",
	.resource = "memory",
};
