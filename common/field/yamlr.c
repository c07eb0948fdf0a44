/* SPDX-License-Identifier: Apache-2.0 */
/* YAML events of libyaml -> nodes, with an explicit stack and bounded aliases. */
#include "common/field/yamlr.h"

#include <yaml.h>

#include "common/base/str.h"
#include "common/field/scan.h"
#include "common/field/yaml_merge.h"

#define MAX_DEPTH	  64
#define MAX_EXPANDED	  10000
#define MAX_EXPANDED_TEXT (1024 * 1024)
#define MAX_NODES	  1000000
#define MAX_MERGED	  10000
#define MAX_ANCHORS	  1000
#define CORE_TAG	  "tag:yaml.org,2002:"

/* What a node and all below it come to, aliases expanded. */
struct extent {
	size_t nodes, text; /* text: bytes of scalars and keys */
	int height;	    /* collections in each other below the node */
};

struct frame {
	struct node *node, *last;
	const char *key; /* read, its value not yet */
	int key_line, key_col;
	struct extent extent;
	int anchor;  /* index, -1: none */
	bool merges; /* it has a member "<<" */
};

struct anchor {
	const char *name;
	struct node *node;
	struct extent extent; /* .nodes 0: not complete yet */
};

struct reader {
	struct arena *arena;
	const char *text;
	size_t n, nodes, merged;
	struct extent expanded;
	int depth; /* 0: between documents, 1: in a document, more: in collections */
	int anchors;
	/* libyaml counts code points: where those of two UTF-16 code units stand */
	size_t *wide, n_wide;
	struct pos *pos;
	struct err *e;
	struct anchor anchor[MAX_ANCHORS];
	struct frame stack[MAX_DEPTH + 2];
};

/* Wide code points before the one with this index. */
static size_t wide_before(const struct reader *r, size_t index)
{
	size_t low = 0, high = r->n_wide;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->wide[mid] < index)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* In UTF-16 code units. */
static int col_of(const struct reader *r, yaml_mark_t at)
{
	size_t col = at.column + 1;

	if (r->n_wide > 0)
		col += wide_before(r, at.index) - wide_before(r, at.index - at.column);
	return (int)col;
}

static void find_wide(struct reader *r)
{
	size_t index = 0, n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += utf8_columns(r->text[i]) == 2;
	r->wide = n > 0 ? arena_array(r->arena, n, sizeof(*r->wide)) : NULL;
	for (size_t i = 0; n > 0 && i < r->n; i++) {
		int units = utf8_columns(r->text[i]);

		if (units == 2)
			r->wide[r->n_wide++] = index;
		index += units > 0;
	}
}

static bool fail_at(struct reader *r, yaml_mark_t at, const char *what)
{
	int line = (int)at.line + 1, col = col_of(r, at);

	if (r->pos)
		*r->pos = (struct pos){ line, col };
	return err_set(r->e, ERR_PARSE, "line %d, column %d: %s", line, col, what);
}

/* The reader of libyaml knows only the offset of bad bytes. */
static bool fail_bytes(struct reader *r, size_t offset, const char *what)
{
	yaml_mark_t at = { 0 };

	for (size_t i = 0; i < MIN(offset, r->n); i++) {
		if (r->text[i] == '\n') {
			at.line++;
			at.column = 0;
			at.index++;
		} else if (utf8_columns(r->text[i]) > 0) {
			at.column++;
			at.index++;
		}
	}
	return fail_at(r, at, what);
}

static bool fail_parser(struct reader *r, const yaml_parser_t *p)
{
	const char *what = p->problem ? p->problem : "not readable as YAML";

	if (p->error == YAML_MEMORY_ERROR)
		return err_set(r->e, ERR_INTERNAL, "no memory for the YAML reader");
	if (p->error == YAML_READER_ERROR)
		return fail_bytes(r, p->problem_offset, what);
	return fail_at(r, p->problem_mark, what);
}

/* A copy with U+FFFD for U+0000, which no database can store. */
static const char *copy_text(struct reader *r, const char *s, size_t n)
{
	size_t zeros = 0, len = 0;
	char *out;

	for (size_t i = 0; i < n; i++)
		zeros += s[i] == '\0';
	if (zeros == 0)
		return arena_strndup(r->arena, s, n);
	out = arena_alloc(r->arena, n + zeros * 2 + 1);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\0')
			len += utf8_encode(0xfffd, out + len);
		else
			out[len++] = s[i];
	}
	return out;
}

/* Puts a new node under the innermost collection, with the key that was read before it.
 */
