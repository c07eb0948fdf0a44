/* SPDX-License-Identifier: Apache-2.0 */
/* propose_remediation: the exact repair of an issue. Changes nothing. */
#include "common/base/digest.h"
#include "common/base/str.h"
#include "compliance-server/fix.h"
#include "compliance-server/issue_store.h"
#include "compliance-server/server_store.h"
#include "compliance-server/target.h"
#include "compliance-server/tools.h"

#define PATCH_MAX (16 * 1024)

struct in {
	const char *issue_id;
	struct strs pins;
};

static const struct field in_fields[] = {
	FIELD(struct in, issue_id, .min = 1, .max = 100, .req = true, .doc = "Its id."),
	FIELD(struct in, pins, .max = 20, .item_max = 300, .doc = "\"package=1.2.3\""),
	FIELDS_END
};

struct step {
	const char *rule, *place, *change, *risk;
};

static const struct field step_fields[] = { COLUMN(struct step, rule),
					    COLUMN(struct step, place),
					    COLUMN(struct step, change),
					    COLUMN(struct step, risk), FIELDS_END };

struct change {
	const char *path, *sha256_before, *sha256_after, *mode, *patch;
	bool masked;
};

static const struct field change_fields[] = {
	COLUMN(struct change, path),
	FIELD(struct change, sha256_before, .doc = "Of the file as it was read."),
	COLUMN(struct change, sha256_after),
	FIELD(struct change, mode, .doc = "Permission bits afterwards, if they change."),
	FIELD(struct change, patch, .doc = "Unified diff."),
	FIELD(struct change, masked, .doc = "The patch hides secrets as …."),
	FIELDS_END
};

struct out {
	const char *issue_id, *rule, *title, *recommendation, *risk, *plan_digest, *undo;
	struct items steps, by_hand, files;
	bool repairable;
};

static const struct field out_fields[] = {
	FIELD(struct out, issue_id, .req = true),
	FIELD(struct out, repairable, .req = true),
	COLUMN(struct out, risk),
	FIELD(struct out, plan_digest, .doc = "SHA-256 over files before and after."),
	FIELD(struct out, steps, .of = step_fields, .of_size = sizeof(struct step)),
	FIELD(struct out, files, .of = change_fields, .of_size = sizeof(struct change)),
	FIELD(struct out, by_hand, .of = step_fields, .of_size = sizeof(struct step),
	      .doc = "Places without a repair by program, and why."),
	COLUMN(struct out, recommendation),
	COLUMN(struct out, undo),
	FIELDS_END
};

/* The issue as the files show it now; NULL: they no longer do. */
static const struct check_issue *issue_now(struct ctx *c, const struct check_report *r,
					   const struct server *s,
					   const struct compliance_issue *row)
{
	struct target_source source;

	target_source(c->arena, s, &source);
	for (size_t i = 0; i < r->n_targets; i++) {
		struct target t;

		target_of(r, i, &t);
		if (!target_is(&t, s->type, &source))
			continue;
		for (size_t k = 0; k < r->targets[i].n_issues; k++) {
			const struct check_issue *is = &r->targets[i].issues[k];

			if (str_starts(row->issue_id, is->rule->id) &&
			    is->category == row->category)
				return is;
		}
	}
	return NULL;
}

static bool load(struct ctx *c, const struct in *in, struct check_report **ret_report,
		 const struct check_issue **ret, struct err *e)
{
	struct compliance_issue row;
	struct target_source source;
	struct check_options opt = { .type = CHECK_FULL };
	struct server s;
	struct strs paths;

	if (!issue_by_id(c, in->issue_id, &row, e) ||
	    !server_by_name(c, row.server_name, &s, e))
		return false;
	target_source(c->arena, &s, &source);
	if (source.inline_text || !source.path)
		return err_set(
			e, ERR_CONFLICT,
			"\"%.100s\" was checked as inline JSON; there is no file to "
			"repair",
			row.server_name);
	paths = source.files.n > 0 ? source.files : (struct strs){ &source.path, 1 };
	opt.read.host = source.host;
	if (!check_files(c->arena, paths.v, paths.n, &opt, ret_report, e))
		return false;
	*ret = issue_now(c, *ret_report, &s, &row);
	return *ret ||
	       err_set(e, ERR_CONFLICT,
		       "the files no longer show issue \"%.60s\"\nhint: run the check again, "
		       "and it becomes resolved",
		       in->issue_id);
}

