/* SPDX-License-Identifier: Apache-2.0 */
/* TOML tables, arrays and values -> nodes. */
#include "common/field/tomlr.h"

#include "common/base/str.h"
#include "common/field/toml_scan.h"

#define MAX_DEPTH 64
#define MAX_NODES 1000000

/* How a table came to be decides who may add to it. */
enum how {
	HOW_PASSED = 1, /* named on the way to another table only */
	HOW_HEADER,	/* [a] */
	HOW_DOTTED,	/* a.b = 1 */
	HOW_INLINE,	/* { … }: complete */
	HOW_TABLES,	/* [[a]]: an array, newest is its last element */
};

struct table {
	struct node *node, *last;
	enum how how;
	struct table *newest;
};

/* The newest member of a table under a key. */
struct slot {
	const struct node *in, *node;
	struct table *table; /* NULL: the member is no table */
};

struct reader {
	struct scan s;
	struct slot *slots;
	size_t n_slots, max_slots;
	size_t nodes;
	int depth;
	struct table *root;
};

/* The parts of a dotted key. */
struct path {
	const char *part[MAX_DEPTH];
	int line[MAX_DEPTH], col[MAX_DEPTH];
	size_t n;
};

static size_t hash(const struct node *in, const char *key)
{
	uint64_t h = 1469598103934665603u ^ (uint64_t)(uintptr_t)in;

	for (; *key != '\0'; key++)
		h = (h ^ (unsigned char)*key) * 1099511628211u;
	h ^= h >> 29;
	return (size_t)(h * 1099511628211u >> 8);
}

static struct slot *slot_of(const struct reader *r, const struct node *in,
			    const char *key)
{
	size_t i = hash(in, key) & (r->max_slots - 1);

	while (r->slots[i].node &&
	       (r->slots[i].in != in || !str_eq(r->slots[i].node->key, key)))
		i = (i + 1) & (r->max_slots - 1);
	return &r->slots[i];
}

static void grow_slots(struct reader *r)
{
	struct slot *old = r->slots;
	size_t n = r->max_slots;

	r->max_slots = n > 0 ? 2 * n : 64;
	r->slots = arena_array(r->s.arena, r->max_slots, sizeof(*r->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].node)
			*slot_of(r, old[i].in, old[i].node->key) = old[i];
}

static void remember(struct reader *r, const struct node *in, const struct node *n,
		     struct table *t)
{
	struct slot *s;

	if (4 * r->n_slots >= 3 * r->max_slots)
		grow_slots(r);
	s = slot_of(r, in, n->key);
	r->n_slots += s->node == NULL;
	*s = (struct slot){ in, n, t };
}

static const struct slot *find(const struct reader *r, const struct table *t,
			       const char *key)
{
	const struct slot *s = slot_of(r, t->node, key);

	return s->node ? s : NULL;
}

static struct node *new_node(struct reader *r, enum node_kind kind)
{
	struct node *n = arena_alloc(r->s.arena, sizeof(*n));

	n->kind = kind;
	n->line = n->end_line = r->s.line;
	n->col = n->end_col = scan_col(&r->s);
	return n;
}

static struct table *table_of(struct reader *r, struct node *n, enum how how)
{
	struct table *t = arena_alloc(r->s.arena, sizeof(*t));

	t->node = n;
	t->how = how;
	return t;
}

static void ends_here(struct reader *r, struct node *n)
{
	n->end_line = r->s.line;
	n->end_col = scan_col(&r->s);
}

static bool append(struct reader *r, struct table *t, struct node *n)
{
	bool object = t->node->kind == NODE_OBJECT;

	if (t->node->n >= (object ? LIMIT_JSON_KEYS : LIMIT_JSON_ELEMENTS))
		return scan_fail(&r->s, object ? "table with more than 4096 keys"
					       : "array with more than 65536 elements");
	if (++r->nodes > MAX_NODES)
		return scan_fail(&r->s, "more than 1000000 values");
	if (t->last)
		t->last->next = n;
	else
		t->node->first = n;
	t->last = n;
	t->node->n++;
	return true;
}

/* Adds a member under part i of the path. */
static bool put(struct reader *r, struct table *in, const struct path *p, size_t i,
		struct node *n, struct table *t)
{
	n->key = p->part[i];
	n->key_line = p->line[i];
	n->key_col = p->col[i];
	n->duplicate = find(r, in, n->key) != NULL;
	remember(r, in->node, n, t);
	return append(r, in, n);
}

static bool put_table(struct reader *r, struct table *in, const struct path *p, size_t i,
		      enum how how, struct table **ret)
{
	struct node *n = new_node(r, how == HOW_TABLES ? NODE_ARRAY : NODE_OBJECT);

