/* SPDX-License-Identifier: Apache-2.0 */
/* The normal form of an entry: whatever the host's spelling, rules see one shape. */
#include "compliance-server/facts_entry.h"

#include <string.h>

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "compliance-server/claim.h"
#include "compliance-server/predicate.h"

#define LIMIT_ENTRY   (64u * 1024)
#define LIMIT_ENTRIES (1024u * 1024) /* all of one file */
#define LIMIT_NAME    1024

static const char *const url_keys[] = { "url", "serverUrl", "httpUrl" };
static const char *const type_keys[] = { "type", "transport", "transportType" };
static const char *const env_keys[] = { "env", "environment" };
static const char *const header_keys[] = { "headers", "http_headers" };
static const char *const cwd_keys[] = { "cwd", "working_directory" };

#define FIRST_OF(n, keys) first_of((n), (keys), ARRAY_LEN(keys))

static const struct node *first_of(const struct node *n, const char *const *keys,
				   size_t max)
{
	for (size_t i = 0; i < max; i++) {
		const struct node *m = node_get(n, keys[i]);

		if (m)
			return m;
	}
	return NULL;
}

char *pointer_part(struct arena *a, const char *key)
{
	char *out = arena_alloc(a, 2 * strlen(key) + 1), *p = out;

	for (; *key != '\0'; key++) {
		if (*key == '~' || *key == '/') {
			*p++ = '~';
			*p++ = *key == '~' ? '0' : '1';
		} else {
			*p++ = *key;
		}
	}
	*p = '\0';
	return out;
}

bool is_server(const struct node *n)
{
	static const char *const types[] = { "stdio",  "sse",
					     "http",   "streamable-http",
					     "ws",     "local",
					     "remote", "streamableHttp" };
	const struct node *c, *t;
	const char *type;

	if (!n || n->kind != NODE_OBJECT)
		return false;
	c = node_get(n, "command");
	if (c && (c->kind == NODE_STRING || c->kind == NODE_ARRAY))
		return true;
	c = FIRST_OF(n, url_keys);
	if (c && c->kind == NODE_STRING)
		return true;
	t = FIRST_OF(n, type_keys);
	type = node_str(t);
	for (size_t i = 0; type && i < ARRAY_LEN(types); i++)
		if (str_ieq(type, types[i]))
			return true;
	return false;
}

bool is_note(const struct node *m)
{
	if (is_server(m) && m->key)
		return false;
	return !m->key || m->key[0] == '_' || m->key[0] == '$' ||
	       str_starts(m->key, "//") ||
	       (m->kind == NODE_STRING && str_ieq(m->key, "comment"));
}

bool map_has_server(const struct node *n)
{
	if (!n || n->kind != NODE_OBJECT)
		return false;
	for (const struct node *m = n->first; m; m = m->next)
		if (is_server(m))
			return true;
	return false;
}

bool map_is_flat(const struct node *n)
{
	size_t servers = 0;

	for (const struct node *m = n->first; m; m = m->next) {
		if (is_note(m))
			continue;
		if (m->kind != NODE_OBJECT ||
		    !(node_get(m, "command") || FIRST_OF(m, url_keys)))
			return false;
		servers++;
	}
	return servers > 0;
}

static struct value value_of(struct arena *a, const struct entry *e, const struct node *n)
{
	if (!n)
		return (struct value){ .name = NULL };
	return (struct value){ .name = n->key,
			       .text = node_str(n),
			       .pointer = arena_printf(a, "%s/%s", e->pointer,
						       pointer_part(a, n->key)),
			       .node = n };
}

/* Members of an object, or "K=V" strings of a list. */
static struct values members(struct arena *a, const struct entry *e, const struct node *n)
{
	struct values out = { NULL, 0 };
	const char *base;
	size_t i = 0;

