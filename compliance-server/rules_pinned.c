/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that compare what a server shows with what a person approved. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/pin_diff.h"
#include "compliance-server/rules_live.h"
#include "compliance-server/text_diff.h"

#define NAME_SHOWN   80
#define SHORT_MAX    180
#define HASH_SHOWN   16 /* digits that tell one state from another in a fingerprint */
#define INSTRUCTIONS "instructions"

/* The set to compare with; NULL: the outcome is said. */
static const struct pinned *approved(struct rule_run *r)
{
	const struct pinned *p = r->entry->pinned;

	if (!p) {
		rule_skip(r, "no tools of the server were approved");
		return NULL;
	}
	if (!str_eq(p->approved.definition_sha256, r->entry->definition_sha256)) {
		rule_skip(r, "what was approved belongs to another definition of the "
			     "server");
		return NULL;
	}
	if (!live_spoken(r))
		return NULL;
	if (!p->shown) {
		rule_unknown(r, "%s", p->why);
		return NULL;
	}
	return p;
}

static const char *name_of(struct rule_run *r, const struct pin_tool *t)
{
	return str_printable(r->arena, t->name, NAME_SHOWN);
}

static const char *pointer_of(struct rule_run *r, const struct pin_tool *t)
{
	return arena_printf(r->arena, "tool:%s", name_of(r, t));
}

static const char *who(struct rule_run *r, const struct pin *p)
{
	char at[STAMP_LEN];

	stamp_iso(p->approved_at, at);
	return arena_printf(r->arena, "%s approved on %.10s",
			    p->approved_by ? str_printable(r->arena, p->approved_by, 60)
					   : "somebody",
			    at);
}

/* ---- PIN-001 ---- */

/* Poisoned text in what is new: a rule of LIV-041 to 057 found something there. */
static bool is_poisoned(const struct rule_run *r, const char *pointer)
{
	size_t n = strlen(pointer);

	for (size_t i = 0; i < r->so_far->n; i++) {
		const struct finding *f = &r->so_far->v[i];
		const char *id = f->rule->id;

		if (f->entry == r->entry && strncmp(id, "LIV-0", 5) == 0 &&
		    strcmp(id, "LIV-041") >= 0 && strcmp(id, "LIV-057") <= 0 &&
		    f->severity >= SEV_MEDIUM && !rule_is_preview(f->rule) &&
		    strncmp(f->pointer, pointer, n) == 0 &&
		    (f->pointer[n] == '\0' || strchr("/.# ", f->pointer[n])))
			return true;
	}
	return false;
}

/* Each further state is a finding of its own: a suppression of one covers no other. */
static void put_hashes(struct rule_run *r, const char *was, const char *now)
{
	rule_evidence(r, arena_printf(r->arena, "%.*s", HASH_SHOWN, now),
		      "sha256 %.12s, approved was %.12s", now, was);
}

static void report_tool(struct rule_run *r, const struct pinned *p,
			const struct pin_pair *pair)
{
	const char *pointer = pointer_of(r, pair->now), *difference;
	bool poisoned = is_poisoned(r, pointer);
	size_t more;

	difference = pin_diff_short(r->arena, pair->was, pair->now, SHORT_MAX, &more);
	rule_fail_live(r, poisoned ? SEV_CRITICAL : SEV_HIGH, pointer,
		       "the tool \"%s\" is not what %s%s; %s%s", name_of(r, pair->now),
		       who(r, &p->approved),
		       poisoned ? ", and its text now deceives or orders" : "",
		       difference,
		       more ? arena_printf(r->arena, " (and %zu more)", more) : "");
	put_hashes(r, pair->was->sha256, pair->now->sha256);
}

static void report_text(struct rule_run *r, const struct pinned *p, const char *pointer,
			const char *was, const char *now, enum severity s)
{
	if (str_eq(was, now))
		return;
	rule_fail_live(r, is_poisoned(r, pointer) ? SEV_CRITICAL : s, pointer,
		       "the server's %s: not what %s; %s", pointer, who(r, &p->approved),
		       text_diff_short(r->arena, was, now, SHORT_MAX));
	put_hashes(r, p->approved.server_sha256, p->shown->server_sha256);
}

void check_pin_001(struct rule_run *r)
{
	const struct pinned *p = approved(r);
	const struct pin_pair *pairs;
	size_t n;

	if (!p)
		return;
	pairs = pin_pairs(r->arena, &p->approved, p->shown, &n);
	for (size_t i = 0; i < n; i++)
		if (pairs[i].was && pairs[i].now &&
		    !str_eq(pairs[i].was->sha256, pairs[i].now->sha256))
			report_tool(r, p, &pairs[i]);
	report_text(r, p, INSTRUCTIONS, p->approved.instructions, p->shown->instructions,
		    SEV_HIGH);
	report_text(r, p, "name", p->approved.server_name, p->shown->server_name,
		    SEV_MEDIUM);
}

