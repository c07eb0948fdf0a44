/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata of a memory: the keys with meaning, tags, and one canonical JSON text. */
#include "memory-server/metadata.h"

#include "common/base/mem.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"

#define METADATA_DEPTH 8
#define NUMBER_MAX     32 /* characters of a number that jsonr_parse takes */

static int by_key(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

/* A JSON number as PostgreSQL prints a numeric: 1e2 -> 100, 1.50e1 -> 15.0, -0.0 -> 0.0.
 * NULL when that takes over NUMBER_MAX characters, as the reader refuses. */
static char *plain_number(struct arena *a, const char *token)
{
	const char *mark = token + strcspn(token, "eE"), *p = token;
	bool minus = *p == '-', zero = true;
	int64_t exponent = 0, point = -1;
	char digits[64];
	size_t n = 0, from = 0;
	struct buf b;
	char *out;

	if (*mark && (!str_to_i64(mark + 1 + (mark[1] == '+'), &exponent) ||
		      exponent > 2 * NUMBER_MAX || exponent < -2 * NUMBER_MAX))
		return NULL;
	for (p += minus; p < mark && n < sizeof(digits); p++) {
		if (*p == '.')
			point = (int64_t)n;
		else
			zero = (digits[n++] = *p) == '0' && zero;
	}
	point = (point < 0 ? (int64_t)n : point) + exponent;
	while (from + 1 < n && digits[from] == '0' && (int64_t)from + 1 < point)
		from++;
	if (zero && point > 1)
		point = (int64_t)from + 1;
	buf_init(&b, METADATA_MAX);
	buf_adds(&b, minus && !zero ? "-" : "");
	if (point <= 0)
		buf_adds(&b, "0.");
	for (int64_t i = point; i < 0; i++)
		buf_addc(&b, '0');
	for (int64_t i = (int64_t)from; i < MAX((int64_t)n, point); i++) {
		if (i == point && point > 0)
			buf_addc(&b, '.');
		buf_addc(&b, i < (int64_t)n ? digits[i] : '0');
	}
	out = b.len <= NUMBER_MAX ? arena_strdup(a, buf_text(&b)) : NULL;
	buf_release(&b);
	return out;
}

/* Objects with their keys sorted, at every level; depth is bounded by the reader. */
static void write_sorted(struct arena *a, struct jsonw *w, const char *key,
			 const struct node *n)
{
	const struct node **v;
	size_t count = 0;

	if (n->kind == NODE_ARRAY) {
		jsonw_arr(w, key);
		for (const struct node *m = n->first; m; m = m->next)
			write_sorted(a, w, NULL, m);
		jsonw_end(w);
		return;
	}
	if (n->kind == NODE_NUMBER) {
		jsonw_raw(w, key, plain_number(a, n->text));
		return;
	}
	if (n->kind != NODE_OBJECT) {
		jsonw_node(w, key, n);
		return;
	}
	v = arena_array(a, n->n + 1, sizeof(struct node *));
	for (const struct node *m = n->first; m; m = m->next)
		v[count++] = m;
	qsort(v, count, sizeof(*v), by_key);
	jsonw_obj(w, key);
	for (size_t i = 0; i < count; i++)
		write_sorted(a, w, v[i]->key, v[i]);
	jsonw_end(w);
}

static const struct node *read_object(struct arena *a, const char *text, struct err *e)
{
	const struct node *n = jsonr_parse(a, text, strlen(text), 0, NULL, e);

	if (n && n->kind != NODE_OBJECT) {
		err_set(e, ERR_ARG, "argument \"metadata\": accepted is an object");
		return NULL;
	}
	return n;
}

bool metadata_canonical(struct arena *a, struct json *j, struct err *e)
{
	const struct node *n = read_object(a, j->text, e);
	struct jsonw w;
	struct buf b;

	if (!n)
		return false;
	buf_init(&b, METADATA_MAX * 2);
	jsonw_init(&w, &b);
	write_sorted(a, &w, NULL, n);
	j->text = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return true;
}

static char *normal_tag(struct arena *a, const char *tag)
{
	char *out = arena_strdup(a, tag), *to = out;
	bool blank = false;

	for (const char *p = tag; *p; p++) {
		if (*p == ' ' || (*p >= '\t' && *p <= '\r')) {
			blank = to != out;
			continue;
		}
		if (blank)
			*to++ = ' ';
		blank = false;
		*to++ = (char)(*p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A') : *p);
	}
	*to = '\0';
	return out;
}

/* Depth and numbers that both databases give back as they were. */
static bool check_values(struct arena *a, const struct node *n, int depth, struct err *e)
{
	if (depth > METADATA_DEPTH)
		return err_set(e, ERR_ARG,
			       "argument \"metadata\" nests deeper than %d levels;"
			       " accepted is less",
			       METADATA_DEPTH);
	if (n->kind == NODE_NUMBER && !plain_number(a, n->text))
		return err_set(e, ERR_ARG,
			       "argument \"metadata\": the number %s has over %d"
			       " characters without exponent; accepted is less",
			       n->text, NUMBER_MAX);
	for (const struct node *m = n->first; m; m = m->next) {
		if (!check_values(a, m, depth + 1, e))
			return false;
	}
	return true;
}

static bool has_control(const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	}
	return false;
}

bool tags_normal(struct ctx *c, const struct strs *in, struct strs *ret, struct err *e)
{
	struct strs out = { .v = arena_array(c->arena, TAGS_MAX + 1, sizeof(*out.v)) };

	for (size_t i = 0; i < in->n; i++) {
		char *tag = normal_tag(c->arena, in->v[i]);
		bool seen = !*tag;

		if (has_control(tag))
			return err_set(e, ERR_ARG,
				       "argument \"tags\": a control character in a tag;"
				       " accepted is plain text");
		if (utf8_count(tag) > TAG_MAX)
			return err_set(
				e, ERR_ARG,
				"argument \"tags\": a tag of %zu characters; accepted are"
				" at most %d",
				utf8_count(tag), TAG_MAX);
		for (size_t k = 0; k < out.n && !seen; k++)
			seen = str_eq(out.v[k], tag);
		if (seen)
			continue;
		if (out.n == TAGS_MAX)
			return err_set(e, ERR_ARG,
				       "argument \"tags\": accepted are at most %d tags",
				       TAGS_MAX);
		out.v[out.n++] = tag;
	}
	*ret = out;
	return true;
}

/* Tags as the metadata object gives them: a list of strings, or one string "a, b". */
static bool tags_from_node(struct ctx *c, const struct node *n, struct strs *ret,
			   struct err *e)
{
	struct strs out = { .v = arena_array(c->arena, n->n + TAGS_MAX + 1,
					     sizeof(*out.v)) };

	if (n->kind == NODE_STRING) {
		for (const char *p = n->text; *p && out.n <= TAGS_MAX;) {
			size_t len = strcspn(p, ",");

			out.v[out.n++] = arena_strndup(c->arena, p, len);
			p += len + (p[len] == ',');
		}
	} else if (n->kind == NODE_ARRAY) {
		for (const struct node *m = n->first; m; m = m->next) {
			if (m->kind != NODE_STRING)
				return err_set(
					e, ERR_ARG,
					"argument \"metadata.tags\": %s in the list;"
					" accepted are strings",
					node_kind_name(m->kind));
			out.v[out.n++] = m->text;
		}
	} else {
		return err_set(
			e, ERR_ARG,
			"argument \"metadata.tags\": %s; accepted is a list of strings",
			node_kind_name(n->kind));
	}
	*ret = out;
	return true;
}

/* A member that must be one of a list of names. */
static bool name_member(struct ctx *c, const struct node *n, const char *key,
			const char *const *names, int *ret, struct err *e)
{
	if (!n || n->kind == NODE_NULL)
		return true;
	*ret = n->kind == NODE_STRING ? names_find(names, n->text) : 0;
	return *ret ||
	       err_set(e, ERR_ARG, "argument \"metadata.%s\": accepted is one of %s", key,
		       names_list(c->arena, names));
}

static bool author_member(const struct node *n, const char **ret, struct err *e)
{
	if (!n || n->kind == NODE_NULL)
		return true;
	if (n->kind != NODE_STRING || utf8_count(n->text) > 200)
		return err_set(e, ERR_ARG,
			       "argument \"metadata.author\": accepted is a string of"
			       " at most 200 characters");
	*ret = n->text;
	return true;
}

static bool time_member(const struct node *n, struct stamp *ret, struct err *e)
{
	if (!n || n->kind == NODE_NULL)
		return true;
	if (n->kind != NODE_STRING || !stamp_parse(n->text, ret))
		return err_set(
			e, ERR_ARG,
			"argument \"metadata.timestamp\": accepted is an ISO 8601 time,"
			" for example 2026-01-02T03:04:05Z");
	return true;
}

/* The keys with meaning: arguments first, then the new object, then the old one. */
static bool resolve(struct ctx *c, const struct metadata_in *in, const struct node *given,
		    const struct node *old, struct metadata_in *ret, struct err *e)
{
	const struct node *from[2] = { old, given };
	int type = TYPE_TEXT, source = SOURCE_API;
	struct metadata_in v = { .timestamp = clock_now() };

	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		const struct node *tags = node_get(from[i], "tags");

		if (!name_member(c, node_get(from[i], "type"), "type", memory_types,
				 &type, e) ||
		    !name_member(c, node_get(from[i], "source"), "source", memory_sources,
				 &source, e) ||
		    !author_member(node_get(from[i], "author"), &v.author, e) ||
		    !time_member(node_get(from[i], "timestamp"), &v.timestamp, e))
			return false;
		if (tags && tags->kind != NODE_NULL &&
		    !tags_from_node(c, tags, &v.tags, e))
			return false;
	}
	v.type = in->type ? in->type : (enum memory_type)type;
	v.source = in->source ? in->source : (enum memory_source)source;
	v.author = in->author ? in->author : v.author;
	v.timestamp = in->timestamp.ms ? in->timestamp : v.timestamp;
	v.tags = in->has_tags ? in->tags : v.tags;
	*ret = v;
	return true;
}

