/* SPDX-License-Identifier: Apache-2.0 */
/* Reads suppression files and says which entry covers a finding. */
#define _GNU_SOURCE /* realpath */
#include "compliance-server/suppress.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/digest.h"
#include "common/base/fd.h"
#include "common/base/str.h"

#define LIMIT_FILE    (1024u * 1024)
#define LIMIT_ENTRIES 2000
#define DAY_MS	      (24 * 60 * 60 * 1000LL)
#define YEAR_DAYS     366
#define FINGERPRINT   16

static const char *const members[] = { "rule",	 "target",  "finding",
				       "reason", "expires", "by" };

static const char *text_of(const struct node *n, const char *key)
{
	const char *s = node_str(node_get(n, key));

	return s && s[strspn(s, " \t\r\n")] != '\0' ? s : NULL;
}

/* A member that is there and is no text, or that nobody knows: what was meant to narrow
 * the entry must not be lost. */
static const char *odd_member(struct arena *a, const struct node *n)
{
	for (const struct node *m = n->first; m; m = m->next) {
		bool known = false;

		for (size_t i = 0; i < ARRAY_LEN(members); i++)
			known |= str_eq(m->key, members[i]);
		if (!known)
			return arena_printf(a,
					    "it has a member \"%s\" that means nothing",
					    str_printable(a, m->key, 40));
		if (m->kind != NODE_STRING || m->duplicate)
			return arena_printf(a, "\"%s\" is not one text", m->key);
	}
	return NULL;
}

static const char *date_problem(struct arena *a, const char *text)
{
	struct stamp end;
	int64_t left;

	if (!text)
		return "it has no date in \"expires\"";
	if (strlen(text) != 10 || !stamp_parse(text, &end))
		return "\"expires\" is not a date such as 2030-12-31";
	left = end.ms + DAY_MS - clock_now().ms;
	if (left <= 0)
		return arena_printf(a, "it expired on %s", text);
	return left > (YEAR_DAYS + 1) * DAY_MS ? "\"expires\" is more than a year ahead"
					       : NULL;
}

static void fill(struct suppression *s, const struct node *n)
{
	*s = (struct suppression){ .rule = text_of(n, "rule"),
				   .target = text_of(n, "target"),
				   .finding = text_of(n, "finding"),
				   .reason = text_of(n, "reason"),
				   .expires = text_of(n, "expires"),
				   .by = text_of(n, "by"),
				   .node = n };
}

const char *suppression_problem(struct arena *a, const struct node *n)
{
	const struct rule *rule;
	struct suppression s;
	const char *odd;

	if (n->kind != NODE_OBJECT)
		return "it is not an object";
	odd = odd_member(a, n);
	if (odd)
		return odd;
	fill(&s, n);
	if (!s.rule)
		return "it names no rule";
	rule = rule_find(s.rule);
	if (!rule || !str_eq(rule->id, s.rule))
		return arena_printf(a, "there is no rule \"%s\"",
				    str_printable(a, s.rule, 40));
	if (!s.target)
		return "it names no target";
	if (node_get(n, "finding") && (!s.finding || strlen(s.finding) != FINGERPRINT))
		return "\"finding\" is not a fingerprint of 16 hexadecimal digits";
	if (!s.reason)
		return "it gives no reason";
	return date_problem(a, s.expires);
}

static void add_entry(struct arena *a, struct suppression_file *sf, const struct node *n)
{
	struct suppression *s = &sf->v[sf->n];

	fill(s, n);
	if (s->reason)
		s->reason = str_printable(a, s->reason, 400);
	if (s->by)
		s->by = str_printable(a, s->by, 100);
	s->file = sf->file;
	s->pointer = arena_printf(a, "/%zu", sf->n++);
	s->problem = suppression_problem(a, n);
}

