/* SPDX-License-Identifier: Apache-2.0 */
/* Prompts, and completion of the arguments of prompts and templates. */
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/mcp.h"
#include "common/rpc/resource.h"

enum { MAX_VALUES = 100 };

const struct prompt *prompt_find(const struct offer *o, const char *name)
{
	for (size_t i = 0; o->prompts && o->prompts[i]; i++)
		if (str_eq(o->prompts[i]->name, name))
			return o->prompts[i];
	return NULL;
}

void prompt_item(const struct prompt *p, enum rev rev, struct jsonw *w)
{
	char name[64];

	jsonw_obj(w, NULL);
	jsonw_str(w, "name", p->name);
	if (rev >= REV_2025_06)
		jsonw_str(w, "title", p->title);
	jsonw_str(w, "description", p->doc);
	if (p->in && p->in->name) {
		jsonw_arr(w, "arguments");
		for (const struct field *f = p->in; f->name; f++) {
			jsonw_obj(w, NULL);
			jsonw_str(w, "name", field_json_name(f, name, sizeof(name)));
			jsonw_str(w, "description", f->doc);
			jsonw_bool(w, "required", f->req);
			jsonw_end(w);
		}
		jsonw_end(w);
	}
	jsonw_end(w);
}

void prompt_text(struct jsonw *messages, const char *role, const char *text)
{
	jsonw_obj(messages, NULL);
	jsonw_str(messages, "role", role);
	jsonw_obj(messages, "content");
	jsonw_str(messages, "type", "text");
	jsonw_str(messages, "text", text);
	jsonw_end(messages);
	jsonw_end(messages);
}

struct making { /* of messages or values */
	struct call *k;
	void *args;
	struct jsonw w, fresh;
	size_t mark;
	int64_t total;
};

static bool run_prompt(struct ctx *c, void *arg, struct err *e)
{
	struct making *m = arg;
	const struct prompt *p = m->k->target;

	return p->get(c, m->args, &m->w, e);
}

static void rewind_run(void *arg)
{
	struct making *m = arg;

	buf_cut(m->w.b, m->mark);
	m->w = m->fresh;
	m->total = -1;
}

static bool bind(struct making *m, struct err *e)
{
	static const struct field none[] = { FIELDS_END };
	struct call *k = m->k;
	const struct prompt *p = k->target;
	const struct node *args = node_get(k->params, "arguments");

	if (args && args->kind != NODE_OBJECT)
		return err_set(e, ERR_PARAMS, "arguments must be an object of strings");
	for (const struct node *n = args ? args->first : NULL; n; n = n->next)
		if (!node_str(n))
			return err_set(e, ERR_PARAMS, "argument \"%s\" must be a string",
				       str_printable(k->ctx.arena, n->key, 100));
	m->args = arena_alloc(k->ctx.arena, MAX(p->in_size, (size_t)1));
	return bind_object(k->ctx.arena, p->in ? p->in : none, "argument", args, m->args,
			   e);
}

static bool prompt_job(struct call *k, struct err *e)
{
	struct making m = { .k = k };
	const struct prompt *p = k->target;
	struct work w = { .name = p->name,
			  .order = ORDER_READ,
			  .perm = PERM_READ,
			  .flags = p->no_db ? TOOL_NO_DB : 0,
			  .run = run_prompt,
			  .rewind = rewind_run,
			  .arg = &m };

	if (!bind(&m, e))
		return false;
	reply_open(k, &m.w);
	jsonw_str(&m.w, "description", p->doc);
	jsonw_arr(&m.w, "messages");
	m.mark = k->line.len;
	m.fresh = m.w;
	if (!call_pass(k, &w, e)) {
		if (e->code == ERR_NOT_FOUND)
			e->code = ERR_PARAMS; /* an argument names it */
		return false;
	}
	jsonw_end(&m.w);
	reply_close(k, &m.w, CACHE_NONE);
	return true;
}

bool prompts_get(struct call *k, struct err *e)
{
	const char *name = node_str(node_get(k->params, "name"));

	if (!name)
		return err_set(e, ERR_PARAMS, "name must be given as a string");
	k->target = prompt_find(k->srv->opt.offer, name);
	if (!k->target)
		return err_set(e, ERR_PARAMS, "unknown prompt \"%s\"",
			       str_printable(k->ctx.arena, name, 100));
	k->order = ORDER_READ;
	k->job = prompt_job;
	return true;
}

/* What is being completed. */
struct subject {
	const char *arg, *text;
	const struct field *field;
	complete_fn complete;
	unsigned flags;
	enum perm perm;
	const struct node *context;
};

static bool find_prompt_arg(struct call *k, const char *name, struct subject *s,
			    struct err *e)
{
	const struct prompt *p = prompt_find(k->srv->opt.offer, name);
	char json[64];

