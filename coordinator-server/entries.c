/* SPDX-License-Identifier: Apache-2.0 */
/* The other servers of the host's mcp.json: finds the file, reads its server map. */
#define _GNU_SOURCE /* realpath */
#include "coordinator-server/entries.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/child.h"
#include "common/base/fd.h"
#include "common/base/str.h"
#include "coordinator-server/expand.h"

#define FILE_MAX    (4 * 1024 * 1024)
#define ENTRIES_MAX 200
#define FLAGS                                                                    \
	(JSONR_COMMENTS | JSONR_TRAILING_COMMAS | JSONR_DUPLICATES | JSONR_BOM | \
	 JSONR_NUL)

/* One entry while it is read. */
struct reading {
	struct arena *a;
	const struct entries_options *o;
	struct expand x;
	const struct node *node;
	struct entry *entry;
};

/* Places inside a project, in the order in which hosts prefer them. */
static const char *const places[] = {
	".kilocode/mcp.json", ".mcp.json",	".cursor/mcp.json", ".vscode/mcp.json",
	"kilo.json",	      "kilo.jsonc",	".kilo/kilo.json",  ".kilo/kilo.jsonc",
	"opencode.json",      "opencode.jsonc", ".roo/mcp.json",    "mcp.json"
};

static const char *find_file(struct arena *a, const struct entries_options *o,
			     struct entries *es)
{
	const char *root = o->project ? o->project : ".";

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char *path = arena_printf(a, "%s/%s", root, places[i]);

		if (access(path, F_OK) == 0)
			return path;
	}
	es->looked =
		arena_printf(a, "%s (.kilocode/mcp.json, .mcp.json, …, mcp.json)", root);
	return NULL;
}

/* The project is the folder around .kilocode and the like. */
static const char *root_of(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL);
	char *root = arena_strdup(a, real ? real : path), *slash;

	free(real);
	if (!(slash = strrchr(root, '/')))
		return ".";
	*slash = '\0';
	slash = strrchr(root, '/');
	if (slash && slash[1] == '.' && slash[2])
		*slash = '\0';
	return *root ? root : "/";
}

static bool cannot(struct reading *r, const char *why)
{
	if (!r->entry->reason)
		r->entry->reason = why;
	return false;
}

/* A string of the entry with its variables replaced. */
static bool take(struct reading *r, const struct node *n, const char *what,
		 const char **ret)
{
	const char *why = NULL;

	if (!node_str(n))
		return cannot(r,
			      arena_printf(r->a, "%s is %s; hosts accept only a string",
					   what, node_kind_name(n->kind)));
	*ret = expand_text(&r->x, node_str(n), &why);
	return *ret ? true : cannot(r, arena_printf(r->a, "%s: %s", what, why));
}

static bool read_argv(struct reading *r)
{
	const struct node *cmd = node_get(r->node, "command");
	const struct node *args = node_get(r->node, "args"), *first = cmd;
	const char **argv;
	size_t n = 0;

	if (cmd && cmd->kind == NODE_ARRAY)
		first = cmd->first;
	if (!cmd || !first)
		return cannot(r, "the entry has no command");
	if (args && args->kind != NODE_ARRAY)
		return cannot(r, "args is not an array");
	argv = arena_array(r->a, cmd->n + (args ? args->n : 0) + 2, sizeof(char *));
	if (!take(r, first, "command", &argv[n++]))
		return false;
	if (cmd->kind == NODE_ARRAY)
		for (const struct node *m = first->next; m; m = m->next)
			if (!take(r, m, "command", &argv[n++]))
				return false;
	for (const struct node *m = args ? args->first : NULL; m; m = m->next)
		if (!take(r, m, "args", &argv[n++]))
			return false;
	r->entry->argv = argv;
	return *argv[0] ? true : cannot(r, "command is empty");
}

static bool in_list(const struct strs *list, const char *name, size_t n)
{
	for (size_t i = 0; i < list->n; i++)
		if (strlen(list->v[i]) == n && !strncmp(list->v[i], name, n))
			return true;
	return false;
}

/* What a program needs to find itself and its files; nothing that grants access. */
static bool is_harmless(const char *name, size_t n)
{
	static const char *const names[] = {
		"HOME",		 "LANG",	   "LANGUAGE",
		"LOGNAME",	 "PATH",	   "SHELL",
		"TERM",		 "TMPDIR",	   "TZ",
		"USER",		 "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
		"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strlen(names[i]) == n && !strncmp(names[i], name, n))
			return true;
	return n > 3 && !strncmp(name, "LC_", 3);
}

static bool looks_secret(const char *name)
{
	static const char *const words[] = { "KEY",	   "TOKEN", "SECRET", "PASS",
					     "CREDENTIAL", "AUTH",  "URL",    "URI",
					     "DSN",	   "CONN" };
	char upper[128];
	size_t n = MIN(strlen(name), sizeof(upper) - 1);

	for (size_t i = 0; i < n; i++)
		upper[i] =
			(char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 32 : name[i]);
	upper[n] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(upper, words[i]))
			return true;
	return false;
}

