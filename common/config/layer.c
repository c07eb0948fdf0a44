/* SPDX-License-Identifier: Apache-2.0 */
/* The layers of configuration: YAML file, .env file, environment, flags. */
#include "common/config/layer.h"

#include <errno.h>
#include <stdarg.h>

#include "common/base/fd.h"
#include "common/base/str.h"
#include "common/config/dotenv.h"
#include "common/config/url.h"
#include "common/config/value.h"
#include "common/field/yamlr.h"

#define FILE_MAX (256U * 1024)

void loader_warn(struct loader *l, const char *fmt, ...)
{
	struct config_warning *w = arena_alloc(l->a, sizeof(*w));
	va_list ap;

	va_start(ap, fmt);
	w->text = arena_vprintf(l->a, fmt, ap);
	va_end(ap);
	*l->tail = w;
	l->tail = &w->next;
}

/* False when the text counts as unset: empty, or a variable the host should have
 * replaced. */
static bool is_given(struct loader *l, const struct key *k, const char *text,
		     const char *name, const char *origin)
{
	struct unreplaced u;

	if (str_empty(text))
		return false;
	if (!value_unreplaced(l->a, text, &u))
		return true;
	if (u.whole) {
		loader_warn(
			l,
			"%s: %s counts as not set: its variable %s was not replaced (%s)%s%s%s",
			origin, name, u.name, u.way,
			k->flags & KEY_SECRET ? "; or use " : "",
			k->flags & KEY_SECRET ? k->env : "",
			k->flags & KEY_SECRET ? "_FILE" : "");
		return false;
	}
	loader_warn(
		l,
		"%s: %s looks like the variable $%s that was not replaced (%s); it is used as "
		"it is",
		origin, name, k->flags & KEY_SECRET ? "…" : u.name, u.way);
	return true;
}

/* One layer's value of a key, and for secrets the name of a file that holds it. */
static bool take(struct loader *l, size_t i, const char *text, const char *file,
		 struct raw from, struct err *e)
{
	const struct key *k = &config_keys[i];
	const char *file_name = arena_printf(
		l->a, "%s%s", from.name, str_eq(from.name, k->env) ? "_FILE" : "_file");
	bool has_text = is_given(l, k, text, from.name, from.origin);
	bool has_file = is_given(l, k, file, file_name, from.origin);

	if (has_text && has_file)
		return err_set(e, ERR_CONFIG,
			       "%s: %s and %s are both set; accepted is one of them",
			       from.origin, from.name, file_name);
	if (!has_text && !has_file)
		return true;
	from.text = has_text ? arena_strdup(l->a, text) : NULL;
	from.file = has_file ? arena_strdup(l->a, file) : NULL;
	l->raw[i] = from;
	return true;
}

/* The file named by option or variable must be there, the one in our folder may be. */
static bool open_file(struct loader *l, const char *option, const char *variable,
		      const char *fallback, struct source_file *ret, struct err *e)
{
	const char *named =
		!str_empty(option) ? option : source_env(l->src->environ_, variable);
	const char *path = named, *dir;
	struct err reason = { 0 };

	*ret = (struct source_file){ 0 };
	if (str_empty(named)) {
		dir = fd_xdg_dir(l->a, XDG_CONFIG, &reason);
		if (!dir)
			return true;
		path = arena_printf(l->a, "%s/%s", dir, fallback);
		/* nobody named it: a home that is closed to us must not stop the server
		 */
		if (access(path, R_OK) != 0 && errno == EACCES) {
			loader_warn(l, "%s cannot be read and is left out", path);
			return true;
		}
	} else if (str_starts(named, "~/") && l->home) {
		path = arena_printf(l->a, "%s%s", l->home, named + 1);
	}
	if (!source_read(l->a, path, FILE_MAX, true, ret, e))
		return false;
	if (!ret->text && !str_empty(named))
		return err_set(e, ERR_CONFIG, "%s: there is no such file (named by %s)",
			       path, !str_empty(option) ? "an option" : variable);
	return true;
}

static bool holds_secret(struct loader *l, const struct key *k, const char *text)
{
	struct unreplaced u;

	if (!(k->flags & KEY_SECRET) || str_empty(text))
		return false;
	if (value_unreplaced(l->a, text, &u) && u.whole)
		return false;
	/* an address without a password tells nothing */
	return k->kind != KEY_URL || str_starts(text, "http") || url_password(l->a, text);
}

bool loader_check_secret(struct loader *l, const struct source_file *f,
			 const struct key *k, const char *text, struct err *e)
{
	if (!source_is_open(f) || !holds_secret(l, k, text))
		return true;
	return err_set(
		e, ERR_CONFIG,
		"%s holds %s and is open to other users (mode %04o), so it is not used\n"
		"hint: chmod 600 %s",
		f->path, k->env, (unsigned)f->mode, f->path);
}

