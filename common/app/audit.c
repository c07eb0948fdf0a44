/* SPDX-License-Identifier: Apache-2.0 */
/* The hash chain of audit entries: writing, verifying, pruning. */
#include "common/app/audit.h"

#include <inttypes.h>

#include "common/app/audit_store.h"
#include "common/base/digest.h"
#include "common/base/id.h"
#include "common/base/str.h"
#include "common/field/canon.h"
#include "common/rpc/tool.h"

#define CLIENT_MAX   200 /* bytes of the client's name */
#define PAGE	     500
#define DETAILS_MAX  (1024 * 1024)
#define RESOURCE_MAX 100 /* code points of the column */
#define MICROS	     "000Z"
#define MICROS_LEN   (STAMP_LEN + 3)
#define FIRST_PREV   "0000000000000000000000000000000000000000000000000000000000000000"
#define PRUNE_ACTION "audit.prune"
#define REMOVED_SEQ  "removed_seq"
#define REMOVED_HASH "removed_hash"

const char *const audit_faults[] = { "intact",	 "edited", "gap", "reordered",
				     "inserted", "time",   NULL };

const char *audit_client(struct ctx *c)
{
	const char *name = call_client_name(c);

	return name ? arena_strndup(c->arena, name,
				    utf8_cut(name, MIN(strlen(name), CLIENT_MAX)))
		    : NULL;
}

void audit_actor(struct ctx *c, struct jsonw *w)
{
	jsonw_obj(w, "actor");
	jsonw_str(w, "id", c->who->user_id);
	jsonw_str(w, "name", c->who->name);
	jsonw_str(w, "client", audit_client(c));
	jsonw_end(w);
}

/* ---- one entry as a value ---------------------------------------------------- */

static struct node *member(struct arena *a, struct node *obj, const char *key,
			   enum node_kind kind, const char *text)
{
	struct node *n = arena_alloc(a, sizeof(*n)), **at = &obj->first;

	*n = (struct node){ .kind = text ? kind : NODE_NULL, .key = key, .text = text };
	while (*at)
		at = &(*at)->next;
	*at = n;
	obj->n++;
	return n;
}

/* A copy of an object without some of its members. */
static struct node *without(struct arena *a, const struct node *obj,
			    const char *const *keys)
{
	struct node *ret = arena_alloc(a, sizeof(*ret)), **at = &ret->first;

	ret->kind = NODE_OBJECT;
	for (const struct node *m = obj ? obj->first : NULL; m; m = m->next) {
		const char *const *k = keys;

		while (*k && !str_eq(*k, m->key))
			k++;
		if (*k)
			continue;
		*at = arena_alloc(a, sizeof(**at));
		**at = *m;
		(*at)->next = NULL;
		at = &(*at)->next;
		ret->n++;
	}
	return ret;
}

static void hash_of(struct arena *a, const struct audit_link *l,
		    const struct node *details, const char *prev,
		    char out[DIGEST_HEX_LEN])
{
	struct node top = { .kind = NODE_OBJECT };
	struct node inner = *details;
	struct buf b CLEANUP(buf_release);

	inner.key = "details";
	inner.next = NULL;
	top.first = &inner;
	top.n = 1;
	member(a, &top, "action", NODE_STRING, l->action);
	member(a, &top, "id", NODE_STRING, l->id);
	member(a, &top, "resource_id", NODE_STRING, l->resource_id);
	member(a, &top, "resource_type", NODE_STRING, l->resource_type);
	member(a, &top, "timestamp", NODE_STRING, l->at);
	buf_init(&b, 2 * DETAILS_MAX);
	buf_adds(&b, prev);
	canon_add(a, &top, &b);
	digest_sha256_hex(buf_text(&b), b.len, out);
}

