/* SPDX-License-Identifier: Apache-2.0 */
/* How the MCP client finds out which era and version a child speaks. */
#include "common/rpc/client_priv.h"

#include <stdio.h>
#include <string.h>

#include "common/field/jsonw.h"

#define PROBE_ID      "1" /* numbers: there are servers that lose other ids */
#define INITIALIZE_ID "2"
#define PROBE_MS \
	2000 /* silence that long on the probe means: ask the older way as well */

static const char *const legacy_versions[] = { "2025-11-25", "2025-06-18", "2025-03-26",
					       "2024-11-05" };

static bool is_legacy(const char *version)
{
	for (size_t i = 0; i < ARRAY_LEN(legacy_versions); i++)
		if (str_eq(version, legacy_versions[i]))
			return true;
	return false;
}

static bool lists(const struct node *versions, bool (*is)(const char *))
{
	if (!versions || versions->kind != NODE_ARRAY)
		return false;
	for (const struct node *v = versions->first; v; v = v->next)
		if (node_str(v) && is(node_str(v)))
			return true;
	return false;
}

static bool is_modern(const char *version)
{
	return str_eq(version, CLIENT_MODERN_VERSION);
}

static void keep_server(struct client *cl, const struct node *server)
{
	cl->info.server_name =
		arena_strdup(cl->arena, node_str(node_get(server, "name")));
	cl->info.server_version =
		arena_strdup(cl->arena, node_str(node_get(server, "version")));
}

static void keep_common(struct client *cl, const struct node *result)
{
	const struct node *caps = node_get(result, "capabilities");

	cl->info.capabilities =
		caps && caps->kind == NODE_OBJECT ? node_raw(cl->arena, caps) : "{}";
	cl->info.instructions =
		arena_strdup(cl->arena, node_str(node_get(result, "instructions")));
}

static const struct node *supported_of(const struct client_reply *r)
{
	if (r->result)
		return node_get(r->result, "supportedVersions");
	if (r->error_code == -32022)
		return node_path(r->error, "data", "supported", NULL);
	return NULL;
}

enum probe { PROBE_MODERN = 1, PROBE_LEGACY, PROBE_FOREIGN };

/* What the answer to server/discover says. */
static enum probe judge(struct client *cl, const struct client_reply *r)
{
	const struct node *versions = supported_of(r);

	if (!versions || versions->kind != NODE_ARRAY || !versions->n)
		return PROBE_LEGACY;
	cl->info.supported = node_raw(cl->arena, versions);
	if (lists(versions, is_modern)) {
		cl->info.modern = true;
		cl->info.version = CLIENT_MODERN_VERSION;
		keep_common(cl, r->result);
		keep_server(cl, node_path(r->result, "_meta",
					  "io.modelcontextprotocol/serverInfo", NULL));
		return PROBE_MODERN;
	}
	return lists(versions, is_legacy) ? PROBE_LEGACY : PROBE_FOREIGN;
}

static bool build_probe(struct client *cl, struct buf *b, struct err *e)
{
	bool ok;

	cl->info.modern = true; /* for the envelope of this one line */
	ok = client_msg_build(cl, PROBE_ID, "server/discover", NULL, false, b, e);
	cl->info.modern = false;
	return ok;
}

static bool build_initialize(struct client *cl, struct buf *b, struct err *e)
{
	struct buf params;
	struct jsonw w;
	bool ok;

	buf_init(&params, 4096);
	jsonw_init(&w, &params);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "protocolVersion", CLIENT_LEGACY_VERSION);
	jsonw_obj(&w, "capabilities");
	jsonw_end(&w);
	jsonw_obj(&w, "clientInfo");
	jsonw_str(&w, "name", cl->as_name);
	jsonw_str(&w, "version", SUITE_VERSION);
	jsonw_end(&w);
	jsonw_end(&w);
	ok = client_msg_build(cl, INITIALIZE_ID, "initialize", buf_text(&params), false,
			      b, e);
	buf_release(&params);
	return ok;
}

