/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between an approved set and what a server shows, for a person. */
#include "compliance-server/pin_diff.h"

#include <string.h>

#include "common/base/str.h"
#include "common/field/canon.h"
#include "compliance-server/text_diff.h"

#define NAME_SHOWN 100
#define PATH_MAX_  (4 * 1024)
#define INDENT	   "    "

/* One field of a definition that differs; a side that is not there is NULL. */
typedef void field_fn(void *arg, const char *path, const char *was, const char *now);

struct walk {
	struct arena *a;
	field_fn *fn;
	void *arg;
	struct buf path; /* "inputSchema.properties.text.description" */
};

static bool is_container(const struct node *n)
{
	return n && (n->kind == NODE_OBJECT || n->kind == NODE_ARRAY);
}

/* A list of words or numbers is read as one. */
static bool is_flat(const struct node *n)
{
	if (!n || n->kind != NODE_ARRAY)
		return false;
	for (const struct node *m = n->first; m; m = m->next)
		if (is_container(m))
			return false;
	return true;
}

static const char *json_text(struct arena *a, const struct node *n)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, PIN_MAX);
	canon_add(a, n, &b);
	return arena_strdup(a, buf_text(&b));
}

static const char *leaf_text(struct arena *a, const struct node *n)
{
	struct buf b CLEANUP(buf_release) = { .max = 0 };

	if (!n)
		return NULL;
	if (n->kind == NODE_STRING)
		return n->text;
	if (n->kind != NODE_ARRAY || !n->first)
		return json_text(a, n);
	buf_init(&b, PIN_MAX);
	for (const struct node *m = n->first; m; m = m->next)
		buf_addf(&b, "%s%s", m == n->first ? "" : "\n", leaf_text(a, m));
	return arena_strdup(a, buf_text(&b));
}

static void step(struct walk *w, const char *key, size_t index)
{
	if (!key)
		buf_addf(&w->path, "[%zu]", index);
	else
		buf_addf(&w->path, "%s%s", w->path.len ? "." : "",
			 str_printable(w->a, key, NAME_SHOWN));
}

static void compare(struct walk *w, const struct node *x, const struct node *y);

static void below(struct walk *w, const char *key, size_t index, const struct node *x,
		  const struct node *y)
{
	size_t len = w->path.len;

	step(w, key, index);
	compare(w, x, y);
	buf_cut(&w->path, len);
}

/* Canonical members stand in the same order on both sides. */
static void compare_members(struct walk *w, const struct node *x, const struct node *y)
{
	const struct node *p = x ? x->first : NULL, *q = y ? y->first : NULL;

	while (p || q) {
		int order = !p ? 1 : !q ? -1 : canon_compare(p->key, q->key);

		below(w, order <= 0 ? p->key : q->key, 0, order <= 0 ? p : NULL,
		      order >= 0 ? q : NULL);
		p = order <= 0 ? p->next : p;
		q = order >= 0 ? q->next : q;
	}
}

static void compare_elements(struct walk *w, const struct node *x, const struct node *y)
{
	const struct node *p = x ? x->first : NULL, *q = y ? y->first : NULL;

	for (size_t i = 0; p || q; i++) {
		below(w, NULL, i, p, q);
		p = p ? p->next : NULL;
		q = q ? q->next : NULL;
	}
}

static bool same_kind(const struct node *x, const struct node *y, enum node_kind kind)
{
	return (!x || x->kind == kind) && (!y || y->kind == kind);
}

static void compare(struct walk *w, const struct node *x, const struct node *y)
{
	const char *was, *now;
	bool other;

	if (same_kind(x, y, NODE_OBJECT) && ((x && x->first) || (y && y->first))) {
		compare_members(w, x, y);
		return;
	}
	if (same_kind(x, y, NODE_ARRAY) && !(is_flat(x ? x : y) && is_flat(y ? y : x))) {
		compare_elements(w, x, y);
		return;
	}
	other = x && y && x->kind != y->kind; /* "1" and 1 must not look alike */
	was = other ? json_text(w->a, x) : leaf_text(w->a, x);
	now = other ? json_text(w->a, y) : leaf_text(w->a, y);
	if (!str_eq(was, now))
		w->fn(w->arg, buf_text(&w->path), was, now);
}

static const struct node *parsed(struct arena *a, const struct pin_tool *t)
{
	return t ? jsonr_parse(a, t->text, strlen(t->text), JSONR_DUPLICATES, NULL, NULL)
		 : NULL;
}

