/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an issue: opened, refreshed and resolved by checks, moved by people. */
#include "compliance-server/issue.h"

#include "common/app/audit_store.h"
#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/id.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/note.h"
#include "compliance-server/predicate.h"
#include "compliance-server/suppress.h"

#define ID_HEX	   16
#define NOTE_LINE  "\nNote of "
#define NOTE_BYTES 4000

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

static void put_components(struct jsonw *w, const struct strs *components)
{
	jsonw_arr(w, "components");
	for (size_t i = 0; i < components->n; i++) {
		char hex[DIGEST_HEX_LEN];

		digest_sha256_hex(components->v[i], strlen(components->v[i]), hex);
		jsonw_strn(w, NULL, hex, ID_HEX);
	}
	jsonw_end(w);
}

/* An entry for a change, beside that of the call itself. What was there when an issue was
 * closed decides later whether it comes back. */
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
	if (i->status == ISSUE_CLOSED)
		put_components(&n.w, &i->affected_components);
	jsonw_str(&n.w, "note", why);
	return note_store(c, &n, e);
}

/* ---- notes: the last line of a description, kept from check to check ------------- */

static const char *note_in(const char *description)
{
	const char *at = NULL;

	for (const char *p = description; p && (p = strstr(p, NOTE_LINE)); p++)
		at = p;
	return at;
}

/* One line, and no credential: notes are shown and kept. */
static const char *clean_note(struct arena *a, const char *note)
{
	char *text = arena_strdup(a, note);
	struct span s;

	for (char *p = text; *p != '\0'; p++)
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	text = str_printable(a, text, NOTE_BYTES);
	while (token_kind(text, NULL, &s))
		text = arena_printf(a, "%.*s[redacted]%s", (int)(s.p - text), text,
				    s.p + s.n);
	return text;
}

static const char *with_note(struct ctx *c, const char *description, const char *note)
{
	const char *old = note_in(description);
	char now[STAMP_LEN];

	if (!note)
		return description;
	stamp_iso(clock_now(), now);
	return arena_printf(
		c->arena, "%.*s" NOTE_LINE "%s, %.10s: %s",
		(int)(old ? (size_t)(old - description) : strlen(description)),
		description, c->who->name, now, note);
}

static const char *keep_note(struct arena *a, const char *description,
			     const struct compliance_issue *was)
{
	const char *note = was ? note_in(was->description) : NULL;

	return note ? arena_printf(a, "%s%s", description, note) : description;
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
	const char *note = ch->note ? clean_note(c->arena, ch->note) : NULL;
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
		i.resolved_at =
			i.status == ISSUE_RESOLVED ? clock_now() : (struct stamp){ 0 };
	}
	if (m || note) {
		i.updated_at = i.resolved_at.ms && m ? i.resolved_at : clock_now();
		i.description = with_note(c, i.description, note);
		if (!issue_set_status(c, &i, from, e) ||
		    !record(c, m ? m->event : "issue.update", &i, m ? from : 0, note, e))
			return false;
	}
	*ret = i;
	return true;
}

/* ---- from check to check ---------------------------------------------------------- */

/* How a closed issue came to be closed. */
struct closing {
	bool suppressed; /* by a suppression, not by a person */
	const struct node
		*log; /* severity and components of that time; NULL: not known */
};

static bool newest_log(struct ctx *c, const char *action, const char *issue_id,
		       const struct node **ret, struct err *e)
{
	const struct audit_filter f = { .action = action,
					.resource_type = "compliance_issue",
					.resource_id = issue_id };
	const struct audit_log *l;
	struct rows rows;

	*ret = NULL;
	if (!audit_list(c, &f, &rows, e))
		return false;
	l = rows.at;
	for (size_t i = 0; i < rows.n && l[i].details.text && !*ret; i++) {
		const struct node *n =
			jsonr_parse(c->arena, l[i].details.text,
				    strlen(l[i].details.text), 0, NULL, NULL);

		*ret = node_get(n, "to") ? n : NULL; /* else of a call */
	}
	return true;
}

static bool closing_of(struct ctx *c, const struct compliance_issue *was,
		       struct closing *ret, struct err *e)
{
	const struct node *person, *file;
	int64_t closed = 0, applied = 0;