static bool take_initialize(struct client *cl, const struct client_reply *r,
			    struct err *e)
{
	const char *version = node_str(node_get(r->result, "protocolVersion"));

	if (r->error_message)
		return err_set(e, ERR_UNAVAILABLE,
			       "%s refused initialize: error %lld: %.200s", cl->name,
			       (long long)r->error_code, r->error_message);
	if (!version)
		return err_set(e, ERR_UNAVAILABLE,
			       "%s answered initialize without a protocolVersion",
			       cl->name);
	if (!is_legacy(version))
		return err_set(
			e, ERR_UNAVAILABLE,
			"%s chose protocol version \"%.40s\"; accepted are %s, %s, %s, %s",
			cl->name, version, legacy_versions[0], legacy_versions[1],
			legacy_versions[2], legacy_versions[3]);
	cl->info.version = arena_strdup(cl->arena, version);
	keep_common(cl, r->result);
	keep_server(cl, node_get(r->result, "serverInfo"));
	return client_notify(cl, "notifications/initialized", NULL, e);
}

static bool initialize(struct client *cl, struct ctx *c, int64_t until, struct err *e)
{
	struct client_reply r = { 0 };
	enum client_wait w = WAIT_FAILED;
	struct buf b;

	buf_init(&b, LIMIT_LINE_OUT);
	if (build_initialize(cl, &b, e))
		w = client_exchange(cl, c, &b, INITIALIZE_ID, until, &r, e);
	buf_release(&b);
	if (w == WAIT_DONE)
		return take_initialize(cl, &r, e);
	if (w == WAIT_SILENT)
		err_set(e, ERR_TIMEOUT, "%s did not answer initialize in time%s%s",
			cl->name,
			cl->junk ? "; it wrote lines that are no MCP messages: " : "",
			cl->junk_why);
	return false;
}

static bool foreign(const struct client *cl, struct err *e)
{
	return err_set(e, ERR_UNAVAILABLE,
		       "%s speaks protocol versions %.120s only; accepted are %s and the "
		       "revisions with a handshake",
		       cl->name, cl->info.supported ? cl->info.supported : "(none)",
		       CLIENT_MODERN_VERSION);
}

bool client_shake(struct client *cl, struct ctx *c, enum client_era era, int64_t until,
		  bool *ret_again, struct err *e)
{
	int64_t left = clock_left(until), now = clock_mono();
	int64_t probe_until =
		era == CLIENT_MODERN ? until : now + MIN(PROBE_MS, left / 4);
	struct client_reply r = { 0 };
	enum client_wait w = WAIT_FAILED;
	enum probe p = PROBE_LEGACY;
	struct buf b;

	*ret_again = false;
	if (era == CLIENT_LEGACY)
		return initialize(cl, c, until, e);
	buf_init(&b, LIMIT_LINE_OUT);
	if (build_probe(cl, &b, e))
		w = client_exchange(cl, c, &b, PROBE_ID, probe_until, &r, e);
	buf_release(&b);
	if (w == WAIT_FAILED) {
		*ret_again =
			era == CLIENT_AUTO && e->code == ERR_UNAVAILABLE && !cl->echoes;
		return false;
	}
	if (w == WAIT_DONE)
		p = judge(cl, &r);
	if (p == PROBE_MODERN)
		return true;
	if (p == PROBE_FOREIGN || (era == CLIENT_MODERN && w == WAIT_DONE))
		return foreign(cl, e);
	if (era == CLIENT_MODERN)
		return err_set(e, ERR_TIMEOUT,
			       "%s did not answer server/discover in time", cl->name);
	/* A slow starter answers both; one that the probe has stuck gets a fresh process.
	 */
	if (initialize(cl, c, w == WAIT_SILENT ? now + left * 6 / 10 : until, e))
		return true;
	/* Slow and modern only: by now it listens. */
	if (w == WAIT_SILENT && e->code == ERR_UNAVAILABLE && client_alive(cl))
		return client_shake(cl, c, CLIENT_MODERN, until, ret_again, e);
	*ret_again = e->code != ERR_CANCELLED && !cl->echoes;
	return false;
}