static bool add_node(struct reader *r, struct node *n, yaml_mark_t start)
{
	struct frame *top = &r->stack[r->depth - 1];

	if (++r->nodes > MAX_NODES)
		return fail_at(r, start, "more than 1000000 values");
	if (top->node->kind == NODE_OBJECT) {
		if (top->node->n >= LIMIT_JSON_KEYS)
			return fail_at(r, start, "mapping with more than 4096 keys");
		n->key = top->key;
		n->key_line = top->key_line;
		n->key_col = top->key_col;
		top->key = NULL;
	} else if (top->node->n >= LIMIT_JSON_ELEMENTS) {
		return fail_at(r, start, "sequence with more than 65536 elements");
	}
	n->line = (int)start.line + 1;
	n->col = col_of(r, start);
	if (top->last)
		top->last->next = n;
	else
		top->node->first = n;
	top->last = n;
	top->node->n++;
	return true;
}

static void grow(struct frame *f, struct extent by)
{
	f->extent.nodes += by.nodes;
	f->extent.text += by.text;
	f->extent.height = MAX(f->extent.height, by.height + 1);
}

static bool key_expected(const struct reader *r)
{
	const struct frame *top = &r->stack[r->depth - 1];

	return top->node->kind == NODE_OBJECT && !top->key;
}

static void take_key(struct reader *r, const char *text, yaml_mark_t start)
{
	struct frame *top = &r->stack[r->depth - 1];

	top->key = text;
	top->merges |= str_eq(text, "<<");
	top->extent.text += strlen(text);
	top->key_line = (int)start.line + 1;
	top->key_col = col_of(r, start);
}

static bool add_anchor(struct reader *r, const yaml_char_t *name, struct node *n,
		       struct extent extent, yaml_mark_t at)
{
	if (!name)
		return true;
	if (r->anchors == MAX_ANCHORS)
		return fail_at(r, at, "more than 1000 anchors in a document");
	r->anchor[r->anchors++] =
		(struct anchor){ .name = arena_strdup(r->arena, (const char *)name),
				 .node = n,
				 .extent = extent };
	return true;
}

static const struct anchor *find_anchor(const struct reader *r, const char *name)
{
	for (int i = r->anchors - 1; i >= 0; i--)
		if (str_eq(r->anchor[i].name, name))
			return &r->anchor[i];
	return NULL;
}

static bool expand(struct reader *r, const struct anchor *to, yaml_mark_t at)
{
	r->expanded.nodes += to->extent.nodes;
	r->expanded.text += to->extent.text;
	if (r->expanded.nodes > MAX_EXPANDED)
		return fail_at(r, at, "aliases that expand to more than 10000 nodes");
	if (r->expanded.text > MAX_EXPANDED_TEXT)
		return fail_at(r, at, "aliases that expand to more than 1 MiB of text");
	if (r->depth - 1 + to->extent.height > MAX_DEPTH)
		return fail_at(r, at, "nesting deeper than 64");
	return true;
}

static bool on_alias(struct reader *r, const yaml_event_t *ev)
{
	const struct anchor *to = find_anchor(r, (const char *)ev->data.alias.anchor);
	struct node *n;

	if (!to)
		return fail_at(r, ev->start_mark, "alias without an anchor before it");
	if (to->extent.nodes == 0)
		return fail_at(r, ev->start_mark, "alias within its own anchor");
	if (!expand(r, to, ev->start_mark))
		return false;
	if (key_expected(r)) {
		if (!to->node->text)
			return fail_at(r, ev->start_mark,
				       "key that is not text or a number");
		take_key(r, to->node->text, ev->start_mark);
		return true;
	}
	n = arena_alloc(r->arena, sizeof(*n));
	*n = *to->node;
	n->next = NULL;
	n->key = NULL;
	n->key_line = n->key_col = 0;
	n->duplicate = false;
	if (!add_node(r, n, ev->start_mark))
		return false;
	n->end_line = (int)ev->end_mark.line + 1;
	n->end_col = col_of(r, ev->end_mark);
	grow(&r->stack[r->depth - 1], to->extent);
	return true;
}

static bool one_of(const char *text, const char *a, const char *b, const char *c)
{
	return str_eq(text, a) || str_eq(text, b) || str_eq(text, c);
}

static bool is_number(struct arena *a, const char *text, size_t n)
{
	struct scan s = {
		.arena = a, .p = text, .end = text + n, .line_start = text, .line = 1
	};
	const char *token;

	return n > 0 && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) &&
	       scan_number(&s, &token) && s.p == s.end;
}

static enum node_kind resolve(struct arena *a, const char *text, bool *ret_truth)
{
	if (*text == '\0' || str_eq(text, "~") || one_of(text, "null", "Null", "NULL"))
		return NODE_NULL;
	*ret_truth = one_of(text, "true", "True", "TRUE");
	if (*ret_truth || one_of(text, "false", "False", "FALSE"))
		return NODE_BOOL;
	return is_number(a, text, strlen(text)) ? NODE_NUMBER : NODE_STRING;
}

