/* SPDX-License-Identifier: Apache-2.0 */
/* check --fix: repairs what can be repaired, before the check that is reported. */
#include <stdio.h>

#include "common/base/str.h"
#include "compliance-server/cmds.h"
#include "compliance-server/fix.h"

static void tell(FILE *to, struct ctx *c, const struct fix_plan *p,
		 const struct strs *backups)
{
	for (size_t i = 0; i < backups->n; i++)
		fprintf(to, "repaired %s; before: %s\n",
			str_printable(c->arena, p->files[i].file->path, 400),
			str_printable(c->arena, backups->v[i], 400));
	fprintf(to, "\n");
}

bool fix_before_check(struct ctx *c, const struct check_in *in,
		      const struct check_report *r, FILE *to, struct err *e)
{
	const struct fix_options opt = { .pins = in->pin };
	struct fix_plan plan;
	struct strs backups;
	struct buf b CLEANUP(buf_release);
	bool ok = true;

	fix_make(r, &opt, &plan);
	buf_init(&b, SIZE_MAX);
	fix_show(&plan, &b);
	fprintf(to, "%s\n", buf_text(&b));
	if (plan.n_steps == 0) {
		fprintf(to, "nothing that can be repaired by program\n\n");
		return true;
	}
	if (in->dry_run) {
		fprintf(to, "nothing was changed (--dry-run)\n\n");
		return true;
	}
	ok = fix_apply(&plan, c->arena, c->env->state_dir, &backups, e);
	tell(to, c, &plan, &backups);
	return ok;
}