static bool is_known(const char *key)
{
	static const char *const known[] = { "type", "source", "tags", "timestamp",
					     "author" };

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_eq(key, known[i]))
			return true;
	}
	return false;
}

static void write_known(struct jsonw *w, const struct metadata_in *v)
{
	jsonw_str(w, "type", names_text(memory_types, (int)v->type));
	jsonw_str(w, "source", names_text(memory_sources, (int)v->source));
	jsonw_arr(w, "tags");
	for (size_t i = 0; i < v->tags.n; i++)
		jsonw_str(w, NULL, v->tags.v[i]);
	jsonw_end(w);
	jsonw_stamp(w, "timestamp", v->timestamp);
	jsonw_str(w, "author", v->author);
}

/* Own keys: the old ones that are not replaced, then the new ones that are not null. */
static void write_own(struct jsonw *w, const struct node *given, const struct node *old)
{
	for (const struct node *m = old ? old->first : NULL; m; m = m->next) {
		if (!is_known(m->key) && !node_get(given, m->key))
			jsonw_node(w, m->key, m);
	}
	for (const struct node *m = given ? given->first : NULL; m; m = m->next) {
		if (!is_known(m->key) && m->kind != NODE_NULL)
			jsonw_node(w, m->key, m);
	}
}

bool metadata_build(struct ctx *c, const struct metadata_in *in, const char *given,
		    const char *old, struct json *ret, struct strs *ret_tags,
		    struct err *e)
{
	const struct node *g = NULL, *o = NULL;
	struct metadata_in v;
	struct jsonw w;
	struct buf b;
	bool fits;

