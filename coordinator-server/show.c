/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and approvals as results: whole while they fit, in parts when they do not. */
#include "coordinator-server/show.h"

#include <inttypes.h>

#include "common/base/str.h"
#include "common/rpc/page.h"
#include "coordinator-server/approval.h"

#define POLL_MS	   2000
#define OTHER_ROOM 2048 /* members that follow a part */

struct view {
	const char *session_id, *approval_id, *status, *outcome, *how_to_approve,
		*next_cursor;
	struct stamp expires_at;
	struct json request_data, response_data;
};

const struct field show_session_fields[] = { FIELD(struct view, session_id, .req = true),
					     FIELD(struct view, status, .req = true),
					     COLUMN(struct view, outcome),
					     FIELD(struct view, response_data,
						   .flags = FIELD_OBJECT),
					     COLUMN(struct view, approval_id),
					     COLUMN(struct view, how_to_approve),
					     COLUMN(struct view, next_cursor),
					     FIELDS_END };

const struct field show_approval_fields[] = {
	FIELD(struct view, approval_id, .req = true),
	FIELD(struct view, session_id, .req = true),
	FIELD(struct view, status, .req = true),
	FIELD(struct view, expires_at, .req = true),
	FIELD(struct view, request_data, .flags = FIELD_OBJECT),
	COLUMN(struct view, how_to_approve),
	FIELDS_END
};

const struct field list_session_fields[] = {
	FIELD(struct session, session_id, .req = true),
	COLUMN(struct session, initiator),
	COLUMN(struct session, target),
	COLUMN(struct session, tool),
	FIELD(struct session, status, .names = session_statuses, .req = true),
	FIELD(struct session, gate, .names = approval_types, .json = "type"),
	FIELD(struct session, outcome, .names = outcomes),
	COLUMN(struct session, outcome_reason),
	COLUMN(struct session, approval_id),
	COLUMN(struct session, created_at),
	COLUMN(struct session, updated_at),
	COLUMN(struct session, completed_at),
	FIELDS_END
};

const struct field list_approval_fields[] = {
	FIELD(struct approval, approval_id, .req = true),
	COLUMN(struct approval, session_id),
	FIELD(struct approval, type, .names = approval_types),
	COLUMN(struct approval, target),
	COLUMN(struct approval, tool),
	COLUMN(struct approval, requested_by),
	FIELD(struct approval, status, .names = approval_statuses, .req = true),
	COLUMN(struct approval, approved_by),
	COLUMN(struct approval, decision),
	COLUMN(struct approval, expires_at),
	COLUMN(struct approval, created_at),
	COLUMN(struct approval, approved_at),
	COLUMN(struct approval, rejected_at),
	FIELDS_END
};

/* Bytes of text that fit into room as a string: it stands in the result twice, escaped
 * once and escaped twice. */
static size_t fitting(const char *text, size_t room)
{
	size_t cost = 0, n = 0;

	for (; text[n]; n++) {
		cost += text[n] == '"' || text[n] == '\\' ? 2 : 1;
		if (cost > room)
			return utf8_cut(text, n);
	}
	return n;
}

/* JSON text as the member `key`, or a part of it as the string member `part`. */
struct piece {
	const char *key, *part, *list, *id; /* list, id: of the cursor */
	const char *text;
	size_t room;
};

static bool show_piece(struct ctx *c, const struct piece *p, const char *pos,
		       struct jsonw *out, struct err *e)
{
	size_t all = p->text ? strlen(p->text) : 0, n;
	int64_t from = 0;

	if (!p->text)
		return true;
	if (!pos && all <= p->room) {
		jsonw_raw(out, p->key, p->text);
		return true;
	}
	if (pos && (!str_to_i64(pos, &from) || from < 0 || (size_t)from > all))
		return err_set(e, ERR_ARG,
			       "argument \"cursor\" does not fit; start without it");
	n = fitting(p->text + from, p->room);
	jsonw_strn(out, p->part, p->text + from, n);
	jsonw_bool(out, "truncated", (size_t)from + n < all);
	if ((size_t)from + n < all)
		jsonw_str(out, "nextCursor",
			  page_cursor(c, p->list, p->id,
				      arena_printf(c->arena, "%" PRIu64,
						   (uint64_t)from + n)));
	return true;
}

static size_t room_now(const struct jsonw *out)
{
	size_t room = page_room(out);

	return room > OTHER_ROOM ? room - OTHER_ROOM : 0;
}

/* What a person or a model does next; the text is all that some hosts show. */
static const char *next_step(struct ctx *c, const struct session *s)
{
	if (s->status == SESSION_RUNNING)
		return "It still runs: call get_session later, do not open it again.";
	if (s->status == SESSION_PENDING && s->approval_status == APPROVAL_APPROVED)
		return "It is approved and about to run: call get_session.";
	if (s->status == SESSION_PENDING)
		return arena_printf(
			c->arena,
			"A person has to approve this outside of this chat. Do"
			" not open it again; call get_session. Command: %s",
			approval_command(c, s->approval_id));
	if (s->outcome == OUTCOME_UNKNOWN)
		return "Whether the call had an effect is not known: a person has to look;"
		       " do not repeat it.";
	return NULL;
}

bool show_session(struct ctx *c, const struct session *s, const char *pos,
		  struct jsonw *out, struct err *e)
{
	const char *next = next_step(c, s);
	struct piece p = { .key = "responseData",
			   .part = "responsePart",
			   .list = "get_session",
			   .id = s->session_id,
			   .text = s->response_text };
	size_t asked = s->request_text ? strlen(s->request_text) : 0;

	fields_json(list_session_fields, s, out);
	jsonw_str(out, "requestDigest", s->request_digest);
	jsonw_stamp(out, "dispatchedAt", s->dispatched_at);
	if (s->status == SESSION_PENDING) {
		jsonw_stamp(out, "expiresAt", s->expires_at);
		jsonw_str(out, "howToApprove", approval_command(c, s->approval_id));
	}
	if (s->status == SESSION_PENDING || s->status == SESSION_RUNNING)
		jsonw_i64(out, "pollAfterMs", POLL_MS);
	jsonw_str(out, "next", next);
	if (asked && !pos && asked <= room_now(out) / 2)
		jsonw_raw(out, "requestData", s->request_text);
	else if (asked && !pos)
		jsonw_bool(out, "requestOmitted", true); /* get_approval has all of it */
	p.room = room_now(out);
	return show_piece(c, &p, pos, out, e);
}

bool show_approval(struct ctx *c, const struct approval *a, const char *pos,
		   struct jsonw *out, struct err *e)
{
	struct piece p = { .key = "requestData",
			   .part = "requestPart",
			   .list = "get_approval",
			   .id = a->approval_id,
			   .text = a->request_text };
	int64_t left = (a->expires_at.ms - clock_now().ms) / 1000;

	fields_json(list_approval_fields, a, out);
	jsonw_str(out, "requestDigest", a->request_digest);
	jsonw_bool(out, "executed", a->consumed_at.ms != 0);
	if (a->status == APPROVAL_PENDING) {
		jsonw_i64(out, "secondsLeft", left > 0 ? left : 0);
		jsonw_str(out, "howToApprove", approval_command(c, a->approval_id));
	}
	p.room = room_now(out);
	return show_piece(c, &p, pos, out, e);
}
