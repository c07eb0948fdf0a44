/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of one request: results, errors, their place in a batch, on the wire. */
#include "common/rpc/call.h"

#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/listen.h"

enum { ERROR_ROOM = LIMIT_ID + 256 }; /* the longest error of a batch that is full */

void result_server_info(const struct server *s, struct jsonw *w)
{
	jsonw_obj(w, P_PREFIX "serverInfo");
	jsonw_str(w, "name", s->opt.offer->name);
	jsonw_str(w, "version", s->opt.offer->version);
	jsonw_end(w);
}

void reply_open(struct call *k, struct jsonw *w)
{
	buf_reset(&k->line);
	rpc_head(&k->line, k->id);
	buf_adds(&k->line, "\"result\":");
	jsonw_init(w, &k->line);
	jsonw_obj(w, NULL);
	if (call_modern(k))
		jsonw_str(w, "resultType",
			  k->creates_task     ? "task"
			  : k->input_requests ? "input_required"
					      : "complete");
}

void reply_close(struct call *k, struct jsonw *w, enum cache cache)
{
	if (call_modern(k)) {
		if (cache != CACHE_NONE) {
			jsonw_i64(w, "ttlMs", cache == CACHE_STATIC ? 3600000 : 0);
			jsonw_str(w, "cacheScope",
				  cache == CACHE_STATIC ? "public" : "private");
		}
		jsonw_obj(w, "_meta");
		result_server_info(k->srv, w);
		jsonw_end(w);
	}
	jsonw_end(w);
	buf_addc(&k->line, '}');
}

void reply_result(struct call *k, const char *result, size_t n)
{
	buf_reset(&k->line);
	rpc_head(&k->line, k->id);
	buf_adds(&k->line, "\"result\":");
	buf_add(&k->line, result, n);
	buf_addc(&k->line, '}');
}

/* What a code means where there is no tool result to carry it. */
int reply_code(const struct call *k, enum err_code code)
{
	if (code == ERR_NO_RESOURCE)
		return call_modern(k) ? -32602 : -32002;
	if (code == ERR_ARG)
		return -32602;
	return err_row(code)->rpc_code != 0 ? err_row(code)->rpc_code : -32603;
}

void reply_ask(struct call *k)
{
	struct jsonw w;

	k->notices = NULL;
	k->notices_end = &k->notices;
	reply_open(k, &w);
	jsonw_raw(&w, "inputRequests", k->input_requests);
	jsonw_str(&w, "requestState", k->request_state);
	reply_close(k, &w, CACHE_NONE);
}

static void tool_error(struct call *k, const char *text)
{
	struct jsonw w;

	reply_open(k, &w);
	jsonw_arr(&w, "content");
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "type", "text");
	jsonw_str(&w, "text", text);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_bool(&w, "isError", true);
	reply_close(k, &w, CACHE_NONE);
}

void reply_error(struct call *k, const struct err *e)
{
	enum err_surface surface = err_row(e->code)->surface;

	k->notices = NULL; /* what was to be told did not happen */
	k->notices_end = &k->notices;
	buf_reset(&k->line);
	if (surface == SURFACE_TOOL && str_eq(k->method, "tools/call"))
		tool_error(k, e->msg);
	else if (surface != SURFACE_SILENT)
		rpc_error(&k->line, k->id, reply_code(k, e->code), e->msg, e->data);
}

/* With the lock held: one more answer of a batch. */
static void batch_add(struct call *k)
{
	struct batch *b = k->batch;
	size_t reserve = b->open * ERROR_ROOM;

	if (b->out.len + k->line.len + reserve > LIMIT_LINE_OUT) {
		buf_reset(&k->line);
		rpc_error(&k->line, k->id, -32603,
			  "the answer is too large for this batch", NULL);
	}
	if (k->line.overflow)
		return;
	buf_addc(&b->out, b->out.len == 0 ? '[' : ',');
	buf_add(&b->out, k->line.data, k->line.len);
}

void batch_done(struct server *s, struct batch *b)
{
	if (--b->open > 0)
		return;
	if (b->out.len > 0)
		buf_adds(&b->out, "]\n");
	if (b->out.len > 0 && !b->out.overflow)
		wire_put(&s->wire, b->out.data, b->out.len);
	buf_release(&b->out);
	mem_free(b);
}

static void end_line(struct call *k)
{
	if (!k->batch && k->line.len > 0)
		buf_addc(&k->line, '\n');
}

void reply_send(struct call *k)
{
	struct server *s = k->srv;

	end_line(k);
	if (k->line.overflow) {
		buf_reset(&k->line);
		rpc_error(&k->line, k->id, -32603, "the answer is larger than 4 MiB",
			  NULL);
		end_line(k);
	}
	wire_lock(&s->wire);
	listen_send_all(
		k); /* what happened is told even when the call was cancelled late */
	if (!k->cancelled && k->line.len > 0) {
		if (k->batch)
			batch_add(k);
		else if (!k->line.overflow)
			wire_put(&s->wire, k->line.data, k->line.len);
	}
	call_leave(k);
	if (k->batch)
		batch_done(s, k->batch);
	k->batch = NULL;
	wire_unlock(&s->wire);
}