static bool own_variable(struct reading *r, const struct node *m, const char **ret)
{
	const char *what = arena_printf(r->a, "env %.60s", m->key), *value;
	struct strs *s = &r->entry->secrets;

	if (!*m->key || strchr(m->key, '='))
		return cannot(r, "env has a name that no variable can have");
	if (!take(r, m, what, &value))
		return false;
	if (looks_secret(m->key))
		s->v[s->n++] = value;
	*ret = arena_printf(r->a, "%s=%s", m->key, value);
	return true;
}

static bool read_env(struct reading *r)
{
	const struct node *env = node_get(r->node, "env");
	char *const *from = r->o->environ_;
	const char **envp;
	size_t n = 0, all = 0;

	env = env ? env : node_get(r->node, "environment");
	if (env && env->kind != NODE_OBJECT)
		return cannot(r, "env is not an object");
	while (from && from[all])
		all++;
	envp = arena_array(r->a, all + (env ? env->n : 0) + 2, sizeof(char *));
	r->entry->secrets.v = arena_array(r->a, (env ? env->n : 0) + 1, sizeof(char *));
	for (const struct node *m = env ? env->first : NULL; m; m = m->next)
		if (node_get(env, m->key) == m && !own_variable(r, m, &envp[n++]))
			return false;
	for (size_t i = 0; i < all; i++) {
		size_t len = strcspn(from[i], "=");
		char *name = arena_strndup(r->a, from[i], len);

		if ((is_harmless(name, len) ||
		     in_list(&r->entry->policy->env_pass, name, len)) &&
		    !(env && node_get(env, name)))
			envp[n++] = arena_strdup(r->a, from[i]);
	}
	envp[n++] = "COORD_DEPTH=1";
	r->entry->envp = envp;
	return true;
}

static bool read_cwd(struct reading *r)
{
	const struct node *n = node_get(r->node, "cwd");
	const char *cwd = r->x.workspace;
	struct stat st;

	if (n && !take(r, n, "cwd", &cwd))
		return false;
	if (*cwd != '/')
		cwd = arena_printf(r->a, "%s/%s", r->x.workspace, cwd);
	if (stat(cwd, &st) != 0 || !S_ISDIR(st.st_mode))
		return cannot(r, arena_printf(r->a, "cwd %s is not a folder", cwd));
	r->entry->cwd = cwd;
	return true;
}

