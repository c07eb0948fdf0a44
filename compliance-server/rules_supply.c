/* SPDX-License-Identifier: Apache-2.0 */
/* SUP rules: which code a start fetches, and whether it is the code that was looked at.
 */
#include <ctype.h>
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/alike.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_checks.h"
#include "compliance-server/supply_table.h"

#define NAME_MIN 8 /* shorter names differ by one letter by chance */

static void unpinned(struct rule_run *r, const struct look_package *p)
{
	const char *name = str_printable(r->arena, p->name, 120);

	rule_fail(r, SEV_MEDIUM, p->at, "%s is fetched in whatever version is current",
		  name);
	rule_evidence(r, "", "%s", str_printable(r->arena, p->spec, 150));
	if (p->eco == ECO_NPM)
		rule_fix(
			r,
			"Name the exact version (%s@1.2.3), and where possible start from an "
			"installed copy with a lock file.",
			name);
	else
		rule_fix(r, "Add == and the exact version (%s==1.2.3).", name);
}

static bool package(struct rule_run *r, enum ecosystem eco, struct look_package *ret)
{
	if (look_package(r->arena, r->entry, ret) && ret->eco == eco && !ret->local)
		return true;
	rule_skip(r, "the entry fetches no such package");
	return false;
}

void check_sup_001(struct rule_run *r)
{
	struct look_package p;

	if (package(r, ECO_NPM, &p) && !p.remote && !look_exact_version(p.version) &&
	    !(p.version && strpbrk(p.version, "${")))
		unpinned(r, &p);
}

void check_sup_002(struct rule_run *r)
{
	struct look_package p;

	if (!package(r, ECO_PYPI, &p) || p.remote)
		return;
	if (p.version && isdigit((unsigned char)p.version[0]) &&
	    !strchr(p.version, '*') && strchr(p.version, '.'))
		return;
	unpinned(r, &p);
}

static bool has_commit(const char *s)
{
	for (const char *p = s; (p = strpbrk(p, "@#")); p++) {
		size_t n = 0;

		while (isxdigit((unsigned char)p[1 + n]))
			n++;
		if (n == 40 || n == 64)
			return true;
	}
	return strstr(s, "sha256=") || strstr(s, "sha512-");
}

void check_sup_003(struct rule_run *r)
{
	struct look_package p;

	if (!look_package(r->arena, r->entry, &p)) {
		rule_skip(r, "the entry fetches no package");
		return;
	}
	if (p.remote && !has_commit(p.spec)) {
		rule_fail(r, SEV_HIGH, p.at, "%s is fetched from a place that can change",
			  strchr(p.spec, '@') && strstr(p.spec, "://")
				  ? "The package"
				  : str_printable(r->arena, p.spec, 120));
	}
}

struct image {
	const struct value *at;
	const char *text;
	const char *tag; /* NULL: none */
	bool digest;
};

static bool image_of(struct rule_run *r, struct image *ret)
{
	struct look_container box;
	const char *slash, *colon, *at;

	if (!look_container(r->entry, &box) || box.image >= r->entry->args.n) {
		rule_skip(r, "the entry runs no container");
		return false;
	}
	ret->at = &r->entry->args.v[box.image];
	ret->text = ret->at->text;
	if (strpbrk(ret->text, "${<%")) {
		rule_skip(r, "the image is a reference");
		return false;
	}
	at = strchr(ret->text, '@');
	ret->digest = at && str_starts(at, "@sha256:");
	slash = strrchr(ret->text, '/');
	colon = strchr(slash ? slash : ret->text, ':');
	ret->tag =
		colon && (!at || colon < at)
			? arena_strndup(r->arena, colon + 1,
					at ? (size_t)(at - colon - 1) : strlen(colon + 1))
			: NULL;
	return true;
}

static bool fixed_tag(const struct image *i)
{
	return i->tag && strpbrk(i->tag, "0123456789");
}

void check_sup_004(struct rule_run *r)
{
	struct image i;

	if (image_of(r, &i) && !i.digest && !fixed_tag(&i)) {
		rule_fail(r, SEV_MEDIUM, i.at, "The image %s has no fixed tag",
			  str_printable(r->arena, i.text, 120));
	}
}

void check_sup_005(struct rule_run *r)
{
	struct image i;

	if (image_of(r, &i) && !i.digest && fixed_tag(&i))
		rule_fail(r, SEV_LOW, i.at, "The image %s is not pinned by digest",
			  str_printable(r->arena, i.text, 120));
}

/* Numbers between dots; what follows a "-" or "+" is left out. */
static int compare_versions(const char *a, const char *b)
{
	for (;;) {
		unsigned long x = 0, y = 0;

		for (; isdigit((unsigned char)*a); a++)
			x = x * 10 + (unsigned long)(*a - '0');
		for (; isdigit((unsigned char)*b); b++)
			y = y * 10 + (unsigned long)(*b - '0');
		if (x != y)
			return x < y ? -1 : 1;
		if (*a != '.' && *b != '.')
			return 0;
		a += *a == '.';
		b += *b == '.';
	}
}

