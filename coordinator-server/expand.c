/* SPDX-License-Identifier: Apache-2.0 */
/* Variables in the values of a host's file, as the hosts write them. */
#include "coordinator-server/expand.h"

#include "common/base/buf.h"
#include "common/base/str.h"

#define VALUE_MAX (256 * 1024)

static const char *look_up(const struct expand *x, const char *name, size_t n)
{
	for (char *const *v = x->environ_; v && *v; v++)
		if (!strncmp(*v, name, n) && (*v)[n] == '=')
			return *v + n + 1;
	return NULL;
}

static bool is_name(const char *s, size_t n)
{
	if (!n || (*s >= '0' && *s <= '9'))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(s[i] == '_' || (s[i] >= '0' && s[i] <= '9') ||
		      (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z')))
			return false;
	return true;
}

/* The value of what stands in the braces; NULL with a reason when it has none, "" and
 * *ret_known false when it is no variable at all. */
static const char *value_of(const struct expand *x, const char *s, size_t n, bool dollar,
			    bool *ret_known, const char **ret_why)
{
	const char *name = s, *def = NULL, *v;
	size_t len = n;

	*ret_known = true;
	if (dollar && n == 15 && !strncmp(s, "workspaceFolder", n))
		return x->workspace;
	if (dollar && n > 6 && !strncmp(s, "input:", 6)) {
		*ret_why =
			"it asks the person through ${input:…}, which only the host can";
		return NULL;
	}
	if (n > 4 && !strncmp(s, "env:", 4)) {
		name += 4;
		len -= 4;
	} else if (!dollar) {
		*ret_known = false;
		return "";
	}
	for (size_t i = 0; i + 1 < len; i++)
		if (name[i] == ':' && name[i + 1] == '-') {
			def = arena_strndup(x->arena, name + i + 2, len - i - 2);
			len = i;
		}
	if (!is_name(name, len)) {
		*ret_known = false;
		return "";
	}
	v = look_up(x, name, len);
	if ((!v || !*v) && def)
		return def;
	if (!v)
		*ret_why = arena_printf(x->arena, "the variable %.*s is not set here",
					(int)MIN(len, 80), name);
	return v;
}

const char *expand_text(const struct expand *x, const char *text, const char **ret_why)
{
	struct buf b;
	const char *ret = NULL;

	buf_init(&b, VALUE_MAX);
	while (*text) {
		bool dollar = text[0] == '$' && text[1] == '{', known;
		const char *open = dollar ? text + 2 : text[0] == '{' ? text + 1 : NULL;
		const char *shut = open ? strchr(open, '}') : NULL, *v;

		if (!shut) {
			buf_addc(&b, *text++);
			continue;
		}
		v = value_of(x, open, (size_t)(shut - open), dollar, &known, ret_why);
		if (!v)
			goto out;
		if (known) {
			buf_adds(&b, v);
			text = shut + 1;
		} else {
			buf_addc(&b, *text++);
		}
	}
	if (b.overflow)
		*ret_why = "the value is too long";
	else
		ret = arena_strndup(x->arena, buf_text(&b), b.len);
out:
	buf_release(&b);
	return ret;
}
