/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that compare what a server shows with what it showed before. */
#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/base/str.h"
#include "common/field/canon.h"
#include "compliance-server/rules_live.h"

#define TEXT_MAX (32 * 1024 * 1024) /* two lines of a server */

/* What a host shows to a model; other members are nobody's business. */
static const char *const members[] = { "name",	      "title",	      "description",
				       "inputSchema", "outputSchema", "annotations" };

/* A tool and its canonical text, one member after the other. */
struct canonical {
	const struct node *tool;
	const char *text;
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct canonical *)a)->text,
		      ((const struct canonical *)b)->text);
}

static const char *member_text(struct arena *a, const struct node *tool, size_t i)
{
	const struct node *m = node_get(tool, members[i]);
	struct buf b CLEANUP(buf_release);

	buf_init(&b, TEXT_MAX);
	if (m)
		canon_add(a, m, &b);
	return arena_strdup(a, buf_text(&b));
}

static const char *text_of(struct arena *a, const struct node *tool)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, TEXT_MAX);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		buf_adds(&b, member_text(a, tool, i));
		buf_addc(&b, '\n');
	}
	return arena_strdup(a, buf_text(&b));
}

static struct canonical *sorted(struct arena *a, const struct live_list *l)
{
	struct canonical *out = arena_array(a, l->n + 1, sizeof(*out));

	for (size_t i = 0; i < l->n; i++)
		out[i] = (struct canonical){ l->items[i], text_of(a, l->items[i]) };
	qsort(out, l->n, sizeof(*out), compare);
	return out;
}

static const struct node *named(const struct live_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(node_str(node_get(l->items[i], "name")), name))
			return l->items[i];
	return NULL;
}

/* What differs in a tool of this name, for the evidence; its text may be anything. */
static const char *member_that_differs(struct arena *a, const struct node *x,
				       const struct node *y)
{
	for (size_t i = 0; x && y && i < ARRAY_LEN(members); i++) {
		const char *one = member_text(a, x, i), *two = member_text(a, y, i);

		if (!str_eq(one, two))
			return arena_printf(a, "%s: %zu and %zu bytes", members[i],
					    strlen(one), strlen(two));
	}
	return x && y ? "the same name twice" : "only one of the lists has it";
}

/* The first tool that only one list holds in this form; NULL: the lists are equal. */
static const struct node *odd_one(struct arena *a, const struct live_list *x,
				  const struct live_list *y)
{
	const struct canonical *p = sorted(a, x), *q = sorted(a, y);
	size_t i = 0, k = 0;

	while (i < x->n && k < y->n) {
		int order = compare(&p[i], &q[k]);

		if (order != 0)
			return order < 0 ? p[i].tool : q[k].tool;
		i++;
		k++;
	}
	return i < x->n ? p[i].tool : k < y->n ? q[k].tool : NULL;
}

static bool differ(struct rule_run *r, const struct live_list *x,
		   const struct live_list *y, const char *what)
{
	struct arena *scratch = arena_new();
	const struct node *odd = odd_one(scratch, x, y);
	const char *name;

	if (odd) {
		name = node_str(node_get(odd, "name"));
		rule_fail_live(r, SEV_CRITICAL, live_tool_pointer(r, odd), "%s", what);
		rule_evidence(r, "list", "%s",
			      member_that_differs(scratch, named(x, name ? name : ""),
						  named(y, name ? name : "")));
	}
	arena_free(scratch);
	return odd != NULL;
}

void check_pin_005(struct rule_run *r)
{
	const struct live *l = r->live;

	if (!live_has_tools(r))
		return;
	if (l->listings < LIVE_LISTINGS) {
		live_unasked(r);
		return;
	}
	if (!l->list_changed && differ(r, &l->lists[LIVE_TOOLS], &l->last_tools,
				       "the tool is not the same in every listing"))
		return;
	if (l->other_tools.end != PAGES_COMPLETE)
		rule_unknown(r, "the tools were not listed under another client name");
	else
		differ(r, &l->last_tools, &l->other_tools,
		       "the tool is not the same for another client name");
}
