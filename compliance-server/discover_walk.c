/* SPDX-License-Identifier: Apache-2.0 */
/* Looking through folders for configuration files; bounded, and honest about bounds. */
#define _GNU_SOURCE /* memmem, d_type */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/fd.h"
#include "common/base/str.h"
#include "common/field/yamlr.h"
#include "compliance-server/discover.h"
#include "compliance-server/facts_entry.h"
#include "compliance-server/facts_form.h"

#define LIMIT_FOUND   4000
#define LIMIT_ENTRIES 200000
#define LIMIT_DEPTH   40
#define LIMIT_SNIFFED (256u * 1024 * 1024) /* bytes read to tell what files are */
#define SNIFF	      (1024u * 1024)	   /* of one file */
#define PLUGIN_DEPTH  8

struct walk {
	struct arena *a;       /* of what is found */
	struct arena *scratch; /* of the walk itself */
	struct discovered *out;
	size_t cap, entries;
	char *text; /* room for SNIFF bytes */
	uint64_t sniffed;
	bool shallow;
};

struct name {
	const char *name;
	bool folder;
};

static void cut(struct walk *w, const char *why)
{
	if (!w->out->cut)
		w->out->cut = arena_strdup(w->a, why);
}

static void add(struct walk *w, const char *path)
{
	struct strs *f = &w->out->files;
	const char **more;

	if (f->n == LIMIT_FOUND) {
		cut(w, "it holds more than 4000 configuration files");
		return;
	}
	if (f->n == w->cap) {
		w->cap = w->cap > 0 ? 2 * w->cap : 64;
		more = arena_array(w->a, w->cap, sizeof(*more));
		if (f->n > 0)
			memcpy(more, f->v, f->n * sizeof(*more));
		f->v = more;
	}
	f->v[f->n++] = arena_strdup(w->a, path);
}

static int compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->folder != y->folder)
		return x->folder ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* A link to a file counts as a file, one to a folder as nothing. */
static bool kind_of(const char *path, const struct dirent *e, bool *ret_folder)
{
	bool link = e->d_type == DT_LNK;
	struct stat st;

	*ret_folder = e->d_type == DT_DIR;
	if (e->d_type == DT_DIR || e->d_type == DT_REG)
		return true;
	if (e->d_type == DT_UNKNOWN) {
		if (lstat(path, &st) != 0)
			return false;
		*ret_folder = S_ISDIR(st.st_mode);
		if (*ret_folder || S_ISREG(st.st_mode))
			return true;
		link = S_ISLNK(st.st_mode);
	}
	/* a link to nowhere is for the report to say */
	return link && (stat(path, &st) != 0 || S_ISREG(st.st_mode));
}

/* Files first, each kind by name. NULL when it cannot be opened. */
static struct name *list(struct walk *w, const char *folder, size_t *ret_n)
{
	struct name *v = NULL, *more;
	DIR *d = opendir(folder);
	struct dirent *e;
	size_t n = 0, max = 0;
	bool sub;

	*ret_n = 0;
	if (!d)
		return NULL;
	while ((e = readdir(d)) && w->entries <= LIMIT_ENTRIES) {
		if (str_eq(e->d_name, ".") || str_eq(e->d_name, ".."))
			continue;
		w->entries++;
		if (!kind_of(arena_printf(w->scratch, "%s/%s", folder, e->d_name), e,
			     &sub))
			continue;
		if (n == max) {
			max = max > 0 ? 2 * max : 32;
			more = arena_array(w->scratch, max, sizeof(*more));
			if (n > 0)
				memcpy(more, v, n * sizeof(*more));
			v = more;
		}
		v[n++] = (struct name){ arena_strdup(w->scratch, e->d_name), sub };
	}
	closedir(d);
	if (w->entries > LIMIT_ENTRIES)
		cut(w, "it holds more than 200000 files and folders");
	if (n > 0)
		qsort(v, n, sizeof(*v), compare_names);
	*ret_n = n;
	return v ? v : arena_array(w->scratch, 1, sizeof(*v));
}

