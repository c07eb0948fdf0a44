/* SPDX-License-Identifier: Apache-2.0 */
/* TOX rules: what the servers of one host do together. */
#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/alike.h"
#include "compliance-server/approval_list.h"
#include "compliance-server/claim.h"
#include "compliance-server/rules_checks.h"
#include "compliance-server/rules_live.h"
#include "compliance-server/text_phrase.h"
#include "compliance-server/tool_label.h"

#define LIMIT_TOOLS  4000 /* of a host: pairs are compared */
#define NAME_MIN     8	  /* shorter names differ by one letter by chance */
#define VERB_WITHIN  10	  /* words around a foreign name */
#define MANY_TOOLS   80
#define PLENTY_TOOLS 40

/* ---- the tools of a host ---- */

struct host_tool {
	const char *name, *skeleton;
	const struct node *node;
	const struct entry *entry;
};

struct host_tools {
	struct host_tool *v;
	size_t n, servers;
};

static const struct live_list *list_of(const struct entry *e)
{
	const struct live_list *l = e->live ? &e->live->lists[LIVE_TOOLS] : NULL;

	return l && l->end ? l : NULL;
}

/* False, and unknown or not applicable, when there are not lists of several servers. A
 * remote server is never run: what is known of the others is judged. */
static bool host_lists(struct rule_run *r, struct host_tools *ret)
{
	const struct host_set *h = r->host;
	size_t max = 0;

	*ret = (struct host_tools){ .n = 0 };
	for (size_t i = 0; i < h->n_entries; i++) {
		const struct live_list *l = list_of(h->entries[i]);

		if (!l && h->entries[i]->transport == TRANSPORT_STDIO)
			rule_unknown(r, "the tools of %s are not known",
				     str_printable(r->arena, h->entries[i]->name, 80));
		ret->servers += l != NULL;
		max += l ? l->n : 0;
	}
	if (max > LIMIT_TOOLS)
		rule_unknown(r, "more tools than are compared");
	ret->v =
		arena_array(r->arena, MIN(max, (size_t)LIMIT_TOOLS) + 1, sizeof(*ret->v));
	for (size_t i = 0; i < h->n_entries; i++) {
		const struct live_list *l = list_of(h->entries[i]);

		for (size_t k = 0; l && k < l->n && ret->n < LIMIT_TOOLS; k++) {
			const char *name = node_str(node_get(l->items[k], "name"));

			if (!str_empty(name))
				ret->v[ret->n++] = (struct host_tool){
					.name = name,
					.skeleton = alike_skeleton(r->arena, name),
					.node = l->items[k],
					.entry = h->entries[i]
				};
		}
	}
	return ret->servers > 1;
}

static void needs_two(struct rule_run *r)
{
	rule_skip(r, "fewer than two servers of the host showed their tools");
}

/* A finding about a tool of one of the servers. */
static void fail_tool(struct rule_run *r, enum severity s, const struct host_tool *t,
		      const char *message)
{
	rule_fail_at(r, &(struct finding){ .severity = s,
					   .file = t->entry->file,
					   .line = t->entry->node->key_line,
					   .col = t->entry->node->key_col,
					   .pointer = arena_printf(
						   r->arena, "tool:%s",
						   str_printable(r->arena, t->name, 80)),
					   .message = message });
}

static const char *server_name(struct rule_run *r, const struct entry *e)
{
	return str_printable(r->arena, e->name, 80);
}

static int by_name(const void *a, const void *b)
{
	const struct host_tool *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0)
		order = (x->entry->index > y->entry->index) -
			(x->entry->index < y->entry->index);
	return order;
}

/* ---- TOX-001 and TOX-002 ---- */

/* These call a tool together with the name of its server. */
static bool tells_servers_apart(enum host h)
{
	static const enum host hosts[] = { HOST_KILO_LEGACY, HOST_KILO,
					   HOST_ROO,	     HOST_CLINE,
					   HOST_VSCODE,	     HOST_CLAUDE_CODE,
					   HOST_OPENCODE,    HOST_AMAZON_Q };

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (hosts[i] == h)
			return true;
	return false;
}

void check_tox_001(struct rule_run *r)
{
	enum severity s = tells_servers_apart(r->host->host->id) ? SEV_LOW : SEV_MEDIUM;
	struct host_tools all;

	if (!host_lists(r, &all)) {
		needs_two(r);
		return;
	}
	qsort(all.v, all.n, sizeof(*all.v), by_name);
	for (size_t i = 1; i < all.n; i++) {
		const struct host_tool *x = &all.v[i - 1], *y = &all.v[i];

		if (x->entry == y->entry || !str_eq(x->name, y->name))
			continue;
		fail_tool(r, s, y,
			  arena_printf(r->arena, "%s and %s both have a tool %s",
				       server_name(r, x->entry), server_name(r, y->entry),
				       str_printable(r->arena, y->name, 80)));
	}
}

