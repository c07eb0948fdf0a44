/* SPDX-License-Identifier: Apache-2.0 */
/* CFG rules about the file as a whole and about entries beside each other. */
#define _GNU_SOURCE /* memmem */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/str.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_checks.h"

static void fail_pos(struct rule_run *r, enum severity s, struct pos at,
		     const char *message)
{
	struct finding f = {
		.severity = s, .line = at.line, .col = at.col, .message = message
	};

	rule_fail_at(r, &f);
}

/* True (and the rule is done) when there is no tree to look at. */
static bool not_read(struct rule_run *r)
{
	if (r->file->state == FILE_READ)
		return false;
	rule_skip(r, "the file holds no configuration");
	return true;
}

static void fail_no_server(struct rule_run *r)
{
	const char *key = r->file->host->key;
	struct finding f = {
		.severity = SEV_INFO,
		.line = 1,
		.col = 1,
		.message = "No server is configured in this file",
		.fix = arena_printf(
			r->arena,
			"Add the servers under \"%s\", or check the file that "
			"holds them.",
			key ? key : "mcpServers"),
	};

	rule_fail_at(r, &f);
}

void check_cfg_001(struct rule_run *r)
{
	const struct config_file *f = r->file;

	if (f->state == FILE_EMPTY && f->form == FORM_SERVERS)
		fail_no_server(r);
	else if (f->state == FILE_SYNTAX)
		fail_pos(r, SEV_HIGH, f->error_at,
			 arena_printf(r->arena, "The file is not %s: %s",
				      form_language(f), f->error));
	else if (f->form == FORM_SERVERS && f->n_entries == 0)
		fail_no_server(r);
}

void check_cfg_002(struct rule_run *r)
{
	const struct config_file *f = r->file;

	if (not_read(r))
		return;
	if (!(f->host->flags & HOST_STRICT_JSON))
		rule_skip(r, "this host accepts comments");
	else if (!f->strict)
		fail_pos(r, SEV_HIGH, f->strict_at,
			 arena_printf(
				 r->arena,
				 "%s reads this file as strict JSON and rejects it: %s",
				 f->host->title, f->strict_error));
}

static void duplicates_in(struct rule_run *r, const struct node *obj, const char *pointer,
			  const char *only)
{
	if (!obj || obj->kind != NODE_OBJECT)
		return;
	for (const struct node *m = obj->first; m; m = m->next) {
		struct finding f = { .severity = SEV_HIGH,
				     .line = m->key_line,
				     .col = m->key_col };

		if (!m->duplicate || (only && !str_eq(m->key, only)))
			continue;
		f.pointer = arena_printf(r->arena, "%s/%s", pointer,
					 str_printable(r->arena, m->key, 100));
		f.message = arena_printf(r->arena,
					 "The key \"%s\" stands here a second time%s",
					 str_printable(r->arena, m->key, 100),
					 str_eq(form_language(r->file), "TOML")
						 ? ", so that the host rejects the file"
						 : "");
		rule_fail_at(r, &f);
	}
}

void check_cfg_003(struct rule_run *r)
{
	const struct config_file *f = r->file;
	static const char *const inner[] = { "env", "environment", "headers" };

	if (not_read(r))
		return;
	for (size_t i = 0; i < f->n_maps; i++) {
		const struct server_map *map = &f->maps[i];
		size_t part = strcspn(map->pointer + (map->pointer[0] == '/'), "/");

		if (map->pointer[0] == '/')
			duplicates_in(r, f->top, "",
				      arena_strndup(r->arena, map->pointer + 1, part));
		duplicates_in(r, map->node, map->pointer, NULL);
		for (const struct node *m = map->node->first; m; m = m->next) {
			char *at = arena_printf(r->arena, "%s/%s", map->pointer, m->key);

			duplicates_in(r, m, at, NULL);
			for (size_t k = 0; k < ARRAY_LEN(inner); k++)
				duplicates_in(
					r, node_get(m, inner[k]),
					arena_printf(r->arena, "%s/%s", at, inner[k]),
					NULL);
		}
	}
}

void check_cfg_004(struct rule_run *r)
{
	const struct config_file *f = r->file;
	struct finding found = { .severity = SEV_HIGH };

	if (not_read(r))
		return;
	if (!f->host->key) {
		rule_skip(r, "the path names no host");
		return;
	}
	if (f->hosts_map || f->n_maps == 0 || f->maps[0].node->n == 0)
		return;
	found.line = f->maps[0].node->key_line ? f->maps[0].node->key_line : 1;
	found.col = f->maps[0].node->key_col ? f->maps[0].node->key_col : 1;
	found.pointer = f->maps[0].pointer;
	found.message =
		arena_printf(r->arena,
			     "%s looks for its servers under \"%s\"; here they stand "
			     "%s%s%s, so it finds none",
			     f->host->title, f->host->key,
			     f->maps[0].pointer[0] ? "under \"" : "at the top",
			     f->maps[0].pointer[0] ? f->maps[0].key : "",
			     f->maps[0].pointer[0] ? "\"" : "");
	found.fix = f->maps[0].pointer[0]
			    ? arena_printf(r->arena, "Rename \"%s\" to \"%s\".",
					   f->maps[0].key, f->host->key)
			    : arena_printf(r->arena, "Put the servers under \"%s\".",
					   f->host->key);
	rule_fail_at(r, &found);
}

