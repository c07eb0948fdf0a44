/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at an entry: options, scripts, packages and containers in its arguments. */
#include "compliance-server/entry_look.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"

const struct value *look_value(const struct entry *e, size_t i, enum look_place *ret)
{
	const struct {
		enum look_place place;
		const struct value *v;
		size_t n;
	} parts[] = {
		{ LOOK_COMMAND, &e->command, e->command.text != NULL },
		{ LOOK_ARG, e->args.v, e->args.n },
		{ LOOK_ENV, e->env.v, e->env.n },
		{ LOOK_URL, &e->url, e->url.text != NULL },
		{ LOOK_HEADER, e->headers.v, e->headers.n },
	};

	for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
		if (i < parts[p].n) {
			*ret = parts[p].place;
			return &parts[p].v[i];
		}
		i -= parts[p].n;
	}
	return NULL;
}

bool look_drive(const char *p)
{
	return isalpha((unsigned char)p[0]) && p[1] == ':' &&
	       (p[2] == '\\' || p[2] == '/');
}

bool look_foreign(const char *p)
{
	if (str_starts(p, "${workspaceFolder}"))
		p += strlen("${workspaceFolder}");
	return look_drive(p) || strpbrk(p, "$%{") || strchr(p, '\\') ||
	       str_starts(p, "/Users/") || p[0] == '~' || strstr(p, "://");
}

bool look_pattern(const char *p)
{
	return strchr(p, '<') || strstr(p, "path/to/") || str_starts(p, "/path/") ||
	       str_starts(p, "/absolute/") || is_place(p);
}

char *look_path(struct arena *a, const struct entry *e, const char *path)
{
	static const char folder[] = "${workspaceFolder}";
	const char *base = e->file->root;
	const char *cwd = e->cwd.text;

	if (str_starts(path, folder))
		return arena_printf(a, "%s%s", base, path + strlen(folder));
	if (path[0] == '/')
		return arena_strdup(a, path);
	if (!str_empty(cwd) && cwd != path && !look_foreign(cwd))
		base = look_path(a, e, cwd);
	return arena_printf(a, "%s/%s", base, path);
}

static bool begins_as_path(const char *c)
{
	return strchr("/~$%\\<", c[0]) || str_starts(c, "./") || str_starts(c, "../") ||
	       str_starts(c, ".\\") || look_drive(c);
}

size_t look_joined_command(struct arena *a, const struct entry *e)
{
	const char *c = e->command.text;
	char *trimmed;
	size_t n;

	if (!c || e->array_command || e->cmd_wrapped)
		return 0;
	c += strspn(c, " ");
	n = strlen(c);
	while (n > 0 && c[n - 1] == ' ')
		n--;
	trimmed = arena_strndup(a, c, n);
	if (!strchr(trimmed, ' ') || begins_as_path(trimmed) || is_ref(trimmed))
		return 0;
	if (e->file->on_disk && access(look_path(a, e, trimmed), F_OK) == 0)
		return 0;
	return strcspn(trimmed, " ");
}

#define DISTANCE_MAX 64

size_t look_distance(const char *a, const char *b, size_t limit)
{
	size_t n = strlen(a), m = strlen(b);
	size_t row[3][DISTANCE_MAX + 1];

	if (n > DISTANCE_MAX || m > DISTANCE_MAX || n > m + limit || m > n + limit)
		return limit + 1;
	for (size_t j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = row[i % 3], *up = row[(i - 1) % 3], *up2 = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);

			best = MIN(best, up[j] + 1);
			best = MIN(best, now[j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				best = MIN(best, up2[j - 2] + 1);
			now[j] = best;
		}
	}
	return row[n % 3][m];
}

static bool one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (str_eq(text, *list))
			return true;
	return false;
}

static const char *const shells[] = { "sh",   "bash",	    "zsh",  "dash", "ksh",
				      "fish", "powershell", "pwsh", NULL };

const struct value *look_shell_text(const struct entry *e)
{
	if (!one_of(e->program, shells))
		return NULL;
	for (size_t i = 0; i + 1 < e->args.n; i++) {
		const char *a = e->args.v[i].text;
		size_t n = strlen(a);
		bool group = a[0] == '-' && a[1] != '-' && n <= 6 && a[n - 1] == 'c';

		if (group || str_ieq(a, "-command") || str_ieq(a, "-encodedcommand") ||
		    str_ieq(a, "-enc"))
			return &e->args.v[i + 1];
		if (a[0] != '-')
			break;
	}
	return NULL;
}

bool look_is_shell(const struct entry *e)
{
	return look_shell_text(e) != NULL;
}

/* First operand behind args[from]; options of with_value take the next one with them. */
static const struct value *operand(const struct entry *e, size_t from,
				   const char *const *with_value, const char *const *ends)
{
	for (size_t i = from; i < e->args.n; i++) {
		const char *a = e->args.v[i].text;

		if (str_eq(a, "--"))
			return i + 1 < e->args.n ? &e->args.v[i + 1] : NULL;
		if (a[0] != '-')
			return &e->args.v[i];
		if (one_of(a, ends))
			return NULL;
		if (one_of(a, with_value))
			i++;
	}
	return NULL;
}