/* The beginning of a file; false when it cannot be read. */
static bool sniff(struct walk *w, const char *path, size_t *ret_n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t k = 1;
	size_t n = 0;

	if (fd < 0)
		return false;
	while (n < SNIFF && (k = read(fd, w->text + n, SNIFF - n)) > 0)
		n += (size_t)k;
	fd_close(fd);
	w->sniffed += n;
	*ret_n = n;
	return k >= 0;
}

static bool has(const char *text, size_t n, const char *what)
{
	return memmem(text, n, what, strlen(what)) != NULL;
}

/* Text of a program that writes the file, such as a chart. */
static bool is_pattern(const char *text, size_t n)
{
	return has(text, n, "{{") || has(text, n, "{%");
}

static bool line_begins(const char *text, size_t n, const char *word)
{
	size_t m = strlen(word);

	for (const char *p = text; n >= m;) {
		const char *next;

		if (memcmp(p, word, m) == 0)
			return true;
		next = memchr(p, '\n', n);
		if (!next)
			return false;
		n -= (size_t)(next + 1 - p);
		p = next + 1;
	}
	return false;
}

static bool holds_objects(const char *text, size_t n)
{
	struct err e = { .code = ERR_NONE };
	struct arena *a;
	bool ok;

	if (!line_begins(text, n, "apiVersion:") || !line_begins(text, n, "kind:"))
		return false;
	if (!is_pattern(text, n))
		return true;
	a = arena_new();
	ok = yamlr_parse(a, text, n, NULL, &e) != NULL;
	arena_free(a);
	return ok;
}

/* A file of no host's name: only a map whose key says what it is. Text that is no JSON
 * and names the key is taken too, so that its fault is told. */
static bool holds_servers(const char *text, size_t n)
{
	static const char *const keys[] = { "mcpServers", "context_servers",
					    "amp.mcpServers", "mcp.mcpServers" };
	const struct node *top;
	struct err e = { .code = ERR_NONE };
	struct arena *a;
	bool named = has(text, n, "\"mcp\""), ok;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		named |= has(text, n, keys[i]);
	if (!named)
		return false;
	a = arena_new();
	top = jsonr_parse(a, text, n,
			  JSONR_COMMENTS | JSONR_TRAILING_COMMAS | JSONR_DUPLICATES |
				  JSONR_BOM | JSONR_NUL,
			  NULL, &e);
	ok = !top && has(text, n, "mcpServers") && !is_pattern(text, n);
	for (size_t i = 0; top && i < ARRAY_LEN(keys); i++)
		ok |= map_has_server(node_get(top, keys[i]));
	ok |= map_has_server(node_get(top, "mcp")) ||
	      map_has_server(node_path(top, "mcp", "servers", NULL)) ||
	      map_has_server(node_path(top, "mcp", "mcpServers", NULL));
	arena_free(a);
	return ok;
}

static bool holds_codex(const char *text, size_t n)
{
	return has(text, n, "[mcp_servers");
}

/* What can only be told by the text. */
static const struct {
	const char *end;
	bool (*test)(const char *text, size_t n);
} by_text[] = {
	{ ".yaml", holds_objects }, { ".yml", holds_objects },
	{ ".json", holds_servers }, { ".jsonc", holds_servers },
	{ ".toml", holds_codex },
};

static bool known_name(const char *path, const char *name)
{
	bool yaml = str_ends(name, ".yml") || str_ends(name, ".yaml");

	return is_dotenv_name(name) ||
	       (yaml && (str_starts(name, "docker-compose") ||
			 str_starts(name, "compose.") || str_starts(name, "compose-"))) ||
	       host_knows_path(path);
}

/* "mcp.json.example" -> "mcp.json" */
static const char *without_sample(struct arena *a, const char *name)
{
	static const char *const ends[] = { ".example", ".sample", ".dist", ".template" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(name, ends[i]))
			return arena_strndup(a, name, strlen(name) - strlen(ends[i]));
	return name;
}

