/* SPDX-License-Identifier: Apache-2.0 */
/* Sub-commands for people: what waits for a decision, approve, reject. */
#include "coordinator-server/cmds.h"

#include "common/base/fd.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/base/tty.h"
#include "common/field/jsonw.h"
#include "coordinator-server/approval.h"
#include "coordinator-server/approval_store.h"
#include "coordinator-server/print.h"
#include "coordinator-server/show.h"
#include "coordinator-server/trail.h"

#define LISTED	    200
#define CODE_LEN    8 /* characters of the digest that a person types */
#define REQUEST_MAX (64 * 1024 * 1024)

struct list_in {
	const char *id;
	bool all, json;
};

static const struct field list_fields[] = {
	FIELD(struct list_in, id, .max = 100, .doc = "Show this one in full."),
	FIELD(struct list_in, all, .doc = "Also those that are decided or over."),
	FIELD(struct list_in, json, .doc = "Print JSON."), FIELDS_END
};

static void list_json(const struct rows *rows, size_t n, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_obj(&w, NULL);
	fields_json_array(list_approval_fields, "approvals", rows->at, n,
			  sizeof(struct approval), &w);
	jsonw_end(&w);
	buf_addc(out, '\n');
}

static bool list_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		     struct err *e)
{
	const struct list_in *in = args;
	const struct approval_filter f = { .status = in->all ? 0 : APPROVAL_PENDING,
					   .limit = LISTED };
	struct approval a;
	struct rows rows;
	size_t n;

	(void)status;
	if (in->id)
		return approval_by_id(c, in->id, &a, e) && print_approval(c, &a, out, e);
	if (!approval_list(c, &f, &rows, e))
		return false;
	n = MIN(rows.n, (size_t)LISTED);
	if (in->json) {
		list_json(&rows, n, out);
		return true;
	}
	if (!n) {
		buf_addf(out, in->all ? "There are no approvals.\n"
				      : "Nothing waits for a decision.\n");
		return true;
	}
	buf_addf(out, "%-31s %-9s %-14s %-8s %-36s %s\n", "ID", "STATUS", "TYPE", "LEFT",
		 "TARGET AND TOOL", "REQUESTED BY");
	for (size_t i = 0; i < n; i++)
		print_approval_line(c, (const struct approval *)rows.at + i, out);
	if (rows.n > n)
		buf_addf(out, "… and more; the newest %d are shown\n", LISTED);
	buf_addf(out, "\n`%s approvals ID` shows one in full.\n", c->env->app->name);
	return true;
}

/* ---- approve, reject ------------------------------------------------------- */

struct decide_in {
	const char *id, *note;
};

static const struct field decide_fields[] = {
	FIELD(struct decide_in, id, .max = 100, .req = true,
	      .doc = "Id of the approval."),
	FIELD(struct decide_in, note, .max = 1000, .doc = "Kept with the decision."),
	FIELDS_END
};

/* Shows all of it and wants some characters of the digest typed: Enter alone is a no. */
static bool ask_person(struct ctx *c, const struct approval *a, struct err *e)
{
	CLEANUP(fd_close_ptr) int fd = tty_open();
	struct buf b CLEANUP(buf_release) = { .max = 0 };

	if (fd < 0)
		return err_set(
			e, ERR_DENIED,
			"there is no terminal to ask on; a person approves at one\n"
			"hint: a person runs `%s approve %s` at a terminal",
			c->env->app->name, a->approval_id);
	buf_init(&b, REQUEST_MAX);
	return print_approval(c, a, &b, e) &&
	       tty_confirm(c, fd, &b, a->request_digest, CODE_LEN, e);
}

static bool decide(struct ctx *c, const struct decide_in *in, bool yes, struct buf *out,
		   struct err *e)
{
	struct decision d = { .yes = yes, .person = trail_person(c), .note = in->note };
	struct approval a;

	if (!approval_by_id(c, in->id, &a, e))
		return false;
	if (a.status != APPROVAL_PENDING && (yes || a.status != APPROVAL_APPROVED))
		return err_set(e, ERR_CONFLICT, "approval \"%s\" is %s already",
			       a.approval_id,
			       names_text(approval_statuses, (int)a.status));
	if (yes && !ask_person(c, &a, e))
		return false;
	d.digest = a.request_digest;
	if (!approval_decide(c, in->id, &d, &a, e))
		return false;
	call_audit_id(c, a.approval_id);
	buf_addf(out, "%s is %s by %s%s\n", a.approval_id,
		 names_text(approval_statuses, (int)a.status), d.person,
		 yes && a.tool ? "; a running coordinator carries it out once" : "");
	return true;
}

static bool approve_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
			struct err *e)
{
	(void)status;
	return decide(c, args, true, out, e);
}

static bool reject_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		       struct err *e)
{
	(void)status;
	return decide(c, args, false, out, e);
}

/* LONG: nobody holds a transaction while a person reads. */
const struct command coordinator_commands[] = {
	{ .name = "approvals",
	  .usage = "[ID] [--all] [--json]",
	  .doc = "List what waits for a decision, or show one request in full.",
	  .in = list_fields,
	  .in_size = sizeof(struct list_in),
	  .words = "id",
	  .run = list_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_READ },
	{ .name = "approve",
	  .usage = "ID [--note TEXT]",
	  .doc = "Approve one request at a terminal, after showing it and asking there.",
	  .in = decide_fields,
	  .in_size = sizeof(struct decide_in),
	  .words = "id",
	  .run = approve_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_ADMIN,
	  .audit = "approval.approve",
	  .resource = "approval_request" },
	{ .name = "reject",
	  .usage = "ID [--note TEXT]",
	  .doc = "Reject one request, or revoke an approval that was not used yet.",
	  .in = decide_fields,
	  .in_size = sizeof(struct decide_in),
	  .words = "id",
	  .run = reject_cmd,
	  .order = ORDER_LONG,
	  .perm = PERM_ADMIN,
	  .audit = "approval.reject",
	  .resource = "approval_request" },
	{ .name = NULL },
};
