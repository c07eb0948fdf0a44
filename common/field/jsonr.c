/* SPDX-License-Identifier: Apache-2.0 */
/* Strict JSON reader: one pass over the bytes with an explicit stack. */
#include "common/field/jsonr.h"

#include "common/field/scan.h"

/* Bounds the memory of a tree to about ten times the longest line. */
#define MAX_NODES 1000000

struct frame {
	struct node *node, *last;
	unsigned loose; /* value of scan.loose when the bracket opened */
};

struct reader {
	struct scan s;
	int depth;
	size_t nodes;
	const char *key; /* of the value that comes next */
	int key_line, key_col;
	struct node *root;
	struct frame stack[LIMIT_JSON_DEPTH];
};

static bool read_word(struct reader *r, struct node *n)
{
	static const struct {
		const char *word;
		enum node_kind kind;
		bool truth;
	} words[] = { { "true", NODE_BOOL, true },
		      { "false", NODE_BOOL, false },
		      { "null", NODE_NULL, false } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t len = strlen(words[i].word);

		if ((size_t)(r->s.end - r->s.p) >= len &&
		    memcmp(r->s.p, words[i].word, len) == 0) {
			r->s.p += len;
			n->kind = words[i].kind;
			n->truth = words[i].truth;
			return true;
		}
	}
	return scan_unexpected(&r->s, "a value");
}

static bool count_node(struct reader *r)
{
	struct node *parent = r->depth > 0 ? r->stack[r->depth - 1].node : NULL;

	if (parent && parent->kind == NODE_OBJECT && parent->n >= LIMIT_JSON_KEYS)
		return scan_fail(&r->s, "object with more than 4096 keys");
	if (parent && parent->kind == NODE_ARRAY && parent->n >= LIMIT_JSON_ELEMENTS)
		return scan_fail(&r->s, "array with more than 65536 elements");
	if (++r->nodes > MAX_NODES)
		return scan_fail(&r->s, "more than 1000000 values");
	return true;
}

static void end_node(struct reader *r, struct node *n)
{
	n->raw_len = (size_t)(r->s.p - n->raw);
	n->end_line = r->s.line;
	n->end_col = scan_col(&r->s);
}

static struct node *new_node(struct reader *r)
{
	struct node *n = arena_alloc(r->s.arena, sizeof(*n));
	struct frame *top;

	n->key = r->key;
	n->key_line = r->key_line;
	n->key_col = r->key_col;
	n->line = r->s.line;
	n->col = scan_col(&r->s);
	n->raw = r->s.p;
	if (r->depth == 0) {
		r->root = n;
		return n;
	}
	top = &r->stack[r->depth - 1];
	if (top->last)
		top->last->next = n;
	else
		top->node->first = n;
	top->last = n;
	top->node->n++;
	return n;
}

static bool open_container(struct reader *r, struct node *n)
{
	if (r->depth == LIMIT_JSON_DEPTH)
		return scan_fail(&r->s, "nesting deeper than 128");
	n->kind = *r->s.p == '{' ? NODE_OBJECT : NODE_ARRAY;
	r->stack[r->depth++] = (struct frame){ .node = n, .loose = r->s.loose };
	r->s.p++;
	return true;
}

/* One value; of a container only the opening bracket. */
static bool read_value(struct reader *r)
{
	struct node *n;
	char c = r->s.p < r->s.end ? *r->s.p : '\0';

	if (r->s.p < r->s.end && !count_node(r))
		return false;
	if (c == '{' || c == '[')
		return open_container(r, new_node(r));
	n = new_node(r);
	if (c == '"') {
		n->kind = NODE_STRING;
		if (!scan_string(&r->s, &n->text))
			return false;
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		n->kind = NODE_NUMBER;
		if (!scan_number(&r->s, &n->text))
			return false;
	} else if (!read_word(r, n)) {
		return false;
	}
	end_node(r, n);
	return true;
}

