/* SPDX-License-Identifier: Apache-2.0 */
/* CFG rules about the shape of one entry: CFG-005 to CFG-016, CFG-018, CFG-019. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_checks.h"

static const char *rejects_all(const struct config_file *f)
{
	return f->host->flags & HOST_ONE_REJECTS_ALL ? ", and none of its servers starts"
						     : "";
}

/* Zed and the new Kilo know entries that only switch or set up what stands elsewhere. */
static bool is_override(const struct entry *e)
{
	if (e->file->host->id == HOST_ZED &&
	    (node_get(e->node, "settings") || node_get(e->node, "source")))
		return true;
	return (e->file->host->flags & HOST_TYPES_LOCAL) && e->node->n == 1 &&
	       node_get(e->node, "enabled");
}

void check_cfg_005(struct rule_run *r)
{
	const struct entry *e = r->entry;

	if (e->node->kind != NODE_OBJECT) {
		rule_fail_entry(r, SEV_HIGH, "The entry \"%s\" is %s, not an object",
				e->name, node_kind_name(e->node->kind));
		return;
	}
	if (e->command.text || !str_empty(e->url.text) || is_override(e))
		return;
	/* a command or url of the wrong type stands there: still nothing to start */
	if (e->url.node && e->url.text)
		rule_fail(r, SEV_MEDIUM, &e->url, "The url of \"%s\" is empty", e->name);
	else
		rule_fail_entry(r, SEV_HIGH, "\"%s\" has neither a command nor a url%s",
				e->name, rejects_all(e->file));
}

void check_cfg_006(struct rule_run *r)
{
	const struct entry *e = r->entry;

	if (e->command.text && !str_empty(e->url.text))
		rule_fail(r, SEV_HIGH, &e->url, "\"%s\" has both a command and a url%s",
			  e->name, rejects_all(e->file));
}

static void check_list(struct rule_run *r, const struct node *list, const char *pointer)
{
	size_t i = 0;

	for (const struct node *m = list->first; m; m = m->next, i++) {
		struct value at = {
			.node = m, .pointer = arena_printf(r->arena, "%s/%zu", pointer, i)
		};

		if (m->kind != NODE_STRING)
			rule_fail(r, SEV_HIGH, &at,
				  "Argument %zu of \"%s\" is %s, not a string", i,
				  r->entry->name, node_kind_name(m->kind));
	}
}

void check_cfg_007(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const struct node *args = node_get(e->node, "args");
	struct value at = { .node = args,
			    .pointer = arena_printf(r->arena, "%s/args", e->pointer) };

	if (e->array_command)
		check_list(r, node_get(e->node, "command"),
			   arena_printf(r->arena, "%s/command", e->pointer));
	if (!args || args->kind == NODE_NULL)
		return;
	if (args->kind == NODE_ARRAY)
		check_list(r, args, at.pointer);
	else
		rule_fail(r, SEV_HIGH, &at,
			  "The args of \"%s\" are %s, not a list of strings", e->name,
			  node_kind_name(args->kind));
}

void check_cfg_008(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const char *host = e->file->host->title;
	bool all = e->file->host->flags & HOST_ONE_REJECTS_ALL;

	for (size_t i = 0; i < e->env.n; i++) {
		const struct value *v = &e->env.v[i];

		if (v->text)
			continue;
		rule_fail(r, SEV_MEDIUM, v,
			  "The environment value %s is %s, not a string%s%s%s", v->name,
			  node_kind_name(v->node->kind), all ? ": " : "", all ? host : "",
			  all ? " rejects the whole file, and none of its servers starts"
			      : "");
		if (v->node->kind == NODE_ARRAY)
			rule_fix(
				r,
				"Join the list of %s into one string with the separator the "
				"server documents.",
				v->name);
		else
			rule_fix(r, "Put the value of %s in quotes.", v->name);
	}
}

