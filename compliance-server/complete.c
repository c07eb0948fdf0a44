/* SPDX-License-Identifier: Apache-2.0 */
/* Completion of names of servers, of ids of checks and of rules. */
#define _GNU_SOURCE /* strcasestr */
#include "compliance-server/complete.h"

#include <string.h>
#include <strings.h>

#include "common/field/jsonw.h"
#include "compliance-server/check_store.h"
#include "compliance-server/rules.h"
#include "compliance-server/server_store.h"

#define ROWS_MAX 10000 /* of a table; the total counts no more */

static bool begins(const char *s, const char *text)
{
	return strncasecmp(s, text, strlen(text)) == 0;
}

static bool rank(const struct strs *all, const char *text, struct jsonw *values,
		 int64_t *total)
{
	*total = 0;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < all->n; i++) {
			bool front = begins(all->v[i], text);

			if (pass == 0 ? !front : front || !strcasestr(all->v[i], text))
				continue;
			if ((*total)++ < COMPLETE_MAX)
				jsonw_str(values, NULL, all->v[i]);
		}
	}
	return true;
}

bool complete_server(struct ctx *c, const char *arg, const char *text,
		     const struct node *context, struct jsonw *values, int64_t *total,
		     struct err *e)
{
	struct strs all;

	(void)arg;
	(void)context;
	return server_names(c, ROWS_MAX, &all, e) && rank(&all, text, values, total);
}

bool complete_check(struct ctx *c, const char *arg, const char *text,
		    const struct node *context, struct jsonw *values, int64_t *total,
		    struct err *e)
{
	struct strs all;

	(void)arg;
	(void)context;
	return check_ids(c, ROWS_MAX, &all, e) && rank(&all, text, values, total);
}

bool complete_rule(struct ctx *c, const char *arg, const char *text,
		   const struct node *context, struct jsonw *values, int64_t *total,
		   struct err *e)
{
	struct strs all = { NULL, 0 };
	const char **ids = arena_array(c->arena, rules_count() + 1, sizeof(*ids));
	const struct rule *r;

	(void)arg;
	(void)context;
	(void)e;
	while ((r = rule_at(all.n)))
		ids[all.n++] = r->id;
	all.v = ids;
	return rank(&all, text, values, total);
}