	if (!n || (n->kind != NODE_OBJECT && n->kind != NODE_ARRAY))
		return out;
	base = arena_printf(a, "%s/%s", e->pointer, pointer_part(a, n->key));
	out.v = arena_array(a, n->n + 1, sizeof(*out.v));
	for (const struct node *m = n->first; m; m = m->next, i++) {
		struct value *v = &out.v[out.n];
		const char *eq = m->key ? NULL : node_str(m);

		v->node = m;
		if (m->key) {
			v->name = m->key;
			v->text = node_str(m);
			v->pointer =
				arena_printf(a, "%s/%s", base, pointer_part(a, m->key));
		} else {
			eq = eq ? strchr(eq, '=') : NULL;
			if (!eq)
				continue;
			v->name = arena_strndup(a, m->text, (size_t)(eq - m->text));
			v->text = eq + 1;
			v->pointer = arena_printf(a, "%s/%zu", base, i);
		}
		out.n++;
	}
	return out;
}

static void add_list(struct arena *a, struct entry *e, const struct node *list,
		     size_t skip)
{
	struct value *all = arena_array(a, e->args.n + list->n + 1, sizeof(*all));
	const char *base =
		arena_printf(a, "%s/%s", e->pointer, pointer_part(a, list->key));
	size_t i = 0;

	if (e->args.n > 0)
		memcpy(all, e->args.v, e->args.n * sizeof(*all));
	for (const struct node *m = list->first; m; m = m->next, i++) {
		struct value *v = &all[e->args.n];

		if (i < skip || m->kind != NODE_STRING)
			continue;
		v->name = arena_printf(a, "%zu", i);
		v->text = m->text;
		v->pointer = arena_printf(a, "%s/%zu", base, i);
		v->node = m;
		v->element = true;
		e->args.n++;
	}
	e->args.v = all;
}

static const char *program_name(struct arena *a, const char *command)
{
	static const char *const ends[] = { ".exe", ".cmd", ".bat", ".ps1" };
	const char *base = command;
	char *name;
	size_t n;

	for (const char *p = command; *p != '\0'; p++)
		if ((*p == '/' || *p == '\\') && p[1] != '\0')
			base = p + 1;
	name = arena_strdup(a, base);
	n = strlen(name);
	for (size_t i = 0; i < n; i++)
		if (name[i] >= 'A' && name[i] <= 'Z')
			name[i] = (char)(name[i] + 32);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (n > 4 && str_eq(name + n - 4, ends[i]))
			name[n - 4] = '\0';
	return name;
}

static void read_command(struct arena *a, struct entry *e, const struct node *n)
{
	const struct node *command = node_get(n, "command"), *args = node_get(n, "args");

	/* Zed: "command": {"path": …, "args": […]} */
	if (command && command->kind == NODE_OBJECT) {
		struct entry inner = { .pointer = arena_printf(a, "%s/command",
							       e->pointer) };

		args = node_get(command, "args");
		if (args && args->kind == NODE_ARRAY) {
			add_list(a, &inner, args, 0);
			e->args = inner.args;
		}
		args = NULL;
		command = node_get(command, "path");
		if (command)
			e->command = value_of(a, &inner, command);
	} else if (command && command->kind == NODE_ARRAY) {
		e->array_command = true;
		e->command = value_of(a, e, command);
		if (command->first && command->first->kind == NODE_STRING) {
			e->command.node = command->first;
			e->command.text = command->first->text;
			e->command.pointer = arena_printf(a, "%s/0", e->command.pointer);
		}
		add_list(a, e, command, 1);
	} else if (command) {
		e->command = value_of(a, e, command);
	}
	if (args && args->kind == NODE_ARRAY)
		add_list(a, e, args, 0);
	if (str_empty(e->command.text))
		e->command.text = NULL;
}

/* `cmd /c X args…` is how Windows starts a script: X is what counts. */
static void unwrap_cmd(struct arena *a, struct entry *e)
{
	e->program = program_name(a, e->command.text ? e->command.text : "");
	if (!str_eq(e->program, "cmd") || e->args.n < 2 ||
	    !str_ieq(e->args.v[0].text, "/c"))
		return;
	e->cmd_wrapped = true;
	e->command = e->args.v[1];
	e->args.v += 2;
	e->args.n -= 2;
	e->program = program_name(a, e->command.text);
}