static bool close_container(struct reader *r)
{
	struct frame *top = &r->stack[r->depth - 1];
	struct node *n = top->node;

	r->s.p++;
	r->depth--;
	end_node(r, n);
	n->loose = r->s.loose != top->loose;
	if (n->kind != NODE_OBJECT || n->n < 2)
		return true;
	node_mark_duplicates(r->s.arena, n);
	if (r->s.flags & JSONR_DUPLICATES)
		return true;
	for (const struct node *m = n->first; m; m = m->next)
		if (m->duplicate)
			return scan_fail_at(
				&r->s, m->key_line, m->key_col,
				"duplicate key in an object, expected each key once");
	return true;
}

/* A key and its colon when the innermost container is an object. */
static bool read_key(struct reader *r)
{
	struct node *in = r->depth > 0 ? r->stack[r->depth - 1].node : NULL;

	r->key = NULL;
	r->key_line = r->key_col = 0;
	if (!in || in->kind != NODE_OBJECT)
		return true;
	if (r->s.p >= r->s.end || *r->s.p != '"')
		return scan_unexpected(&r->s, in->first
						      ? "a key in double quotes"
						      : "a key in double quotes or '}'");
	r->key_line = r->s.line;
	r->key_col = scan_col(&r->s);
	if (!scan_string(&r->s, &r->key) || !scan_blanks(&r->s))
		return false;
	if (r->s.p >= r->s.end || *r->s.p != ':')
		return scan_unexpected(&r->s, "':' behind the key");
	r->s.p++;
	return scan_blanks(&r->s);
}

static bool at_closing(const struct reader *r)
{
	char closing = r->stack[r->depth - 1].node->kind == NODE_OBJECT ? '}' : ']';

	return r->s.p < r->s.end && *r->s.p == closing;
}

/* Behind a value: closes what is closed; then either the text is at its end (*ret_done)
 * or a comma was read and the next value may come. */
static bool read_after(struct reader *r, bool *ret_done)
{
	while (r->depth > 0) {
		bool object = r->stack[r->depth - 1].node->kind == NODE_OBJECT;

		if (!scan_blanks(&r->s))
			return false;
		if (at_closing(r)) {
			if (!close_container(r))
				return false;
			continue;
		}
		if (r->s.p >= r->s.end || *r->s.p != ',')
			return scan_unexpected(&r->s,
					       object ? "',' or '}'" : "',' or ']'");
		r->s.p++;
		if (!scan_blanks(&r->s))
			return false;
		if (!at_closing(r)) {
			*ret_done = false;
			return true;
		}
		if (!(r->s.flags & JSONR_TRAILING_COMMAS))
			return scan_unexpected(&r->s,
					       object ? "a key behind the comma"
						      : "a value behind the comma");
		r->s.loose++;
	}
	*ret_done = true;
	return true;
}

static bool read_text(struct reader *r)
{
	for (bool done = false; !done;) {
		int depth = r->depth;

		if (!scan_blanks(&r->s) || !read_key(r) || !read_value(r))
			return false;
		if (r->depth > depth) { /* a bracket was opened */
			if (!scan_blanks(&r->s))
				return false;
			if (!at_closing(r))
				continue;
		}
		if (!read_after(r, &done))
			return false;
	}
	if (!scan_blanks(&r->s))
		return false;
	return r->s.p == r->s.end || scan_unexpected(&r->s, "the end of the text");
}

struct node *jsonr_parse(struct arena *a, const char *text, size_t n, unsigned flags,
			 struct pos *pos, struct err *e)
{
	struct reader r;

	r.s = (struct scan){ .arena = a,
			     .p = text,
			     .end = text + n,
			     .line = 1,
			     .flags = flags,
			     .pos = pos,
			     .e = e };
	if ((flags & JSONR_BOM) && n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		r.s.p += 3;
	r.s.line_start = r.s.p;
	r.depth = 0;
	r.nodes = 0;
	r.key = NULL;
	r.key_line = r.key_col = 0;
	r.root = NULL;
	return read_text(&r) ? r.root : NULL;
}
