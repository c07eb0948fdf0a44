/* SPDX-License-Identifier: Apache-2.0 */
/* How far a run is, on one scale: its files, the servers of a live check, its rows. */
#include "compliance-server/run_progress.h"

#define READING 1.0 /* all files together */

static double started(const struct run *r)
{
	double n = 0;

	for (size_t i = 0; r->q->live && i < r->n_targets; i++)
		n += run_starts(r, i);
	return n;
}

static double total(const struct run *r)
{
	return READING + started(r) + (double)r->n_targets;
}

void run_told_read(struct ctx *c, const struct run *r)
{
	ctx_progress(c, READING, total(r),
		     arena_printf(c->arena, "%zu files read", r->facts->n_files));
}

static void on_part(struct ctx *c, double done, double of, const char *message)
{
	struct run_part *p = (struct run_part *)c;

	(void)of;
	ctx_progress(p->whole, p->before + done, p->total, message);
}

struct ctx *run_part_live(struct run_part *p, struct ctx *c, const struct run *r)
{
	*p = (struct run_part){
		.c = *c, .whole = c, .before = READING, .total = total(r)
	};
	p->c.progress = on_part;
	return &p->c;
}

void run_told_stored(struct ctx *c, const struct run *r, size_t n)
{
	ctx_progress(
		c, READING + started(r) + (double)n, total(r),
		arena_printf(c->arena, "%zu of %zu results stored", n, r->n_targets));
}
