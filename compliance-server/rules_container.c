/* SPDX-License-Identifier: Apache-2.0 */
/* CMD-006 to 009: what `docker run` and `podman run` are allowed to do to the host. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/rules_checks.h"

/* Calls each for the options in front of the image; false when the entry runs none. */
static bool container(struct rule_run *r, struct look_container *ret)
{
	if (look_container(r->entry, ret))
		return true;
	rule_skip(r, "the entry runs no container");
	return false;
}

void check_cmd_006(struct rule_run *r)
{
	static const char *const caps[] = { "--cap-add", NULL };
	static const char *const security[] = { "--security-opt", NULL };
	const struct entry *e = r->entry;
	struct look_container box;
	const struct value *at;

	if (!container(r, &box))
		return;
	for (size_t i = box.first; i < box.image; i++) {
		const char *a = e->args.v[i].text, *v;

		if (str_eq(a, "--privileged") || str_eq(a, "--privileged=true"))
			rule_fail(r, SEV_CRITICAL, &e->args.v[i],
				  "The container of \"%s\" is privileged", e->name);
		v = look_option(e, i, caps, &at);
		if (v && (str_ieq(v, "ALL") || str_ieq(v, "SYS_ADMIN") ||
			  str_ieq(v, "CAP_SYS_ADMIN")))
			rule_fail(r, SEV_HIGH, at,
				  "The container of \"%s\" gets the capability %s",
				  e->name, v);
		v = look_option(e, i, security, &at);
		if (v && strstr(v, "unconfined"))
			rule_fail(r, SEV_HIGH, at,
				  "The container of \"%s\" runs unconfined", e->name);
	}
}

void check_cmd_007(struct rule_run *r)
{
	static const char *const names[] = { "--net",	 "--network", "--pid", "--ipc",
					     "--userns", "--uts",     NULL };
	const struct entry *e = r->entry;
	struct look_container box;
	const struct value *at;

	if (!container(r, &box))
		return;
	for (size_t i = box.first; i < box.image; i++) {
		if (str_eq(look_option(e, i, names, &at), "host"))
			rule_fail(
				r, SEV_HIGH, at,
				"The container of \"%s\" shares a namespace of the host (%s)",
				e->name, str_printable(r->arena, e->args.v[i].text, 40));
	}
}

/* Source of a mount: "src:dst[:ro]" or "type=bind,src=…,dst=…[,readonly]". */
static const char *mount_source(struct rule_run *r, size_t i, const struct value **ret_at,
				bool *ret_read_only)
{
	static const char *const volumes[] = { "-v", "--volume", NULL };
	static const char *const mounts[] = { "--mount", NULL };
	const char *v = look_option(r->entry, i, volumes, ret_at);
	static const char *const keys[] = { "source=", "src=" };

	if (v) {
		size_t skip = look_drive(v) ? 2 : 0;

		*ret_read_only = str_ends(v, ":ro") || strstr(v, ":ro,");
		return arena_strndup(r->arena, v, skip + strcspn(v + skip, ":"));
	}
	v = look_option(r->entry, i, mounts, ret_at);
	for (size_t k = 0; v && k < ARRAY_LEN(keys); k++) {
		const char *p = strstr(v, keys[k]);

		if (p && (p == v || p[-1] == ',')) {
			p += strlen(keys[k]);
			*ret_read_only = strstr(v, "readonly") || strstr(v, ",ro");
			return arena_strndup(r->arena, p, strcspn(p, ","));
		}
	}
	return NULL;
}

void check_cmd_008(struct rule_run *r)
{
	static const char *const sockets[] = { "docker.sock", "containerd.sock",
					       "podman.sock" };
	const struct entry *e = r->entry;
	struct look_container box;
	const struct value *at;
	bool read_only;

	if (!container(r, &box))
		return;
	for (size_t i = box.first; i < box.image; i++) {
		const char *source = mount_source(r, i, &at, &read_only);

		for (size_t k = 0; source && k < ARRAY_LEN(sockets); k++)
			if (str_ends(source, sockets[k]))
				rule_fail(
					r, SEV_CRITICAL, at,
					"The container of \"%s\" gets the socket of the "
					"container runtime",
					e->name);
	}
}

static bool one_home(const char *s)
{
	static const char *const homes[] = { "/home/", "/Users/" };
	size_t n = strlen(s);

	while (n > 1 && s[n - 1] == '/')
		n--;
	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		size_t m = strlen(homes[i]);

		if (str_starts(s, homes[i]) && n > m && !memchr(s + m, '/', n - m))
			return true;
	}
	return false;
}

static bool broad_source(const char *s)
{
	static const char *const broad[] = { "/",     "/etc",	 "/root",
					     "/home", "/Users",	 "~",
					     "$HOME", "${HOME}", "${env:HOME}" };

	for (size_t i = 0; i < ARRAY_LEN(broad); i++) {
		size_t n = strlen(broad[i]);

		if (str_eq(s, broad[i]) ||
		    (str_starts(s, broad[i]) && str_eq(s + n, "/")))
			return true;
	}
	return one_home(s) || (look_drive(s) && s[3] == '\0');
}

bool broad_mount(const char *source, bool read_only, enum severity *ret)
{
	bool whole = str_eq(source, "/") || str_starts(source, "/etc");

	if (!broad_source(source))
		return false;
	*ret = whole ? SEV_CRITICAL : SEV_HIGH;
	if (read_only)
		*ret = whole ? SEV_HIGH : SEV_MEDIUM;
	return true;
}

void check_cmd_009(struct rule_run *r)
{
	const struct entry *e = r->entry;
	struct look_container box;
	const struct value *at;
	bool read_only = false;

	if (!container(r, &box))
		return;
	for (size_t i = box.first; i < box.image; i++) {
		const char *source = mount_source(r, i, &at, &read_only);
		enum severity s;

		if (!source || !broad_mount(source, read_only, &s))
			continue;
		rule_fail(r, s, at, "The container of \"%s\" gets the folder %s%s",
			  e->name, str_printable(r->arena, source, 60),
			  read_only ? " (read-only)" : "");
	}
}
