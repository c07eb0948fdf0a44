/* SPDX-License-Identifier: Apache-2.0 */
/* Files into facts: bytes, encoding, parse, server maps. Entries are facts_entry.c. */
#define _GNU_SOURCE /* realpath */
#include "compliance-server/facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/fd.h"
#include "common/base/str.h"
#include "compliance-server/facts_entry.h"
#include "compliance-server/facts_form.h"
#include "compliance-server/facts_tools.h"
#include "compliance-server/suppress.h"

#define LIMIT_FILE    (8u * 1024 * 1024)
#define LIMIT_FILES   4096
#define LIMIT_SERVERS 4096

static void put_utf8(struct buf *b, uint32_t cp)
{
	char out[4];

	buf_add(b, out, utf8_encode(cp, out));
}

/* UTF-16 to UTF-8; a lone surrogate becomes U+FFFD. */
static void from_utf16(const unsigned char *p, size_t n, bool big, struct buf *out)
{
	for (size_t i = 2; i + 1 < n; i += 2) {
		uint32_t u = big ? (uint32_t)p[i] << 8 | p[i + 1]
				 : (uint32_t)p[i + 1] << 8 | p[i];

		if (u >= 0xD800 && u < 0xDC00 && i + 3 < n) {
			uint32_t w = big ? (uint32_t)p[i + 2] << 8 | p[i + 3]
					 : (uint32_t)p[i + 3] << 8 | p[i + 2];

			if (w >= 0xDC00 && w < 0xE000) {
				put_utf8(out,
					 0x10000 + ((u - 0xD800) << 10) + (w - 0xDC00));
				i += 2;
				continue;
			}
		}
		put_utf8(out, u >= 0xD800 && u < 0xE000 ? 0xFFFD : u);
	}
}

static struct pos pos_of(const char *p, size_t at)
{
	struct pos pos = { 1, 1 };

	for (size_t i = 0; i < at; i++) {
		if (p[i] == '\n') {
			pos.line++;
			pos.col = 1;
		} else {
			pos.col += utf8_columns(p[i]);
		}
	}
	return pos;
}

/* Finds what is wrong with the bytes and turns them into text that can be parsed. */
static void decode(struct config_file *f, const char *p, size_t n, struct buf *out)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t good;

	f->encoding_at = (struct pos){ 1, 1 };
	if (n >= 4 && ((u[0] == 0xFF && u[1] == 0xFE && u[2] == 0 && u[3] == 0) ||
		       (u[0] == 0 && u[1] == 0 && u[2] == 0xFE && u[3] == 0xFF))) {
		f->encoding = ENC_UTF32;
		return;
	}
	if (n >= 2 &&
	    ((u[0] == 0xFF && u[1] == 0xFE) || (u[0] == 0xFE && u[1] == 0xFF))) {
		f->encoding = ENC_UTF16;
		from_utf16(u, n, u[0] == 0xFE, out);
		return;
	}
	if (n >= 3 && memcmp(u, "\xEF\xBB\xBF", 3) == 0)
		f->encoding = ENC_BOM;
	for (size_t at = 0; at < n; at += good) {
		good = utf8_valid_prefix(p + at, n - at);
		buf_add(out, p + at, good);
		if (at + good == n)
			break;
		if (f->encoding != ENC_INVALID)
			f->encoding_at = pos_of(p, at + good);
		f->encoding = ENC_INVALID;
		buf_add(out, "\xEF\xBF\xBD", 3);
		good++;
	}
	if (memchr(p, '\0', n)) {
		f->encoding = ENC_NUL;
		f->encoding_at =
			pos_of(p, (size_t)((const char *)memchr(p, '\0', n) - p));
	}
}

static bool blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr(" \t\r\n", p[i]) || p[i] == '\0')
			return false;
	return true;
}

static void parse(struct arena *a, struct config_file *f, const char *bytes, size_t len)
{
	struct buf text CLEANUP(buf_release);
	struct err e = { .code = ERR_NONE };
	char *p;
	size_t n;

	buf_init(&text, 4 * (size_t)LIMIT_FILE);
	decode(f, bytes, len, &text);
	n = text.len;
	p = arena_strndup(a, buf_text(&text), 0);
	if (n > 0) {
		p = arena_alloc(a, n + 1);
		memcpy(p, text.data, n);
	}
	f->text = p;
	f->text_len = n;
	if (f->encoding == ENC_UTF32) {
		f->state = FILE_SYNTAX;
		f->error = "the file is UTF-32, which no host reads";
		f->error_at = (struct pos){ 1, 1 };
		return;
	}
	f->strict = true;
	if (blank(str_starts(p, "\xEF\xBB\xBF") ? p + 3 : p,
		  str_starts(p, "\xEF\xBB\xBF") ? n - 3 : n)) {
		f->state = FILE_EMPTY;
		return;
	}
	if (!form_parse(a, f, p, n, &e)) {
		f->state = FILE_SYNTAX;
		f->error = form_without_place(a, e.msg);
		return;
	}
	if (f->state == FILE_OTHER)
		return;
	f->state = FILE_READ;
}