static bool plugin_variable(const char *p, size_t n)
{
	static const char *const own[] = { "CLAUDE_PLUGIN_ROOT", "CLAUDE_PLUGIN_DATA",
					   "CLAUDE_PROJECT_DIR", "extensionPath" };

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (n >= strlen(own[i]) && strncmp(p, own[i], strlen(own[i])) == 0)
			return true;
	return n > 6 && strncmp(p, "input:", 6) == 0;
}

/* The first reference of s in a form that the host leaves as it is, or NULL. */
static const char *unexpanded(const struct host_row *h, const char *s, bool windows,
			      size_t *ret_n)
{
	const char *last = strrchr(s, '}');

	for (const char *p = s; *p != '\0'; p++) {
		const char *end;

		if (p[0] == '$' && p[1] == '{' && p < last && (end = strchr(p, '}'))) {
			const char *in = p + 2;
			size_t n = (size_t)(end - in);
			bool kilo = (n > 4 && strncmp(in, "env:", 4) == 0) ||
				    (n == 15 && strncmp(in, "workspaceFolder", 15) == 0);

			*ret_n = (size_t)(end - p) + 1;
			if (plugin_variable(in, n))
				continue;
			if ((h->flags & HOST_VAR_BRACE) ||
			    ((h->flags & HOST_VAR_KILO) && !kilo))
				return p;
			p = end;
		} else if (str_starts(p, "{env:") && p < last && (end = strchr(p, '}')) &&
			   !(h->flags & HOST_VAR_BRACE)) {
			*ret_n = (size_t)(end - p) + 1;
			return p;
		} else if (*p == '%' && !windows && (end = strchr(p + 1, '%'))) {
			size_t n = (size_t)(end - p) - 1;
			bool name = n > 2 && !isdigit((unsigned char)p[1]);

			for (size_t i = 1; i <= n && name; i++)
				name = isupper((unsigned char)p[i]) || p[i] == '_' ||
				       isdigit((unsigned char)p[i]);
			*ret_n = n + 2;
			if (name)
				return p;
		}
	}
	return NULL;
}

static bool for_windows(const struct entry *e)
{
	enum look_place place;
	const struct value *v;

	if (e->cmd_wrapped)
		return true;
	for (size_t i = 0; (v = look_value(e, i, &place)); i++)
		if (v->text && (look_drive(v->text) || strstr(v->text, "%\\") ||
				(place == LOOK_COMMAND && strchr(v->text, '\\'))))
			return true;
	return false;
}

void check_cfg_017(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const struct value *script = look_shell_text(e), *v;
	bool windows = for_windows(e);
	enum look_place place;

	if (r->file->host->id == HOST_GENERIC) {
		rule_skip(r, "the path names no host");
		return;
	}
	for (size_t i = 0; (v = look_value(e, i, &place)); i++) {
		size_t n;
		const char *ref =
			v->text && v != script
				? unexpanded(r->file->host, v->text, windows, &n)
				: NULL;

		if (ref)
			rule_fail(r, SEV_HIGH, v,
				  "%s does not expand %s: the server gets it as "
				  "it stands",
				  r->file->host->title,
				  str_printable(r->arena, arena_strndup(r->arena, ref, n),
						60));
	}
}

static bool one_computer(const char *s)
{
	static const char *const homes[] = { "/home/", "/Users/" };

	if (strpbrk(s, "$%{") || is_place(s) || strchr(s, '<'))
		return false;
	if (look_drive(s))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		const char *rest = s + strlen(homes[i]);

		if (str_starts(s, homes[i]) && *rest != '\0' && *rest != '/' &&
		    strchr(rest, '/'))
			return true;
	}
	return false;
}

void check_cfg_020(struct rule_run *r)
{
	const struct entry *e = r->entry;

	if (r->file->place != PLACE_PROJECT) {
		rule_skip(r, "the file is not shared");
		return;
	}
	if (e->command.text && one_computer(e->command.text))
		rule_fail(r, SEV_LOW, &e->command,
			  "The command of \"%s\" is a path of one computer", e->name);
	for (size_t i = 0; i < e->args.n; i++)
		if (one_computer(e->args.v[i].text))
			rule_fail(r, SEV_LOW, &e->args.v[i],
				  "An argument of \"%s\" is a path of one computer",
				  e->name);
}