static bool has_control(const char *s, bool newline_ok)
{
	bool other = false;

	for (const char *p = s; *p != '\0'; p++)
		other |= (unsigned char)*p > ' ';
	for (const char *p = s; *p != '\0'; p++) {
		if ((unsigned char)*p >= ' ' || (*p == '\t' && other))
			continue;
		if ((*p == '\n' || *p == '\r') && newline_ok && other)
			continue;
		return true;
	}
	return false;
}

void check_cfg_009(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const char *c = e->command.text;

	if (c && (c[0] == ' ' || c[strlen(c) - 1] == ' ' || has_control(c, false)))
		rule_fail(
			r, SEV_MEDIUM, &e->command,
			"The command of \"%s\" has a blank or control character around or "
			"in it",
			e->name);
	for (size_t i = 0; i < e->args.n; i++) {
		/* the text behind an option may be a script of several lines */
		bool script = i > 0 && e->args.v[i - 1].text[0] == '-';

		if (has_control(e->args.v[i].text, script))
			rule_fail(r, SEV_MEDIUM, &e->args.v[i],
				  "Argument %s of \"%s\" holds a control character",
				  e->args.v[i].name, e->name);
	}
}

void check_cfg_010(struct rule_run *r)
{
	const struct entry *e = r->entry;
	size_t n = look_joined_command(r->arena, e);

	if (n == 0)
		return;
	rule_fail(r, SEV_HIGH, &e->command,
		  "The command of \"%s\" holds its arguments too", e->name);
	rule_fix(r, "Keep \"%.*s\" in command and move the rest to args.", (int)n,
		 e->command.text + strspn(e->command.text, " "));
}

static bool in_list(const char *text, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(text, list[i]))
			return true;
	return false;
}

void check_cfg_011(struct rule_run *r)
{
	static const char *const known[] = {
		"stdio",	   "sse", "http",  "streamable-http", "streamablehttp",
		"streamable_http", "ws",  "local", "remote"
	};
	const struct value *t = &r->entry->type;

	if (t->text && !in_list(t->text, known, ARRAY_LEN(known)))
		rule_fail(r, SEV_MEDIUM, t, "\"%.40s\" is no transport that hosts know",
			  str_printable(r->arena, t->text, 40));
}

void check_cfg_012(struct rule_run *r)
{
	static const char *const kilo[] = { "stdio", "sse", "streamable-http" };
	static const char *const local[] = { "local", "remote" };
	const struct value *t = &r->entry->type;
	const struct host_row *h = r->file->host;
	bool ok = true;

	if (!(h->flags & (HOST_TYPES_KILO | HOST_TYPES_LOCAL))) {
		rule_skip(r, "this host takes all transports");
		return;
	}
	if (t->text && (h->flags & HOST_TYPES_KILO))
		ok = in_list(t->text, kilo, ARRAY_LEN(kilo));
	else if (t->text)
		ok = in_list(t->text, local, ARRAY_LEN(local));
	if (ok)
		return;
	rule_fail(r, SEV_HIGH, t, "%s rejects the transport \"%s\"%s", h->title,
		  str_printable(r->arena, t->text, 40), rejects_all(r->file));
	rule_fix(r, "Write %s.",
		 h->flags & HOST_TYPES_KILO ? "\"stdio\", \"sse\" or \"streamable-http\""
					    : "\"local\" or \"remote\"");
}

