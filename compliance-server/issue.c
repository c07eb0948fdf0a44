/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an issue: opened, refreshed and resolved by checks, moved by people. */
#include "compliance-server/issue.h"

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/id.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/note.h"

#define ID_HEX 16

/* Moves by people. A check opens and resolves by itself. */
static const struct move {
	enum issue_status from, to;
	const char *event;
} moves[] = {
	{ ISSUE_OPEN, ISSUE_IN_PROGRESS, "issue.update" },
	{ ISSUE_OPEN, ISSUE_RESOLVED, "issue.resolve" },
	{ ISSUE_OPEN, ISSUE_CLOSED, "issue.close" },
	{ ISSUE_IN_PROGRESS, ISSUE_OPEN, "issue.update" },
	{ ISSUE_IN_PROGRESS, ISSUE_RESOLVED, "issue.resolve" },
	{ ISSUE_IN_PROGRESS, ISSUE_CLOSED, "issue.close" },
	{ ISSUE_RESOLVED, ISSUE_OPEN, "issue.reopen" },
	{ ISSUE_CLOSED, ISSUE_OPEN, "issue.reopen" },
};

void issue_make_id(const char *rule, enum category category, const char *server_name,
		   char out[ISSUE_ID_LEN])
{
	struct buf b CLEANUP(buf_release);
	char hex[DIGEST_HEX_LEN];

	buf_init(&b, 4096);
	buf_adds(&b, rule);
	buf_addc(&b, '\0');
	buf_adds(&b, names_text(categories, (int)category));
	buf_addc(&b, '\0');
	buf_adds(&b, server_name);
	digest_sha256_hex(buf_text(&b), b.len, hex);
	snprintf(out, ISSUE_ID_LEN, "%.20s-%.*s", rule, ID_HEX, hex);
}

/* An entry for a change of state, beside that of the call itself. */
static bool record(struct ctx *c, const char *event, const struct compliance_issue *i,
		   enum issue_status from, const char *why, struct err *e)
{
	struct note n;

	note_open(c, &n, event, "compliance_issue", i->issue_id, NULL);
	jsonw_str(&n.w, "server", i->server_name);
	jsonw_str(&n.w, "check", i->check_id);
	jsonw_str(&n.w, "severity", severity_text(i->severity));
	if (from)
		jsonw_str(&n.w, "from", names_text(issue_statuses, (int)from));
	jsonw_str(&n.w, "to", names_text(issue_statuses, (int)i->status));
	jsonw_str(&n.w, "note", why);
	return note_store(c, &n, e);
}

static const struct move *find_move(enum issue_status from, enum issue_status to)
{
	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		if (moves[i].from == from && moves[i].to == to)
			return &moves[i];
	}
	return NULL;
}

static bool forbidden(struct ctx *c, const struct compliance_issue *i,
		      enum issue_status to, struct err *e)
{
	const char *accepted = "";

	for (size_t k = 0; k < ARRAY_LEN(moves); k++) {
		if (moves[k].from == i->status)
			accepted = arena_printf(
				c->arena, "%s%s%s", accepted, *accepted ? ", " : "",
				names_text(issue_statuses, (int)moves[k].to));
	}
	return err_set(e, ERR_CONFLICT,
		       "issue %s is %s and cannot become %s; accepted from there: %s",
		       i->issue_id, names_text(issue_statuses, (int)i->status),
		       names_text(issue_statuses, (int)to), accepted);
}

bool issue_move(struct ctx *c, const char *issue_id, const struct issue_change *ch,
		struct compliance_issue *ret, struct err *e)
{
	struct compliance_issue i;
	const struct move *m = NULL;
	enum issue_status from;

	if (!issue_by_id(c, issue_id, &i, e))
		return false;
	from = i.status;
	if (ch->status && ch->status != from) {
		m = find_move(from, ch->status);
		if (!m)
			return forbidden(c, &i, ch->status, e);
		i.status = ch->status;
		i.updated_at = clock_now();
		i.resolved_at =
			i.status == ISSUE_RESOLVED ? i.updated_at : (struct stamp){ 0 };
		if (!issue_set_status(c, &i, from, e))
			return false;
	}
	if ((m || ch->note) &&
	    !record(c, m ? m->event : "issue.update", &i, m ? from : 0, ch->note, e))
		return false;
	*ret = i;
	return true;
}

