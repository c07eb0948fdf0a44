/* SPDX-License-Identifier: Apache-2.0 */
/* Live rules about tool definitions: names, descriptions, schemas, annotations. */
#include <string.h>

#include "common/base/buf.h"
#include "common/base/str.h"
#include "compliance-server/rules_live.h"

#define NAME_MAX_SPEC  128
#define NAME_MAX_HOSTS 64
#define DOC_MIN	       10
#define DOC_LONG       1024
#define DOC_VERY_LONG  8192
#define SCHEMA_DEPTH   32
#define NAME_SHOWN     80
#define TOOLS_SHOWN    8

static const struct live_list *tools_of(const struct rule_run *r)
{
	return &r->live->lists[LIVE_TOOLS];
}

static const char *name_of(const struct node *tool)
{
	const char *name = node_str(node_get(tool, "name"));

	return name ? name : "";
}

const char *live_tool_pointer(struct rule_run *r, const struct node *tool)
{
	return arena_printf(r->arena, "tool:%s",
			    str_printable(r->arena, name_of(tool), NAME_SHOWN));
}

/* ---- schemas ---- */

struct schema_fault {
	const char *text, *detail;
};

static bool has_composition(const struct node *schema)
{
	static const char *const keys[] = {
		"allOf", "anyOf", "oneOf", "$ref", "patternProperties", "if"
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (node_get(schema, keys[i]))
			return true;
	return false;
}

static struct schema_fault check_required(const struct node *schema)
{
	const struct node *required = node_get(schema, "required");
	const struct node *properties = node_get(schema, "properties");

	if (properties && properties->kind != NODE_OBJECT)
		return (struct schema_fault){ "properties is not an object", NULL };
	if (!required)
		return (struct schema_fault){ 0 };
	if (required->kind != NODE_ARRAY)
		return (struct schema_fault){ "required is not an array", NULL };
	for (const struct node *n = required->first; n; n = n->next) {
		if (!node_str(n))
			return (struct schema_fault){
				"required holds something else than text", NULL
			};
		if (!node_get(properties, node_str(n)) && !has_composition(schema))
			return (struct schema_fault){
				"required names an unknown property", node_str(n)
			};
	}
	return (struct schema_fault){ 0 };
}

/* One step of a JSON pointer; arrays by index. */
static const struct node *step(const struct node *at, const char *part, size_t n)
{
	char key[256];
	size_t k = 0;
	int64_t index;

	for (size_t i = 0; i < n && k < sizeof(key) - 1; i++) {
		if (part[i] == '~' && i + 1 < n &&
		    (part[i + 1] == '0' || part[i + 1] == '1'))
			key[k++] = part[++i] == '0' ? '~' : '/';
		else
			key[k++] = part[i];
	}
	key[k] = '\0';
	if (!at || at->kind != NODE_ARRAY)
		return at && at->kind == NODE_OBJECT ? node_get(at, key) : NULL;
	if (!str_to_i64(key, &index) || index < 0)
		return NULL;
	at = at->first;
	while (at && index--)
		at = at->next;
	return at;
}

static bool resolves(const struct node *root, const char *ref)
{
	const struct node *at = root;

	if (ref[1] != '/')
		return true; /* the whole schema, or an anchor */
	if (strchr(ref, '%'))
		return true; /* escapes of the URI kind are rare enough to be trusted */
	for (const char *p = ref + 1; at && *p == '/';) {
		size_t n = strcspn(p + 1, "/");

		at = step(at, p + 1, n);
		p += n + 1;
	}
	return at != NULL;
}

static bool is_data(const char *key)
{
	return str_eq(key, "enum") || str_eq(key, "const") || str_eq(key, "default") ||
	       str_eq(key, "examples");
}

/* Walks below a schema; the reader allows 128 levels, so that recursion is bounded. */
static struct schema_fault walk_schema(const struct node *root, const struct node *at,
				       int depth)
{
	struct schema_fault fault = { 0 };

	if (depth > SCHEMA_DEPTH)
		return (struct schema_fault){ "it is nested deeper than 32 levels",
					      NULL };
	for (const struct node *n = at->first; n && !fault.text; n = n->next) {
		const char *ref = str_eq(n->key, "$ref") ? node_str(n) : NULL;

		if (ref && ref[0] != '#')
			return (struct schema_fault){ "it refers to another document",
						      ref };
		if (ref && !resolves(root, ref))
			return (struct schema_fault){ "a reference leads nowhere", ref };
		if (n->first && !is_data(n->key))
			fault = walk_schema(root, n, depth + 1);
	}
	return fault;
}

static struct schema_fault check_schema(const struct node *schema, bool modern)
{
	struct schema_fault fault;
	const struct node *type;

	if (!schema)
		return (struct schema_fault){ "it is missing", NULL };
	if (modern && schema->kind == NODE_BOOL)
		return (struct schema_fault){ 0 };
	if (schema->kind != NODE_OBJECT)
		return (struct schema_fault){ "it is not an object", NULL };
	type = node_get(schema, "type");
	if (!modern && !str_eq(node_str(type), "object"))
		return (struct schema_fault){ "its type is not \"object\"", NULL };
	fault = check_required(schema);
	return fault.text ? fault : walk_schema(schema, schema, 1);
}

static void report_schema(struct rule_run *r, const struct node *tool, const char *which,
			  struct schema_fault fault)
{
	if (!fault.text)
		return;
	rule_fail_live(r, SEV_HIGH, live_tool_pointer(r, tool), "%s: %s", which,
		       fault.text);
	rule_evidence(r, which, "%s%s%s", fault.text, fault.detail ? ": " : "",
		      fault.detail ? fault.detail : "");
}

static bool any_schema(const struct live_list *tools)
{
	for (size_t i = 0; i < tools->n; i++)
		if (node_get(tools->items[i], "inputSchema"))
			return true;
	return false;
}

void check_liv_009(struct rule_run *r)
{
	const struct live_list *tools = tools_of(r);

	if (!live_has_tools(r))
		return;
	if (r->live->listed && !any_schema(tools)) {
		rule_skip(r, "the file keeps no schemas");
		return;
	}
	for (size_t i = 0; i < tools->n; i++) {
		const struct node *tool = tools->items[i];
		const struct node *out = node_get(tool, "outputSchema");

		report_schema(
			r, tool, "inputSchema",
			check_schema(node_get(tool, "inputSchema"), r->live->modern));
		if (out)
			report_schema(r, tool, "outputSchema",
				      check_schema(out, r->live->modern));
	}
}

/* ---- names and descriptions ---- */

static bool allowed(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* Latin letters together with letters that look like them. */
static bool mixes_scripts(const char *name)
{
	bool latin = false, other = false;

	while (*name) {
		uint32_t cp = utf8_next(&name);

		latin |= (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
		other |= (cp >= 0x370 && cp <= 0x58F) || (cp >= 0x1D00 && cp <= 0x1DBF) ||
			 (cp >= 0x13A0 && cp <= 0x13FF) || (cp >= 0xFF21 && cp <= 0xFF5A);
	}
	return latin && other;
}

void check_liv_010(struct rule_run *r)
{
	const struct live_list *tools = tools_of(r);

	if (!live_has_tools(r))
		return;
	for (size_t i = 0; i < tools->n; i++) {
		const char *name = name_of(tools->items[i]), *bad = name;
		struct finding f = { .severity = SEV_HIGH,
				     .category = CAT_SECURITY,
				     .pointer = live_tool_pointer(r, tools->items[i]),
				     .message =
					     "the tool's name mixes Latin letters with "
					     "those of another script" };

		while (allowed(*bad))
			bad++;
		if (mixes_scripts(name))
			rule_fail_at(r, &f);
		else if (!*name || *bad)
			rule_fail_live(
				r, SEV_MEDIUM, f.pointer, "%s",
				*name ? "the tool's name holds other characters than "
					"A-Z a-z 0-9 _ - ."
				      : "the tool has no name");
		else if (strlen(name) > NAME_MAX_HOSTS)
			rule_fail_live(
				r, strlen(name) > NAME_MAX_SPEC ? SEV_MEDIUM : SEV_LOW,
				f.pointer, "the tool's name has %zu characters",
				strlen(name));
	}
}

void check_liv_011(struct rule_run *r)
{
	const struct live_list *tools = tools_of(r);

	if (!live_has_all_tools(r))
		return;
	for (size_t i = 1; i < tools->n; i++) {
		const char *name = name_of(tools->items[i]);
		size_t same = i, near = i;

		for (size_t k = 0; k < i; k++) {
			if (str_eq(name, name_of(tools->items[k])))
				same = k;
			else if (str_ieq(name, name_of(tools->items[k])))
				near = k;
		}
		if (same < i)
			rule_fail_live(r, SEV_HIGH, live_tool_pointer(r, tools->items[i]),
				       "two tools have this name");
		else if (near < i)
			rule_fail_live(
				r, SEV_MEDIUM, live_tool_pointer(r, tools->items[i]),
				"two tools have this name but for upper and lower case");
	}
}

void check_liv_012(struct rule_run *r)
{
	const struct live_list *tools = tools_of(r);

	if (!live_has_tools(r))
		return;
	for (size_t i = 0; i < tools->n; i++) {
		const struct node *tool = tools->items[i];
		const char *doc = node_str(node_get(tool, "description"));

		if (str_empty(doc))
			rule_fail_live(r, SEV_MEDIUM, live_tool_pointer(r, tool),
				       "the tool has no description");
		else if (utf8_count(doc) < DOC_MIN || str_eq(doc, name_of(tool)))
			rule_fail_live(r, SEV_MEDIUM, live_tool_pointer(r, tool),
				       "the tool's description says nothing");
	}
}

void check_liv_013(struct rule_run *r)
{
	const struct live_list *tools = tools_of(r);

	if (!live_has_tools(r))
		return;
	for (size_t i = 0; i < tools->n; i++) {
		const char *doc = node_str(node_get(tools->items[i], "description"));
		size_t n = doc ? strlen(doc) : 0;

		if (n > DOC_LONG)
			rule_fail_live(
				r, n > DOC_VERY_LONG ? SEV_MEDIUM : SEV_LOW,
				live_tool_pointer(r, tools->items[i]),
				"the description has %zu bytes, about %zu tokens in "
				"every request",
				n, n / 4);
	}
}

void check_liv_014(struct rule_run *r)
{
	const struct live_list *tools = tools_of(r);
	size_t all = 0, lacking = 0;

	if (!live_has_tools(r))
		return;
	for (size_t i = 0; i < tools->n; i++) {
		const struct node *p =
			node_path(tools->items[i], "inputSchema", "properties", NULL);

		for (p = p && p->kind == NODE_OBJECT ? p->first : NULL; p; p = p->next) {
			all++;
			lacking += str_empty(node_str(node_get(p, "description"))) ||
				   (!node_get(p, "type") && !node_get(p, "enum") &&
				    !node_get(p, "const") && !has_composition(p));
		}
	}
	if (!all)
		rule_skip(r, "no tool has parameters");
	else if (2 * lacking > all)
		rule_fail_live(r, SEV_LOW, "server",
			       "%zu of %zu parameters have no description or no type",
			       lacking, all);
}

static bool truth(const struct node *annotations, const char *name)
{
	const struct node *n = node_get(annotations, name);

	return n && n->kind == NODE_BOOL && n->truth;
}

/* A verb of change as a whole word of the name. */
static const char *changing_verb(const char *name)
{
	static const char *const verbs[] = { "delete", "remove", "drop",
					     "write",  "send",	 "exec" };

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		size_t n = strlen(verbs[i]);

		for (const char *p = name; (p = strstr(p, verbs[i])); p++)
			if ((p == name || !allowed(p[-1]) || strchr("_-.", p[-1])) &&
			    (!p[n] || strchr("_-.", p[n]) ||
			     (p[n] >= 'A' && p[n] <= 'Z')))
				return verbs[i];
	}
	return NULL;
}

static bool contradicts(struct rule_run *r, const struct node *tool)
{
	const struct node *a = node_get(tool, "annotations");
	const char *verb = changing_verb(name_of(tool));
	struct finding f = { .severity = SEV_MEDIUM,
			     .category = CAT_SECURITY,
			     .pointer = live_tool_pointer(r, tool) };

	if (!truth(a, "readOnlyHint"))
		return false;
	if (truth(a, "destructiveHint"))
		f.message = "the tool is marked both read-only and destructive";
	else if (verb)
		f.message = arena_printf(
			r->arena, "the tool is marked read-only, but its name says %s",
			verb);
	else
		return false;
	rule_fail_at(r, &f);
	return true;
}

void check_liv_015(struct rule_run *r)
{
	const struct live_list *tools = tools_of(r);
	size_t without = 0;

	if (!live_has_tools(r))
		return;
	for (size_t i = 0; i < tools->n; i++) {
		if (!node_get(tools->items[i], "annotations"))
			without++;
		else
			contradicts(r, tools->items[i]);
	}
	if (without)
		rule_fail_live(r, without == tools->n ? SEV_INFO : SEV_LOW, "server",
			       "%zu of %zu tools have no annotations", without, tools->n);
}

static bool is_free_text(const struct node *schema)
{
	static const char *const bounds[] = { "enum", "const", "pattern", "format",
					      "maxLength" };

	if (!str_eq(node_str(node_get(schema, "type")), "string"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		if (node_get(schema, bounds[i]))
			return false;
	return true;
}

/* Name of a parameter that the server runs, opens or fetches as it comes. */
static const char *free_parameter(const struct node *tool)
{
	static const char *const names[] = {
		"command", "cmd", "shell", "script", "code",
		"sql",	   "url", "uri",   "path",   "file"
	};
	const struct node *p = node_path(tool, "inputSchema", "properties", NULL);

	for (p = p && p->kind == NODE_OBJECT ? p->first : NULL; p; p = p->next)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (str_ieq(p->key, names[i]) && is_free_text(p))
				return names[i];
	return NULL;
}

void check_liv_025(struct rule_run *r)
{
	const struct live_list *tools = tools_of(r);
	struct buf list;
	size_t n = 0;

	if (!live_has_tools(r))
		return;
	buf_init(&list, 4096);
	for (size_t i = 0; i < tools->n; i++) {
		const struct node *tool = tools->items[i];
		const char *name = free_parameter(tool);

		if (!name || truth(node_get(tool, "annotations"), "readOnlyHint"))
			continue;
		if (n++ < TOOLS_SHOWN)
			buf_addf(&list, "%s%s(%s)", n > 1 ? ", " : "", name_of(tool),
				 name);
	}
	if (n > 0) {
		rule_fail_live(r, SEV_MEDIUM, "server",
			       "%zu tool%s a command, path or address without a limit", n,
			       n == 1 ? " takes" : "s take");
		rule_evidence(r, "tools", "%s%s", buf_text(&list),
			      n > TOOLS_SHOWN ? ", …" : "");
	}
	buf_release(&list);
}
