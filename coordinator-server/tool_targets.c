/* SPDX-License-Identifier: Apache-2.0 */
/* list_targets: what can be called; with a target, its tools and their policy. */
#include <inttypes.h>

#include "common/base/log.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/rpc/page.h"
#include "coordinator-server/services.h"
#include "coordinator-server/tools.h"

struct in {
	const char *target, *cursor;
	int64_t limit;
};

struct target_row {
	const char *name, *description, *reason, *last_error, *era;
	bool callable;
	struct opt_bool bypassable;
	enum target_state state;
	struct opt_i64 tools;
	struct json policy;
	int64_t at;
};

struct tool_row {
	const char *name, *description;
	enum mode policy;
	enum approval_type type;
	enum effect effect;
	struct json input_schema;
	int64_t at;
};

struct out {
	struct page_out page; /* first: its members are named in out_fields */
	struct items targets, tools;
	const char *file, *policy_error;
};

static const struct field in_fields[] = { FIELD(struct in, target, .max = 100,
						.doc = "List the tools of this target."),
					  PAGE_FIELDS(struct in), FIELDS_END };

static const struct field target_fields[] = {
	FIELD(struct target_row, name, .req = true),
	FIELD(struct target_row, callable, .req = true),
	COLUMN(struct target_row, reason),
	FIELD(struct target_row, state, .names = target_states),
	FIELD(struct target_row, description, .flags = FIELD_CUT),
	COLUMN(struct target_row, tools),
	COLUMN(struct target_row, era),
	COLUMN(struct target_row, policy),
	COLUMN(struct target_row, bypassable),
	COLUMN(struct target_row, last_error),
	FIELDS_END
};

static const struct field tool_fields[] = {
	FIELD(struct tool_row, name, .req = true),
	FIELD(struct tool_row, policy, .names = modes, .req = true),
	FIELD(struct tool_row, type, .names = approval_types),
	FIELD(struct tool_row, effect, .names = effects),
	FIELD(struct tool_row, description, .flags = FIELD_CUT),
	FIELD(struct tool_row, input_schema, .flags = FIELD_OBJECT),
	FIELDS_END
};

static const struct field brief_target[] = { FIELD(struct target_row, name, .req = true),
					     FIELDS_END };

static const struct field brief_tool[] = { FIELD(struct tool_row, name, .req = true),
					   FIELDS_END };

static const struct field out_fields[] = {
	FIELD(struct out, targets, .of = brief_target,
	      .of_size = sizeof(struct target_row)),
	FIELD(struct out, tools, .of = brief_tool, .of_size = sizeof(struct tool_row)),
	COLUMN(struct page_out, next_cursor), FIELDS_END
};

static const char *target_pos(struct ctx *c, const void *row)
{
	return arena_printf(c->arena, "%" PRId64, ((const struct target_row *)row)->at);
}

static const char *tool_pos(struct ctx *c, const void *row)
{
	return arena_printf(c->arena, "%" PRId64, ((const struct tool_row *)row)->at);
}

/* The policy of a target in short: {"default":"ask","get_*":"allow"} */
static struct json brief_policy(struct ctx *c, const struct target_policy *t)
{
	struct json ret;
	struct jsonw w;
	struct buf b;

	buf_init(&b, 4096);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "default", names_text(modes, (int)t->other.mode));
	for (size_t i = 0; i < t->n && b.len < 2048; i++)
		jsonw_str(&w, t->rules[i].pattern,
			  names_text(modes, (int)t->rules[i].mode));
	jsonw_end(&w);
	ret.text = arena_strdup(c->arena, buf_text(&b));
	buf_release(&b);
	return ret;
}

static void fill_target(struct ctx *c, const struct entries *es, size_t i,
			struct target_row *ret)
{
	const struct services *sv = c->app;
	const struct entry *en = &es->v[i];
	struct target_info info;

