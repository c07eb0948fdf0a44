/* SPDX-License-Identifier: Apache-2.0 */
/* The "<<" of YAML mappings. */
#include "common/field/yaml_merge.h"

#include "common/base/str.h"

/* Takes the "<<" members out of the object; *ret are they, in order. The last that stays.
 */
static struct node *without_merges(struct node *obj, struct node **ret)
{
	struct node *last = NULL, **merges = ret, **at = &obj->first;

	*ret = NULL;
	while (*at) {
		struct node *m = *at;

		if (!str_eq(m->key, "<<")) {
			last = m;
			at = &m->next;
			continue;
		}
		*at = m->next;
		m->next = NULL;
		*merges = m;
		merges = &m->next;
		obj->n--;
	}
	return last;
}

/* Copies, because the members are shared with other users of the anchor. */
static const char *append(struct arena *a, struct node *obj, struct node **last,
			  const struct node *from, size_t max, size_t *used)
{
	if (from->kind == NODE_NULL)
		return NULL;
	if (from->kind != NODE_OBJECT)
		return "\"<<\" with something that is no mapping";
	for (const struct node *m = from->first; m; m = m->next) {
		struct node *copy = arena_alloc(a, sizeof(*copy));

		if (++*used > max)
			return "\"<<\" with too many members in all";
		*copy = *m;
		copy->next = NULL;
		if (*last)
			(*last)->next = copy;
		else
			obj->first = copy;
		*last = copy;
		obj->n++;
	}
	return NULL;
}

const char *yaml_merge(struct arena *a, struct node *obj, size_t max, size_t *used)
{
	struct node *merges, *last = without_merges(obj, &merges);
	struct node **link = last ? &last->next : &obj->first;
	const char *wrong = NULL;

	for (; merges && !wrong; merges = merges->next) {
		const struct node *m = merges;

		if (m->kind != NODE_ARRAY)
			wrong = append(a, obj, &last, m, max, used);
		else
			for (m = m->first; m && !wrong; m = m->next)
				wrong = append(a, obj, &last, m, max, used);
	}
	/* a merged member that repeats a key before it is one that does not count */
	node_mark_duplicates(a, obj);
	while (*link) {
		if ((*link)->duplicate) {
			*link = (*link)->next;
			obj->n--;
		} else {
			link = &(*link)->next;
		}
	}
	return wrong;
}
