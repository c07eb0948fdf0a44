/* SPDX-License-Identifier: Apache-2.0 */
/* JSON-RPC 2.0 envelopes. */
#include "common/rpc/jsonrpc.h"

#include "common/base/str.h"
#include "common/field/jsonw.h"

bool msg_id(struct arena *a, const struct node *n, const char **ret_raw,
	    const char **ret_key)
{
	if (!n)
		return false;
	if (n->raw_len > LIMIT_ID)
		return false;
	if (n->kind == NODE_STRING) {
		*ret_key = arena_printf(a, "s%s", n->text);
	} else if (n->kind == NODE_NUMBER && !strpbrk(n->text, ".eE")) {
		*ret_key = arena_printf(a, "n%s", n->text);
	} else {
		return false;
	}
	*ret_raw = node_raw(a, n);
	return true;
}

bool msg_read(struct arena *a, const struct node *root, struct msg *m, struct err *e)
{
	const struct node *id, *method, *version;

	*m = (struct msg){ .root = root };
	if (!root || root->kind != NODE_OBJECT)
		return err_set(e, ERR_REQUEST, "a message must be a JSON object");
	id = node_get(root, "id");
	method = node_get(root, "method");
	version = node_get(root, "jsonrpc");
	m->params = node_get(root, "params");
	if (!method && (node_get(root, "result") || node_get(root, "error"))) {
		m->kind = MSG_RESPONSE;
		msg_id(a, id, &m->id, &m->key);
		return true;
	}
	if (!id && method) {
		bool good = str_eq(node_str(version), "2.0") && node_str(method);

		m->kind = MSG_NOTIFICATION;
		m->method = good ? node_str(method) : "";
		return true;
	}
	m->kind = MSG_REQUEST;
	if (id && !msg_id(a, id, &m->id, &m->key))
		return err_set(e, ERR_REQUEST,
			       "id must be a string or an integer of at most %d bytes",
			       LIMIT_ID);
	if (!str_eq(node_str(version), "2.0"))
		return err_set(e, ERR_REQUEST, "jsonrpc must be \"2.0\"");
	m->method = node_str(method);
	if (!m->method)
		return err_set(e, ERR_REQUEST, "method must be given as a string");
	if (m->params && m->params->kind != NODE_OBJECT)
		return err_set(e, ERR_PARAMS, "params must be an object");
	return true;
}

void rpc_head(struct buf *line, const char *id)
{
	buf_adds(line, "{\"jsonrpc\":\"2.0\",\"id\":");
	buf_adds(line, id ? id : "null");
	buf_addc(line, ',');
}

void rpc_error(struct buf *line, const char *id, int code, const char *message,
	       const char *data)
{
	struct jsonw w;

	rpc_head(line, id);
	buf_adds(line, "\"error\":");
	jsonw_init(&w, line);
	jsonw_obj(&w, NULL);
	jsonw_i64(&w, "code", code);
	jsonw_str(&w, "message", message);
	jsonw_raw(&w, "data", data);
	jsonw_end(&w);
	buf_addc(line, '}');
}