	n->line = n->end_line = p->line[i];
	n->col = n->end_col = p->col[i];
	*ret = table_of(r, n, how);
	return put(r, in, p, i, n, *ret);
}

static bool fail_part(struct reader *r, const struct path *p, size_t i, const char *what)
{
	return scan_fail_at(&r->s, p->line[i], p->col[i], what);
}

static bool read_path(struct reader *r, struct path *p)
{
	for (p->n = 0;; p->n++) {
		if (p->n == MAX_DEPTH)
			return scan_fail(&r->s, "key of more than 64 parts");
		p->line[p->n] = r->s.line;
		p->col[p->n] = scan_col(&r->s);
		if (r->s.p < r->s.end && (*r->s.p == '"' || *r->s.p == '\'')
			    ? !toml_string(&r->s, false, &p->part[p->n])
			    : !toml_bare_key(&r->s, &p->part[p->n]))
			return false;
		toml_blanks(&r->s);
		if (r->s.p >= r->s.end || *r->s.p != '.')
			break;
		r->s.p++;
		toml_blanks(&r->s);
	}
	p->n++;
	return true;
}

/* The table under part i, on the way of a header or of a dotted key. */
static bool enter(struct reader *r, struct table *in, const struct path *p, size_t i,
		  enum how how, struct table **ret)
{
	const struct slot *s = find(r, in, p->part[i]);

	if (!s)
		return put_table(r, in, p, i, how, ret);
	if (!s->table)
		return fail_part(r, p, i, "the key holds a value, not a table");
	if (s->table->how == HOW_INLINE)
		return fail_part(r, p, i, "an inline table cannot be added to");
	if (how == HOW_DOTTED &&
	    (s->table->how == HOW_HEADER || s->table->how == HOW_TABLES))
		return fail_part(
			r, p, i,
			"a table with a header of its own is added to there only");
	*ret = s->table->how == HOW_TABLES ? s->table->newest : s->table;
	return true;
}

static bool read_value(struct reader *r, struct node *n, struct table *t);

static bool expect(struct reader *r, char c, const char *what)
{
	if (r->s.p >= r->s.end || *r->s.p != c)
		return scan_unexpected(&r->s, what);
	r->s.p++;
	return true;
}

static bool read_pair(struct reader *r, struct table *in)
{
	struct path p;
	struct node *n;
	struct table *t;

	if (!read_path(r, &p))
		return false;
	if (!expect(r, '=', "'=' behind the key"))
		return false;
	toml_blanks(&r->s);
	for (size_t i = 0; i + 1 < p.n; i++)
		if (!enter(r, in, &p, i, HOW_DOTTED, &in))
			return false;
	n = new_node(r, NODE_NULL);
	t = r->s.p < r->s.end && *r->s.p == '{' ? table_of(r, n, HOW_INLINE) : NULL;
	r->depth += (int)p.n - 1;
	if (!put(r, in, &p, p.n - 1, n, t) || !read_value(r, n, t))
		return false;
	r->depth -= (int)p.n - 1;
	in->node->end_line = n->end_line;
	in->node->end_col = n->end_col;
	return true;
}

static bool read_inline(struct reader *r, struct table *t)
{
	t->node->kind = NODE_OBJECT;
	r->s.p++;
	toml_blanks(&r->s);
	if (r->s.p < r->s.end && *r->s.p == '}') {
		r->s.p++;
		return true;
	}
	for (;;) {
		if (!read_pair(r, t))
			return false;
		toml_blanks(&r->s);
		if (r->s.p < r->s.end && *r->s.p == '}') {
			r->s.p++;
			return true;
		}
		if (!expect(r, ',', "',' or '}'"))
			return false;
		toml_blanks(&r->s);
	}
}

static bool read_array(struct reader *r, struct node *array)
{
	struct table *t = table_of(r, array, HOW_INLINE);

	array->kind = NODE_ARRAY;
	r->s.p++;
	for (;;) {
		struct node *n;

		if (!toml_gap(&r->s))
			return false;
		if (r->s.p < r->s.end && *r->s.p == ']')
			break;
		n = new_node(r, NODE_NULL);
		if (!append(r, t, n) ||
		    !read_value(r, n,
				r->s.p < r->s.end && *r->s.p == '{'
					? table_of(r, n, HOW_INLINE)
					: NULL) ||
		    !toml_gap(&r->s))
			return false;
		if (r->s.p < r->s.end && *r->s.p == ']')
			break;
		if (!expect(r, ',', "',' or ']'"))
			return false;
	}
	r->s.p++;
	return true;
}