static bool has_component(const struct strs *s, const char *one)
{
	for (size_t i = 0; i < s->n; i++) {
		if (str_eq(s->v[i], one))
			return true;
	}
	return false;
}

/* What somebody closed comes back only when it has become worse or has spread. */
static bool worse(const struct compliance_issue *was, const struct compliance_issue *now)
{
	if (now->severity > was->severity)
		return true;
	for (size_t i = 0; i < now->affected_components.n; i++) {
		if (!has_component(&was->affected_components,
				   now->affected_components.v[i]))
			return true;
	}
	return false;
}

static bool refresh(struct ctx *c, const struct compliance_issue *was,
		    struct compliance_issue *i, struct err *e)
{
	bool reopen = was->status == ISSUE_CLOSED && worse(was, i);

	i->id = was->id;
	i->created_at = was->created_at;
	i->status = reopen ? ISSUE_OPEN : was->status;
	if (!issue_seen(c, i, e))
		return false;
	return !reopen || record(c, "issue.reopen", i, was->status,
				 "it has become worse or has spread", e);
}

static bool open_new(struct ctx *c, struct compliance_issue *i, struct err *e)
{
	struct stamp before;
	char id[UUID_LEN], when[STAMP_LEN];

	if (!issue_last_resolved(c, i->issue_id, &before, e))
		return false;
	if (before.ms) {
		stamp_iso(before, when);
		i->description = arena_printf(
			c->arena, "%s\nIt was resolved on %s and has come back.",
			i->description, when);
	}
	id_uuid(id);
	i->id = arena_strdup(c->arena, id);
	i->status = ISSUE_OPEN;
	i->created_at = i->updated_at;
	return issue_insert(c, i, e) &&
	       record(c, before.ms ? "issue.reopen" : "issue.open", i, 0, NULL, e);
}

static bool resolve(struct ctx *c, const struct settlement *s,
		    const struct compliance_issue *was, struct err *e)
{
	struct compliance_issue i = *was;

	i.check_id = s->check_id;
	i.status = ISSUE_RESOLVED;
	i.updated_at = i.resolved_at = s->at;
	return issue_set_status(c, &i, was->status, e) &&
	       record(c, "issue.resolve", &i, was->status, NULL, e);
}

static struct compliance_issue *find(struct compliance_issue *v, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i].issue_id, id))
			return &v[i];
	}
	return NULL;
}

static const char *rule_of(struct ctx *c, const char *issue_id)
{
	size_t n = strlen(issue_id);

	return n > ID_HEX + 1 ? arena_strndup(c->arena, issue_id, n - ID_HEX - 1) : "";
}

bool issues_settle(struct ctx *c, const struct settlement *s, struct settled *ret,
		   struct err *e)
{
	struct settled t = { 0 };
	struct compliance_issue *was;
	struct rows rows;

	if (!issue_unresolved(c, s->server_name, &rows, e))
		return false;
	was = rows.at;
	for (size_t i = 0; i < s->n; i++) {
		struct compliance_issue *f = &s->found[i];
		const struct compliance_issue *old = find(was, rows.n, f->issue_id);

		f->check_id = s->check_id;
		f->server_name = s->server_name;
		f->updated_at = s->at;
		if (!(old ? refresh(c, old, f, e) : open_new(c, f, e)))
			return false;
		*(old ? &t.known : &t.opened) += 1;
	}
	for (size_t i = 0; i < rows.n; i++) {
		if (find(s->found, s->n, was[i].issue_id) ||
		    !s->judged(s->arg, rule_of(c, was[i].issue_id), &was[i]))
			continue;
		if (!resolve(c, s, &was[i], e))
			return false;
		t.resolved++;
	}
	*ret = t;
	return true;
}