static void parse(struct arena *a, struct suppression_file *sf, const struct buf *b)
{
	struct err e = { .code = ERR_NONE };
	const char *text = arena_strndup(a, buf_text(b), b->len);
	const struct node *top =
		jsonr_parse(a, text, strlen(text), SUPPRESSIONS_JSON, &sf->error_at, &e);

	if (!top || top->kind != NODE_ARRAY) {
		sf->error = top ? "it is not a list" : arena_strdup(a, e.msg);
		if (top)
			sf->error_at = (struct pos){ top->line, top->col };
		return;
	}
	sf->v = arena_array(a, MIN(top->n, (size_t)LIMIT_ENTRIES) + 1, sizeof(*sf->v));
	for (const struct node *n = top->first; n && sf->n < LIMIT_ENTRIES; n = n->next)
		add_entry(a, sf, n);
	if (top->n > LIMIT_ENTRIES) {
		sf->error = arena_printf(a, "only the first %d entries are in force",
					 LIMIT_ENTRIES);
		sf->error_at = (struct pos){ top->line, top->col };
	}
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static struct config_file *file_of(struct arena *a, const char *path, const char *root)
{
	struct config_file *f = arena_alloc(a, sizeof(*f));
	char *real = realpath(path, NULL);

	f->index = SIZE_MAX;
	f->path = path;
	f->real = real ? arena_strdup(a, real) : path;
	f->shown = last_part(path);
	f->root = root ? root : "";
	f->root_name = last_part(f->root);
	f->host = host_by_id(HOST_GENERIC);
	f->place = PLACE_PROJECT;
	f->on_disk = true;
	free(real);
	return f;
}

/* Beside the files of a project, named the way they are. */
static const char *path_in(struct arena *a, const struct project *p)
{
	const struct config_file *f = p->files[0];
	size_t n = strlen(f->path), m = strlen(f->shown);

	if (n >= m && str_eq(f->path + n - m, f->shown) && (n == m || n - m > 1))
		return arena_printf(a, "%.*s%s", (int)(n - m), f->path,
				    SUPPRESSIONS_FILE);
	return arena_printf(a, "%s/%s", p->root, SUPPRESSIONS_FILE);
}

static bool read_file(struct facts *f, const char *path, const char *root, struct err *e)
{
	struct arena *a = f->arena;
	struct suppression_file *sf = &f->suppressions->v[f->suppressions->n++];
	struct config_file *file = file_of(a, path, root);
	struct buf b CLEANUP(buf_release);

	*sf = (struct suppression_file){ .file = file, .root = root };
	buf_init(&b, LIMIT_FILE);
	if (!fd_read_file(path, &b, e)) {
		sf->error = e ? arena_strdup(a, e->msg) : "";
		sf->error_at = (struct pos){ 1, 1 };
		return false;
	}
	digest_sha256_hex(buf_text(&b), b.len, file->sha256);
	parse(a, sf, &b);
	return true;
}

bool suppressions_read(struct facts *f, const char *given, struct err *e)
{
	struct err ignored = { .code = ERR_NONE };

	f->suppressions = arena_alloc(f->arena, sizeof(*f->suppressions));
	f->suppressions->v =
		arena_array(f->arena, f->n_projects + 1, sizeof(*f->suppressions->v));
	if (given)
		return read_file(f, given, NULL, e);
	for (size_t i = 0; i < f->n_projects; i++) {
		const struct project *p = f->projects[i];
		const char *path = path_in(f->arena, p);

		if (p->files[0]->real[0] == '/' && access(path, F_OK) == 0)
			(void)read_file(f, path, p->root, &ignored);
	}
	return true;
}

struct suppression **suppressions_for(const struct facts *f, const char *target,
				      const char *root, size_t *ret_n)
{
	const struct suppressions *all = f->suppressions;
	struct suppression **out = NULL;
	size_t total = 0;

	*ret_n = 0;
	for (size_t i = 0; all && i < all->n; i++)
		total += all->v[i].n;
	for (size_t i = 0; all && i < all->n; i++) {
		const struct suppression_file *sf = &all->v[i];

		if (sf->root && !str_eq(sf->root, root))
			continue;
		for (size_t k = 0; k < sf->n; k++) {
			if (sf->v[k].problem || !str_eq(sf->v[k].target, target))
				continue;
			if (!out)
				out = arena_array(f->arena, total, sizeof(*out));
			out[(*ret_n)++] = &sf->v[k];
		}
	}
	return out;
}

struct suppression *suppression_of(struct suppression **v, size_t n,
				   const struct finding *f)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i]->rule, f->rule->id) &&
		    (!v[i]->finding || str_eq(v[i]->finding, f->fingerprint)))
			return v[i];
	}
	return NULL;
}