static void add_map(struct arena *a, struct config_file *f, const struct node *node,
		    const char *pointer, const char *key)
{
	struct server_map *grown;
	bool hosts = f->host->key ? str_eq(key, f->host->key) : true;

	if (!node || node->kind != NODE_OBJECT)
		return;
	for (size_t i = 0; i < f->n_maps; i++)
		if (f->maps[i].node == node)
			return;
	if (!map_has_server(node) && !(hosts && f->host->key))
		return;
	grown = arena_array(a, f->n_maps + 1, sizeof(*grown));
	if (f->n_maps > 0)
		memcpy(grown, f->maps, f->n_maps * sizeof(*grown));
	grown[f->n_maps] = (struct server_map){ node, pointer, key, hosts };
	f->maps = grown;
	f->n_maps++;
	f->hosts_map |= hosts;
}

/* `mcp` is the map of one host, and the folder of the map in the settings of another. */
static void add_mcp(struct arena *a, struct config_file *f, const struct node *mcp)
{
	const struct node *servers = node_get(mcp, "servers");
	const struct node *inner = node_get(mcp, "mcpServers");

	if (servers && map_has_server(servers) && !is_server(servers)) {
		add_map(a, f, servers, "/mcp/servers",
			f->host->id == HOST_VSCODE ? "servers" : "mcp.servers");
		return;
	}
	if (inner && map_has_server(inner) && !is_server(inner)) {
		add_map(a, f, inner, "/mcp/mcpServers", "mcp.mcpServers");
		return;
	}
	add_map(a, f, mcp, "/mcp", "mcp");
}

static void find_maps(struct arena *a, struct config_file *f)
{
	static const char *const keys[] = { "mcpServers",  "servers",
					    "mcp.servers", "context_servers",
					    "mcp_servers", "amp.mcpServers" };
	const struct node *projects;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		add_map(a, f, node_get(f->top, keys[i]), arena_printf(a, "/%s", keys[i]),
			f->host->id == HOST_VSCODE && str_eq(keys[i], "mcp.servers")
				? "servers"
				: keys[i]);
	if (node_get(f->top, "mcp"))
		add_mcp(a, f, node_get(f->top, "mcp"));
	projects = node_get(f->top, "projects");
	if (projects && projects->kind == NODE_OBJECT)
		for (const struct node *p = projects->first; p; p = p->next)
			add_map(a, f, node_get(p, "mcpServers"),
				arena_printf(a, "/projects/%s/mcpServers",
					     pointer_part(a, p->key)),
				"mcpServers");
	if (f->n_maps == 0 && f->top->kind == NODE_OBJECT && map_is_flat(f->top)) {
		add_map(a, f, f->top, "", f->host->key ? f->host->key : "");
		f->hosts_map = !f->host->key || (f->host->flags & HOST_FLAT);
	}
}

/* The array with room for one more pointer. */
static void *grown(struct arena *a, void *v, size_t n, size_t *cap)
{
	void **bigger;

	if (n < *cap)
		return v;
	*cap = n > 0 ? 2 * n : 16;
	bigger = arena_array(a, *cap, sizeof(*bigger));
	if (n > 0)
		memcpy(bigger, v, n * sizeof(*bigger));
	return bigger;
}

static void add_entry(struct facts *fa, struct config_file *f, struct entry *e)
{
	fa->entries = grown(fa->arena, fa->entries, fa->n_entries, &fa->cap_entries);
	e->index = fa->n_entries;
	fa->entries[fa->n_entries++] = e;
	f->n_entries++;
}

static void add_entries(struct facts *fa, struct config_file *f)
{
	for (size_t i = 0; i < f->n_maps; i++) {
		for (const struct node *m = f->maps[i].node->first; m; m = m->next) {
			if (is_note(m))
				continue;
			if (fa->n_entries == LIMIT_SERVERS) {
				f->state = FILE_OTHER;
				f->error = "more than 4096 servers in one check";
				f->error_at = (struct pos){ m->key_line, m->key_col };
				return;
			}
			add_entry(fa, f, entry_new(fa->arena, f, &f->maps[i], m));
		}
	}
	if (f->n_maps == 0 && fa->n_entries < LIMIT_SERVERS && tools_of_file(f->top)) {
		f->form = FORM_TOOLS;
		add_entry(fa, f, entry_of_list(fa->arena, f));
	}
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] != '\0' ? slash + 1 : path;
}