/* What a database may write in another form (1.50, 1e3) has no place in a chain. */
static bool fits(const struct node *n)
{
	int64_t ignored;

	if (n->kind == NODE_NULL || (n->kind == NODE_NUMBER && !node_i64(n, &ignored)))
		return false;
	for (const struct node *m = n->first; m; m = m->next)
		if (!fits(m))
			return false;
	return true;
}

static struct node *parse(struct arena *a, const char *text)
{
	struct node *n =
		text ? jsonr_parse(a, text, strlen(text), JSONR_DUPLICATES, NULL, NULL)
		     : NULL;

	return n && n->kind == NODE_OBJECT ? n : NULL;
}

static const char *cut_id(struct arena *a, const char *id)
{
	const char *end = id;

	for (int i = 0; id && i < RESOURCE_MAX && *end != '\0'; i++)
		utf8_next(&end);
	return id ? arena_strndup(a, id, (size_t)(end - id)) : NULL;
}

static const char *micros(struct arena *a, struct stamp at)
{
	char *text = arena_alloc(a, MICROS_LEN);

	stamp_iso(at, text);
	memcpy(text + STAMP_LEN - 2, MICROS, sizeof(MICROS));
	return text;
}

bool audit_add(struct ctx *c, const char *component, const struct audit_log *given,
	       struct err *e)
{
	static const char *const ours[] = { "component", "seq", "prev", "hash", NULL };
	const struct node *facts = parse(c->arena, given->details.text);
	struct audit_log row = *given;
	struct audit_link link;
	struct audit_head head;
	struct node *details;
	struct buf b CLEANUP(buf_release);
	char hash[DIGEST_HEX_LEN], id[UUID_LEN];

	buf_init(&b, DETAILS_MAX);
	if (given->details.text && (!facts || !fits(facts)))
		return err_set(e, ERR_INTERNAL, "audit entry %s: details do not fit",
			       row.action);
	if (!audit_head(c, component, &head, e))
		return false;
	id_uuid(id);
	row.id = row.id ? row.id : id;
	row.timestamp = row.timestamp.ms ? row.timestamp : clock_now();
	row.resource_id = cut_id(c->arena, row.resource_id);
	link = (struct audit_link){ .id = row.id,
				    .action = row.action,
				    .resource_type = row.resource_type,
				    .resource_id = row.resource_id,
				    .at = micros(c->arena, row.timestamp) };
	details = without(c->arena, facts, ours);
	member(c->arena, details, "component", NODE_STRING, component);
	member(c->arena, details, "seq", NODE_NUMBER,
	       arena_printf(c->arena, "%" PRId64, ++head.seq));
	if (!head.hash)
		head.hash = FIRST_PREV;
	member(c->arena, details, "prev", NODE_STRING, head.hash);
	hash_of(c->arena, &link, details, head.hash, hash);
	head.hash = hash;
	member(c->arena, details, "hash", NODE_STRING, hash);
	canon_add(c->arena, details, &b);
	row.details.text = buf_text(&b);
	if (b.overflow)
		return err_set(e, ERR_INTERNAL, "audit entry %s: details too long",
			       row.action);
	return audit_insert(c, &row, e) && audit_link(c, &head, row.id, e);
}

/* ---- examining ---------------------------------------------------------------- */

struct walk {
	const char *component;
	struct arena *keep; /* of the caller */
	struct audit_verdict v;
	char hash[DIGEST_HEX_LEN];	 /* of the last good entry */
	char start_prev[DIGEST_HEX_LEN]; /* what the first one follows … */
	bool start_told;		 /* … and an audit.prune that tells of it */
	struct stamp first_at, latest;
	/* where to stop before the end; 0: nowhere */
	struct stamp before;
	int64_t max;
};

static bool bad(struct walk *w, enum audit_fault f, int64_t seq,
		const struct audit_link *l, const char *fmt, ...) PRINTF_LIKE(5, 6);
