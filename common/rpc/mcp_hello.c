/* SPDX-License-Identifier: Apache-2.0 */
/* What client and server say about themselves: initialize, server/discover, envelopes. */
#include "common/rpc/mcp.h"

#include "common/base/mem.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/listen.h"

#define SUPPORTED \
	"[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\",\"2024-11-05\"]"

static const char icon[] =
	"data:image/png;base64,"
	"iVBORw0KGgoAAAANSUhEUgAAADAAAAAwAgMAAAAqbBEUAAAACVBMVEUAAAAfX7////+OD3lKAAAA"
	"AXRSTlMAQObYZgAAAIlJREFUeNqd0sENgCAMBdB6cAT3cQQPwoER2IcRPPinNKDS/01MjD35YoFS"
	"amZjaLGY9e9ToYfZ4Jg9q+YJJsf6FYGiIuGBCEJigBCxOxI2Rwbt1rIuxJZ1IaM4AKrgXHKjMMLr"
	"H1nDu8k5UoHUplXLfeSm0gPtTu+bt/fP+7y/tgyFjIsOEo3YAQqDy9q+xYSuAAAAAElFTkSuQmCC";

static void flag(struct jsonw *w, const char *name, bool on)
{
	if (on)
		jsonw_bool(w, name, true);
}

static bool offers_app(const struct offer *o)
{
	for (size_t i = 0; o->tools && o->tools[i]; i++)
		if (o->tools[i]->app)
			return true;
	return false;
}