/* get_user and get_users, page1 and page2: names of a family. */
static bool same_family(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), i = 0;

	if (n + 1 == m || m + 1 == n) {
		const char *longer = n > m ? a : b;

		return longer[MAX(n, m) - 1] == 's' && !strncmp(a, b, MIN(n, m));
	}
	while (a[i] && a[i] == b[i])
		i++;
	return is_digit(a[i]) && is_digit(b[i]);
}

static bool imitates(const struct host_tool *x, const struct host_tool *y)
{
	if (str_eq(x->name, y->name) || !x->skeleton || !y->skeleton)
		return false;
	if (str_eq(x->skeleton, y->skeleton))
		return !str_ieq(x->name, y->name);
	return strlen(x->name) >= NAME_MIN && strlen(y->name) >= NAME_MIN &&
	       alike_by_one(x->name, y->name) && !same_family(x->name, y->name);
}

void check_tox_002(struct rule_run *r)
{
	struct host_tools all;

	if (!host_lists(r, &all)) {
		needs_two(r);
		return;
	}
	qsort(all.v, all.n, sizeof(*all.v), by_name);
	for (size_t i = 0; i < all.n; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct host_tool *x = &all.v[k], *y = &all.v[i];

			if (x->entry == y->entry || !imitates(x, y))
				continue;
			fail_tool(r, SEV_HIGH, y,
				  arena_printf(r->arena, "%s of %s looks like %s of %s",
					       str_printable(r->arena, y->name, 80),
					       server_name(r, y->entry),
					       str_printable(r->arena, x->name, 80),
					       server_name(r, x->entry)));
			break;
		}
	}
}

/* ---- TOX-003 ---- */

/* Told apart from words, and not a name that many servers use. */
static bool names_one_tool(const char *name)
{
	static const char *const generic[] = {
		"read_file",	 "write_file",	    "edit_file",    "list_files",
		"search_files",	 "delete_file",	    "create_file",  "list_directory",
		"run_command",	 "execute_command", "web_search",   "search_web",
		"get_user",	 "list_users",	    "send_message", "list_tools",
		"execute_query", "run_query",	    "list_tables",  "fetch_url",
		"read_resource", "list_resources",  "get_file",	    "apply_patch"
	};
	bool marked = false;

	for (size_t i = 0; i < ARRAY_LEN(generic); i++)
		if (str_ieq(name, generic[i]))
			return false;
	for (size_t i = 1; name[i] && name[i + 1]; i++)
		marked |= name[i] == '_' || name[i] == '-' ||
			  (name[i] >= 'A' && name[i] <= 'Z' && name[i - 1] >= 'a' &&
			   name[i - 1] <= 'z');
	return marked;
}

static int by_skeleton_free_name(const void *key, const void *tool)
{
	return strcmp(key, ((const struct host_tool *)tool)->name);
}

static const struct host_tool *foreign_tool(struct rule_run *r,
					    const struct host_tools *all,
					    const struct text *t, size_t word,
					    const struct entry *self)
{
	const struct word *w = &t->words[word];
	const struct host_tool *found;
	char name[130];

	(void)r;
	if (w->len < 4 || w->len >= sizeof(name))
		return NULL;
	memcpy(name, t->plain + w->at, w->len);
	name[w->len] = '\0';
	if (!names_one_tool(name))
		return NULL;
	found = bsearch(name, all->v, all->n, sizeof(*all->v), by_skeleton_free_name);
	if (!found)
		return NULL;
	while (found > all->v && str_eq(found[-1].name, name))
		found--;
	for (const struct host_tool *x = found;
	     x < all->v + all->n && str_eq(x->name, name); x++)
		if (x->entry == self)
			return NULL; /* it has one of that name itself */
	return found;
}