	if ((given && !(g = read_object(c->arena, given, e))) ||
	    (old && !(o = read_object(c->arena, old, e))))
		return false;
	if ((g && !check_values(c->arena, g, 1, e)) || !resolve(c, in, g, o, &v, e) ||
	    !tags_normal(c, &v.tags, &v.tags, e))
		return false;
	buf_init(&b, METADATA_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	write_known(&w, &v);
	write_own(&w, g, o);
	jsonw_end(&w);
	fits = !b.overflow;
	ret->text = arena_strdup(c->arena, buf_text(&b));
	buf_release(&b);
	if (!fits)
		return err_set(e, ERR_ARG,
			       "argument \"metadata\": over %d bytes; accepted is less",
			       METADATA_MAX);
	*ret_tags = v.tags;
	return metadata_canonical(c->arena, ret, e);
}

const char *metadata_str(struct arena *a, const struct json *j, const char *key)
{
	return node_str(node_get(read_object(a, j->text, NULL), key));
}

/* The first tags, at most max bytes of them. */
static struct strs shown_tags(struct arena *a, const struct node *tags, size_t max)
{
	struct strs out = { .v = arena_array(a, tags ? tags->n + 1 : 1, sizeof(*out.v)) };

	for (const struct node *m = tags ? tags->first : NULL; m; m = m->next) {
		if (m->kind != NODE_STRING)
			continue;
		if (strlen(m->text) > max)
			break;
		max -= strlen(m->text);
		out.v[out.n++] = m->text;
	}
	return out;
}

void metadata_show(struct arena *a, struct memory_hit *h)
{
	const struct node *n = read_object(a, h->metadata.text, NULL);
	const struct node *tags = node_get(n, "tags");

	h->type = node_str(node_get(n, "type"));
	h->source = node_str(node_get(n, "source"));
	h->author = node_str(node_get(n, "author"));
	if (!stamp_parse(node_str(node_get(n, "timestamp"))
				 ? node_str(node_get(n, "timestamp"))
				 : "",
			 &h->timestamp))
		h->timestamp = h->created_at;
	h->tags = shown_tags(a, tags, TAGS_SHOWN);
}

char *metadata_brief(struct arena *a, const struct json *j, size_t max)
{
	const struct node *n = read_object(a, j->text, NULL);
	struct strs tags = shown_tags(a, node_get(n, "tags"), max);
	struct jsonw w;
	struct buf b;
	char *out;

	buf_init(&b, 7 * max + METADATA_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "author", node_str(node_get(n, "author")));
	jsonw_str(&w, "source", node_str(node_get(n, "source")));
	jsonw_arr(&w, "tags");
	for (size_t i = 0; i < tags.n; i++)
		jsonw_str(&w, NULL, tags.v[i]);
	jsonw_end(&w);
	jsonw_str(&w, "timestamp", node_str(node_get(n, "timestamp")));
	jsonw_str(&w, "type", node_str(node_get(n, "type")));
	jsonw_end(&w);
	out = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return out;
}