/* The index treats runs of - _ . as one and ignores case. */
static const char *pypi_name(struct arena *a, const char *name)
{
	char *out = arena_strdup(a, name), *to = out;

	for (const char *p = out; *p; p++) {
		bool mark = strchr("-_.", *p) != NULL;

		if (!mark || to == out || to[-1] != '-')
			*to++ = mark ? '-' : (char)tolower((unsigned char)*p);
	}
	*to = '\0';
	return out;
}

void check_sup_006(struct rule_run *r)
{
	struct look_package p;
	const char *name;

	if (!look_package(r->arena, r->entry, &p) || p.local || p.remote) {
		rule_skip(r, "the entry fetches no package");
		return;
	}
	name = p.eco == ECO_NPM ? p.name : pypi_name(r->arena, p.name);
	for (size_t i = 0; i < n_bad_packages; i++) {
		const struct bad_package *b = &bad_packages[i];
		bool pinned = p.version && isdigit((unsigned char)p.version[0]);

		if (p.eco != b->eco || !str_eq(name, b->name))
			continue;
		/* without a version the newest is fetched: bad only where no end is known
		 */
		if (!pinned && b->below)
			continue;
		if (pinned && ((b->from && compare_versions(p.version, b->from) < 0) ||
			       (b->below && compare_versions(p.version, b->below) >= 0)))
			continue;
		rule_fail(r, b->severity, p.at, "%s%s%s %s", b->name, pinned ? " " : "",
			  pinned ? str_printable(r->arena, p.version, 40) : "", b->why);
		if (b->below)
			rule_fix(r, "Move to %s %s or newer.", b->name, b->below);
		else
			rule_fix(r, "Remove %s.", b->name);
	}
}

static enum severity look_alike(const char *name, const char *skeleton, const char *known)
{
	const char *last = strrchr(known, '/');

	if (last && str_eq(name, last + 1) && strlen(name) >= NAME_MIN)
		return SEV_LOW;
	if (alike_is(skeleton, known) ||
	    (strlen(name) >= NAME_MIN && alike_by_one(name, known)))
		return SEV_HIGH;
	return SEV_INFO;
}

void check_sup_007(struct rule_run *r)
{
	const char *const *list;
	const char *name, *skeleton;
	struct look_package p;

	if (!look_package(r->arena, r->entry, &p) || p.local || p.remote) {
		rule_skip(r, "the entry fetches no package");
		return;
	}
	list = p.eco == ECO_NPM ? known_npm : known_pypi;
	name = p.eco == ECO_NPM ? p.name : pypi_name(r->arena, p.name);
	skeleton = alike_skeleton(r->arena, name);
	for (size_t i = 0; list[i]; i++)
		if (str_eq(name, list[i]))
			return;
	for (size_t i = 0; skeleton && list[i]; i++) {
		enum severity s = look_alike(name, skeleton, list[i]);

		if (s == SEV_INFO)
			continue;
		rule_fail(r, s, p.at, "%s looks like %s and is another package",
			  str_printable(r->arena, p.name, 100), list[i]);
		return;
	}
}

static void check_index(struct rule_run *r, const char *name, const char *text,
			const struct value *at)
{
	static const char *const names[] = {
		"registry",	 "index-url",	  "npm_config_registry", "UV_INDEX_URL",
		"PIP_INDEX_URL", "default-index", "UV_DEFAULT_INDEX"
	};
	size_t from = 0;
	struct url u;

	if (str_ieq(name, "extra-index-url") || str_ieq(name, "PIP_EXTRA_INDEX_URL") ||
	    str_ieq(name, "UV_EXTRA_INDEX_URL")) {
		rule_fail(r, SEV_MEDIUM, at,
			  "A second package index may answer for a name of the first");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_ieq(name, names[i]) && url_next(text, &from, &u) &&
		    span_ieq(u.scheme, "http") && !host_is_loop(u.host))
			rule_fail(r, SEV_HIGH, at,
				  "The package index is reached without TLS");
}

void check_sup_008(struct rule_run *r)
{
	const struct entry *e = r->entry;
	struct look_pair pair;

	for (size_t i = 0; i < e->args.n; i++)
		if (look_pair(r->arena, e, i, &pair))
			check_index(r, pair.name, pair.text, pair.at);
	for (size_t i = 0; i < e->env.n; i++)
		if (e->env.v[i].text)
			check_index(r, e->env.v[i].name, e->env.v[i].text, &e->env.v[i]);
}

void check_sup_009(struct rule_run *r)
{
	struct look_package p;

	if (!package(r, ECO_NPM, &p))
		return;
	for (size_t i = 0; i < n_archived_packages; i++)
		if (str_eq(p.name, archived_packages[i]))
			rule_fail(r, SEV_LOW, p.at, "%s is an archived reference server",
				  p.name);
}