static void look_for_foreign(struct rule_run *r, const struct host_tools *all,
			     const struct entry *e)
{
	const uint64_t verbs = W(W_IGNORE) | W(W_SUPERSEDE) | W(W_INSTEAD) | W(W_CHANGE) |
			       W(W_COVERT) | W(W_QUIET) | W(W_HIDE) | W(W_BCC);
	const struct texts *texts = live_texts_of(r, e->live);
	const struct node *reported = NULL;

	for (size_t i = 0; i < texts->n; i++) {
		const struct text *t = &texts->v[i];

		for (size_t k = 0; k < t->n; k++) {
			const struct host_tool *x;
			struct host_tool self = { .entry = e };
			bool bends;

			if (t->item && t->item == reported)
				break;
			x = foreign_tool(r, all, t, k, e);
			if (!x)
				continue;
			bends = text_before(t, k, VERB_WITHIN, verbs) ||
				text_behind(t, k, VERB_WITHIN, verbs);
			self.name = t->item ? node_str(node_get(t->item, "name"))
					    : "instructions";
			self.name = self.name ? self.name : "";
			fail_tool(r, bends ? SEV_HIGH : SEV_LOW, &self,
				  arena_printf(r->arena,
					       "The %s of %s names %s, a tool of %s",
					       t->field, server_name(r, e),
					       str_printable(r->arena, x->name, 80),
					       server_name(r, x->entry)));
			reported = t->item;
		}
	}
	if (texts->cut)
		rule_unknown(r, "the texts are longer than is looked into");
}

void check_tox_003(struct rule_run *r)
{
	struct host_tools all;

	if (!host_lists(r, &all)) {
		needs_two(r);
		return;
	}
	qsort(all.v, all.n, sizeof(*all.v), by_name);
	for (size_t i = 0; i < r->host->n_entries; i++)
		if (list_of(r->host->entries[i]))
			look_for_foreign(r, &all, r->host->entries[i]);
}

/* ---- TOX-004 and TOX-005 ---- */

/* The tool with this label that the host calls without asking, else any; the server with
 * the fewest such tools shows the path best. */
struct leg {
	const struct entry *entry;
	const char *tool;
	size_t n;
	bool approved;
};

static struct leg leg_of(struct rule_run *r, const struct entry *e, unsigned label)
{
	const struct live_list *l = list_of(e);
	struct approval_list list = approvals_of(r->arena, e);
	struct leg out = { .entry = e };

	for (size_t i = 0; l && i < l->n; i++) {
		const char *name = node_str(node_get(l->items[i], "name"));
		bool approved;

		if (!name || !(tool_labels(l->items[i]) & label))
			continue;
		approved = approved_tool(&list, name);
		if (!out.tool || (approved && !out.approved))
			out.tool = name;
		out.approved |= approved;
		out.n++;
	}
	return out;
}

static struct leg best_leg(struct rule_run *r, unsigned label)
{
	struct leg best = { .n = 0 };

	for (size_t i = 0; i < r->host->n_entries; i++) {
		struct leg x = leg_of(r, r->host->entries[i], label);

		if (x.n > 0 && (!best.n || (x.approved && !best.approved) ||
				(x.approved == best.approved && x.n < best.n)))
			best = x;
	}
	return best;
}

static const char *leg_text(struct rule_run *r, const struct leg *l)
{
	return arena_printf(r->arena, "%s of %s (%zu such tool%s)",
			    str_printable(r->arena, l->tool, 60),
			    str_printable(r->arena, l->entry->name, 60), l->n,
			    l->n == 1 ? "" : "s");
}

void check_tox_004(struct rule_run *r)
{
	struct host_tools all;
	struct leg in, data, out;

	if (!host_lists(r, &all) && all.servers == 0) {
		rule_skip(r, "no server of the host showed its tools");
		return;
	}
	in = best_leg(r, LABEL_UNTRUSTED);
	data = best_leg(r, LABEL_PRIVATE);
	out = best_leg(r, LABEL_SINK);
	if (!in.n || !data.n || !out.n || !(in.approved || data.approved || out.approved))
		return;
	rule_fail_at(
		r,
		&(struct finding){
			.severity = out.approved ? SEV_HIGH : SEV_MEDIUM,
			.file = out.entry->file,
			.line = out.entry->node->key_line,
			.col = out.entry->node->key_col,
			.pointer = arena_printf(r->arena, "host:%s", r->host->host->name),
			.message = arena_printf(r->arena,
						"What a stranger writes can reach %s by "
						"way of %s and leave through %s",
						leg_text(r, &data), leg_text(r, &in),
						leg_text(r, &out)) });
}