static void each_field(const struct pin_tool *was, const struct pin_tool *now,
		       field_fn *fn, void *arg)
{
	struct walk w = { .a = arena_new(), .fn = fn, .arg = arg };

	buf_init(&w.path, PATH_MAX_);
	compare(&w, parsed(w.a, was), parsed(w.a, now));
	buf_release(&w.path);
	arena_free(w.a);
}

/* ---- in full ---- */

struct listing {
	struct buf *b;
	bool colour;
};

static void put_field(void *arg, const char *path, const char *was, const char *now)
{
	struct listing *l = arg;

	buf_addf(l->b, "  %s\n", *path ? path : "definition");
	text_diff(l->b, INDENT, was, now, l->colour);
}

static void put_tool(struct listing *l, const struct pin_pair *p)
{
	struct arena *a = arena_new();
	const struct pin_tool *t = p->now ? p->now : p->was;

	buf_addf(l->b, "%s tool %s\n",
		 !p->was   ? "new"
		 : !p->now ? "gone"
			   : "changed",
		 str_printable(a, t->name, NAME_SHOWN));
	each_field(p->was, p->now, put_field, l);
	arena_free(a);
}

static size_t diff_tools(struct listing *l, const struct pin *was, const struct pin *now)
{
	struct arena *a = arena_new();
	const struct pin_pair *pairs;
	size_t n, differ = 0;

	pairs = pin_pairs(a, was, now, &n);
	for (size_t i = 0; i < n; i++) {
		if (pairs[i].was && pairs[i].now &&
		    str_eq(pairs[i].was->sha256, pairs[i].now->sha256))
			continue;
		put_tool(l, &pairs[i]);
		differ++;
	}
	arena_free(a);
	return differ;
}

static size_t diff_text(struct listing *l, const char *what, const char *was,
			const char *now)
{
	if (str_eq(was, now))
		return 0;
	buf_addf(l->b, "%s %s\n", !was ? "new" : !now ? "gone" : "changed", what);
	text_diff(l->b, INDENT, was, now, l->colour);
	return 1;
}

static const char *files_text(struct arena *a, const struct program *p)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, 1024 * 1024);
	for (size_t i = 0; i < p->n; i++)
		buf_addf(&b, "%s%s sha256 %.12s", i ? "\n" : "", p->files[i].path,
			 p->files[i].sha256);
	return p->n ? arena_strdup(a, buf_text(&b)) : NULL;
}

size_t pin_diff(struct buf *b, const struct pin *was, const struct pin *now, bool colour)
{
	static const struct pin nothing;
	struct listing l = { b, colour };
	struct arena *a = arena_new();
	size_t n;

	was = was ? was : &nothing;
	n = diff_text(&l, "server name", was->server_name, now->server_name) +
	    diff_text(&l, "server version", was->server_version, now->server_version) +
	    diff_text(&l, "program", files_text(a, &was->program),
		      files_text(a, &now->program)) +
	    diff_text(&l, "instructions", was->instructions, now->instructions) +
	    diff_tools(&l, was, now);
	arena_free(a);
	return n;
}

static void show_field(void *arg, const char *path, const char *was, const char *now)
{
	(void)was;
	buf_addf(arg, "  %s\n", *path ? path : "definition");
	text_shown(arg, INDENT, "", now);
}

void pin_shown(struct buf *b, const struct pin *p)
{
	struct arena *a = arena_new();

	if (p->instructions) {
		buf_adds(b, "instructions\n");
		text_shown(b, INDENT, "", p->instructions);
	}
	for (size_t i = 0; i < p->n; i++) {
		buf_addf(b, "tool %s, sha256 %.12s\n",
			 str_printable(a, p->tools[i].name, NAME_SHOWN),
			 p->tools[i].sha256);
		each_field(NULL, &p->tools[i], show_field, b);
	}
	arena_free(a);
}

/* ---- in short ---- */

struct first_field {
	struct arena *a;
	size_t max, n;
	const char *text;
};

static void take_first(void *arg, const char *path, const char *was, const char *now)
{
	struct first_field *f = arg;

	if (f->n++ > 0)
		return;
	path = arena_printf(f->a, "%.80s: ", path);
	f->text = arena_printf(
		f->a, "%s%s", path,
		text_diff_short(f->a, was, now, f->max - MIN(f->max, strlen(path))));
}

const char *pin_diff_short(struct arena *a, const struct pin_tool *was,
			   const struct pin_tool *now, size_t max, size_t *ret_more)
{
	struct first_field f = { .a = a, .max = max, .text = "" };

	each_field(was, now, take_first, &f);
	*ret_more = f.n > 0 ? f.n - 1 : 0;
	return f.text;
}