void check_cfg_013(struct rule_run *r)
{
	const struct entry *e = r->entry;
	struct url u;
	size_t from = 0;

	if (e->type.text && str_ieq(e->type.text, "sse")) {
		rule_fail(r, SEV_LOW, &e->type,
			  "\"%s\" uses the deprecated HTTP+SSE transport", e->name);
		return;
	}
	if (e->url.text && url_next(e->url.text, &from, &u) && u.path.n >= 4 &&
	    memcmp(u.path.p + u.path.n - 4, "/sse", 4) == 0) {
		rule_fail(r, SEV_LOW, &e->url,
			  "\"%s\" uses the deprecated HTTP+SSE transport", e->name);
		return;
	}
	for (size_t i = 0; i < e->args.n; i++) {
		const char *a = e->args.v[i].text;
		bool next = str_eq(a, "--transport") && i + 1 < e->args.n &&
			    str_ieq(e->args.v[i + 1].text, "sse");

		if (next || str_eq(a, "--transport=sse")) {
			rule_fail(r, SEV_LOW, &e->args.v[i + next],
				  "\"%s\" uses the deprecated HTTP+SSE transport",
				  e->name);
			return;
		}
	}
}

void check_cfg_014(struct rule_run *r)
{
	const struct entry *e = r->entry;

	if (!(r->file->host->flags & HOST_NEEDS_TYPE)) {
		rule_skip(r, "this host finds out the transport by itself");
		return;
	}
	if (!str_empty(e->url.text) && !e->type.node)
		rule_fail_entry(r, SEV_HIGH,
				"%s needs a \"type\" beside the url of \"%s\"%s",
				r->file->host->title, e->name, rejects_all(r->file));
}

void check_cfg_015(struct rule_run *r)
{
	const struct value *t = &r->entry->timeout;
	double v;

	if (!t->node || t->node->kind == NODE_NULL)
		return;
	if (t->node->kind != NODE_NUMBER || !str_to_f64(t->node->text, &v)) {
		rule_fail(r, SEV_HIGH, t, "The timeout of \"%s\" is %s, not a number",
			  r->entry->name, node_kind_name(t->node->kind));
		return;
	}
	if (!(r->file->host->flags & HOST_SECONDS) || (v >= 1 && v <= 3600))
		return;
	rule_fail(r, SEV_HIGH, t, "%s takes a timeout of 1 to 3600 seconds, not %s%s",
		  r->file->host->title, t->node->text, rejects_all(r->file));
	if (v > 3600 && v <= 3600000)
		rule_fix(r, "Write %.0f: this host counts seconds, not milliseconds.",
			 v < 1000 ? 1 : v / 1000);
}

void check_cfg_016(struct rule_run *r)
{
	const struct value *t = &r->entry->timeout;
	double v;

	if (!(r->file->host->flags & HOST_TYPES_LOCAL)) {
		rule_skip(r, "this host does not count milliseconds");
		return;
	}
	if (t->node && t->node->kind == NODE_NUMBER && str_to_f64(t->node->text, &v) &&
	    v > 0 && v < 1000) {
		rule_fail(r, SEV_MEDIUM, t,
			  "%s counts milliseconds: %s ends every call at once",
			  r->file->host->title, t->node->text);
		rule_fix(r, "Write %.0f if seconds were meant.", v * 1000);
	}
}

static bool port_ok(struct span port)
{
	char text[8];
	int64_t n;

	if (port.n == 0 || memchr(port.p, '{', port.n) || memchr(port.p, '$', port.n))
		return true;
	if (port.n > 5)
		return false;
	memcpy(text, port.p, port.n);
	text[port.n] = '\0';
	return str_to_i64(text, &n) && n >= 0 && n <= 65535;
}

/* All blanks stand in braces: "https://h/{one | other}". */
static bool blank_to_fill_in(const char *s)
{
	bool braces = false, blank = false;

	for (; *s != '\0'; s++) {
		braces = *s == '{' || (braces && *s != '}');
		if (*s == ' ' && !braces)
			return false;
		blank |= *s == ' ';
	}
	return blank && !braces;
}