void check_tox_005(struct rule_run *r)
{
	struct leg data, out;

	if (!live_has_tools(r))
		return;
	data = leg_of(r, r->entry, LABEL_PRIVATE);
	out = leg_of(r, r->entry, LABEL_SINK);
	if (data.n > 0 && out.approved)
		rule_fail_live(
			r, SEV_HIGH,
			arena_printf(r->arena, "tool:%s",
				     str_printable(r->arena, out.tool, 80)),
			"%s reads private data, and %s is called without a question",
			str_printable(r->arena, data.tool, 60),
			str_printable(r->arena, out.tool, 60));
}

/* ---- TOX-006 ---- */

struct given {
	const struct entry *entry;
	const struct value *at;
	const char *text; /* without "Bearer " */
};

static int by_text(const void *a, const void *b)
{
	const struct given *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order == 0)
		order = (x->entry->index > y->entry->index) -
			(x->entry->index < y->entry->index);
	return order;
}

static const char *bare_secret(const struct value *v)
{
	const char *text = v->text;

	if (!text)
		return NULL;
	if (str_starts(text, "Bearer ") || str_starts(text, "bearer "))
		text += 7;
	if (strlen(text) < NAME_MIN || is_ref(text) || is_place(text) ||
	    is_default_password(text))
		return NULL;
	return secret_key(v->name) || is_signing_key(v->name) ||
			       str_ieq(v->name, "authorization") ||
			       token_kind(text, v->name, NULL)
		       ? text
		       : NULL;
}

static void collect(struct given *list, size_t *n, const struct entry *e,
		    const struct values *values)
{
	for (size_t i = 0; i < values->n; i++) {
		const char *text = bare_secret(&values->v[i]);

		if (text)
			list[(*n)++] = (struct given){ e, &values->v[i], text };
	}
}

/* The same server in two files of the host is one. */
static bool same_server(const struct entry *x, const struct entry *y)
{
	return x == y || (str_eq(x->name, y->name) &&
			  str_eq(x->definition_sha256, y->definition_sha256));
}

void check_tox_006(struct rule_run *r)
{
	const struct host_set *h = r->host;
	struct given *list;
	size_t max = 0, n = 0, end;

	for (size_t i = 0; i < h->n_entries; i++)
		max += h->entries[i]->env.n + h->entries[i]->headers.n;
	list = arena_array(r->arena, max + 1, sizeof(*list));
	for (size_t i = 0; i < h->n_entries; i++) {
		const struct entry *e = h->entries[i];

		if (e->too_long)
			rule_unknown(r, "%s is too long to be looked into",
				     server_name(r, e));
		collect(list, &n, e, &e->env);
		collect(list, &n, e, &e->headers);
	}
	qsort(list, n, sizeof(*list), by_text);
	for (size_t i = 0; i < n; i = end) {
		size_t others = 0;

		for (end = i + 1; end < n && str_eq(list[end].text, list[i].text); end++)
			others += !same_server(list[end - 1].entry, list[end].entry);
		if (others == 0)
			continue;
		r->file = list[end - 1].entry->file;
		rule_fail(r, SEV_MEDIUM, list[end - 1].at,
			  "%zu servers are given the same secret, %s and %s among them",
			  others + 1, server_name(r, list[i].entry),
			  server_name(r, list[end - 1].entry));
		rule_evidence(r, "secret", "%s",
			      str_printable(r->arena, list[end - 1].at->name, 80));
		r->file = NULL;
	}
}

/* ---- OPS-006 and OPS-007 ---- */

void check_ops_006(struct rule_run *r)
{
	struct host_tools all;

	if (!host_lists(r, &all) && all.servers == 0) {
		rule_skip(r, "no server of the host showed its tools");
		return;
	}
	if (all.n <= PLENTY_TOOLS)
		return;
	rule_fail_at(r, &(struct finding){
				.severity = all.n > MANY_TOOLS ? SEV_LOW : SEV_INFO,
				.file = r->host->entries[0]->file,
				.line = 1,
				.col = 1,
				.pointer = arena_printf(r->arena, "host:%s",
							r->host->host->name),
				.message = arena_printf(
					r->arena, "%zu tools of %zu servers are enabled",
					all.n, all.servers) });
}

static void report_token(struct rule_run *r, const struct named *v)
{
	struct span token;
	const char *kind = token_kind(v->text, v->name, &token);

	rule_fail(r, SEV_LOW, v->at, "A disabled server still holds a %s", kind);
	rule_evidence(r, kind, "%s: %s, %s", claim_name(r, v), kind,
		      token_evidence(r->arena, &token));
}

void check_ops_007(struct rule_run *r)
{
	if (r->entry->enabled)
		rule_skip(r, "the server is enabled");
	else
		claim_each(r, CLAIM_TOKEN, report_token);
}
