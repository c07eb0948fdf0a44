/* SPDX-License-Identifier: Apache-2.0 */
/* list_servers: the registry, by name, in pages. */
#include "common/base/names.h"
#include "common/rpc/page.h"
#include "compliance-server/configuration.h"
#include "compliance-server/server_store.h"
#include "compliance-server/tools.h"

struct in {
	enum server_status status;
	enum health health;
	const char *type;
	const char *cursor;
	int64_t limit;
};

struct out {
	struct page_out page; /* first: PAGE_OUT_FIELDS counts on it */
	struct items servers;
};

static const struct field in_fields[] = {
	FIELD(struct in, status, .names = server_statuses, .doc = NULL),
	FIELD(struct in, health, .names = healths, .doc = NULL),
	FIELD(struct in, type, .max = 50, .doc = "mcp, workspace or own."),
	PAGE_FIELDS(struct in), FIELDS_END
};

static const struct field out_fields[] = { FIELD(struct out, servers, .of = server_fields,
						 .of_size = sizeof(struct server),
						 .req = true),
					   PAGE_OUT_FIELDS, FIELDS_END };

static const char *pos_of(struct ctx *c, const void *row)
{
	const struct server *s = row;

	(void)c;
	return s->name;
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	const struct in *in = args;
	struct server_filter f = {
		.status =
			in->status ? names_text(server_statuses, (int)in->status) : NULL,
		.health = in->health ? names_text(healths, (int)in->health) : NULL,
		.type = in->type,
		.limit = in->limit
	};
	const char *filter = arena_printf(c->arena, "%d %d %s", (int)in->status,
					  (int)in->health, in->type ? in->type : "");
	struct server *s;
	struct rows rows;

	if (!page_open(c, "list_servers", filter, in->cursor, &f.after, e) ||
	    !server_list(c, &f, &rows, e))
		return false;
	s = rows.at;
	for (size_t i = 0; i < rows.n; i++)
		s[i].configuration.text =
			configuration_shown(c->arena, s[i].configuration.text);
	return page_write(c,
			  &(struct page){ .list = "list_servers",
					  .filter = filter,
					  .limit = in->limit,
					  .key = "servers",
					  .fields = server_fields,
					  .size = sizeof(struct server),
					  .pos_of = pos_of },
			  rows.at, rows.n, out, e);
}

const struct tool tool_list_servers = {
	.name = "list_servers",
	.title = "List servers",
	.doc = "Lists registered servers by name: health, version, last check, definition"
	       " without secrets. Use it to see what can be checked.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.out_schema = LIST_SCHEMA("servers", ""),
	.run = run,
	.order = ORDER_READ,
	.perm = PERM_READ,
	.hints = HINT_READ_ONLY | HINT_IDEMPOTENT,
};