static void look_at(struct walk *w, const char *path, const char *name)
{
	const char *bare = without_sample(w->scratch, name);
	size_t n;

	if (known_name(path, name)) {
		add(w, path);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(by_text); i++) {
		if (!str_ends(bare, by_text[i].end))
			continue;
		if (w->sniffed > LIMIT_SNIFFED)
			cut(w, "its files hold more than 256 MiB");
		else if (!sniff(w, path, &n) || by_text[i].test(w->text, n))
			add(w, path);
		return;
	}
}

static bool left_out(const char *name)
{
	static const char *const names[] = { "node_modules",  ".git",  ".hg",
					     ".svn",	      ".venv", "venv",
					     "site-packages", ".tox",  "__pycache__",
					     ".terraform",    ".cache" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(name, names[i]))
			return true;
	return false;
}

static void walk_folder(struct walk *w, const char *folder, int depth)
{
	size_t n;
	const struct name *v = list(w, folder, &n);

	if (!v)
		cut(w, arena_printf(w->scratch, "%s cannot be opened", folder));
	for (size_t i = 0; i < n; i++) {
		const char *path =
			str_eq(folder, ".")
				? v[i].name
				: arena_printf(w->scratch, "%s%s%s", folder,
					       str_ends(folder, "/") ? "" : "/",
					       v[i].name);

		if (!v[i].folder)
			look_at(w, path, v[i].name);
		else if (left_out(v[i].name) || (w->shallow && !host_folder(v[i].name)))
			continue;
		else if (depth == LIMIT_DEPTH)
			cut(w, "it is more than 40 folders deep");
		else
			walk_folder(w, path, depth + 1);
	}
}

static void begin(struct walk *w, struct arena *a, struct discovered *ret)
{
	*ret = (struct discovered){ .cut = NULL };
	*w = (struct walk){ .a = a, .scratch = arena_new(), .out = ret };
	w->text = arena_alloc(w->scratch, SNIFF);
}

void discover_folder(struct arena *a, const char *folder, struct discovered *ret)
{
	struct walk w;

	begin(&w, a, ret);
	walk_folder(&w, folder, 0);
	arena_free(w.scratch);
}

void discover_project(struct arena *a, const char *folder, struct discovered *ret)
{
	struct walk w;

	begin(&w, a, ret);
	w.shallow = true;
	walk_folder(&w, folder, 0);
	arena_free(w.scratch);
}

/* Files below the folder that fit the pattern, which is relative to it. */
static void walk_pattern(struct walk *w, const char *folder, const char *below,
			 const char *pattern, int depth)
{
	size_t n;
	const struct name *v = list(w, folder, &n);

	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(w->scratch, "%s/%s", folder, v[i].name);
		const char *in = arena_printf(w->scratch, "%s%s", below, v[i].name);

		if (!v[i].folder && path_fits(pattern, in))
			add(w, path);
		else if (v[i].folder && depth > 0 && !left_out(v[i].name))
			walk_pattern(w, path, arena_printf(w->scratch, "%s/", in),
				     pattern, depth - 1);
	}
}

void discover_hosts(struct arena *a, const char *home, struct discovered *ret)
{
	struct strs all;
	struct walk w;

	begin(&w, a, ret);
	all = host_paths(w.scratch, home);
	for (size_t i = 0; i < all.n; i++) {
		const char *star = strchr(all.v[i], '*'), *rest;
		int depth = 0;

		if (!star) {
			if (faccessat(AT_FDCWD, all.v[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
				add(&w, all.v[i]);
			continue;
		}
		while (*star != '/')
			star--;
		rest = star + 1;
		for (const char *p = rest; *p != '\0'; p++)
			depth += *p == '/';
		walk_pattern(
			&w, arena_strndup(w.scratch, all.v[i], (size_t)(star - all.v[i])),
			"", rest, strstr(rest, "**") ? PLUGIN_DEPTH : depth);
	}
	arena_free(w.scratch);
}