/* ---- YAML ---- */

static const struct key *find_key(const char *name, bool *ret_file)
{
	for (const struct key *k = config_keys; k->name; k++) {
		size_t n = strlen(k->name);

		*ret_file = false;
		if (str_eq(k->name, name))
			return k;
		*ret_file = true;
		if (k->flags & KEY_SECRET && strncmp(k->name, name, n) == 0 &&
		    str_eq(name + n, "_file"))
			return k;
	}
	return NULL;
}

static bool is_group(const char *name)
{
	size_t n = strlen(name);

	for (const struct key *k = config_keys; k->name; k++)
		if (strncmp(k->name, name, n) == 0 && k->name[n] == '.')
			return true;
	return false;
}

static const char *nearest_key(struct loader *l, const char *name)
{
	const char **names = arena_array(l->a, l->keys * 2, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < l->keys; i++) {
		const char *dot = strrchr(config_keys[i].name, '.');

		/* WORKERS where server.workers is meant */
		if (str_ieq(config_keys[i].env, name))
			return config_keys[i].name;
		names[n++] = config_keys[i].name;
		/* the group, for a misspelt one */
		if (dot)
			names[n++] = arena_strndup(l->a, config_keys[i].name,
						   (size_t)(dot - config_keys[i].name));
	}
	return str_nearest(name, names, n);
}

static bool unknown_key(struct loader *l, const char *path, const struct node *n,
			const char *name, struct err *e)
{
	const char *shown = str_printable(l->a, name, 80), *near = nearest_key(l, name);

	if (near)
		return err_set(e, ERR_CONFIG,
			       "%s:%d: unknown key \"%s\", did you mean \"%s\"?", path,
			       n->key_line, shown, near);
	return err_set(e, ERR_CONFIG,
		       "%s:%d: unknown key \"%s\"; docs/configuration.md has "
		       "the list",
		       path, n->key_line, shown);
}

struct yaml_walk {
	const struct source_file *file;
	/* what was found per key, so that a key and its _file may stand apart */
	const struct node **text, **in_file;
	int depth;
};

static bool yaml_leaf(struct loader *l, struct yaml_walk *w, const struct node *n,
		      const char *name, struct err *e)
{
	bool in_file;
	const struct key *k = find_key(name, &in_file);
	const struct node **slot;

	if (!k)
		return unknown_key(l, w->file->path, n, name, e);
	slot = (in_file ? w->in_file : w->text) + (k - config_keys);
	if (*slot)
		return err_set(e, ERR_CONFIG,
			       "%s:%d: key \"%s\" was given before, in line %d",
			       w->file->path, n->line, name, (*slot)->line);
	if (n->kind == NODE_ARRAY || n->kind == NODE_OBJECT)
		return err_set(e, ERR_CONFIG, "%s:%d: %s is %s; accepted is %s",
			       w->file->path, n->line, name, node_kind_name(n->kind),
			       value_accepted(l->a, k));
	*slot = n;
	return true;
}

static bool yaml_walk(struct loader *l, struct yaml_walk *w, const struct node *object,
		      const char *prefix, struct err *e)
{
	for (const struct node *n = object->first; n; n = n->next) {
		const char *name =
			arena_printf(l->a, "%s%s%s", prefix, *prefix ? "." : "", n->key);
		bool ok;

		if (n->kind != NODE_OBJECT || !is_group(name)) {
			/* an empty group is no mistake */
			ok = n->kind == NODE_NULL && is_group(name)
				     ? true
				     : yaml_leaf(l, w, n, name, e);
		} else {
			/* a group's name holds at most two dots, so this ends */
			ok = yaml_walk(l, w, n, name, e);
		}
		if (!ok)
			return false;
	}
	return true;
}

static const char *scalar_text(const struct node *n)
{
	if (!n || n->kind == NODE_NULL)
		return NULL;
	if (n->kind == NODE_BOOL)
		return n->truth ? "true" : "false";
	return n->text;
}

static bool take_yaml(struct loader *l, const struct yaml_walk *w, struct err *e)
{
	for (size_t i = 0; i < l->keys; i++) {
		const char *text = scalar_text(w->text[i]),
			   *file = scalar_text(w->in_file[i]);
		const struct node *n = w->text[i] ? w->text[i] : w->in_file[i];
		struct raw from = { .name = config_keys[i].name };

		if (!n)
			continue;
		from.origin = arena_printf(l->a, "%s:%d", w->file->path, n->line);
		if (!loader_check_secret(l, w->file, &config_keys[i], text, e) ||
		    !take(l, i, text, file, from, e))
			return false;
	}
	return true;
}