void check_cfg_018(struct rule_run *r)
{
	const struct value *v = &r->entry->url;
	const char *s = v->text;
	const char *why = NULL;
	size_t from = 0;
	struct url u;

	if (str_empty(s) || strchr("$%{<[", s[0]) || is_ref(s) || strchr(s, '<') ||
	    (is_place(s) && !strstr(s, "://")))
		return;
	if (strpbrk(s, " \t\r\n"))
		why = "it contains a blank";
	else if (!url_next(s, &from, &u) || u.scheme.p != s)
		why = "it has no scheme such as https://";
	else if (!span_ieq(u.scheme, "http") && !span_ieq(u.scheme, "https") &&
		 !span_ieq(u.scheme, "ws") && !span_ieq(u.scheme, "wss"))
		why = "the scheme is none of http, https, ws and wss";
	else if (u.host.n == 0)
		why = "it has no host";
	else if (!port_ok(u.port))
		why = "the port is no number up to 65535";
	if (why)
		rule_fail(r, blank_to_fill_in(s) ? SEV_MEDIUM : SEV_HIGH, v,
			  "The url of \"%s\" is not valid: %s", r->entry->name, why);
}

/* Every key some host knows in an entry. */
static const char *const known_keys[] = {
	"command",
	"args",
	"env",
	"environment",
	"cwd",
	"working_directory",
	"url",
	"serverUrl",
	"httpUrl",
	"headers",
	"http_headers",
	"env_http_headers",
	"headersHelper",
	"type",
	"transport",
	"transportType",
	"disabled",
	"enabled",
	"required",
	"timeout",
	"networkTimeout",
	"startup_timeout_sec",
	"tool_timeout_sec",
	"alwaysAllow",
	"autoApprove",
	"disabledTools",
	"enabled_tools",
	"disabled_tools",
	"includeTools",
	"excludeTools",
	"tools",
	"watchPaths",
	"oauth",
	"auth",
	"bearer_token_env_var",
	"env_vars",
	"envFile",
	"inputs",
	"trust",
	"sandbox",
	"sandboxEnabled",
	"roots",
	"settings",
	"source",
	"description",
	"name",
	"title",
	"version",
	"dev",
	"gallery",
	"note",
	"docsPath",
};

static bool unknown_key(const struct node *m)
{
	return !m->duplicate && m->key[0] != '_' && m->key[0] != '$' &&
	       !str_starts(m->key, "//") && !str_starts(m->key, "x-") &&
	       !in_list(m->key, known_keys, ARRAY_LEN(known_keys));
}

const char *known_key_near(const char *key)
{
	size_t limit = strlen(key) < 6 ? 1 : 2;

	for (size_t i = 0; i < ARRAY_LEN(known_keys); i++)
		if (look_distance(key, known_keys[i], limit) <= limit)
			return known_keys[i];
	return NULL;
}

/* An entry with more than three unknown keys follows a schema of its own. */
static bool own_schema(const struct entry *e)
{
	size_t n = 0;

	for (const struct node *m = e->node->first; m; m = m->next)
		n += unknown_key(m);
	return n > 3;
}

static bool seen_before(const struct rule_run *r, const char *key)
{
	for (size_t i = 0; i < r->facts->n_entries; i++) {
		const struct entry *e = r->facts->entries[i];

		if (e == r->entry)
			return false;
		if (e->file == r->file && node_get(e->node, key))
			return true;
	}
	return false;
}

void check_cfg_019(struct rule_run *r)
{
	const struct entry *e = r->entry;

	if (e->node->kind != NODE_OBJECT || own_schema(e))
		return;
	for (const struct node *m = e->node->first; m; m = m->next) {
		const char *near = unknown_key(m) ? known_key_near(m->key) : NULL;
		struct finding f = { .severity = SEV_MEDIUM,
				     .line = m->key_line,
				     .col = m->key_col };

		if (!near || seen_before(r, m->key))
			continue;
		f.pointer = arena_printf(r->arena, "%s/%s", e->pointer, m->key);
		f.message = arena_printf(r->arena, "No host knows the key \"%s\"",
					 str_printable(r->arena, m->key, 60));
		f.fix = arena_printf(r->arena, "Did you mean \"%s\"?", near);
		rule_fail_at(r, &f);
	}
}
