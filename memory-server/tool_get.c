/* SPDX-License-Identifier: Apache-2.0 */
/* get_memory: one memory in full; a long text in parts. */
#include <inttypes.h>

#include "common/base/str.h"
#include "common/rpc/page.h"
#include "memory-server/memory.h"
#include "memory-server/tools.h"

struct in {
	const char *memory_id, *cursor;
};

struct out {
	struct memory m;
	struct opt_bool truncated;
	const char *next_cursor;
};

static const struct field in_fields[] = {
	FIELD(struct in, memory_id, .max = 100, .req = true, .doc = "mem_…"),
	FIELD(struct in, cursor, .max = 1024, .doc = "nextCursor: the rest of the text."),
	FIELDS_END
};

static const struct field out_fields[] = {
	FIELD(struct memory, memory_id, .req = true),
	FIELD(struct memory, content, .req = true),
	FIELD(struct memory, metadata, .req = true, .flags = FIELD_OBJECT),
	COLUMN(struct memory, created_at),
	COLUMN(struct memory, updated_at),
	COLUMN(struct memory, expires_at),
	COLUMN(struct memory, is_consolidated),
	COLUMN(struct memory, consolidation_id),
	FIELD(struct out, truncated,
	      .doc = "Cut: nextCursor, if given, continues the text; memory://{memoryId}"
		     " has all."),
	COLUMN(struct out, next_cursor),
	FIELDS_END
};

/* Bytes of text that fit into room: a result carries the text twice, the second time
 * escaped once more, which page_room counts as twice the bytes of plain text. */
static size_t fitting(const char *text, size_t room)
{
	size_t cost = 0, n = 0;

	for (; text[n]; n++) {
		unsigned char ch = (unsigned char)text[n];

		cost += ch < 0x20 ? 5 : ch == '"' || ch == '\\' ? 3 : 1;
		if (cost > room)
			return utf8_cut(text, n);
	}
	return n;
}

/* Where the text goes on, and of which state of the memory. */
static const char *make_pos(struct ctx *c, const struct memory *m, uint64_t from)
{
	return arena_printf(c->arena, "%" PRIu64 " %" PRId64 " %zu", from,
			    m->updated_at.ms, strlen(m->content));
}

static bool read_pos(struct ctx *c, const struct memory *m, const char *pos,
		     int64_t *ret_from, struct err *e)
{
	const char *blank = pos ? strchr(pos, ' ') : NULL;

	if (!pos)
		return true;
	if (!blank ||
	    !str_to_i64(arena_strndup(c->arena, pos, (size_t)(blank - pos)), ret_from) ||
	    *ret_from < 0 || !str_eq(pos, make_pos(c, m, (uint64_t)*ret_from)))
		return err_set(e, ERR_ARG,
			       "argument \"cursor\": the memory has changed since\n"
			       "hint: start again without cursor");
	return true;
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct out o = { 0 };
	const char *pos;
	int64_t from = 0;
	size_t n, all, room = page_room(out);

	if (!page_open(c, "get_memory", in->memory_id, in->cursor, &pos, e) ||
	    !memory_get(c, in->memory_id, &o.m, e) || !read_pos(c, &o.m, pos, &from, e))
		return false;
	if (strlen(o.m.metadata.text) > room / 2) {
		o.m.metadata.text = metadata_brief(c->arena, &o.m.metadata, TAGS_SHOWN);
		o.truncated = (struct opt_bool){ true, true };
	}
	all = strlen(o.m.content);
	n = fitting(o.m.content + from, room - strlen(o.m.metadata.text) - 1024);
	if ((size_t)from + n < all) {
		pos = make_pos(c, &o.m, (uint64_t)from + n);
		o.truncated = (struct opt_bool){ true, true };
		o.next_cursor = page_cursor(c, "get_memory", in->memory_id, pos);
	}
	o.m.content = arena_strndup(c->arena, o.m.content + from, n);
	fields_json(out_fields, &o, out);
	return true;
}

const struct tool tool_get_memory = {
	.name = "get_memory",
	.title = "Read a memory",
	.doc = "Gives one memory in full. Use it after search_memories or list_memories, which shorten.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
