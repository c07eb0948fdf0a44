/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into the tree of a JSON or YAML text. */
#include <stdarg.h>

#include "common/base/buf.h"
#include "common/base/str.h"
#include "common/field/jsonr.h"
#include "common/field/jsonw.h"

#define FEW_KEYS 16 /* up to here comparing all pairs is cheaper than sorting */
#define MAX_SAFE INT64_C(9007199254740991) /* 2^53 - 1 */

static int compare_keys(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a;
	const struct node *y = *(const struct node *const *)b;
	int order = strcmp(x->key, y->key);

	if (order != 0)
		return order;
	if (x->key_line != y->key_line)
		return x->key_line < y->key_line ? -1 : 1;
	return x->key_col < y->key_col ? -1 : 1;
}

static void mark_few(struct node *obj)
{
	for (struct node *m = obj->first; m; m = m->next)
		for (const struct node *o = obj->first; o != m && !m->duplicate;
		     o = o->next)
			m->duplicate =
				o->key[0] == m->key[0] && strcmp(o->key, m->key) == 0;
}

/* By sorting, so that hostile keys cost no more than others. */
static void mark_many(struct arena *a, struct node *obj)
{
	struct node **v = arena_array(a, obj->n, sizeof(struct node *));
	size_t n = 0;

	for (struct node *m = obj->first; m; m = m->next)
		v[n++] = m;
	qsort(v, n, sizeof(struct node *), compare_keys);
	for (size_t i = 1; i < n; i++)
		v[i]->duplicate = strcmp(v[i - 1]->key, v[i]->key) == 0;
}

void node_mark_duplicates(struct arena *a, struct node *obj)
{
	if (obj->n <= FEW_KEYS)
		mark_few(obj);
	else
		mark_many(a, obj);
}

const struct node *node_get(const struct node *obj, const char *key)
{
	const struct node *found = NULL;

	if (!obj || obj->kind != NODE_OBJECT)
		return NULL;
	for (const struct node *m = obj->first; m; m = m->next)
		if (m->key[0] == key[0] && strcmp(m->key, key) == 0)
			found = m;
	return found;
}

const struct node *node_path(const struct node *n, ...)
{
	va_list ap;

	va_start(ap, n);
	for (const char *key = va_arg(ap, const char *); n && key;
	     key = va_arg(ap, const char *))
		n = node_get(n, key);
	va_end(ap);
	return n;
}

const char *node_str(const struct node *n)
{
	return n && n->kind == NODE_STRING ? n->text : NULL;
}

bool node_i64(const struct node *n, int64_t *ret)
{
	int64_t v;

	if (!n || n->kind != NODE_NUMBER || !str_to_i64(n->text, &v) || v < -MAX_SAFE ||
	    v > MAX_SAFE)
		return false;
	*ret = v;
	return true;
}

char *node_raw(struct arena *a, const struct node *n)
{
	struct jsonw w;
	struct buf b;
	char *text;

	if (!n)
		return NULL;
	if (n->raw && !n->loose && !memchr(n->raw, '\n', n->raw_len) &&
	    !memchr(n->raw, '\r', n->raw_len))
		return arena_strndup(a, n->raw, n->raw_len);
	buf_init(&b, SIZE_MAX);
	jsonw_init(&w, &b);
	jsonw_node(&w, NULL, n);
	text = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return text;
}

const char *node_kind_name(enum node_kind k)
{
	switch (k) {
	case NODE_NULL:
		return "null";
	case NODE_BOOL:
		return "a boolean";
	case NODE_NUMBER:
		return "a number";
	case NODE_STRING:
		return "a string";
	case NODE_ARRAY:
		return "an array";
	case NODE_OBJECT:
		return "an object";
	}
	return "nothing";
}
