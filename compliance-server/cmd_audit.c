/* SPDX-License-Identifier: Apache-2.0 */
/* verify-audit: is the chain of audit entries as it was written? */
#include <inttypes.h>

#include "common/base/str.h"
#include "compliance-server/cmds.h"
#include "compliance-server/note.h"

const struct field verify_audit_fields[] = {
	FIELD(struct verify_audit_in, json, .doc = "Print JSON."), FIELDS_END
};

static void tell_json(const struct audit_verdict *v, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "component", AUDIT_COMPONENT);
	jsonw_str(&w, "verdict", audit_faults[v->fault]);
	jsonw_i64(&w, "entries", v->entries);
	if (v->entries > 0) {
		jsonw_i64(&w, "first", v->first);
		jsonw_i64(&w, "last", v->last);
	}
	if (v->seq > 0)
		jsonw_i64(&w, "seq", v->seq);
	jsonw_str(&w, "id", v->id);
	jsonw_str(&w, "why", v->why);
	jsonw_end(&w);
	buf_addc(out, '\n');
}

static void tell_text(struct ctx *c, const struct audit_verdict *v, struct buf *out)
{
	if (v->fault) {
		buf_addf(out, "%s: broken, %s: %s\n", AUDIT_COMPONENT,
			 audit_faults[v->fault], v->why);
		if (v->id)
			buf_addf(out, "  row %s of audit_logs\n",
				 str_printable(c->arena, v->id, 100));
		buf_addf(out,
			 "  %" PRId64 " entries before it are as they were written\n",
			 v->entries);
		buf_adds(out, "Keep the database as evidence, and find out who had write"
			      " access to it.\n");
	} else if (v->entries == 0) {
		buf_addf(out, "%s: no entry yet\n", AUDIT_COMPONENT);
	} else {
		buf_addf(out,
			 "%s: intact, %" PRId64 " entries, %" PRId64 " to %" PRId64 "\n",
			 AUDIT_COMPONENT, v->entries, v->first, v->last);
	}
}

bool verify_audit_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		      struct err *e)
{
	const struct verify_audit_in *in = args;
	struct audit_verdict v;

	if (!audit_verify(c, AUDIT_COMPONENT, &v, e))
		return false;
	if (in->json)
		tell_json(&v, out);
	else
		tell_text(c, &v, out);
	if (v.fault)
		*status = err_row(ERR_CORRUPT)->exit_status;
	return true;
}
