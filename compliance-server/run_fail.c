/* SPDX-License-Identifier: Apache-2.0 */
/* What a run that broke off leaves: failed checks, and why. */
#include "common/base/log.h"
#include "compliance-server/check_store.h"
#include "compliance-server/note.h"
#include "compliance-server/run.h"

#define END_MS 5000 /* for marking a cancelled run as failed */

static bool record_fail(struct ctx *c, const struct compliance_check *k, const char *why,
			struct err *e)
{
	struct note n;

	note_open(c, &n, "check.fail", "compliance_check", k->check_id, "failed");
	jsonw_str(&n.w, "server", k->server_name);
	jsonw_str(&n.w, "reason", why);
	return note_store(c, &n, e);
}

struct failure {
	struct run *r;
	const struct err *why;
};

static bool fail_all(struct ctx *c, void *arg, struct err *e)
{
	const struct failure *f = arg;
	struct run *r = f->r;
	struct err ignored;

	for (size_t i = 0; i < r->n_targets; i++) {
		struct compliance_check k = r->targets[i].check;

		if (!r->targets[i].wanted || !k.id)
			continue;
		k.status = STATUS_FAILED;
		k.overall_score.set = false;
		k.details.text = arena_printf(c->arena, "{\"failure\":\"%s\"}",
					      err_row(f->why->code)->name);
		k.completed_at = k.updated_at = clock_now();
		k.duration =
			(struct opt_i64){ k.completed_at.ms - k.started_at.ms, true };
		if (check_finish(c, &k, &ignored)) {
			if (!record_fail(c, &k, err_row(f->why->code)->name, e))
				return false;
			continue;
		}
		if (ignored.code != ERR_CONFLICT)
			return err_set(e, ignored.code, "%s", ignored.msg);
	}
	return true;
}

void run_fail(struct ctx *c, struct run *r, const struct err *why)
{
	struct failure f = { r, why };
	struct ctx end = *c;
	struct err e = { 0 };

	if (!r->stored)
		return;
	end.cancelled = NULL;
	end.deadline = clock_mono() + END_MS;
	if (!db_tx(&end, fail_all, &f, &e))
		log_event(LOG_WARN, "check",
			  "a check that failed (%s) could not be marked: %s", why->msg,
			  e.msg);
	run_let_go(&r->hold);
}
