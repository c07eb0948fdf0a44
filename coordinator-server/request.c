/* SPDX-License-Identifier: Apache-2.0 */
/* The one text of a request: what is stored, shown to a person, hashed, and sent. */
#include "coordinator-server/request.h"

#include "common/base/digest.h"
#include "common/base/id.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/jsonr.h"
#include "common/field/jsonw.h"
#include "coordinator-server/trail.h"

#define TEXT_MAX (2 * ARGUMENTS_MAX)

static bool is_external(const struct request *r)
{
	return str_eq(r->target, EXTERNAL);
}

static void write_members(const struct request *r, const struct session *s, bool intent,
			  struct jsonw *w)
{
	jsonw_i64(w, "v", 1);
	if (!intent)
		jsonw_str(w, "sessionId", s->session_id);
	if (r->type)
		jsonw_str(w, "type", names_text(approval_types, (int)r->type));
	jsonw_str(w, "initiator", s->initiator);
	jsonw_obj(w, "target");
	jsonw_str(w, "name", r->target);
	jsonw_str(w, "launch", r->launch);
	jsonw_end(w);
	jsonw_str(w, "tool", r->tool);
	jsonw_raw(w, is_external(r) ? "requestData" : "arguments", r->arguments.text);
	if (r->effect)
		jsonw_str(w, "effect", names_text(effects, (int)r->effect));
	if (r->timeout_ms)
		jsonw_i64(w, "timeoutMs", r->timeout_ms);
	if (!intent)
		jsonw_str(w, "reason", r->reason);
}

static char *make_text(struct ctx *c, const struct request *r, const struct session *s,
		       bool intent, char digest[DIGEST_HEX_LEN])
{
	struct jsonw w;
	struct buf b;
	char *text;

	buf_init(&b, TEXT_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	write_members(r, s, intent, &w);
	jsonw_end(&w);
	text = arena_strndup(c->arena, buf_text(&b), b.len);
	digest_sha256_hex(text, b.len, digest);
	buf_release(&b);
	return text;
}

bool request_write(struct ctx *c, const struct request *r, struct session *ret,
		   struct err *e)
{
	char uuid[UUID_LEN], id[ID_LEN], hex[DIGEST_HEX_LEN];
	struct session s = { .initiator = trail_agent(c),
			     .target = r->target,
			     .tool = r->tool,
			     .status = SESSION_PENDING,
			     .gate = r->type,
			     .effect = r->effect ? r->effect : EFFECT_ONCE,
			     .created_at = clock_now() };

	if (strlen(r->arguments.text) > ARGUMENTS_MAX)
		return err_set(e, ERR_LIMIT,
			       "argument \"%s\": %zu bytes; accepted are at most %d",
			       is_external(r) ? "requestData" : "arguments",
			       strlen(r->arguments.text), ARGUMENTS_MAX);
	id_uuid(uuid);
	id_public("ses", id);
	s.id = arena_strdup(c->arena, uuid);
	s.session_id = arena_strdup(c->arena, id);
	make_text(c, r, &s, true, hex);
	s.intent_digest = arena_strdup(c->arena, hex);
	s.request_text = make_text(c, r, &s, false, hex);
	s.request_data.text = s.request_text;
	s.request_digest = arena_strdup(c->arena, hex);
	s.updated_at = s.created_at;
	*ret = s;
	return true;
}

bool request_read(struct ctx *c, const struct session *s, struct request *ret,
		  struct err *e)
{
	const char *text = s->request_text ? s->request_text : "";
	const struct node *n, *arguments;
	char hex[DIGEST_HEX_LEN];

	digest_sha256_hex(text, strlen(text), hex);
	if (!str_eq(hex, s->request_digest))
		return err_set(e, ERR_CORRUPT,
			       "the request of session \"%s\" does not fit its digest",
			       s->session_id);
	n = jsonr_parse(c->arena, text, strlen(text), 0, NULL, e);
	if (!n)
		return false;
	arguments = node_get(n, "arguments");
	*ret = (struct request){
		.target = s->target,
		.tool = s->tool,
		.launch = node_str(node_get(node_get(n, "target"), "launch")),
		.arguments.text = arguments ? node_raw(c->arena, arguments) : "{}",
		.type = s->gate,
		.effect = s->effect,
		.reason = node_str(node_get(n, "reason")),
	};
	if (!node_i64(node_get(n, "timeoutMs"), &ret->timeout_ms))
		ret->timeout_ms = CALL_TIMEOUT;
	return true;
}