static bool runnable(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* The file that starting the entry would run, or NULL. */
static const char *resolve(struct arena *a, const struct entry *en)
{
	const struct child_spec spec = { .argv = en->argv, .envp = en->envp };
	const char *ret = NULL;
	struct buf b;

	buf_init(&b, FILE_MAX);
	if (child_find_program(&spec, &b, NULL))
		ret = *buf_text(&b) == '/'
			      ? arena_strdup(a, buf_text(&b))
			      : arena_printf(a, "%s/%s", en->cwd, buf_text(&b));
	buf_release(&b);
	return ret;
}

/* A coordinator that calls itself would start processes without end. */
static bool check_program(struct reading *r)
{
	const char *program = resolve(r->a, r->entry);
	char *real = program ? realpath(program, NULL) : NULL;
	bool self = real && str_eq(real, r->o->self);
	bool good = real && runnable(real);

	free(real);
	if (self)
		return cannot(r, "it is this coordinator itself");
	if (!good)
		return cannot(r,
			      arena_printf(r->a, "the program %s is not there",
					   str_printable(r->a, r->entry->argv[0], 200)));
	return true;
}

static void digest_launch(struct reading *r)
{
	struct entry *en = r->entry;
	struct buf b;

	buf_init(&b, FILE_MAX);
	for (const char *const *v = en->argv; *v; v++)
		buf_addf(&b, "%zu:%s", strlen(*v), *v);
	buf_addf(&b, "|%s|", en->cwd);
	for (const char *const *v = en->envp; *v; v++)
		buf_addf(&b, "%.*s,", (int)strcspn(*v, "="), *v);
	digest_sha256_hex(buf_text(&b), b.len, en->launch);
	buf_release(&b);
}

static bool is_local(struct reading *r)
{
	const struct node *type = node_get(r->node, "type");
	const struct node *off = node_get(r->node, "disabled");
	const struct node *on = node_get(r->node, "enabled");
	const char *t = node_str(type);

	if (r->node->kind != NODE_OBJECT)
		return cannot(r, "the entry is not an object");
	if (!target_name_ok(r->entry->name))
		return cannot(r, "its name has other characters than letters, digits,"
				 " _ . -, or is longer than 50, or has a __");
	if ((off && off->truth) || (on && on->kind == NODE_BOOL && !on->truth))
		return cannot(r, "it is disabled in the file");
	if (node_get(r->node, "url") || node_get(r->node, "serverUrl") ||
	    node_get(r->node, "httpUrl") ||
	    (t && !str_eq(t, "stdio") && !str_eq(t, "local")))
		return cannot(r,
			      "it is a remote server; only programs on this machine are"
			      " called");
	if (node_get(r->node, "envFile"))
		return cannot(r, "it needs an envFile, which is not read here");
	return true;
}

static void read_entry(struct reading *r)
{
	r->entry->description = node_str(node_get(r->node, "description"));
	if (is_local(r) && read_argv(r) && read_env(r) && read_cwd(r) && check_program(r))
		digest_launch(r);
}

static const struct node *server_map(const struct node *top)
{
	static const char *const keys[] = { "mcpServers", "servers", "mcp" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct node *map = node_get(top, keys[i]);

		if (map && map->kind == NODE_OBJECT)
			return map;
	}
	return NULL;
}

static bool read_map(struct arena *a, const struct entries_options *o,
		     const struct node *map, const struct policy *p, struct entries *es,
		     struct err *e)
{
	const char *root = root_of(a, es->file);

	if (map->n > ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %d servers", es->file,
			       ENTRIES_MAX);
	es->v = arena_array(a, map->n + 1, sizeof(struct entry));
	for (const struct node *m = map->first; m; m = m->next) {
		struct reading r = {
			.a = a,
			.o = o,
			.x = { .arena = a, .workspace = root, .environ_ = o->environ_ },
			.node = m,
			.entry = &es->v[es->n]
		};

		if (node_get(map, m->key) != m)
			continue;
		es->n++;
		*r.entry = (struct entry){ .name = m->key,
					   .policy = policy_target(p, m->key) };
		read_entry(&r);
	}
	return true;
}

bool entries_read(struct arena *a, const struct entries_options *o, struct entries *ret,
		  struct err *e)
{
	const struct node *top, *map;
	struct entries es = { 0 };
	struct policy p = { 0 };
	struct err why = { 0 };
	struct buf b;
	char *text;
	bool ok;

	es.file = o->file ? o->file : find_file(a, o, &es);
	if (!es.file) {
		*ret = es;
		return true;
	}
	buf_init(&b, FILE_MAX);
	ok = fd_read_file(es.file, &b, e);
	text = arena_strndup(a, buf_text(&b), b.len);
	top = ok ? jsonr_parse(a, text, b.len, FLAGS, NULL, e) : NULL;
	buf_release(&b);
	if (!top) {
		if (ok)
			err_prefix(e, "%s", es.file);
		e->code = ERR_CONFIG;
		return false;
	}
	if (!(map = server_map(top)))
		return err_set(e, ERR_CONFIG,
			       "%s has no servers; accepted is an object mcpServers,"
			       " servers or mcp",
			       es.file);
	if (!policy_read(a, node_get(top, "coordinator"), &p, &why))
		es.policy_error = arena_printf(a, "the policy in %s is refused: %s",
					       es.file, why.msg);
	ok = read_map(a, o, map, &p, &es, e);
	if (ok)
		*ret = es;
	return ok;
}

static bool not_there(struct arena *a, const struct entries *es, const char *name,
		      struct err *e)
{
	const char **names = arena_array(a, es->n + 1, sizeof(char *)), *near;
	struct buf all;

	buf_init(&all, 200);
	for (size_t i = 0; i < es->n; i++) {
		names[i] = es->v[i].name;
		buf_addf(&all, "%s%s", i ? ", " : "", str_printable(a, names[i], 60));
	}
	near = str_nearest(name, names, es->n);
	err_set(e, ERR_NOT_FOUND,
		"no target \"%s\"%s%s%s; accepted are the servers of %s: %s",
		str_printable(a, name, 60), near ? ", did you mean \"" : "",
		near ? near : "", near ? "\"" : "", es->file, buf_text(&all));
	buf_release(&all);
	return false;
}

const struct entry *entries_find(struct arena *a, const struct entries *es,
				 const char *name, struct err *e)
{
	if (!es->file) {
		err_set(e, ERR_CONFIG,
			"there are no targets: no mcp.json in %s\n"
			"hint: set MCP_CONFIG to the host's mcp.json",
			es->looked);
		return NULL;
	}
	for (size_t i = 0; i < es->n; i++) {
		const struct entry *en = &es->v[i];

		if (!str_eq(en->name, name))
			continue;
		if (!en->reason)
			return en;
		err_set(e, ERR_CONFIG, "target \"%s\" cannot be called: %s", name,
			en->reason);
		return NULL;
	}
	not_there(a, es, name, e);
	return NULL;
}