	if (!p)
		return err_set(e, ERR_PARAMS, "ref names an unknown prompt");
	for (const struct field *f = p->in; f && f->name && !s->field; f++)
		if (str_eq(field_json_name(f, json, sizeof(json)), s->arg))
			s->field = f;
	if (!s->field)
		return err_set(e, ERR_PARAMS, "argument.name is not an argument of %s",
			       name);
	s->complete = s->field->names ? NULL : p->complete;
	s->flags = p->no_db ? TOOL_NO_DB : 0;
	s->perm = PERM_READ;
	return true;
}

static bool find_template_var(struct call *k, const char *uri, struct subject *s,
			      struct err *e)
{
	const struct resource *const *r = k->srv->opt.offer->resources;

	while (r && *r && !str_eq((*r)->uri, uri))
		r++;
	if (!r || !*r)
		return err_set(e, ERR_PARAMS, "ref names an unknown resource template");
	if (!resource_has_var(*r, s->arg))
		return err_set(e, ERR_PARAMS, "argument.name is not a variable of %s",
			       uri);
	s->complete = (*r)->complete;
	s->perm = (*r)->perm;
	return true;
}

static bool find_subject(struct call *k, struct subject *s, struct err *e)
{
	const struct node *ref = node_get(k->params, "ref");
	const char *type = node_str(node_get(ref, "type"));
	const char *name = node_str(node_get(ref, "name"));
	const char *uri = node_str(node_get(ref, "uri"));

	s->arg = node_str(node_path(k->params, "argument", "name", NULL));
	s->text = node_str(node_path(k->params, "argument", "value", NULL));
	s->context = node_path(k->params, "context", "arguments", NULL);
	if (s->context && s->context->kind != NODE_OBJECT)
		return err_set(e, ERR_PARAMS, "context.arguments must be an object");
	if (!s->arg || !s->text)
		return err_set(e, ERR_PARAMS,
			       "argument must have name and value as strings");
	if (str_eq(type, "ref/prompt") && name)
		return find_prompt_arg(k, name, s, e);
	if (str_eq(type, "ref/resource") && uri)
		return find_template_var(k, uri, s, e);
	return err_set(e, ERR_PARAMS,
		       "ref must be a ref/prompt with name or a ref/resource with uri");
}

static void complete_names(const struct subject *s, struct making *m)
{
	const char *const *names = s->field ? s->field->names : NULL;

	m->total = 0;
	for (size_t i = 1; names && names[i]; i++) {
		if (!str_starts(names[i], s->text))
			continue;
		if (m->total++ < MAX_VALUES)
			jsonw_str(&m->w, NULL, names[i]);
	}
}

static bool run_complete(struct ctx *c, void *arg, struct err *e)
{
	struct making *m = arg;
	const struct subject *s = m->args;

	m->total = -1;
	if (s->complete)
		return s->complete(c, s->arg, s->text, s->context, &m->w, &m->total, e);
	complete_names(s, m);
	return true;
}

/* Values in the JSON array that starts at from. */
static int64_t count_values(struct arena *a, const char *from, size_t n)
{
	struct err e;
	const struct node *list = jsonr_parse(a, from, n, 0, NULL, &e);

	return list ? (int64_t)list->n : 0;
}

static bool complete_job(struct call *k, struct err *e)
{
	struct making m = { .k = k, .total = -1 };
	struct subject *s = arena_alloc(k->ctx.arena, sizeof(*s));
	struct work w = { .name = "completion/complete",
			  .order = ORDER_READ,
			  .run = run_complete,
			  .rewind = rewind_run,
			  .arg = &m };
	int64_t n;

	if (!find_subject(k, s, e))
		return false;
	m.args = s;
	w.flags = s->flags;
	w.perm = s->perm;
	reply_open(k, &m.w);
	jsonw_obj(&m.w, "completion");
	jsonw_arr(&m.w, "values");
	m.mark = k->line.len;
	m.fresh = m.w;
	if (!call_pass(k, &w, e))
		return false;
	jsonw_end(&m.w);
	if (k->line.overflow)
		return err_set(e, ERR_INTERNAL, "too many completions");
	n = count_values(k->ctx.arena, k->line.data + m.mark - 1,
			 k->line.len - m.mark + 1);
	if (m.total >= n)
		jsonw_i64(&m.w, "total", m.total);
	jsonw_bool(&m.w, "hasMore", m.total > n);
	jsonw_end(&m.w);
	reply_close(k, &m.w, CACHE_NONE);
	return true;
}

bool completion_complete(struct call *k, struct err *e)
{
	struct subject s = { 0 };

	if (!find_subject(k, &s, e))
		return false;
	k->order = ORDER_READ;
	k->job = complete_job;
	return true;
}