static bool read_value(struct reader *r, struct node *n, struct table *t)
{
	char c = r->s.p < r->s.end ? *r->s.p : '\0';
	bool ok;

	if (++r->depth > MAX_DEPTH)
		return scan_fail(&r->s, "nesting deeper than 64");
	if (t) {
		ok = read_inline(r, t);
	} else if (c == '[') {
		ok = read_array(r, n);
	} else if (c == '"' || c == '\'') {
		n->kind = NODE_STRING;
		n->quoted = true;
		ok = toml_string(&r->s, true, &n->text);
	} else {
		ok = toml_word(&r->s, n);
	}
	r->depth--;
	ends_here(r, n);
	return ok;
}

/* [[a]]: one more element. */
static bool open_element(struct reader *r, struct table *in, const struct path *p,
			 struct table **ret)
{
	const struct slot *s = find(r, in, p->part[p->n - 1]);
	struct table *array = s ? s->table : NULL;
	struct node *n;

	if (s && (!array || array->how != HOW_TABLES))
		return fail_part(r, p, p->n - 1,
				 "the key is taken by something else than [[tables]]");
	if (!array && !put_table(r, in, p, p->n - 1, HOW_TABLES, &array))
		return false;
	n = new_node(r, NODE_OBJECT);
	n->line = p->line[p->n - 1];
	n->col = p->col[p->n - 1];
	*ret = array->newest = table_of(r, n, HOW_HEADER);
	return append(r, array, n);
}

static bool open_table(struct reader *r, struct table *in, const struct path *p,
		       struct table **ret)
{
	size_t i = p->n - 1;
	const struct slot *s = find(r, in, p->part[i]);
	struct node *n;

	if (s && s->table && s->table->how == HOW_TABLES)
		return fail_part(r, p, i, "the key is taken by [[tables]]");
	if (!s || !s->table || s->table->how != HOW_PASSED)
		return put_table(r, in, p, i, HOW_HEADER, ret);
	n = s->table->node;
	n->line = n->key_line = p->line[i];
	n->col = n->key_col = p->col[i];
	s->table->how = HOW_HEADER;
	*ret = s->table;
	return true;
}

static bool read_header(struct reader *r, struct table **ret)
{
	bool element = r->s.end - r->s.p > 1 && r->s.p[1] == '[';
	struct table *in = r->root;
	struct path p;

	r->s.p += element ? 2 : 1;
	toml_blanks(&r->s);
	if (!read_path(r, &p) || !expect(r, ']', "']' behind the name of the table") ||
	    (element && !expect(r, ']', "']]' behind the name of the table")))
		return false;
	r->depth = (int)p.n + element;
	for (size_t i = 0; i + 1 < p.n; i++) {
		const struct slot *s = find(r, in, p.part[i]);

		r->depth += s && s->table && s->table->how == HOW_TABLES;
		if (!enter(r, in, &p, i, HOW_PASSED, &in))
			return false;
	}
	if (r->depth > MAX_DEPTH)
		return scan_fail(&r->s, "nesting deeper than 64");
	if (element ? !open_element(r, in, &p, ret) : !open_table(r, in, &p, ret))
		return false;
	ends_here(r, (*ret)->node);
	return true;
}

static bool read_text(struct reader *r)
{
	struct table *in = r->root;

	for (;;) {
		if (!toml_gap(&r->s))
			return false;
		if (r->s.p >= r->s.end)
			return true;
		if (*r->s.p == '[' ? !read_header(r, &in) : !read_pair(r, in))
			return false;
		toml_blanks(&r->s);
		if (!toml_comment(&r->s))
			return false;
		if (!toml_at_line_end(&r->s))
			return scan_unexpected(&r->s, "the end of the line");
	}
}

static bool check_utf8(struct reader *r, const char *text, size_t n)
{
	size_t good = utf8_valid_prefix(text, n);
	int line = 1, col = 1;

	for (size_t i = 0; good < n && i < good; i++) {
		col = text[i] == '\n' ? 1 : col + utf8_columns(text[i]);
		line += text[i] == '\n';
	}
	return good == n || scan_fail_at(&r->s, line, col, "invalid UTF-8");
}

struct node *tomlr_parse(struct arena *a, const char *text, size_t n, struct pos *pos,
			 struct err *e)
{
	struct reader *r = arena_alloc(a, sizeof(*r));

	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	r->s = (struct scan){ .arena = a,
			      .p = text,
			      .end = text + n,
			      .line_start = text,
			      .line = 1,
			      .pos = pos,
			      .e = e };
	grow_slots(r);
	r->root = table_of(r, new_node(r, NODE_OBJECT), HOW_HEADER);
	if (!check_utf8(r, text, n) || !read_text(r))
		return NULL;
	ends_here(r, r->root->node);
	return r->root->node;
}