void check_cfg_021(struct rule_run *r)
{
	const struct value *v;
	enum look_place place;

	if (!r->facts->resolve_env) {
		rule_skip(r, "only with --resolve-env");
		return;
	}
	for (size_t i = 0; (v = look_value(r->entry, i, &place)); i++) {
		const char *p = v->text ? strstr(v->text, "${") : NULL;
		const char *end = p ? strchr(p, '}') : NULL;
		const char *name;

		if (!end)
			continue;
		p += str_starts(p, "${env:") ? 6 : 2;
		name = arena_strndup(r->arena, p, (size_t)(end - p));
		if (name[0] == '\0' || strpbrk(name, ":-/. ") ||
		    str_eq(name, "workspaceFolder"))
			continue;
		if (!getenv(name))
			rule_fail(r, SEV_MEDIUM, v, "The variable %s is not set",
				  str_printable(r->arena, name, 80));
	}
}

void check_cfg_022(struct rule_run *r)
{
	const struct entry *e = r->entry;

	if (r->file->place != PLACE_PROJECT) {
		rule_skip(r, "judged at the project's entry");
		return;
	}
	for (size_t i = 0; i < r->facts->n_entries; i++) {
		const struct entry *o = r->facts->entries[i];

		if (!place_of_host(o->file->place) || o->file->host != e->file->host ||
		    !str_eq(o->name, e->name))
			continue;
		if (str_eq(o->definition_sha256, e->definition_sha256))
			rule_fail_entry(r, SEV_INFO,
					"\"%s\" stands in %s too, and is the same",
					e->name, o->file->path);
		else
			rule_fail_entry(
				r, SEV_MEDIUM,
				"\"%s\" is another server than in %s; in %s the one of "
				"the project wins",
				e->name, o->file->path, e->file->host->title);
		return;
	}
}

static bool same_tool_prefix(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		char x = isalnum((unsigned char)*a) || strchr("_.-", *a) ? *a : '_';
		char y = isalnum((unsigned char)*b) || strchr("_.-", *b) ? *b : '_';

		if (x != y)
			return false;
	}
	return *a == *b;
}

void check_cfg_023(struct rule_run *r)
{
	const struct entry *e = r->entry;

	if (e->name[0] == '\0') {
		rule_fail_entry(r, SEV_MEDIUM, "The name of the server is empty");
		return;
	}
	for (size_t i = 0; i < r->facts->n_entries; i++) {
		const struct entry *o = r->facts->entries[i];

		if (o == e)
			return;
		if (o->file == e->file && !str_eq(o->name, e->name) &&
		    same_tool_prefix(o->name, e->name)) {
			rule_fail_entry(
				r, SEV_MEDIUM,
				"\"%s\" and \"%s\" become one name once hosts replace "
				"their special characters",
				o->name, e->name);
			return;
		}
	}
}

static void must_exist(struct rule_run *r, const struct value *v, const char *what)
{
	const char *path = v->text;

	if (str_empty(path) || look_foreign(path) || look_pattern(path))
		return;
	if (access(look_path(r->arena, r->entry, path), F_OK) != 0)
		rule_fail(r,
			  str_ends(path, "/.env") || str_eq(path, ".env") ? SEV_LOW
									  : SEV_MEDIUM,
			  v, "%s %s does not exist", what,
			  str_printable(r->arena, path, 120));
}

void check_cfg_024(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const struct value *script = look_script(e);

	if (!r->file->on_disk) {
		rule_skip(r, "the configuration does not lie in a folder");
		return;
	}
	must_exist(r, &e->cwd, "The folder");
	must_exist(r, &e->env_file, "The file");
	if (script)
		must_exist(r, script, "The script");
}

void check_cfg_025(struct rule_run *r)
{
	static const char *const what[] = {
		[ENC_NONE] = "",
		[ENC_UTF16] = "The file is UTF-16, not UTF-8",
		[ENC_UTF32] = "The file is UTF-32, not UTF-8",
		[ENC_BOM] =
			"The file begins with a byte order mark; this host reads none",
		[ENC_INVALID] = "The file is not valid UTF-8 here",
		[ENC_NUL] = "The file holds a NUL byte here",
	};
	const struct config_file *f = r->file;
	const struct value *v;
	enum look_place place;

	if (f->encoding != ENC_NONE &&
	    (f->encoding != ENC_BOM || (f->host->flags & HOST_STRICT_JSON)))
		fail_pos(r, SEV_LOW, f->encoding_at, what[f->encoding]);
	for (size_t i = 0; i < r->facts->n_entries; i++) {
		if (r->facts->entries[i]->file != f)
			continue;
		for (size_t k = 0; (v = look_value(r->facts->entries[i], k, &place)); k++)
			if (v->text && strstr(v->text, "\r\n"))
				rule_fail(r, SEV_LOW, v,
					  "A value holds a line end of Windows");
	}
}
