/* SPDX-License-Identifier: Apache-2.0 */
/* Does the answer of a human fit the question: the schema of a form, choices, limits. */
#include "common/rpc/ask.h"

#include "common/base/str.h"

enum ask_action ask_action(const struct node *answer)
{
	const char *action = node_str(node_get(answer, "action"));

	if (str_eq(action, "accept"))
		return ASK_ACCEPTED;
	return str_eq(action, "decline") ? ASK_DECLINED : ASK_DISMISSED;
}

static bool listed(const struct node *list, const char *member, const struct node *v)
{
	for (const struct node *n = list ? list->first : NULL; n; n = n->next)
		if (str_eq(node_str(member ? node_get(n, member) : n), node_str(v)))
			return true;
	return false;
}

/* A choice is one of enum, oneOf or anyOf; without them everything is accepted. */
static bool choice_fits(const struct node *schema, const struct node *v)
{
	const struct node *names = node_get(schema, "enum");
	const struct node *one = node_get(schema, "oneOf"),
			  *any = node_get(schema, "anyOf");

	return (!names || listed(names, NULL, v)) && (!one || listed(one, "const", v)) &&
	       (!any || listed(any, "const", v));
}

static bool number_fits(const struct node *schema, const struct node *v, bool integer)
{
	const struct node *min = node_get(schema, "minimum"),
			  *max = node_get(schema, "maximum");
	double x, bound;

	if (v->kind != NODE_NUMBER || !str_to_f64(v->text, &x))
		return false;
	if (integer && x != (double)(int64_t)MAX(MIN(x, 9e15), -9e15))
		return false;
	return !(min && min->text && str_to_f64(min->text, &bound) && x < bound) &&
	       !(max && max->text && str_to_f64(max->text, &bound) && x > bound);
}

static bool string_fits(const struct node *schema, const struct node *v)
{
	int64_t min = 0, max = INT64_MAX, n;

	if (v->kind != NODE_STRING)
		return false;
	n = (int64_t)utf8_count(v->text);
	(void)(node_get(schema, "minLength") &&
	       node_i64(node_get(schema, "minLength"), &min));
	(void)(node_get(schema, "maxLength") &&
	       node_i64(node_get(schema, "maxLength"), &max));
	return n >= min && n <= max && choice_fits(schema, v);
}

static bool array_fits(const struct node *schema, const struct node *v)
{
	const struct node *items = node_get(schema, "items");

	if (v->kind != NODE_ARRAY)
		return false;
	for (const struct node *n = v->first; n; n = n->next)
		if (!string_fits(items, n))
			return false;
	return true;
}

static bool value_fits(const struct node *schema, const struct node *v)
{
	const char *type = node_str(node_get(schema, "type"));

	if (str_eq(type, "string"))
		return string_fits(schema, v);
	if (str_eq(type, "integer") || str_eq(type, "number"))
		return number_fits(schema, v, type[0] == 'i');
	if (str_eq(type, "boolean"))
		return v->kind == NODE_BOOL;
	return str_eq(type, "array") && array_fits(schema, v);
}

static bool content_fits(const struct node *schema, const struct node *content)
{
	const struct node *required = node_get(schema, "required");
	const struct node *props = node_get(schema, "properties");

	if (!content || content->kind != NODE_OBJECT)
		return false;
	for (const struct node *n = required ? required->first : NULL; n; n = n->next)
		if (!node_get(content, node_str(n)))
			return false;
	for (const struct node *p = props ? props->first : NULL; p; p = p->next) {
		const struct node *v = node_get(content, p->key);

		if (v && !value_fits(p, v))
			return false;
	}
	return true;
}

bool ask_check(struct arena *a, const struct question *q, const struct node *v,
	       bool *ret_again, struct err *e)
{
	const struct node *schema;
	struct err ignored;

	*ret_again = false;
	if (v->kind != NODE_OBJECT)
		return err_set(e, ERR_PARAMS, "inputResponses.%s must be an object",
			       q->key);
	if (q->method == ASK_SAMPLING) {
		*ret_again = !node_get(v, "content");
		return true;
	}
	if (q->method == ASK_ROOTS) {
		const struct node *roots = node_get(v, "roots");

		*ret_again = !roots || roots->kind != NODE_ARRAY;
		return true;
	}
	if (!node_str(node_get(v, "action")))
		return err_set(e, ERR_PARAMS, "inputResponses.%s must have an action",
			       q->key);
	if (ask_action(v) == ASK_ACCEPTED) {
		schema = node_get(
			jsonr_parse(a, q->params, strlen(q->params), 0, NULL, &ignored),
			"requestedSchema");
		*ret_again = !content_fits(schema, node_get(v, "content"));
	}
	return true;
}
