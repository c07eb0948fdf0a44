/* SPDX-License-Identifier: Apache-2.0 */
/* Approvals for the eyes of a person. */
#include "coordinator-server/print.h"

#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/jsonr.h"
#include "common/field/jsonw.h"

#define INDENT 4

/* An escape is at most ten bytes for one. */
static const char *shown(struct ctx *c, const char *text)
{
	return text ? str_printable(c->arena, text, strlen(text) * 10 + 16) : "";
}

static void pad(struct buf *b, int depth)
{
	buf_addf(b, "%*s", INDENT + 2 * depth, "");
}

/* A key as a JSON string again: a quote in it must not look like its end. */
static const char *quoted_key(struct ctx *c, const char *key)
{
	const char *ret;
	struct jsonw w;
	struct buf b;

	buf_init(&b, 8 * strlen(key) + 16);
	jsonw_init(&w, &b);
	jsonw_str(&w, NULL, key);
	ret = shown(c, buf_text(&b));
	buf_release(&b);
	return ret;
}

/* The tokens as they stand in the text, one value a line. */
static void value(struct ctx *c, const struct node *n, int depth, struct buf *b)
{
	bool object = n->kind == NODE_OBJECT;

	if ((!object && n->kind != NODE_ARRAY) || !n->first) {
		buf_adds(b, shown(c, arena_strndup(c->arena, n->raw, n->raw_len)));
		return;
	}
	buf_adds(b, object ? "{\n" : "[\n");
	for (const struct node *m = n->first; m; m = m->next) {
		pad(b, depth + 1);
		if (object)
			buf_addf(b, "%s: ", quoted_key(c, m->key));
		value(c, m, depth + 1, b);
		buf_adds(b, m->next ? ",\n" : "\n");
	}
	pad(b, depth);
	buf_addc(b, object ? '}' : ']');
}

static void line(struct ctx *c, struct buf *b, const char *name, const char *text)
{
	if (text && *text)
		buf_addf(b, "  %-13s %s\n", name, shown(c, text));
}

static void moment(struct buf *b, const char *name, struct stamp at)
{
	char text[STAMP_LEN];

	if (!at.ms)
		return;
	stamp_iso(at, text);
	buf_addf(b, "  %-13s %s\n", name, text);
}

static const char *time_left(struct ctx *c, const struct approval *a)
{
	int64_t s = (a->expires_at.ms - clock_now().ms) / 1000;

	if (s <= 0)
		return "over";
	if (s < 120)
		return arena_printf(c->arena, "%lld s", (long long)s);
	return arena_printf(c->arena, "%lld min", (long long)(s / 60));
}

bool print_approval(struct ctx *c, const struct approval *a, struct buf *b, struct err *e)
{
	const char *text = a->request_text ? a->request_text : "{}";
	const struct node *n = jsonr_parse(c->arena, text, strlen(text), 0, NULL, e);

	if (!n)
		return false;
	buf_addf(b, "Approval %s: %s\n\n", a->approval_id,
		 names_text(approval_statuses, (int)a->status));
	line(c, b, "type", names_text(approval_types, (int)a->type));
	line(c, b, "target", a->target);
	line(c, b, "tool", a->tool);
	line(c, b, "requested by",
	     arena_printf(c->arena, "%s (as it claims)", a->requested_by));
	line(c, b, "reason", node_str(node_get(n, "reason")));
	line(c, b, "session", a->session_id);
	moment(b, "requested at", a->created_at);
	moment(b, "expires at", a->expires_at);
	if (a->status == APPROVAL_PENDING)
		line(c, b, "time left", time_left(c, a));
	line(c, b, "approved by", a->approved_by);
	line(c, b, "note", a->decision);
	moment(b, "approved at", a->approved_at);
	moment(b, "rejected at", a->rejected_at);
	moment(b, "executed at", a->consumed_at);
	line(c, b, "digest", a->request_digest);
	buf_addf(b, "\n  The request, as it is stored, hashed and sent:\n%*s", INDENT,
		 "");
	value(c, n, 0, b);
	buf_adds(b, "\n");
	return !b->overflow || err_set(e, ERR_LIMIT, "the request is too long to show");
}

void print_approval_line(struct ctx *c, const struct approval *a, struct buf *b)
{
	const char *what =
		a->tool ? arena_printf(c->arena, "%s %s", a->target, a->tool) : a->target;

	buf_addf(b, "%-31s %-9s %-14s %-8s %-36s %s\n", a->approval_id,
		 names_text(approval_statuses, (int)a->status),
		 names_text(approval_types, (int)a->type),
		 a->status == APPROVAL_PENDING ? time_left(c, a) : "",
		 str_printable(c->arena, what ? what : "", 60),
		 str_printable(c->arena, a->requested_by, 60));
}