static bool bad(struct walk *w, enum audit_fault f, int64_t seq,
		const struct audit_link *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	w->v.fault = f;
	w->v.seq = seq;
	w->v.id = l ? arena_strdup(w->keep, l->id) : NULL;
	w->v.why = arena_vprintf(w->keep, fmt, ap);
	va_end(ap);
	return false;
}

static bool gap(struct walk *w, int64_t from, int64_t to)
{
	return from == to
		       ? bad(w, AUDIT_GAP, from, NULL, "entry %" PRId64 " is missing", to)
		       : bad(w, AUDIT_GAP, from, NULL,
			     "entries %" PRId64 " to %" PRId64 " are missing", from, to);
}

/* An entry that is as it was written: is this its place? */
static bool place_is_good(struct walk *w, const struct audit_link *l, int64_t seq,
			  const char *prev)
{
	bool first = w->v.entries == 0;

	if (seq != l->seq)
		return bad(w, AUDIT_REORDERED, l->seq, l,
			   "entry %" PRId64 " was entry %" PRId64, l->seq, seq);
	if (!first && !str_eq(prev, w->hash))
		return bad(w, AUDIT_REORDERED, seq, l,
			   "entry %" PRId64 " does not follow the one before it", seq);
	if (!first)
		return true;
	if (seq == 1 && !str_eq(prev, FIRST_PREV))
		return bad(w, AUDIT_REORDERED, 1, l, "entry 1 was not the first one");
	w->v.first = seq;
	memcpy(w->start_prev, prev, sizeof(w->start_prev));
	return true;
}

static void note_prune(struct walk *w, const struct audit_link *l,
		       const struct node *details)
{
	int64_t removed;

	if (str_eq(l->action, PRUNE_ACTION) &&
	    node_i64(node_get(details, REMOVED_SEQ), &removed) &&
	    removed == w->v.first - 1 &&
	    str_eq(node_str(node_get(details, REMOVED_HASH)), w->start_prev))
		w->start_told = true;
}

static bool link_is_good(struct walk *w, struct arena *a, const struct audit_link *l)
{
	static const char *const hash_only[] = { "hash", NULL };
	const struct node *all = parse(a, l->details.text);
	const char *prev = node_str(node_get(all, "prev"));
	int64_t seq = l->seq, due = w->v.last + 1;
	char hash[DIGEST_HEX_LEN] = "";
	struct stamp at;

	if (w->v.entries > 0 && seq > due)
		return gap(w, due, seq - 1);
	if (!l->action)
		return gap(w, seq, seq);
	if (all && prev && l->at)
		hash_of(a, l, without(a, all, hash_only), prev, hash);
	if (!str_eq(hash, node_str(node_get(all, "hash"))) || !stamp_parse(l->at, &at) ||
	    strlen(prev) != DIGEST_HEX_LEN - 1 || !node_i64(node_get(all, "seq"), &seq))
		return bad(w, AUDIT_EDITED, l->seq, l,
			   "entry %" PRId64 " was edited: its hash is that of something"
			   " else",
			   l->seq);
	if (!place_is_good(w, l, seq, prev))
		return false;
	if (at.ms < w->latest.ms - AUDIT_TURN_BACK_MS)
		return bad(w, AUDIT_TIME, seq, l,
			   "the time of entry %" PRId64 " is %" PRId64
			   " s before that of an earlier one",
			   seq, (w->latest.ms - at.ms) / 1000);
	if (w->v.entries == 0)
		w->first_at = at;
	w->latest.ms = MAX(w->latest.ms, at.ms);
	memcpy(w->hash, hash, sizeof(hash));
	w->v.entries++;
	w->v.last = seq;
	note_prune(w, l, all);
	return true;
}

static bool at_limit(const struct walk *w, const struct audit_link *l)
{
	struct stamp at;

	return (w->max && w->v.entries == w->max) ||
	       (w->before.ms && stamp_parse(l->at, &at) && at.ms >= w->before.ms);
}

/* Entries in order to the end, to the limit or to a bad one. Pages have an arena of their
 * own: a chain may be long. */