static void extensions(const struct offer *o, bool tasks, enum rev rev, struct jsonw *w)
{
	tasks = tasks && rev == REV_2026;
	if ((!tasks && !offers_app(o)) || rev < REV_2025_06)
		return;
	jsonw_obj(w, "extensions");
	if (tasks) {
		jsonw_obj(w, TASKS_EXTENSION);
		jsonw_end(w);
	}
	if (offers_app(o)) {
		jsonw_obj(w, P_PREFIX "ui");
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void capabilities(const struct offer *o, bool tasks, enum rev rev, struct jsonw *w)
{
	jsonw_obj(w, "capabilities");
	if (mcp_offers(o, NEED_TOOLS)) {
		jsonw_obj(w, "tools");
		flag(w, "listChanged", o->list_changed);
		jsonw_end(w);
	}
	if (mcp_offers(o, NEED_RESOURCES)) {
		jsonw_obj(w, "resources");
		flag(w, "subscribe", o->subscribe);
		flag(w, "listChanged", o->list_changed);
		jsonw_end(w);
	}
	if (mcp_offers(o, NEED_PROMPTS)) {
		jsonw_obj(w, "prompts");
		flag(w, "listChanged", o->list_changed);
		jsonw_end(w);
	}
	if (o->completions && rev >= REV_2025_03) {
		jsonw_obj(w, "completions");
		jsonw_end(w);
	}
	if (o->logging && rev < REV_2026) {
		jsonw_obj(w, "logging");
		jsonw_end(w);
	}
	if (tasks && rev == REV_2025_11)
		jsonw_raw(w, "tasks",
			  "{\"cancel\":{},\"requests\":{\"tools\":{\"call\":{}}}}");
	extensions(o, tasks, rev, w);
	jsonw_end(w);
}

static void server_info(const struct offer *o, enum rev rev, const char *key,
			struct jsonw *w)
{
	jsonw_obj(w, key);
	jsonw_str(w, "name", o->name);
	if (rev >= REV_2025_06)
		jsonw_str(w, "title", o->title);
	jsonw_str(w, "version", o->version);
	if (rev >= REV_2025_11) {
		jsonw_str(w, "description", o->description);
		jsonw_arr(w, "icons");
		jsonw_obj(w, NULL);
		jsonw_str(w, "src", icon);
		jsonw_str(w, "mimeType", "image/png");
		jsonw_arr(w, "sizes");
		jsonw_str(w, NULL, "48x48");
		jsonw_end(w);
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* ---- the client's side of a handshake or envelope ---- */

static unsigned read_caps(const struct node *caps, enum rev rev)
{
	const struct node *el = node_get(caps, "elicitation");
	const struct node *form = node_get(el, "form"), *url = node_get(el, "url");
	unsigned set = 0;

	if (el && el->kind == NODE_OBJECT && rev >= REV_2025_06 &&
	    (form || !url || rev < REV_2025_11))
		set |= CAP_FORM;
	if (url && rev >= REV_2025_11)
		set |= CAP_URL;
	if (node_get(caps, "sampling"))
		set |= CAP_SAMPLING;
	if (node_get(caps, "roots"))
		set |= CAP_ROOTS;
	if (rev == REV_2026 && node_path(caps, "extensions", TASKS_EXTENSION, NULL))
		set |= CAP_TASKS;
	return set;
}

static bool good_info(const struct node *info)
{
	return node_str(node_get(info, "name")) && node_str(node_get(info, "version"));
}

bool mcp_initialize(struct call *k, struct err *e)
{
	struct session *ss = &k->srv->session;
	const char *version = node_str(node_get(k->params, "protocolVersion"));
	const struct node *caps = node_get(k->params, "capabilities");
	const struct node *info = node_get(k->params, "clientInfo");
	struct jsonw w;
	int rev;

	if (!version)
		return err_set(e, ERR_PARAMS,
			       "protocolVersion must be given as a string");
	if (!caps || caps->kind != NODE_OBJECT)
		return err_set(e, ERR_PARAMS, "capabilities must be given as an object");
	if (!good_info(info))
		return err_set(
			e, ERR_PARAMS,
			"clientInfo must be given with name and version as strings");
	rev = names_find(rev_names, version);
	if (rev == REV_NONE || rev == REV_2026)
		rev = REV_2025_11;
	wire_lock(&k->srv->wire);
	listen_forget(ss);
	mem_free(ss->client_name);
	*ss = (struct session){ .rev = (enum rev)rev,
				.caps = read_caps(caps, (enum rev)rev),
				.client_name =
					mem_strdup(node_str(node_get(info, "name"))) };
	if (k->srv->opt.offer->logging)
		ss->log_level = names_find(log_level_names, "info");
	wire_unlock(&k->srv->wire);
	k->rev = ss->rev;
	reply_open(k, &w);
	jsonw_str(&w, "protocolVersion", rev_names[rev]);
	capabilities(k->srv->opt.offer, k->srv->opt.tasks != NULL, k->rev, &w);
	server_info(k->srv->opt.offer, k->rev, "serverInfo", &w);
	jsonw_str(&w, "instructions", k->srv->opt.offer->instructions);
	reply_close(k, &w, CACHE_NONE);
	return true;
}

bool mcp_discover(struct call *k, struct err *e)
{
	const struct offer *o = k->srv->opt.offer;
	struct jsonw w;

	(void)e;
	reply_open(k, &w);
	jsonw_raw(&w, "supportedVersions", SUPPORTED);
	capabilities(o, k->srv->opt.tasks != NULL, REV_2026, &w);
	jsonw_str(&w, "instructions", o->instructions);
	jsonw_i64(&w, "ttlMs", 3600000);
	jsonw_str(&w, "cacheScope", "public");
	jsonw_obj(&w, "_meta");
	server_info(o, REV_2026, P_PREFIX "serverInfo", &w);
	jsonw_end(&w);
	jsonw_end(&w);
	buf_addc(&k->line, '}');
	return true;
}

static bool version_error(struct call *k, const char *version, struct err *e)
{
	CLEANUP(buf_release) struct buf b;
	struct jsonw w;

	buf_init(&b, 4096);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_raw(&w, "supported", SUPPORTED);
	jsonw_strn(&w, "requested", version,
		   utf8_cut(version, MIN(strlen(version), 256u)));
	jsonw_end(&w);
	err_set(e, ERR_VERSION,
		"unsupported protocol version; metadata name 2026-07-28, older revisions start "
		"with initialize");
	e->data = arena_strdup(k->ctx.arena, buf_text(&b));
	return false;
}

bool mcp_read_envelope(struct call *k, const struct node *meta, struct err *e)
{
	const char *version = node_str(node_get(meta, P_PREFIX "protocolVersion"));
	const struct node *caps = node_get(meta, P_PREFIX "clientCapabilities");
	const struct node *info = node_get(meta, P_PREFIX "clientInfo");
	const struct node *level = node_get(meta, P_PREFIX "logLevel");

	k->rev = REV_2026;
	if (!version)
		return err_set(e, ERR_PARAMS,
			       "_meta must have " P_PREFIX "protocolVersion as a string");
	if (!str_eq(version, rev_names[REV_2026]))
		return version_error(k, version, e);
	if (!caps || caps->kind != NODE_OBJECT)
		return err_set(e, ERR_PARAMS,
			       "_meta must have " P_PREFIX
			       "clientCapabilities as an object");
	if (info && !good_info(info))
		return err_set(e, ERR_PARAMS,
			       P_PREFIX
			       "clientInfo must have name and version as strings");
	k->caps = read_caps(caps, REV_2026);
	k->client_name = node_str(node_get(info, "name"));
	if (level)
		k->log_level = names_find(log_level_names, node_str(level));
	if (level && k->log_level == 0)
		return err_set(e, ERR_PARAMS,
			       P_PREFIX
			       "logLevel must be one of debug, info, notice, warning, "
			       "error, critical, alert, emergency");
	return true;
}
