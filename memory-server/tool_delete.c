/* SPDX-License-Identifier: Apache-2.0 */
/* delete_memory: removes memories by id, all of those named or none. */
#include "common/base/str.h"
#include "memory-server/memory.h"
#include "memory-server/tools.h"

#define IDS_MAX 100

struct in {
	struct strs memory_id;
	bool dry_run;
};

struct out {
	int64_t matched, deleted;
};

static const struct field in_fields[] = {
	FIELD(struct in, memory_id, .min = 1, .max = IDS_MAX, .item_max = 100,
	      .req = true, .flags = FIELD_LENIENT, .doc = "One id or several."),
	FIELD(struct in, dry_run, .doc = "Only look if they exist."), FIELDS_END
};

static const struct field out_fields[] = {
	FIELD(struct out, matched, .req = true, .doc = "How many were named."),
	FIELD(struct out, deleted, .req = true, .doc = "How many are gone."), FIELDS_END
};

static bool named_before(const struct strs *ids, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (str_eq(ids->v[k], ids->v[i]))
			return true;
	}
	return false;
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct out o = { 0 };

	for (size_t i = 0; i < in->memory_id.n; i++) {
		struct memory m;

		if (named_before(&in->memory_id, i))
			continue;
		if (!memory_get(c, in->memory_id.v[i], &m, e))
			return false;
		call_audit_id(c, m.memory_id);
		if (!in->dry_run && !memory_delete(c, m.memory_id, e))
			return false;
		o.matched++;
		o.deleted += !in->dry_run;
	}
	fields_json(out_fields, &o, out);
	return true;
}

const struct tool tool_delete_memory = {
	.name = "delete_memory",
	.title = "Delete memories",
	.doc = "Removes memories for good, all named or none. Use it when the user asks to forget something.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.run = run,
	.order = ORDER_WRITE,
	.perm = PERM_WRITE,
	.hints = HINT_DESTRUCTIVE,
	.audit = "memory.delete",
	.resource = "memory",
};
