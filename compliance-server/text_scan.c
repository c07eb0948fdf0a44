/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of a server made ready for the phrase rules. */
#include "compliance-server/text_scan.h"

#include <string.h>

#include "common/base/buf.h"
#include "common/base/str.h"
#include "compliance-server/alike.h"
#include "compliance-server/predicate.h"

#define LIMIT_BYTES (2u * 1024 * 1024) /* of one server; popular ones have 70 kB */
#define LIMIT_TEXTS 100000
#define FIELD_MAX   160
#define RUN_MIN	    40 /* characters of base64 or hexadecimal digits */
#define TAGS_MIN    12
#define DEPTH_MAX   2

/* ---- words and sentences ---- */

static bool in_word(char c)
{
	return is_alpha(c) || is_digit(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* don't, e-mail, e.g: between two characters of a word. */
static bool joins(const char *p, const char *start)
{
	if ((*p != '\'' && *p != '-' && *p != '.') || !in_word(p[1]) || p == start)
		return false;
	return *p != '.' || (p == start + 1 && is_alpha(*start) && !in_word(p[2]));
}

/* What stands between two words ends a sentence: a full stop with a blank behind it, an
 * empty line, a new item of a list. */
static bool ends_sentence(const char *p, const char *end, bool initial)
{
	size_t lines = 0;

	for (; p < end; p++) {
		bool stop =
			*p == '!' || *p == '?' || *p == ';' || (*p == '.' && !initial);

		if (stop && p + 1 < end && strchr(" \t\n\"')]}*`<", p[1]))
			return true;
		if (*p == '\n')
			lines++;
		else if (lines > 0 && strchr("-*#+", *p))
			return true;
		else if (*p != ' ' && *p != '\t')
			lines = 0;
		if (lines > 1)
			return true;
	}
	return false;
}

/* "not" alone tells of a state; behind these words it forbids. */
static bool forbids(const struct text *t, size_t i)
{
	static const char *const before[] = { "do",   "must",	"should", "shall", "may",
					      "need", "please", "but",	  "and",   "can",
					      "or",   "to",	"rather" };

	for (size_t k = 0; i > 0 && k < ARRAY_LEN(before); k++)
		if (word_is(t, i - 1, before[k]))
			return true;
	return false;
}

static void add_word(struct text *t, const struct lexicon *l, size_t at, size_t len)
{
	struct word *w = &t->words[t->n];
	const struct word *last = t->n > 0 ? w - 1 : NULL;

	w->at = (uint32_t)at;
	w->len = (uint32_t)len;
	w->classes = lexicon_find(l, t->plain + at, len);
	if (last) {
		size_t from = last->at + last->len;
		bool initial = last->len == 1 ||
			       (last->len == 3 && t->plain[last->at + 1] == '.');

		w->sentence = last->sentence +
			      ends_sentence(t->plain + from, t->plain + at, initial);
	}
	t->n++;
	if (word_is(t, t->n - 1, "not") && forbids(t, t->n - 1))
		w->classes |= W(W_NEG);
}

static void split(struct texts *all, struct text *t)
{
	size_t count = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (const char *p = t->plain; *p;) {
			const char *start = p;

			if (!in_word(*p)) {
				p++;
				continue;
			}
			while (in_word(*p) || joins(p, start))
				p++;
			if (pass == 0)
				count++;
			else
				add_word(t, all->lexicon, (size_t)(start - t->plain),
					 (size_t)(p - start));
		}
		if (pass == 0)
			t->words = arena_array(all->arena, count + 1, sizeof(*t->words));
	}
}

bool word_is(const struct text *t, size_t i, const char *lower)
{
	const struct word *w = &t->words[i];

	if (i >= t->n || strlen(lower) != w->len)
		return false;
	for (size_t k = 0; k < w->len; k++)
		if (ascii_lower(t->plain[w->at + k]) != lower[k])
			return false;
	return true;
}

char *word_dup(struct arena *a, const struct text *t, size_t i)
{
	return arena_strndup(a, t->plain + t->words[i].at, t->words[i].len);
}

size_t word_at(const struct text *t, size_t at)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (t->words[mid].at + t->words[mid].len > at)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* ---- hidden texts ---- */

static void add_text(struct texts *all, const struct text *where, const char *raw,
		     size_t n, const char *hidden_in);

static bool readable(const char *p, size_t n)
{
	size_t good = 0;

	for (size_t i = 0; i < n; i++)
		good += ((unsigned char)p[i] >= 0x20 && p[i] != 0x7F) || p[i] == '\n' ||
			p[i] == '\r' || p[i] == '\t';
	return n > 0 && 100 * good >= 95 * n && utf8_valid_prefix(p, n) == n;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f' ? ascii_lower(c) - 'a' + 10
							      : -1;
}

struct radix {
	const char *name;
	int (*value)(char c);
	unsigned bits;
};

/* One run of digits; lines of an encoder are joined. Returns the end of the run. */
static const char *decode_run(const char *p, const struct radix *r, struct buf *out,
			      size_t *ret_digits)
{
	uint32_t got = 0;
	unsigned bits = 0;
	size_t line = 0;

	for (*ret_digits = 0;; p++) {
		int v = r->value(*p);

		if (*p == '\n' && line >= RUN_MIN && r->value(p[1]) >= 0) {
			line = 0;
			continue;
		}
		if (v < 0)
			break;
		got = (got << r->bits | (uint32_t)v) & 0xFFFF;
		bits += r->bits;
		line++;
		++*ret_digits;
		if (bits >= 8) {
			bits -= 8;
			buf_addc(out, (char)(got >> bits & 0xFF));
		}
	}
	return p;
}

static void find_runs(struct texts *all, const struct text *t, const struct radix *r)
{
	struct buf out CLEANUP(buf_release);

	buf_init(&out, LIMIT_BYTES);
	for (const char *p = t->plain; *p;) {
		size_t digits;

		if (r->value(*p) < 0) {
			p++;
			continue;
		}
		buf_reset(&out);
		p = decode_run(p, r, &out, &digits);
		if (digits >= RUN_MIN && readable(buf_text(&out), out.len))
			add_text(all, t, buf_text(&out), out.len, r->name);
	}
}

static void find_tags(struct texts *all, const struct text *where, const char *raw,
		      size_t n)
{
	struct buf out CLEANUP(buf_release);
	const char *p = raw;

	buf_init(&out, LIMIT_BYTES);
	while (p < raw + n) {
		uint32_t cp = utf8_next(&p);

		if (cp >= 0xE0020 && cp < 0xE007F)
			buf_addc(&out, (char)(cp - 0xE0000));
	}
	if (out.len >= TAGS_MIN)
		add_text(all, where, buf_text(&out), out.len, "tag characters");
}

/* ---- texts ---- */

static struct text *text_new(struct texts *all)
{
	if (all->n == all->cap) {
		struct text *more;

		all->cap = all->cap > 0 ? 2 * all->cap : 64;
		more = arena_array(all->arena, all->cap, sizeof(*more));
		if (all->n > 0)
			memcpy(more, all->v, all->n * sizeof(*more));
		all->v = more;
	}
	return &all->v[all->n++];
}

static void add_text(struct texts *all, const struct text *where, const char *raw,
		     size_t n, const char *hidden_in)
{
	static const struct radix radices[] = {
		{ "base64", base64_value, 6 },
		{ "hexadecimal digits", hex_value, 4 },
	};
	struct text t = *where;
	bool tags = memchr(raw, 0xF3, n) != NULL;

	if (all->bytes + n > LIMIT_BYTES || all->n >= LIMIT_TEXTS) {
		all->cut = true;
		return;
	}
	all->bytes += n;
	t.hidden_in = hidden_in;
	t.depth = where->depth + (hidden_in ? 1 : 0);
	t.n = 0;
	t.plain = alike_text(all->arena, raw, n);
	if (!t.plain)
		t.plain = arena_strndup(all->arena, raw, n);
	t.len = strlen(t.plain);
	split(all, &t);
	*text_new(all) = t;
	if (tags && t.depth < DEPTH_MAX)
		find_tags(all, &t, raw, n);
	for (size_t i = 0;
	     t.depth < DEPTH_MAX && t.len >= RUN_MIN && i < ARRAY_LEN(radices); i++)
		find_runs(all, &t, &radices[i]);
}

/* ---- the items of a list ---- */

struct walk {
	char field[FIELD_MAX];
	text_fn fn;
	void *arg;
};

static bool walk(struct walk *w, const struct node *at, size_t len)
{
	for (const struct node *n = at->first; n; n = n->next) {
		size_t k = len;

		if (str_eq(n->key, "icons") || str_eq(n->key, "_meta"))
			continue;
		for (const char *p = n->key ? n->key : "-"; *p && k + 2 < FIELD_MAX;
		     p++) {
			if (p == n->key && k > 0)
				w->field[k++] = '/';
			w->field[k++] = *p;
		}
		w->field[k] = '\0';
		if (n->key && len > 0 && !w->fn(w->arg, w->field, n->key))
			return false;
		if (n->kind == NODE_STRING ? !w->fn(w->arg, w->field, n->text)
					   : !walk(w, n, k))
			return false;
	}
	return true;
}

bool text_walk(const struct node *item, text_fn fn, void *arg)
{
	struct walk w = { .fn = fn, .arg = arg };

	return walk(&w, item, 0);
}

struct adding {
	struct texts *all;
	struct text where;
};

static bool add_one(void *arg, const char *field, const char *text)
{
	struct adding *x = arg;

	if (text[0] == '\0')
		return true;
	x->where.field = arena_strdup(x->all->arena, field);
	add_text(x->all, &x->where, text, strlen(text), NULL);
	return !x->all->cut;
}

struct texts *texts_of(struct arena *a, const struct live *live)
{
	static const char *const kinds[] = { "tool", "prompt", "resource" };
	struct texts *all = arena_alloc(a, sizeof(*all));
	struct adding x = { .all = all };

	all->arena = a;
	all->lexicon = lexicon_new(a);
	x.where.pointer = "instructions";
	if (live->instructions)
		(void)add_one(&x, "instructions", live->instructions);
	for (int i = 0; i < LIVE_LISTS; i++) {
		const struct live_list *l = &live->lists[i];

		for (size_t k = 0; k < l->n && !all->cut; k++) {
			const char *name = node_str(node_get(l->items[k], "name"));

			x.where.item = l->items[k];
			x.where.pointer =
				arena_printf(a, "%s:%s", kinds[i],
					     str_printable(a, name ? name : "", 80));
			(void)text_walk(l->items[k], add_one, &x);
		}
	}
	return all;
}