static bool on_scalar(struct reader *r, const yaml_event_t *ev)
{
	const char *tag = (const char *)ev->data.scalar.tag;
	const char *value = (const char *)ev->data.scalar.value;
	yaml_scalar_style_t style = ev->data.scalar.style;
	size_t len = ev->data.scalar.length;
	const char *text = copy_text(r, value, len);
	const struct extent extent = { .nodes = 1, .text = len };
	struct node *n = arena_alloc(r->arena, sizeof(*n));

	n->kind = NODE_STRING;
	n->quoted = style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
		    style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	if (tag ? str_starts(tag, CORE_TAG) && !str_eq(tag, CORE_TAG "str")
		: style == YAML_PLAIN_SCALAR_STYLE)
		n->kind = resolve(r->arena, text, &n->truth);
	if (n->kind == NODE_STRING || n->kind == NODE_NUMBER)
		n->text = text;
	if (key_expected(r)) {
		n->text = text; /* an alias to it may be a key again */
		take_key(r, text, ev->start_mark);
	} else if (add_node(r, n, ev->start_mark)) {
		grow(&r->stack[r->depth - 1], extent);
	} else {
		return false;
	}
	n->end_line = (int)ev->end_mark.line + 1;
	n->end_col = col_of(r, ev->end_mark);
	return add_anchor(r, ev->data.scalar.anchor, n, extent, ev->start_mark);
}

static bool on_open(struct reader *r, const yaml_event_t *ev)
{
	bool map = ev->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *name =
		map ? ev->data.mapping_start.anchor : ev->data.sequence_start.anchor;
	struct node *n = arena_alloc(r->arena, sizeof(*n));

	if (key_expected(r))
		return fail_at(r, ev->start_mark, "key that is not text or a number");
	if (r->depth > MAX_DEPTH)
		return fail_at(r, ev->start_mark, "nesting deeper than 64");
	n->kind = map ? NODE_OBJECT : NODE_ARRAY;
	if (!add_node(r, n, ev->start_mark) ||
	    !add_anchor(r, name, n, (struct extent){ 0 }, ev->start_mark))
		return false;
	r->stack[r->depth++] = (struct frame){ .node = n,
					       .extent = { .nodes = 1 },
					       .anchor = name ? r->anchors - 1 : -1 };
	return true;
}

static bool on_close(struct reader *r, const yaml_event_t *ev)
{
	const struct frame f = r->stack[--r->depth];
	struct node *n = f.node;

	/* A block collection ends where the next token begins; its last child knows
	 * better. */
	if (ev->start_mark.index == ev->end_mark.index && f.last) {
		n->end_line = f.last->end_line;
		n->end_col = f.last->end_col;
	} else {
		n->end_line = (int)ev->end_mark.line + 1;
		n->end_col = col_of(r, ev->end_mark);
	}
	if (n->kind == NODE_OBJECT)
		node_mark_duplicates(r->arena, n);
	if (f.merges) {
		const char *wrong = yaml_merge(r->arena, n, MAX_MERGED, &r->merged);

		if (wrong)
			return fail_at(r, ev->start_mark, wrong);
	}
	if (f.anchor >= 0)
		r->anchor[f.anchor].extent = f.extent;
	grow(&r->stack[r->depth - 1], f.extent);
	return true;
}

static bool on_event(struct reader *r, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_DOCUMENT_START_EVENT:
		r->anchors = 0;
		break;
	case YAML_ALIAS_EVENT:
		return on_alias(r, ev);
	case YAML_SCALAR_EVENT:
		return on_scalar(r, ev);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return on_open(r, ev);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_close(r, ev);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return true;
}

static bool read_all(struct reader *r, yaml_parser_t *p)
{
	for (bool more = true; more;) {
		yaml_event_t ev;
		bool ok;

		if (!yaml_parser_parse(p, &ev))
			return fail_parser(r, p);
		ok = on_event(r, &ev);
		more = ev.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&ev);
		if (!ok)
			return false;
	}
	return true;
}

struct node *yamlr_parse(struct arena *a, const char *text, size_t n, struct pos *pos,
			 struct err *e)
{
	struct reader *r = arena_alloc(a, sizeof(*r));
	struct node *root = arena_alloc(a, sizeof(*root));
	yaml_parser_t p;
	bool ok;

	/* libyaml would count a byte order mark as indentation of the first line */
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	r->arena = a;
	r->text = text;
	r->n = n;
	r->pos = pos;
	r->e = e;
	r->depth = 1;
	r->stack[0] = (struct frame){ .node = root, .anchor = -1 };
	root->kind = NODE_ARRAY;
	root->line = root->col = root->end_line = root->end_col = 1;
	find_wide(r);
	if (!yaml_parser_initialize(&p)) {
		err_set(e, ERR_INTERNAL, "no memory for the YAML reader");
		return NULL;
	}
	yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p, (const unsigned char *)text, n);
	ok = read_all(r, &p);
	yaml_parser_delete(&p);
	return ok ? root : NULL;
}
