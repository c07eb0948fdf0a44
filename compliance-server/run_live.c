/* SPDX-License-Identifier: Apache-2.0 */
/* Starting the servers of a run; where their tools come from when they cannot be. */
#define _GNU_SOURCE /* environ */
#include "compliance-server/run_live.h"

#include <string.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/fd.h"
#include "common/base/str.h"
#include "compliance-server/facts_tools.h"
#include "compliance-server/live.h"
#include "compliance-server/registry.h"
#include "compliance-server/run_metrics.h"
#include "compliance-server/run_progress.h"

#define LIST_MAX (8 * 1024 * 1024)

/* A file with a list of tools, of one server or of the only one. */
struct given {
	const char *name; /* NULL: the only one */
	const char *path;
	const struct node *top;
};

static bool read_given(struct ctx *c, const char *text, struct given *ret, struct err *e)
{
	const char *eq = strchr(text, '=');
	struct buf b CLEANUP(buf_release);
	struct given g = { .path = eq ? eq + 1 : text };

	if (eq)
		g.name = arena_strndup(c->arena, text, (size_t)(eq - text));
	buf_init(&b, LIST_MAX);
	if (!fd_read_file(g.path, &b, e))
		return false;
	g.top = jsonr_parse(c->arena, arena_strndup(c->arena, buf_text(&b), b.len), b.len,
			    JSONR_DUPLICATES | JSONR_NUL | JSONR_BOM, NULL, e);
	if (!g.top)
		return err_prefix(e, "%s", g.path), false;
	if (!tools_of_file(g.top))
		return err_set(e, ERR_ARG,
			       "%s: no list of tools\nhint: the result of tools/list, or "
			       "an object with \"tools\"",
			       g.path);
	*ret = g;
	return true;
}

static const struct given *given_for(const struct run *r, const struct given *given,
				     const struct entry *entry)
{
	for (size_t i = 0; i < r->q->tools.n; i++)
		if (given[i].name ? str_eq(given[i].name, entry->name)
				  : r->n_servers == 1)
			return &given[i];
	return NULL;
}

bool run_live(struct ctx *c, struct run *r, struct err *e)
{
	struct entry **list = arena_array(c->arena, r->n_targets + 1, sizeof(*list));
	struct given *given = arena_array(c->arena, r->q->tools.n + 1, sizeof(*given));
	const struct live_options o = { .environ_in = environ,
					.more = r->report->type == CHECK_FULL ||
						r->report->type == CHECK_PERFORMANCE,
					.measure = r->report->type == CHECK_PERFORMANCE };
	struct program_cache cache = { NULL };
	struct run_part part;
	size_t n = 0;

	for (size_t i = 0; i < r->q->tools.n; i++)
		if (!read_given(c, r->q->tools.v[i], &given[i], e))
			return false;
	for (size_t i = 0; i < r->n_targets; i++)
		if (run_starts(r, i))
			list[n++] = r->facts->entries[r->targets[i].t->entry->index];
	if (n > 0 && !live_run(run_part_live(&part, c, r), r->facts, list, n, &o, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct given *g = given_for(r, given, list[i]);

		registry_compare(c->arena, list[i], environ, &cache);
		if (!g || !list[i]->live || list[i]->live->state != LIVE_NEEDS_CREDENTIAL)
			continue;
		list[i]->kept = live_of_list(c->arena, g->top);
		list[i]->kept_note = arena_printf(
			c->arena, "it needs a credential; the tools of %s are judged",
			g->path);
	}
	return metrics_load(c, r, e);
}