static void read_enabled(struct entry *e, const struct node *n)
{
	const struct node *disabled = node_get(n, "disabled"),
			  *enabled = node_get(n, "enabled");

	e->enabled = !(disabled && disabled->kind == NODE_BOOL && disabled->truth) &&
		     !(enabled && enabled->kind == NODE_BOOL && !enabled->truth);
}

/* Names only: a changed password must not make it another server. */
static void hash_definition(struct entry *e)
{
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, 64u * 1024 * 1024);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "command", e->command.text);
	jsonw_arr(&w, "args");
	for (size_t i = 0; i < e->args.n; i++)
		jsonw_str(&w, NULL, e->args.v[i].text);
	jsonw_end(&w);
	jsonw_str(&w, "cwd", e->cwd.text);
	jsonw_arr(&w, "env");
	for (size_t i = 0; i < e->env.n; i++)
		jsonw_str(&w, NULL, e->env.v[i].name);
	jsonw_end(&w);
	jsonw_str(&w, "url", e->url.text);
	jsonw_arr(&w, "headers");
	for (size_t i = 0; i < e->headers.n; i++)
		jsonw_str(&w, NULL, e->headers.v[i].name);
	jsonw_end(&w);
	jsonw_end(&w);
	digest_sha256_hex(buf_text(&b), b.len, e->definition_sha256);
}

/* The text of an entry, about: only JSON has all of it in one place. */
static size_t text_bytes(const struct node *n)
{
	size_t sum = 4 + (n->key ? strlen(n->key) : 0) + (n->text ? strlen(n->text) : 0);

	if (n->raw)
		return n->raw_len;
	for (const struct node *m = n->first; m; m = m->next)
		sum += text_bytes(m);
	return sum;
}

/* Codex refuses a token in its file, yet there it stands. */
static void add_bearer_token(struct arena *a, struct entry *e, const struct node *n)
{
	const struct node *token = node_get(n, "bearer_token");
	struct value *all;

	if (!node_str(token))
		return;
	all = arena_array(a, e->headers.n + 1, sizeof(*all));
	if (e->headers.n > 0)
		memcpy(all, e->headers.v, e->headers.n * sizeof(*all));
	all[e->headers.n++] = value_of(a, e, token);
	e->headers.v = all;
}

struct entry *entry_new(struct arena *a, struct config_file *f,
			const struct server_map *map, const struct node *n)
{
	struct entry *e = arena_alloc(a, sizeof(*e));
	size_t bytes;

	e->file = f;
	e->name = n->key;
	e->node = n;
	e->pointer = arena_printf(a, "%s/%s", map->pointer, pointer_part(a, n->key));
	e->enabled = true;
	e->program = "";
	e->definition = "null";
	bytes = text_bytes(n);
	f->entry_bytes += bytes;
	e->too_long = bytes > LIMIT_ENTRY || f->entry_bytes > LIMIT_ENTRIES ||
		      strlen(n->key) > LIMIT_NAME;
	if (n->kind != NODE_OBJECT || e->too_long)
		return e;
	read_enabled(e, n);
	read_command(a, e, n);
	unwrap_cmd(a, e);
	e->env = members(a, e, FIRST_OF(n, env_keys));
	e->url = value_of(a, e, FIRST_OF(n, url_keys));
	e->headers = members(a, e, FIRST_OF(n, header_keys));
	add_bearer_token(a, e, n);
	e->cwd = value_of(a, e, FIRST_OF(n, cwd_keys));
	e->env_file = value_of(a, e, node_get(n, "envFile"));
	e->type = value_of(a, e, FIRST_OF(n, type_keys));
	e->timeout = value_of(a, e, node_get(n, "timeout"));
	e->description = node_str(node_get(n, "description"));
	e->transport = e->command.text		 ? TRANSPORT_STDIO
		       : !str_empty(e->url.text) ? TRANSPORT_REMOTE
						 : TRANSPORT_NONE;
	hash_definition(e);
	e->definition = entry_redacted(a, n);
	return e;
}
