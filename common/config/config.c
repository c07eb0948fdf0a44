/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration: layers from the weakest to the strongest, then one check of what is
 * left. */
#include "common/config/config.h"

#include "common/base/fd.h"
#include "common/base/str.h"
#include "common/config/layer.h"
#include "common/config/url.h"
#include "common/config/value.h"

#define SECRET_MAX (64U * 1024)

static size_t count_keys(void)
{
	size_t n = 0;

	while (config_keys[n].name)
		n++;
	return n;
}

/* The value of NAME_FILE without its line end. */
static bool read_secret(struct loader *l, const struct key *k, struct raw *r,
			struct err *e)
{
	struct source_file f;
	const char *path = r->file;
	char *text;

	if (str_starts(path, "~/") && l->home)
		path = arena_printf(l->a, "%s%s", l->home, path + 1);
	if (!source_read(l->a, path, SECRET_MAX, false, &f, e))
		return err_prefix(e, "%s: %s_FILE", r->origin, k->env);
	if (!f.text)
		return err_set(e, ERR_CONFIG, "%s: %s_FILE: there is no file %s",
			       r->origin, k->env, path);
	if (memchr(f.text, '\0', f.n))
		return err_set(e, ERR_CONFIG, "%s: %s_FILE: %s holds a NUL byte",
			       r->origin, k->env, path);
	text = arena_strndup(l->a, f.text, f.n);
	if (str_ends(text, "\n"))
		text[f.n - 1] = '\0';
	if (str_ends(text, "\r"))
		text[strlen(text) - 1] = '\0';
	if (!loader_check_secret(l, &f, k, text, e))
		return err_prefix(e, "%s", r->origin);
	r->text = text;
	r->origin = arena_printf(l->a, "%s (from %s)", r->origin, path);
	return true;
}

static bool wrong_value(struct loader *l, const struct key *k, const struct raw *r,
			struct err *e)
{
	const char *accepted = value_accepted(l->a, k);
	const char *at = str_starts(r->origin, "flag") ? "" : r->origin;
	const char *colon = *at ? ": " : "";

	if (k->flags & KEY_SECRET)
		return err_set(e, ERR_CONFIG, "%s%s%s has a wrong value; accepted is %s",
			       at, colon, r->name, accepted);
	return err_set(e, ERR_CONFIG, "%s%s%s is \"%s\"; accepted is %s", at, colon,
		       r->name, str_printable(l->a, r->text, 80), accepted);
}

static bool check_placeholder(struct loader *l, const struct key *k, const struct raw *r,
			      struct err *e)
{
	if (!(k->flags & KEY_SECRET) || !r->origin || !value_placeholder(r->text))
		return true;
	if (!(k->flags & KEY_NO_EFFECT))
		return err_set(
			e, ERR_CONFIG,
			"%s: %s is the placeholder of a sample; accepted is a value of "
			"your own",
			r->origin, r->name);
	loader_warn(
		l,
		"%s: %s is the placeholder of a sample; set a value of your own before it takes "
		"effect",
		r->origin, r->name);
	return true;
}

static void mask(struct loader *l, const struct key *k)
{
	const char *text = value_text(k, &l->set.v);

	if (!(k->flags & KEY_SECRET) || !text)
		return;
	if (k->kind != KEY_URL || str_starts(text, "http")) {
		log_mask(text);
		return;
	}
	url_hide(l->a, text);
}

static bool settle(struct loader *l, size_t i, struct err *e)
{
	const struct key *k = &config_keys[i];
	struct raw *r = &l->raw[i];

	if (r->file && !read_secret(l, k, r, e))
		return false;
	l->set.origin[i] = r->origin ? r->origin : "default";
	if (!r->text)
		return true;
	if (!check_placeholder(l, k, r, e))
		return false;
	if (!value_set(l->a, k, r->text, l->home, &l->set.v)) {
		if (!r->origin)
			return err_set(e, ERR_INTERNAL,
				       "the default of %s is not accepted", k->env);
		return wrong_value(l, k, r, e);
	}
	mask(l, k);
	return true;
}

static const char *server_name(unsigned server)
{
	if (server & KEY_COMPLIANCE)
		return "compliance";
	return server & KEY_MEMORY ? "memory" : "coordinator";
}

static bool complete(struct loader *l, struct err *e)
{
	struct config *c = &l->set.v;
	struct err no_home = { 0 };
	const char *data = fd_xdg_dir(l->a, XDG_DATA, &no_home);

	if (c->pool_max == 0)
		c->pool_max = c->workers + 1;
	if (c->pool_min > c->pool_max)
		return err_set(
			e, ERR_CONFIG,
			"DATABASE_POOL_MIN is %lld, above DATABASE_POOL_MAX, which is %lld",
			(long long)c->pool_min, (long long)c->pool_max);
	if (!c->state_dir)
		c->state_dir = fd_xdg_dir(l->a, XDG_STATE, &no_home);
	for (size_t i = 0; i < l->keys; i++)
		l->set.shown[i] = value_show(l->a, &config_keys[i], c);
	for (size_t i = 0; i < l->keys && data; i++)
		if (str_eq(config_keys[i].env, "DATABASE_URL") && !l->set.shown[i])
			l->set.shown[i] = arena_printf(l->a, "sqlite:%s/%s.db", data,
						       server_name(l->src->server));
	return true;
}

static bool load(struct loader *l, struct err *e)
{
	for (size_t i = 0; i < l->keys; i++)
		l->raw[i] = (struct raw){ .text = config_keys[i].def,
					  .name = config_keys[i].env };
	if (!layer_yaml(l, e) || !layer_dotenv(l, e) || !layer_environment(l, e) ||
	    !layer_flags(l, e))
		return false;
	for (size_t i = 0; i < l->keys; i++)
		if (!settle(l, i, e))
			return false;
	return complete(l, e);
}

static void wipe_environment(const struct config_source *src)
{
	for (const struct key *k = config_keys; k->name; k++)
		if (k->flags & KEY_SECRET)
			source_env_wipe(src->environ_, k->env);
}

bool config_load(struct arena *a, const struct config_source *src, struct config_set *ret,
		 struct err *e)
{
	struct loader l = { .a = a, .src = src, .keys = count_keys() };
	bool ok;

	l.tail = &l.set.warnings;
	l.home = source_home(a, src->environ_);
	l.raw = arena_array(a, l.keys, sizeof(*l.raw));
	l.set.origin = arena_array(a, l.keys, sizeof(*l.set.origin));
	l.set.shown = arena_array(a, l.keys, sizeof(*l.set.shown));
	ok = load(&l, e);
	/* also after a failure: the secrets are as visible then */
	wipe_environment(src);
	if (ok)
		*ret = l.set;
	return ok;
}