static const char *place(struct ctx *c, const struct finding *f)
{
	return arena_printf(c->arena, "%s:%d:%d", f->file->shown, f->line, f->col);
}

static void put_steps(struct ctx *c, const struct fix_plan *p, struct jsonw *out)
{
	struct step *v = arena_array(c->arena, p->n_steps + p->n_left + 1, sizeof(*v));

	for (size_t i = 0; i < p->n_steps; i++)
		v[i] = (struct step){ p->steps[i].finding->rule->id,
				      place(c, p->steps[i].finding), p->steps[i].what,
				      fix_risks[p->steps[i].risk] };
	fields_json_array(step_fields, "steps", v, p->n_steps, sizeof(*v), out);
	for (size_t i = 0; i < p->n_left; i++)
		v[i] = (struct step){ p->left[i].finding->rule->id,
				      place(c, p->left[i].finding), p->left[i].why,
				      NULL };
	fields_json_array(step_fields, "byHand", v, p->n_left, sizeof(*v), out);
}

static const char *sha256(struct ctx *c, const char *text, size_t n)
{
	char hex[DIGEST_HEX_LEN];

	digest_sha256_hex(text, n, hex);
	return arena_strdup(c->arena, hex);
}

static bool put_files(struct ctx *c, const struct fix_plan *p, struct jsonw *out,
		      struct err *e)
{
	struct change *v = arena_array(c->arena, p->n_files + 1, sizeof(*v));

	for (size_t i = 0; i < p->n_files; i++) {
		const struct fix_file *f = &p->files[i];

		if (strlen(f->patch) > PATCH_MAX)
			return err_set(
				e, ERR_LIMIT,
				"the patch is longer than %d KiB\nhint: in a "
				"terminal: compliance-server check --fix --dry-run %s",
				PATCH_MAX / 1024, f->file->shown);
		v[i] = (struct change){
			.path = f->file->real,
			.sha256_before = f->file->sha256,
			.sha256_after = f->after ? sha256(c, f->after, f->n_after)
						 : f->file->sha256,
			.mode = f->mode != f->file->mode
					? arena_printf(c->arena, "%04o", f->mode)
					: NULL,
			.patch = f->patch[0] != '\0' ? f->patch : NULL,
			.masked = f->masked
		};
	}
	fields_json_array(change_fields, "files", v, p->n_files, sizeof(*v), out);
	return true;
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct fix_options opt = { .pins = in->pins };
	const struct check_issue *is;
	struct check_report *r;
	struct fix_plan plan;

	if (!load(c, in, &r, &is, e))
		return false;
	opt.only_issue = is->issue_id;
	fix_make(r, &opt, &plan);
	jsonw_str(out, "issueId", in->issue_id);
	jsonw_bool(out, "repairable", plan.n_steps > 0);
	if (plan.n_steps > 0) {
		jsonw_str(out, "risk", fix_risks[plan.risk]);
		jsonw_str(out, "planDigest", plan.digest);
	}
	put_steps(c, &plan, out);
	if (!put_files(c, &plan, out, e))
		return false;
	jsonw_str(out, "recommendation", is->recommendation);
	if (plan.n_steps > 0)
		jsonw_str(out, "undo",
			  "The bytes before are kept where the repair is applied; copy "
			  "them back.");
	return true;
}

const struct tool tool_propose_remediation = {
	.name = "propose_remediation",
	.title = "Propose a repair",
	.doc = "Shows the exact change that repairs an issue, as a patch. Changes nothing.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.out_schema = OBJECT_SCHEMA(SCHEMA_STR("issueId") "," SCHEMA_STR("planDigest"),
				    "\"issueId\""),
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