bool layer_yaml(struct loader *l, struct err *e)
{
	struct source_file f;
	struct yaml_walk w = { .file = &f };
	const struct node *docs;

	if (!open_file(l, l->src->file, "CONFIG_FILE", "config.yaml", &f, e))
		return false;
	if (!f.text)
		return true;
	docs = yamlr_parse(l->a, f.text, f.n, NULL, e);
	if (!docs) {
		if (e)
			e->code = ERR_CONFIG;
		return err_prefix(e, "%s", f.path);
	}
	if (docs->n == 0 || (docs->n == 1 && docs->first->kind == NODE_NULL))
		return true;
	if (docs->n > 1 || docs->first->kind != NODE_OBJECT)
		return err_set(e, ERR_CONFIG,
			       "%s: accepted is one document with keys and values",
			       f.path);
	w.text = arena_array(l->a, l->keys, sizeof(*w.text));
	w.in_file = arena_array(l->a, l->keys, sizeof(*w.in_file));
	return yaml_walk(l, &w, docs->first, "", e) && take_yaml(l, &w, e);
}

/* ---- .env, environment, flags ---- */

bool layer_dotenv(struct loader *l, struct err *e)
{
	struct source_file f;
	struct dotenv d;

	if (!open_file(l, l->src->env_file, "ENV_FILE", ".env", &f, e))
		return false;
	if (!f.text)
		return true;
	dotenv_parse(l->a, f.text, f.n, &d);
	for (size_t i = 0; i < d.warnings_n; i++)
		loader_warn(l, "%s:%d: %s", f.path, d.warnings[i].line,
			    d.warnings[i].text);
	for (size_t i = 0; i < l->keys; i++) {
		const struct key *k = &config_keys[i];
		const struct dotenv_entry *text = dotenv_get(&d, k->env), *file = NULL,
					  *at;
		struct raw from = { .name = k->env };

		if (k->flags & KEY_SECRET)
			file = dotenv_get(&d, arena_printf(l->a, "%s_FILE", k->env));
		at = text ? text : file;
		if (!at)
			continue;
		from.origin = arena_printf(l->a, "%s:%d", f.path, at->line);
		if (!loader_check_secret(l, &f, k, text ? text->value : NULL, e) ||
		    !take(l, i, text ? text->value : NULL, file ? file->value : NULL,
			  from, e))
			return false;
	}
	return true;
}

bool layer_environment(struct loader *l, struct err *e)
{
	for (size_t i = 0; i < l->keys; i++) {
		const struct key *k = &config_keys[i];
		const char *text = source_env(l->src->environ_, k->env), *file = NULL;
		struct raw from = { .name = k->env, .origin = "environment" };

		if (k->flags & KEY_SECRET)
			file = source_env(l->src->environ_,
					  arena_printf(l->a, "%s_FILE", k->env));
		if (!take(l, i, text, file, from, e))
			return false;
	}
	return true;
}

/* DATABASE_POOL_MAX as database-pool-max */
static char *flag_of(struct arena *a, const char *env)
{
	char *flag = arena_strdup(a, env);

	for (char *c = flag; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
		else if (*c == '_')
			*c = '-';
	}
	return flag;
}

static bool unknown_flag(struct loader *l, const char *flag, struct err *e)
{
	const char **names = arena_array(l->a, l->keys, sizeof(*names));
	const char *near;

	for (size_t i = 0; i < l->keys; i++)
		names[i] = flag_of(l->a, config_keys[i].env);
	near = str_nearest(flag, names, l->keys);
	return err_set(e, ERR_USAGE, "unknown option --%s%s%s%s",
		       str_printable(l->a, flag, 80), near ? ", did you mean --" : "",
		       near ? near : "", near ? "?" : "");
}

bool layer_flags(struct loader *l, struct err *e)
{
	for (size_t f = 0; f < l->src->flags_n; f++) {
		const char *flag = flag_of(l->a, l->src->flag_names[f]);
		struct raw from;
		size_t i = 0;

		while (i < l->keys && !str_eq(flag_of(l->a, config_keys[i].env), flag))
			i++;
		if (i == l->keys)
			return unknown_flag(l, flag, e);
		if (config_keys[i].flags & KEY_SECRET)
			return err_set(
				e, ERR_USAGE,
				"--%s: a secret is not accepted on the command line, where "
				"others can see it\nhint: set %s or %s_FILE",
				flag, config_keys[i].env, config_keys[i].env);
		from = (struct raw){ .name = arena_printf(l->a, "--%s", flag) };
		from.origin = arena_printf(l->a, "flag %s", from.name);
		if (!take(l, i, l->src->flag_values[f], NULL, from, e))
			return false;
	}
	return true;
}
