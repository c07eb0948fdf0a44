/* SPDX-License-Identifier: Apache-2.0 */
/* What a tool seems to do, from its name, its parameters and its annotations. */
#include "compliance-server/tool_label.h"

#include <string.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"

/* The next word of a name: a_b, a-b, a.b and aB are two each. */
static size_t next_part(const char *name, size_t *from)
{
	size_t n = 0;

	while (name[*from] && !is_alpha(name[*from]) && !is_digit(name[*from]))
		++*from;
	while (is_alpha(name[*from + n]) || is_digit(name[*from + n])) {
		char c = name[*from + n], before = n > 0 ? name[*from + n - 1] : 'A';

		if (c >= 'A' && c <= 'Z' && before >= 'a' && before <= 'z')
			break;
		n++;
	}
	return n;
}

static bool listed(const char *p, size_t n, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == n && span_ieq((struct span){ p, n }, *list))
			return true;
	return false;
}

/* One of the words of the name stands in the list. */
static bool has_part(const char *name, const char *const *list)
{
	size_t from = 0, n;

	while ((n = next_part(name, &from)) > 0) {
		if (listed(name + from, n, list))
			return true;
		from += n;
	}
	return false;
}

static bool begins_with(const char *name, const char *const *list)
{
	size_t from = 0, n = next_part(name, &from);

	return n > 0 && listed(name + from, n, list);
}

bool tool_hint(const struct node *tool, const char *name)
{
	const struct node *hint = node_path(tool, "annotations", name, NULL);

	return hint && hint->kind == NODE_BOOL && hint->truth;
}

static const char *const reading[] = { "get",  "list",	   "read", "search",
				       "find", "describe", NULL };

bool tool_changes(const char *name)
{
	static const char *const verbs[] = { "delete", "remove",  "drop",    "write",
					     "exec",   "execute", "run",     "shell",
					     "bash",   "kill",	  "push",    "merge",
					     "deploy", "send",	  "publish", "create",
					     "update", "apply",	  "sql",     NULL };

	return !begins_with(name, reading) && has_part(name, verbs);
}

static const char *const fetching[] = { "fetch",   "scrape",   "crawl",	  "browse",
					"browser", "navigate", "extract", NULL };
static const char *const web[] = {
	"web", "url", "http", "internet", "page", "site", NULL
};
static const char *const messages[] = { "issue",      "issues",	 "mail",     "email",
					"emails",     "message", "messages", "comment",
					"comments",   "inbox",	 "thread",   "threads",
					"discussion", NULL };
static const char *const stores[] = {
	"query",    "sql",   "secret",	 "secrets",   "email",	"emails", "mail",
	"calendar", "drive", "document", "documents", "memory", "crm",	  "contacts",
	"database", "file",  "files",	 "inbox",     "note",	"notes",  NULL
};
static const char *const sending[] = { "send",	"post",	 "publish", "upload", "webhook",
				       "reply", "tweet", "forward", "share",  NULL };
static const char *const creating[] = { "create", "add", "open", "submit", NULL };
static const char *const public_things[] = { "issue", "comment",    "pull", "pr",
					     "gist",  "discussion", NULL };

static bool has_url_parameter(const struct node *tool)
{
	const struct node *p = node_path(tool, "inputSchema", "properties", NULL);

	return node_get(p, "url") || node_get(p, "uri");
}

unsigned tool_labels(const struct node *tool)
{
	const char *name = node_str(node_get(tool, "name"));
	bool reads, url = has_url_parameter(tool);
	unsigned out = 0;

	if (!name)
		return 0;
	reads = begins_with(name, reading) || tool_hint(tool, "readOnlyHint");
	if (has_part(name, fetching) || tool_hint(tool, "openWorldHint") ||
	    (reads && (has_part(name, messages) || has_part(name, web))))
		out |= LABEL_UNTRUSTED;
	if (has_part(name, stores) && !has_part(name, sending) &&
	    (reads || !tool_changes(name)))
		out |= LABEL_PRIVATE;
	if (!reads && (has_part(name, sending) ||
		       (has_part(name, creating) && has_part(name, public_things))))
		out |= LABEL_SINK;
	if (url) /* an address carries text away as well */
		out |= LABEL_UNTRUSTED | LABEL_SINK;
	return out;
}
