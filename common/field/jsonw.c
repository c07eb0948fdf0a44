/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming JSON writer. */
#include "common/field/jsonw.h"

#include <inttypes.h>
#include <math.h>

#include "common/base/str.h"
#include "common/field/jsonr.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

void jsonw_init(struct jsonw *w, struct buf *b)
{
	w->b = b;
	w->depth = 0;
	w->comma = false;
}

/* Text that is valid UTF-8. */
static void add_escaped(struct buf *b, const char *s, size_t n)
{
	static const char letters[] = "btn\0fr"; /* 0x08 to 0x0d, 0x0b has none */
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(b, s + start, i - start);
		start = i + 1;
		if (c >= 0x20)
			buf_addf(b, "\\%c", c);
		else if (c >= 0x08 && c <= 0x0d && letters[c - 0x08])
			buf_addf(b, "\\%c", letters[c - 0x08]);
		else
			buf_addf(b, "\\u%04x", c);
	}
	buf_add(b, s + start, n - start);
}

static void add_string(struct buf *b, const char *s, size_t n)
{
	buf_addc(b, '"');
	for (;;) {
		size_t good = utf8_valid_prefix(s, n);

		add_escaped(b, s, good);
		if (good == n)
			break;
		buf_adds(b, REPLACEMENT);
		s += good + 1;
		n -= good + 1;
	}
	buf_addc(b, '"');
}

static void begin(struct jsonw *w, const char *key)
{
	if (w->comma)
		buf_addc(w->b, ',');
	w->comma = true;
	if (key) {
		add_string(w->b, key, strlen(key));
		buf_addc(w->b, ':');
	}
}

static void open_bracket(struct jsonw *w, const char *key, char bracket, char closing)
{
	begin(w, key);
	buf_addc(w->b, bracket);
	if ((size_t)w->depth < sizeof(w->open))
		w->open[w->depth] = closing;
	else
		w->b->overflow = true;
	w->depth++;
	w->comma = false;
}

void jsonw_obj(struct jsonw *w, const char *key)
{
	open_bracket(w, key, '{', '}');
}

void jsonw_arr(struct jsonw *w, const char *key)
{
	open_bracket(w, key, '[', ']');
}

void jsonw_end(struct jsonw *w)
{
	if (w->depth <= 0)
		return;
	w->depth--;
	if ((size_t)w->depth < sizeof(w->open))
		buf_addc(w->b, w->open[w->depth]);
	w->comma = true;
}

void jsonw_strn(struct jsonw *w, const char *key, const char *s, size_t n)
{
	if (!s)
		return;
	begin(w, key);
	add_string(w->b, s, n);
}

void jsonw_str(struct jsonw *w, const char *key, const char *s)
{
	if (s)
		jsonw_strn(w, key, s, strlen(s));
}

void jsonw_i64(struct jsonw *w, const char *key, int64_t v)
{
	begin(w, key);
	buf_addf(w->b, "%" PRId64, v);
}

static void format_shortest(double v, char *out, size_t n)
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, n, "%.*g", digits, v);
		if (!(strtod(out, NULL) < v) && !(strtod(out, NULL) > v))
			return;
	}
}

static void format_scaled(double v, int scale, char *out, size_t n)
{
	size_t len;

	snprintf(out, n, "%.*f", MIN(scale, 15), v);
	len = strlen(out);
	while (out[len - 1] == '0')
		len--;
	if (out[len - 1] == '.')
		len--;
	out[len] = '\0';
	if (str_eq(out, "-0"))
		snprintf(out, n, "0");
}

void jsonw_f64(struct jsonw *w, const char *key, double v, int scale)
{
	char text[64];

	if (!isfinite(v))
		return;
	if (fabs(v) < 1e15 && !(trunc(v) < v) && !(trunc(v) > v)) {
		jsonw_i64(w, key, (int64_t)v);
		return;
	}
	if (scale > 0 && fabs(v) < 1e15)
		format_scaled(v, scale, text, sizeof(text));
	else
		format_shortest(v, text, sizeof(text));
	begin(w, key);
	buf_adds(w->b, text);
}

void jsonw_bool(struct jsonw *w, const char *key, bool v)
{
	begin(w, key);
	buf_adds(w->b, v ? "true" : "false");
}

void jsonw_stamp(struct jsonw *w, const char *key, struct stamp s)
{
	char text[STAMP_LEN];

	if (s.ms == 0)
		return;
	stamp_iso(s, text);
	jsonw_strn(w, key, text, strlen(text));
}

/* JSON that a person or a database laid out over several lines must not break the line
 * that it becomes part of; in valid JSON a line end is only ever a blank. */
void jsonw_rawn(struct jsonw *w, const char *key, const char *json, size_t n)
{
	size_t start;

	if (!json)
		return;
	begin(w, key);
	start = w->b->len;
	buf_add(w->b, json, n);
	for (size_t i = start; i < w->b->len; i++)
		if (w->b->data[i] == '\n' || w->b->data[i] == '\r')
			w->b->data[i] = ' ';
}

void jsonw_raw(struct jsonw *w, const char *key, const char *json)
{
	if (json)
		jsonw_rawn(w, key, json, strlen(json));
}

static void write_scalar(struct jsonw *w, const char *key, const struct node *n)
{
	switch (n->kind) {
	case NODE_BOOL:
		jsonw_bool(w, key, n->truth);
		break;
	case NODE_NUMBER:
		jsonw_raw(w, key, n->text);
		break;
	case NODE_STRING:
		jsonw_str(w, key, n->text);
		break;
	case NODE_NULL:
	case NODE_ARRAY:
	case NODE_OBJECT:
		jsonw_raw(w, key, "null");
		break;
	}
}

void jsonw_node(struct jsonw *w, const char *key, const struct node *n)
{
	const struct node *path[LIMIT_JSON_DEPTH + 1];
	int depth = 0;

	if (!n)
		return;
	for (;;) {
		bool container = n->kind == NODE_OBJECT || n->kind == NODE_ARRAY;
		const char *name = depth == 0 ? key : n->key;

		if (container && depth <= LIMIT_JSON_DEPTH) {
			open_bracket(w, name, n->kind == NODE_OBJECT ? '{' : '[',
				     n->kind == NODE_OBJECT ? '}' : ']');
			path[depth++] = n;
			if (n->first) {
				n = n->first;
				continue;
			}
			jsonw_end(w);
			depth--;
		} else {
			write_scalar(w, name, n);
		}
		while (depth > 0 && !n->next) {
			n = path[--depth];
			jsonw_end(w);
		}
		if (depth == 0)
			return;
		n = n->next;
	}
}