	if (!newest_log(c, "issue.close", was->issue_id, &person, e) ||
	    !newest_log(c, "suppression.apply", was->issue_id, &file, e))
		return false;
	/* without an entry, or of another form, it counts as older */
	if (!node_i64(node_get(person, "seq"), &closed))
		closed = 0;
	if (!node_i64(node_get(file, "seq"), &applied))
		applied = 0;
	ret->suppressed = applied > closed;
	ret->log = ret->suppressed ? file : person;
	return true;
}

static bool had(const struct closing *cl, const struct compliance_issue *was,
		const char *component)
{
	const struct node *list = node_get(cl->log, "components");
	char hex[DIGEST_HEX_LEN];

	for (size_t i = 0; i < was->affected_components.n && !list; i++)
		if (str_eq(was->affected_components.v[i], component))
			return true;
	digest_sha256_hex(component, strlen(component), hex);
	hex[ID_HEX] = '\0';
	for (const struct node *n = list ? list->first : NULL; n; n = n->next)
		if (str_eq(node_str(n), hex))
			return true;
	return false;
}

/* What somebody closed comes back only when it has become worse or has spread since. */
static bool worse(const struct closing *cl, const struct compliance_issue *was,
		  const struct compliance_issue *now)
{
	const char *severity = node_str(node_get(cl->log, "severity"));

	if (now->severity >
	    (severity ? (enum severity)names_find(severities, severity) : was->severity))
		return true;
	for (size_t i = 0; i < now->affected_components.n; i++)
		if (!had(cl, was, now->affected_components.v[i]))
			return true;
	return false;
}

static bool changed(const struct compliance_issue *was,
		    const struct compliance_issue *now)
{
	bool same = was->severity == now->severity &&
		    was->affected_components.n == now->affected_components.n;

	for (size_t i = 0; same && i < now->affected_components.n; i++)
		same = str_eq(was->affected_components.v[i],
			      now->affected_components.v[i]);
	return !same;
}

/* What becomes of an unresolved issue that is found again. */
static bool next_status(struct ctx *c, const struct compliance_issue *was,
			const struct compliance_issue *now, bool suppressed,
			enum issue_status *ret, const char **ret_event,
			const char **ret_why, struct err *e)
{
	struct closing cl;

	*ret = was->status;
	*ret_event = changed(was, now) ? "issue.update" : NULL;
	if (was->status != ISSUE_CLOSED) {
		if (!suppressed)
			return true;
		*ret = ISSUE_CLOSED;
		*ret_event = "suppression.apply";
		return true;
	}
	if (suppressed)
		return true;
	if (!closing_of(c, was, &cl, e))
		return false;
	if (!cl.suppressed && !worse(&cl, was, now))
		return true;
	*ret = ISSUE_OPEN;
	*ret_event = cl.suppressed ? "suppression.expire" : "issue.reopen";
	*ret_why = cl.suppressed ? "the suppression has expired or was removed"
				 : "it has become worse or has spread";
	return true;
}

static bool refresh(struct ctx *c, const struct compliance_issue *was,
		    struct compliance_issue *i, const struct suppression *s,
		    struct err *e)
{
	const char *event, *why = s ? s->reason : NULL;

	i->id = was->id;
	i->created_at = was->created_at;
	i->description = keep_note(c->arena, i->description, was);
	return next_status(c, was, i, s != NULL, &i->status, &event, &why, e) &&
	       issue_seen(c, i, e) &&
	       (!event || record(c, event, i, was->status, why, e));
}

static bool open_new(struct ctx *c, struct compliance_issue *i,
		     const struct suppression *s, struct err *e)
{
	struct stamp before;
	char id[UUID_LEN], when[STAMP_LEN];
	const char *event;

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
	i->status = s ? ISSUE_CLOSED : ISSUE_OPEN;
	i->created_at = i->updated_at;
	event = s ? "suppression.apply" : before.ms ? "issue.reopen" : "issue.open";
	return issue_insert(c, i, e) && record(c, event, i, 0, s ? s->reason : NULL, e);
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
		const struct suppression *by = s->by ? s->by[i] : NULL;
		const struct compliance_issue *old = find(was, rows.n, f->issue_id);

		f->check_id = s->check_id;
		f->server_name = s->server_name;
		f->updated_at = s->at;
		if (by)
			f->description = arena_printf(
				c->arena, "%s\nSuppressed until %s: %s", f->description,
				by->expires, clean_note(c->arena, by->reason));
		if (!(old ? refresh(c, old, f, by, e) : open_new(c, f, by, e)))
			return false;
		if (!by)
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