static bool walk_links(struct ctx *c, struct walk *w, struct err *e)
{
	struct arena *a = arena_new();
	struct ctx page = *c;
	struct rows rows = { NULL, PAGE };
	bool ok = true, on = true;

	page.arena = a;
	while (ok && on && rows.n == PAGE) {
		const struct audit_link *l;

		arena_reset(a);
		ok = !ctx_stop(c, e) &&
		     audit_links(&page, w->component, w->v.last, PAGE, &rows, e);
		l = rows.at;
		for (size_t i = 0; ok && on && i < rows.n; i++, l++)
			on = !at_limit(w, l) && link_is_good(w, a, l);
	}
	arena_free(a);
	return ok;
}

/* What a walk to the end leaves open: the beginning, the end, and rows outside. */
static bool check_ends(struct ctx *c, struct walk *w, struct err *e)
{
	struct audit_head head;
	const char *stray;

	if (!audit_head(c, w->component, &head, e))
		return false;
	if (w->v.entries > 0 && w->v.first > 1 && !w->start_told)
		gap(w, 1, w->v.first - 1);
	else if (head.seq > w->v.last)
		gap(w, w->v.last + 1, head.seq);
	else if (head.seq < w->v.last)
		bad(w, AUDIT_INSERTED, head.seq + 1, NULL,
		    "entry %" PRId64 " came after the end of the chain", head.seq + 1);
	else if (head.seq > 0 && !str_eq(head.hash, w->hash))
		bad(w, AUDIT_EDITED, head.seq, NULL,
		    "the end of the chain is not entry %" PRId64, head.seq);
	if (w->v.fault)
		return true;
	if (w->v.entries == 0)
		return true;
	if (!audit_stray(c, w->component, w->first_at, &stray, e))
		return false;
	if (stray)
		bad(w, AUDIT_INSERTED, 0, &(struct audit_link){ .id = stray },
		    "a row stands outside the chain");
	return true;
}

static bool verify_view(struct ctx *c, void *arg, struct err *e)
{
	struct walk *w = arg;

	return walk_links(c, w, e) && (w->v.fault || check_ends(c, w, e));
}

bool audit_verify(struct ctx *c, const char *component, struct audit_verdict *ret,
		  struct err *e)
{
	struct walk w = { .component = component, .keep = c->arena };

	if (!db_read(c, verify_view, &w, e))
		return false;
	*ret = w.v;
	return true;
}

/* ---- pruning ------------------------------------------------------------------ */

static bool tell_prune(struct ctx *c, const struct walk *w, struct err *e)
{
	struct audit_log row = { .action = PRUNE_ACTION,
				 .resource_type = "audit_log",
				 .resource_id = w->component };
	struct buf b CLEANUP(buf_release);
	struct jsonw j;

	buf_init(&b, DETAILS_MAX);
	jsonw_init(&j, &b);
	jsonw_obj(&j, NULL);
	audit_actor(c, &j);
	jsonw_i64(&j, "removed", w->v.entries);
	jsonw_i64(&j, REMOVED_SEQ, w->v.last);
	jsonw_str(&j, REMOVED_HASH, w->hash);
	jsonw_str(&j, "result", "ok");
	jsonw_end(&j);
	row.details.text = buf_text(&b);
	return audit_add(c, w->component, &row, e);
}

bool audit_prune(struct ctx *c, const char *component, struct stamp before, int64_t max,
		 int64_t *ret_removed, struct err *e)
{
	struct walk w = {
		.component = component, .keep = c->arena, .before = before, .max = max
	};

	if (!walk_links(c, &w, e))
		return false;
	if (w.v.fault)
		return err_set(e, ERR_CORRUPT, "the audit log is not pruned: %s",
			       w.v.why);
	*ret_removed = w.v.entries;
	return w.v.entries == 0 ||
	       (audit_remove(c, component, w.v.last, e) && tell_prune(c, &w, e));
}
