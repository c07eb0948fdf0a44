/* SPDX-License-Identifier: Apache-2.0 */
/* The sub-command suppress: adds an entry to a suppression file, the rest of it kept. */
#include <unistd.h>

#include "common/base/fd.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "compliance-server/cmds.h"
#include "compliance-server/suppress.h"

#define LIMIT_FILE (1024u * 1024)

const struct field suppress_fields[] = {
	FIELD(struct suppress_in, words, .max = 2, .item_max = 1000,
	      .doc = "The rule and the target, as a report names them."),
	FIELD(struct suppress_in, reason, .min = 1, .max = 400, .req = true,
	      .doc = "Why it is accepted."),
	FIELD(struct suppress_in, expires, .max = 10, .req = true,
	      .doc = "Last day, such as 2030-12-31; at most a year ahead."),
	FIELD(struct suppress_in, finding, .max = 16,
	      .doc = "Fingerprint of one finding, as the JSON report has it."),
	FIELD(struct suppress_in, by, .max = 100, .doc = "Who accepts it."),
	FIELD(struct suppress_in, file, .max = 4096,
	      .doc = "Default mcp-compliance.suppressions.json in this folder."),
	FIELDS_END
};

static const char *entry_of(struct arena *a, const struct suppress_in *in)
{
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, 16 * 1024);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "rule", in->words.v[0]);
	jsonw_str(&w, "target", in->words.v[1]);
	jsonw_str(&w, "finding", in->finding);
	jsonw_str(&w, "reason", in->reason);
	jsonw_str(&w, "expires", in->expires);
	jsonw_str(&w, "by", in->by);
	jsonw_end(&w);
	return arena_strdup(a, buf_text(&b));
}

/* The text of the file with the entry behind the last one. */
static bool add_to(struct arena *a, const char *path, const char *text, const char *entry,
		   struct buf *out, struct err *e)
{
	struct err why = { .code = ERR_NONE };
	const struct node *top =
		jsonr_parse(a, text, strlen(text), SUPPRESSIONS_JSON, NULL, &why);
	const struct node *last = top && top->kind == NODE_ARRAY ? top->first : NULL;
	size_t at;

	if (!top || top->kind != NODE_ARRAY)
		return err_set(e, ERR_NO_INPUT, "%s: %s", path,
			       top ? "it is not a list" : why.msg);
	while (last && last->next)
		last = last->next;
	at = last ? (size_t)(last->raw - text) + last->raw_len
		  : (size_t)(top->raw - text) + 1;
	buf_add(out, text, at);
	buf_addf(out, "%s\n  %s%s", last ? "," : "", entry, last ? "" : "\n");
	buf_adds(out, text + at);
	return true;
}

bool suppress_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		  struct err *e)
{
	const struct suppress_in *in = args;
	const char *path = in->file ? in->file : SUPPRESSIONS_FILE, *entry, *problem;
	struct buf was CLEANUP(buf_release), now CLEANUP(buf_release);

	(void)status;
	buf_init(&was, LIMIT_FILE);
	buf_init(&now, LIMIT_FILE);
	if (in->words.n != 2)
		return err_set(
			e, ERR_USAGE,
			"suppress needs a rule and a target\nhint: compliance-server "
			"suppress SUP-001 NAME --reason TEXT --expires DATE");
	entry = entry_of(c->arena, in);
	problem = suppression_problem(
		c->arena, jsonr_parse(c->arena, entry, strlen(entry), 0, NULL, NULL));
	if (problem)
		return err_set(e, ERR_USAGE, "the entry would not be in force: %s",
			       problem);
	if (!fd_read_file(path, &was, e)) {
		if (access(path, F_OK) == 0)
			return false;
		buf_reset(&was);
		buf_adds(&was, "[]\n");
	}
	if (!add_to(c->arena, path, buf_text(&was), entry, &now, e) ||
	    !fd_replace_file(path, now.data, now.len, 0644, e))
		return false;
	buf_addf(out, "%s: %s on %s is suppressed until %s\n", path, in->words.v[0],
		 str_printable(c->arena, in->words.v[1], 400), in->expires);
	return true;
}
