/* SPDX-License-Identifier: Apache-2.0 */
/* Tools: the list's items, and a call from its arguments to its result object. */
#include "common/rpc/tool.h"

#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/mcp.h"

#define NEAR_MAX 64 /* tools looked at for a suggestion */

static const struct field no_fields[] = { FIELDS_END };

const struct tool *tool_find(const struct offer *o, const char *name)
{
	for (size_t i = 0; o->tools && o->tools[i]; i++)
		if (str_eq(o->tools[i]->name, name))
			return o->tools[i];
	return NULL;
}

static void schema(const char *key, const char *raw, const struct field *fields,
		   bool output, struct jsonw *w)
{
	if (raw)
		jsonw_raw(w, key, raw);
	else if (fields || !output)
		fields_schema(fields ? fields : no_fields, key, output, w);
}

void tool_item(const struct tool *t, enum rev rev, struct jsonw *w)
{
	jsonw_obj(w, NULL);
	jsonw_str(w, "name", t->name);
	if (rev >= REV_2025_06)
		jsonw_str(w, "title", t->title);
	jsonw_str(w, "description", t->doc);
	schema("inputSchema", t->in_schema, t->in, false, w);
	if (rev >= REV_2025_06)
		schema("outputSchema", t->out_schema, t->out, true, w);
	if (rev >= REV_2025_03) {
		jsonw_obj(w, "annotations");
		if (rev < REV_2025_06)
			jsonw_str(w, "title", t->title);
		jsonw_bool(w, "readOnlyHint", t->hints & HINT_READ_ONLY);
		jsonw_bool(w, "destructiveHint", t->hints & HINT_DESTRUCTIVE);
		jsonw_bool(w, "idempotentHint", t->hints & HINT_IDEMPOTENT);
		jsonw_bool(w, "openWorldHint", t->hints & HINT_OPEN_WORLD);
		jsonw_end(w);
	}
	if (t->slow_if && rev == REV_2025_11)
		jsonw_raw(w, "execution", "{\"taskSupport\":\"optional\"}");
	if (t->app && rev >= REV_2025_06) {
		jsonw_obj(w, "_meta");
		jsonw_obj(w, "ui");
		jsonw_str(w, "resourceUri", t->app);
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* One run of a tool; what a failed try wrote is dropped before the next. */
struct run {
	struct call *k;
	const struct tool *t;
	void *args;
	struct jsonw out, fresh;
	size_t mark;
};

static bool prep(struct ctx *c, void *arg, struct err *e)
{
	struct run *r = arg;

	return r->t->prep(c, r->args, e);
}

static void rewind_run(void *arg)
{
	struct run *r = arg;

	buf_cut(r->fresh.b, r->mark);
	r->out = r->fresh;
	r->k->notices = NULL;
	r->k->notices_end = &r->k->notices;
	r->k->audit_id = NULL;
	r->k->failed = false;
}

/* Arguments as the tool's struct, or as the node itself where only a raw schema is given.
 */
static bool bind(struct run *r, struct err *e)
{
	const struct tool *t = r->t;
	const struct node *node = node_get(r->k->params, "arguments");

	if (t->in || !t->in_schema) {
		r->args = arena_alloc(r->k->ctx.arena, MAX(t->in_size, (size_t)1));
		return bind_object(r->k->ctx.arena, t->in ? t->in : no_fields, "argument",
				   node, r->args, e);
	}
	r->args = arena_alloc(r->k->ctx.arena, sizeof(*node));
	if (node)
		memcpy(r->args, node, sizeof(*node));
	else
		((struct node *)r->args)->kind = NODE_OBJECT;
	return true;
}

static void begin(struct run *r)
{
	if (r->t->flags & TOOL_RAW) {
		reply_open(r->k, &r->out);
	} else {
		buf_reset(&r->k->body);
		jsonw_init(&r->out, &r->k->body);
		jsonw_obj(&r->out, NULL);
	}
	r->mark = r->out.b->len;
	r->fresh = r->out;
}

/* The result object around structuredContent; clients before 2025-06-18 get the text
 * only. */
static void finish(struct run *r)
{
	struct call *k = r->k;
	struct jsonw *w = &r->out;

	if (!(r->t->flags & TOOL_RAW)) {
		jsonw_end(w);
		reply_open(k, w);
		jsonw_arr(w, "content");
		jsonw_obj(w, NULL);
		jsonw_str(w, "type", "text");
		jsonw_strn(w, "text", k->body.data, k->body.len);
		jsonw_end(w);
		jsonw_end(w);
		if (k->rev >= REV_2025_06)
			jsonw_rawn(w, "structuredContent", k->body.data, k->body.len);
		if (k->failed)
			jsonw_bool(w, "isError", true);
	}
	reply_close(k, w, CACHE_NONE);
}

/* A result that cannot be sent is refused here, where nothing is committed yet. */
static bool run(struct ctx *c, void *arg, struct err *e)
{
	struct run *r = arg;
	const struct call *k = r->k;
	size_t head = strlen("{\"jsonrpc\":\"2.0\",\"id\":,\"result\":}") + strlen(k->id);

	if (!r->t->run(c, r->args, &r->out, e))
		return false;
	finish(r);
	if (k->body.overflow || k->line.overflow || k->line.len >= head + LIMIT_RESULT)
		return err_set(e, ERR_LIMIT,
			       "the result is larger than %d KiB; ask for less at once",
			       LIMIT_RESULT / 1024);
	return true;
}

bool tool_job(struct call *k, struct err *e)
{
	struct run r = { .k = k, .t = k->target };
	const struct node *arguments = node_get(k->params, "arguments");
	struct work w = { .name = r.t->name,
			  .order = r.t->order,
			  .perm = r.t->perm,
			  .flags = r.t->flags,
			  .audit = r.t->audit,
			  .resource = r.t->resource,
			  .prep = r.t->prep ? prep : NULL,
			  .run = run,
			  .rewind = rewind_run,
			  .arg = &r };

	if (!bind(&r, e))
		return false;
	if (arguments)
		w.arguments = node_raw(k->ctx.arena, arguments);
	begin(&r);
	return call_pass(k, &w, e);
}

static bool unknown_tool(struct call *k, const char *name, struct err *e)
{
	const struct tool *const *tools = k->srv->opt.offer->tools;
	const char *names[NEAR_MAX], *near;
	size_t n = 0;

	for (; tools && tools[n] && n < NEAR_MAX; n++)
		names[n] = tools[n]->name;
	near = str_nearest(name, names, n);
	return err_set(e, ERR_PARAMS, "unknown tool \"%s\"%s%s%s",
		       str_printable(k->ctx.arena, name, 100),
		       near ? ", did you mean \"" : "", near ? near : "",
		       near ? "\"?" : "");
}

bool tools_call(struct call *k, struct err *e)
{
	const struct node *name = node_get(k->params, "name");
	const struct node *arguments = node_get(k->params, "arguments");
	const struct tool *t;

	if (!node_str(name))
		return err_set(e, ERR_PARAMS, "name must be given as a string");
	if (arguments && arguments->kind != NODE_OBJECT)
		return err_set(e, ERR_PARAMS, "arguments must be an object");
	t = tool_find(k->srv->opt.offer, name->text);
	if (!t)
		return unknown_tool(k, name->text, e);
	k->target = t;
	/* Rows of earlier READ calls reach the journal when these end, and those of later
	 * ones must not be seen: such a call runs alone, as a WRITE does. */
	k->order = t->flags & TOOL_SYNC ? ORDER_WRITE : t->order;
	k->job = task_wanted(k, t) ? task_job : tool_job;
	if (k->job == task_job)
		k->order = ORDER_LONG;
	return true;
}