static struct config_file *file_new(struct facts *fa, const char *path, const char *real,
				    const struct host_row *host)
{
	struct arena *a = fa->arena;
	struct config_file *f = arena_alloc(a, sizeof(*f));
	size_t n;

	f->path = arena_strdup(a, path);
	f->real = real ? arena_strdup(a, real) : f->path;
	f->host = host_of_path(f->real, fa->home, &f->place);
	if (host)
		f->host = host;
	f->form = form_of_name(f->real);
	f->sample = form_is_sample(f->real);
	f->root = host_project_root(a, f->real);
	f->root_name = last_part(f->root);
	n = strlen(f->root);
	f->shown = strncmp(f->real, f->root, n) == 0 && f->real[n] == '/'
			   ? f->real + n + 1
			   : last_part(f->real);
	fa->files = grown(a, fa->files, fa->n_files, &fa->cap_files);
	f->index = fa->n_files;
	fa->files[fa->n_files++] = f;
	return f;
}

static void file_fill(struct facts *fa, struct config_file *f, const char *p, size_t n)
{
	digest_sha256_hex(p, n, f->sha256);
	parse(fa->arena, f, p, n);
	if (f->state == FILE_READ && f->form == FORM_SERVERS) {
		find_maps(fa->arena, f);
		add_entries(fa, f);
	}
}

static bool pick_host(struct arena *a, const struct facts_options *opt,
		      const struct host_row **ret, struct err *e)
{
	*ret = NULL;
	if (!opt || !opt->host)
		return true;
	*ret = host_by_name(opt->host);
	if (*ret)
		return true;
	return err_set(e, ERR_ARG, "host: \"%.40s\" is not known; accepted: %s",
		       opt->host, host_names(a));
}

static struct facts *facts_new(struct arena *a, const struct facts_options *opt)
{
	struct facts *f = arena_alloc(a, sizeof(*f));
	const char *path = opt && opt->path_env ? opt->path_env : getenv("PATH");

	f->arena = a;
	f->home = arena_strdup(a, opt && opt->home ? opt->home : getenv("HOME"));
	f->path_env = opt && opt->path_env
			      ? arena_strdup(a, path)
			      : arena_printf(a, "%s:/usr/local/bin:/usr/bin:/bin",
					     path ? path : "");
	f->resolve_env = opt && opt->resolve_env;
	return f;
}

/* Why a file could not be read, without its path. */
static const char *sentence(struct arena *a, const char *path, const char *msg)
{
	size_t n = strlen(path);

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return "no such file";
	return arena_strdup(a, strncmp(msg, path, n) == 0 && str_starts(msg + n, ": ")
				       ? msg + n + 2
				       : msg);
}

static void not_read(struct config_file *f, const char *why)
{
	f->state = FILE_UNREADABLE;
	f->error = why;
	f->error_at = (struct pos){ 1, 1 };
}

static void read_one(struct facts *fa, const char *path, const struct host_row *host)
{
	char *real = realpath(path, NULL);
	struct config_file *f = file_new(fa, path, real, host);
	struct buf bytes CLEANUP(buf_release);
	struct err e = { .code = ERR_NONE };
	struct stat st;

	free(real);
	buf_init(&bytes, LIMIT_FILE);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		struct discovered found;

		discover_folder(fa->arena, path, &found);
		not_read(f, found.cut ? found.cut : "no configuration was found in it");
		return;
	}
	if (!fd_read_file(path, &bytes, &e)) {
		not_read(f, sentence(fa->arena, path, e.msg));
		return;
	}
	if (stat(path, &st) == 0) {
		if (bytes.len == 0 && S_ISFIFO(st.st_mode)) {
			not_read(f, "nothing came out of this pipe");
			return;
		}
		f->on_disk = true;
		f->mode = (unsigned)st.st_mode & 07777;
		f->uid = (long)st.st_uid;
		f->gid = (long)st.st_gid;
	}
	file_fill(fa, f, bytes.len > 0 ? bytes.data : "", bytes.len);
}

bool facts_read(struct arena *a, const char *const *paths, size_t n,
		const struct facts_options *opt, struct facts **ret, struct err *e)
{
	const struct host_row *host;
	struct facts *f;

	if (!pick_host(a, opt, &host, e))
		return false;
	if (n > LIMIT_FILES)
		return err_set(e, ERR_LIMIT, "%zu files; at most %d in one check", n,
			       LIMIT_FILES);
	f = facts_new(a, opt);
	for (size_t i = 0; i < n; i++)
		read_one(f, paths[i], host);
	facts_group(f);
	*ret = f;
	return suppressions_read(f, opt ? opt->suppressions : NULL, e);
}

bool facts_add_text(struct facts *f, const char *path, const char *text, size_t n,
		    const struct facts_options *opt, struct err *e)
{
	const struct host_row *host;

	if (!pick_host(f->arena, opt, &host, e))
		return false;
	if (n > LIMIT_FILE)
		return err_set(e, ERR_LIMIT, "%s: longer than 8 MiB", path);
	file_fill(f, file_new(f, path, NULL, host), text, n);
	facts_group(f);
	return true;
}