static bool script_name(const char *s)
{
	static const char *const ends[] = { ".js",  ".mjs", ".cjs", ".ts",
					    ".mts", ".tsx", ".py" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(s, ends[i]))
			return true;
	return false;
}

const struct value *look_script(const struct entry *e)
{
	static const char *const node_values[] = { "-r",       "--require",  "--import",
						   "--loader", "--env-file", "-C",
						   NULL };
	static const char *const node_ends[] = { "-e",	    "--eval", "-p",
						 "--print", "--run",  NULL };
	static const char *const python_values[] = { "-W", "-X", NULL };
	static const char *const python_ends[] = { "-m", "-c", NULL };
	static const char *const none[] = { NULL };
	const struct value *v = NULL;

	if (str_eq(e->program, "node")) {
		v = operand(e, 0, node_values, node_ends);
	} else if (str_starts(e->program, "python") &&
		   strspn(e->program + 6, "0123456789.") == strlen(e->program + 6)) {
		v = operand(e, 0, python_values, python_ends);
	} else if (str_eq(e->program, "deno") && e->args.n > 1 &&
		   str_eq(e->args.v[0].text, "run")) {
		v = operand(e, 1, none, none);
		return v && script_name(v->text) ? v : NULL;
	} else if (str_eq(e->program, "bun") && e->args.n > 0) {
		v = operand(e, str_eq(e->args.v[0].text, "run") ? 1 : 0, none, none);
		return v && script_name(v->text) ? v : NULL;
	}
	return v;
}

static bool variable_name(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)p[i]) && p[i] != '_')
			return false;
	return n > 0 && !isdigit((unsigned char)p[0]);
}

bool look_pair(struct arena *a, const struct entry *e, size_t i, struct look_pair *ret)
{
	const struct value *v = &e->args.v[i];
	const char *eq = strchr(v->text, '=');

	if (v->text[0] == '-') {
		const char *name = v->text + strspn(v->text, "-");

		if (eq && eq - v->text < 100) {
			*ret = (struct look_pair){
				arena_strndup(a, name, (size_t)(eq - name)), eq + 1, v
			};
			/* -eNAME=value, --env=NAME=value */
			if (str_eq(ret->name, "env") && strchr(eq + 1, '=')) {
				const char *in = strchr(eq + 1, '=');

				ret->name =
					arena_strndup(a, eq + 1, (size_t)(in - eq - 1));
				ret->text = in + 1;
			}
			return true;
		}
		if (eq || i + 1 >= e->args.n || e->args.v[i + 1].text[0] == '-' ||
		    strchr(v->text, ' '))
			return false;
		*ret = (struct look_pair){ name, e->args.v[i + 1].text,
					   &e->args.v[i + 1] };
		return true;
	}
	if (!eq || !variable_name(v->text, (size_t)(eq - v->text)))
		return false;
	*ret = (struct look_pair){ arena_strndup(a, v->text, (size_t)(eq - v->text)),
				   eq + 1, v };
	return true;
}

bool look_exact_version(const char *v)
{
	int dots = 0;

	if (!v || !isdigit((unsigned char)*v))
		return false;
	for (; isdigit((unsigned char)*v) || *v == '.'; v++)
		dots += *v == '.';
	return dots >= 2 && (*v == '\0' || *v == '-' || *v == '+');
}

bool look_container(const struct entry *e, struct look_container *ret)
{
	static const char *const flags[] = { "-i",
					     "-t",
					     "-it",
					     "-ti",
					     "-d",
					     "--rm",
					     "--init",
					     "--interactive",
					     "--tty",
					     "--detach",
					     "--privileged",
					     "--read-only",
					     "-P",
					     "--publish-all",
					     "--no-healthcheck",
					     "--oom-kill-disable",
					     "--sig-proxy",
					     "--help",
					     "-q",
					     "--quiet",
					     NULL };
	size_t i = 0;

	if (!str_eq(e->program, "docker") && !str_eq(e->program, "podman"))
		return false;
	if (i < e->args.n && str_eq(e->args.v[i].text, "container"))
		i++;
	if (i >= e->args.n || !str_eq(e->args.v[i].text, "run"))
		return false;
	ret->first = ++i;
	for (; i < e->args.n && e->args.v[i].text[0] == '-'; i++) {
		const char *a = e->args.v[i].text;
		bool joined = a[1] != '-' && strlen(a) > 2 && strchr("veplwumh", a[1]);

		if (!strchr(a, '=') && !joined && !one_of(a, flags))
			i++;
	}
	ret->image = MIN(i, e->args.n);
	return true;
}

const char *look_option(const struct entry *e, size_t i, const char *const *names,
			const struct value **ret_at)
{
	const char *a = e->args.v[i].text;

	*ret_at = &e->args.v[i];
	for (; *names; names++) {
		size_t n = strlen(*names);

		if (str_eq(a, *names) && i + 1 < e->args.n) {
			*ret_at = &e->args.v[i + 1];
			return e->args.v[i + 1].text;
		}
		if (!str_starts(a, *names))
			continue;
		if (a[n] == '=')
			return a + n + 1;
		if (n == 2 && a[1] != '-' && a[n] != '\0')
			return a + n;
	}
	return NULL;
}
