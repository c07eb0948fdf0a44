/* SPDX-License-Identifier: Apache-2.0 */
/* How an entry becomes a command: arguments, environment and folder as the host would set
 * them, from the few variables every host hands on and those the entry names. */
#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/base/str.h"
#include "compliance-server/live.h"

#define VALUE_MAX (64 * 1024)

/* Nothing of our own configuration reaches a server under test. */
static const char *const kept[] = { "HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER" };

static const char *look_up(char *const *environ_in, const char *name, size_t n)
{
	for (; environ_in && *environ_in; environ_in++)
		if (!strncmp(*environ_in, name, n) && (*environ_in)[n] == '=')
			return *environ_in + n + 1;
	return NULL;
}

struct expansion {
	struct arena *a;
	const struct entry *entry;
	char *const *environ_in;
	struct err *e;
};

/* Body of "${…}" or "{…}"; NULL: stays as it stands. */
static const char *value_of(const struct expansion *x, const char *body, size_t n,
			    bool brace, bool *ok)
{
	unsigned flags = x->entry->file->host->flags;
	const char *colon = memchr(body, ':', n);
	size_t name_n = colon ? (size_t)(colon - body) : n;
	const char *v;

	if (n > 4 && !strncmp(body, "env:", 4) &&
	    (brace ? flags & HOST_VAR_BRACE : flags & (HOST_VAR_KILO | HOST_VAR_VSCODE)))
		return look_up(x->environ_in, body + 4, n - 4);
	if (brace)
		return NULL;
	if (n == 15 && !strncmp(body, "workspaceFolder", n) &&
	    flags & (HOST_VAR_KILO | HOST_VAR_VSCODE))
		return x->entry->file->root;
	if (n > 6 && !strncmp(body, "input:", 6) && flags & HOST_VAR_VSCODE) {
		*ok = err_set(x->e, ERR_UNAVAILABLE,
			      "the host asks its user for \"%.*s\"", (int)MIN(n, 60),
			      body);
		return NULL;
	}
	if (!(flags & HOST_VAR_DOLLAR))
		return NULL;
	v = look_up(x->environ_in, body, name_n);
	if (!v && colon && colon[1] == '-')
		v = arena_strndup(x->a, colon + 2, n - name_n - 2);
	return v;
}

static const char *expand(const struct expansion *x, const char *text, bool *ok)
{
	const char *out;
	struct buf b;

	buf_init(&b, VALUE_MAX);
	for (const char *p = text; *p;) {
		bool brace = *p == '{';
		const char *body = brace ? p + 1 : p + 2, *end, *v = NULL;

		if ((brace || (*p == '$' && p[1] == '{')) && (end = strchr(body, '}')))
			v = value_of(x, body, (size_t)(end - body), brace, ok);
		if (v) {
			buf_adds(&b, v);
			p = end + 1;
		} else {
			buf_addc(&b, *p++);
		}
	}
	if (b.overflow)
		*ok = err_set(x->e, ERR_LIMIT, "a value is longer than %d bytes",
			      VALUE_MAX);
	out = arena_strdup(x->a, buf_text(&b));
	buf_release(&b);
	return out;
}

static bool names(const struct entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->env.n; i++)
		if (str_eq(entry->env.v[i].name, name))
			return true;
	return false;
}

static const char **environment(const struct expansion *x, bool *ok)
{
	const struct values *env = &x->entry->env;
	const char **out = arena_array(x->a, ARRAY_LEN(kept) + env->n + 1, sizeof(*out));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		const char *v = look_up(x->environ_in, kept[i], strlen(kept[i]));

		if (v && !names(x->entry, kept[i]))
			out[n++] = arena_printf(x->a, "%s=%s", kept[i], v);
	}
	for (size_t i = 0; i < env->n; i++)
		if (env->v[i].text)
			out[n++] = arena_printf(x->a, "%s=%s", env->v[i].name,
						expand(x, env->v[i].text, ok));
	return out;
}

bool live_command(struct arena *a, const struct entry *entry, char *const *environ_in,
		  struct live_command *ret, struct err *e)
{
	struct expansion x = { a, entry, environ_in, e };
	const char *cwd = entry->cwd.text;
	struct live_command out = { 0 };
	bool ok = true;
	size_t n = 0;

	if (str_empty(entry->command.text))
		return err_set(e, ERR_UNAVAILABLE, "the entry has no command");
	out.argv = arena_array(a, entry->args.n + 2, sizeof(*out.argv));
	out.argv[n++] = expand(&x, entry->command.text, &ok);
	for (size_t i = 0; i < entry->args.n; i++)
		if (entry->args.v[i].text)
			out.argv[n++] = expand(&x, entry->args.v[i].text, &ok);
	out.envp = environment(&x, &ok);
	out.cwd = entry->file->root;
	if (!str_empty(cwd)) {
		cwd = expand(&x, cwd, &ok);
		out.cwd = cwd[0] == '/' || str_empty(out.cwd)
				  ? cwd
				  : arena_printf(a, "%s/%s", out.cwd, cwd);
	}
	if (str_empty(out.cwd))
		out.cwd = NULL;
	if (!ok)
		return false;
	*ret = out;
	return true;
}
