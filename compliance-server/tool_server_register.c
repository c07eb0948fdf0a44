/* SPDX-License-Identifier: Apache-2.0 */
/* register_servers: takes the servers of a configuration into the registry. */
#include "common/base/str.h"
#include "common/rpc/page.h"
#include "compliance-server/changed.h"
#include "compliance-server/configuration.h"
#include "compliance-server/input.h"
#include "compliance-server/keep.h"
#include "compliance-server/target.h"
#include "compliance-server/tools.h"

#define CONFIG_MAX (1024 * 1024)
#define TEXT_MAX   200

struct in {
	const char *path;
	struct json config;
	const char *host;
	const char *owner, *purpose, *contact;
	struct facts *facts; /* made by prep */
	const char *note;
};

struct line {
	const char *name, *type, *transport, *version;
	bool enabled, is_new;
};

struct out {
	struct items servers;
	int64_t registered, added;
	const char *note;
	bool truncated;
};

static const struct field in_fields[] = {
	FIELD(struct in, path, .min = 1, .max = 4096,
	      .doc = "mcp.json or another host's file, or a project folder."),
	FIELD(struct in, config, .flags = FIELD_OBJECT,
	      .doc = "Its JSON in place of a path; kept in memory only."),
	FIELD(struct in, host, .max = 40, .doc = "Host it is read as, such as vscode."),
	FIELD(struct in, owner, .min = 1, .max = TEXT_MAX, .doc = NULL),
	FIELD(struct in, purpose, .min = 1, .max = TEXT_MAX, .doc = NULL),
	FIELD(struct in, contact, .min = 1, .max = TEXT_MAX, .doc = NULL),
	FIELDS_END
};

static const struct field line_fields[] = { FIELD(struct line, name, .req = true),
					    COLUMN(struct line, transport),
					    COLUMN(struct line, version),
					    FIELD(struct line, enabled, .req = true),
					    FIELD(struct line, is_new, .json = "added",
						  .req = true),
					    FIELDS_END };

static const struct field out_fields[] = {
	FIELD(struct out, registered, .req = true),
	FIELD(struct out, added, .req = true, .doc = "Not known before."),
	FIELD(struct out, servers, .of = line_fields, .of_size = sizeof(struct line),
	      .req = true),
	FIELD(struct out, note, .doc = "What to know about the file."), FIELDS_END
};

static bool read_facts(struct ctx *c, struct in *in, struct err *e)
{
	const struct facts_options opt = { .host = in->host };
	struct strs paths = { NULL, 0 };

	if ((in->path && !input_paths(c, input_base(c), in->path, &paths, e)) ||
	    !facts_read(c->arena, paths.v, paths.n, &opt, &in->facts, e))
		return false;
	return !in->config.text ||
	       facts_add_text(in->facts, "inline.json", in->config.text,
			      strlen(in->config.text), &opt, e);
}

/* A file that cannot be understood is an error; one without servers is told. */
static bool readable(struct ctx *c, struct in *in, struct err *e)
{
	const struct facts *f = in->facts;

	for (size_t i = 0; i < f->n_files; i++) {
		const struct config_file *file = f->files[i];

		if (file->state != FILE_READ && file->state != FILE_EMPTY)
			return err_set(e, ERR_ARG, "%s:%d:%d: %s",
				       str_printable(c->arena, file->path, 200),
				       file->error_at.line, file->error_at.col,
				       file->error);
	}
	if (f->n_entries == 0)
		in->note = "no servers were found: a host keeps them under mcpServers,"
			   " servers or mcp";
	return true;
}

static bool prep(struct ctx *c, void *args, struct err *e)
{
	struct in *in = args;

	if ((in->path != NULL) == (in->config.text != NULL))
		return err_set(
			e, ERR_ARG,
			"give exactly one of path (a file or folder) and config (the"
			" JSON object of an mcp.json)");
	if (in->config.text && strlen(in->config.text) > CONFIG_MAX)
		return err_set(e, ERR_ARG, "argument \"config\": longer than 1 MiB");
	return input_host(c, in->host, e) && read_facts(c, in, e) && readable(c, in, e);
}

/* A check makes rows too; only this says that somebody answers for the server. */
static bool mark(struct ctx *c, const struct in *in, const struct entry *entry,
		 struct server *row, struct err *e)
{
	const struct registered r = { .definition_sha256 = entry->definition_sha256,
				      .owner = in->owner,
				      .purpose = in->purpose,
				      .contact = in->contact };

	row->configuration.text = configuration_register(
		c->arena, row->configuration.text, &r, c->who->name);
	return server_change(c, row, e);
}

static bool register_all(struct ctx *c, const struct in *in, struct line *lines,
			 int64_t *ret_added, struct err *e)
{
	const struct facts *f = in->facts;
	struct strs taken = { arena_array(c->arena, f->n_entries + 1, sizeof(*taken.v)),
			      0 };

	*ret_added = 0;
	for (size_t i = 0; i < f->n_entries; i++) {
		const struct entry *entry = f->entries[i];
		const struct target t = { .type = "mcp",
					  .name = entry->name[0] ? entry->name
								 : "unnamed",
					  .entry = entry,
					  .file = entry->file };
		struct server row;

		if (!target_register(c, &t, &taken, &row, &lines[i].is_new, e) ||
		    !mark(c, in, entry, &row, e))
			return false;
		taken.v[taken.n++] = row.name;
		lines[i].name = row.name;
		lines[i].version = row.version;
		lines[i].enabled = entry->enabled;
		lines[i].transport = entry->transport == TRANSPORT_STDIO    ? "stdio"
				     : entry->transport == TRANSPORT_REMOTE ? "remote"
									    : NULL;
		*ret_added += lines[i].is_new;
		changed_server(c, row.name);
	}
	changed_status(c);
	return true;
}

static void keep_inline(struct ctx *c, const struct in *in, const struct line *lines,
			size_t n)
{
	const struct services *s = c->app;
	const char **names = arena_array(c->arena, n + 1, sizeof(*names));

	for (size_t i = 0; i < n; i++)
		names[i] = lines[i].name;
	if (s && in->config.text)
		keep_put(s->keep, names, n, in->config.text, in->host);
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	const struct facts *f = in->facts;
	const char *note = in->note;
	struct line *lines;
	int64_t added;

	lines = arena_array(c->arena, f->n_entries + 1, sizeof(*lines));
	if (!register_all(c, in, lines, &added, e))
		return false;
	keep_inline(c, in, lines, f->n_entries);
	call_audit_id(c, f->n_entries > 0 ? lines[0].name : NULL);
	jsonw_i64(out, "registered", (int64_t)f->n_entries);
	jsonw_i64(out, "added", added);
	jsonw_arr(out, "servers");
	for (size_t i = 0; i < f->n_entries && page_room(out) > 1024; i++) {
		jsonw_obj(out, NULL);
		fields_json(line_fields, &lines[i], out);
		jsonw_end(out);
	}
	jsonw_end(out);
	if (!note && page_room(out) <= 1024)
		note = "not all are shown; list_servers pages through them";
	jsonw_str(out, "note", note);
	return true;
}

const struct tool tool_register_servers = {
	.name = "register_servers",
	.title = "Register servers",
	.doc = "Takes the servers of an MCP configuration into the registry, to follow them"
	       " over time.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.out_schema = LIST_SCHEMA("servers", SCHEMA_INT("added") ","),
	.prep = prep,
	.run = run,
	.order = ORDER_WRITE,
	.perm = PERM_WRITE,
	.hints = HINT_IDEMPOTENT,
	.audit = "server.register",
	.resource = "server",
};