	targets_info(sv->targets, c->arena, en->name, &info);
	*ret = (struct target_row){
		.name = str_printable(c->arena, en->name, 100),
		.description = en->description,
		.callable = !en->reason && !es->policy_error && !sv->nested,
		.reason = en->reason ? en->reason : es->policy_error,
		.at = (int64_t)i + 1,
	};
	if (en->reason)
		return;
	ret->state = info.state;
	ret->era = info.era;
	ret->tools = (struct opt_i64){ info.tools, info.tools >= 0 };
	ret->last_error = info.last_error;
	ret->policy = brief_policy(c, en->policy);
	ret->bypassable = (struct opt_bool){ en->policy->host_starts, true };
}

static bool run_targets(struct ctx *c, const struct in *in, int64_t from,
			struct jsonw *out, struct err *e)
{
	struct target_row *rows;
	struct entries es;
	size_t n = 0;

	if (!services_entries(c, &es, e))
		return false;
	rows = arena_array(c->arena, es.n + 1, sizeof(*rows));
	for (size_t i = (size_t)from; i < es.n && n <= (size_t)in->limit; i++)
		fill_target(c, &es, i, &rows[n++]);
	jsonw_str(out, "file", es.file);
	if (!es.file)
		jsonw_str(out, "next",
			  arena_printf(c->arena,
				       "No mcp.json in %s; set MCP_CONFIG to the host's.",
				       es.looked));
	return page_write(c,
			  &(struct page){ .list = "list_targets",
					  .limit = in->limit,
					  .key = "targets",
					  .fields = target_fields,
					  .size = sizeof(*rows),
					  .pos_of = target_pos },
			  rows, n, out, e);
}

static void fill_tool(struct ctx *c, const struct entry *en, const struct target_tool *t,
		      int64_t at, struct tool_row *ret)
{
	const struct rule *rule = policy_rule(en->policy, t->name);

	*ret = (struct tool_row){
		.name = str_printable(c->arena, t->name, TOOL_MAX),
		.description = arena_strdup(c->arena, t->description),
		.policy = rule->mode,
		.type = rule->mode == MODE_ASK ? rule->type : 0,
		.effect = rule->effect,
		.input_schema.text = arena_strdup(c->arena, t->input_schema),
		.at = at,
	};
}

static bool run_tools(struct ctx *c, const struct in *in, int64_t from, struct jsonw *out,
		      struct err *e)
{
	const struct services *sv = c->app;
	const struct entry *en = services_entry(c, in->target, e);
	struct target_conn *k;
	struct tool_row *rows;
	size_t n = 0;

	if (!en || !targets_borrow(sv->targets, c, en, &k, e))
		return false;
	rows = arena_array(c->arena, k->n_tools + 1, sizeof(*rows));
	for (size_t i = (size_t)from; i < k->n_tools && n <= (size_t)in->limit; i++)
		fill_tool(c, en, &k->tools[i], (int64_t)i + 1, &rows[n++]);
	targets_give(sv->targets, k, true);
	jsonw_str(out, "target", en->name);
	return page_write(c,
			  &(struct page){ .list = "list_targets",
					  .filter = in->target,
					  .limit = in->limit,
					  .key = "tools",
					  .fields = tool_fields,
					  .size = sizeof(*rows),
					  .pos_of = tool_pos },
			  rows, n, out, e);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	const char *pos;
	int64_t from = 0;

	if (!page_open(c, "list_targets", in->target, in->cursor, &pos, e))
		return false;
	if (pos && (!str_to_i64(pos, &from) || from < 0))
		return err_set(e, ERR_ARG, "argument \"cursor\" is not one of this list");
	return (in->target ? run_tools : run_targets)(c, in, from, out, e);
}

const struct tool tool_list_targets = {
	.name = "list_targets",
	.title = "List what can be called",
	.doc = "Lists the servers this coordinator can call, their state and policy; with a"
	       " target, its tools with input schema and policy (allow, ask, deny). Start here.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.run = run,
	.order = ORDER_LONG,
	.perm = PERM_READ,
	.flags = TOOL_NO_DB,
	/* a target is started to be asked */
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT | HINT_OPEN_WORLD,
};