/* ---- PIN-002 ---- */

static bool is_true(const struct node *n)
{
	return n && n->kind == NODE_BOOL && n->truth;
}

static bool lists(const struct node *list, const char *name)
{
	for (const struct node *n = list && list->kind == NODE_ARRAY ? list->first : NULL;
	     n; n = n->next)
		if (str_eq(node_str(n), name) || str_eq(node_str(n), "*"))
			return true;
	return false;
}

/* A key of opencode's permissions: "*" stands for any text. */
static bool matches(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			from = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool permitted(struct rule_run *r, const char *name)
{
	const struct node *p = node_get(r->file->top, "permission");
	const char *full = arena_printf(r->arena, "%s_%s", r->entry->name, name);
	bool allowed = str_eq(node_str(p), "allow");

	for (const struct node *n = p && p->kind == NODE_OBJECT ? p->first : NULL; n;
	     n = n->next)
		if (matches(n->key, full))
			allowed = str_eq(node_str(n), "allow");
	return allowed;
}

/* The host would call it without asking anybody. */
static bool runs_unasked(struct rule_run *r, const char *name)
{
	static const char *const keys[] = { "alwaysAllow", "autoApprove" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct node *n = node_get(r->entry->node, keys[i]);

		if (is_true(n) || lists(n, name))
			return true;
	}
	return is_true(node_get(r->entry->node, "trust")) || permitted(r, name);
}

void check_pin_002(struct rule_run *r)
{
	const struct pinned *p = approved(r);
	const struct pin_pair *pairs;
	size_t n;

	if (!p)
		return;
	pairs = pin_pairs(r->arena, &p->approved, p->shown, &n);
	for (size_t i = 0; i < n; i++) {
		bool unasked;

		if (pairs[i].was)
			continue;
		unasked = runs_unasked(r, pairs[i].now->name);
		rule_fail_live(r, unasked ? SEV_HIGH : SEV_MEDIUM,
			       pointer_of(r, pairs[i].now),
			       "the tool \"%s\" is not among those that %s%s",
			       name_of(r, pairs[i].now), who(r, &p->approved),
			       unasked ? ", and the host calls it without asking" : "");
		rule_evidence(
			r,
			arena_printf(r->arena, "%.*s", HASH_SHOWN, pairs[i].now->sha256),
			"sha256 %.12s", pairs[i].now->sha256);
	}
}

/* ---- PIN-003, PIN-004 ---- */

void check_pin_003(struct rule_run *r)
{
	const struct pinned *p = approved(r);
	const struct pin_pair *pairs;
	size_t n;

	if (!p)
		return;
	pairs = pin_pairs(r->arena, &p->approved, p->shown, &n);
	for (size_t i = 0; i < n; i++)
		if (!pairs[i].now)
			rule_fail_live(r, SEV_LOW, pointer_of(r, pairs[i].was),
				       "the tool \"%s\" that %s is gone",
				       name_of(r, pairs[i].was), who(r, &p->approved));
}

/* The command only starts something else: its own updates say nothing about the server.
 */
static bool is_launcher(struct rule_run *r, const struct program *p)
{
	struct look_package package;
	struct look_container container;

	return p->n > 1 || look_package(r->arena, r->entry, &package) ||
	       look_container(r->entry, &container);
}

static const struct program_file *find(const struct program *p, const char *path)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->files[i].path, path))
			return &p->files[i];
	return NULL;
}

static void compare_files(struct rule_run *r, const struct program *was,
			  const struct program *now, const char *by)
{
	for (size_t i = is_launcher(r, now) ? 1 : 0; i < now->n; i++) {
		const struct program_file *f = &now->files[i], *old = find(was, f->path);

		if (old && str_eq(old->sha256, f->sha256))
			continue;
		rule_fail_entry(
			r, SEV_MEDIUM, "%s is %s %s",
			str_printable(r->arena, f->path, 200),
			old ? "not the file that" : "another file than those that", by);
		rule_evidence(r, arena_printf(r->arena, "%.*s", HASH_SHOWN, f->sha256),
			      "sha256 %.12s", f->sha256);
	}
}

static bool is_exact(struct rule_run *r)
{
	struct look_package p;

	return look_package(r->arena, r->entry, &p) && p.version &&
	       look_exact_version(p.version);
}

void check_pin_004(struct rule_run *r)
{
	const struct pinned *p = approved(r);
	const char *was, *now;

	if (!p)
		return;
	compare_files(r, &p->approved.program, &p->shown->program, who(r, &p->approved));
	was = p->approved.server_version;
	now = p->shown->server_version;
	if (is_exact(r) || str_eq(was, now))
		return;
	rule_fail_entry(r, SEV_MEDIUM, "the server is of another version than %s",
			who(r, &p->approved));
	rule_evidence(r, "version", "%s, now %s",
		      was ? str_printable(r->arena, was, 60) : "none",
		      now ? str_printable(r->arena, now, 60) : "none");
}
